"""What the templates read from the tables of Loan Estimate and Closing Disclosure, scans included.

Every paper here is invented; each stands for what scanning does to these tables.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from loanbatch.models import Document, Field, TextSource
from loanbatch.settings import Settings, load_settings
from loanbatch.testing import make_page
from loanbatch_plugins import templates

_WIDTH = 900.0
_REVIEW = Settings().review_threshold


def read(kind: str, text: str, source: TextSource = TextSource.TEXT_LAYER) -> dict[str, Field]:
    """Extract the fields of a paper of one page given as typed text."""
    settings = load_settings({"log_level": "error"}, environ={})
    lines = text.split("\n")
    page = make_page(*lines, number=1, width=_WIDTH, height=1400.0, text_source=source)
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
    [("01", "02", "01"), ("  ", "62", "01"), ("01", "  ", ")1"), ("G1", "O2", "  ")],
)
def test_fees_have_numbers_that_recognition_lost(a1: str, a2: str, b1: str) -> None:
    text = _FEES.format(a1=a1, a2=a2, b1=b1)

    fees = rows(read("closing_disclosure", text, TextSource.RECOGNIZED)["fees"])

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

    fees = rows(read("closing_disclosure", text, TextSource.RECOGNIZED)["fees"])

    assert len(fees) == 6
    assert not any("line" in row for row in fees)


_CASH = """\
Calculating Cash to Close     Use this table to see what has changed from your Loan Estimate.
                                              Loan Estimate        Final        Did this change?
Total Closing Costs (J)                           $8,054.00    $9,712.10        YES
Closing Costs Paid Before Closing                        $0     - $29.80        YES
{financed}
{paid}                             $0           $0        NO
Down Payment/Funds from Borrower             {down}   $18,000.00        NO
{deposit}                                      - $10,000.00  - $10,000.00       NO
Funds for Borrower                                       $0           $0        NO
Seller Credits                                           $0   - $2,500.00       YES
Adjustments and Other Credits                            $0   {adjustments}       YES
Cash to Close                                    $16,054.00   $14,147.26
"""
_CASH_READ = [
    ("Total Closing Costs (J)", "8054.00", "9712.10"),
    ("Closing Costs Paid Before Closing", "0.00", "-29.80"),
    ("Closing Costs Financed (Paid from your Loan Amount)", "0.00", "0.00"),
    ("Down Payment/Funds from Borrower", "18000.00", "18000.00"),
    ("Deposit", "-10000.00", "-10000.00"),
    ("Funds for Borrower", "0.00", "0.00"),
    ("Seller Credits", "0.00", "-2500.00"),
    ("Adjustments and Other Credits", "0.00", "-1035.04"),
    ("Cash to Close", "16054.00", "14147.26"),
]


def cash(**changes: str) -> Field:
    """Read a calculation of cash to close, some of it misread."""
    words = {
        "financed": "Closing Costs Financed",
        "paid": "(Paid from your Loan Amount)",
        "down": "$18,000.00",
        "deposit": "Deposit",
        "adjustments": "- $1,035.04",
    }
    return read("closing_disclosure", _CASH.format(**words | changes))["cash_to_close_table"]


def amounts(field: Field) -> list[tuple[str, ...]]:
    """Return the first three cells of each row, amounts as numbers with cents."""
    return [tuple(_plain(cell) for cell in row[:3]) for row in field.rows]


def _plain(cell: Field) -> str:
    text = str(cell.raw if cell.value is None else cell.value).replace(" ", "")
    number = text.replace("$", "").replace(",", "")
    if not number.lstrip("-").replace(".", "").isdigit():
        return cell.raw if cell.value is None else str(cell.value)
    return f"{Decimal(number):.2f}"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"deposit": "Depos1t"},
        {"financed": "", "paid": "{Parl teri oon AGU         "},
        {"adjustments": "$1,035.04"},
        {"down": "- $18,000.00"},
    ],
)
def test_cash_to_close_is_read_as_the_form_prescribes_it(changes: dict[str, str]) -> None:
    field = cash(**changes)

    assert amounts(field) == _CASH_READ


def test_cash_to_close_that_does_not_add_up_is_doubted() -> None:
    assert cash(adjustments="- $1,085.04").confidence < _REVIEW
    assert cash().confidence >= _REVIEW


_CONTACTS = """\
Contact Information
                    Lender                        Settlement Agent (S}}
{name}                Ficus Bank                    Epsilon Title Co.

Address             4321 Random Blvd.             123 Commerce Pl.
                    Somecity, ST 12340            Somecity, ST 12344

{nmls}             222222

{license}                                     Z61616

{contact}             Joe Smith                     Sarah Arnold

{email}               joe @ficusbank.com            sarah@epsilon.com

