"""One invented job, from which its W-2 and paystub are drawn. Tax figures are plausible, not a tax table."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from attrs import define

from loanbatch.testing.samples import _people as people
from loanbatch.testing.samples._formats import cents

#: 2025 rates of the Federal Insurance Contributions Act, percent of wages (26 USC 3101).
_SOCIAL_SECURITY, _MEDICARE = Decimal("6.2"), Decimal("1.45")
_PERIODS = 26
_HUNDRED = Decimal(100)


@define(kw_only=True, slots=False)
class Employment:
    """An employee with an hourly wage who is paid every two weeks."""

    employee: people.Person
    employer: people.Firm
    job_title: str
    employee_id: str
    control_number: str
    pay_rate: Decimal
    hours: Decimal
    overtime_hours: Decimal
    retirement_percent: Decimal
    medical: Decimal
    federal_percent: Decimal
    state_percent: Decimal
    period_end: date

    @property
    def state(self) -> str:
        """Two-letter code from the employer's address."""
        return self.employer.address[1].rsplit(" ", 2)[1]

    @property
    def period_number(self) -> int:
        """How many pay periods the year has had."""
        return max(1, min(_PERIODS, (self.period_end.timetuple().tm_yday + 6) // 14))

    @property
    def regular(self) -> Decimal:
        """Regular pay of a period."""
        return cents(self.pay_rate * self.hours)

    @property
    def overtime(self) -> Decimal:
        """Overtime pay of a period, at one and a half."""
        return cents(self.pay_rate * Decimal("1.5") * self.overtime_hours)

    @property
    def gross(self) -> Decimal:
        """Gross pay of a period."""
        return self.regular + self.overtime

    @cached_property
    def taxes(self) -> tuple[tuple[str, Decimal], ...]:
        """Taxes of a period."""
        taxable = self.gross - self.retirement
        return (
            ("Federal Income Tax", cents(taxable * self.federal_percent / _HUNDRED)),
            ("Social Security", cents(self.gross * _SOCIAL_SECURITY / _HUNDRED)),
            ("Medicare", cents(self.gross * _MEDICARE / _HUNDRED)),
            (f"{self.state} State Income Tax", cents(taxable * self.state_percent / _HUNDRED)),
        )

    @property
    def retirement(self) -> Decimal:
        """What goes to the retirement plan a period."""
        return cents(self.gross * self.retirement_percent / _HUNDRED)

    @property
    def deductions(self) -> tuple[tuple[str, Decimal], ...]:
        """Deductions of a period other than taxes."""
        return (("401(k)", self.retirement), ("Medical Insurance", self.medical))

    @property
    def total_taxes(self) -> Decimal:
        """Sum of a period's taxes."""
        return sum((amount for _, amount in self.taxes), Decimal(0))

    @property
    def total_deductions(self) -> Decimal:
        """Sum of a period's deductions."""
        return sum((amount for _, amount in self.deductions), Decimal(0))

    @property
    def net(self) -> Decimal:
        """What is paid out a period."""
        return self.gross - self.total_taxes - self.total_deductions


def employment(rng: Random) -> Employment:
    """Invent a job."""
    return Employment(
        employee=people.person(rng),
        employer=people.employer(rng),
        job_title=people.job(rng),
        employee_id=f"E{rng.randint(1000, 9999)}",
        control_number=f"{rng.choice('ABCDE')}{rng.randint(100, 999)}",
        pay_rate=Decimal(rng.randrange(1850, 5800, 25)) / 100,
        hours=Decimal(80),
        overtime_hours=Decimal(rng.choice([0, 0, 2, 4, 6])),
        retirement_percent=Decimal(rng.choice([3, 4, 5, 6])),
        medical=Decimal(rng.randrange(4000, 18000, 25)) / 100,
        federal_percent=Decimal(rng.choice([9, 11, 12, 14])),
        state_percent=Decimal(rng.choice(["2.5", "3.75", "4.4"])),
        period_end=date(2025, 3, 15) + timedelta(days=14 * rng.randrange(0, 19)),
    )
