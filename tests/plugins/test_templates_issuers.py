"""Layouts of other issuers: captions over values, substitute statements, bare amounts."""

from __future__ import annotations

import pytest
from attrs import evolve

from loanbatch.models import Box, CheckBox, Field, Page
from loanbatch.testing import make_page, make_words
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._loading import load_template


def page(*lines: tuple[float, float, str]) -> Page:
    """Return a page with the texts at their left and top edges."""
    return make_page(*(make_words(text, left, top) for left, top, text in lines))


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
        (417, 104, "40918237"),
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
    (43, 76, "Federal ID No.: 61-7204935"),
    (40, 110, "Jo Sample"),
    (40, 122, "9008 Example Drive"),
    (40, 134, "Exampleton, DE 19901"),
    (40, 146, "Recipient SSN: XXX-XX-8052"),
    (236, 146, "Claimant account: 52-6613094"),
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

    assert found["payer_tin"] == "61-7204935"
    assert found["recipient_tin"] == "XXX-XX-8052"
    assert found["account_number"] == "52-6613094"
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


def test_caption_with_the_next_number_is_no_value() -> None:
    found = raws(
        "paystub",
        (396, 60, "5 POSITION TITLE"),
        (508, 60, "6 PAY BASIS"),
        (396, 72, "HIGHWAY ENGINEER II"),
        (508, 72, "SALARIED"),
    )

    assert found["job_title"] == "HIGHWAY ENGINEER II"


def test_employee_and_address_may_stand_on_one_line_behind_the_label() -> None:
    found = raws(
        "paystub", (77, 100, "EMPLOYEE: Jo Sample 5296 Example Circle, Sampletown, WA 99203")
    )

    assert found["employee_name"] == "Jo Sample"
    assert found["employee_address"] == "5296 Example Circle, Sampletown, WA 99203"


def test_period_and_frequency_may_be_told_in_words() -> None:
    found = raws(
        "paystub",
        (43, 80, "Pay stub for Jul 16, 2022 – Jul 29, 2022"),
        (43, 103, "Every other week"),
        (409, 114, "Hired Mar 11, 2019"),
    )

    assert found["pay_period_start"] == "Jul 16, 2022"
    assert found["pay_period_end"] == "Jul 29, 2022"
    assert found["pay_frequency"] == "Every other week"
    assert found["hire_date"] == "Mar 11, 2019"


def test_paper_behind_the_name_in_a_letterhead_is_no_part_of_it() -> None:
    found = raws("paystub", (44, 42, "Example Grain Elevator Inc PAYROLL CHECK STUB"))

    assert found["employer_name"] == "Example Grain Elevator Inc"


def test_box_12_codes_of_amounts_side_by_side_are_their_own() -> None:
    found = extract(
        "w2",
        (45, 230, "12a See instructions for box 12"),
        (190, 230, "12b"),
        (311, 230, "12c"),
        (444, 230, "12d"),
        (45, 240, "W"),
        (61, 240, "$3,500.00"),
        (190, 240, "AA"),
        (208, 240, "$2,500.00"),
        (311, 240, "D"),
        (325, 240, "$19,000.00"),
        (444, 240, "DD"),
        (464, 240, "$21,003.12"),
        (45, 260, "15 State / Employer's state ID"),
        (45, 270, "CA / 95-124387"),
    )
    codes = [{cell.name: cell.raw for cell in row}["code"] for row in found["box_12"].rows]

    assert codes == ["W", "AA", "D", "DD"]
    assert found["state"].raw == "CA"
    assert found["employer_state_id"].raw == "95-124387"


def test_year_of_a_w2_is_told_without_the_forms_hyphen() -> None:
    found = raws("w2", (41, 318, "Form W 2"), (109, 318, "Wage and Tax Statement 2015"))

    assert found["tax_year"] == "2015"


def test_note_in_few_words_tells_its_payment_and_late_charge() -> None:
    found = raws(
        "promissory_note",
        (
            62,
            136,
            "1. I promise to pay U.S. $205,000.00, plus interest, to the order of Example Bank.",
        ),
        (
            62,
            171,
            "3. Payments of U.S. $1,336.53 on the 1st day of each month beginning on July 1, 2024.",
        ),
        (62, 220, "6. Late charge: 5% if not received within 15 days."),
    )

    assert found["lender_name"] == "Example Bank"
    assert found["principal_and_interest_payment"] == "$1,336.53"
    assert found["late_fee_days"] == "15"


