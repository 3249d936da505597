"""The papers of one loan, a file each, that agree with one another but where one is told to differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from attrs import evolve, frozen

from loanbatch.errors import UsageError
from loanbatch.testing.samples import _people as people
from loanbatch.testing.samples._bank_statement import Account, account
from loanbatch.testing.samples._employment import Employment, employment
from loanbatch.testing.samples._formats import cents
from loanbatch.testing.samples._making import draw_sample
from loanbatch.testing.samples._mortgage import Fee, Mortgage, mortgage
from loanbatch.testing.samples._truth import Sample

_KINDS = (
    "loan_application",
    "loan_estimate",
    "transmittal_summary",
    "closing_disclosure",
    "promissory_note",
    "w2",
    "paystub",
    "bank_statement",
)
#: Styles that tell of one and the same purchase: others are of a refinance, or have late charges of
#: their own.
_STYLES: Mapping[str, Sequence[str]] = {
    "promissory_note": ("agency", "modern", "typewriter"),
    "closing_disclosure": ("form", "serif", "typed"),
    "loan_estimate": ("form", "serif", "typed"),
}
#: Pays of a year, and hours of each without overtime.
_PAYS, _HOURS = 26, 80
#: From the Closing Disclosure to closing: three business days whatever the holidays.
_DAYS_BEFORE = 7


@frozen(kw_only=True)
class Contradiction:
    """Something that one paper of a loan file says otherwise than the others."""

    kind: str
    #: What it makes of the facts that the paper is drawn from.
    change: Callable[[Any], Any]
    #: Codes of findings of the joined loan that it should lead to.
    codes: frozenset[str]


def _other_rate(loan: Mortgage) -> Mortgage:
    return evolve(loan, terms=evolve(loan.terms, rate=loan.terms.rate + Decimal("0.25")))


def _other_amount(loan: Mortgage) -> Mortgage:
    return evolve(loan, terms=evolve(loan.terms, amount=loan.terms.amount + 1000))


def _other_borrower(loan: Mortgage) -> Mortgage:
    known = {name for person in loan.borrowers for name in person.name.split()}
    rng = Random("another borrower")
    other = next(
        person
        for person in iter(lambda: people.person(rng), None)
        if not known & set(person.name.split())
    )
    return evolve(loan, borrowers=[other])


def _other_property(loan: Mortgage) -> Mortgage:
    street, city = loan.property_lines
    number, _, rest = street.partition(" ")
    return evolve(loan, property_lines=(f"{int(number) + 8} {rest}", city))


def _dearer(loan: Mortgage) -> Mortgage:
    def raised(fee: Fee) -> Fee:
        return evolve(fee, amount=fee.amount + 150) if fee.section == "A" else fee

    return evolve(loan, fees=tuple(map(raised, loan.fees)))


def _too_soon(loan: Mortgage) -> Mortgage:
    return evolve(loan, issued=loan.closing - timedelta(days=1))


def _paid_more(job: Employment) -> Employment:
    # Late in the year, so that what was paid exceeds what the W-2 says of all of it.
    return evolve(job, pay_rate=job.pay_rate * 2, period_end=job.period_end.replace(month=12))


_CONTRADICTED = frozenset({"contradiction"})
#: By name; what each paper is told to differ in.
CONTRADICTIONS: Mapping[str, Contradiction] = {
    "rate": Contradiction(kind="promissory_note", change=_other_rate, codes=_CONTRADICTED),
    "amount": Contradiction(kind="transmittal_summary", change=_other_amount, codes=_CONTRADICTED),
    "borrower": Contradiction(kind="promissory_note", change=_other_borrower, codes=_CONTRADICTED),
    "property": Contradiction(kind="loan_application", change=_other_property, codes=_CONTRADICTED),
    "fee": Contradiction(
        kind="closing_disclosure", change=_dearer, codes=frozenset({"charge_above_estimate"})
    ),
    "days": Contradiction(
        kind="closing_disclosure", change=_too_soon, codes=frozenset({"waiting_period_short"})
    ),
    "pay": Contradiction(
        kind="paystub", change=_paid_more, codes=frozenset({"wages_below_year_to_date"})
    ),
}


def make_loan_file(
    kinds: Sequence[str] = _KINDS, *, seed: int = 0, contradictions: Sequence[str] = ()
) -> tuple[Sample, ...]:
    """Make the papers of one mortgage, one PDF each: the same loan, borrower, job and account.

    Args:
        kinds: Which papers.
        seed: As in `make_sample`.
        contradictions: Names of `CONTRADICTIONS`: what one of the papers says otherwise.

    Raises:
        UsageError: No such kind, or no such contradiction.
        SamplesUnavailableError: fpdf2 is not installed.
    """
    for name in contradictions:
        if name not in CONTRADICTIONS:
            raise UsageError(
                f"{name}: no such contradiction; there are {', '.join(CONTRADICTIONS)}"
            )
    loan = _loan(seed)
    subjects: Mapping[str, Any] = {
        "mortgage": loan,
        "employment": _job(loan, seed),
        "account": _account(loan, seed),
    }
    samples = []
    for kind in kinds:
        changes = [CONTRADICTIONS[name] for name in contradictions]
        own = [planted.change for planted in changes if planted.kind == kind]
        known = _STYLES.get(kind)
        style = known[seed % len(known)] if known else None
        samples.append(draw_sample(kind, seed, subjects, own, style=style))
    return tuple(samples)


def _loan(seed: int) -> Mortgage:
    loan = mortgage(Random(f"mortgage/{seed}"))
    return evolve(
        loan,
        # The notes say that nothing is due for paying earlier.
        terms=evolve(loan.terms, prepayment_penalty=Decimal(0)),
        issued=loan.closing - timedelta(days=_DAYS_BEFORE),
        employer=people.employer(Random(f"employment/{seed}")).name,
        monthly_income=cents(loan.principal_and_interest * Decimal("3.6")),
    )


def _job(loan: Mortgage, seed: int) -> Employment:
    job = employment(Random(f"employment/{seed}"))
    pay = (loan.monthly_income or Decimal(0)) * 12 / _PAYS / _HOURS
    return evolve(
        job,
        employee=loan.borrowers[0],
        employer=evolve(job.employer, name=loan.employer),
        pay_rate=cents(pay),
        hours=Decimal(_HOURS),
    )


def _account(loan: Mortgage, seed: int) -> Account:
    return evolve(account(Random(f"account/{seed}")), holders=(loan.borrowers[0],))
