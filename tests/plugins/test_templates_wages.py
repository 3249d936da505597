"""W-2s and earnings statements: what their cells and tables say, on pages made by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from loanbatch.models import Field, Page, TextSource, Word
from loanbatch.settings import Settings
from loanbatch.testing import make_page, make_words
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._loading import TemplateError, load_template, read_template

_REVIEW = Settings().review_threshold


def page(*lines: tuple[float, float, str]) -> Page:
    """Return a page with the texts at their left and top edges."""
    return make_page(*(make_words(text, left, top) for left, top, text in lines))


def extract(kind: str, *lines: tuple[float, float, str]) -> dict[str, Field]:
    """Return what the bundled template of a kind finds."""
    template = load_template(kind)
    assert template is not None
    return {field.name: field for field in extract_fields(template, [page(*lines)])}


def rows(field: Field) -> list[dict[str, str]]:
    """Return the raw texts of rows."""
    return [{cell.name: cell.raw for cell in row} for row in field.rows]


_BOX_12 = (
    (400, 100, "12a See instructions for box 12"),
    (400, 130, "12b"),
    (400, 160, "12c"),
    (400, 190, "12d"),
    (38, 220, "15 State"),
)


def test_box_12_code_on_another_line_than_its_amount_belongs_to_it() -> None:
    found = extract(
        "w2",
        *_BOX_12,
        (410, 111, "D"),
        (450, 116, "2,200.00"),
        (410, 148, "DD"),
        (450, 142, "81.00"),
    )

    assert rows(found["box_12"]) == [
        {"code": "D", "amount": "2,200.00"},
        {"code": "DD", "amount": "81.00"},
    ]


def test_box_12_letters_of_a_vertical_word_code_are_no_codes() -> None:
    letters = [(401.0, 108.0 + 6 * place, letter) for place, letter in enumerate("Code")]
    found = extract("w2", *_BOX_12, *letters, (414, 116, "W"), (450, 116, "75.50"))

    assert rows(found["box_12"]) == [{"code": "W", "amount": "75.50"}]


def test_box_12_amount_whose_code_is_lost_is_doubtful() -> None:
    found = extract("w2", *_BOX_12, (450, 116, "2,200.00"))

    assert rows(found["box_12"]) == [{"amount": "2,200.00"}]
    assert found["box_12"].confidence < _REVIEW


def test_control_number_keeps_its_further_words() -> None:
    found = extract("w2", (38, 100, "d Control number"), (40, 112, "00417 KPO"))

    assert found["control_number"].raw == "00417 KPO"


@pytest.mark.parametrize("number", ["9", "(7)"])
def test_empty_box_takes_no_box_number(number: str) -> None:
    place = (300.0, 130.0) if number == "9" else (400.0, 100.0)
    found = extract(
        "w2",
        (300, 100, "7 Social security tips"),
        (*place, number),
        (300, 160, "11 Nonqualified plans"),
        (302, 172, "40.00"),
    )

    assert found["nonqualified_plans"].raw == "40.00"
    assert "social_security_tips" not in found


_STACKED = (
    (40, 100, "Earnings"),
    (160, 100, "Current"),
    (240, 100, "YTD"),
    (40, 112, "Regular Pay"),
    (160, 112, "1,000.00"),
    (240, 112, "5,000.00"),
    (40, 136, "Withholdings"),
    (160, 136, "Current"),
    (240, 136, "YTD"),
    (40, 148, "Medicare"),
    (160, 148, "100.00"),
    (240, 148, "500.00"),
    (40, 160, "Total"),
    (160, 160, "100.00"),
    (240, 160, "500.00"),
    (40, 184, "Deductions"),
    (160, 184, "Current"),
    (240, 184, "YTD"),
    (40, 196, "Dental"),
    (160, 196, "20.00"),
    (240, 196, "80.00"),
    (40, 208, "Vision"),
    (160, 208, "5.00"),
    (240, 208, "20.00"),
    (40, 220, "Total"),
    (160, 220, "25.00"),
    (240, 220, "100.00"),
)


def test_totals_of_stacked_tables_are_those_of_their_own_rows() -> None:
    found = extract("paystub", *_STACKED)

    assert {name: found[name].raw for name in found if "tax" in name or "_deductions" in name} == {
        "total_taxes": "100.00",
        "year_to_date_taxes": "500.00",
        "total_deductions": "25.00",
        "year_to_date_deductions": "100.00",
    }


@pytest.mark.parametrize("heading", ["BENEFITS", "Home Address", "Direct Deposit"])
def test_heading_is_no_name_of_an_employee(heading: str) -> None:
    found = extract("paystub", (40, 100, "Employee"), (300, 100, heading), (40, 112, "Ana Roe"))

    assert found["employee_name"].raw == "Ana Roe"


def test_check_over_nothing_is_no_net_pay() -> None:
    found = extract(
        "paystub",
        (40, 100, "Net Pay"),
        (200, 100, "$712.48"),
        (40, 112, "Net Check"),
        (200, 112, "$0.00"),
    )

    assert found["net_pay"].raw == "$712.48"


_SUMS = """
kind = "paystub"
[sums]
gross_pay = ["total_taxes", "total_deductions", "net_pay"]
[fields]
gross_pay = { labels = ["^Gross"] }
total_taxes = { labels = ["^Taxes"] }
total_deductions = { labels = ["^Deductions"] }
net_pay = { labels = ["^Net"] }
"""


def _added(taxes: str, deductions: str, *more: tuple[float, float, str]) -> dict[str, Field]:
    template = read_template(_SUMS, "paystub.toml", "paystub")
    amounts = {"Gross": "1,000.00", "Taxes": taxes, "Deductions": deductions, "Net": "700.00"}
    lines = [
        line
        for number, (label, amount) in enumerate(amounts.items())
        for line in ((40.0, 100.0 + 20 * number, label), (200.0, 100.0 + 20 * number, amount))
    ]
    return {field.name: field for field in extract_fields(template, [page(*lines, *more)])}


@pytest.mark.parametrize("taxes", ["200.00", "300.00"])
def test_amounts_that_add_up_keep_their_confidence(taxes: str) -> None:
    # A part may be counted in another one: taxes among the deductions.
    deductions = "100.00" if taxes == "200.00" else "300.00"

    assert all(field.confidence > _REVIEW for field in _added(taxes, deductions).values())


def test_amounts_that_do_not_add_up_are_doubtful() -> None:
    assert all(field.confidence < _REVIEW for field in _added("200.00", "999.00").values())


def test_printed_amount_that_makes_the_sum_right_is_told_for_review() -> None:
    found = _added("200.00", "999.00", (400, 300, "100.00"))

    assert found["total_deductions"].raw == "100.00"
    assert [rival.raw for rival in found["total_deductions"].alternatives] == ["999.00"]
    assert found["total_deductions"].confidence < _REVIEW < found["net_pay"].confidence


def test_sum_of_an_unknown_field_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"sums\.gross_pay\.tips"):
        read_template(_SUMS.replace('"net_pay"]', '"tips"]'), "paystub.toml", "paystub")


@pytest.mark.parametrize("source", [TextSource.RECOGNIZED, TextSource.TEXT_LAYER])
def test_text_is_doubtful_when_its_rest_was_recognized_at_another_height(
    source: TextSource,
) -> None:
    template = read_template(
        'kind = "closing_disclosure"\n[fields.lender_name]\nlabels = ["^Lender"]\n',
        "closing_disclosure.toml",
        "closing_disclosure",
    )
    torn = page((40, 100, "Lender"), (100, 100, "Pine and Co"), (145, 96, "Mortgage"))
    [found] = extract_fields(template, [evolve(torn, text_source=source)])

    assert found.raw == "Pine and Co"
    assert (found.confidence < _REVIEW) is (source is TextSource.RECOGNIZED)


def test_address_over_which_another_name_stands_is_not_the_employees() -> None:
    found = extract(
        "paystub",
        (40, 40, "Fern Gardening"),
        (40, 50, "12 Mill Rd, Bend, OR 97799"),
        (40, 100, "Employee Name"),
        (200, 100, "Ana Roe"),
    )

    assert found["employee_name"].raw == "Ana Roe"
    assert found["employer_name"].raw == "Fern Gardening"
    assert found["employer_address"].raw == "12 Mill Rd, Bend, OR 97799"
    assert "employee_address" not in found


def test_employees_number_before_the_name_is_no_street() -> None:
    found = extract(
        "paystub",
        (40, 40, "Fern Supply Co."),
        (40, 50, "12 Mill Rd"),
        (40, 60, "Bend, OR 97799"),
        (40, 120, "0418 Roe, Ana"),
        (40, 130, "9 Spring Ave"),
        (40, 140, "Bend, OR 97799"),
    )

    assert found["employee_name"].raw == "Roe, Ana"
    assert found["employee_address"].raw == "9 Spring Ave\nBend, OR 97799"


def test_employees_home_address_is_no_employers() -> None:
    found = extract(
        "paystub",
        (40, 40, "Name"),
        (40, 50, "ROE ANA B"),
        (40, 70, "Home Address"),
        (40, 80, "9 SPRING LOOP, LAUREL MD 20799"),
    )

    assert not {"employer_name", "employer_address"} & found.keys()


def test_pay_period_and_pay_day_on_one_line_are_told_apart() -> None:
    found = extract(
        "paystub", (40, 100, "Pay period: Feb 1 , 2022 - Feb 7, 2022 Pay Day: Feb 9, 2022")
    )

    assert found["pay_period_start"].raw == "Feb 1 , 2022"
    assert found["pay_period_end"].raw == "Feb 7, 2022"
    assert found["pay_date"].raw == "Feb 9, 2022"


def test_gross_pay_is_never_that_of_the_year() -> None:
    table = [(170, 100, "this period"), (260, 100, "year to date"), (40, 112, "Regular")]
    table += [(180, 112, "320.00"), (260, 112, "16,640.00"), (40, 124, "Gross Pay")]

    found = extract("paystub", (40, 100, "Earnings"), *table, (260, 124, "16,640.00"))

    assert "gross_pay" not in found
    assert found["year_to_date_gross_pay"].raw == "16,640.00"


def test_cell_is_not_ended_by_a_stray_digit_beside_its_caption() -> None:
    captions = ((330, 100, "5 Medicare wages"), (430, 100, "6 Medicare tax withheld"))

    found = extract("w2", *captions, (405, 99, "7"), (390, 112, "1,500.00"), (480, 112, "21.75"))

    assert found["medicare_wages"].raw == "1,500.00"


def test_cell_over_a_row_of_narrower_cells_keeps_its_width() -> None:
    captions = ((40, 100, "10 Dependent care benefits"), (300, 100, "11 Nonqualified plans"))

    found = extract("w2", *captions, (230, 112, "873.20"), (220, 130, "14 Other"))

    assert found["dependent_care_benefits"].raw == "873.20"


def test_amount_at_the_end_of_a_misread_rule_is_no_value() -> None:
    captions = ((40, 100, "1 Wages, tips, other compensation"),)

    found = extract("w2", *captions, (40, 112, "ms aeVEeDreawrn veneene df 80.56"))

    assert "wages" not in found


def test_states_whose_captions_stand_in_two_rows_are_one_row() -> None:
    found = extract(
        "w2",
        *(
            (20, 100, "15 State"),
            (60, 100, "Employer's state ID no."),
            (300, 100, "16 State wages"),
        ),
        *((22, 112, "IL"), (60, 112, "3645-1239"), (350, 112, "61,234.55")),
        *((20, 130, "17 State income tax"), (300, 130, "18 Local wages, tips, etc.")),
        (80, 142, "2,982.12"),
    )

    assert rows(found["states"]) == [
        {
            "state": "IL",
            "employer_state_id": "3645-1239",
            "state_wages": "61,234.55",
            "state_income_tax": "2,982.12",
        }
    ]


def test_substitute_statement_lists_boxes_with_remarks() -> None:
    lines = [
        "1a- Total ordinary dividends (includes lines 1b, 5 and 2e)",
        "1b- Qualified dividends",
    ]
    listed = [(40, 100 + 12 * n, line) for n, line in enumerate(lines)]

    found = extract(
        "form_1099",
        *listed,
        (380, 100, "$1,845.22"),
        (380, 112, "$1,502.10"),
        (40, 80, "2023 Form 1099"),
    )

    assert found["ordinary_dividends"].raw == "$1,845.22"
    assert found["qualified_dividends"].raw == "$1,502.10"
    assert found["tax_year"].raw == "2023"


_HOURLY = (
    *(
        (40, 100, "Earnings and Hours"),
        (170, 100, "Qty"),
        (220, 100, "Rate"),
        (270, 100, "Current"),
    ),
    *((330, 100, "YTD Amount"), (40, 112, "Regular"), (220, 112, "17.60625"), (270, 112, "704.25")),
    *((330, 112, "2,817.00"), (40, 124, "Bonus"), (270, 124, "100.00"), (330, 124, "100.00")),
)


@pytest.mark.parametrize(("printed", "hours"), [("40", None), ("40:30", Decimal("40.50"))])
def test_hours_are_whole_or_by_the_clock(printed: str, hours: Decimal | None) -> None:
    found = extract("paystub", *_HOURLY, (170, 112, printed))

    cells = {cell.name: cell for cell in found["earnings"].rows[0]}
    assert cells["hours"].raw == printed
    assert cells["hours"].value == hours
    assert cells["rate"].raw == "17.60625"


def test_total_without_a_name_is_proved_by_its_rows() -> None:
    found = extract("paystub", *_HOURLY, (270, 136, "804.25"), (330, 136, "2,917.00"))

    assert found["gross_pay"].raw == "804.25"
    assert found["year_to_date_gross_pay"].raw == "2,917.00"


def test_sum_without_a_name_that_its_rows_do_not_prove_is_no_total() -> None:
    found = extract("paystub", *_HOURLY, (270, 136, "805.25"), (330, 136, "2,918.00"))

    assert "gross_pay" not in found


def test_labels_over_dates_give_no_pay_date() -> None:
    """Labels in one block, dates in another: the running text would pair them wrongly."""
    labels = [(40, 100, "Period Starting:"), (40, 112, "Pay Date:")]

    found = extract("paystub", *labels, (140, 100, "10/15/2023"), (140, 112, "11/03/2023"))

    assert found["pay_period_start"].raw == "10/15/2023"
    assert found["pay_date"].raw == "11/03/2023"


@pytest.mark.parametrize(("printed", "code"), [("Cc", "C"), ("w", "W"), ("DD", "DD")])
def test_box_12_code_read_twice_or_small_is_one_letter(printed: str, code: str) -> None:
    found = extract("w2", *_BOX_12, (410, 112, printed), (450, 112, "2,200.00"))

    assert [cell.value for cell in found["box_12"].rows[0] if cell.name == "code"] == [code]


def test_box_12_letters_that_may_be_two_codes_are_none() -> None:
    """ "Dd" may be D read twice, or DD."""
    found = extract("w2", *_BOX_12, (410, 112, "Dd"), (450, 112, "2,200.00"))

    assert rows(found["box_12"]) == [{"amount": "2,200.00"}]


def test_number_of_a_list_is_no_negative_amount() -> None:
    lines = ((40, 100, "1- Interest income"), (40, 112, "2- Early withdrawal"))

    found = extract("form_1099", *_PAYER, *lines)

    assert "payer_tin" in found
    assert "interest_income" not in found


#: Without a payer the form would be a blank one.
_PAYER = ((40, 60, "PAYER'S TIN"), (40, 70, "36-4512398"))


def test_bare_amount_is_read_before_print_beside_its_cell() -> None:
    captions = (*_PAYER, (40, 100, "4 Federal income tax withheld"))

    found = extract("form_1099", *captions, (60, 110, "4500"), (300, 110, "For Privacy Act"))

    assert found["federal_income_tax_withheld"].raw == "4500"


def test_amount_of_a_row_further_down_belongs_to_a_lost_caption() -> None:
    captions = (*_PAYER, (40, 100, "1b Qualified dividends"))

    found = extract("form_1099", *captions, (60, 160, "8000"), (300, 160, "300"))

    assert "payer_tin" in found
    assert "qualified_dividends" not in found


def test_schedule_opens_with_the_balance_of_its_row_nought() -> None:
    table = [(60, 100, "S.No"), (120, 100, "Installment"), (220, 100, "Interest")]
    table += [(300, 100, "Principal"), (380, 100, "Balance"), (60, 112, "0"), (380, 112, "1500")]
    lines = (("1", "780", "30", "750", "750"), ("2", "765", "15", "750", "0"))
    for row, cells in enumerate(lines):
        lefts = (60, 120, 220, 300, 380)
        table += [(x, 124 + 12 * row, text) for x, text in zip(lefts, cells, strict=True)]

    found = extract("payment_schedule", *table)

    assert found["opening_balance"].raw == "1500"
    assert len(found["payment_schedule"].rows) == 2


def test_title_over_a_label_does_not_begin_it() -> None:
    """The title ends with the word with which another label begins: "Note" over "Date"."""
    title = (Word("PROMISSORY", 100, 80, 190, 96), Word("NOTE", 194, 80, 236, 96))
    amount = ((40, 104, "Loan Amount"), (40, 114, "$5,000.00"))
    below = page(*amount, (194, 104, "Date"), (194, 114, "1/25/2026"))
    template = load_template("promissory_note")
    assert template is not None

    fields = extract_fields(template, [evolve(below, words=(*title, *below.words))])

    assert {field.name: field.raw for field in fields}["note_date"] == "1/25/2026"


def test_box_12_has_four_amounts_and_no_more() -> None:
    """The captions of the states stand below their amounts: nothing ends box 12 above them."""
    amounts = [(450, 112 + 30 * n, f"{n + 1}00.00") for n in range(4)]
    codes = [(410, 112 + 30 * n, code) for n, code in enumerate(("C", "D", "E", "G"))]

    found = extract("w2", *_BOX_12[:4], *amounts, *codes, (450, 232, "1,136.45"))

    assert [row["amount"] for row in rows(found["box_12"])] == [
        "100.00",
        "200.00",
        "300.00",
        "400.00",
    ]


def test_name_of_two_joined_is_the_employers() -> None:
    found = extract(
        "paystub",
        (40, 40, "Larch & Pine Woodworks"),
        (40, 50, "12 Mill Road"),
        (40, 60, "Tyler, TX 75703"),
    )

    assert found["employer_name"].raw == "Larch & Pine Woodworks"
    assert "employee_name" not in found


def test_job_title_is_no_deduction_beside_it() -> None:
    found = extract(
        "paystub", (40, 40, "Title"), (40, 51, "Senior Geologist"), (200, 40, "State Income Tax")
    )

    assert found["job_title"].raw == "Senior Geologist"
