"""What the templates read from the tables of Loan Estimate and Closing Disclosure, scans included.

Every paper here is invented; each stands for what scanning does to these tables.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from typing import Any

import pytest

from loanbatch.models import Document, Field
from loanbatch.settings import load_settings
from loanbatch.testing import make_page
from loanbatch_plugins import templates

_WIDTH = 900.0


def read(kind: str, text: str) -> dict[str, Field]:
    """Extract the fields of a paper of one page given as typed text."""
    settings = load_settings({"log_level": "error"}, environ={})
    page = make_page(*text.split("\n"), number=1, width=_WIDTH, height=1400.0)
    found = templates.extract(Document(kind=kind, first_page=1, last_page=1), [page], settings)
    return {field.name: field for field in found or []}


def rows(field: Field) -> list[dict[str, Any]]:
    """Return the values of the cells, their texts where a cell has no value yet."""
    return [{c.name: c.raw if c.value is None else c.value for c in row} for row in field.rows]


_FEES = """\
Closing Cost Details
                                                       Borrower-Paid                        Seller-Paid              Paid by
Loan Costs                                             At Closing      Before Closing       At Closing   Before Closing   Others
A. Origination Charges                                         $2,431.63
{a1}    Points                                             $961.88
{a2}    Application Fee                                    $345.75
03    Underwriting Fee                                   $1,124.00
B. Services Borrower Did Not Shop For                          $681.25
{b1}    Appraisal Fee to Truewell Appraisers Inc.                          $541.00
02    Credit Report Fee to Factsheet Data Co.            $43.00
03    Flood Determination Fee to Factsheet Data Co.      $97.25
D. TOTAL LOAN COSTS (Borrower-Paid)                            $3,112.88
"""


@pytest.mark.parametrize(
    ("a1", "a2", "b1"),
    [("01", "02", "01"), ("  ", "02", "01"), ("01", "  ", ")1"), ("01", "O2", "  ")],
)
def test_fees_have_numbers_that_recognition_lost(a1: str, a2: str, b1: str) -> None:
    fees = rows(read("closing_disclosure", _FEES.format(a1=a1, a2=a2, b1=b1))["fees"])

    assert [(row["section"], int(row["line"]), row["label"]) for row in fees] == [
        ("A", 1, "Points"),
        ("A", 2, "Application Fee"),
        ("A", 3, "Underwriting Fee"),
        ("B", 1, "Appraisal Fee"),
        ("B", 2, "Credit Report Fee"),
        ("B", 3, "Flood Determination Fee"),
    ]


def test_fees_without_printed_numbers_get_none() -> None:
    text = _FEES.format(a1="  ", a2="  ", b1="  ").replace("\n03", "\n  ").replace("\n02", "\n  ")

    fees = rows(read("closing_disclosure", text)["fees"])

    assert len(fees) == 6
    assert not any("line" in row for row in fees)
