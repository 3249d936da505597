"""One invented Indian education loan: its terms, and everything that follows from them. Amounts in rupees."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from attrs import define

from loanbatch.testing.samples import _people as people
from loanbatch.testing.samples._arithmetic import months_later, payment
from loanbatch.testing.samples._formats import cents, whole

_HUNDRED = Decimal(100)
#: Goods and services tax on a bank's charges, percent.
_TAX = Decimal(18)


@define(kw_only=True, slots=False)
class EducationLoan:
    """A floating-rate loan with a moratorium for the course and some months after it."""

    parties: people.IndianLoanParties
    identifier: str
    applied: date
    issued: date
    amount: Decimal
    margin_percent: Decimal
    benchmark: str
    benchmark_rate: Decimal
    spread: Decimal
    moratorium_months: int
    #: Number of instalments.
    months: int
    processing_percent: Decimal
    penal_percent: Decimal
    tranches: int
    collateral: str
    collateral_value: Decimal

    @property
    def rate(self) -> Decimal:
        """Percent a year."""
        return self.benchmark_rate + self.spread

    @property
    def cost_of_course(self) -> Decimal:
        """What the course costs: the loan is that less the margin."""
        return whole(self.amount * _HUNDRED / (_HUNDRED - self.margin_percent))

    @property
    def moratorium_interest(self) -> Decimal:
        """Simple interest of the moratorium on the whole loan."""
        return cents(self.amount * self.rate / 1200 * self.moratorium_months)

    @cached_property
    def instalment(self) -> Decimal:
        """Equated monthly instalment, in whole rupees."""
        return whole(payment(self.amount + self.moratorium_interest, self.rate, self.months))

    @property
    def total_months(self) -> int:
        """Moratorium and repayment."""
        return self.moratorium_months + self.months

    @property
    def first_payment(self) -> date:
        """The tenth of the month after the moratorium."""
        return months_later(self.issued.replace(day=10), self.moratorium_months + 1)

    @property
    def valid_until(self) -> date:
        """Six months after the sanction."""
        return months_later(self.issued, 6)

    @property
    def processing_fee(self) -> Decimal:
        """Without tax."""
        return cents(self.amount * self.processing_percent / _HUNDRED)

    @property
    def processing_tax(self) -> Decimal:
        """Tax on the processing fee."""
        return cents(self.processing_fee * _TAX / _HUNDRED)

    @property
    def schedule(self) -> list[tuple[str, date, Decimal]]:
        """Disbursements: label, date, amount; they add up to the loan."""
        share = whole(self.amount / self.tranches / 1000) * 1000
        amounts = [share] * (self.tranches - 1)
        amounts.append(self.amount - sum(amounts, Decimal(0)))
        start = self.issued + timedelta(days=25)
        return [
            (f"Year {index + 1} tuition and hostel fees", months_later(start, 12 * index), amount)
            for index, amount in enumerate(amounts)
        ]


def education_loan(rng: Random) -> EducationLoan:
    """Invent a loan."""
    parties = people.indian_loan_parties(rng)
    issued = date(2025, 4, 7) + timedelta(days=rng.randrange(0, 320))
    amount = Decimal(rng.randrange(40, 340) * 10000)
    city = parties.city[:3].upper()
    return EducationLoan(
        parties=parties,
        identifier=f"{city}/EDU/{issued:%Y}/{rng.randint(1000, 99999):05d}",
        applied=issued - timedelta(days=rng.randrange(9, 28)),
        issued=issued,
        amount=amount,
        margin_percent=Decimal(rng.choice([5, 10, 15])),
        benchmark=rng.choice(["EBLR", "MCLR", "RLLR"]),
        benchmark_rate=Decimal(rng.randrange(780, 905, 5)) / 100,
        spread=Decimal(rng.randrange(50, 260, 5)) / 100,
        moratorium_months=parties.course_months + rng.choice([6, 12]),
        months=rng.choice([84, 120, 144, 180]),
        processing_percent=rng.choice([Decimal("0.5"), Decimal(1)]),
        penal_percent=Decimal(rng.choice([1, 2])),
        tranches=max(2, parties.course_months // 12),
        collateral=f"Equitable mortgage of house at {', '.join(parties.address)}",
        collateral_value=whole(amount * Decimal(rng.randrange(120, 180)) / 100 / 1000) * 1000,
    )
