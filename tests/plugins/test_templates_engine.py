"""What each capability of the template engine finds, and what it refuses, on pages made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanbatch.models import Box, CheckBox, Field, Page, Word
from loanbatch.settings import Settings
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._loading import TemplateError, load_template, read_template
from loanbatch_plugins.templates._readers import READERS

#: Below it a value is for somebody to look at.
_REVIEW = Settings().review_threshold

_KINDS = sorted(
    item.name.removesuffix(".toml")
    for item in files("loanbatch_plugins.templates").joinpath("kinds").iterdir()
    if item.name.endswith(".toml")
)


def page(*lines: tuple[float, float, str], number: int = 1, boxes: Iterable[CheckBox] = ()) -> Page:
    """Return a page with the texts at their left and top edges, in letters 5 by 10 points."""
    words = []
    for start, top, text in lines:
        left = start
        for part in text.split():
            words.append(Word(part, left, top, left + 5.0 * len(part), top + 10.0))
            left += 5.0 * len(part) + 3.0
    return Page(
        number=number, width=612.0, height=792.0, words=tuple(words), check_boxes=tuple(boxes)
    )


def find(
    fields: str, *pages: Page, head: str = "", kind: str = "closing_disclosure"
) -> dict[str, Field]:
    """Return what a template with the given tables finds."""
    template = read_template(f'kind = "{kind}"\n{head}\n{fields}', f"{kind}.toml", kind)
    return {field.name: field for field in extract_fields(template, pages)}


def raw(found: dict[str, Field]) -> dict[str, str]:
    """Return the raw texts."""
    return {name: field.raw for name, field in found.items()}


_AMOUNT = '[fields.loan_amount]\nlabels = ["^Loan Amount"]\n'


def test_value_right_of_its_label_has_page_and_box() -> None:
    found = find(_AMOUNT, page((40, 100, "Loan Amount"), (200, 100, "$162,000")))["loan_amount"]

    assert (found.raw, found.page) == ("$162,000", 1)
    assert found.box == Box(200.0, 100.0, 240.0, 110.0)
    assert found.confidence > 0.95
    assert found.extractor == "templates/closing_disclosure"


def test_value_may_stand_under_its_label_where_the_rule_says_no_place() -> None:
    product = '[fields.loan_product]\nlabels = ["^Product"]\n'
    below = page(
        (40, 100, "Loan Amount"), (40, 112, "$5,000.00"), (200, 100, "Product"), (200, 112, "Fixed")
    )

    assert raw(find(_AMOUNT + product, below)) == {
        "loan_amount": "$5,000.00",
        "loan_product": "Fixed",
    }


def test_text_further_right_under_a_label_is_not_its_value() -> None:
    product = '[fields.loan_product]\nlabels = ["^Product"]\n'

    assert not find(product, page((40, 100, "Product"), (60, 112, "Important notice")))


def test_several_names_under_a_label_are_read_only_where_the_rule_says_so() -> None:
    names = '[fields.borrower_names]\nlabels = ["^Borrower"]\n'
    below = page((40, 100, "Borrower"), (40, 112, "Jane Roe"), (40, 124, "John Roe"))

    assert not find(names, below)
    assert raw(find(f'{names}where = ["below"]\n', below)) == {
        "borrower_names": "Jane Roe\nJohn Roe"
    }


def test_value_may_stand_in_the_cell_of_its_label() -> None:
    assert raw(find(_AMOUNT, page((40, 100, "Loan Amount: $5,000.00")))) == {
        "loan_amount": "$5,000.00"
    }


def test_longer_label_keeps_the_shorter_one_inside_it_from_being_found() -> None:
    found = find(
        '[fields.total_closing_costs]\nlabels = ["Closing Costs"]\n',
        page(
            (40, 100, "Total Closing Costs"),
            (200, 100, "$9.00"),
            (40, 120, "Closing Costs"),
            (200, 120, "$7.00"),
        ),
        head='stops = ["Total Closing Costs"]',
    )

    assert raw(found) == {"total_closing_costs": "$7.00"}


def test_label_may_wrap_in_its_column() -> None:
    found = find(
        '[fields.estimated_total_monthly_payment]\nlabels = ["Estimated Total Monthly Payment"]\n',
        page((40, 100, "Estimated Total"), (40, 111, "Monthly Payment"), (200, 106, "$1,050.26")),
    )

    assert raw(found) == {"estimated_total_monthly_payment": "$1,050.26"}


def test_misread_label_is_found_and_costs_confidence() -> None:
    exact = find(_AMOUNT, page((40, 100, "Loan Amount"), (200, 100, "$162,000")))["loan_amount"]
    misread = find(_AMOUNT, page((40, 100, "Loan Amouni"), (200, 100, "$162,000")))["loan_amount"]

    assert misread.raw == exact.raw
    assert misread.confidence < exact.confidence


def test_hard_to_read_words_cost_confidence() -> None:
    clear = page((40, 100, "Loan Amount"), (200, 100, "$162,000"))
    words = tuple(word._replace(confidence=0.5) for word in clear.words)
    blurred = Page(number=1, width=612.0, height=792.0, words=words)

    assert find(_AMOUNT, blurred)["loan_amount"].confidence < _REVIEW


def test_another_label_ends_the_search() -> None:
    found = find(
        _AMOUNT,
        page((40, 100, "Loan Amount"), (150, 100, "Sale Price:"), (250, 100, "$180,000")),
        head='stops = ["Sale Price"]',
    )

    assert found == {}


def test_two_values_that_differ_dispute_the_field() -> None:
    found = find(
        _AMOUNT,
        page(
            (40, 100, "Loan Amount"),
            (200, 100, "$5,000"),
            (40, 300, "Loan Amount"),
            (200, 300, "$6,000"),
        ),
    )["loan_amount"]

    assert found.confidence < _REVIEW
    assert [other.raw for other in found.alternatives] == ["$6,000"]


@pytest.mark.parametrize("other", ["-$5,000", "$5,000-"])
def test_two_values_of_other_sign_dispute_the_field(other: str) -> None:
    found = find(
        _AMOUNT,
        page(
            (40, 100, "Loan Amount"),
            (200, 100, "$5,000"),
            (40, 300, "Loan Amount"),
            (200, 300, other),
        ),
    )["loan_amount"]

    assert found.confidence < _REVIEW
    assert len(found.alternatives) == 1


def test_places_that_agree_outvote_one() -> None:
    lines = [(40.0, 100.0 + 20 * n, "Loan Amount") for n in range(4)]
    values = [(200.0, 100.0 + 20 * n, text) for n, text in enumerate(["$9,000", *["$5,000"] * 3])]

    found = find(_AMOUNT, page(*lines, *values))["loan_amount"]

    assert found.raw == "$5,000"
    assert found.confidence > _REVIEW


@pytest.mark.parametrize("placeholder", ["____", "N/A", "(amount)"])
def test_placeholder_is_no_value(placeholder: str) -> None:
    assert find(_AMOUNT, page((40, 100, "Loan Amount"), (200, 100, placeholder))) == {}


def test_printed_zero_is_a_value() -> None:
    assert raw(find(_AMOUNT, page((40, 100, "Loan Amount"), (200, 100, "$0.00")))) == {
        "loan_amount": "$0.00"
    }


def test_section_bounds_where_a_label_counts() -> None:
    found = find(
        '[fields.loan_amount]\nlabels = ["^Loan Amount"]\nsection = "terms"\n',
        page(
            (40, 80, "Loan Amount"),
            (200, 80, "$1,000"),
            (40, 100, "Loan Terms"),
            (40, 120, "Loan Amount"),
            (200, 120, "$2,000"),
            (40, 140, "Costs at Closing"),
            (40, 160, "Loan Amount"),
            (200, 160, "$3,000"),
        ),
        head='[sections]\nterms = { start = ["^Loan Terms"] }\n'
        'costs = { start = ["^Costs at Closing"] }',
    )

    assert raw(found) == {"loan_amount": "$2,000"}


def test_column_picks_the_cell_under_a_header() -> None:
    found = find(
        '[fields.loan_amount]\nlabels = ["^Loan Amount"]\ncolumn = ["Final"]\n',
        page(
            (200, 100, "Loan Estimate"),
            (320, 100, "Final"),
            (40, 120, "Loan Amount"),
            (205, 120, "$1,000"),
            (315, 120, "$2,000"),
        ),
    )

    assert raw(found) == {"loan_amount": "$2,000"}


def test_title_in_the_row_of_headers_is_no_row() -> None:
    found = find(
        '[fields.total_taxes]\nlabels = ["^Taxes"]\ncolumn = ["Amount"]\n',
        page(
            (200, 100, "Amount"),
            (40, 130, "Taxes"),
            (200, 130, "Amount"),
            (40, 150, "Taxes"),
            (200, 150, "871.46"),
        ),
        kind="paystub",
    )

    assert raw(found) == {"total_taxes": "871.46"}


def test_band_looks_down_to_the_next_label_of_the_column() -> None:
    found = find(
        '[fields.prepayment_penalty_maximum_amount]\nlabels = ["^Prepayment Penalty"]\n'
        'where = ["band"]\n'
        "pattern = 'high as (?P<value>\\$[\\d,]+)'\n"
        '[fields.balloon_payment]\nlabels = ["^Balloon Payment"]\n',
        page(
            (40, 100, "Prepayment Penalty"),
            (200, 100, "YES"),
            (260, 112, "As high as $3,240"),
            (40, 140, "Balloon Payment"),
            (200, 140, "NO"),
            (260, 152, "As high as $9,999"),
        ),
    )

    assert raw(found) == {"prepayment_penalty_maximum_amount": "$3,240", "balloon_payment": "NO"}


def test_pattern_over_the_running_text_leads_back_to_its_words() -> None:
    found = find(
        "[fields.late_fee_days]\ntext = ['more than (?P<value>\\d+) days late']\n",
        page((40, 100, "If your payment is more than"), (40, 112, "15 days late, we charge")),
    )["late_fee_days"]

    assert found.raw == "15"
    assert found.box == Box(40.0, 112.0, 50.0, 122.0)


_ANSWER = '[fields.balloon_payment]\nlabels = ["Balloon payment"]\n'


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (((200, "Yes"),), "Yes"),
        (((200, "[X] Yes [ ] No"),), "Yes"),
        (((200, "[ ] Yes [X] No"),), "No"),
        (((200, "[ ] Yes"), (300, "[X] No")), "No"),
        (((200, "☐"), (208, "Yes"), (300, "☒"), (308, "No")), "No"),
        (((200, "[X] Ja [ ] Nee"),), "Ja"),
        (((200, "[ ] Yes [ ] No"),), None),
        (((200, "Yes [ ] No [X]"),), None),
        (((200, "Yes / No"),), None),
        (((200, "Yes"), (300, "No")), None),
        (((200, "[X] Yes [X] No"),), None),
        (((200, "see annex"), (300, "Yes")), None),
    ],
)
def test_answer_is_the_one_that_is_ticked(
    cells: tuple[tuple[float, str], ...], answer: str | None
) -> None:
    lines = [(40.0, 100.0, "Balloon payment"), *((left, 100.0, text) for left, text in cells)]

    found = find(_ANSWER, page(*lines))

    assert raw(found).get("balloon_payment") == answer


@pytest.mark.parametrize(("ticked", "answer"), [((True, False), "Yes"), ((False, True), "No")])
def test_answer_is_the_one_whose_drawn_box_is_ticked(
    ticked: tuple[bool, bool], answer: str
) -> None:
    lines = ((40, 100, "Balloon payment"), (152, 100, "Yes"), (252, 100, "No"))

    found = find(_ANSWER, page(*lines, boxes=_boxes(*ticked, False)))

    assert raw(found) == {"balloon_payment": answer}


def test_answer_below_its_label_is_not_one_of_the_next_row() -> None:
    below = _ANSWER + 'where = ["below"]\n'
    lines = ((40, 100, "Balloon payment"), (40, 111, "Yes"), (40, 122, "No"))

    assert raw(find(below, page(*lines))) == {"balloon_payment": "Yes"}


@pytest.mark.parametrize(
    ("amount", "day_first"),
    [("EUR 41.400,00", True), ("£950", True), ("$950.00", False), ("950.00", False)],
)
def test_currency_tells_the_order_of_days(amount: str, day_first: bool) -> None:
    found = find(
        '[fields.date_issued]\nlabels = ["Date"]\n',
        page((40, 100, "Date"), (200, 100, "01-03-2019"), (40, 120, "Total"), (200, 120, amount)),
    )["date_issued"]

    assert found.extractor.endswith("/day_first") is day_first


def test_day_over_twelve_goes_before_the_currency() -> None:
    found = find(
        '[fields.date_issued]\nlabels = ["Date"]\n',
        page((40, 100, "Date"), (200, 100, "01/03/2019"), (40, 120, "to 01/31/2019 €5.00")),
    )["date_issued"]

    assert not found.extractor.endswith("/day_first")


_TYPES = (
    '[fields.mortgage_type]\nlabels = ["^Loan Type"]\nchoices = ["Conventional", "FHA", "VA"]\n'
)


def _boxes(*ticked: bool) -> list[CheckBox]:
    return [
        CheckBox(box=Box(left, 101.0, left + 8, 109.0), ticked=is_ticked)
        for left, is_ticked in zip((140.0, 240.0, 300.0), ticked, strict=True)
    ]


_TYPE_LINES = (
    (40, 100, "Loan Type"),
    (152, 100, "Conventional"),
    (252, 100, "FHA"),
    (312, 100, "VA"),
)


def test_ticked_box_gives_its_wording() -> None:
    found = find(_TYPES, page(*_TYPE_LINES, boxes=_boxes(False, True, False)))

    assert raw(found) == {"mortgage_type": "FHA"}


def test_no_ticked_box_gives_no_value() -> None:
    assert find(_TYPES, page(*_TYPE_LINES, boxes=_boxes(False, False, False))) == {}


def test_two_ticked_boxes_are_doubtful() -> None:
    found = find(_TYPES, page(*_TYPE_LINES, boxes=_boxes(True, True, False)))["mortgage_type"]

    assert found.confidence < _REVIEW


def test_mark_before_a_choice_counts_when_the_other_boxes_are_empty() -> None:
    lines = ((40, 100, "Loan Type"), (140, 100, "& Conventional"), *_TYPE_LINES[2:])
    found = find(_TYPES, page(*lines, boxes=_boxes(False, False, False)[1:]))["mortgage_type"]

    assert found.raw == "Conventional"
    assert found.confidence < 0.98


def test_table_rows_have_evidence_in_each_cell() -> None:
    found = find(
        '[fields.itemization]\ncolumns = { label = ["Description"], amount = ["Amount"] }\n'
        'required = ["label", "amount"]\nend = ["^Total"]\n',
        page(
            (40, 100, "Description"),
            (300, 100, "Amount"),
            (40, 115, "Paid to you"),
            (300, 115, "$900.00"),
            (40, 130, "Paid to school"),
            (300, 130, "$100.00"),
            (40, 145, "Total"),
            (300, 145, "$1,000.00"),
        ),
        kind="student_loan_disclosure",
    )["itemization"]

    assert [[cell.raw for cell in row] for row in found.rows] == [
        ["Paid to you", "$900.00"],
        ["Paid to school", "$100.00"],
    ]
    assert all(cell.box is not None and cell.page == 1 for row in found.rows for cell in row)


def test_rule_with_unless_gives_way_to_the_field_found_before() -> None:
    fields = _AMOUNT + '[fields.sale_price]\nlabels = ["^Sale Price"]\nunless = ["loan_amount"]\n'
    lines = [(40.0, 120.0, "Sale Price"), (200.0, 120.0, "$7,000")]

    assert raw(find(fields, page(*lines))) == {"sale_price": "$7,000"}
    both = find(fields, page((40, 100, "Loan Amount"), (200, 100, "$5,000"), *lines))
    assert raw(both) == {"loan_amount": "$5,000"}


def test_blank_form_gives_nothing() -> None:
    fields = _AMOUNT + '[fields.loan_term_months]\nlabels = ["^Loan Term"]\n'
    blank = page((40, 100, "Loan Amount"), (40, 120, "Loan Term"), (200, 120, "30 years"))

    assert find(fields, blank, head='blank_without = ["loan_amount"]') == {}


# Readers in code, through the packaged templates


def _extract(kind: str, *pages: Page) -> dict[str, Field]:
    template = load_template(kind)
    assert template is not None
    return {field.name: field for field in extract_fields(template, pages)}


def _table(field: Field) -> list[dict[str, object]]:
    return [
        {cell.name: cell.raw if cell.value is None else cell.value for cell in row}
        for row in field.rows
    ]


def test_projected_payments_belong_to_the_nearest_period() -> None:
    found = _extract(
        "closing_disclosure",
        page(
            (40, 60, "Closing Date"),
            (130, 60, "4/15/2013"),
            (40, 100, "Payment Calculation"),
            (260, 100, "Years 1-7"),
            (450, 100, "Years 8-30"),
            (40, 125, "Principal & Interest"),
            (262, 125, "$761.78"),
            (455, 125, "$761.78"),
            (40, 150, "Mortgage Insurance"),
            (240, 150, "+"),
            (275, 150, "82.35"),
            (470, 150, "-"),
            (40, 175, "Estimated Escrow"),
            (275, 175, "206.13"),
            (465, 175, "206.13"),
            (40, 200, "Estimated Total"),
            (40, 211, "Monthly Payment"),
            (255, 206, "$1,050.26"),
            (455, 206, "$967.91"),
        ),
    )

    assert found["mortgage_insurance_monthly_payment"].raw == "82.35"
    assert found["estimated_total_monthly_payment"].confidence > _REVIEW
    assert _table(found["projected_payments"])[1] == {
        "first_year": "8",
        "last_year": "30",
        "principal_and_interest_minimum": "$761.78",
        "principal_and_interest_maximum": "$761.78",
        "total_minimum": "$967.91",
        "total_maximum": "$967.91",
        "escrow": "206.13",
    }


def test_total_that_is_not_the_sum_of_its_parts_is_doubtful() -> None:
    found = _extract(
        "closing_disclosure",
        page(
            (40, 60, "Closing Date"),
            (130, 60, "4/15/2013"),
            (40, 100, "Payment Calculation"),
            (260, 100, "Years 1-30"),
            (40, 125, "Principal & Interest"),
            (262, 125, "$1,364.27"),
            (40, 150, "Mortgage Insurance"),
            (275, 150, "0.00"),
            (40, 175, "Estimated Escrow"),
            (275, 175, "347.19"),
            (40, 200, "Estimated Total"),
            (255, 206, "91,714.52"),
        ),
    )

    assert found["estimated_total_monthly_payment"].confidence < _REVIEW


def test_transactions_take_their_sign_from_the_columns_and_their_proof_from_the_balance() -> None:
    found = _extract(
        "bank_statement",
        page(
            (40, 40, "Statement Period: 12/16/2024 - 01/15/2025"),
            (40, 100, "Date"),
            (120, 100, "Description"),
            (320, 100, "Deposits"),
            (400, 100, "Withdrawals"),
            (500, 100, "Balance"),
            (40, 115, "12/16"),
            (120, 115, "Beginning Balance"),
            (495, 115, "1,000.00"),
            (40, 130, "12/30"),
            (120, 130, "Payroll"),
            (322, 130, "500.00"),
            (495, 130, "1,500.00"),
            (40, 145, "01/02"),
            (120, 145, "Groceries"),
            (410, 145, "20.00"),
            (495, 145, "1,480.00"),
        ),
    )

    rows = _table(found["transactions"])
    assert [str(row["amount"]) for row in rows] == ["500.00", "-20.00"]
    assert [str(row["date"]) for row in rows] == ["2024-12-30", "2025-01-02"]
    assert all(cell.confidence > 0.9 for row in found["transactions"].rows for cell in row)


def test_transaction_that_the_balance_contradicts_is_doubtful() -> None:
    found = _extract(
        "bank_statement",
        page(
            (40, 40, "Statement Period: 12/16/2024 - 01/15/2025"),
            (40, 100, "Date"),
            (120, 100, "Description"),
            (400, 100, "Amount"),
            (500, 100, "Balance"),
            (40, 115, "12/16"),
            (120, 115, "Beginning Balance"),
            (495, 115, "1,000.00"),
            (40, 130, "12/30"),
            (120, 130, "Payroll"),
            (402, 130, "500.00"),
            (495, 130, "1,900.00"),
        ),
    )

    amount = next(cell for cell in found["transactions"].rows[0] if cell.name == "amount")
    assert amount.confidence < _REVIEW


def test_pay_tables_side_by_side_are_read_apart_and_employer_taxes_left_out() -> None:
    found = _extract(
        "paystub",
        page(
            (40, 60, "Pay Date:"),
            (120, 60, "11/14/2025"),
            (40, 100, "Earnings"),
            (120, 100, "Rate"),
            (170, 100, "Hours"),
            (230, 100, "Current"),
            (290, 100, "YTD"),
            (340, 100, "Taxes"),
            (450, 100, "Current"),
            (520, 100, "YTD"),
            (40, 115, "Regular"),
            (120, 115, "21.25"),
            (170, 115, "80.00"),
            (220, 115, "1,700.00"),
            (280, 115, "3,400.00"),
            (340, 115, "Medicare"),
            (455, 115, "25.57"),
            (515, 115, "51.14"),
            (340, 150, "Employer Taxes"),
            (450, 150, "Current"),
            (520, 150, "YTD"),
            (340, 165, "FUTA"),
            (455, 165, "9.99"),
            (515, 165, "19.98"),
        ),
    )

    earnings, deductions = _table(found["earnings"]), _table(found["deductions"])
    assert [(row["label"], row["rate"], row["hours"]) for row in earnings] == [
        ("Regular", "21.25", "80.00")
    ]
    assert [row["label"] for row in deductions] == ["Medicare"]
    assert (found["pay_rate"].raw, found["hours"].raw) == ("21.25", "80.00")


def test_w2_rows_of_states_give_the_first_one_as_the_state() -> None:
    found = _extract(
        "w2",
        page(
            (20, 300, "15 State"),
            (70, 300, "Employer's state ID number"),
            (220, 300, "16 State wages, tips, etc."),
            (370, 300, "17 State income tax"),
            (25, 315, "DC"),
            (75, 315, "713-52-068"),
            (230, 315, "28,164.53"),
            (380, 315, "1,597.46"),
            (25, 330, "CO"),
            (75, 330, "214-83-257"),
            (230, 330, "29,631.84"),
            (380, 330, "2,268.30"),
        ),
    )

    assert [row["state"] for row in _table(found["states"])] == ["DC", "CO"]
    assert (found["state"].raw, found["state_wages"].raw) == ("DC", "28,164.53")


# Files


@pytest.mark.parametrize("kind", _KINDS)
def test_packaged_template_is_valid(kind: str) -> None:
    assert load_template(kind) is not None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "[fields.wages]\nlabels = ['Wages']\nwhere = ['rigth']",
            "w2.toml:4: fields.wages.where: ",
        ),
        ("[fields.wages]\nlabel = ['Wages']", "w2.toml:3: fields.wages.label: unknown key"),
        ("[fields.wagges]\nlabels = ['x']", "w2.toml:2: fields.wagges: unknown field"),
        (
            "[[fields.wages]]\nlabels = ['a']\n[[fields.wages]]\ntext = ['(']",
            "w2.toml:5: fields.wages[2].text: not a regular expression",
        ),
        ("[fields.wages]\nlabels = ['a']\nsection = 'x'", "w2.toml:4: fields.wages.section: "),
        ("[fields.wages]\nreader = 'magic'", "w2.toml:3: fields.wages.reader: unknown reader"),
        (
            "[fields.retirement_plan]\nlabels = 'Plan'\nreader = 'ordered_tick'\nvalue = '0'",
            "w2.toml:5: fields.retirement_plan.value: expected the place of the box: 1, 2 or 3",
        ),
        ("blank_without = ['wages']", "w2.toml:2: blank_without.wages: "),
        ("[fields.wages", "w2.toml: not TOML"),
    ],
)
def test_error_in_a_file_names_line_and_key(table: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_template(f'kind = "w2"\n{table}\n', "w2.toml", "w2")

    assert message in str(caught.value)


# Whatever the words

_TEXTS = st.one_of(
    st.sampled_from(
        [
            "Loan",
            "Amount",
            "Date",
            "Balance",
            "Credits",
            "Total",
            "Current",
            "YTD",
            "Earnings",
            "State",
            "12a",
            "A.",
            "Origination",
            "Charges",
            "Years",
            "1-7",
            "Mortgage",
            "Insurance",
            "Estimated",
            "Final",
            "$1,000.00",
            "5%",
            "03/16",
            "x",
            "-",
            "|",
            "(",
            "IL",
            "60601",
            "Street",
        ]
    ),
    st.text(min_size=1, max_size=6).filter(lambda text: not any(map(str.isspace, text))),
)
_ARBITRARY = st.builds(
    lambda text, column, row, width: Word(
        text, column * 40.0, row * 11.0, column * 40.0 + width, row * 11.0 + 9
    ),
    _TEXTS,
    st.integers(0, 14),
    st.integers(0, 60),
    st.floats(0, 60),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(_ARBITRARY, max_size=60), st.sampled_from(_KINDS))
def test_no_page_makes_a_template_fail(words: list[Word], kind: str) -> None:
    template = load_template(kind)
    assert template is not None

    found = extract_fields(
        template, [Page(number=1, width=612.0, height=792.0, words=tuple(words))]
    )

    assert all(0 <= field.confidence <= 1 and field.page == 1 for field in found)


@pytest.mark.parametrize("name", sorted(READERS))
def test_reader_finds_nothing_on_a_blank_page(name: str) -> None:
    labels = 'labels = ["^Total"]\ncolumns.description = ["^Item"]\ncolumns.amount = ["^Amount"]\n'
    assert find(f'[fields.fees]\nreader = "{name}"\n{labels}', page()) == {}


def test_date_of_birth_is_not_the_date_whose_label_only_begins_like_it() -> None:
    fields = '[fields.closing_date]\nlabels = ["^Date"]\nwhere = ["right", "below"]\n'
    born = [(40, 100, "Date of Birth:"), (200, 100, "02/29/1944")]
    nacida = [(40, 100, "Date (of birth)"), (40, 112, "02/29/1944")]
    dated = [(40, 200, "Date:"), (200, 200, "04/05/2024")]

    assert raw(find(fields, page(*born))) == raw(find(fields, page(*nacida))) == {}
    assert raw(find(fields, page(*born, *dated))) == {"closing_date": "04/05/2024"}
    assert raw(find(fields, page((40, 100, "Date of Birthright Deed"), (200, 100, "04/05/2024"))))