{phone}               123-456-7890                  987-555-4321
"""
_LABELS = {
    "name": "Name",
    "nmls": "NMLS ID",
    "license": "ST License ID",
    "contact": "Contact",
    "email": "Email",
    "phone": "Phone",
}


@pytest.mark.parametrize("lost", [None, "name", "license", "contact", "email", "phone"])
def test_contacts_are_told_without_one_of_their_labels(lost: str | None) -> None:
    labels = _LABELS | ({lost: " " * len(_LABELS[lost])} if lost else {})

    lender, agent = rows(read("closing_disclosure", _CONTACTS.format(**labels))["contacts"])

    assert lender == {
        "role": "Lender",
        "name": "Ficus Bank",
        "address": "4321 Random Blvd.\nSomecity, ST 12340",
        "nmls_id": "222222",
        "contact_name": "Joe Smith",
        "email": "joe@ficusbank.com",
        "phone": "123-456-7890",
    }
    assert agent["role"] == "Settlement Agent (S)"
    assert agent["license_id"] == "Z61616"
    assert "nmls_id" not in agent


_LOST_HEADERS = """\
Closing Cost Details
A. Origination Charges                                         $2,431.63
01    Points                                             $961.88
02    Application Fee                                    $345.75
03    Underwriting Fee                                 $1,124.00
B, Services Borrower Did Not Shop For                            $637.00
01    Appraisal Fee to Truewell Appraisers Inc.                          $541.00
02    Credit Report Fee to Factsheet Data Co.             $96.00
03    Survey Fee to Plumbline Surveys Co.                                                        $97.25
   TOTAL LOAN COSTS (Borrower-Paid)                             $3,068.63
Loan Costs Subtotals (A + B + C)                       $2,527.63         $541.00
"""


def test_fees_have_their_payers_where_the_headers_of_the_columns_are_lost() -> None:
    fields = read("closing_disclosure", _LOST_HEADERS, TextSource.RECOGNIZED)

    told = [(r["label"], r.get("paid_by"), r.get("paid_when")) for r in rows(fields["fees"])]
    assert told == [
        ("Points", "borrower", "at_closing"),
        ("Application Fee", "borrower", "at_closing"),
        ("Underwriting Fee", "borrower", "at_closing"),
        ("Appraisal Fee", "borrower", "before_closing"),
        ("Credit Report Fee", "borrower", "at_closing"),
        # Nothing says whose column this is.
        ("Survey Fee", None, None),
    ]
    assert [row["section"] for row in rows(fields["section_totals"])] == ["A", "B", "D"]


@pytest.mark.parametrize(("points", "sure"), [("$961.88", True), ("$916.88", False)])
def test_fees_that_miss_the_total_of_their_section_are_doubted(points: str, *, sure: bool) -> None:
    text = _LOST_HEADERS.replace("$961.88", points)

    assert (read("closing_disclosure", text)["fees"].confidence >= _REVIEW) is sure


def test_minus_of_a_fee_is_proved_by_the_total_of_its_section() -> None:
    text = _LOST_HEADERS.replace("$345.75", "  $0.75").replace("$2,431.63", "$2,085.13")

    fees = rows(read("closing_disclosure", text)["fees"])

    assert fees[1]["amount"] == Decimal("-0.75")


_ESTIMATE = """\
Date Issued   2/15/2024
Loan Estimate
Projected Payments
Payment Calculation       Years 1-5           Years 6-8
Principal & Interest      $703.33             $1,028 min
                                              $1,359 max
Mortgage Insurance        +  109              +  109
Estimated Escrow          +  0                +  0
Estimated Total           $812                {total}
Monthly Payment
"""


@pytest.mark.parametrize("total", ["$1,137-$1,468", "$1,137 – $1,468"])
def test_dash_of_a_range_of_payments_is_no_minus(total: str) -> None:
    field = read("loan_estimate", _ESTIMATE.format(total=total))["projected_payments"]

    told = [(row["total_minimum"], row["total_maximum"]) for row in rows(field)]
    assert told == [("$812", "$812"), ("$1,137", "$1,468")]


def test_wording_of_a_fee_goes_on_in_the_line_with_its_amount() -> None:
    text = """\
Date Issued   2/15/2024
Closing Cost Details
A. Origination Charges                                     $1,050        E. Taxes and Other Government Fees        $85
1 % of Loan Amount (Points)                                  $750
Fee of the attorney who
represents the lender                                        $300
B. Services You Cannot Shop For                              $305
Appraisal Fee                                                $305
D. TOTAL LOAN COSTS (A + B + C)                            $1,355
"""

    fees = rows(read("loan_estimate", text)["fees"])

    assert [row["label"] for row in fees if row["section"] in "AB"] == [
        "1 % of Loan Amount (Points)",
        "Fee of the attorney who represents the lender",
        "Appraisal Fee",
    ]
    assert not any("line" in row for row in fees)
