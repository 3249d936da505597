"""Letters and short papers that say in sentences and mastheads what forms say in boxes.

Every paper here is invented; each stands for a way in which people word such papers.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from loanbatch.models import Field
from loanbatch.settings import load_settings
from loanbatch.testing import make_page
from loanbatch_plugins import classification


def raws(field: Field) -> list[dict[str, str]]:
    """Return a table as printed."""
    return [{cell.name: cell.raw for cell in row} for row in field.rows]


EMPLOYERS_LETTER = """\
                                              Tamarack Cabinet Works LLC
                                              77 Sawmill Road
                                              Dover, DE 19999
                                              (555) 010-4411

March 8, 2024

Subject: Employment Verification for Ingrid Okafor

To whom it may concern:

This letter confirms that the above named has been employed with us since October 15, 2018 as a
part-time Product Planner. The annual base salary is $41,500.00, paid every two weeks. A discretionary bonus of
$2,000.00 was paid last year.

Yours sincerely,

Lars Quimby

Manager of Operations

(555) 010-4412
"""


def test_letter_of_an_employer_is_read(assert_reads: Any) -> None:
    assert_reads(
        "employment_verification",
        EMPLOYERS_LETTER,
        {
            "employee_name": "Ingrid Okafor",
            "employer_address": "77 Sawmill Road, Dover, DE 19999",
            "employer_phone": "(555) 010-4411",
            "verification_date": date(2024, 3, 8),
            "hire_date": date(2018, 10, 15),
            "employment_status": "part-time",
            "job_title": "Product Planner",
            "base_pay": Decimal("41500.00"),
            "pay_frequency": "every two weeks",
            "annual_bonus": Decimal("2000.00"),
            "verifier_name": "Lars Quimby",
            "verifier_title": "Manager of Operations",
            "verifier_phone": "(555) 010-4412",
        },
    )


GIFT = """\
                            GIFT LETTER

I/We, Ottilie Brandt, hereby certify that I have given a gift of $18,000.00 to Hugo Brandt, my
nephew, to be applied toward the purchase of the property located at 12 Linden Place, Pueblo, CO 81999.

Donor phone: (555) 010-4471

Donor Signature: Otlie Brndt      Date: 02/28/2024
"""


def test_gift_letter_in_sentences_is_read_and_a_signature_is_no_name(assert_reads: Any) -> None:
    assert_reads(
        "other",
        GIFT,
        {
            "donor_name": "Ottilie Brandt",
            "borrower_names": ("Hugo Brandt",),
            "donor_relationship": "nephew",
            "gift_amount": Decimal("18000.00"),
            "letter_date": date(2024, 2, 28),
        },
    )


PAYOFF = """\
Juniper Loan Servicing Corp.

December 4, 2023

Payoff Statement
Loan Number: 1109-44999
Unpaid Principal Balance                 $154,208.61
Interest at 4.125%                         $1,054.70
Total Payoff Amount                      $155,263.31

These figures are good through January 2, 2024. Per diem interest is $17.43.
"""


def test_payoff_statement_tells_servicer_rate_and_interest_of_a_day(assert_reads: Any) -> None:
    assert_reads(
        "other",
        PAYOFF,
        {
            "servicer_name": "Juniper Loan Servicing Corp.",
            "note_rate_percent": Decimal("4.125"),
            "per_diem_interest": Decimal("17.43"),
            "payoff_amount": Decimal("155263.31"),
        },
    )


TRANSCRIPT_REQUEST = """\
Form 4506-C         Request for Transcript of Tax Return

1a. Current name                       1b. First taxpayer identification number
Yusuf Example                          900-15-7407

3. Current address (including apt., room, or suite no., city, state, and ZIP code)
12 Tamarack Rd, Billings, MT 59999

8. Year or period requested
12/31/2022
"""


def test_request_for_a_transcript_has_an_address_and_its_period_is_no_date_of_a_letter(
    assert_reads: Any,
) -> None:
    fields = assert_reads(
        "other",
        TRANSCRIPT_REQUEST,
        {"form_type": "4506-C", "address": "12 Tamarack Rd, Billings, MT 59999"},
    )
    assert "letter_date" not in fields


UTILITY = """\
Kaskaskia Light & Power                                  Bill date Feb 9, 2023
                                                         Account No. 3300-1187-99

Current charges                                          $168.40
Total amount due by Mar 3, 2023                          $168.40

