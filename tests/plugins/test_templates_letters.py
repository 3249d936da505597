"""What the templates of loan papers read from letters and forms of lenders that do not exist, and what they refuse.

Every paper here is invented; each stands for a way in which lenders word and set such papers.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanbatch.models import Field
from loanbatch.settings import Settings, load_settings
from loanbatch.vocabulary import FieldDefinition, FieldType, standard_vocabulary
from loanbatch_plugins import normalizers

_REVIEW = Settings().review_threshold


def values(fields: dict[str, Field]) -> dict[str, Any]:
    """Return the values of fields that are no tables."""
    return {name: field.value for name, field in fields.items() if not field.rows}


def rows(field: Field) -> list[dict[str, Any]]:
    """Return a table with its cells normalized, by column."""
    settings = load_settings({"log_level": "error"}, environ={})
    known = standard_vocabulary().field(field.name)
    return [{cell.name: _cell(cell, known, settings) for cell in row} for row in field.rows]


def _cell(cell: Field, table: FieldDefinition, settings: Any) -> Any:
    found = normalizers.normalize(cell, table.column(cell.name), settings)
    return None if found is None else found.value


def money(text: str) -> Decimal:
    return Decimal(text)


HOME_SANCTION_AS_A_LIST_OF_TERMS = """\
                         Konkan Griha Vikas Finance Ltd.
        Corporate Office: 3rd Floor, Sagar Plaza, Andheri (E), Mumbai - 400 999

Ref: KGVF/HL/2025/004512                                               Date: 11 August 2025

To
Mrs. Rukmini Bhaskar Pednekar
Flat 12, Sai Darshan CHS, Malad (W)
Mumbai 400 998

Sub: Sanction of Home Loan - Application No. 7781 dated 02/08/2025

Dear Madam,

We are happy to inform you that your home loan has been approved on the following terms:

Type of Loan                   :  Home Loan
Loan Amount Sanctioned         :  INR 45,00,000 (Rupees Forty Five Lakhs Only)
Rate of Interest               :  8.75% p.a. (Floating) i.e. RPLR 16.20% minus 7.45%
Tenure                         :  240 months
EMI                            :  Rs. 39,767/-
Processing Fees                :  Rs. 22,500 + GST
Security                       :  Mortgage of Flat No. 504, Shivneri Heights, Borivali (E), Mumbai - 400 997
Prepayment Charges             :  NIL for floating rate loans to individuals
Penal Charges                  :  2% per month on overdue instalments
Co-applicant                   :  Mr. Bhaskar Anant Pednekar
Validity                       :  This sanction letter is valid for 90 days from the date of issue
Mode of Repayment              :  NACH / ECS

Please return the duplicate copy.

Yours faithfully,
For Konkan Griha Vikas Finance Ltd.
Authorised Signatory
"""


def test_home_sanction_as_a_list_of_terms_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "sanction_letter",
        HOME_SANCTION_AS_A_LIST_OF_TERMS,
        {
            "lender_name": "Konkan Griha Vikas Finance Ltd.",
            "date_issued": date(2025, 8, 11),
            "application_date": date(2025, 8, 2),
            "loan_identifier": "KGVF/HL/2025/004512",
            "borrower_names": ("Rukmini Bhaskar Pednekar",),
            "co_signer_names": ("Bhaskar Anant Pednekar",),
            "borrower_current_address": "Flat 12, Sai Darshan CHS, Malad (W), Mumbai 400 998",
            "loan_amount": money("4500000.00"),
            "note_rate_percent": Decimal("8.75"),
            "rate_type": "Floating",
            "benchmark_name": "RPLR",
            "benchmark_rate_percent": Decimal("16.2"),
            "spread_percent": Decimal("-7.45"),
            "loan_term_months": 240,
            "principal_and_interest_payment": money("39767.00"),
            "processing_fee": money("22500.00"),
            "prepayment_penalty": False,
            "penal_charge_monthly_percent": Decimal(2),
            "penal_charge_percent": None,
            "sanction_validity_date": None,
            "currency": "INR",
        },
    )
    assert all(field.confidence >= _REVIEW for field in fields.values())
    assert fields["loan_amount"].currency == "INR"


GOLD_SANCTION_WITH_A_TABLE_OF_ORNAMENTS = """\
SHREE LAKSHMI GOLD FINANCE PRIVATE LIMITED
Branch: T. Nagar, Chennai

                 GOLD LOAN - SANCTION LETTER

Loan No: SLG/TN/99120                            Sanction Date: 05-01-2025
Customer Name: R. Velmurugan                     Customer ID: 55102
Address: 14 Pillaiyar Koil Street, Chennai - 600 099

Loan Amount (Rs.)          1,25,000.00
Interest Rate (p.a.)       12.00%
Tenure                     6 months
Due Date                   05-07-2025
LTV (%)                    72.50

S.No   Item           Gross Weight (g)    Net Weight (g)     Value (Rs.)
1      Chain          22.500              21.900             1,20,450
2      Ring           10.200              9.800              53,900
Total                 32.700              31.700             1,74,350

Processing Fee: Rs. 500
"""


def test_gold_sanction_with_a_table_of_ornaments_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "sanction_letter",
        GOLD_SANCTION_WITH_A_TABLE_OF_ORNAMENTS,
        {
            "lender_name": "SHREE LAKSHMI GOLD FINANCE PRIVATE LIMITED",
            "branch_name": "T. Nagar, Chennai",
            "date_issued": date(2025, 1, 5),
            "loan_identifier": "SLG/TN/99120",
            "borrower_names": ("R. Velmurugan",),
            "loan_amount": money("125000.00"),
            "note_rate_percent": Decimal(12),
            "loan_term_months": 6,
            "maturity_date": date(2025, 7, 5),
            "collateral_value": money("174350.00"),
            "collateral_net_weight_grams": Decimal("31.700"),
            "processing_fee": money("500.00"),
        },
    )
    assert rows(fields["collateral_items"]) == [
        {
            "description": "Chain",
            "net_weight_grams": Decimal("21.900"),
            "value": money("120450.00"),
        },
        {"description": "Ring", "net_weight_grams": Decimal("9.800"), "value": money("53900.00")},
    ]


EDUCATION_SANCTION_IN_CLAUSES = """\
THE MARATHWADA GRAMIN BANK
Aurangabad Main Branch

No. MGB/ADV/EL/118                                                  12.06.2025

Shri Omkar Vilasrao Jadhav
At Post Pimpalgaon, Tal. Ambad
Dist. Jalna - 431 999

Dear Sir,

EDUCATION LOAN - SANCTION ADVICE

With reference to your loan application dated 20.05.2025, we have pleasure in advising that an
education loan of Rs. 4.50 lakh (Rupees four lakh fifty thousand only) has been sanctioned to you
for pursuing B.Pharm. at Godavari College of Pharmacy, Nanded on the following terms.

1. Rate of interest: The loan will carry interest at 11.25% p.a. with monthly rests (fixed).
2. Moratorium: Course period plus one year. Simple interest will be charged during the moratorium.
3. Repayment: The loan with interest is repayable in 84 equated monthly instalments of Rs. 7,812/-
each commencing from 01.08.2029.
4. Margin: Nil up to Rs. 4 lakh; 5% above.
5. Processing charges: No processing charges.
6. Co-borrower: Smt. Vandana Vilasrao Jadhav (mother)
7. Penal interest @ 2% p.a. on overdue amount.
8. No prepayment penalty will be levied.

Yours faithfully,

Branch Manager
"""


def test_education_sanction_in_clauses_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        EDUCATION_SANCTION_IN_CLAUSES,
        {
            "branch_name": "Aurangabad Main Branch",
            "date_issued": date(2025, 6, 12),
            "loan_identifier": "MGB/ADV/EL/118",
            "borrower_names": ("Omkar Vilasrao Jadhav",),
            "co_signer_names": ("Vandana Vilasrao Jadhav",),
            "loan_amount": money("450000.00"),
            "note_rate_percent": Decimal("11.25"),
            "rate_type": "fixed",
            "course_name": "B.Pharm.",
            "institution_name": "Godavari College of Pharmacy, Nanded",
            "number_of_payments": 84,
            "principal_and_interest_payment": money("7812.00"),
            "first_payment_date": date(2029, 8, 1),
            "penal_charge_percent": Decimal(2),
            "moratorium_months": None,
            "margin_percent": None,
            "processing_fee": None,
            "prepayment_penalty": False,
        },
    )


NOTE_FOR_VALUE_RECEIVED = """\
                                     PROMISSORY NOTE

$48,500.00                                                        March 3, 2025
                                                                  Dayton, Ohio

   FOR VALUE RECEIVED, the undersigned, Harold P. Quimby (the "Borrower"), promises to pay to the
order of Tri-River Community Bank, a state banking corporation (the "Lender"), at its office at 400
Main Street, Dayton, Ohio 45999, the principal sum of Forty-Eight Thousand Five Hundred and 00/100
Dollars ($48,500.00), together with interest on the unpaid principal balance at the rate of seven
and one-quarter percent (7.25%) per annum.

   Payments. Borrower shall pay this Note in sixty (60) equal monthly installments of principal and
interest in the amount of $966.09 each, commencing on April 15, 2025, and continuing on the same day
of each month thereafter until March 15, 2030 (the "Maturity Date"), when the entire unpaid balance
shall be due and payable in full.

   Late Charge. If any payment is not received within ten (10) days after its due date, Borrower
shall pay a late charge equal to 5% of the overdue payment.

   Prepayment. Borrower may prepay this Note in whole or in part at any time without penalty.

                                          _________________________
                                          Harold P. Quimby, Borrower
"""


def test_note_for_value_received_is_read(assert_reads: Any) -> None:
    assert_reads(
        "promissory_note",
        NOTE_FOR_VALUE_RECEIVED,
        {
            "note_date": date(2025, 3, 3),
            "borrower_names": ("Harold P. Quimby",),
            "lender_name": "Tri-River Community Bank",
            "loan_amount": money("48500.00"),
            "note_rate_percent": Decimal("7.25"),
            "principal_and_interest_payment": money("966.09"),
            "first_payment_date": date(2025, 4, 15),
            "maturity_date": date(2030, 3, 15),
            "loan_term_months": 60,
            "late_fee_days": 10,
            "late_fee_percent": Decimal(5),
            "prepayment_penalty": False,
        },
    )


UNIFORM_NOTE_OF_2021 = """\
                                        NOTE

June 5, 2024                          Fairhaven,                                   Oregon
[Note Date]                           [City]                                       [State]

                        88 Lakeshore Terrace, Fairhaven, OR 97999
                                 [Property Address]

1. BORROWER'S PROMISE TO PAY
In return for a loan in the amount of U.S. $312,400.00 (the "Principal") that I have received from
Cascadia Home Lending, LLC (the "Lender"), I promise to pay the Principal, plus interest, to the
order of the Lender. I will make all payments under this Note in U.S. currency in the form of cash,
check, money order, or other payment method accepted by Lender.

