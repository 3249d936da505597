"""What is read from papers that are no kind of their own: letters, bills, requests, applications.

Every paper here is invented; each stands for a layout in which such papers come.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from loanbatch.models import Document, Field
from loanbatch.settings import load_settings
from loanbatch.testing import make_page
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins import normalizers, templates


def read(text: str) -> dict[str, Field]:
    settings = load_settings({"log_level": "error"}, environ={})
    page = make_page(*text.split("\n"), width=900.0, height=1400.0)
    document = Document(kind="other", first_page=1, last_page=1)
    found = {field.name: field for field in templates.extract(document, [page], settings) or []}
    for name, field in found.items():
        if field.value is None and not field.rows:
            definition = standard_vocabulary().field(name)
            found[name] = normalizers.normalize(field, definition, settings) or field
    return found


PAPERS = {
    "payoff2": (
        """
First Prairie Credit Union                        Loan Servicing Department

                    Payoff Quote

Member: John P. Sample              Account / Loan No.: 77-1203945
Payoff good thru date: January 31, 2025
Principal balance          Accrued interest      Fees        Total payoff amount
$8,340.11                  $56.96                $15.00      $8,412.07
Daily per diem: $1.42
If paid after the date above please add $1.42 per day.
""",
        {
            "document_title": "Payoff Quote",
            "loan_identifier": "77-1203945",
            "payoff_amount": Decimal("8412.07"),
            "payoff_good_through_date": date(2025, 1, 31),
            "per_diem_interest": Decimal("1.42"),
        },
    ),
    "invoice1": (
        """
Summit Appraisal Services
220 Pine Road, Boise, ID 83702

                    INVOICE

Invoice Number: 20240311
Invoice Date: 03/04/2024
Due Date: 04/03/2024
Bill To: Lakeview Lending
Description                         Qty   Rate      Amount
Full appraisal 1004                 1     550.00    550.00
Trip fee                            1      25.00     25.00
Subtotal                                            575.00
Amount Due                                         $575.00
""",
        {
            "document_title": "INVOICE",
            "vendor_name": "Summit Appraisal Services",
            "invoice_date": date(2024, 3, 4),
            "due_date": date(2024, 4, 3),
            "amount_due": Decimal("575.00"),
        },
    ),
    "4506t": (
        """
Form 4506-T          Request for Transcript of Tax Return
(June 2023)          Do not sign this form unless all applicable lines have been completed.
Department of the Treasury
1a Name shown on tax return. If a joint return, enter the        1b First social security number on tax return, individual
name shown first.                                                taxpayer identification number
Rosa Quill                                                       123-45-6789
2a If a joint return, enter spouse's name shown on tax return.   2b Second social security number or individual taxpayer
                                                                 identification number if joint tax return
Henry Quill                                                      987-65-4321
3 Current name, address (including apt., room, or suite no.), city, state, and ZIP code (see instructions)
Rosa Quill, 12 Oak Lane, Provo, UT 84601
6 Transcript requested. Enter the tax form number here (1040, 1065, 1120, etc.) and check the appropriate box below. 1040
9 Year or period requested. Enter the ending date of the tax year or period using the mm/dd/yyyy format.
12/31/2022         12/31/2021
""",
        {
            "taxpayer_names": (
                "Rosa Quill",
                "Henry Quill",
            ),
            "taxpayer_ssns": (
                "123-45-6789",
                "987-65-4321",
            ),
        },
    ),
    "4868": (
        """
Form 4868                Application for Automatic Extension of Time          OMB No. 1545-0074
Department of the Treasury     To File U.S. Individual Income Tax Return      2023
Part I  Identification                          Part II  Individual Income Tax
1 Your name(s) (see instructions)               4 Estimate of total tax liability for 2023    $    8,200
Lena Marsh                                      5 Total 2023 payments                              7,000
Address (see instructions)                      6 Balance due. Subtract line 5 from line 4         1,200
44 Cedar Blvd                                   7 Amount you're paying (see instructions)          1,200
City, town, or post office   State  ZIP code
Reno                         NV     89501
2 Your social security number   3 Spouse's social security number
222-33-4444
""",
        {
            "estimated_tax_liability": Decimal("8200.00"),
            "total_payments": Decimal("7000.00"),
            "balance_due": Decimal("1200.00"),
            "amount_paying": Decimal("1200.00"),
            "taxpayer_names": ("Lena Marsh",),
            "tax_year": 2023,
        },
    ),
    "creditscore": (
        """
