"""What the classify hook makes of pages: kinds, boundaries, confidence, tolerance."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanbatch.models import Document, Page, Severity, TextSource, Word
from loanbatch.settings import Settings
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins import classification
from loanbatch_plugins.classification._forms import standard_catalogue

WIDTH, HEIGHT, LINE, LETTER = 612.0, 792.0, 12.0, 5.0


def classify(pages: Sequence[Page]) -> Sequence[Document]:
    return classification.classify(pages, Settings()).documents


def words_of(text: str, *, left: float = 50.0, top: float = 60.0, size: float = 8.0) -> list[Word]:
    words = []
    for number, line in enumerate(text.strip("\n").split("\n")):
        x = left
        for part in line.split(" "):
            if part:
                y = top + number * LINE
                words.append(Word(part, x, y, x + LETTER * len(part), y + size))
            x += LETTER * (len(part) + 1)
    return words


def page(text: str, number: int = 1, *, foot: str = "", recognized: bool = False) -> Page:
    words = words_of(text) + (words_of(foot, left=250.0, top=770.0) if foot else [])
    return Page(
        number=number,
        width=WIDTH,
        height=HEIGHT,
        words=tuple(words),
        text_source=TextSource.RECOGNIZED if recognized else TextSource.TEXT_LAYER,
    )


def pages(*texts: str) -> list[Page]:
    return [page(text, number) for number, text in enumerate(texts, start=1)]


def spans(documents: list[Document]) -> list[tuple[str, int, int]]:
    return [(d.kind, d.first_page, d.last_page) for d in documents]


W2 = """
22222 a Employee's social security number OMB No. 1545-0008
b Employer identification number   1 Wages, tips, other compensation   2 Federal income tax withheld
c Employer's name, address, and ZIP code   3 Social security wages   4 Social security tax withheld
5 Medicare wages and tips   6 Medicare tax withheld
7 Social security tips   8 Allocated tips
d Control number   9   10 Dependent care benefits
11 Nonqualified plans   12a See instructions for box 12
15 State Employer's state ID number   16 State wages, tips, etc.   17 State income tax
Form W-2 Wage and Tax Statement 2023
"""

FORM_1099_INT = """
CORRECTED (if checked)
PAYER'S name, street address, city or town   Payer's RTN (optional)   OMB No. 1545-0112
1 Interest income   Form 1099-INT
2 Early withdrawal penalty
PAYER'S TIN   RECIPIENT'S TIN   3 Interest on U.S. Savings Bonds and Treas. obligations
4 Federal income tax withheld   5 Investment expenses
8 Tax-exempt interest   9 Specified private activity bond interest
"""

FORM_1099_DIV = """
CORRECTED (if checked)
PAYER'S name, street address, city or town   OMB No. 1545-0110   Form 1099-DIV
1a Total ordinary dividends
1b Qualified dividends   Dividends and Distributions
2a Total capital gain distr.   2b Unrecap. Sec. 1250 gain
PAYER'S TIN   RECIPIENT'S TIN   3 Nondividend distributions   4 Federal income tax withheld
"""

NOTE_1 = """
NOTE
April 1, 2024   Springfield   Illinois
1. BORROWER'S PROMISE TO PAY
In return for a loan that I have received, I promise to pay U.S. $200,000.00 (this amount is
called "Principal"), plus interest, to the order of the Lender. I understand that the Lender may
transfer this Note. The Lender or anyone who takes this Note by transfer is the Note Holder.
2. INTEREST
"""

NOTE_2 = """
6. BORROWER'S FAILURE TO PAY AS REQUIRED
(A) Late Charge for Overdue Payments
If the Note Holder has not received the full amount of any monthly payment by the end of 15
calendar days after the date it is due, I will pay a late charge to the Note Holder.
7. GIVING OF NOTICES
8. OBLIGATIONS OF PERSONS UNDER THIS NOTE
"""

BANK = """
Harbor Community Bank   Account Statement
Statement Period 03/01/2024 - 03/31/2024
Account number 000111222333
Beginning balance $1,200.00
Deposits and other credits $900.00
Withdrawals and other debits $600.00
Ending balance $1,500.00
"""

PAYSTUB = """
Earnings Statement
Pay period 01/01/2024 - 01/14/2024   Pay date 01/19/2024
Earnings rate hours this period year to date
Regular 20.00 80.00 1,600.00 3,200.00
Gross Pay 1,600.00 3,200.00
Deductions Federal Income Tax 150.00 Medicare 23.20
Net Pay 1,300.00
"""

FORMS = {
    "closing_disclosure": """