2. INTEREST
Interest will be charged on unpaid Principal until the full amount of the Principal has been paid. I
will pay interest at a yearly rate of 6.625 %.

3. PAYMENTS
(A) Time and Place of Payments
I will pay principal and interest by making a payment every month. This amount is called my "Monthly
Payment." I will make my Monthly Payment on the 1st day of each month beginning on August 1, 2024.
If, on July 1, 2054 (the "Maturity Date"), I still owe amounts under this Note, I will pay those
amounts in full on that date.
(B) Amount of My Monthly Payments
My Monthly Payment will be in the amount of U.S. $2,000.33.

4. BORROWER'S RIGHT TO PREPAY
I may make a full Prepayment or partial Prepayments without paying any Prepayment charge.

6. BORROWER'S FAILURE TO PAY AS REQUIRED
(A) Late Charges for Overdue Payments
If the Note Holder has not received the full amount of any Monthly Payment by the end of fifteen
calendar days after the date it is due, I will pay a late charge to the Note Holder. The amount of
the charge will be 5.000 % of my overdue Monthly Payment.

WITNESS THE HAND(S) AND SEAL(S) OF THE UNDERSIGNED.

________________________________ (Seal)        ________________________________ (Seal)
Delia M. Ostrander  -Borrower                  Kip R. Ostrander  -Borrower
"""


def test_uniform_note_of_2021_is_read(assert_reads: Any) -> None:
    assert_reads(
        "promissory_note",
        UNIFORM_NOTE_OF_2021,
        {
            "note_date": date(2024, 6, 5),
            "property_address": "88 Lakeshore Terrace, Fairhaven, OR 97999",
            "borrower_names": ("Delia M. Ostrander", "Kip R. Ostrander"),
            "lender_name": "Cascadia Home Lending, LLC",
            "loan_amount": money("312400.00"),
            "note_rate_percent": Decimal("6.625"),
            "principal_and_interest_payment": money("2000.33"),
            "first_payment_date": date(2024, 8, 1),
            "maturity_date": date(2054, 7, 1),
            "late_fee_days": 15,
            "late_fee_percent": Decimal(5),
            "prepayment_penalty": False,
        },
    )


NOTE_OF_A_GOVERNMENT_INSURED_LOAN = """\
                                 NOTE                         FHA Case No. 431-9998877

                             NOVEMBER 20, 2013
                                  [Date]
                    17 COPPER CT, RIVERBEND, ND 58999
                             [Property Address]

1. PARTIES
"Borrower" means each person signing at the end of this Note, and the person's successors and
assigns. "Lender" means PRAIRIE STATE MORTGAGE, INC. and its successors and assigns.

2. BORROWER'S PROMISE TO PAY; INTEREST
In return for a loan received from Lender, Borrower promises to pay the principal sum of ONE HUNDRED
TWENTY THOUSAND AND NO/100 Dollars (U.S. $120,000.00), plus interest, to the order of Lender.
Interest will be charged on unpaid principal, from the date of disbursement of the loan proceeds by
Lender, at the rate of FOUR AND ONE HALF percent ( 4.500 %) per year until the full amount of
principal has been paid.

4. MANNER OF PAYMENT
(A) Time
Borrower shall make a payment of principal and interest to Lender on the first day of each month
beginning on JANUARY 1, 2014. Any principal and interest remaining on the first day of DECEMBER, 2043,
will be due on that date, which is called the "Maturity Date."
(C) Amount
Each monthly payment of principal and interest will be in the amount of U.S. $608.02.

5. BORROWER'S RIGHT TO PREPAY
Borrower has the right to pay the debt evidenced by this Note, in whole or in part, without charge or
penalty, on the first day of any month.

6. BORROWER'S FAILURE TO PAY
(A) Late Charge for Overdue Payments
If Lender has not received the full monthly payment required by the Security Instrument, by the end
of fifteen calendar days after the payment is due, Lender may collect a late charge in the amount of
FOUR percent ( 4.000 %) of the overdue amount of each payment.
"""


def test_note_of_a_government_insured_loan_is_read(assert_reads: Any) -> None:
    assert_reads(
        "promissory_note",
        NOTE_OF_A_GOVERNMENT_INSURED_LOAN,
        {
            "note_date": date(2013, 11, 20),
            "lender_name": "PRAIRIE STATE MORTGAGE, INC.",
            "loan_amount": money("120000.00"),
            "note_rate_percent": Decimal("4.5"),
            "principal_and_interest_payment": money("608.02"),
            "first_payment_date": date(2014, 1, 1),
            "late_fee_days": 15,
            "late_fee_percent": Decimal(4),
            "prepayment_penalty": False,
            "borrower_names": None,
        },
    )


BLANK_NOTE = """\
                                        NOTE

______________, ____            ______________________            ______________
    [Date]                              [City]                       [State]

______________________________________________________________________________
                              [Property Address]

1. BORROWER'S PROMISE TO PAY
In return for a loan that I have received, I promise to pay U.S. $____________ (this amount is called
"Principal"), plus interest, to the order of the Lender. The Lender is ____________________________.

2. INTEREST
I will pay interest at a yearly rate of ________%.

I will make my monthly payment on the ____ day of each month beginning on ____________, ____. If, on
____________, ____, I still owe amounts under this Note, I will pay those amounts in full on that date,
which is called the "Maturity Date."
My monthly payment will be in the amount of U.S. $____________.
by the end of ______ calendar days after the date it is due. The amount of the charge will be ____% of
my overdue payment of principal and interest.
                                                        ______________________(Seal)
                                                                          -Borrower
"""


APPLICATION_DISCLOSURE_OF_A_STUDENT_LOAN = """\
                              Application and Solicitation Disclosure                    Page 1 of 2

Bluewater Federal Credit Union
PO Box 1200
Harbor Point, ME 04999
(800) 555-0110

Loan Interest Rate & Fees

Your starting interest rate will be between                Your Starting Interest Rate (upon approval)
                                                           The starting interest rate you pay will be determined
5.25% and 12.75%                                           after you apply. It will be based upon your credit history
                                                           and other factors (cosigner credit, etc).
After the starting rate is set, your rate will then
vary with the market.

Your Interest Rate during the life of the loan
Your rate is variable. This means that your actual rate varies with the market and could be lower or
higher than the rate on this form. The variable rate is based upon the Prime Rate (as published in the
Wall Street Journal). Your rate will never exceed 18.00% (the maximum allowable for this loan).

Loan Fees
Application Fee: $15.00. Origination Fee: The fee that we charge to make this loan is 1% to 3% of the total loan
amount. Late Charge: $5.00 or 5% of the amount of the past due payment, whichever is greater.
Returned Check Charge: up to $25.00.

Loan Cost Examples
Repayment Option              Amount Provided        Interest Rate        Loan Term                Total Paid over 20 years
1. DEFER PAYMENTS             $10,000                12.75%               20 years starting        $42,100.80
Make no payments while                                                    after the deferment
2. PAY ONLY THE INTEREST      $10,000                12.75%               20 years starting        $33,015.60
3. MAKE FULL PAYMENTS         $10,000                12.75%               20 years starting        $27,690.40

Federal Loan Alternatives
Loan program                       Current Interest Rates by Program Type
PERKINS                            5% fixed
for Students
STAFFORD                           6.8% fixed        Undergraduate unsubsidized
for Students
PLUS                               7.9% fixed        Federal Direct Loan
for Parents and Graduate Students
"""


def test_application_disclosure_of_a_student_loan_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "student_loan_disclosure",
        APPLICATION_DISCLOSURE_OF_A_STUDENT_LOAN,
        {
            "lender_name": "Bluewater Federal Credit Union",
            "rate_type": "variable",
            "starting_interest_rate_minimum_percent": Decimal("5.25"),
            "starting_interest_rate_maximum_percent": Decimal("12.75"),
            "interest_rate_maximum_percent": Decimal(18),
            "benchmark_name": "Prime Rate",
            "application_fee": money("15.00"),
            "origination_fee_maximum_percent": Decimal(3),
            "late_fee_percent": Decimal(5),
            "late_fee_amount": money("5.00"),
            "returned_payment_fee": money("25.00"),
            "note_rate_percent": None,
            "loan_amount": None,
            "loan_term_months": None,
        },
    )
    examples = rows(fields["cost_examples"])
    assert [row["total_of_payments"] for row in examples] == [
        money("42100.80"), money("33015.60"), money("27690.40"),
    ]  # fmt: skip
    assert {row["loan_term_months"] for row in examples} == {240}
    assert [row["label"] for row in rows(fields["federal_alternatives"])] == [
        "PERKINS",
        "STAFFORD",
        "PLUS",
    ]


FINAL_DISCLOSURE_OF_A_STUDENT_LOAN = """\
                                      FINAL DISCLOSURE
Lender: Evergreen Student Lending, Inc.                     Loan ID: 77-120045
Borrower: Camille J. Osei                                   Date: 09/03/2025
Cosigner: Patrick Osei                                      School: Larkmoor University
123 Cedar Pl, Bridgeton, VA 22999

Loan Rate & Estimated Total Costs

Total Loan Amount        Interest Rate          Finance Charge            Total of Payments
$12,500.00               9.125%                 $11,402.75                $23,902.75
The total amount you     Your current           The estimated dollar      The estimated amount you
are borrowing.           interest rate.         amount the credit will    will have paid when you have
                                                cost you.                 made all payments.

Itemization of Amount Financed
Amount paid to Larkmoor University                                         $12,000.00
Amount paid to you                                                         $125.00
Amount Financed (total amount provided)                                    $12,125.00
Initial finance charges (total)                                            +$375.00
Origination Fee                                                            $375.00
Total Loan Amount                                                          =$12,500.00

ABOUT YOUR INTEREST RATE
Your rate is fixed. This means that your rate will not change during the life of the loan.
The Annual Percentage Rate (APR) is 9.41%.

FEES
Late Charge: 5% of the amount of the past due payment, or $25.00, whichever is less, when a payment is more than 15 days late.
Returned Check Charge: up to $20.00

Estimated Repayment Schedule & Terms
                                              Monthly Payments at 9.125%
09/15/2025 - 06/15/2029                       No payment required
deferment period, 45 months                   ($4,277.34 in interest will accrue)
07/15/2029 - 06/15/2039                       $199.19
120 monthly payments

Prepayments: If you pay off early, you will not have to pay a penalty.