Blue Ridge Home Loans
                    Your Credit Score and the Price You Pay for Credit
Borrower: Alan Reyes                           Date: 02/03/2024
Your Credit Score
Your credit score            742
                             Source: Equifax          Date: 02/01/2024
Understanding Your Credit Score
What you should know about credit scores: your credit score is a number that reflects the information
in your credit report.
""",
        {"credit_score": 742, "borrower_names": ("Alan Reyes",)},
    ),
    "insapp": (
        """
                    Homeowners Insurance Application
Insurance Company: Granite Mutual Insurance Company
Named Insured: Petra Lind                   Date of Birth: 02/11/1980
Policy Number        Effective Date      Expiration Date
HO-4471-229          05/01/2024          05/01/2025
Property Location: 3 Hill St, Keene, NH 03431
""",
        {
            "document_title": "Homeowners Insurance Application",
            "insured_names": ("Petra Lind",),
            "insurer_name": "Granite Mutual Insurance Company",
            "policy_number": "HO-4471-229",
            "effective_date": date(2024, 5, 1),
            "expiration_date": date(2025, 5, 1),
            "date_of_birth": date(1980, 2, 11),
        },
    ),
    "empapp": (
        """
                    Application for Employment
Personal Information
Last Name: Nazari        First Name: Omar      Date: 01/09/2024
Street Address: 55 Birch Ave
City: Tulsa        State: OK      Zip: 74103
Position applied for: Analyst
Employment History
Employer Name        Position            From         To
Delta Retail Inc     Cashier             01/2015      03/2018
""",
        {
            "document_title": "Application for Employment",
            "full_name": "Omar Nazari",
            "address": "55 Birch Ave, Tulsa, OK 74103",
        },
    ),
    "patient": (
        """
Coastal Family Clinic
                    New Patient Registration Form
Patient Name: Iris Kole             DOB: 09/30/1975
Address: 8 Dune Way, Miami, FL 33101
Phone: (305) 555-0122
Emergency Contact: Tom Kole       Relationship: Brother
""",
        {
            "document_title": "New Patient Registration Form",
            "full_name": "Iris Kole",
            "date_of_birth": date(1975, 9, 30),
            "address": "8 Dune Way, Miami, FL 33101",
        },
    ),
    "gift2": (
        """
                    GIFT LETTER
Applicant(s): Daniel Park                        Loan Number: 5566778
I, Grace Park, do hereby certify that I have given a gift of $15,000.00 to Daniel Park
Donor's Name: Grace Park
Relationship to Applicant: Mother
Donor's Address: 4 Vine St, Akron, OH 44301
To be applied toward the purchase of the property located at: 120 Ash Ct, Akron, OH 44302
No repayment of the gift is expected or implied.
""",
        {
            "document_title": "GIFT LETTER",
            "donor_name": "Grace Park",
            "gift_amount": Decimal("15000.00"),
            "donor_relationship": "Mother",
            "donor_address": "4 Vine St, Akron, OH 44301",
            "property_address": "120 Ash Ct, Akron, OH 44302",
            "borrower_names": ("Daniel Park",),
        },
    ),
    "servicing": (
        """
Meridian Bank
                    Notice of Servicing Transfer
Date: August 10, 2024
Loan Number: 8899001122
The servicing of your mortgage loan is being transferred, effective September 1, 2024.
New Servicer: Cobalt Loan Services
Property Address: 7 Rye Ln, Troy, NY 12180
""",
        {
            "loan_identifier": "8899001122",
            "servicer_name": "Cobalt Loan Services",
            "effective_date": date(2024, 9, 1),
        },
    ),
    "hud1": (
        """
A. U.S. Department of Housing and Urban Development
Settlement Statement (HUD-1)
D. Name and Address of Borrower:   E. Name and Address of Seller:    F. Name and Address of Lender:
Ellen Shaw                         Mark Orr                          Union Home Bank
12 Main St                         9 Low St                          1 Bank Plz
Waco, TX 76701                     Waco, TX 76702                    Waco, TX 76703
G. Property Location:              H. Settlement Agent:              I. Settlement Date:
31 Kent St                         Lone Star Title                   08/14/2009
Waco, TX 76701                     Place of Settlement:
7. Loan Number: 441-229013
J. Summary of Borrower's Transaction        K. Summary of Seller's Transaction
100. Gross Amount Due from Borrower         400. Gross Amount Due to Seller
101. Contract sales price    182,000.00     401. Contract sales price   182,000.00
303. Cash at settlement from / to borrower   38,211.90
""",
        {
            "loan_identifier": "441-229013",
            "lender_name": "Union Home Bank",
            "property_address": "31 Kent St, Waco, TX 76701",
            "borrower_names": ("Ellen Shaw",),
            "closing_date": date(2009, 8, 14),
        },
    ),
    "hoa": (
        """
