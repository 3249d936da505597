"""The arithmetic of loans: appendix J of Regulation Z, level payments, schedules."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch_plugins.finance import (
    NAMED,
    Advance,
    PaymentSeries,
    amortization_schedule,
    annual_percentage_rate,
    count_between,
    effective_annual_rate,
    level_payment,
    rounded,
    unit_period_of,
)

Days = tuple[int, int, int]


def series(amount: str, first: date, count: int = 1, every: str | None = None) -> PaymentSeries:
    return PaymentSeries(
        amount=Decimal(amount),
        first_date=first,
        count=count,
        every=None if every is None else NAMED[every],
    )


def advance(amount: str, day: date) -> Advance:
    return Advance(Decimal(amount), day)


_SKIPPED = date(1978, 1, 25)


def _after(whole: int, days: int) -> date:
    return _SKIPPED + timedelta(days=28 * whole + days)


#: The worked examples of appendix J (c), with six places computed from the general equation.
EXAMPLES = {
    "c1i": (
        "9.685708",
        [advance("5000", date(1978, 1, 10))],
        [series("230", date(1978, 2, 10), 24, "month")],
    ),
    "c1ii": (
        "11.816508",
        [advance("6000", date(1978, 2, 10))],
        [series("200", date(1978, 4, 1), 36, "month")],
    ),
    "c1iv": (
        "8.970770",
        [advance("10000", date(1978, 5, 23))],
        [series("385", date(1978, 10, 1), 40, "quarter")],
    ),
    "c2i": (
        "10.082890",
        [advance("5000", date(1978, 1, 10))],
        [series("250", date(1978, 2, 10)), series("230", date(1978, 3, 10), 23, "month")],
    ),
    "c2ii": (
        "28.497940",
        [advance("400", date(1978, 3, 18))],
        [series("39.50", date(1978, 4, 20)), series("38.31", date(1978, 5, 18), 11, "4 weeks")],
    ),
    "c3i": (
        "10.500469",
        [advance("5000", date(1978, 1, 10))],
        [series("230", date(1978, 2, 10), 23, "month"), series("280", date(1980, 1, 10))],
    ),
    "c4ii": (
        "7.301765",
        [advance("8000", date(1978, 1, 10))],
        [
            series("449.36", date(1978, 3, 1)),
            series("465", date(1978, 5, 1), 18, "2 months"),
            series("200", date(1981, 5, 1)),
        ],
    ),
    "c5i": (
        "11.450980",
        [advance("1000", date(1978, 1, 3))],
        [series("1080", date(1978, 1, 3) + timedelta(days=255))],
    ),
    "c5ii": (
        "8.800000",
        [advance("1000", date(1978, 7, 15))],
        [series("1044", date(1979, 1, 15))],
    ),
    "c5iii": (
        "8.757047",
        [advance("1000", date(1978, 1, 15))],
        [series("1135.19", date(1979, 7, 15))],
    ),
    "c6i": (
        "11.995116",
        [advance("2135", _SKIPPED)],
        [
            series("100", _after(0, 26), 9, "4 weeks"),
            series("100", _after(10, 12), 6, "4 weeks"),
            series("100", _after(16, 26), 6, "4 weeks"),
            series("100", _after(23, 12), 3, "4 weeks"),
        ],
    ),
}


@pytest.mark.parametrize("case", EXAMPLES)
def test_the_worked_examples_of_appendix_j_come_out(case: str) -> None:
    expected, advances, payments = EXAMPLES[case]
    assert str(annual_percentage_rate(advances, payments).percent) == expected


@pytest.mark.parametrize(
    ("start", "end", "interval", "whole", "fraction"),
    [
        ((1978, 1, 10), (1978, 2, 10), "month", 1, Fraction(0)),
        ((1978, 2, 10), (1978, 4, 1), "month", 1, Fraction(19, 30)),
        ((1978, 2, 23), (1978, 3, 1), "half month", 0, Fraction(6, 15)),
        ((1978, 5, 23), (1978, 10, 1), "quarter", 1, Fraction(39, 90)),
        ((1978, 3, 20), (1978, 4, 21), "week", 4, Fraction(4, 7)),
        ((1978, 3, 18), (1978, 4, 20), "4 weeks", 1, Fraction(5, 28)),
        ((1978, 4, 3), (1978, 4, 11), "2 weeks", 0, Fraction(8, 14)),
        ((1978, 1, 10), (1978, 3, 1), "2 months", 0, Fraction(52, 60)),
        ((1978, 1, 15), (1979, 7, 15), "year", 1, Fraction(6, 12)),
        ((1978, 1, 10), (1979, 1, 30), "year", 1, Fraction(20, 365)),
        ((2024, 1, 1), (2024, 3, 1), "day", 60, Fraction(0)),
    ],
)
def test_whole_unit_periods_are_counted_back_from_the_later_date(
    start: Days, end: Days, interval: str, whole: int, fraction: Fraction
) -> None:
    counted = count_between(date(*start), date(*end), NAMED[interval])
    assert (counted.whole, counted.fraction) == (whole, fraction)


def test_months_of_other_length_are_equal() -> None:
    """A loan paid on the last day of each month has no odd days after its first payment."""
    ends = annual_percentage_rate(
        [advance("5000", date(2025, 12, 31))], [series("230", date(2026, 1, 31), 24, "month")]
    )
    assert str(ends.percent) == EXAMPLES["c1i"][0]


@pytest.mark.parametrize(
    ("advances", "payments", "expected"),
    [
        ([(2026, 1, 1)], [("10", (2026, 2, 1), 5, "month")], "month"),
        # as often as one another: the shorter one
        (
            [(2026, 1, 1)],
            [("10", (2026, 4, 1), 3, "month"), ("9", (2026, 6, 8), 2, "week")],
            "week",
        ),
        # none occurs twice: the standard interval next to the average of 42 and 45 days
        (
            [(2026, 1, 1)],
            [("10", (2026, 2, 12), 1, None), ("10", (2026, 3, 29), 1, None)],
            "6 weeks",
        ),
        ([(2026, 1, 1)], [("10", (2026, 9, 13), 1, None)], "255 days"),
        ([(2026, 1, 1)], [("10", (2026, 7, 1), 1, None)], "6 months"),
        ([(2026, 1, 1)], [("10", (2029, 7, 1), 1, None)], "year"),
        ([(2026, 1, 1)], [("10", (2026, 1, 15), 4, "half month")], "half month"),
    ],
)
def test_the_most_common_interval_is_the_unit_period(
    advances: list[Days], payments: list[tuple[str, Days, int, str | None]], expected: str
) -> None:
    found = unit_period_of(
        [advance("5", date(*day)) for day in advances],
        [series(amount, date(*day), count, every) for amount, day, count, every in payments],
    )
    assert str(found) == expected


_AMOUNTS = st.decimals(Decimal(1_000), Decimal(900_000), places=2)
_RATES = st.decimals(Decimal("0.125"), Decimal(36), places=3)
_TERMS = st.integers(2, 480)
_START = date(2026, 3, 12)


@given(_AMOUNTS, _RATES, _TERMS, st.sampled_from(["month", "quarter", "2 weeks", "year"]))
def test_the_rate_of_a_loan_without_charges_is_its_annual_percentage_rate(
    amount: Decimal, rate: Decimal, term: int, every: str
) -> None:
    term = min(term, 60) if every == "year" else term
    interval = NAMED[every]
    payment = level_payment(amount, rate, term, per_year=interval.per_year.numerator)
    paid = PaymentSeries(
        amount=payment, first_date=interval.after(_START, 1), count=term, every=interval
    )
    found = annual_percentage_rate([Advance(amount, _START)], [paid])
    assert abs(found.percent - rate) <= Decimal("0.000001")


@given(_AMOUNTS, _RATES, _TERMS, st.data())
def test_charges_raise_the_annual_percentage_rate(
    amount: Decimal, rate: Decimal, term: int, data: st.DataObject
) -> None:
    payment = level_payment(amount, rate, term)
    paid = [
        PaymentSeries(
            amount=payment, first_date=date(2026, 4, 12), count=term, every=NAMED["month"]
        )
    ]
    less, more = sorted(
        data.draw(st.lists(st.integers(0, 200), min_size=2, max_size=2, unique=True))
    )
    rates = [
        annual_percentage_rate([Advance(amount * (1000 - charge) / 1000, _START)], paid).percent
        for charge in (less, more)
    ]
    assert rates[0] < rates[1]


@given(_AMOUNTS, _RATES, _TERMS, st.integers(1, 99))
def test_two_advances_on_a_day_are_one(
    amount: Decimal, rate: Decimal, term: int, share: int
) -> None:
    paid = [
        PaymentSeries(
            amount=level_payment(amount, rate, term),
            first_date=date(2026, 5, 1),
            count=term,
            every=NAMED["month"],
        )
    ]
    part = amount * share / 100
    parts = [Advance(part, _START), Advance(amount - part, _START)]
    whole = annual_percentage_rate([Advance(amount, _START)], paid).percent
    assert abs(annual_percentage_rate(parts, paid).percent - whole) <= Decimal("0.000001")


@pytest.mark.parametrize(
    ("advances", "payments", "reason"),
    [
        ([], [series("1", date(2026, 2, 1))], "at least one advance"),
        ([advance("5", date(2026, 1, 1))], [], "one payment"),
        ([advance("-5", date(2026, 1, 1))], [series("1", date(2026, 2, 1))], "above 0"),
        ([advance("5", date(2026, 1, 1))], [series("6", date(2026, 1, 1))], "after the first"),
        ([advance("5", date(2026, 1, 1))], [series("4", date(2026, 2, 1))], "less than"),
    ],
)
def test_what_is_no_loan_is_refused(
    advances: list[Advance], payments: list[PaymentSeries], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        annual_percentage_rate(advances, payments)


@pytest.mark.parametrize(
    ("amount", "rate", "term", "expected"),
    [
        ("162000", "3.875", 360, "761.784076"),
        ("200000", "6.5", 360, "1264.136047"),
        ("250000", "4.25", 180, "1880.696028"),
        ("500000", "12", 36, "16607.154906"),
        ("20000", "15", 24, "969.732961"),
        ("1200", "0", 12, "100.000000"),
    ],
)
def test_level_payments_equal_published_ones(
    amount: str, rate: str, term: int, expected: str
) -> None:
    assert f"{level_payment(Decimal(amount), Decimal(rate), term):.6f}" == expected


@given(_AMOUNTS, _RATES, _TERMS, st.decimals(Decimal(0), Decimal(5_000), places=2))
def test_a_schedule_repays_the_loan_and_ties_out(
    amount: Decimal, rate: Decimal, term: int, extra: Decimal
) -> None:
    rows = list(amortization_schedule(amount, rate, term, extra=extra))
    assert sum(row.principal for row in rows) == amount
    assert rows[-1].balance == 0
    assert all(row.payment == row.interest + row.principal for row in rows)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) <= term


@given(_AMOUNTS, _RATES, st.integers(24, 360))
def test_prepaying_saves_interest(amount: Decimal, rate: Decimal, term: int) -> None:
    plain = sum(row.interest for row in amortization_schedule(amount, rate, term))
    extra = rounded(amount / 100)
    ahead = sum(row.interest for row in amortization_schedule(amount, rate, term, extra=extra))
    assert ahead < plain


def test_a_payment_below_the_interest_is_refused() -> None:
    with pytest.raises(ValueError, match="never ends"):
        list(amortization_schedule(Decimal(100_000), Decimal(12), 24, payment=Decimal(500)))


def test_the_effective_rate_compounds() -> None:
    assert f"{effective_annual_rate(Decimal(12)):.6f}" == "12.682503"
    assert effective_annual_rate(Decimal(7), 1) == 7