RIGHT TO CANCEL
You have a right to cancel this transaction, without penalty, by midnight on September 9, 2025. No funds will be
disbursed to you or to your school until after this time. You may cancel by calling us at (800) 555-0101.
"""


def test_final_disclosure_of_a_student_loan_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "student_loan_disclosure",
        FINAL_DISCLOSURE_OF_A_STUDENT_LOAN,
        {
            "lender_name": "Evergreen Student Lending, Inc.",
            "date_issued": date(2025, 9, 3),
            "loan_identifier": "77-120045",
            "borrower_names": ("Camille J. Osei",),
            "co_signer_names": ("Patrick Osei",),
            "school_name": "Larkmoor University",
            "loan_amount": money("12500.00"),
            "note_rate_percent": Decimal("9.125"),
            "rate_type": "fixed",
            "finance_charge": money("11402.75"),
            "total_of_payments": money("23902.75"),
            "amount_financed": money("12125.00"),
            "annual_percentage_rate_percent": Decimal("9.41"),
            "origination_fee": money("375.00"),
            "late_fee_days": 15,
            "deferment_months": 45,
            "accrued_deferment_interest": money("4277.34"),
            "number_of_payments": 120,
            "principal_and_interest_payment": money("199.19"),
            "first_payment_date": date(2029, 7, 15),
            "maturity_date": date(2039, 6, 15),
            "cancellation_deadline": date(2025, 9, 9),
            "prepayment_penalty": False,
        },
    )
    assert rows(fields["itemization"]) == [
        {"label": "Amount paid to Larkmoor University", "amount": money("12000.00")},
        {"label": "Amount paid to you", "amount": money("125.00")},
    ]


KEY_FACTS_STATEMENT_AT_A_FIXED_RATE = """\
                              KEY FACTS STATEMENT
                    Nandini Microfinance Limited

Part 1 (Interest rate and fees/charges)
1    Loan proposal/ account No.       NMF-2025-338812                    Type of Loan        Personal Loan
2    Sanctioned Loan amount (in Rupees)                                  2,00,000
3    Disbursal schedule                                                  100% upfront
4    Loan term (year/months/days)                                        24 months
5    Instalment details
Type of instalments     Number of EPIs     EPI (Rs.)     Commencement of repayment, post sanction
Monthly                 24                 9,697         05/12/2025
6    Interest rate (%) and type (fixed or floating or hybrid)            15% Fixed
7    Additional Information in case of Floating rate of interest         Not applicable
8    Fee/ Charges
                              Payable to the RE (A)                     Payable to a third party through RE (B)
                              One-time/ Recurring   Amount (in Rs.)     One-time/ Recurring   Amount (in Rs.)
(i)     Processing fees       One-time              2,360.00            N.A.                  N.A.
(ii)    Insurance charges     N.A.                  N.A.                One-time              1,200.00
9    Annual Percentage Rate (APR) (%)                                    18.34%
10   Details of Contingent Charges (in Rs. or %, as applicable)
(i)     Penal charges, if any, in case of delayed payment                24% p.a. on overdue amount
(ii)    Other penal charges, if any                                      Rs. 500 per bounce
(iii)   Foreclosure charges, if applicable                               4% of outstanding principal
"""


def test_key_facts_statement_at_a_fixed_rate_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "key_facts_statement",
        KEY_FACTS_STATEMENT_AT_A_FIXED_RATE,
        {
            "lender_name": "Nandini Microfinance Limited",
            "proposal_number": "NMF-2025-338812",
            "loan_type": "Personal Loan",
            "loan_amount": money("200000.00"),
            "loan_term_months": 24,
            "number_of_payments": 24,
            "principal_and_interest_payment": money("9697.00"),
            "first_payment_date": date(2025, 12, 5),
            "note_rate_percent": Decimal(15),
            "rate_type": "Fixed",
            "annual_percentage_rate_percent": Decimal("18.34"),
            "processing_fee": money("2360.00"),
            "penal_charge_percent": Decimal(24),
            "returned_payment_fee": money("500.00"),
            "prepayment_penalty": True,
            "prepayment_penalty_percent": Decimal(4),
            "benchmark_name": None,
            "spread_percent": None,
        },
    )
    assert rows(fields["lender_fees"]) == [{"label": "Processing fees", "amount": money("2360.00")}]
    assert rows(fields["third_party_fees"]) == [
        {"label": "Insurance charges", "amount": money("1200.00")}
    ]


LOAN_AGREEMENT_BETWEEN_NAMED_PARTIES = """\
                              LOAN AGREEMENT

This Loan Agreement ("Agreement") is made and entered into as of October 1, 2025, by and between
Granite Hills Capital, LLC, a Vermont limited liability company (the "Lender"), and Dolores M.
Whitaker, an individual residing at 71 Sugar Maple Road, Stowe, VT 05999 (the "Borrower").

1. Loan. Lender agrees to lend to Borrower the principal sum of $75,000.00 (the "Loan").
2. Interest. The Loan shall bear interest at the fixed rate of 8.50% per annum.
3. Payments. Borrower shall repay the Loan in 84 equal monthly payments of $1,187.65, beginning on
November 1, 2025. The Loan matures on October 1, 2032 (the "Maturity Date").
4. Late Charge. A late charge of 5% of any payment more than 10 days past due will be assessed.
5. Prepayment. Borrower may prepay the Loan at any time without penalty.

LENDER: Granite Hills Capital, LLC           BORROWER:
By: ____________________                     ____________________
"""


def test_loan_agreement_between_named_parties_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_agreement",
        LOAN_AGREEMENT_BETWEEN_NAMED_PARTIES,
        {
            "agreement_date": date(2025, 10, 1),
            "lender_name": "Granite Hills Capital, LLC",
            "borrower_names": ("Dolores M. Whitaker",),
            "borrower_current_address": "71 Sugar Maple Road, Stowe, VT 05999",
            "loan_amount": money("75000.00"),
            "note_rate_percent": Decimal("8.5"),
            "rate_type": "fixed",
            "number_of_payments": 84,
            "principal_and_interest_payment": money("1187.65"),
            "first_payment_date": date(2025, 11, 1),
            "maturity_date": date(2032, 10, 1),
            "late_fee_percent": Decimal(5),
            "prepayment_penalty": False,
        },
    )


MORTGAGE_STATEMENT_LIKE_THE_SAMPLE_FORM = """\
SPRINGSIDE MORTGAGE                                  Mortgage Statement
Customer Service: 1-800-555-1234                     Statement Date: 3/20/2024
                                                     Account Number              1234567
JORDAN AND DANA SMITH                                Payment Due Date            4/1/2024
4700 Jones Drive                                     Amount Due                  $2,079.71
Memphis, TN 38999                                    If payment is received after 4/15/24, $160.00 late fee will be charged.

Account Information                                  Explanation of Amount Due
Outstanding Principal         $264,776.43            Principal                   $386.46
Interest Rate (Until October 2024)      4.75%        Interest                    $1,048.07
Prepayment Penalty            Yes                    Escrow (for Taxes and Insurance)   $235.18
                                                     Regular Monthly Payment     $1,669.71
                                                     Total Fees Charged          $410.00
                                                     Total Amount Due            $2,079.71