Closing Disclosure   This form is a statement of final loan terms and closing costs.
Compare this document with your Loan Estimate.
Closing Information   Transaction Information   Loan Information
Date Issued   Borrower   Loan Term
Closing Date   Seller   Purpose
Disbursement Date   Lender   Product
Loan Terms   Can this amount increase after closing?
""",
    "loan_estimate": """
FICTIONAL BANK   Save this Loan Estimate to compare with your Closing Disclosure.
Loan Estimate
DATE ISSUED   LOAN TERM
APPLICANTS   PURPOSE
PROPERTY   RATE LOCK
EST. PROP. VALUE
Loan Terms   Can this amount increase after closing?
""",
    "w2": W2,
    "form_1099": FORM_1099_INT,
    "tax_return": """
Form 1040   Department of the Treasury - Internal Revenue Service
U.S. Individual Income Tax Return 2023
Filing Status   Single   Married filing jointly   Married filing separately
Your first name and middle initial   Last name   Your social security number
Presidential Election Campaign
Standard Deduction   Dependents
""",
    "loan_application": """
Uniform Residential Loan Application
Section 1: Borrower Information. This section asks about your personal information
1a. Personal Information
Name (First, Middle, Last, Suffix)   Social Security Number
Citizenship   Marital Status   Dependents
1b. Current Employment/Self-Employment and Income
Gross Monthly Income
""",
    "transmittal_summary": """
Uniform Underwriting and Transmittal Summary
I. Borrower and Property Information
Property Type   Occupancy Status   Project Classification
II. Mortgage Information
Loan Type   Amortization Type   Loan Purpose   Lien Position
III. Underwriting Information
Underwriter's Name   Stable Monthly Income   Qualifying Ratios
""",
    "employment_verification": """
Request for Verification of Employment
Part I - Request
Part II - Verification of Present Employment
Applicant's Date of Employment   Present Position   Probability of Continued Employment
Current Gross Base Pay   If Overtime or Bonus is Applicable, Is Its Continuance Likely?
Part III - Verification of Previous Employment   Reason for Leaving
""",
    "promissory_note": NOTE_1,
    "bank_statement": BANK,
    "paystub": PAYSTUB,
    "mortgage_statement": """
Mortgage Statement   Statement Date 04/01/2024
Loan Number 7788991122   Payment Due Date 05/01/2024   Amount Due $1,900.00
Explanation of Amount Due
Principal $400.00 Interest $1,100.00 Escrow $400.00
Outstanding Principal $250,000.00   Interest Rate 5.25%
Past Payments Breakdown
""",
    "utility_bill": """
Riverbend Electric Cooperative   Your Electric Bill
Service address 1 Elm Street   Billing period 02/01/2024 - 02/29/2024
Previous balance $90.00   Payments received $90.00
Meter reading 12345   Usage 640 kWh
Current charges $88.00   Total amount due $88.00
""",
    "identity_document": """
CALIFORNIA   DRIVER LICENSE
DL A1234567   CLASS C
EXP 01/31/2029   END NONE
LN SAMPLE   FN ALEX
DOB 01/31/1990   RSTR NONE
SEX M   HGT 5-08   WGT 160 lb   EYES BRN
""",
    "insurance_binder": """
EVIDENCE OF PROPERTY INSURANCE
THIS IS EVIDENCE THAT INSURANCE AS IDENTIFIED BELOW HAS BEEN ISSUED
PRODUCER   INSURED   POLICY NUMBER
EFFECTIVE DATE   EXPIRATION DATE
Coverage A Dwelling 300,000   DEDUCTIBLE 1,000
MORTGAGEE   ADDITIONAL INTEREST   LOSS PAYEE
""",
    "appraisal": """
Uniform Residential Appraisal Report   File #
The purpose of this summary appraisal report is to provide the lender/client with an accurate
opinion of the market value of the subject property.
Property Rights Appraised   Fee Simple   Leasehold
Neighborhood Characteristics   Comparable Sale
Freddie Mac Form 70 March 2005   Fannie Mae Form 1004 March 2005
""",
    "title_report": """
ALTA COMMITMENT FOR TITLE INSURANCE
SCHEDULE A
1. Commitment Date: January 3, 2024 at 8:00 AM
2. Policy to be issued: Proposed Insured   Proposed Policy Amount $250,000.00
3. The estate or interest in the Land is Fee Simple
4. The Title is vested in
""",
    "conditional_approval": """
CONDITIONAL LOAN APPROVAL
Borrower: Sample Borrower   Loan Number 5551234   Approval Date 02/02/2024
Loan Program 30 Year Fixed   LTV 80.00   CLTV 80.00   Underwriter
The following conditions must be satisfied:
Prior to Documents Conditions
1. Provide satisfactory verification of employment history.
Prior to Funding Conditions
""",
    "letter_of_explanation": """
