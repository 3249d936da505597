"""One invented mortgage, from which its Loan Estimate, Closing Disclosure and note are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from attrs import define, evolve, frozen

from loanbatch.testing.samples import _people as people
from loanbatch.testing.samples._arithmetic import (
    annual_percentage_rate,
    balances,
    months_later,
    payment,
)
from loanbatch.testing.samples._formats import cents, whole

_HUNDRED = Decimal(100)
#: Mortgage insurance ends when the balance is scheduled to reach this share of the price.
_INSURANCE_ENDS = Decimal("0.78")


@frozen(kw_only=True)
class Fee:
    """A line of sections A to H."""

    section: str
    label: str
    amount: Decimal
    paid_to: str = ""
    #: borrower, seller, other
    paid_by: str = "borrower"
    #: at_closing, before_closing
    paid_when: str = "at_closing"


@frozen(kw_only=True)
class Terms:
    """What was agreed."""

    price: Decimal
    amount: Decimal
    #: Percent a year.
    rate: Decimal
    months: int
    deposit: Decimal
    seller_credit: Decimal
    #: A month each.
    insurance_premium: Decimal
    taxes: Decimal
    homeowners_insurance: Decimal
    association_dues: Decimal
    #: 0 for none.
    prepayment_penalty: Decimal
    late_fee_percent: Decimal
    lender_credit: Decimal


@define(kw_only=True, slots=False)
class Mortgage:
    """The loan, its parties, and everything that follows from its terms."""

    borrowers: Sequence[people.Person]
    sellers: Sequence[people.Person]
    lender: people.Firm
    agent: people.Firm
    broker_buyer: people.Firm
    broker_seller: people.Firm
    property_lines: tuple[str, str]
    identifier: str
    file_number: str
    case_number: str
    mortgage_type: str
    issued: date
    closing: date
    terms: Terms
    fees: tuple[Fee, ...]
    adjustment_to_seller: Decimal
    adjustment_to_borrower: Decimal
    #: Of a refinance: whom and what the new loan pays off.
    payoffs: tuple[tuple[str, Decimal], ...] = ()
    #: Where the first borrower works, and for how much a month; invented where nobody says so.
    employer: str = ""
    monthly_income: Decimal | None = None

    @cached_property
    def first_payment(self) -> date:
        """The first of the second month after closing."""
        return months_later(self.closing.replace(day=1), 2)

    @cached_property
    def exact_payment(self) -> Decimal:
        """Principal and interest a month, unrounded."""
        return payment(self.terms.amount, self.terms.rate, self.terms.months)

    @property
    def principal_and_interest(self) -> Decimal:
        """Principal and interest a month, in cents."""
        return cents(self.exact_payment)

    @property
    def escrow(self) -> Decimal:
        """Taxes and insurance a month."""
        return self.terms.taxes + self.terms.homeowners_insurance

    @cached_property
    def balance_after(self) -> list[Decimal]:
        """Balance after each payment."""
        return balances(self.terms.amount, self.terms.rate, self.terms.months)

    @cached_property
    def insured_months(self) -> int:
        """Payments that contain a mortgage insurance premium."""
        if not self.terms.insurance_premium:
            return 0
        limit = self.terms.price * _INSURANCE_ENDS
        return next(n for n, left in enumerate(self.balance_after, 1) if left <= limit)

    def paid(self, sections: str, *, by: str = "borrower", when: str = "") -> Decimal:
        """Return the sum of fees of some sections, by payer and time."""
        return sum(
            (
                fee.amount
                for fee in self.fees
                if fee.section in sections
                and fee.paid_by == by
                and (fee.paid_when == when or not when)
            ),
            Decimal(0),
        )

    def estimated(self, sections: str) -> Decimal:
        """Return what a Loan Estimate says of some sections: each fee in whole dollars."""
        fees = (fee for fee in self.fees if fee.section in sections and fee.paid_by == "borrower")
        return sum((whole(fee.amount) for fee in fees), Decimal(0))

    @property
    def estimated_closing_costs(self) -> Decimal:
        """Total J of the Loan Estimate."""
        return self.estimated("ABCEFGH") - self.terms.lender_credit

    @property
    def estimated_cash_to_close(self) -> Decimal:
        """Cash to close of the Loan Estimate, made when nothing was known of adjustments."""
        return self.estimated_closing_costs + self.down_payment - self.terms.deposit

    @property
    def loan_costs(self) -> Decimal:
        """Total D."""
        return self.paid("ABC")

    @property
    def other_costs(self) -> Decimal:
        """Total I."""
        return self.paid("EFGH")

    @property
    def closing_costs(self) -> Decimal:
        """Total J."""
        return self.loan_costs + self.other_costs - self.terms.lender_credit

    @property
    def paid_before(self) -> Decimal:
        """Closing costs that the borrower paid before closing."""
        return self.paid("ABCEFGH", when="before_closing")

    @property
    def down_payment(self) -> Decimal:
        """Price less loan."""
        return self.terms.price - self.terms.amount

    @property
    def adjustments(self) -> Decimal:
        """Adjustments and other credits: what is due from the borrower less what is credited."""
        return self.adjustment_to_seller - self.adjustment_to_borrower

    @property
    def cash_to_close(self) -> Decimal:
        """What the borrower brings."""
        return (
            self.closing_costs
            - self.paid_before
            + self.down_payment
            - self.terms.deposit
            - self.terms.seller_credit
            + self.adjustments
        )

    @property
    def total_payoffs(self) -> Decimal:
        """What the new loan pays off."""
        return sum((amount for _, amount in self.payoffs), Decimal(0))

    @property
    def cash_to_borrower(self) -> Decimal:
        """What a refinance leaves to the borrower; negative where the borrower brings it."""
        costs = self.closing_costs - self.paid_before
        return self.terms.amount - costs - self.total_payoffs

    @property
    def estimated_cash_to_borrower(self) -> Decimal:
        """The same of the Loan Estimate."""
        return self.terms.amount - self.estimated_closing_costs - whole(self.total_payoffs)

    @property
    def prepaid_interest(self) -> Decimal:
        """The line of section F."""
        return next(f.amount for f in self.fees if f.label.startswith("Prepaid Interest"))

    @property
    def prepaid_finance_charge(self) -> Decimal:
        """Origination charges and prepaid interest."""
        return self.paid("A") + self.prepaid_interest

    @cached_property
    def total_of_payments(self) -> Decimal:
        """Principal, interest, mortgage insurance, loan costs and prepaid interest."""
        return cents(
            self.exact_payment * self.terms.months
            + self.insured_months * self.terms.insurance_premium
            + self.loan_costs
            + self.prepaid_interest
        )

    @property
    def amount_financed(self) -> Decimal:
        """Loan less prepaid finance charge."""
        return self.terms.amount - self.prepaid_finance_charge

    @property
    def finance_charge(self) -> Decimal:
        """Scheduled payments less the amount financed."""
        scheduled = (
            self.exact_payment * self.terms.months
            + self.insured_months * self.terms.insurance_premium
        )
        return cents(scheduled - self.amount_financed)

    @cached_property
    def apr(self) -> Decimal:
        """Annual percentage rate, by the payments as scheduled."""
        stream = [
            (
                n,
                self.principal_and_interest
                + (self.terms.insurance_premium if n <= self.insured_months else 0),
            )
            for n in range(1, self.terms.months + 1)
        ]
        return annual_percentage_rate(self.amount_financed, stream)

    @property
    def total_interest_percentage(self) -> Decimal:
        """Interest over the life, prepaid interest included, by the loan amount."""
        interest = self.exact_payment * self.terms.months - self.terms.amount
        return (interest + self.prepaid_interest) / self.terms.amount * _HUNDRED

    @property
    def in_five_years(self) -> tuple[Decimal, Decimal]:
        """Total paid, and principal paid, in 60 months; dollars."""
        insured = min(60, self.insured_months)
        total = (
            self.principal_and_interest * 60
            + insured * self.terms.insurance_premium
            + self.loan_costs
        )
        return whole(total), whole(self.terms.amount - self.balance_after[59])


def _terms(rng: Random) -> Terms:
    price = Decimal(rng.randrange(180, 620, 5) * 1000)
    share = rng.choice([Decimal("0.75"), Decimal("0.8"), Decimal("0.9"), Decimal("0.95")])
    amount = price * share
    premium = cents(amount * Decimal(rng.randint(40, 75)) / 120000) if share > Decimal("0.8") else 0
    return Terms(
        price=price,
        amount=amount,
        rate=Decimal(rng.randrange(3875, 7750, 125)) / 1000,
        months=rng.choice([360, 360, 240, 180]),
        deposit=Decimal(rng.randrange(2, 12) * 1000),
        seller_credit=Decimal(rng.choice([0, 1500, 2500])),
        insurance_premium=Decimal(premium),
        taxes=cents(price * Decimal(rng.randint(70, 150)) / 120000),
        homeowners_insurance=cents(price * Decimal(rng.randint(28, 55)) / 120000),
        association_dues=Decimal(rng.choice([0, 120, 165])),
        prepayment_penalty=cents(amount * 2 / 100) if rng.random() < 0.3 else Decimal(0),
        late_fee_percent=Decimal(rng.choice([4, 5])),
        lender_credit=Decimal(rng.choice([0, 0, 250, 500])),
    )


def _loan_fees(rng: Random, terms: Terms) -> list[Fee]:
    points = rng.choice([Decimal("0.25"), Decimal("0.5"), Decimal(1)])
    title = f"{rng.choice(['Amber', 'Ridge', 'Willow'])} Title Services"
    data = "Factsheet Data Co."

    def price(low: int, high: int) -> Decimal:
        return Decimal(rng.randrange(low * 4, high * 4)) / 4

    fees = [
        ("A", f"{points}% of Loan Amount (Points)", cents(terms.amount * points / _HUNDRED), ""),
        ("A", "Application Fee", price(200, 450), ""),
        ("A", "Underwriting Fee", price(600, 1200), ""),
        ("B", "Credit Report Fee", price(25, 60), data),
        ("B", "Flood Determination Fee", price(15, 30), data),
        ("B", "Tax Monitoring Fee", price(60, 95), data),
        ("C", "Pest Inspection Fee", price(80, 150), "Ladybird Pest Control"),
        ("C", "Survey Fee", price(85, 300), "Plumbline Surveys Co."),
        ("C", "Title - Lender's Title Insurance", price(400, 900), title),
        ("C", "Title - Settlement Agent Fee", price(300, 600), title),
        ("C", "Title - Title Search", price(350, 800), title),
    ]
    appraisal = Fee(
        section="B",
        label="Appraisal Fee",
        amount=price(405, 650),
        paid_to="Truewell Appraisers Inc.",
        paid_when="before_closing",
    )
    rest = [Fee(section=s, label=n, amount=a, paid_to=to) for s, n, a, to in fees]
    return [*rest[:3], appraisal, *rest[3:]]


def _other_fees(rng: Random, terms: Terms, closing: date) -> list[Fee]:
    daily = cents(terms.amount * terms.rate / 36500)
    until = months_later(closing.replace(day=1), 1)
    span = f"(${daily} per day from {closing.month}/{closing.day}/{closing:%y} to {until.month}/1/{until:%y})"
    insurer = "Umbrella Tree Insurance Co."
    deed, mortgage = Decimal(rng.randint(30, 60)), Decimal(rng.randint(40, 90))
    months = rng.choice([2, 3])
    commission = cents(terms.price * Decimal("0.025"))
    escrowed = (terms.homeowners_insurance, terms.taxes)
    return [
        Fee(section="E", label="Recording Fees", amount=deed + mortgage),
        Fee(section="E", label="Transfer Tax", amount=cents(terms.price / 200), paid_by="seller"),
        Fee(
            section="F",
            label="Homeowner's Insurance Premium (12 mo.)",
            amount=terms.homeowners_insurance * 12,
            paid_to=insurer,
        ),
        Fee(section="F", label=f"Prepaid Interest {span}", amount=daily * (until - closing).days),
        Fee(section="F", label="Property Taxes (6 mo.)", amount=terms.taxes * 6, paid_to="County"),
        *(
            Fee(
                section="G",
                label=f"{name} ${amount} per month for {months} mo.",
                amount=amount * months,
            )
            for name, amount in zip(
                ("Homeowner's Insurance", "Property Taxes"), escrowed, strict=True
            )
        ),
        Fee(section="G", label="Aggregate Adjustment", amount=-Decimal(rng.randint(1, 99)) / 100),
        Fee(
            section="H",
            label="Home Inspection Fee",
            amount=Decimal(rng.randint(300, 700)),
            paid_to="Goodbeam Engineers",
        ),
        Fee(
            section="H",
            label="Home Warranty Fee",
            amount=Decimal(450),
            paid_to="Evergood Warranty",
            paid_by="seller",
        ),
        Fee(
            section="H",
            label="Real Estate Commission",
            amount=commission,
            paid_to="Broker",
            paid_by="seller",
        ),
        Fee(
            section="H",
            label="Title - Owner's Title Insurance (optional)",
            amount=Decimal(rng.randint(500, 1200)),
            paid_to="Ridge Title Services",
        ),
    ]


def mortgage(rng: Random) -> Mortgage:
    """Invent a purchase loan."""
    first = people.person(rng)
    borrowers = [first]
    if rng.random() < 0.6:
        borrowers.append(people.person(rng, home=first.address))
    seller = people.person(rng)
    terms = _terms(rng)
    closing = date(2025, 1, 6) + timedelta(days=rng.randrange(0, 500))
    return Mortgage(
        borrowers=borrowers,
        sellers=[seller, people.person(rng, home=seller.address)][: rng.choice([1, 2])],
        lender=people.lender(rng),
        agent=people.settlement_agent(rng),
        broker_buyer=people.real_estate_broker(rng),
        broker_seller=people.real_estate_broker(rng),
        property_lines=people.address(rng),
        identifier=str(rng.randint(100000000, 999999999)),
        file_number=f"{rng.randint(10, 99)}-{rng.randint(1000, 9999)}",
        case_number=f"{rng.randint(100, 999):09d}",
        mortgage_type="Conventional",
        issued=closing - timedelta(days=4),
        closing=closing,
        terms=terms,
        fees=(*_loan_fees(rng, terms), *_other_fees(rng, terms, closing)),
        adjustment_to_seller=cents(Decimal(rng.randrange(3000, 20000)) / 100),
        adjustment_to_borrower=cents(Decimal(rng.randrange(20000, 90000)) / 100),
    )


def refinanced(loan: Mortgage) -> Mortgage:
    """Return a loan that pays off an older one on the same house: no seller, no sale."""
    older = cents(loan.terms.amount * Decimal(loan.terms.months + 500) / 1000)
    payoffs = (("Payoff of Existing Mortgage", older), ("Amber Card Services", older % 7000 + 900))
    return evolve(
        loan,
        sellers=(),
        fees=tuple(fee for fee in loan.fees if fee.paid_by == "borrower"),
        terms=evolve(loan.terms, seller_credit=Decimal(0)),
        payoffs=payoffs,
    )


def uninsured(loan: Mortgage) -> Mortgage:
    """Return the loan without mortgage insurance."""
    return evolve(loan, terms=evolve(loan.terms, insurance_premium=Decimal(0)))
