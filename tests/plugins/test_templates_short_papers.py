"""Short papers of small lenders: terms in one sentence, or under labels of one word.

Every paper here is invented; each stands for a way in which people word such papers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from loanbatch.models import Document, Field
from loanbatch.settings import load_settings
from loanbatch.testing import make_page
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins import normalizers, templates


def values_of(kind: str, *lines: str) -> dict[str, Any]:
    """Extract and normalize the fields of a paper that is given as typed lines."""
    settings = load_settings({"log_level": "error"}, environ={})
    page = make_page(*lines, number=1, width=900.0, height=1400.0)
    document = Document(kind=kind, first_page=1, last_page=1)
    found: dict[str, Any] = {}
    for field in templates.extract(document, [page], settings) or []:
        known: Field | None = None
        if field.value is None and not field.rows:
            definition = standard_vocabulary().field(field.name)
            known = normalizers.normalize(field, definition, settings)
        found[field.name] = (known or field).value
    return found


def test_approval_tells_its_terms_in_one_sentence() -> None:
    found = values_of(
        "conditional_approval",
        "Your application no. 1988-4410 for an FHA 7/1 ARM Rate/Term Refinance loan of $210,000.00",
        "secured by 18 Alder Row, Salem, OR 97301 (Second Home) has been approved, LTV 65%.",
    )
    assert found["loan_identifier"] == "1988-4410"
    assert found["mortgage_type"] == "FHA"
    assert found["loan_product"] == "7/1 ARM"
    assert found["loan_purpose"] == "Rate/Term Refinance"
    assert found["loan_to_value_percent"] == Decimal(65)


def test_agreement_tells_rate_benchmark_and_margin_in_one_sentence() -> None:
    found = values_of(
        "loan_agreement",
        "1. LOAN. Lender agrees to lend $90,000.00 for working capital.",
        "2. INTEREST. The initial rate is 9.50% per annum, being Prime Rate plus 1.00%.",
        "Upon default the rate increases to 14.00%.",
    )
    assert found["loan_amount"] == Decimal("90000.00")
    assert found["loan_purpose"] == "working capital"
    assert found["note_rate_percent"] == Decimal("9.50")
    assert found["margin_percent"] == Decimal("1.00")
    assert found["default_interest_rate_percent"] == Decimal("14.00")


def test_postal_code_above_used_energy_is_no_amount_of_energy() -> None:
    found = values_of("utility_bill", "SALEM, OR 97301", "KWH USED 512", "CURRENT CHARGES 71.20")
    assert found["usage_kwh"] == 512