Electric service from 01/05/2023 to 02/06/2023. Usage 1184 kWh. A late fee applies after 03/10/2023.
"""


def test_utility_bill_in_sentences_is_read(assert_reads: Any) -> None:
    assert_reads(
        "utility_bill",
        UTILITY,
        {
            "provider_name": "Kaskaskia Light & Power",
            "service_period_start": date(2023, 1, 5),
            "service_period_end": date(2023, 2, 6),
            "usage_kwh": Decimal(1184),
            "late_fee_after_date": date(2023, 3, 10),
        },
    )


DEALERS_AGREEMENT = """\
RETAIL INSTALLMENT LOAN AGREEMENT AND DISCLOSURE

Agreement No. AA-60018-99      Date 10/08/2022
Lender: Badlands Auto Acceptance
Borrower: Kendrick Example
1436 Jasmine Court, Macon, GA 31999

ANNUAL PERCENTAGE RATE                      FINANCE CHARGE                           AMOUNT FINANCED                          TOTAL OF PAYMENTS
The cost of your credit as a yearly rate.   The dollar amount it costs you.          The amount of credit given to you.       The amount you will have paid.
7.90%                                       $8,090.08                                $31,250.00                               $39,340.08

Your payment schedule will be: 72 payments of $546.39, monthly, beginning 11/22/2022.

Late Charge: If a payment is more than 10 days late you will be charged $15.00.
"""


def test_agreement_of_a_dealer_is_a_loan_agreement() -> None:
    page = make_page(*DEALERS_AGREEMENT.split("\n"), number=1, width=900.0, height=1400.0)
    settings = load_settings({"log_level": "error"}, environ={})

    found = classification.classify([page], settings).documents

    assert [document.kind for document in found] == ["loan_agreement"]


def test_agreement_of_a_dealer_is_read(assert_reads: Any) -> None:
    assert_reads(
        "loan_agreement",
        DEALERS_AGREEMENT,
        {
            "borrower_current_address": "1436 Jasmine Court, Macon, GA 31999",
            "annual_percentage_rate_percent": Decimal("7.90"),
            "total_of_payments": Decimal("39340.08"),
            "number_of_payments": 72,
            "late_fee_amount": Decimal("15.00"),
            "late_fee_days": 10,
        },
    )


KEY_FACTS_IN_ROWS = """\
                    KEY FACTS STATEMENT
Date: 08/11/2024 Name of the Regulated Entity: Malabar Small Finance Bank Ltd.
2   Sanctioned Loan amount (in Rupees)                ₹3,00,000
5   Instalment details: Type of instalments Monthly    Number of EPIs 36; EPI (₹) 9,274.36
8   Fee/ Charges payable to the RE (A)                 Processing fees               ₹6,000
8   Fee/ Charges payable to the RE (A)                 GST on processing fees        ₹1,080
    Payable to a third party through RE (B)            Credit life insurance         ₹2,310
10  Contingent charges: Penal charges                  24% p.a. on overdue           Bounce charges ₹500
3   Name of the nodal grievance redressal officer                                    Sunita Example
"""


def test_key_facts_with_a_row_for_each_fee_are_read(assert_reads: Any) -> None:
    fields = assert_reads(
        "key_facts_statement",
        KEY_FACTS_IN_ROWS,
        {
            "lender_name": "Malabar Small Finance Bank Ltd.",
            "payment_frequency": "Monthly",
            "principal_and_interest_payment": Decimal("9274.36"),
            "processing_fee_tax": Decimal("1080.00"),
            "penal_charge_percent": Decimal(24),
            "returned_payment_fee": Decimal("500.00"),
            "grievance_officer_name": "Sunita Example",
        },
    )
    assert raws(fields["lender_fees"]) == [
        {"label": "Processing fees", "amount": "₹6,000"},
        {"label": "GST on processing fees", "amount": "₹1,080"},
    ]
    assert raws(fields["third_party_fees"]) == [
        {"label": "Credit life insurance", "amount": "₹2,310"}
    ]


APPROVAL = """\
Conditional Loan Approval
                                                Heron Bay Mortgage
                                                Loan # SC-20499

Borrower(s)     Leonora Example       Type      Conventional
Income          $8,120.33             Expires   08/15/2024
"""


def test_approval_with_a_masthead_and_short_captions_is_read(assert_reads: Any) -> None:
    assert_reads(
        "conditional_approval",
        APPROVAL,
        {
            "lender_name": "Heron Bay Mortgage",
            "mortgage_type": "Conventional",
            "total_monthly_income": Decimal("8120.33"),
        },
    )


FORM_1005 = """\
Part II - Verification of Present Employment
7. Name and Address of Applicant
Bernard Example

12A. Current Gross Base Pay (Enter Amount and Check Period)
Annual  Weekly  Monthly  Hourly  $5,850.00          Overtime @ Yes C1 No
                                                    Bonus C) Yes @ No

