"""Layouts of other issuers: captions over values, substitute statements, bare amounts."""

from __future__ import annotations

import pytest

from loanbatch.models import Field, Page, Word
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._loading import load_template


def page(*lines: tuple[float, float, str]) -> Page:
    """Return a page with the texts at their left and top edges, in letters 4 by 8 points."""
    words = []
    for start, top, text in lines:
        left = start
        for part in text.split():
            words.append(Word(part, left, top, left + 4.0 * len(part), top + 8.0))
            left += 4.0 * len(part) + 2.0
    return Page(number=1, width=612.0, height=792.0, words=tuple(words))


def extract(kind: str, *lines: tuple[float, float, str]) -> dict[str, Field]:
    """Return what the bundled template of a kind finds."""
    template = load_template(kind)
    assert template is not None
    return {field.name: field for field in extract_fields(template, [page(*lines)])}


def raws(kind: str, *lines: tuple[float, float, str]) -> dict[str, str]:
    """Return the raw texts of what is found."""
    return {name: field.raw for name, field in extract(kind, *lines).items()}


def test_amounts_at_the_other_edge_of_their_columns_follow_the_order_of_the_headers() -> None:
    found = raws(
        "paystub",
        (109, 100, "TOTAL GROSS"),
        (222, 100, "TOTAL TAXES"),
        (333, 100, "TOTAL DEDUCTIONS"),
        (492, 100, "NET PAY"),
        (43, 114, "Current"),
        (190, 114, "3,842.72"),
        (305, 114, "870.38"),
        (463, 114, "278.64"),
        (541, 114, "2,693.70"),
    )

    assert found["gross_pay"] == "3,842.72"
    assert found["total_taxes"] == "870.38"
    assert found["total_deductions"] == "278.64"
    assert found["net_pay"] == "2,693.70"


def test_pay_group_tells_the_frequency_before_what_the_rate_is_paid_by() -> None:
    found = raws("paystub", (40, 60, "Pay Rate: $42.18 Hourly"), (300, 60, "Pay Group: Bi-Weekly"))

    assert found["pay_frequency"] == "Bi-Weekly"


def test_head_of_a_closing_disclosure_may_have_its_values_under_their_labels() -> None:
    found = raws(
        "closing_disclosure",
        (40, 20, "Closing Disclosure"),
        (40, 60, "Closing Information"),
        (223, 60, "Transaction Information"),
        (417, 60, "Loan Information"),
        (40, 80, "Settlement Agent"),
        (223, 80, "12 Example Road"),
        (417, 80, "Loan Term"),
        (40, 90, "Example Title Agency"),
        (223, 90, "Sample, OH 43215"),
        (417, 90, "30 years"),
        (40, 104, "Sale Price"),
        (223, 104, "Lender"),
        (417, 104, "77310264"),
        (40, 114, "$435,000"),
        (223, 114, "Example Credit Union"),
    )

    assert found["settlement_agent_name"] == "Example Title Agency"
    assert found["sale_price"] == "$435,000"
    assert found["lender_name"] == "Example Credit Union"
    assert found["loan_term_months"] == "30 years"


@pytest.mark.parametrize("kind", ["closing_disclosure", "loan_estimate"])
def test_prose_that_begins_like_a_heading_ends_no_section(kind: str) -> None:
    found = raws(
        kind,
        (40, 100, "Loan Terms"),
        (370, 100, "Can this amount increase after closing?"),
        (40, 120, "Loan Amount"),
        (310, 120, "$391,500"),
        (370, 120, "NO"),
        (40, 134, "Projected Payments below for your Estimated Total Monthly Payment"),
        (250, 150, "Does the loan have these features?"),
        (40, 170, "Prepayment Penalty"),
        (250, 170, "NO"),
        (40, 190, "Balloon Payment"),
        (250, 190, "NO"),
        (40, 210, "Projected Payments"),
    )

    assert found["prepayment_penalty"] == "NO"
    assert found["balloon_payment"] == "NO"


_SUBSTITUTE = (
    (43, 40, "Example Community Bank"),
    (430, 40, "2022 TAX INFORMATION STATEMENT"),
    (43, 52, "4605 Sample St"),
    (43, 64, "Sampletown, OK 73505"),
    (43, 76, "Federal ID No.: 74-3818579"),
    (40, 110, "Jo Sample"),
    (40, 122, "9008 Example Drive"),
    (40, 134, "Exampleton, DE 19901"),
    (40, 146, "Recipient SSN: XXX-XX-4417"),
    (236, 146, "Claimant account: 70-0418825"),
    (40, 170, "FORM 1099-INT"),
    (43, 190, "1"),
    (83, 190, "Interest income"),
    (530, 190, "$1,284.77"),
)


def test_substitute_statement_has_its_parties_in_address_blocks() -> None:
    found = raws("form_1099", *_SUBSTITUTE)

    assert found["payer_name"] == "Example Community Bank"
    assert found["payer_address"] == "4605 Sample St\nSampletown, OK 73505"
    assert found["recipient_name"] == "Jo Sample"
    assert found["recipient_address"] == "9008 Example Drive\nExampleton, DE 19901"


def test_substitute_statement_has_its_numbers_behind_colons() -> None:
    found = raws("form_1099", *_SUBSTITUTE)

    assert found["payer_tin"] == "74-3818579"
    assert found["recipient_tin"] == "XXX-XX-4417"
    assert found["account_number"] == "70-0418825"
    assert found["tax_year"] == "2022"
    assert found["interest_income"] == "$1,284.77"


def test_person_who_pays_is_no_recipient() -> None:
    found = raws(
        "form_1099",
        (40, 40, "PAYER'S name, street address, city, state, ZIP code, and telephone no."),
        (40, 52, "Jo Sample"),
        (40, 64, "12 Example Road"),
        (40, 76, "Sampletown, OK 73505"),
        (40, 100, "PAYER'S TIN"),
    )

    assert found["payer_name"] == "Jo Sample"
    assert "recipient_name" not in found