March 3, 2024
To Whom It May Concern
RE: Letter of Explanation for credit inquiry
I am writing to explain the recent inquiries on my credit report. The inquiry of January 5 was
made when I compared car loans. It did not result in any new debt.
Sincerely
""",
    "student_loan_disclosure": """
Meadow Student Credit   Application and Solicitation Disclosure
Loan Interest Rate & Fees
Your starting interest rate will be between 5.00% and 12.00%
Loan Cost Examples   Repayment Option (while enrolled in school)
Federal Loan Alternatives
""",
    "loan_agreement": """
TERM LOAN AGREEMENT
This Agreement is made at Pune on this 5th day of May between the company (hereinafter referred
to as the Lender) of the first part and the person named in Schedule I (hereinafter referred to as
the Borrower) of the second part. WHEREAS the Lender agrees to lend
1. Repayment 2. Events of Default
""",
    "sanction_letter": """
Ref. No. 12/2024
Sub: Sanction of Home Loan of Rs. 25,00,000/-
Dear Sir
We are pleased to inform you that the Bank has sanctioned a home loan on the following terms
Rate of interest 8.50% p.a.   Tenure 240 months   EMI Rs. 21,696
Processing fee   Moratorium   Margin   Security
""",
    "key_facts_statement": """
Key Facts Statement
Part 1 (Interest rate and fees/charges)
1 Loan proposal/ account No.   Type of Loan
2 Sanctioned Loan amount (in Rupees)
5 Instalment details   Number of EPIs   EPI
10 Contingent Charges
""",
    "payment_schedule": """
AMORTIZATION SCHEDULE
Instalment No   Due date   Opening balance   Principal   Interest   EMI   Closing balance
1 05/01/2024 100,000.00 7,800.00 1,000.00 8,800.00 92,200.00
2 05/02/2024 92,200.00 7,878.00 922.00 8,800.00 84,322.00
""",
    "cheque": """
SAMPLE COMPANY   1 Main Street   Check No. 1001
Date 01/02/2024
Pay to the order of   Alex Sample   $100.00
One hundred and 00/100   DOLLARS
First Sample Bank   Void after 90 days
Memo   Authorized signature
""",
}


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_is_known_by_the_wording_of_its_form(kind):
    [document] = classify([page(FORMS[kind])])

    assert document.kind == kind
    assert document.confidence >= 0.5


def test_all_kinds_of_the_vocabulary_have_a_form():
    kinds = {form.kind for form in standard_catalogue().forms}

    assert kinds == set(standard_vocabulary().kinds)


@pytest.mark.parametrize("kind", ["closing_disclosure", "w2", "bank_statement", "promissory_note"])
def test_a_form_is_known_with_misread_letters(kind):
    misread = FORMS[kind].replace("on", "cn").replace("ate", "afe").replace("ag", "aq")

    [document] = classify([page(misread, recognized=True)])

    assert document.kind == kind


def test_a_form_is_known_with_lost_blanks():
    [document] = classify(
        [page("UniformUnderwritingandTransmittalSummary\nBorrowerandPropertyInformation")]
    )

    assert document.kind == "transmittal_summary"


def test_a_spaced_out_title_is_read():
    [document] = classify([page("P R O M I S S O R Y   N O T E\nMaturity date in the year 2030")])

    assert document.kind == "promissory_note"


def test_spanish_disclosures_are_told_apart():
    estimate = """
Estimación de préstamo
FECHA DE EMISIÓN   PLAZO DEL PRÉSTAMO
SOLICITANTES   BLOQUEO DE TASA
Términos del préstamo
Servicios que usted no puede contratar
"""
    disclosure = """
Declaración de cierre
Información sobre el cierre   Información sobre la transacción
Fecha de desembolso   Vendedor
Servicios que el deudor no contrató
"""

    documents = classify(pages(estimate, disclosure))

    assert spans(documents) == [("loan_estimate", 1, 1), ("closing_disclosure", 2, 2)]


def test_a_cover_page_of_the_regulation_is_other():
    cover = """
H-25(B) Mortgage Loan Transaction Closing Disclosure - Fixed Rate Loan Sample
TILA RESPA Integrated Disclosure
This is a sample of a completed Closing Disclosure for the fixed rate loan.
"""

    documents = classify(pages(cover, FORMS["closing_disclosure"]))

    assert spans(documents) == [("other", 1, 1), ("closing_disclosure", 2, 2)]


def test_a_guide_that_talks_about_forms_is_other():
    guide = """
