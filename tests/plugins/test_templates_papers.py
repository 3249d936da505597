"""What is read from papers of many issuers, first of those that are no kind of their own.

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


def read(text: str, kind: str = "other") -> dict[str, Field]:
    settings = load_settings({"log_level": "error"}, environ={})
    page = make_page(*text.split("\n"), width=900.0, height=1400.0)
    document = Document(kind=kind, first_page=1, last_page=1)
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
    "payoff3": (
        """
SUMMIT RIDGE BANK, N.A.                            Date: October 10, 2024
Payoff Department

                    Mortgage Payoff Statement
RE:  Loan #: 1002003004
     Mortgagor: Leo Brandt
     Property: 77 Kiln Rd, Bend, OR 97701
The amount required to pay this loan in full, good through October 31, 2024, is as follows:
Current principal balance ................ $97,500.00
Interest through 10/31/2024 .............. $545.44
Reconveyance fee ......................... $75.00
TOTAL PAYOFF ............................. $98,120.44
Interest per diem after 10/31/2024: $13.21
""",
        {
            "document_title": "Mortgage Payoff Statement",
            "loan_identifier": "1002003004",
            "payoff_amount": Decimal("98120.44"),
            "payoff_good_through_date": date(2024, 10, 31),
            "per_diem_interest": Decimal("13.21"),
            "borrower_names": ("Leo Brandt",),
            "property_address": "77 Kiln Rd, Bend, OR 97701",
        },
    ),
    "til_auto": (
        """
                    FEDERAL TRUTH-IN-LENDING DISCLOSURE STATEMENT
Creditor: Coastline Auto Credit                  Borrower: Kim Tran
Date: 02/20/2024
ANNUAL PERCENTAGE     FINANCE CHARGE        Amount Financed       Total of Payments
RATE                  The dollar amount     The amount of credit  The amount you will
The cost of your      the credit will       provided to you or    have paid after you
credit as a yearly    cost you.             on your behalf.       have made all payments
rate.
7.24 %                $4,812.33             $24,500.00            $29,312.33
Your payment schedule will be:
Number of Payments    Amount of Payments    When Payments Are Due
60                    $488.54               Monthly, beginning 04/05/2024
Late Charge: If a payment is late, you will be charged 5% of the payment.
Prepayment: If you pay off early, you will not have to pay a penalty.
""",
        {
            "annual_percentage_rate_percent": Decimal("7.24"),
            "finance_charge": Decimal("4812.33"),
            "amount_financed": Decimal("24500.00"),
            "total_of_payments": Decimal("29312.33"),
            "borrower_names": ("Kim Tran",),
            "lender_name": "Coastline Auto Credit",
        },
    ),
    "invoice2": (
        """
Cascade Home Inspections LLC                                   Invoice
PO Box 311, Tacoma, WA 98401                                   Invoice #: 8841
                                                               Date: 05/09/2024
Bill to: Kim Tran
Home inspection, 12 Fir St                                        425.00
                                                   Total          425.00
                                                   Balance Due   $425.00
""",
        {
            "document_title": "Invoice",
            "invoice_date": date(2024, 5, 9),
            "amount_due": Decimal("425.00"),
        },
    ),
    "purchase": (
        """
                    Residential Purchase Agreement
Buyer: Kim Tran            Seller: Fir Holdings LLC
Property: 12 Fir St, Tacoma, WA 98401
Purchase price: $410,000.00      Earnest money: $5,000
Closing Date: June 28, 2024
""",
        {
            "document_title": "Residential Purchase Agreement",
            "property_address": "12 Fir St, Tacoma, WA 98401",
            "closing_date": date(2024, 6, 28),
        },
    ),
    "gfe2010": (
        """
                    Good Faith Estimate (GFE)                 OMB Approval No. 2502-0265
Name of Originator   Harbor Bank              Borrower   Kim Tran
Originator Address   1 Main St                Property Address   12 Fir St, Tacoma, WA 98401
Date of GFE   03/02/2011
Your initial loan amount is                   $200,000.00
Your loan term is                             30 years
Your initial interest rate is                 4.500 %
Your initial monthly amount owed for principal, interest, and any mortgage insurance is   $1,013.37 per month
Total Estimated Settlement Charges     $6,120.00
""",
        {
            "loan_amount": Decimal("200000.00"),
            "note_rate_percent": Decimal("4.5"),
            "date_issued": date(2011, 3, 2),
            "borrower_names": ("Kim Tran",),
            "property_address": "12 Fir St, Tacoma, WA 98401",
        },
    ),
    "taxbill": (
        """
STORY COUNTY TREASURER
                    REAL ESTATE TAX STATEMENT
