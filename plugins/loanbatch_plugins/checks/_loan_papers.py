"""Papers of one borrower, account or loan side by side: income, statements, what is still owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from loanbatch_plugins.alike import same_identifier, same_organization
from loanbatch_plugins.checks._across import (
    Input,
    LoanRules,
    LoanTie,
    Paper,
    Papers,
    at_most,
    equal,
)
from loanbatch_plugins.checks._facts import Facts

RULES = LoanRules()

_MONTHS = 12
#: Pays of a year.
_PAYS = {"weekly": 52, "biweekly": 26, "semimonthly": 24, "monthly": 12}
#: Income may be stated with overtime or rounded: our own tolerance.
_INCOME_TOLERANCE = Decimal("1.05")
_ONE_DAY = timedelta(days=1)
#: Of wages, for what is rounded and for wages that a form counts otherwise: our own tolerance.
_WAGE_TOLERANCE = Decimal("0.99")


def _pays_a_year(facts: Facts) -> int | None:
    words = facts.text("pay_frequency").casefold().replace("-", "").replace(" ", "")
    words = words.replace("every2weeks", "biweekly").replace("twiceamonth", "semimonthly")
    return _PAYS.get(words)


def _paid(paper: Paper) -> date | None:
    """Return up to when the year to date is counted."""
    return next(
        filter(None, map(paper.facts.day, ("pay_date", "year_to_date_through", "pay_period_end"))),
        None,
    )


def _by_employer(papers: Sequence[Paper]) -> list[list[Paper]]:
    """Return papers that name an employer, those of one together."""
    groups: list[list[Paper]] = []
    for paper in papers:
        name = paper.facts.text("employer_name")
        group = next(
            (g for g in groups if same_organization(name, g[0].facts.text("employer_name"))), None
        )
        if name and group is None:
            groups.append([paper])
        elif group is not None:
            group.append(paper)
    return groups


@RULES.rule(
    "income_above_evidence",
    kinds=("loan_application", "w2", "paystub", "employment_verification"),
    claim="the base income of the application is not more than its papers show",
    source="form 1003, section 1b; pay of a period by its frequency, year to date by its months,"
    " W-2 by 12; 5 percent",
)
def income(papers: Papers) -> Iterator[LoanTie]:
    """The highest of what each employer's papers show, added up."""
    for person in papers.persons[:1]:
        for application in papers.about(person, "loan_application"):
            stated = application.facts.amount("base_monthly_income")
            proofs = papers.about(person, "w2", "paystub", "employment_verification")
            groups = [[_monthly(paper) for paper in group] for group in _by_employer(proofs)]
            shown = [max(group, key=lambda pair: pair[0]) for group in groups if any(group)]
            best = sum((amount for amount, _ in shown), Decimal(0))
            if stated is not None and best:
                inputs = tuple(item for _, items in shown for item in items)
                yield at_most(
                    best * _INCOME_TOLERANCE,
                    stated,
                    (*application.at("base_monthly_income"), *inputs),
                )


def _monthly(paper: Paper) -> tuple[Decimal, tuple[Input, ...]]:
    """Return the highest monthly income that a paper shows, and where; 0 where it shows none."""
    facts = paper.facts
    if facts.kind == "w2":
        names = ("wages", "medicare_wages", "social_security_wages")
        most = max((facts.amount(name) or Decimal(0) for name in names), default=Decimal(0))
        return most / _MONTHS, paper.at(*names)
    found = [(Decimal(0), paper.at())]
    base = facts.amount("base_pay_monthly")
    if base is not None:
        found.append((base, paper.at("base_pay_monthly")))
    pays = _pays_a_year(facts)
    gross = facts.amount("gross_pay")
    if pays is not None and gross is not None:
        found.append((gross * pays / _MONTHS, paper.at("gross_pay", "pay_frequency")))
    year, until = facts.amount("year_to_date_gross_pay"), _paid(paper)
    if year is not None and until is not None:
        months = until.month - 1 + Decimal(until.day) / 31
        names = ("year_to_date_gross_pay", "pay_date", "year_to_date_through")
        found.append((year / months, paper.at(*names)))
    return max(found, key=lambda pair: pair[0])


@RULES.rule(
    "underwritten_income_above_application",
    kinds=("transmittal_summary", "loan_application"),
    claim="the income that was decided on is not more than that of the application",
    source="forms 1008 and 1003; 5 percent",
)
def underwritten(papers: Papers) -> Iterator[LoanTie]:
    """Total monthly income, where there is one application."""
    name = "total_monthly_income"
    summaries, applications = papers.of("transmittal_summary"), papers.of("loan_application")
    if len(summaries) == 1 and len(applications) == 1 and len(papers.persons) == 1:
        decided, stated = (p.facts.amount(name) for p in (summaries[0], applications[0]))
        if decided is not None and stated:
            inputs = (*summaries[0].at(name), *applications[0].at(name))
            yield at_most(stated * _INCOME_TOLERANCE, decided, inputs)


@RULES.rule(
    "wages_below_year_to_date",
    kinds=("w2", "paystub"),
    claim="the wages of a year are not less than what had been paid in it, less deductions",
    source="instructions for Form W-2, boxes 1, 3, 5; 1 percent",
)
def wages(papers: Papers) -> Iterator[LoanTie]:
    """W-2 and paystub of one employer and year; what was deducted may be free of tax."""
    for person in papers.persons:
        for group in _by_employer(papers.about(person, "w2", "paystub")):
            for form in (p for p in group if p.facts.kind == "w2"):
                for stub in (p for p in group if p.facts.kind == "paystub"):
                    yield from _wages(form, stub)