Base Pay         68,400.00         65,100.00
Fannie Mae Form 1005
"""


def test_form_1005_tells_pay_now_from_earnings_of_past_years_and_misread_boxes(
    assert_reads: Any,
) -> None:
    assert_reads(
        "employment_verification",
        FORM_1005,
        {
            "base_pay": Decimal("5850.00"),
            "overtime_continuance_likely": True,
            "bonus_continuance_likely": False,
        },
    )


DECLARATIONS = """\
HOMEOWNERS POLICY DECLARATIONS                      Policy No. HO3-0771-88999
Oatfield Mutual Fire Insurance Company              Issued 01/22/2024

Policy period: 02/15/2024 to 02/15/2025
Named insured: Emeka Example
Agent: Pellman & Sons Agency
"""


def test_declarations_with_the_insurer_in_the_head_are_read(assert_reads: Any) -> None:
    assert_reads(
        "insurance_binder",
        DECLARATIONS,
        {
            "insurer_name": "Oatfield Mutual Fire Insurance Company",
            "statement_date": date(2024, 1, 22),
        },
    )


def test_note_is_told_by_its_promise_though_its_numbering_is_misread() -> None:
    text = """\
                              NOTE
May 9, 2024
1.1 promise to pay U.S. $205,000.00, plus interest, to the order of Alder Bank.
2. I will pay interest at a yearly rate of 6.125%.
"""
    page = make_page(*text.split("\n"), number=1, width=900.0, height=1400.0)
    settings = load_settings({"log_level": "error"}, environ={})

    found = classification.classify([page], settings).documents

    assert [document.kind for document in found] == ["promissory_note"]


CHEQUE = """\
Genevieve A. Example                                                  1042
88 Kestrel Avenue
Bangor, ME 04999
                                                       DATE 08/30/2023
PAY TO THE ORDER OF  Copperline Example                $ 1,875.50

Oldtown State Bank

MEMO  loan 3317
"""


def test_cheque_of_a_person_has_payer_with_address_and_bank(assert_reads: Any) -> None:
    assert_reads(
        "cheque",
        CHEQUE,
        {
            "payer_name": "Genevieve A. Example",
            "payer_address": "88 Kestrel Avenue, Bangor, ME 04999",
            "institution_name": "Oldtown State Bank",
        },
    )


def test_title_goes_on_in_the_line_that_a_preposition_joins(assert_reads: Any) -> None:
    assert_reads(
        "other",
        "\n".join(
            (
                "          Request for Automatic Extension of Time",
                "          to File a Notice of Completion",
                "",
                "Loan Number: 7781234",
            )
        ),
        {
            "document_title": "Request for Automatic Extension of Time to File a Notice of Completion"
        },
    )
    assert_reads(
        "other",
        "Payoff Statement\nHarbor Savings Bank\n\nLoan Number: 7781234",
        {"document_title": "Payoff Statement", "loan_identifier": "7781234"},
    )


APPROVAL_IN_ONE_SENTENCE = """\
Your application no. 1988-4410 for an FHA 7/1 ARM Rate/Term Refinance loan of $210,000.00
secured by 18 Alder Row, Salem, OR 97301 (Second Home) has been approved, LTV 65%."""


def test_approval_tells_its_terms_in_one_sentence(assert_reads: Any) -> None:
    assert_reads(
        "conditional_approval",
        APPROVAL_IN_ONE_SENTENCE,
        {
            "loan_identifier": "1988-4410",
            "mortgage_type": "FHA",
            "loan_product": "7/1 ARM",
            "loan_purpose": "Rate/Term Refinance",
            "loan_to_value_percent": Decimal(65),
        },
    )


AGREEMENT_OF_A_SMALL_LENDER = """\
1. LOAN. Lender agrees to lend $90,000.00 for working capital.
2. INTEREST. The initial rate is 9.50% per annum, being Prime Rate plus 1.00%.
Upon default the rate increases to 14.00%."""


def test_agreement_tells_rate_benchmark_and_margin_in_one_sentence(assert_reads: Any) -> None:
    assert_reads(
        "loan_agreement",
        AGREEMENT_OF_A_SMALL_LENDER,
        {
            "loan_amount": Decimal("90000.00"),
            "loan_purpose": "working capital",
            "note_rate_percent": Decimal("9.50"),
            "margin_percent": Decimal("1.00"),
            "default_interest_rate_percent": Decimal("14.00"),
        },
    )


def test_postal_code_above_used_energy_is_no_amount_of_energy(assert_reads: Any) -> None:
    bill = "SALEM, OR 97301\nKWH USED 512\nCURRENT CHARGES 71.20"

    assert_reads("utility_bill", bill, {"usage_kwh": 512})
