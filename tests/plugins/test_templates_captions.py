"""Papers whose captions stand over their values, in two languages, or with a hint how to write.

Every paper here is invented; each stands for a way in which lenders set such papers.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

APPLICATION_IN_BOXES = """\
Section 4: Loan and Property Information
4a. Loan Amount          Loan Purpose
$212,000.00              [X] Purchase  [ ] Refinance  [ ] Other

Property Address – Street          City, State ZIP           Number of Units     Property Value
418 Gull Point Road                Astoria, OR 97999         2                   $251,000.00

Occupancy
[ ] Primary Residence  [X] Second Home  [ ] Investment Property

Lender Loan Information
Mortgage Type Applied For                       Note Rate          Loan Term
[ ] Conventional  [X] FHA  [ ] VA               6.250%             360 (months)

1b. Current Employment/Self-Employment and Income
Employer or Business Name               Phone
Gull Point Canneries Inc.               (555) 010-2345

Position or Title               Start Date (mm/dd/yyyy)          How long in this line of work?
Line Supervisor                 05/16/2012                       11 Years

Section 9: Loan Originator Information
Loan Originator Organization Name         Loan Originator Name            Date (mm/dd/yyyy)
Tidewater Home Mortgage                   Priya Lindqvist                 03/14/2024
"""


def test_application_with_captions_over_its_values_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_application",
        APPLICATION_IN_BOXES,
        {
            "loan_purpose": "Purchase",
            "property_address": "418 Gull Point Road, Astoria, OR 97999",
            "property_units": 2,
            "occupancy": "Second Home",
            "mortgage_type": "FHA",
            "employer_name": "Gull Point Canneries Inc.",
            "job_title": "Line Supervisor",
            "employment_start_date": date(2012, 5, 16),
            "loan_originator_organization_name": "Tidewater Home Mortgage",
            "loan_originator_name": "Priya Lindqvist",
        },
    )


def test_hint_how_to_write_a_date_is_no_value(read: Any) -> None:
    text = "Section 9: Loan Originator Information\nLoan Originator Name     Date (mm/dd/yyyy)"
    assert "loan_originator_name" not in read("loan_application", text)


PASSPORT = """\
PASSPORT / PASSEPORT           Passport No. / Passeport No
                               X1234567

Surname / Nom
ROE-EXAMPLE
Given names / Prénoms
JANE MARIE
Nationality / Nationalité      Code
UTOPIAN                        UTO
Date of birth / Date de naissance
14 Feb 1979
Place of birth / Lieu de naissance
EXAMPLETON
"""


def test_label_in_a_second_language_is_no_value(assert_reads: Any) -> None:
    assert_reads(
        "identity_document",
        PASSPORT,
        {
            "family_name": "ROE-EXAMPLE",
            "given_names": "JANE MARIE",
            "nationality": "UTOPIAN",
            "issuing_country": "UTO",
            "place_of_birth": "EXAMPLETON",
        },
    )


VEHICLE_LOAN_IN_TWO_COLUMNS = """\
                    Malabar Motor Finance Ltd.

                                                         03-Jan-2024
Loan Account / Application No.            First EMI Date
VL-KCH-551209                             07-Feb-2024

Customer Name                             Processing Fee
Farida Khan R                             Rs. 3,500

Vehicle / Product                         Chassis No.
Car Loan - Used                           ABC62144KPL088213

On-road Price                             Engine No.
Rs. 9,85,400                              MTRKVN09LQR2256

Loan Amount                               Net Disbursal
Rs. 7,85,000                              Rs. 7,80,870
"""


def test_sanction_with_captions_over_its_values_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        VEHICLE_LOAN_IN_TWO_COLUMNS,
        {
            "borrower_names": ("Farida Khan R",),
            "loan_product": "Car Loan - Used",
            "sale_price": Decimal("985400.00"),
            "vehicle_chassis_number": "ABC62144KPL088213",
            "vehicle_engine_number": "MTRKVN09LQR2256",
            "loan_amount": Decimal("785000.00"),
            "net_disbursed_amount": Decimal("780870.00"),
        },
    )


EDUCATION_LOAN_IN_NUMBERED_LINES = """\
                         KAVERI GRAMIN BANK

1.  Name of Student / Borrower       Kumari Asha Devi Rao
2.  Type of Loan                     Education Loan
3.  Loan sanctioned                  Rs. 18,50,000/-
4.  Moratorium                       Course period + 12 months (36 months from first disbursement); simple interest
5.  Rate of interest                 9.85% p.a. floating, Repo Linked Rate 6.50% + spread 3.35%

Disbursement schedule:
Stage          Due on            Amount
1st Year       16.08.2023        Rs. 5,20,000
2nd Year       16.08.2024        Rs. 5,10,000
"""


def test_sanction_in_numbered_lines_is_read(read: Any, assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        EDUCATION_LOAN_IN_NUMBERED_LINES,
        {
            "borrower_names": ("Asha Devi Rao",),
            "loan_type": "Education Loan",
            "moratorium_months": 36,
            "moratorium_interest_treatment": "simple interest",
            "benchmark_rate_percent": Decimal("6.50"),
        },
    )
    assert "disbursement_schedule" in read("sanction_letter", EDUCATION_LOAN_IN_NUMBERED_LINES)


PERSONAL_LOAN_IN_SENTENCES = """\
Mr. Arun Prakash Pai
Mrs. Sheela Arun Pai (Co-applicant)
No. 18, 2nd Cross
Mysuru 570999

We are glad to inform you that the Bank has sanctioned a sum of Rs. 5,00,000/- repayable in
36 equated monthly instalments of Rs. 16,607 each. A processing fee of 1%, i.e. Rs. 5,000, plus
GST of Rs. 900 will be recovered upfront. This sanction lapses on 11 January 2023.
"""


def test_sanction_in_sentences_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        PERSONAL_LOAN_IN_SENTENCES,
        {
            "borrower_names": ("Arun Prakash Pai",),
            "co_signer_names": ("Sheela Arun Pai",),
            "loan_amount": Decimal("500000.00"),
            "processing_fee": Decimal("5000.00"),
            "processing_fee_tax": Decimal("900.00"),
            "sanction_validity_date": date(2023, 1, 11),
        },
    )