Fern Court Homeowners Association
                    Statement of Account
Owner: Paula Ray                       Statement Date: 05/15/2024
Property Address: 5 Fern Ct, Mesa, AZ 85201
Balance Due: $310.00      Due Date: 06/01/2024
Regular assessment   $250.00
HOA dues late fee    $60.00
""",
        {
            "amount_due": Decimal("310.00"),
            "due_date": date(2024, 6, 1),
            "property_address": "5 Fern Ct, Mesa, AZ 85201",
        },
    ),
    "checklist": (
        """
                    Loan Document Checklist
Borrower: Yara Holt           Loan No: 300455
Closing Date: 04/02/2024
[x] Closing Disclosure
[x] Note
[ ] Title policy
""",
        {
            "document_title": "Loan Document Checklist",
            "borrower_names": ("Yara Holt",),
            "loan_identifier": "300455",
        },
    ),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_paper_is_read(paper):
    text, wanted = PAPERS[paper]

    found = read(text)

    assert {name: found[name].value for name in wanted if name in found} == wanted


def test_jobs_of_an_application_are_rows():
    text = """
                 Employment Application
Full Name: Jane Roe
Home Address: 9 Any Street, Any Town, USA
Start Date    End Date     Employer Name    Position Held    Reason for leaving
1/15/2009     6/30/2011    Any Company      Baker            Family relocated
7/1/2011      present      Best Corp.       Head Baker       N/A
"""

    rows = [{c.name: c.raw for c in row} for row in read(text)["employment_history"].rows]

    assert [(row["employer_name"], row["hire_date"]) for row in rows] == [
        ("Any Company", "1/15/2009"),
        ("Best Corp.", "7/1/2011"),
    ]


BLANK = {
    "transcript request": """
Form 4506-T          Request for Transcript of Tax Return
1a Name shown on tax return. If a joint return, enter the        1b First social security number on tax return, individual
name shown first.                                                taxpayer identification number

2a If a joint return, enter spouse's name shown on tax return.   2b Second social security number or individual taxpayer
                                                                 identification number if joint tax return

3 Current name, address (including apt., room, or suite no.), city, state, and ZIP code (see instructions)
""",
    "extension": """
Form 4868                Application for Automatic Extension of Time          OMB No. 1545-0074
Part I  Identification                          Part II  Individual Income Tax
1 Your name(s) (see instructions)               4 Estimate of total tax liability for 2023    $
                                                5 Total 2023 payments
Address (see instructions)                      6 Balance due. Subtract line 5 from line 4
                                                7 Amount you're paying (see instructions)
City, town, or post office   State  ZIP code
2 Your social security number   3 Spouse's social security number
""",
    "notice": """
                   Escrow Closing Notice
BORROWER                 ISSUE DATE
PROPERTY ADDRESS         LENDER
After this date, you must directly pay your property costs, such as taxes and
homeowner's insurance, possibly in one or two large payments a year.
Cost to You
Escrow Closing Fee       [dollar amount]
""",
    "application": """
                   Homeowners Insurance Application
Insurance Company:
Named Insured:                              Date of Birth:
Policy Number        Effective Date      Expiration Date

Property Location:
""",
}


@pytest.mark.parametrize("form", BLANK)
def test_blank_form_has_no_values(form):
    assert read(BLANK[form]) == {}


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Gift Letter - Down Payment", "Gift Letter"),
        ("RECEIPT", "RECEIPT"),
        ("Authorization to Release Information", "Authorization to Release Information"),
    ],
)
def test_title_is_the_heading_that_names_a_paper(heading, title):
    found = read(
        f"Harbor Savings Bank\n\n{heading}\n\n[x] Closing Disclosure\nLoan Number: 7001234567"
    )

    assert found["document_title"].value == title


def test_date_under_a_caption_is_not_the_letters():
    assert "letter_date" not in read(
        "Policy Number       Effective Date\nHO-99-1234          05/01/2024\n"
    )
