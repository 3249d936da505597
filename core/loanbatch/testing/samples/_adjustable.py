"""An adjustable rate: five years fixed, then a change every year within limits, and what the payments can become."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from attrs import define, frozen

from loanbatch.testing.samples._arithmetic import annual_percentage_rate, payment
from loanbatch.testing.samples._formats import cents
from loanbatch.testing.samples._mortgage import Mortgage

_FIXED_YEARS = 5
#: Percentage points: at the first change and each later one, and over the life.
_STEP, _LIFE = Decimal(2), Decimal(5)
_MARGIN = Decimal("2.25")
_PER_YEAR = 12


@frozen(kw_only=True)
class Period:
    """Years in which the same bounds hold, inclusive."""

    first_year: int
    last_year: int
    #: Principal and interest a month.
    least: Decimal
    most: Decimal


@define(kw_only=True, slots=False)
class AdjustableRate:
    """The rate of a loan without mortgage insurance."""

    loan: Mortgage

    @property
    def lowest(self) -> Decimal:
        """Percent a year: never below the margin."""
        return _MARGIN

    @property
    def highest(self) -> Decimal:
        """Percent a year."""
        return self.loan.terms.rate + _LIFE

    @property
    def margin(self) -> Decimal:
        """Percentage points over the index."""
        return _MARGIN

    @cached_property
    def periods(self) -> list[Period]:
        """The columns of the table of projected payments."""
        years = self.loan.terms.months // _PER_YEAR
        fixed = self.loan.principal_and_interest
        low, high = self._path(down=True), self._path(down=False)
        return [
            Period(first_year=1, last_year=_FIXED_YEARS, least=fixed, most=fixed),
            *(
                Period(
                    first_year=_FIXED_YEARS + 1 + index,
                    last_year=years if index == 2 else _FIXED_YEARS + 1 + index,
                    least=least,
                    most=most,
                )
                for index, (least, most) in enumerate(zip(low, high, strict=True))
            ),
        ]

    def _path(self, *, down: bool) -> list[Decimal]:
        """Return the payment of each of the years after the fixed ones if the rate goes one way only."""
        terms = self.loan.terms
        balance, rate = self.loan.balance_after[_FIXED_YEARS * _PER_YEAR - 1], terms.rate
        left, result = terms.months - _FIXED_YEARS * _PER_YEAR, []
        for _ in range(3):
            rate = max(self.lowest, rate - _STEP) if down else min(self.highest, rate + _STEP)
            due = payment(balance, rate, left)
            result.append(cents(due))
            for _ in range(_PER_YEAR):
                balance += balance * rate / 1200 - due
            left -= _PER_YEAR
        return result

    @property
    def stream(self) -> list[tuple[int, Decimal]]:
        """Payments as disclosed: at the first rate, then at an index that makes one point more."""
        terms, fixed = self.loan.terms, _FIXED_YEARS * _PER_YEAR
        later = payment(self.loan.balance_after[fixed - 1], terms.rate + 1, terms.months - fixed)
        return [
            (month, self.loan.principal_and_interest if month <= fixed else cents(later))
            for month in range(1, terms.months + 1)
        ]

    @cached_property
    def apr(self) -> Decimal:
        """Annual percentage rate of the payments as disclosed."""
        return annual_percentage_rate(self.loan.amount_financed, self.stream)

    @property
    def total_interest_percentage(self) -> Decimal:
        """Interest of the payments as disclosed, prepaid interest included, by the loan amount."""
        amount = self.loan.terms.amount
        interest = sum((due for _, due in self.stream), Decimal(0)) - amount
        return (interest + self.loan.prepaid_interest) / amount * 100