def test_dated_amounts_under_a_heading_need_no_headers_of_columns() -> None:
    found = extract(
        "bank_statement",
        (338, 43, "Example State Bank"),
        (455, 106, "STATEMENT DATE 11-29-19"),
        (43, 149, "PREVIOUS BALANCE"),
        (316, 149, "100.00"),
        (43, 188, "CURRENT BALANCE"),
        (316, 188, "150.00"),
        (137, 216, "DEPOSITS AND OTHER CREDITS"),
        (43, 231, "11/03"),
        (124, 231, "DIRECT DEP"),
        (529, 231, "70.00"),
        (137, 286, "OTHER DEBITS"),
        (43, 301, "11/04"),
        (124, 301, "SERVICE CHARGE"),
        (529, 301, "20.00-"),
    )

    amounts = [{c.name: str(c.value) for c in row}["amount"] for row in found["transactions"].rows]
    assert amounts == ["70.00", "-20.00"]


@pytest.mark.parametrize("printed", ["XXXX5519", "48-2035-7"])
def test_account_may_be_called_by_no_more_than_that(printed: str) -> None:
    found = raws("bank_statement", (339, 43, "Account"), (434, 43, printed))

    assert found["account_number"] == printed


def flush(right: float, top: float, text: str) -> tuple[float, float, str]:
    """Return a line that ends at a right edge."""
    return right - page((0, 0, text)).words[-1].right, top, text


def test_letterhead_far_over_a_name_is_another_party() -> None:
    found = raws(
        "paystub",
        (44, 40, "Example Grain Elevator Inc"),
        (44, 57, "Jo Sample"),
        (44, 67, "4593 Example Street"),
        (44, 77, "Sampletown, CO 81005"),
    )

    assert found["employee_name"] == "Jo Sample"
    assert found["employer_name"] == "Example Grain Elevator Inc"


def test_address_set_flush_right_has_its_name() -> None:
    found = raws(
        "paystub",
        (40, 40, "Example Analytics, Inc."),
        (40, 52, "5316 Example Ave, Joplin, MO 64801"),
        flush(569, 80, "Jo Sample"),
        flush(569, 91, "8527 Example Lane Unit 17"),
        flush(569, 102, "Sampletown, ME 04401"),
    )

    assert found["employee_name"] == "Jo Sample"
    assert found["employee_address"] == "8527 Example Lane Unit 17\nSampletown, ME 04401"


@pytest.mark.parametrize("placeholder", ["CITY STATE ZIP", "COTY STATE", "City, State, Zip Code"])
def test_hint_what_to_write_is_no_name(placeholder: str) -> None:
    found = raws("paystub", (40, 40, "Employee"), (40, 50, placeholder))

    assert "employee_name" not in found


def test_employee_and_address_beside_the_label_may_be_cells_of_their_own() -> None:
    found = raws(
        "paystub",
        (77, 107, "EMPLOYEE: Jo Sample"),
        (198, 107, "5296 Example Circle, Spokane, WA 99203"),
    )

    assert found["employee_name"] == "Jo Sample"
    assert found["employee_address"] == "5296 Example Circle, Spokane, WA 99203"


def test_label_over_two_lines_may_have_its_value_beside_the_first() -> None:
    found = raws(
        "loan_estimate",
        (40, 60, "Loan Estimate"),
        (291, 94, "LOAN"),
        (334, 94, "30 years"),
        (291, 112, "TERM"),
        (40, 150, "Loan Terms"),
        (40, 170, "Loan Amount"),
        (310, 170, "$150,000"),
    )

    assert found["loan_term_months"] == "30 years"


@pytest.mark.parametrize(
    "printed",
    ["Everyday Checking", "Everyday Checking Summary", "Everyday Checking …x3306"],
)
def test_name_of_an_account_stands_alone_in_its_cell(printed: str) -> None:
    found = raws("bank_statement", (40, 112, "Sampletown, NC 28803"), (40, 135, printed))

    assert found["account_type"] == "Everyday Checking"


