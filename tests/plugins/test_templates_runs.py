"""What becomes of numbered rows of scans whose numbers break their run."""

from __future__ import annotations

from itertools import chain

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Field, Page, TextSource
from loanbatch.settings import Settings
from loanbatch.testing import make_page
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._loading import load_template
from loanbatch_plugins.templates._runs import better_numbers

_REVIEW = Settings().review_threshold
_TEXTS = [
    "Most recent statement of all accounts",
    "Signed letter about recent inquiries",
    "Evidence of the earnest money deposit",
    "Hazard insurance naming the lender",
    "Final settlement statement of the sale",
]


def approval(*numbers: str) -> Page:
    rows = [f"{number:12}{text}" for number, text in zip(numbers, _TEXTS, strict=False)]
    return make_page(
        "Conditional Approval",
        "Loan Number: 4471-0092",
        "Loan Amount: $210,000.00",
        "Conditions of Approval",
        "No.         Condition",
        *rows,
    )


def scan(page: Page) -> Page:
    words = tuple(word._replace(confidence=0.96) for word in page.words)
    return evolve(page, words=words, text_source=TextSource.RECOGNIZED)


def numbered(page: Page) -> tuple[list[Field], float]:
    """Return the cells with the numbers, and the confidence of their table."""
    fields = extract_fields(load_template("conditional_approval"), [page])
    table = next(field for field in fields if field.name == "conditions")
    return [row[0] for row in table.rows], table.confidence


def test_number_between_agreeing_neighbours_is_what_they_tell_for_somebody_to_look_at() -> None:
    cells, confidence = numbered(scan(approval("1", "2", "8", "4", "5")))

    assert [cell.raw for cell in cells] == ["1", "2", "8", "4", "5"]
    assert [cell.value for cell in cells] == [None, None, 3, None, None]
    assert cells[2].confidence < _REVIEW
    assert cells[1].confidence > cells[2].confidence
    assert confidence < _REVIEW


def test_first_number_is_one_where_the_next_ones_say_so() -> None:
    cells, confidence = numbered(scan(approval("7", "2", "3")))

    assert (cells[0].raw, cells[0].value) == ("7", 1)
    assert confidence < _REVIEW


def test_last_number_that_breaks_the_run_is_doubted_as_it_was_read() -> None:
    cells, confidence = numbered(scan(approval("1", "2", "3", "9")))

    assert (cells[3].raw, cells[3].value) == ("9", None)
    assert cells[3].confidence < _REVIEW
    assert confidence < _REVIEW


def test_conditions_are_read_where_the_heading_above_them_is_lost() -> None:
    page = approval("1", "2", "3")
    lost = evolve(page, words=tuple(word for word in page.words if word.text != "Conditions"))

    assert [cell.raw for cell in numbered(scan(lost))[0]] == ["1", "2", "3"]


@pytest.mark.parametrize("page", [approval("7", "2", "3"), approval("1", "2", "9", "4")])
def test_numbers_of_a_text_layer_are_what_it_says(page) -> None:
    cells, confidence = numbered(page)

    assert all(cell.value is None for cell in cells)
    assert confidence > numbered(scan(page))[1]


@pytest.mark.parametrize(
    ("read", "better"),
    [
        ([1, 2, 3, 1, 2, 3], {}),
        # Runs of one row.
        ([1, 1, 2, 3], {}),
        ([1, 2, 3, 1, 1, 2], {}),
        # A row is lost.
        ([1, 2, 4, 5], {}),
        ([2, 3, 4], {}),
        ([0, 1, 2, 3], {}),
        # Codes and other numbers that do not run.
        ([104, 230, 6, 85], {}),
        ([7], {}),
        ([360, 12], {}),
        ([7, 2], {0: 1}),
        ([1, 7, 3], {1: 2}),
        ([1, 2, 7, 7, 5, 6], {2: 3, 3: 4}),
        # The other run may begin here, or a row of it be lost.
        ([1, 2, 3, 7, 2, 3], {3: None}),
        ([1, 2, 4, 6, 7], {2: None}),
        # Nothing tells whether a run of one row ends the table.
        ([1, 2, 3, 1], {3: None}),
    ],
)
def test_numbers_that_break_a_run_are_told(read, better) -> None:
    assert better_numbers(dict(enumerate(read))) == better


def test_row_without_a_number_keeps_its_place() -> None:
    assert better_numbers({0: 1, 2: 3, 3: 9, 4: 5}) == {3: 4}


_RUNS = st.lists(st.integers(2, 12), min_size=1, max_size=5).map(
    lambda lengths: [list(range(1, length + 1)) for length in lengths]
)


@given(runs=_RUNS)
def test_runs_that_begin_again_are_believed(runs) -> None:
    assert better_numbers(dict(enumerate(chain(*runs)))) == {}


@given(length=st.integers(3, 40), data=st.data())
def test_one_misread_number_is_mended_or_doubted(length, data) -> None:
    numbers = dict(enumerate(range(1, length + 1)))
    place = data.draw(st.integers(0, length - 1))
    misread = data.draw(st.integers(0, 999).filter(lambda number: number != place + 1))

    better = better_numbers(numbers | {place: misread})

    assert better == {place: place + 1 if place < length - 1 else None}


@given(read=st.lists(st.integers(0, 30), max_size=20))
def test_mended_numbers_are_those_of_a_run(read) -> None:
    numbers = dict(enumerate(read))
    better = better_numbers(numbers)

    mended = numbers | {place: told for place, told in better.items() if told is not None}
    assert all(told != numbers[place] for place, told in better.items())
    assert set(better) <= set(numbers)
    assert all(told is None for told in better_numbers(mended).values())


_SCHEDULE = [
    "Repayment Schedule",
    "Interest",
    "",
    "No.     Due date       Payment      Principal     Interest     Balance",
    "1       01/02/2025     1,100.00     1,000.00      100.00       9,000.00",
    "2       01/03/2025     1,090.00     1,000.00       90.00       8,000.00",
]


@pytest.mark.parametrize("misread", ["Intcrest", "I terest"])
def test_misread_header_of_a_scan_is_known_where_it_stands_right_elsewhere(misread) -> None:
    lines = [*_SCHEDULE[:3], _SCHEDULE[3].replace("Interest", misread), *_SCHEDULE[4:]]

    fields = extract_fields(load_template("payment_schedule"), [scan(make_page(*lines))])

    table = next(field for field in fields if field.name == "payment_schedule")
    read = [{cell.name: cell.raw for cell in row}.get("interest") for row in table.rows]
    assert read == ["100.00", "90.00"]