GUIDE TO CLOSING FORMS
Promissory Note
Breaking down the form
1. Total amount of money you are borrowing. The Closing Disclosure and the Loan Estimate show it.
NOTE 1. BORROWER'S PROMISE TO PAY   In return for a loan that I have received, I promise to pay
"""

    [document] = classify([page(guide)])

    assert document.kind == "other"


def test_counted_pages_stay_together():
    documents = classify(
        [
            page(NOTE_1, 1, foot="Page 1 of 3"),
            page("words that no form knows", 2, foot="Page 2 of 3"),
            page(NOTE_2, 3, foot="Page 3 of 3"),
            page("something else entirely begins here", 4, foot="Page 1 of 2"),
        ]
    )

    assert spans(documents) == [("promissory_note", 1, 3), ("other", 4, 4)]


def test_an_unknown_first_page_joins_the_document_that_counts_on():
    documents = classify(
        [
            page("a page of greetings and advice", 1, foot="Page 1 of 2"),
            page(BANK, 2, foot="Page 2 of 2"),
        ]
    )

    assert spans(documents) == [("bank_statement", 1, 2)]


def test_statements_of_two_months_are_two_documents():
    april = BANK.replace("03/01/2024 - 03/31/2024", "04/01/2024 - 04/30/2024")

    documents = classify(pages(BANK, april))

    assert spans(documents) == [("bank_statement", 1, 1), ("bank_statement", 2, 2)]


def test_pages_of_one_statement_are_one_document():
    documents = classify(pages(BANK, BANK))

    assert spans(documents) == [("bank_statement", 1, 2)]


def test_two_forms_of_one_series_are_two_documents():
    documents = classify(pages(FORM_1099_INT, FORM_1099_DIV))

    assert spans(documents) == [("form_1099", 1, 1), ("form_1099", 2, 2)]


def test_two_wage_statements_are_two_documents():
    documents = classify(pages(W2, W2.replace("2023", "2022")))

    assert spans(documents) == [("w2", 1, 1), ("w2", 2, 2)]


def test_copies_of_a_form_on_one_page_are_one_document():
    documents = classify([page(W2 + W2)])

    assert spans(documents) == [("w2", 1, 1)]


def test_schedules_belong_to_their_return():
    schedule = """
