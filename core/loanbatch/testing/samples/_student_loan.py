"""One invented private education loan: its terms, and everything that follows from them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from attrs import define

from loanbatch.testing.samples import _people as people
from loanbatch.testing.samples._arithmetic import annual_percentage_rate, months_later, payment
from loanbatch.testing.samples._formats import cents

_HUNDRED = Decimal(100)


@define(kw_only=True, slots=False)
class StudentLoan:
    """Payments are deferred while the student is enrolled; the interest of that time is added once."""

    borrower: people.Person
    co_signer: str
    lender: people.Firm
    school: str
    identifier: str
    product: str
    issued: date
    amount: Decimal
    #: Percent a year.
    rate: Decimal
    variable: bool
    #: Percent a year; the index of a variable rate.
    benchmark_rate: Decimal
    rate_maximum: Decimal
    #: Number of payments.
    months: int
    deferment_months: int
    fee_percent: Decimal
    late_fee_percent: Decimal
    late_fee_amount: Decimal
    late_fee_days: int
    returned_payment_fee: Decimal
    #: Of the amount financed; the school gets the rest.
    paid_to_borrower: Decimal

    @property
    def spread(self) -> Decimal:
        """Margin over the index, in percentage points."""
        return self.rate - self.benchmark_rate

    @property
    def fee(self) -> Decimal:
        """Origination fee, taken off the loan."""
        return cents(self.amount * self.fee_percent / _HUNDRED)

    @property
    def amount_financed(self) -> Decimal:
        """Loan less origination fee."""
        return self.amount - self.fee

    @property
    def deferred_interest(self) -> Decimal:
        """Simple interest of the deferment, in twelfths of a year."""
        return cents(self.amount * self.rate / 1200 * self.deferment_months)

    def payment_at(self, rate: Decimal) -> Decimal:
        """Return the monthly payment at a rate, deferred interest at that rate included."""
        interest = cents(self.amount * rate / 1200 * self.deferment_months)
        return cents(payment(self.amount + interest, rate, self.months))

    @cached_property
    def monthly(self) -> Decimal:
        """Payment a month once the deferment is over."""
        return self.payment_at(self.rate)

    @property
    def total(self) -> Decimal:
        """Total of payments."""
        return self.monthly * self.months

    @property
    def finance_charge(self) -> Decimal:
        """Total of payments less the amount financed."""
        return self.total - self.amount_financed

    @cached_property
    def apr(self) -> Decimal:
        """Annual percentage rate, with payments from the month after the deferment."""
        first = self.deferment_months + 1
        stream = [(month, self.monthly) for month in range(first, first + self.months)]
        return annual_percentage_rate(self.amount_financed, stream)

    @property
    def disbursed(self) -> date:
        """When the money goes out."""
        return self.issued + timedelta(days=16)

    @property
    def first_payment(self) -> date:
        """A month after the deferment."""
        return months_later(self.disbursed.replace(day=15), self.deferment_months + 1)

    @property
    def last_payment(self) -> date:
        """Maturity."""
        return months_later(self.first_payment, self.months - 1)

    @property
    def acceptance_deadline(self) -> date:
        """30 days after the approval (12 CFR 1026.48(c))."""
        return self.issued + timedelta(days=30)

    @property
    def cancellation_deadline(self) -> date:
        """Three business days and some for the mail (12 CFR 1026.48(d))."""
        return self.issued + timedelta(days=7)


def student_loan(rng: Random) -> StudentLoan:
    """Invent a loan."""
    borrower = people.person(rng)
    family = borrower.name.split()[1]
    amount = Decimal(rng.randrange(40, 320) * 100)
    rate = Decimal(rng.randrange(425, 1275)) / 100
    return StudentLoan(
        borrower=borrower,
        co_signer=people.full_name(rng, family) if rng.random() < 0.7 else "",
        lender=people.student_lender(rng),
        school=people.school(rng),
        identifier=f"PEL-{rng.randint(24, 26)}-{rng.randint(100000, 999999)}",
        product=rng.choice(["Undergraduate Loan", "Graduate Loan", "Career Training Loan"]),
        issued=date(2025, 6, 2) + timedelta(days=rng.randrange(0, 300)),
        amount=amount,
        rate=rate,
        variable=rng.random() < 0.5,
        benchmark_rate=Decimal(rng.randrange(301, 424)) / 100,
        rate_maximum=Decimal(rng.choice([18, 21, 25])),
        months=rng.choice([120, 144, 180]),
        deferment_months=rng.choice([21, 33, 45, 51]),
        fee_percent=Decimal(rng.choice(["0", "2", "3", "4"])),
        late_fee_percent=Decimal(rng.choice([4, 5])),
        late_fee_amount=Decimal(rng.choice([5, 15, 25])),
        late_fee_days=rng.choice([10, 15]),
        returned_payment_fee=Decimal(rng.choice([15, 20, 25])),
        paid_to_borrower=Decimal(rng.choice([0, 500, 1200])),
    )