Transaction Activity (2/20/2024 to 3/19/2024)
Date        Description                              Charges        Payments
3/16/2024   Late Fee (charged because full payment   $160.00
3/19/2024   Payment Received - Thank you                            $1,669.71
"""


def test_mortgage_statement_like_the_sample_form_is_read(assert_reads: Any) -> None:
    assert_reads(
        "mortgage_statement",
        MORTGAGE_STATEMENT_LIKE_THE_SAMPLE_FORM,
        {
            "servicer_name": "SPRINGSIDE MORTGAGE",
            "borrower_names": ("JORDAN SMITH", "DANA SMITH"),
            "loan_identifier": "1234567",
            "statement_date": date(2024, 3, 20),
            "payment_due_date": date(2024, 4, 1),
            "total_amount_due": money("2079.71"),
            "principal_due": money("386.46"),
            "interest_due": money("1048.07"),
            "escrow_due": money("235.18"),
            "late_fee_amount": money("160.00"),
            "unpaid_principal_balance": money("264776.43"),
            "note_rate_percent": Decimal("4.75"),
            "prepayment_penalty": True,
        },
    )


EMPLOYMENT_VERIFICATION_BY_A_VENDOR = """\
                    VERIFICATION OF EMPLOYMENT
Reference Number: 8812-55                         Verified On: 02/11/2025

Employer Name:  Harbor Logistics Inc              Employee Name:  Theresa Kowalczyk
Employer Address: 90 Pier Road, Norfolk, VA 23999
Job Title:  Dispatcher                            Employment Status:  Active
Most Recent Hire Date:  06/14/2016                Pay Frequency:  Biweekly
Rate of Pay:  $27.45 Hourly                       Average hours per week:  40

Year     Base Pay        Overtime      Commission     Bonus        Other      Total
2025     $6,588.00       $410.00       $0.00          $0.00        $0.00      $6,998.00
2024     $57,096.00      $3,912.50     $0.00          $750.00      $0.00      $61,758.50
"""


def test_employment_verification_by_a_vendor_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "employment_verification",
        EMPLOYMENT_VERIFICATION_BY_A_VENDOR,
        {
            "employer_name": "Harbor Logistics Inc",
            "employee_name": "Theresa Kowalczyk",
            "employer_address": "90 Pier Road, Norfolk, VA 23999",
            "job_title": "Dispatcher",
            "employment_status": "Active",
            "hire_date": date(2016, 6, 14),
            "pay_rate": money("27.45"),
            "verification_date": date(2025, 2, 11),
        },
    )
    assert [row["total"] for row in rows(fields["income"])] == [money("6998.00"), money("61758.50")]


REPAYMENT_SCHEDULE = """\
                         AMORTIZATION SCHEDULE
Loan Amount: $10,000.00        Annual Interest Rate: 6.00%       Loan Period in Years: 1
Number of Payments: 12         Start Date of Loan: 01/01/2025    Scheduled Payment: $860.66
Pmt No.   Payment Date    Beginning Balance    Scheduled Payment   Principal    Interest    Ending Balance
1         02/01/2025      $10,000.00           $860.66             $810.66      $50.00      $9,189.34
2         03/01/2025      $9,189.34            $860.66             $814.71      $45.95      $8,374.63
3         04/01/2025      $8,374.63            $860.66             $818.79      $41.87      $7,555.84
"""


def test_repayment_schedule_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "payment_schedule",
        REPAYMENT_SCHEDULE,
        {
            "loan_amount": money("10000.00"),
            "note_rate_percent": Decimal(6),
            "number_of_payments": 12,
            "principal_and_interest_payment": money("860.66"),
            # "Loan Period in Years: 1" and "Start Date of Loan" are neither months nor a payment.
            "loan_term_months": None,
            "first_payment_date": None,
        },
    )
    assert rows(fields["payment_schedule"])[1] == {
        "number": 2,
        "date": date(2025, 3, 1),
        "payment": money("860.66"),
        "principal": money("814.71"),
        "interest": money("45.95"),
        "balance": money("8374.63"),
    }


CONDITIONAL_APPROVAL = """\
SUMMIT RIDGE LENDING, LLC
                           CONDITIONAL LOAN APPROVAL

Date: 05/02/2025                              Loan Number: 900-22418
Borrower: Priya N. Raman                      Co-Borrower: Samuel Raman
Property Address: 18 Fern Hollow, Aspen Grove, CO 80999

Loan Amount: $388,000.00        Interest Rate: 6.875%       Loan Term: 360 months
Loan Type: Conventional         Loan Purpose: Purchase      Occupancy: Primary Residence
LTV/CLTV: 80.00% / 80.00%       Lien Position: First        Sales Price: $485,000.00
Approval Expires: 07/31/2025

Prior to Docs
1. Provide most recent 30 days pay stubs for borrower.
2. Letter of explanation for the deposit of $4,000.00 on 04/11/2025.
3. Evidence of hazard insurance.
"""


def test_conditional_approval_is_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "conditional_approval",
        CONDITIONAL_APPROVAL,
        {
            "loan_identifier": "900-22418",
            "borrower_names": ("Priya N. Raman", "Samuel Raman"),
            "loan_amount": money("388000.00"),
            "note_rate_percent": Decimal("6.875"),
            "loan_term_months": 360,
            "expiration_date": date(2025, 7, 31),
            "loan_to_value_percent": Decimal(80),
            "sale_price": money("485000.00"),
        },
    )
    assert [row["number"] for row in rows(fields["conditions"])] == [1, 2, 3]


LETTER_OF_EXPLANATION = """\
April 3, 2025

To: Summit Ridge Lending
Re: Credit inquiries, Loan Number 900-22418

To whom it may concern,

The inquiry by Orchard Auto Finance on 02/14/2025 was made when I looked for a car. I did not open
a new account.

Sincerely,

Priya N. Raman
18 Fern Hollow, Aspen Grove, CO 80999
Phone: (970) 555-0144
priya@example.org
"""


def test_letter_of_explanation_is_read(assert_reads: Any) -> None:
    assert_reads(
        "letter_of_explanation",
        LETTER_OF_EXPLANATION,
        {
            "letter_date": date(2025, 4, 3),
            "subject": "Credit inquiries",
            "loan_identifier": "900-22418",
            "inquiry_date": date(2025, 2, 14),
            "author_name": "Priya N. Raman",
            "email": "priya@example.org",
        },
    )


PAYOFF_STATEMENT = """\
Northgate Loan Servicing, LLC
PO Box 77, Dover, DE 19999

June 12, 2025

PAYOFF STATEMENT

Loan Number: 4455667788
Borrower: Allen Fischer
Property Address: 9 Quarry St, Dover, DE 19998

Principal Balance        $143,220.18
Interest to 06/30/2025   $611.40
Recording Fee            $35.00
Total Payoff Amount      $143,866.58
Per Diem Interest        $20.38

This payoff amount is good through June 30, 2025.
"""


def test_payoff_statement_is_read(assert_reads: Any) -> None:
    assert_reads(
        "other",
        PAYOFF_STATEMENT,
        {
            "document_title": "PAYOFF STATEMENT",
            "lender_name": "Northgate Loan Servicing, LLC",
            "loan_identifier": "4455667788",
            "payoff_amount": money("143866.58"),
            "payoff_good_through_date": date(2025, 6, 30),
            "per_diem_interest": money("20.38"),
            "unpaid_principal_balance": money("143220.18"),
        },
    )


TITLE_COMMITMENT = """\
                     ALTA COMMITMENT FOR TITLE INSURANCE
                     ISSUED BY
                     GRANITE STATE TITLE INSURANCE COMPANY
SCHEDULE A
Issuing Agent: Harborview Title LLC
Commitment No.: HV-25-1188
Property Address: 4 Orchard Ln, Keene, NH 03999
1. Commitment Date: March 10, 2025 at 8:00 AM
2. Policy to be issued:
(a) 2021 ALTA Owner's Policy
Proposed Insured: Martin Dube
Proposed Amount of Insurance: $310,000.00
(b) 2021 ALTA Loan Policy
Proposed Insured: Keystone Home Loans, Inc., its successors and assigns
Proposed Amount of Insurance: $248,000.00
4. The Title is, at the Commitment Date, vested in:
Estate of Lucille Brand
"""


def test_title_commitment_is_read(assert_reads: Any) -> None:
    assert_reads(
        "title_report",
        TITLE_COMMITMENT,
        {
            "title_insurer_name": "GRANITE STATE TITLE INSURANCE COMPANY",
            "title_agent_name": "Harborview Title LLC",
            "title_commitment_number": "HV-25-1188",
            "title_commitment_date": date(2025, 3, 10),
            "owner_policy_amount": money("310000.00"),
            "loan_policy_amount": money("248000.00"),
            "proposed_insured_owner_names": ("Martin Dube",),
            "lender_name": "Keystone Home Loans, Inc.",
        },
    )


SANCTION_OF_A_LOAN_AGAINST_PROPERTY = """\
UTKARSH NAGRIK SAHAKARI BANK LTD., NASHIK
Loans Department, Canada Corner Branch

Letter No: UNSB/LN/2025/774                                          Dt. 19-09-2025

M/s Gajanan Traders
Prop. Shri Gajanan Kisan Wagh
Shop No. 3, Main Road, Sinnar
Nashik - 422 999

Sub: Sanction of Loan Against Property

Ref: Your application dated 01-09-2025

Particulars                        Details
Facility                           Term Loan (Loan Against Property)
Purpose                            Business expansion
Sanctioned Limit                   Rs. 35.00 Lakhs
Rate of Interest                   10.60% p.a. (RLLR 9.10% + 1.50%), floating, reset quarterly
Period of Loan                     120 months
Repayment                          120 EMIs of Rs. 47,345/- commencing from 05-11-2025
Processing Charges                 0.50% + GST
Security                           Registered mortgage of shop premises CTS No. 1182, Sinnar,
                                   valued at Rs. 62,00,000/-
Margin                             40%
Guarantors                         1. Mrs. Sunita Gajanan Wagh
                                   2. Mr. Kisan Laxman Wagh
Penal Charges                      2% p.a. over and above the applicable rate on overdue
Foreclosure                        2% + GST if taken over by other bank

This sanction is valid up to 18-12-2025.

For Utkarsh Nagrik Sahakari Bank Ltd.
Chief Executive Officer
"""


def test_sanction_of_a_loan_against_property_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        SANCTION_OF_A_LOAN_AGAINST_PROPERTY,
        {
            "date_issued": date(2025, 9, 19),
            "borrower_names": ("M/s Gajanan Traders",),
            "guarantor_names": ("Sunita Gajanan Wagh", "Kisan Laxman Wagh"),
            "borrower_current_address": "Shop No. 3, Main Road, Sinnar, Nashik - 422 999",
            # Lakhs belong to the amount.
            "loan_amount": money("3500000.00"),
            "benchmark_name": "RLLR",
            "benchmark_rate_percent": Decimal("9.1"),
            "spread_percent": Decimal("1.5"),
            "number_of_payments": 120,
            "collateral_value": money("6200000.00"),
            "margin_percent": Decimal(40),
            "prepayment_penalty": True,
            "sanction_validity_date": date(2025, 12, 18),
        },
    )


VEHICLE_SANCTION_WITH_COLONS_IN_A_COLUMN = """\
                    Aravalli Auto Finance Limited
                       LOAN SANCTION LETTER
Date        : 14/10/2025                    Loan Account No : AAF0099121
Applicant   : Ms. Farida Khan               Co-Applicant    : Mr. Irfan Khan
Address     : 22 Lake View Road, Udaipur - 313 999

Dear Customer,
Thank you for choosing Aravalli. We are glad to inform you that your two wheeler loan is sanctioned as under.

Vehicle Model           Kestrel 125 Disc
Ex-Showroom Price       ₹ 94,500
Down Payment            ₹ 14,500
Loan Amount             ₹ 80,000
Interest Rate           11.99% p.a. (Fixed, reducing)
Tenure                  24 Months
EMI Amount              ₹ 3,766
No. of EMIs             24
First EMI Date          05/12/2025
Last EMI Date           05/11/2027
Processing Fee          ₹ 1,600 (2%)
GST on Processing Fee   ₹ 288
Stamp Duty              ₹ 100
Insurance Premium       ₹ 2,450
Net Disbursement        ₹ 75,562
APR                     16.42%
Bounce Charges          ₹ 450 per instance
Foreclosure Charges     5% of outstanding principal
Cooling-off Period      3 days
"""


def test_vehicle_sanction_with_colons_in_a_column_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        VEHICLE_SANCTION_WITH_COLONS_IN_A_COLUMN,
        {
            "borrower_names": ("Farida Khan",),
            "co_signer_names": ("Irfan Khan",),
            "borrower_current_address": "22 Lake View Road, Udaipur - 313 999",
            "loan_type": "vehicle",
            "loan_amount": money("80000.00"),
            "sale_price": money("94500.00"),
            "down_payment_amount": money("14500.00"),
            "first_payment_date": date(2025, 12, 5),
            "maturity_date": date(2027, 11, 5),
            "processing_fee": money("1600.00"),
            "processing_fee_percent": Decimal(2),
            "processing_fee_tax": money("288.00"),
            "net_disbursed_amount": money("75562.00"),
            "annual_percentage_rate_percent": Decimal("16.42"),
            "cooling_off_days": 3,
        },
    )


EDUCATION_SANCTION_FOR_STUDY_ABROAD = """\
                                        PRAGATI VIDYA FINANCE
                              (A Division of Pragati Credit Pvt Ltd)

                                    In-Principle Sanction Letter

Ref No.: PVF/EDU/88123                                     Date: 2nd May 2025

Dear Tanvi Deshmukh,

Congratulations! Your education loan has been sanctioned.

Student Name                      Tanvi Deshmukh
Co-borrower                       Rajendra Deshmukh (Father)
University                        Northfield State University, Ohio, USA
Course                            MS in Industrial Engineering
Loan Amount                       INR 32,00,000
Interest Rate                     11.75% (Floating) - PPLR 14.25% less 2.50%
Loan Tenure                       156 months (including moratorium)
Moratorium Period                 30 months (24 months course + 6 months)
Interest during Moratorium        Partial Simple Interest of Rs. 10,000 per month
EMI after Moratorium              Rs. 47,100
Processing Fee                    1% of loan amount + 18% GST
Collateral                        Nil
Prepayment Charges                Nil after 6 months
Validity of Sanction              6 months

This is a computer generated letter.
"""


def test_education_sanction_for_study_abroad_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        EDUCATION_SANCTION_FOR_STUDY_ABROAD,
        {
            "borrower_names": ("Tanvi Deshmukh",),
            "co_signer_names": ("Rajendra Deshmukh",),
            # MS is a degree here and no title.
            "course_name": "MS in Industrial Engineering",
            "institution_name": "Northfield State University, Ohio, USA",
            "benchmark_name": "PPLR",
            "spread_percent": Decimal("-2.5"),
            "loan_term_months": 156,
            "moratorium_interest_treatment": "Partial Simple Interest",
            "accrued_deferment_interest": None,
            "collateral_description": None,
            "sanction_validity_date": None,
        },
    )


APPROVAL_DISCLOSURE_WITH_A_DEFERMENT_ROW = """\
                              PRIVATE EDUCATION LOAN APPROVAL DISCLOSURE
Cobalt Coast Bank, N.A.                                   October 2, 2025
4 Harbor Plaza, Newhaven, DE 19999                        Application ID: CCB-551902

Applicant                         Cosigner
Imani R. Whitfield                Leonard Whitfield
55 Dune Rd                        55 Dune Rd
Newhaven, DE 19998                Newhaven, DE 19998

Loan Rate & Estimated Total Costs
Total Loan Amount            $20,000.00      The total amount you are borrowing.
Interest Rate                6.75%           Your current interest rate.
Finance Charge               $9,214.40       The estimated dollar amount the credit will cost you.
Total of Payments            $29,214.40      The estimated amount you will have paid when you have made all payments.

Itemization of Amount Financed
Amount paid to Ashgrove College                   $20,000.00
Amount Financed (total amount provided)           $20,000.00
Initial finance charges (total)                   $0.00
Total Loan Amount                                 $20,000.00

About Your Interest Rate
- Your rate is fixed.
- This means that your rate will not change.
- Annual Percentage Rate (APR): 6.61%

Fees
Late Charge: $20.00 if payment is more than 10 days late.
Returned Check Charge: $20.00

Estimated Repayment Schedule & Terms
Repayment Option: Full deferment
Period                                   Number of Payments     Monthly Payment     Total
10/15/2025 - 05/15/2028 (deferment)      0                      $0.00               $0.00
06/15/2028 - 05/15/2038                  120                    $243.45             $29,214.40
The interest rate will not exceed 25.00%.

You have 30 days to accept: offer expires November 1, 2025.
Late in making payments? You may have to pay extra.
Prepayments: If you pay off early, you will not have to pay a penalty.
"""


def test_approval_disclosure_with_a_deferment_row_is_read(assert_reads: Any) -> None:
    assert_reads(
        "student_loan_disclosure",
        APPROVAL_DISCLOSURE_WITH_A_DEFERMENT_ROW,
        {
            "borrower_names": ("Imani R. Whitfield",),
            "co_signer_names": ("Leonard Whitfield",),
            "borrower_current_address": "55 Dune Rd, Newhaven, DE 19998",
            "loan_amount": money("20000.00"),
            "finance_charge": money("9214.40"),
            "total_of_payments": money("29214.40"),
            # The payments of the deferment are nothing and not the loan's.
            "principal_and_interest_payment": money("243.45"),
            "first_payment_date": date(2028, 6, 15),
            "maturity_date": date(2038, 5, 15),
            "loan_acceptance_deadline": date(2025, 11, 1),
        },
    )


PERSONAL_SANCTION_IN_SENTENCES = """\
Malnad Udyog Finance Pvt. Ltd.
Reg. Office: 8 Gandhi Bazaar, Shivamogga - 577 999 | CIN U65999KA2001PTC028899

Reference: MUF/PL/2026/00417
5 January 2026

To:
Shri Venkatesh Bhat
No. 31, Nehru Road, Shivamogga - 577 998

Subject: Approval of your personal loan

Dear Shri Bhat,

We refer to your application dated 29 December 2025 and are pleased to sanction a personal loan of
₹7,25,000 (Rupees Seven Lakh Twenty Five Thousand only) for medical expenses on the following terms.
The loan bears interest at a fixed rate of 13.40% per annum on the reducing balance. It is repayable
in 60 equated monthly instalments of ₹16,628 each, the first falling due on 5 February 2026 and the
last on 5 January 2031. A processing fee of ₹10,875 (1.50% of the loan) plus GST of ₹1,957.50 will be
deducted from the disbursement, so that ₹7,12,167.50 is credited to your account. The annual
percentage rate works out to 14.16%.

If an instalment is not paid on its due date, penal charges of 2% per month will be payable on the
overdue instalment. A returned NACH mandate costs ₹590. You may foreclose the loan after 12
instalments on payment of 3% of the principal outstanding plus GST.

The loan is unsecured. Smt. Savitha Bhat will join as co-borrower. This offer is open for acceptance
until 4 February 2026. You may cancel the loan within 3 days of disbursement (cooling-off period).

For grievances please write to Mr. Raghav Shenoy, Grievance Redressal Officer.

Yours faithfully,
for Malnad Udyog Finance Pvt. Ltd.
Credit Manager
"""


def test_personal_sanction_in_sentences_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        PERSONAL_SANCTION_IN_SENTENCES,
        {
            "date_issued": date(2026, 1, 5),
            "application_date": date(2025, 12, 29),
            "borrower_names": ("Venkatesh Bhat",),
            "co_signer_names": ("Savitha Bhat",),
            "loan_type": "personal",
            "loan_purpose": "medical expenses",
            "loan_amount": money("725000.00"),
            "note_rate_percent": Decimal("13.4"),
            "annual_percentage_rate_percent": Decimal("14.16"),
            "number_of_payments": 60,
            "principal_and_interest_payment": money("16628.00"),
            "first_payment_date": date(2026, 2, 5),
            "maturity_date": date(2031, 1, 5),
            "processing_fee": money("10875.00"),
            "processing_fee_tax": money("1957.50"),
            "net_disbursed_amount": money("712167.50"),
            "penal_charge_monthly_percent": Decimal(2),
            "returned_payment_fee": money("590.00"),
            "prepayment_penalty": True,
            "prepayment_penalty_percent": Decimal(3),
            "sanction_validity_date": date(2026, 2, 4),
            "cooling_off_days": 3,
            "grievance_officer_name": "Raghav Shenoy",
        },
    )


UNIFORM_APPLICATION_OF_2021 = """\
To be completed by the Lender:
Lender Loan No./Universal Loan Identifier  LN-55-20931                       Agency Case No.  431-7788990

Uniform Residential Loan Application

Section 1: Borrower Information.
1a. Personal Information
Name (First, Middle, Last, Suffix)                             Social Security Number  900 - 11 - 2233
Esther Ruth Maddox                                             (or Individual Taxpayer Identification Number)

Current Address
Street  77 Birch Bend                                                                Unit #  B-2
City  Fernley                                              State  NV     ZIP  89999     Country  USA
How Long at Current Address?  4 Years

1b. Current Employment/Self-Employment and Income
Employer or Business Name  Desert Sun Dental Group      Phone (775) 555-0133     Gross Monthly Income
Street  900 Clinic Way                                                           Base        $  6,250.00 /month
City  Fernley      State  NV   ZIP  89999                                        Overtime    $  300.00 /month
Position or Title  Hygienist            Check if this statement applies:         Bonus       $            /month
Start Date  03 / 15 / 2019  (mm/dd/yyyy)                                         TOTAL       $  6,550.00 /month
\fSection 4: Loan and Property Information.
4a. Loan and Property Information
Loan Amount  $  268,000.00         Loan Purpose    [X] Purchase     [ ] Refinance     [ ] Other (specify)
Property Address  Street  12 Juniper Run                                     Unit #
City  Sparks                       State  NV     ZIP  89998     County  Washoe
Number of Units  1                 Property Value  $  335,000.00
Occupancy       [X] Primary Residence     [ ] Second Home     [ ] Investment Property

4b. Other New Mortgage Loans on the Property You are Buying or Refinancing     Does not apply

\fLender Loan Information
L3. Mortgage Loan Information
Mortgage Type Applied For                       Terms of Loan                     Mortgage Lien Type
[X] Conventional   [ ] USDA-RD                  Note Rate  6.500 %                [X] First Lien
[ ] FHA   [ ] VA   [ ] Other:                   Loan Term  360  (months)          [ ] Subordinate Lien
Amortization Type                               Proposed Monthly Payment for Property
[X] Fixed Rate     [ ] Other (explain):         First Mortgage (P & I)   $  1,693.94
[ ] Adjustable Rate                             Homeowner's Insurance    $  95.00

L4. Qualifying the Borrower - Minimum Required Funds or Cash Back
A. Sales Contract Price                                $  335,000.00
\fSection 9: Loan Originator Information.
Loan Originator Organization Name  Sierra Vista Mortgage Co.
Loan Originator Name  Dale Pruitt
"""


def test_uniform_application_of_2021_is_read(read: Any) -> None:
    found = values(read("loan_application", *UNIFORM_APPLICATION_OF_2021.split("\f")))
    expected = {
        "loan_identifier": "LN-55-20931",
        "agency_case_number": "431-7788990",
        "borrower_names": ("Esther Ruth Maddox",),
        "borrower_current_address": "77 Birch Bend, Unit B-2, Fernley, NV 89999",
        "employer_name": "Desert Sun Dental Group",
        "job_title": "Hygienist",
        "employment_start_date": date(2019, 3, 15),
        "base_monthly_income": money("6250.00"),
        "bonus_monthly_income": None,
        "total_monthly_income": money("6550.00"),
        "loan_amount": money("268000.00"),
        "loan_purpose": "Purchase",
        "property_address": "12 Juniper Run, Sparks, NV 89998",
        "occupancy": "Primary Residence",
        "mortgage_type": "Conventional",
        "loan_product": "Fixed Rate",
        "note_rate_percent": Decimal("6.5"),
        "loan_term_months": 360,
        "loan_originator_name": "Dale Pruitt",
    }
    assert {key: found.get(key) for key in expected} == expected


TRANSMITTAL_SUMMARY = """\
Uniform Underwriting and Transmittal Summary

I. Borrower and Property Information
Borrower Name  Wendell Ocampo                      SSN  900-22-3344
Co-Borrower Name  Lucia Ocampo                     SSN  900-22-3345
Property Address  5 Meadow Loop, Hastings, NE 68999
Property Type              Project Classification            Occupancy Status
[X] 1 unit                 Freddie Mac                       [ ] Primary Residence
[ ] 2- to 4-unit           [ ] Streamlined Review            [X] Second Home
                                                             [ ] Investment Property
Sales Price $ 410,000.00                           Appraised Value $ 415,000.00

II. Mortgage Information
Loan Type            Amortization Type                         Loan Purpose                          Lien Position
[X] Conventional     [X] Fixed-Rate-Monthly Payments           [ ] Purchase                          [X] First Mortgage
[ ] FHA              [ ] Fixed-Rate-Biweekly Payments          [ ] Cash-Out Refinance                Amount of Subordinate Financing
[ ] VA               [ ] Balloon                               [X] Limited Cash-Out Refinance (Fannie)   $ 25,000.00
[ ] USDA/RHS         [ ] ARM (type)                            [ ] Home Improvement                  [ ] Second Mortgage

Note Information                      Mortgage Originator
Original Loan Amount $ 328,000.00     [X] Seller
Initial P&I Payment $ 2,073.19        [ ] Broker
Initial Note Rate 6.500 %             [ ] Correspondent
Loan Term (in months) 360

III. Underwriting Information
Stable Monthly Income                                                       Present Housing Payment: $ 1,800.00
                 Borrower        Co-Borrower     Total                      Proposed Monthly Payments
Base Income      $ 7,200.00      $ 4,100.00      $ 11,300.00                First Mortgage P&I             $ 2,073.19
Other Income     $ 0.00          $ 0.00          $ 0.00                     Hazard Insurance               $ 110.00
Total Income     $ 7,200.00      $ 4,100.00      $ 11,300.00                Total Primary Housing Expense  $ 2,583.19

Qualifying Ratios                                Loan-to-Value Ratios
Primary Housing Expense/Income    22.86 %        LTV            80.00 %
Total Obligations/Income          33.41 %        CLTV/TLTV      86.10 %
Representative Credit/Indicator Score  742

IV. Seller, Contract, and Contact Information
Seller Name  Platte Valley Lending, Inc.          Contact Name  Ada Boone
Seller Loan No.  PV-20-88112                      Contact Title  Closer
"""


def test_transmittal_summary_is_read(assert_reads: Any) -> None:
    assert_reads(
        "transmittal_summary",
        TRANSMITTAL_SUMMARY,
        {
            "borrower_names": ("Wendell Ocampo", "Lucia Ocampo"),
            "occupancy": "Second Home",
            "mortgage_type": "Conventional",
            "loan_purpose": "Limited Cash-Out Refinance (Fannie)",
            "lien_position": "First Mortgage",
            "loan_amount": money("328000.00"),
            "note_rate_percent": Decimal("6.5"),
            "loan_term_months": 360,
            "total_monthly_income": money("11300.00"),
            "estimated_total_monthly_payment": money("2583.19"),
            "housing_expense_ratio_percent": Decimal("22.86"),
            "debt_to_income_percent": Decimal("33.41"),
            "loan_to_value_percent": Decimal(80),
            "combined_loan_to_value_percent": Decimal("86.1"),
            "credit_score": 742,
            "lender_name": "Platte Valley Lending, Inc.",
            "loan_identifier": "PV-20-88112",
        },
    )


ADJUSTABLE_RATE_NOTE = """\
                                  ADJUSTABLE RATE NOTE
                    (30-day Average SOFR Index - Rate Caps)

April 14, 2023                     Tacoma                                Washington
[Date]                             [City]                                [State]

3120 North Ridge Ave, Tacoma, WA 98999
[Property Address]

1.  BORROWER'S PROMISE TO PAY
    In return for a loan that I have received, I promise to pay U.S. $415,000.00 (this amount is called "Principal"),
plus interest, to the order of Lender. Lender is Sound Harbor Bank, N.A. I will make all payments under this Note in the
form of cash, check or money order.

2.  INTEREST
    Interest will be charged on unpaid principal until the full amount of Principal has been paid. I will pay interest at
a yearly rate of 5.375%. The interest rate I will pay may change in accordance with Section 4 of this Note.

3.  PAYMENTS
    I will make my monthly payments on the first day of each month beginning on June 1, 2023. If, on May 1, 2053, I still
owe amounts under this Note, I will pay those amounts in full on that date, which is called the "Maturity Date."
    Each of my initial monthly payments will be in the amount of U.S. $2,323.91. This amount may change.

4.  ADJUSTABLE INTEREST RATE AND MONTHLY PAYMENT CHANGES
    The initial fixed interest rate I will pay may change to an adjustable interest rate on the first day of May, 2030.
    The Margin is 2.7500%. The interest rate I am required to pay at the first Change Date will not be greater than
10.3750% or less than 2.7500%.

5.  BORROWER'S RIGHT TO PREPAY ** See attached Prepayment Note Addendum.
    I have the right to make payments of Principal at any time before they are due.
    If within the first 36 months I make a full prepayment, I will pay a prepayment charge equal to six months' interest.

7.  If the Note Holder has not received the full amount of any monthly payment by the end of 15 calendar days after the
date it is due, I will pay a late charge to the Note Holder. The amount of the charge will be 5.000% of my overdue
payment of principal and interest.

                                                       ____________________________ (Seal)
                                                       GRETA LINDQVIST         - Borrower
"""


def test_adjustable_rate_note_is_read(assert_reads: Any) -> None:
    assert_reads(
        "promissory_note",
        ADJUSTABLE_RATE_NOTE,
        {
            "note_date": date(2023, 4, 14),
            "property_address": "3120 North Ridge Ave, Tacoma, WA 98999",
            "borrower_names": ("GRETA LINDQVIST",),
            "lender_name": "Sound Harbor Bank, N.A.",
            "loan_amount": money("415000.00"),
            # Neither the margin nor the cap.
            "note_rate_percent": Decimal("5.375"),
            "principal_and_interest_payment": money("2323.91"),
            "first_payment_date": date(2023, 6, 1),
            "maturity_date": date(2053, 5, 1),
            "prepayment_penalty": True,
        },
    )


CONSUMER_NOTE_WITH_A_BOX_OF_TERMS = """\
PROMISSORY NOTE

Principal Amount: $22,000.00                                    Date of Note: 08/19/2024
Borrower: Otis Pemberton                                        Lender: Clearbrook Credit Union
          19 Mill Race, Ashford, CT 06999                                Main Office
Interest Rate: 8.990%          Loan Number: 7740021             Maturity Date: 08/19/2029

PROMISE TO PAY. Otis Pemberton ("Borrower") promises to pay to Clearbrook Credit Union ("Lender"), or order, in
lawful money of the United States of America, the principal amount of Twenty-two Thousand & 00/100 Dollars
($22,000.00), together with interest on the unpaid principal balance from August 19, 2024, at the rate of 8.990% per
annum, until paid in full.

PAYMENT. Borrower will pay this loan in 60 payments of $456.58 each payment. Borrower's first payment is due
September 19, 2024, and all subsequent payments are due on the same day of each month after that. Borrower's final
payment will be due on August 19, 2029, and will be for all principal and all accrued interest not yet paid.

PREPAYMENT. Borrower may pay without penalty all or a portion of the amount owed earlier than it is due.

LATE CHARGE. If a payment is 15 days or more late, Borrower will be charged 5.000% of the unpaid portion of the
regularly scheduled payment or $10.00, whichever is greater.
"""


def test_consumer_note_with_a_box_of_terms_is_read(assert_reads: Any) -> None:
    assert_reads(
        "promissory_note",
        CONSUMER_NOTE_WITH_A_BOX_OF_TERMS,
        {
            "note_date": date(2024, 8, 19),
            "borrower_names": ("Otis Pemberton",),
            "lender_name": "Clearbrook Credit Union",
            "loan_amount": money("22000.00"),
            "note_rate_percent": Decimal("8.99"),
            "principal_and_interest_payment": money("456.58"),
            "first_payment_date": date(2024, 9, 19),
            "maturity_date": date(2029, 8, 19),
            "loan_term_months": 60,
            "late_fee_days": 15,
            "late_fee_percent": Decimal(5),
            "prepayment_penalty": False,
        },
    )


BLANK_DISCLOSURE = """\
[Lender]
[Address]
Loan Interest Rate & Fees
Your starting interest rate will be between
[minimum]% and [maximum]%
Your rate will never exceed [maximum]%.
Loan Fees
Application Fee: $[amount]. Origination Fee: [x]% to [y]% of the total loan amount.
Late Charge: $[amount] if the payment is more than [number] days late.
Federal Loan Alternatives
Loan program          Current Interest Rates by Program Type
STAFFORD              6.8% fixed
PLUS                  7.9% fixed
Prepayments: If you pay off early, you will not have to pay a penalty.
"""

BLANK_SANCTION = """\
                    [NAME OF THE BANK]
Ref. No.: ____________                         Date: __/__/____

To,
____________________
____________________

Sub: Sanction of Education Loan

Name of the Borrower          ______________________
Loan Amount Sanctioned        Rs. __________________
Rate of Interest              ______% p.a.
Tenure                        ______ months
EMI                           Rs. __________________
Processing Fee                As applicable
Prepayment Charges            Nil
"""


TRACTOR_SANCTION_WITH_NUMBERED_TERMS = """\
Vaigai Bank Limited
Branch : Anna Nagar, Madurai

Sanction Order No. VB/AN/TL/2025/339                          Date : 03.11.2025

1. Name & Address of the borrower   :  Mr. K. Senthil Kumar
                                       4/12, Kamarajar Street
                                       Madurai 625 999
2. Nature of Facility               :  Term Loan - Tractor
3. Sanctioned Amount                :  Rs.6,80,000/-
4. Rate of Interest                 :  MCLR (1 Yr) 8.90% + 1.85% i.e. 10.75% p.a. at present
5. Repayment                        :  14 half yearly instalments of Rs.48,571/-
6. Margin                           :  15% of the cost
7. Primary Security                 :  Hypothecation of tractor
8. Collateral Security              :  Nil
9. Guarantor                        :  Mr. P. Murugan
10. Penal Charges                   :  2.00% p.a.
11. Processing Charges              :  Rs. 3,400/- plus GST
12. Due date of first instalment    :  03.05.2026
"""


def test_tractor_sanction_with_numbered_terms_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        TRACTOR_SANCTION_WITH_NUMBERED_TERMS,
        {
            "branch_name": "Anna Nagar, Madurai",
            "loan_identifier": "VB/AN/TL/2025/339",
            "borrower_names": ("K. Senthil Kumar",),
            "borrower_current_address": "4/12, Kamarajar Street, Madurai 625 999",
            "loan_amount": money("680000.00"),
            # The sum, and neither the benchmark nor the spread.
            "note_rate_percent": Decimal("10.75"),
            "benchmark_name": "MCLR",
            "benchmark_rate_percent": Decimal("8.9"),
            "spread_percent": Decimal("1.85"),
            "first_payment_date": date(2026, 5, 3),
            "maturity_date": None,
            "processing_fee": money("3400.00"),
        },
    )


APPLICATION_DISCLOSURE_AT_A_FIXED_RATE = """\
Meridian Student Loans                        Graduate Fixed Rate Loan
Application and Solicitation Disclosure
Prepared: May 5, 2025

Loan Interest Rate & Fees
Your interest rate will be between 5.99% and 11.49%
Your rate is fixed. This means that your rate will not change during the life of the loan.

Loan Fees
Application Fee: None
Origination Fee: 0% to 5% of the loan amount
Late Charge: 5% of the past due amount if more than 15 days late
Returned Check Charge: $15.00
"""


def test_application_disclosure_at_a_fixed_rate_is_read(assert_reads: Any) -> None:
    assert_reads(
        "student_loan_disclosure",
        APPLICATION_DISCLOSURE_AT_A_FIXED_RATE,
        {
            "date_issued": date(2025, 5, 5),
            "loan_product": "Graduate Fixed Rate Loan",
            "rate_type": "fixed",
            "starting_interest_rate_minimum_percent": Decimal("5.99"),
            "starting_interest_rate_maximum_percent": Decimal("11.49"),
            "origination_fee_maximum_percent": Decimal(5),
            "late_fee_percent": Decimal(5),
            "late_fee_days": 15,
            # The next line's fee is another one.
            "late_fee_amount": None,
            "returned_payment_fee": money("15.00"),
            "application_fee": None,
        },
    )


APPLICATION_ON_A_LENDERS_OWN_FORM = """\
                         TIMBERLINE CREDIT UNION
                      CONSUMER LOAN APPLICATION
Application Date: 04/22/2025                       Application #: 2025-00871

Applicant Name: Gordon T. Fairley                  Social Security #: XXX-XX-4410
Date of Birth: 07/09/1979                          Phone: (406) 555-0188
Home Address: 71 Larch St, Kalispell, MT 59999

Employer: Flathead Lumber Co.                      Position: Sawyer
Gross Monthly Income: $4,750.00                    Time on Job: 6 yrs

Loan Amount Requested: $18,500                     Purpose: Used truck
Term Requested: 60 months

Co-Applicant Name: Irene Fairley
"""


def test_application_on_a_lenders_own_form_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_application",
        APPLICATION_ON_A_LENDERS_OWN_FORM,
        {
            "loan_identifier": "2025-00871",
            "application_date": date(2025, 4, 22),
            "borrower_names": ("Gordon T. Fairley", "Irene Fairley"),
            "borrower_current_address": "71 Larch St, Kalispell, MT 59999",
            "employer_name": "Flathead Lumber Co.",
            "job_title": "Sawyer",
            "total_monthly_income": money("4750.00"),
            "loan_amount": money("18500.00"),
            "loan_purpose": "Used truck",
            "loan_term_months": 60,
        },
    )


SECOND_PAGE_OF_THE_APPLICATION_OF_2009 = """\
IV. EMPLOYMENT INFORMATION
Borrower                                                       Co-Borrower
Name & Address of Employer          Self Employed      Yrs. on this job      Name & Address of Employer       Self Employed     Yrs. on this job
Tri-County Water District                              8
400 Reservoir Rd, Mesa, AZ 85999
V. MONTHLY INCOME AND COMBINED HOUSING EXPENSE INFORMATION
Gross Monthly Income      Borrower          Co-Borrower       Total            Combined Monthly Housing Expense    Present     Proposed
Base Empl. Income*        $ 6,100.00        $                 $ 6,100.00       Rent                                $ 1,200.00
Overtime                  0.00                                0.00             First Mortgage (P&I)                            $ 1,810.00
Total                     $ 6,100.00        $                 $ 6,100.00       Total                               $ 1,200.00  $ 2,190.00
VII. DETAILS OF TRANSACTION
a. Purchase price                     $ 350,000.00
f. Estimated closing costs            6,400.00
m. Loan amount                        315,000.00
p. Cash from/to Borrower              41,400.00
"""


def test_second_page_of_the_application_of_2009_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_application",
        SECOND_PAGE_OF_THE_APPLICATION_OF_2009,
        {
            "employer_name": "Tri-County Water District",
            "base_monthly_income": money("6100.00"),
            "total_monthly_income": money("6100.00"),
            "sale_price": money("350000.00"),
            "total_closing_costs": money("6400.00"),
            "loan_amount": money("315000.00"),
            "cash_to_close": money("41400.00"),
        },
    )


SANCTION_TO_SEVERAL_PERSONS = """\
                         SUVARNA GRAMEEN BANK
                         Branch: Hassan Main            Date : 12/03/2025

Ref: SGB/HSN/CR/2025/118

To
Sri Manjunath Gowda (Applicant)
and Smt Savitha Manjunath (Co-applicant / Spouse)
No. 45, 2nd Cross, Vidyanagar
Hassan - 573 201

              Sub: Sanction of Housing Loan of Rs. 32.50 lakhs

1. Amount                      : Rs.32,50,000/- (Rupees Thirty two lakh fifty thousand only)
2. Rate of interest            : MCLR (1 year) of 8.50% plus 0.35% = 8.85% p.a. (floating)
3. Repayment                   : 240 EMIs of Rs. 28,930/- each from 10th May 2025
4. Guarantor                   : Sri Ravi Kumar B.
5. Administrative fee          : Rs. 8,125 + GST Rs. 1,462.50
6. Delayed payment charges     : 2% p.a. on the overdue amount
7. Dishonour of instrument     : Rs. 300
8. Foreclosure                 : Nil after 12 EMIs
This sanction is valid for 6 months, i.e. up to 11/09/2025.
"""


def test_sanction_to_several_persons_tells_who_borrows_and_who_joins(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        SANCTION_TO_SEVERAL_PERSONS,
        {
            "borrower_names": ("Manjunath Gowda",),
            "co_signer_names": ("Savitha Manjunath",),
            "guarantor_names": ("Ravi Kumar B.",),
            "borrower_current_address": "No. 45, 2nd Cross, Vidyanagar, Hassan - 573 201",
            "loan_amount": money("3250000.00"),
            "note_rate_percent": Decimal("8.85"),
            "benchmark_rate_percent": Decimal("8.5"),
            "spread_percent": Decimal("0.35"),
            "number_of_payments": 240,
            "first_payment_date": date(2025, 5, 10),
            "processing_fee": money("8125.00"),
            "processing_fee_tax": money("1462.50"),
            "penal_charge_percent": Decimal(2),
            "returned_payment_fee": money("300.00"),
            "sanction_validity_date": date(2025, 9, 11),
        },
    )


def test_second_addressee_without_a_part_of_her_own_borrows_too(read: Any) -> None:
    text = (
        "CHENAB VALLEY CO-OPERATIVE BANK LTD\n\nMr. Tariq Ahmad Wani\nMrs. Shazia Tariq\n"
        "H.No. 14, Gandhi Nagar\nJammu 180 004\n\nDear Sir,\nLoan Amount: Rs. 8,00,000/-"
    )
    fields = read("sanction_letter", text)
    assert fields["borrower_names"].value == ("Tariq Ahmad Wani", "Shazia Tariq")
    assert "co_signer_names" not in fields


def test_sanction_keeps_the_minus_of_a_spread_and_every_co_borrower(read: Any) -> None:
    text = (
        "VIDYADEEP EDUCATION LOANS PRIVATE LIMITED          SANCTION LETTER\n"
        "Student Name          Arpita Sen\n"
        "Co-applicant 1        Subrata Sen          Co-applicant 2        Mitali Sen\n"
        "Base Rate             13.00%               Spread                (-) 1.50%\n"
        "Name of Institution   Sri Varada Institute of Science, Mysuru\n"
        "Loan Amount           Rs. 28,00,000"
    )
    fields = read("sanction_letter", text)
    assert fields["co_signer_names"].value == ("Subrata Sen", "Mitali Sen")
    assert fields["spread_percent"].value == Decimal("-1.5")
    assert fields["institution_name"].value == "Sri Varada Institute of Science, Mysuru"


def test_head_office_over_the_salutation_is_no_addressee(read: Any) -> None:
    text = (
        "ARUNODAYA FINANCE LIMITED\nRegd. Office: 8 MG Road, Indore 452 001\n\n"
        "Dear Ms. Pallavi Joshi,\n\nLoan amount sanctioned      Rs. 4,00,000"
    )
    assert read("sanction_letter", text)["borrower_names"].value == ("Pallavi Joshi",)


AGREEMENT_WITH_PARTIES_BY_ROLE = """\
                      TERM LOAN AGREEMENT
                   dated as of the fifteenth day of January, 2025
                             between
                   BRIDGEWELL FOODS LLC, as Borrower,
                             and
                   CALDER FALLS BANK, N.A., as Lender

The Lender agrees to make a loan to the Borrower in the principal amount of $2,400,000.00. The loan bears interest at a fixed rate equal to 6.80% per annum. The Borrower shall
make sixty (60) consecutive monthly payments of principal and interest of $47,296.28 commencing on March 1, 2025. The Maturity Date means February 1, 2030.
Any payment more than 15 days late shall bear a late charge equal to five percent (5.00%) of the overdue payment. The Borrower shall pay an origination fee of $24,000.00 at closing.
"""


def test_agreement_between_parties_named_by_role_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_agreement",
        AGREEMENT_WITH_PARTIES_BY_ROLE,
        {
            "agreement_date": date(2025, 1, 15),
            "lender_name": "CALDER FALLS BANK, N.A.",
            "borrower_names": ("BRIDGEWELL FOODS LLC",),
            "note_rate_percent": Decimal("6.8"),
            "number_of_payments": 60,
            "maturity_date": date(2030, 2, 1),
            "late_fee_days": 15,
            "late_fee_percent": Decimal(5),
            "origination_fee": money("24000.00"),
        },
    )


CLOSED_END_NOTE = """\
HARBOR POINT CREDIT UNION                         CONSUMER LOAN NOTE, DISCLOSURE AND SECURITY AGREEMENT

BORROWER                      ACCOUNT NUMBER          LOAN NUMBER           DATE OF NOTE
Fiona R. Castellan            88120-04                L-220917              09/17/2022
18 Dockside Ln
Salem, OR 97399

ANNUAL PERCENTAGE RATE       FINANCE CHARGE           AMOUNT FINANCED           TOTAL OF PAYMENTS
8.740%                       $1,402.16                $9,950.00                 $11,352.16

Number of Payments           Amount of Payments       When Payments Are Due
36                           $315.34                  Monthly beginning October 17, 2022

Late Charge: If a payment is late by 15 days or more, you will be charged $20.00 or 5% of the payment, whichever is less.
Prepayment: If you pay off early, you will not have to pay a penalty.
"""


def test_closed_end_note_with_disclosures_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_agreement",
        CLOSED_END_NOTE,
        {
            "borrower_names": ("Fiona R. Castellan",),
            "borrower_current_address": "18 Dockside Ln, Salem, OR 97399",
            "loan_identifier": "L-220917",
            "agreement_date": date(2022, 9, 17),
            "annual_percentage_rate_percent": Decimal("8.74"),
            "finance_charge": money("1402.16"),
            "amount_financed": money("9950.00"),
            "total_of_payments": money("11352.16"),
            "principal_and_interest_payment": money("315.34"),
            "first_payment_date": date(2022, 10, 17),
            "late_fee_days": 15,
            "late_fee_amount": money("20.00"),
            "late_fee_percent": Decimal(5),
            "prepayment_penalty": False,
        },
    )


def test_agreement_in_the_old_style_keeps_guarantor_and_tax_apart(read: Any) -> None:
    text = (
        'between Shri Dnyaneshwar Nidhi Limited, a company (hereinafter referred to as "the Lender") of the ONE PART AND Mrs. Rohini Jadhav,\n'
        'residing at 12 Sahakar Nagar, Pune 411 009 (hereinafter referred to as "the Borrower") of the OTHER PART AND Mr. Sachin Vasant Jadhav,\n'
        'residing at the same address (hereinafter referred to as "the Guarantor").\n\n'
        "A processing fee of Rs. 4,000/- plus GST of Rs. 720/- is payable. Penal charges of 2% per month apply."
    )
    fields = read("loan_agreement", text)
    assert fields["borrower_names"].value == ("Rohini Jadhav",)
    assert fields["guarantor_names"].value == ("Sachin Vasant Jadhav",)
    assert fields["processing_fee"].value == money("4000.00")
    assert fields["processing_fee_tax"].value == money("720.00")
    assert "monthly_interest_rate_percent" not in fields


def test_note_in_prose_tells_lender_and_maturity(read: Any) -> None:
    text = (
        "PROMISSORY NOTE\n\nFor value received, I promise to pay to the order of Sawtooth Community Credit Union.\n"
        "the principal sum of Twenty-Five Thousand Dollars ($25,000.00) in 60 equal monthly installments of $509.91,\n"
        "beginning on the first day of July, 2024, and continuing until June 1, 2029, at which time the entire balance shall be due."
    )
    fields = read("promissory_note", text)
    assert fields["lender_name"].value == "Sawtooth Community Credit Union"
    assert fields["first_payment_date"].value == date(2024, 7, 1)
    assert fields["maturity_date"].value == date(2029, 6, 1)


APPLICATION_IN_A_GRID = """\
TAMARACK COMMUNITY BANK
CONSUMER LOAN APPLICATION

Application Date: 10/21/2024          Application No.: TCB-20941

LOAN REQUEST
Amount              Term (months)       Purpose                     Rate type
$18,000.00          60                  Home improvement            Fixed

APPLICANT
Last Name           First Name          MI        SSN               Birth Date
Farrow-Beck         Lucinda             J         512-00-1188       03/09/1984

Present Address                         City                State       Zip       How long
4410 Juniper Ridge Rd                   Missoula            MT          59899     4 yrs

Employer                        Position            Since       Gross Monthly Income
Clark Fork Timber Inc           Scale Operator      06/2018     $4,950.00
"""


def test_application_with_values_under_its_labels_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_application",
        APPLICATION_IN_A_GRID,
        {
            "loan_identifier": "TCB-20941",
            "loan_amount": money("18000.00"),
            "loan_term_months": 60,
            "borrower_names": ("Lucinda J Farrow-Beck",),
            "borrower_current_address": "4410 Juniper Ridge Rd, Missoula, MT 59899",
            "employer_name": "Clark Fork Timber Inc",
            "job_title": "Scale Operator",
            "total_monthly_income": money("4950.00"),
        },
    )


def test_title_in_the_next_column_is_no_borrower(read: Any) -> None:
    text = (
        "Juniper Bay Bank             BORROWER:               Final Disclosure\n"
        "5 Quay St, Bath, ME 04599    Tamsin O. Whitaker      Private Education Loan\n"
        "                             12 Elm Ct               Loan # JBB-77419\n"
        "                             Dover, DE 19902\n\n"
        "Total Loan Amount     Interest Rate     Finance Charge     Total of Payments\n"
        "$10,000.00            6.49%             $4,212.80          $14,012.80\n\n"
        "Annual Percentage Rate (APR): The cost of your credit as a yearly rate. 6.731%\n"
        "The highest your rate can go is 16%.\n"
        "Late Charge: 4% of the past due amount, after 15 days."
    )
    fields = read("student_loan_disclosure", text)
    assert fields["borrower_names"].value == ("Tamsin O. Whitaker",)
    assert fields["loan_identifier"].value == "JBB-77419"
    assert fields["annual_percentage_rate_percent"].value == Decimal("6.731")
    assert fields["interest_rate_maximum_percent"].value == Decimal(16)
    assert fields["late_fee_days"].value == 15


def test_clauses_of_a_sanction_do_not_run_into_each_other(read: Any) -> None:
    text = (
        "SHIVALIK EDUCARE FINANCE LTD.\n\n"
        "Sub: Sanction of Education Loan of Rs. 9,75,000/- for pursuing B.Sc Nursing at Dr. Paramjit Singh College of Nursing, Mohali\n\n"
        "e) Repayment: 96 EMIs of Rs. 15,305/-\n"
        "f) Margin: 10%\n"
        "h) Security: Third party guarantee of Smt. Kamla Devi\n"
        "i) Prepayment: No prepayment charges\n"
        "j) Penal charges: 2% p.a. over and above the rate of interest"
    )
    found = values(read("sanction_letter", text))
    assert found["institution_name"] == "Dr. Paramjit Singh College of Nursing, Mohali"
    assert found["collateral_description"] == "Third party guarantee of Smt. Kamla Devi"
    assert found["prepayment_penalty"] is False
    assert "prepayment_penalty_percent" not in found
    assert "loan_purpose" not in found


def test_note_of_two_makers_names_both_and_its_bank(read: Any) -> None:
    text = (
        "SECURED PROMISSORY NOTE\n\n"
        'FOR VALUE RECEIVED, Marguerite Delacroix and Julian Delacroix, jointly and severally ("Borrower"), promise to pay to Cypress Bend State Bank ("Lender"),\n'
        "or order, the principal amount of $62,500.00. Borrower will pay this loan in 59 regular payments of $758.11 each and one irregular last payment."
    )
    fields = read("promissory_note", text)
    assert fields["borrower_names"].value == ("Marguerite Delacroix", "Julian Delacroix")
    assert fields["lender_name"].value == "Cypress Bend State Bank"
    assert "loan_term_months" not in fields


KEY_FACTS_OF_DIGITAL_LENDING = """\
                         KEY FACT STATEMENT
                  Vindhyachal Micro Credit Private Limited
Applicant name: Ramesh Kulkarni
(i)     Loan amount (in Rupees)                                                         50,000
(ii)    Total interest charge during the entire tenor of the loan (in Rupees)           6,320
(iv)    Net disbursed amount ((i)-(iii)) (in Rupees)                                    48,820
(vii)   Tenor of the Loan (in months/ days)                                             12 months
(viii)  Repayment frequency by the borrower                                             Monthly
(ix)    Number of instalments of repayment                                              12
(x)     Amount of each instalment of repayment (in Rupees)                              4,693
(xi)    Rate of annualized penal charges in case of delayed payments (if any)           18%
(xv)    Name, designation, address and phone number of nodal grievance redressal officer    Asha Pillai, Manager
"""


def test_key_facts_of_digital_lending_are_read(assert_reads: Any) -> None:
    assert_reads(
        "key_facts_statement",
        KEY_FACTS_OF_DIGITAL_LENDING,
        {
            "borrower_names": ("Ramesh Kulkarni",),
            "loan_amount": money("50000.00"),
            "total_interest": money("6320.00"),
            "net_disbursed_amount": money("48820.00"),
            "loan_term_months": 12,
            "payment_frequency": "Monthly",
            "number_of_payments": 12,
            "principal_and_interest_payment": money("4693.00"),
            "penal_charge_percent": Decimal(18),
            "grievance_officer_name": "Asha Pillai",
        },
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("student_loan_disclosure", BLANK_DISCLOSURE),
        ("sanction_letter", BLANK_SANCTION),
        ("promissory_note", BLANK_NOTE),
    ],
)
def test_blank_forms_give_no_values(read: Any, kind: str, text: str) -> None:
    assert read(kind, text) == {}


@pytest.mark.parametrize(
    "kind",
    [
        "employment_verification",
        "key_facts_statement",
        "loan_agreement",
        "loan_application",
        "mortgage_statement",
        "payment_schedule",
        "promissory_note",
        "sanction_letter",
        "student_loan_disclosure",
        "transmittal_summary",
    ],
)
def test_letters_without_terms_give_no_amounts(read: Any, kind: str) -> None:
    text = "Dear Sir or Madam,\n\nthank you for your patience. We shall write again.\n\nYours faithfully"
    fields = read(kind, text)
    assert not [
        name for name in fields if standard_vocabulary().field(name).type is FieldType.MONEY
    ]


def test_schedule_in_rupees_writes_the_day_first(read: Any) -> None:
    text = "REPAYMENT SCHEDULE\nLoan Amount: Rs. 1,50,000     First due: 05/04/2026     EMI: Rs. 12,500"
    fields = read("payment_schedule", text)
    assert fields["first_payment_date"].value == date(2026, 4, 5)
    assert fields["currency"].value == "INR"


TERSE_VEHICLE_SANCTION = """\
Kestrel Wheels Finance
Sanction Letter - Commercial Vehicle Loan
1. Borrower: M/s Gokhale Carriers
2. Agreement ref: KWF/PUN/CV/2044; date 12 Aug 2022
3. Amount: Rs 9,50,000; margin 20%
4. Rate: 11.20% fixed; 60 instalments of Rs 20,745 from 05 Oct 2022 to 05 Sep 2027
5. Chassis MB9C2DLK4NRCD1234; engine K7JTLC200P555
"""


def test_sanction_with_several_terms_in_a_line_is_read(assert_reads: Any) -> None:
    assert_reads(
        "sanction_letter",
        TERSE_VEHICLE_SANCTION,
        {
            "lender_name": "Kestrel Wheels Finance",
            "loan_identifier": "KWF/PUN/CV/2044",
            "date_issued": date(2022, 8, 12),
            "margin_percent": Decimal(20),
            "note_rate_percent": Decimal("11.20"),
            "number_of_payments": 60,
            "principal_and_interest_payment": money("20745"),
            "maturity_date": date(2027, 9, 5),
            "vehicle_chassis_number": "MB9C2DLK4NRCD1234",
            "vehicle_engine_number": "K7JTLC200P555",
        },
    )


VERBAL_VERIFICATION = """\
                    Larkspur Home Funding
                VERBAL VERIFICATION OF EMPLOYMENT

Borrower                     Odile Ferreira
Employer                     Tamarack County Library
Employer phone               218-555-0190
Person contacted             Rufus Abernathy
Title of person contacted    Benefits Clerk
Position                     Archivist
"""


def test_verbal_verification_tells_the_lender_and_the_person_called(assert_reads: Any) -> None:
    assert_reads(
        "employment_verification",
        VERBAL_VERIFICATION,
        {
            "lender_name": "Larkspur Home Funding",
            "employee_name": "Odile Ferreira",
            "employer_name": "Tamarack County Library",
            "employer_phone": "218-555-0190",
            "verifier_name": "Rufus Abernathy",
            "verifier_title": "Benefits Clerk",
            "job_title": "Archivist",
        },
    )


SHORT_STUDENT_APPROVAL = """\
              PRIVATE EDUCATION LOAN APPROVAL DISCLOSURE
Heron Student Finance Corp
Borrower: Tobias L. Wainwright
8120 Saltbox Road
Portland, ME 04101

Interest Rate        8.15% variable
Maximum rate         24%
Estimated Payment    $281.40
Maximum Payment      $590.02
School               Brookmere College of Music
Autopay discount 0.25%
"""


def test_short_student_approval_tells_the_worst_case_and_the_whole_address(
    assert_reads: Any,
) -> None:
    assert_reads(
        "student_loan_disclosure",
        SHORT_STUDENT_APPROVAL,
        {
            "borrower_current_address": "8120 Saltbox Road, Portland, ME 04101",
            "rate_type": "variable",
            "interest_rate_maximum_percent": Decimal(24),
            "principal_and_interest_payment": money("281.40"),
            "principal_and_interest_payment_maximum": money("590.02"),
            "school_name": "Brookmere College of Music",
            "autopay_rate_reduction_percent": Decimal("0.25"),
        },
    )