def _wages(form: Paper, stub: Paper) -> Iterator[LoanTie]:
    paid = _paid(stub)
    gross = stub.facts.amount("year_to_date_gross_pay")
    names = ("wages", "medicare_wages", "social_security_wages")
    most = max((form.facts.amount(name) or Decimal(0) for name in names), default=Decimal(0))
    if paid is None or gross is None or not most or form.facts.amount("tax_year") != paid.year:
        return
    deducted = ("year_to_date_deductions", "year_to_date_taxes")
    least = gross - sum((stub.facts.amount(name) or Decimal(0) for name in deducted), Decimal(0))
    yield LoanTie(
        expected=least,
        actual=most,
        holds=most >= least * _WAGE_TOLERANCE,
        inputs=(*form.at("tax_year", *names), *stub.at("year_to_date_gross_pay", *deducted)),
    )


@RULES.rule(
    "year_to_date_goes_back",
    kinds=("paystub", "employment_verification"),
    claim="the year to date does not shrink, and grows by the pay of the next period",
    source="roll-forward from one paper to the next of one employer and year; to the cent",
)
def year_to_date(papers: Papers) -> Iterator[LoanTie]:
    """Paystubs and verifications of one employer, in the order of their days."""
    name = "year_to_date_gross_pay"
    for person in papers.persons:
        about = papers.about(person, "paystub", "employment_verification")
        for group in _by_employer([p for p in about if p.facts.amount(name) is not None]):
            dated = sorted((day, p.place, p) for p in group if (day := _paid(p)) is not None)
            for (before, _, first), (now, _, second) in pairwise(dated):
                if before.year == now.year and before < now:
                    yield _rolled(first, second)


def _rolled(first: Paper, second: Paper) -> LoanTie:
    name = "year_to_date_gross_pay"
    before, now = first.facts[name], second.facts[name]
    ended, begins = first.facts.day("pay_period_end"), second.facts.day("pay_period_start")
    gross = second.facts.amount("gross_pay")
    inputs = (*first.at(name), *second.at(name))
    if ended is not None and begins == ended + _ONE_DAY and gross is not None:
        return equal(before + gross, now, (*inputs, *second.at("gross_pay")))
    return LoanTie(expected=before, actual=now, holds=now >= before, inputs=inputs)


@RULES.rule(
    "employment_differs",
    kinds=("employment_verification", "paystub"),
    claim="a verification of employment and a paystub of one employer give one date of hire",
    source="form 1005, part II",
)
def employment(papers: Papers) -> Iterator[LoanTie]:
    """The date of hire."""
    for person in papers.persons:
        about = papers.about(person, "paystub", "employment_verification")
        for group in _by_employer([p for p in about if p.facts.day("hire_date") is not None]):
            kinds = {paper.facts.kind: paper for paper in group}
            if len(kinds) > 1:
                verified, stub = kinds["employment_verification"], kinds["paystub"]
                days = [paper.facts.day("hire_date") or date.max for paper in (verified, stub)]
                yield LoanTie(
                    expected=days[0],
                    actual=days[1],
                    holds=days[0] == days[1],
                    inputs=(*verified.at("hire_date"), *stub.at("hire_date")),
                )


@RULES.rule(
    "statement_not_continued",
    kinds=("bank_statement",),
    claim="a statement opens with the balance with which the one before it closed",
    source="roll-forward of one account from one period to the next; to the cent",
)
def statements(papers: Papers) -> Iterator[LoanTie]:
    """Statements of one account whose periods follow each other."""
    found = [p for p in papers.of("bank_statement") if p.facts.text("account_number")]
    for first in found:
        ended = first.facts.day("statement_period_end")
        closing = first.facts.amount("closing_balance")
        for second in found:
            begins = second.facts.day("statement_period_start")
            opening = second.facts.amount("opening_balance")
            if (
                ended is not None
                and closing is not None
                and opening is not None
                and begins == ended + _ONE_DAY
                and _one_account(first, second)
            ):
                inputs = (*first.at("closing_balance"), *second.at("opening_balance"))
                yield equal(closing, opening, inputs)


def _one_account(first: Paper, second: Paper) -> bool:
    banks = [paper.facts.text("institution_name") for paper in (first, second)]
    numbers = [paper.facts.text("account_number") for paper in (first, second)]
    return same_identifier(*numbers) and (not all(banks) or same_organization(*banks))


@RULES.rule(
    "balance_above_loan",
    kinds=("mortgage_statement", "promissory_note", "closing_disclosure"),
    claim="what is still owed is not more than the loan, and a fixed rate stays",
    source="amortization; a loan may grow by negative amortization, which is then disclosed",
)
def owed(papers: Papers) -> Iterator[LoanTie]:
    """Statements of the servicer against the note, or the Closing Disclosure without one."""
    notes = papers.of("promissory_note") or papers.of("closing_disclosure")
    if len(notes) != 1:
        return
    note = notes[0]
    products = [p.facts.text("loan_product").casefold() for p in papers.of("closing_disclosure")]
    fixed = bool(products) and all("fixed" in text for text in products)
    for statement in papers.of("mortgage_statement"):
        amount, owed_now = (
            note.facts.amount("loan_amount"),
            statement.facts.amount("unpaid_principal_balance"),
        )
        if amount is not None and owed_now is not None:
            inputs = (*note.at("loan_amount"), *statement.at("unpaid_principal_balance"))
            yield at_most(amount, owed_now, inputs)
        name = "note_rate_percent"
        rates = [paper.facts.amount(name) for paper in (note, statement)]
        if fixed and rates[0] is not None and rates[1] is not None:
            yield equal(rates[0], rates[1], (*note.at(name), *statement.at(name)))