Parcel Number: 05-33-201-110              Tax Year: 2024
Owner: Nina Brand
Property Address: 61 Lake Dr, Ames, IA 50010
Assessed Value: 210,000
Total Amount Due: $1,832.44       Due Date: 11/30/2024
""",
        {
            "amount_due": Decimal("1832.44"),
            "due_date": date(2024, 11, 30),
            "property_address": "61 Lake Dr, Ames, IA 50010",
            "tax_year": 2024,
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
1/15/2009     6/30/2011    Old Company      Cook             Moved elsewhere
7/1/2011      present      Next Corp.       Head Cook        N/A
"""

    rows = [{c.name: c.raw for c in row} for row in read(text)["employment_history"].rows]

    assert [(row["employer_name"], row["hire_date"]) for row in rows] == [
        ("Old Company", "1/15/2009"),
        ("Next Corp.", "7/1/2011"),
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


KINDS = {
    "cheque1": (
        "cheque",
        """
KAREN L. VOSS                                                              1047
14 MAPLE DRIVE
SPOKANE, WA 99201                                   DATE March 15, 2024

PAY TO THE
ORDER OF   Ridge Property Management                        $ 1,250.00
One thousand two hundred fifty and 00/100 ------------------ DOLLARS
INLAND FEDERAL CREDIT UNION
MEMO  March rent                        Authorized Signature
:325081403: 0012345678 1047
""",
        {
            "check_date": date(2024, 3, 15),
            "check_amount": Decimal("1250.00"),
            "payee_name": "Ridge Property Management",
            "payer_name": "KAREN L. VOSS",
            "check_amount_in_words": "One thousand two hundred fifty and 00/100",
        },
    ),
    "cashier": (
        "cheque",
        """
CASHIER'S CHECK                                           No. 6610023
REMITTER: ELENA CRUZ                                      Date: August 9, 2024
PAY TO THE ORDER OF  LONE STAR TITLE                      $42,000.00
FORTY TWO THOUSAND AND NO/100 DOLLARS
First Bank of Waco               AUTHORIZED SIGNATURE
""",
        {
            "check_number": "6610023",
            "check_date": date(2024, 8, 9),
            "check_amount": Decimal("42000.00"),
            "payee_name": "LONE STAR TITLE",
        },
    ),
    "voe1": (
        "employment_verification",
        """
TRIDENT LOGISTICS INC
4400 Port Road, Houston, TX 77001

                    Employment Verification Letter

Date: May 2, 2024
To Whom It May Concern,
This letter is to confirm that Carlos Mendes is employed with Trident Logistics Inc as a Dispatch Supervisor
since June 4, 2018. His current base salary is $5,200.00 per month.
If you have any questions please call (713) 555-0140.
Sincerely,
Dana Frost
HR Manager
""",
        {
            "employee_name": "Carlos Mendes",
            "employer_name": "Trident Logistics Inc",
            "hire_date": date(2018, 6, 4),
            "job_title": "Dispatch Supervisor",
            "base_pay": Decimal("5200.00"),
        },
    ),
    "dec1": (
        "insurance_binder",
        """
GRANITE SHIELD INSURANCE COMPANY
                    HOMEOWNERS POLICY DECLARATIONS
Policy Number: HP 220-4471-09
Policy Period: 02/01/2024 to 02/01/2025  12:01 A.M. standard time
Named Insured: Gita Patel and Ravi Patel
Residence Premises: 19 Quarry Rd, Concord, NH 03301
Coverage                                   Limit of Liability
A. Dwelling                                $385,000
B. Other Structures                         $38,500
C. Personal Property                       $192,500
D. Loss of Use                              $77,000
E. Personal Liability                      $300,000
F. Medical Payments to Others                $5,000
Deductible - All Perils                      $1,500
Total Annual Premium                      $1,742.00
Mortgagee: Harbor Mortgage Servicing LLC ISAOA/ATIMA
PO Box 9000, Columbus, OH 43216
Loan Number: 0045127788
""",
        {
            "policy_number": "HP 220-4471-09",
            "insured_names": (
                "Gita Patel",
                "Ravi Patel",
            ),
            "effective_date": date(2024, 2, 1),
            "expiration_date": date(2025, 2, 1),
            "dwelling_coverage": Decimal("385000.00"),
            "deductible": Decimal("1500.00"),
            "annual_premium": Decimal("1742.00"),
            "property_address": "19 Quarry Rd, Concord, NH 03301",
        },
    ),
    "evidence": (
        "insurance_binder",
        """
EVIDENCE OF PROPERTY INSURANCE                                 DATE (MM/DD/YYYY) 06/10/2024
THIS EVIDENCE OF PROPERTY INSURANCE IS ISSUED AS A MATTER OF INFORMATION ONLY
AGENCY                               COMPANY
Willow Agency                        Atlantic Casualty Insurance Company
INSURED                              LOAN NUMBER          POLICY NUMBER
Sam Ortiz                            778812               ABX-99120
                                     EFFECTIVE DATE       EXPIRATION DATE
                                     06/15/2024           06/15/2025
PROPERTY INFORMATION
LOCATION/DESCRIPTION
81 Orchard St, Salem, MA 01970
COVERAGE INFORMATION
COVERAGE / PERILS / FORMS            AMOUNT OF INSURANCE    DEDUCTIBLE
Dwelling                             $410,000               $2,500
Personal Property                    $205,000
ADDITIONAL INTEREST
""",
        {
            "policy_number": "ABX-99120",
            "effective_date": date(2024, 6, 15),
            "expiration_date": date(2025, 6, 15),
            "dwelling_coverage": Decimal("410000.00"),
        },
    ),
    "util1": (
        "utility_bill",
        """
LAKE SUPERIOR POWER & LIGHT                       Account Number: 4410 2299 81
                                                  Bill Date: 04/01/2024
Customer: Nora Jensen                             Due Date: 04/22/2024
Service Address: 7 Birch Way, Duluth, MN 55801
Billing Period: 02/28/2024 - 03/29/2024
Previous Balance                     $151.02
Payments Received - Thank you       -$151.02
Current Electric Charges             $143.18
Total Amount Due                     $143.18
Meter Reading  Previous 40210  Current 40912   Usage 702 kWh
""",
        {
            "account_number": "4410 2299 81",
            "due_date": date(2024, 4, 22),
            "amount_due": Decimal("143.18"),
            "previous_balance": Decimal("151.02"),
            "payments_received": Decimal("151.02"),
            "current_charges": Decimal("143.18"),
            "service_address": "7 Birch Way, Duluth, MN 55801",
        },
    ),
    "dl": (
        "identity_document",
        """
ILLINOIS                         DRIVER'S LICENSE
4d LIC NO: S530-4608-1122
3 DOB: 04/12/1981
4b EXP: 04/12/2028      4a ISS: 04/01/2020
1 SANTOS
2 ERIC M
8 12 W LAKE ST
CHICAGO, IL 60601
15 SEX: M   16 HGT: 5'-10"   18 EYES: BRO
9 CLASS: D   12 REST: NONE  9a END: NONE
""",
        {
            "document_type": "driver_license",
            "document_number": "S530-4608-1122",
            "date_of_birth": date(1981, 4, 12),
            "expiration_date": date(2028, 4, 12),
            "issue_date": date(2020, 4, 1),
            "full_name": "ERIC M SANTOS",
            "sex": "M",
        },
    ),
    "ssn": (
        "identity_document",
        """
SOCIAL SECURITY
THIS NUMBER HAS BEEN ESTABLISHED FOR
123-45-6789
ALICE B SAMPLE
SIGNATURE
""",
        {
            "document_type": "social_security_card",
            "document_number": "123-45-6789",
            "full_name": "ALICE B SAMPLE",
        },
    ),
    "passport": (
        "identity_document",
        """
UNITED STATES OF AMERICA
PASSPORT   Type / Type   Code / Code   Passport No. / No. du Passeport
           P             USA           541234567
Surname / Nom / Apellidos
SAMPLE
Given Names / Prenoms / Nombres
JOAN MARIE
Nationality / Nationalite / Nacionalidad
UNITED STATES OF AMERICA
Date of birth / Date de naissance / Fecha de nacimiento
09 Mar 1985
Place of birth / Lieu de naissance          Sex / Sexe
TEXAS, U.S.A.                               F
Date of issue / Date de delivrance          Authority / Autorite
15 Jan 2021                                 United States Department of State
Date of expiration / Date d'expiration
14 Jan 2031
P<USASAMPLE<<JOAN<MARIE<<<<<<<<<<<<<<<<<<<<<
5412345671USA8503095F3101142<<<<<<<<<<<<<<04
""",
        {
            "document_type": "passport",
            "document_number": "541234567",
            "family_name": "SAMPLE",
            "given_names": "JOAN MARIE",
            "date_of_birth": date(1985, 3, 9),
            "expiration_date": date(2031, 1, 14),
            "issue_date": date(2021, 1, 15),
        },
    ),
}


@pytest.mark.parametrize("paper", KINDS)
def test_paper_of_a_kind_is_read(paper):
    kind, text, wanted = KINDS[paper]

    found = read(text, kind)

    assert {name: found[name].value for name in wanted if name in found} == wanted


def test_bilingual_caption_is_no_passport_number():
    text = "Passport No. / No. du Passeport\n\nSurname / Nom / Apellidos\nSAMPLE\n"

    assert "document_number" not in read(text, "identity_document")


def test_artwork_in_front_of_an_address_is_no_part_of_it():
    text = """
STATE OF COLUMBIA        DRIVER LICENSE
1 ROE
2 JANE
204234567     8123 ANY STREET
= NN          YOUR CITY WA 99999-1234
"""

    assert (
        read(text, "identity_document")["address"].value
        == "123 ANY STREET, YOUR CITY WA 99999-1234"
    )