SCHEDULE C (Form 1040)   Profit or Loss From Business   (Sole Proprietorship)
Name of proprietor   Social security number
A Principal business or profession, including product or service
Gross receipts or sales   Returns and allowances   Cost of goods sold
"""

    documents = classify(pages(FORMS["tax_return"], schedule))

    assert spans(documents) == [("tax_return", 1, 2)]
    assert spans(classify(pages(schedule))) == [("tax_return", 1, 1)]


def test_a_cheque_below_its_paystub_shares_the_page():
    documents = classify([page(PAYSTUB + FORMS["cheque"])])

    assert spans(documents) == [("paystub", 1, 1), ("cheque", 1, 1)]


def test_blank_and_separator_pages_belong_to_no_document():
    documents = classify(pages("", NOTE_1, "This page intentionally left blank", W2, ""))

    assert spans(documents) == [("promissory_note", 2, 2), ("w2", 4, 4)]


def test_a_blank_page_inside_a_document_does_not_end_it():
    documents = classify(pages(NOTE_1, "", NOTE_2))

    assert spans(documents) == [("promissory_note", 1, 3)]


def test_pages_without_any_text_are_one_doubtful_document():
    assert classify([]) == ()

    [document] = classify(pages("", ""))

    assert (document.kind, document.first_page, document.last_page) == ("other", 1, 2)
    assert document.confidence == 0.0


def test_weak_evidence_has_low_confidence():
    [weak] = classify([page("Earnings   Deductions   Vacation   Sick leave")])
    [strong] = classify([page(PAYSTUB)])

    assert weak.confidence < 0.75 <= strong.confidence


def test_the_fingerprint_is_short_and_stable():
    assert len(classification.FINGERPRINT) == 16
    assert int(classification.FINGERPRINT, 16) >= 0


def test_a_page_is_judged_in_a_few_milliseconds():
    full = page("\n".join([W2, BANK, NOTE_1, NOTE_2, FORMS["loan_application"]]))
    classify([full])

    start = time.process_time()
    for _ in range(20):
        classify([full])

    assert (time.process_time() - start) / 20 < 0.020


words = st.builds(
    Word,
    st.text(min_size=0, max_size=12),
    st.floats(0, 600),
    st.floats(0, 780),
    st.floats(0, 612),
    st.floats(0, 792),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(words, max_size=30), min_size=1, max_size=6))
def test_every_page_with_text_belongs_to_a_document(contents):
    given_pages = [
        Page(number=n, width=WIDTH, height=HEIGHT, words=tuple(content))
        for n, content in enumerate(contents, start=1)
    ]

    documents = classify(given_pages)

    covered = {n for d in documents for n in range(d.first_page, d.last_page + 1)}
    for item in given_pages:
        text = "".join(c for w in item.words for c in w.text.lower() if c.isascii() and c.isalnum())
        assert item.number in covered or len(text) < 6
    assert all(0.0 <= d.confidence <= 1.0 for d in documents)
    assert [d.first_page for d in documents] == sorted(d.first_page for d in documents)


def found_in(*contents: Page) -> tuple[list[tuple[str, int, int]], list[str]]:
    answer = classification.classify(contents, Settings())
    assert all(finding.severity is Severity.WARNING for finding in answer.findings)
    return spans(answer.documents), [finding.code for finding in answer.findings]


def test_page_of_its_own_count_is_whole():
    letter = FORMS["sanction_letter"]

    assert found_in(page(letter, 1, foot="Page 1 of 1"), page(letter, 2, foot="Page 1 of 1")) == (
        [("sanction_letter", 1, 1), ("sanction_letter", 2, 2)],
        [],
    )


def test_documents_of_one_form_with_other_page_counts_are_two():
    assert found_in(page(NOTE_1, 1, foot="Page 1 of 2"), page(NOTE_2, 2, foot="Page 3 of 3")) == (
        [("promissory_note", 1, 1), ("promissory_note", 2, 2)],
        ["pages_missing", "pages_missing"],
    )


def test_page_without_a_number_may_be_the_missing_one():
    assert found_in(page(NOTE_1, 1, foot="Page 1 of 2"), page(NOTE_2, 2)) == (
        [("promissory_note", 1, 2)],
        [],
    )


def test_numbers_of_the_whole_file_are_no_count_of_a_document():
    contents = [page(NOTE_1, 1, foot="Page 1 of 3"), page(W2, 2, foot="Page 2 of 3")]

    documents, codes = found_in(*contents, page(BANK, 3, foot="Page 3 of 3"))

    assert [kind for kind, _, _ in documents] == ["promissory_note", "w2", "bank_statement"]
    assert codes == []


def test_page_that_prose_speaks_of_is_not_counted():
    prose = "\nthe terms that are printed on page 2 of 9 of the agreement apply to this note too\n"

    assert found_in(page(NOTE_1 + 10 * "\n" + prose, 1)) == ([("promissory_note", 1, 1)], [])


@given(st.permutations(range(1, 5)))
@settings(deadline=None)
def test_counted_pages_in_any_order_are_one_document(order):
    texts = {1: NOTE_1, 2: "of such and such", 3: "and so forth", 4: NOTE_2}

    documents, codes = found_in(
        *(page(texts[n], at, foot=f"Page {n} of 4") for at, n in enumerate(order, 1))
    )

    assert documents == [("promissory_note", 1, 4)]
    assert codes == ([] if list(order) == [1, 2, 3, 4] else ["pages_out_of_order"])


@given(st.sets(st.integers(1, 5), min_size=1))
@settings(deadline=None)
def test_every_missing_page_is_told(kept):
    contents = [page(NOTE_1, at, foot=f"Page {n} of 5") for at, n in enumerate(sorted(kept), 1)]

    _, codes = found_in(*contents)

    assert ("pages_missing" in codes) == (len(kept) < 5)


def test_pages_of_no_known_kind_are_kept_with_little_confidence():
    [document] = classify([page("a recipe for a cake with cherries and cream\n" * 6)])

    assert document.kind == "other"
    assert document.confidence < Settings().review_threshold


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "COUNTY TREASURER\nREAL ESTATE TAX STATEMENT\nParcel Number 05-33   Tax Year 2024\n"
            "Assessed Value 210,000\nTotal Amount Due $1,832.44   Due Date 11/30/2024",
            "other",
        ),
        (
            "Account Statement\nNew Balance $1,204.55   Minimum Payment Due $35.00\n"
            "Credit Limit $8,000   Available Credit $6,795.45\nPrevious Balance $1,000.00",
            "other",
        ),
        (
            "UNITED STATES POSTAL MONEY ORDER\nSerial Number 2201833333   Amount $500.00\n"
            "Pay to Ridge Property\nFive hundred dollars and 00/100",
            "cheque",
        ),
    ],
)
def test_papers_that_look_like_others_are_told_apart(text, kind):
    [document] = classify([page(text)])

    assert document.kind == kind
