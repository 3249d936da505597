"""What the templates make of scanned bank statements whose amounts and days were misread.

A repaired value is proved by the balances around it, and for somebody to look at where recognition
was in doubt; what nothing proves is left as it was read.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Field, Page, TextSource, Word
from loanbatch.settings import Settings
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._ledger import Posting
from loanbatch_plugins.templates._loading import load_template
from loanbatch_plugins.templates._mending import mend

_REVIEW = Settings().review_threshold
_STATEMENT = """
Account Statement
Statement Period: 10/01/2025 - 10/31/2025
Beginning Balance on 10/01/2025            1,000.00
Ending Balance on 10/31/2025               1,400.00

Date         Description             Deposits   Withdrawals      Balance
10/02/2025   CHECK                                    50.00       950.00
10/05/2025   PAYROLL                   600.00                   1,550.00
10/09/2025   ELECTRIC                                100.00     1,450.00
10/20/2025   FUEL                                     50.00     1,400.00
"""
_READ = [
    ("2025-10-02", "CHECK", "-50.00", "950.00"),
    ("2025-10-05", "PAYROLL", "600.00", "1550.00"),
    ("2025-10-09", "ELECTRIC", "-100.00", "1450.00"),
    ("2025-10-20", "FUEL", "-50.00", "1400.00"),
]


def scan(text: str, doubted: str = "") -> Page:
    """Return a page of recognized words; those that `doubted` lists were hard to read."""
    words = [
        Word(
            found[0],
            left := 20 + 6.0 * found.start(),
            top,
            left + 6.0 * len(found[0]) - 1.0,
            top + 6.0,
            0.4 if found[0] in doubted.split() else 0.95,
        )
        for top, line in ((40 + 14.0 * n, line) for n, line in enumerate(text.splitlines()))
        for found in re.finditer(r"\S+", line)
    ]
    return Page(
        number=1,
        width=612.0,
        height=792.0,
        words=tuple(words),
        text_source=TextSource.RECOGNIZED,
    )


def read(text: str, doubted: str = "") -> Field:
    """Return the transactions of a scanned statement."""
    template = load_template("bank_statement")
    assert template is not None
    fields = extract_fields(template, [scan(text, doubted)])
    return next(field for field in fields if field.name == "transactions")


def table(field: Field) -> list[tuple[str, ...]]:
    return [tuple(str(c.raw if c.value is None else c.value) for c in row) for row in field.rows]


def test_sound_scan_is_read_without_doubt() -> None:
    field = read(_STATEMENT)

    assert table(field) == _READ
    assert field.confidence >= _REVIEW


@pytest.mark.parametrize(
    ("printed", "recognized"),
    [
        # An amount, a balance, both of one row, and a balance whose separators were lost.
        ("600.00  ", "SO0.0O  "),
        ("1,550.00", "E,SSO%00"),
        ("600.00                   1,550.00", "60000                    1SSO)00 "),
        ("1,450.00", "14502700"),
    ],
)
def test_misread_amounts_are_told_by_the_balances(printed: str, recognized: str) -> None:
    field = read(_STATEMENT.replace(printed, recognized), recognized)

    assert table(field) == _READ
    assert field.confidence < _REVIEW


def test_amount_that_was_easy_to_read_is_not_mended() -> None:
    """A row may be missing as well, so that nothing tells what is wrong."""
    field = read(_STATEMENT.replace(" 100.00  ", " 700.00  "))

    assert table(field)[2] == ("2025-10-09", "ELECTRIC", "-700.00", "1450.00")
    assert field.confidence < _REVIEW


def test_month_that_was_misread_is_that_of_the_period() -> None:
    assert table(read(_STATEMENT.replace("10/09/2025", "40/09/2025"))) == _READ


def test_row_of_which_nothing_is_known_makes_the_table_doubted() -> None:
    lost = _STATEMENT.replace(
        "600.00                   1,550.00", "6O0O0                    1SSO)00 "
    )
    lost = lost.replace(" 100.00     1,450.00", " 1O0.OO     A,4S0.0O")

    field = read(lost, "6O0O0 1SSO)00 1O0.OO A,4S0.0O")

    assert [row[0] for row in table(field)] == ["2025-10-02", "2025-10-20"]
    assert field.confidence < _REVIEW


_AMOUNTS = st.lists(
    st.integers(-100_000, 100_000).filter(bool).map(lambda cents: Decimal(cents) / 100),
    min_size=3,
    max_size=8,
)


@given(amounts=_AMOUNTS, data=st.data())
def test_one_unreadable_amount_or_balance_is_what_the_others_tell(
    amounts: list[Decimal], data: st.DataObject
) -> None:
    balances = [sum(amounts[: n + 1], Decimal(500)) for n in range(len(amounts))]
    postings = [
        Posting(None, amount, True, balance, sign=1 if amount > 0 else -1, has_balance=True)
        for amount, balance in zip(amounts, balances, strict=True)
    ]
    lost = postings[data.draw(st.integers(0, len(postings) - 1))]
    if data.draw(st.booleans()):
        lost.amount = None
    else:
        lost.balance = None

    mend(postings, Decimal(500), balances[-1])

    assert [(p.amount, p.balance) for p in postings] == list(zip(amounts, balances, strict=True))
    assert [p.mended for p in postings] == [p is lost for p in postings]


@given(amounts=_AMOUNTS, data=st.data())
def test_consistent_postings_are_left_alone(amounts: list[Decimal], data: st.DataObject) -> None:
    balances = [sum(amounts[: n + 1], Decimal(500)) for n in range(len(amounts))]
    postings = [
        Posting(None, amount, True, balance, has_balance=True, doubtful=data.draw(st.booleans()))
        for amount, balance in zip(amounts, balances, strict=True)
    ]

    mend(postings, Decimal(500), balances[-1])

    assert [(p.amount, p.balance) for p in postings] == list(zip(amounts, balances, strict=True))
    assert not any(p.mended for p in postings)


@pytest.mark.parametrize("opening", [None, Decimal(3)])
@pytest.mark.parametrize(
    "posting",
    [Posting(None, None), Posting(None, Decimal(7)), Posting(None, None, balance=Decimal(8))],
    ids=["nothing", "amount", "balance"],
)
def test_long_accounts_of_which_little_is_known_stay_as_they_were_read(posting, opening):
    postings = [evolve(posting) for _ in range(1500)]

    mend(postings, opening, None)

    # One amount alone may be what the first balance tells.
    assert postings[1:] == [posting] * 1499