def test_accounts_of_a_membership_are_told_by_their_suffixes() -> None:
    found = extract(
        "bank_statement",
        (43, 40, "Example Credit Union"),
        (43, 123, "Account"),
        (267, 123, "Suffix"),
        (411, 123, "Beginning"),
        (542, 123, "Ending"),
        (43, 136, "Primary Share Savings"),
        (267, 136, "S0001"),
        (419, 136, "812.15"),
        (533, 136, "4,414.85"),
        (43, 149, "Free Checking"),
        (267, 149, "S0055"),
        (411, 149, "3,355.02"),
        (533, 149, "6,941.52"),
        (42, 185, "Primary Share Savings – S0001"),
        (40, 199, "Beginning balance 812.15 | Deposits 4,687.63 | Withdrawals 1,084.93 |"),
        (42, 315, "Free Checking – S0055"),
    )
    first, second = ({c.name: c.raw for c in row} for row in found["accounts"].rows)

    assert (first["account_number"], second["account_number"]) == ("S0001", "S0055")
    assert first["total_deposits"] == "4,687.63"
    assert first["total_withdrawals"] == "1,084.93"


@pytest.mark.parametrize(
    ("ticked", "name"),
    [(0, "statutory_employee"), (1, "retirement_plan"), (2, "third_party_sick_pay")],
)
def test_boxes_under_captions_that_ran_together_are_told_by_their_order(
    ticked: int, name: str
) -> None:
    boxes = tuple(
        CheckBox(
            box=Box(310.0 + 40 * n, 262.0, 318.0 + 40 * n, 270.0),
            ticked=n == ticked,
            confidence=0.95,
        )
        for n in range(3)
    )
    template = load_template("w2")
    assert template is not None
    plain = page((304, 250, "13 Statutory Retirement Third-"), (440, 250, "12b"))
    found = {f.name: f for f in extract_fields(template, [evolve(plain, check_boxes=boxes)])}

    assert found[name].value is True
    assert sum(field.value is True for field in found.values()) == 1


def test_state_row_of_a_w2_is_read_without_its_captions() -> None:
    found = raws("w2", (26, 230, "GA 30-411787 52,318.04 2,223.52"))

    assert found["employer_state_id"] == "30-411787"
    assert found["state_wages"] == "52,318.04"
    assert found["state_income_tax"] == "2,223.52"


def test_question_with_a_misread_mark_opens_its_section() -> None:
    found = raws(
        "closing_disclosure",
        (305, 211, "éPuede aumentar este monto después del cierre?"),
        (40, 240, "Tasa de interés"),
        (247, 240, "6.5%"),
        (40, 300, "Penalidad por pago anticipado"),
        (278, 300, "NO"),
        (40, 330, "Monto del préstamo"),
        (247, 330, "$198,000"),
    )

    assert found["note_rate_percent"] == "6.5%"
    assert found["prepayment_penalty"] == "NO"


def test_schedule_of_a_business_tells_its_year_and_name() -> None:
    found = raws(
        "tax_return",
        (36, 40, "SCHEDULE C"),
        (207, 40, "Profit or Loss From Business"),
        (517, 40, "2020"),
        (48, 122, "Business name. If no separate business name, leave blank."),
        (48, 132, "Example Pets"),
    )

    assert found["tax_year"] == "2020"
    assert found["business_name"] == "Example Pets"


@pytest.mark.parametrize("printed", ["más de 15 días", "mds de 15 dias", "mas de 15 días"])
def test_days_of_a_late_charge_are_read_without_accents(printed: str) -> None:
    found = raws(
        "closing_disclosure",
        (41, 174, f"Si su pago se atrasa {printed}, el prestamista le cobrará un cargo."),
        (305, 211, "¿Puede aumentar este monto después del cierre?"),
        (40, 240, "Monto del préstamo"),
        (247, 240, "$198,000"),
        (40, 350, "A. Cargos de originación"),
        (313, 350, "$958.18"),
    )

    assert found["late_fee_days"] == "15"
    assert found["origination_charges"] == "$958.18"
