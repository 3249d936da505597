"""Loan Estimate and Closing Disclosure together: how far costs may differ, and when they are given.

12 CFR 1026.19(e) and (f). The Loan Estimate is the latest one: whether a changed circumstance
allowed it to replace the first cannot be seen in it. Amounts of a Loan Estimate are whole dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from loanbatch_plugins.alike import same_text
from loanbatch_plugins.checks._across import (
    Input,
    LoanRules,
    LoanTie,
    Paper,
    Papers,
    at_most,
    by,
)
from loanbatch_plugins.checks._facts import Row
from loanbatch_plugins.checks._rule import total
from loanbatch_plugins.finance import business_days_after

RULES = LoanRules()

_BOTH = ("loan_estimate", "closing_disclosure")
#: Of one amount of a Loan Estimate, which is in whole dollars: 1026.37(o)(4).
_ROUNDING = Decimal("0.50")
_TEN_PERCENT = Decimal("1.1")
#: Business days: 1026.19(e)(1)(iii)(A), (B), (e)(4)(ii), (f)(1)(ii)(A).
_AFTER_APPLICATION = 3
_BEFORE_CONSUMMATION = 7
_REVISED_BEFORE_CONSUMMATION = 4
_WAIT = 3
#: Percentage points: 1026.22(a)(2), (3).
_RATE_TOLERANCE = Decimal("0.125")
_IRREGULAR_TOLERANCE = Decimal("0.25")


def _pairs(papers: Papers) -> Iterator[tuple[Paper, Paper]]:
    """Yield the Loan Estimate and Closing Disclosure, where there is one current each."""
    estimates, disclosures = (papers.of(kind) for kind in _BOTH)
    if len(estimates) == 1 and len(disclosures) == 1:
        yield estimates[0], disclosures[0]


def _fees(paper: Paper, *sections: str) -> list[Row]:
    """Return the fees of sections that the borrower pays."""
    return [
        row
        for row in paper.facts.rows("fees")
        if row.text("section") in sections
        and row.amount("amount") is not None
        and row.text("paid_by") in ("", "borrower")
    ]


def _amount(row: Row) -> Decimal:
    return row.amount("amount") or Decimal(0)


def _like(row: Row, rows: Iterable[Row]) -> Row | None:
    label = row.text("label")
    return next((other for other in rows if label and same_text(label, other.text("label"))), None)


def _named(rows: Iterable[Row], *beginnings: str) -> list[Row]:
    return [row for row in rows if row.text("label").casefold().startswith(beginnings)]


def _cells(paper: Paper, rows: Iterable[Row]) -> tuple[Input, ...]:
    return paper.at(*(cell for row in rows for cell in row.at("amount")))


def _cure(estimate: Paper, disclosure: Paper) -> Decimal:
    """Return by how much lender credits have grown: they may pay for what is over."""
    before, now = (p.facts.amount("lender_credits") or Decimal(0) for p in (estimate, disclosure))
    return max(Decimal(0), abs(now) - abs(before))


@RULES.rule(
    "charge_above_estimate",
    kinds=_BOTH,
    claim="charges of the lender, services that the borrower may not shop for and transfer taxes"
    " are not more than estimated",
    source="12 CFR 1026.19(e)(3)(i): no tolerance, each by itself; half a dollar of rounding;"
    " lender credits that have grown by as much cure it (1026.19(f)(2)(v))",
)
def zero_tolerance(papers: Papers) -> Iterator[LoanTie]:
    """Sections A and B, and transfer taxes, by label; section A as a whole."""
    for estimate, disclosure in _pairs(papers):
        cure = _cure(estimate, disclosure)
        taxes = _named(_fees(estimate, "E"), "transfer tax")
        before = (*_fees(estimate, "A", "B"), *taxes)
        for row in (*_fees(disclosure, "A", "B"), *_named(_fees(disclosure, "E"), "transfer tax")):
            known = _like(row, before)
            if known is not None:
                yield at_most(
                    _amount(known),
                    _amount(row),
                    (*_cells(estimate, [known]), *_cells(disclosure, [row])),
                    within=_ROUNDING + cure,
                )
        charges = _fees(estimate, "A")
        names = ("origination_charges",)
        first, last = (paper.facts.amount(*names) for paper in (estimate, disclosure))
        if first is not None and last is not None:
            yield at_most(
                first,
                last,
                (*estimate.at(*names), *disclosure.at(*names)),
                within=_ROUNDING * max(1, len(charges)) + cure,
            )


@RULES.rule(
    "charges_ten_percent_above_estimate",
    kinds=_BOTH,
    claim="recording fees and services of the lender's list are together not more than 10 percent"
    " above what was estimated",
    source="12 CFR 1026.19(e)(3)(ii): 10 percent of the sum of what is charged in the end; half a"
    " dollar of rounding a fee; lender credits that have grown by as much cure it",
)
def ten_percent(papers: Papers) -> Iterator[LoanTie]:
    """Services of section C of the estimate that the disclosure has in section B, recording fees.

    Section B has those for which the borrower took a provider of the lender's list.
    """
    for estimate, disclosure in _pairs(papers):
        shoppable = _fees(estimate, "C")
        charged = [
            (known, row)
            for row in _fees(disclosure, "B")
            if (known := _like(row, shoppable)) is not None
        ]
        recording = [_named(_fees(paper, "E"), "recording") for paper in (estimate, disclosure)]
        before = [*(known for known, _ in charged), *recording[0]]
        now = [*(row for _, row in charged), *recording[1]]
        if before and now:
            yield at_most(
                total(map(_amount, before)) * _TEN_PERCENT,
                total(map(_amount, now)),
                (*_cells(estimate, before), *_cells(disclosure, now)),
                within=_ROUNDING * len(before) + _cure(estimate, disclosure),
            )


@RULES.rule(
    "lender_credits_below_estimate",
    kinds=_BOTH,
    claim="lender credits are not less than estimated",
    source="12 CFR 1026.19(e)(3)(i), comment 19(e)(3)(i)-5: specific credits count, too",
)
def lender_credits(papers: Papers) -> Iterator[LoanTie]:
    """Credits in general, and fees that others pay."""
    name = "lender_credits"
    for estimate, disclosure in _pairs(papers):
        before, now = (paper.facts.amount(name) for paper in (estimate, disclosure))
        if before is None or now is None:
            continue
        others = [r for r in disclosure.facts.rows("fees") if r.text("paid_by") == "other"]
        given = abs(now) + total(map(_amount, others))
        yield LoanTie(
            expected=abs(before),
            actual=abs(now),
            holds=given >= abs(before) - _ROUNDING,
            inputs=(*estimate.at(name), *disclosure.at(name)),
        )


@RULES.rule(
    "estimate_late",
    kinds=("loan_application", "loan_estimate"),
    claim="the first Loan Estimate is given within three business days of the application",
    source="12 CFR 1026.19(e)(1)(iii)(A); days on which offices are open, without Saturdays",
)
def estimate_after_application(papers: Papers) -> Iterator[LoanTie]:
    """From the earliest application to the earliest estimate."""
    applications, estimates = papers.issues("loan_application"), papers.issues("loan_estimate")
    if applications and estimates:
        first, given = applications[0], estimates[0]
        applied, issued = first.item.issued, given.item.issued
        if applied is not None and issued is not None:
            last = business_days_after(applied, _AFTER_APPLICATION, saturdays=False)
            yield by(last, issued, (*first.at("application_date"), *given.at("date_issued")))


def _consummated(papers: Papers) -> Paper | None:
    """Return the paper that tells the day on which the borrower was bound."""
    notes = papers.issues("promissory_note")
    if notes:
        return notes[-1]
    closed = [p for p in papers.of("closing_disclosure") if p.facts.day("closing_date")]
    return closed[0] if closed else None


_CONSUMMATION = ("note_date", "closing_date")


@RULES.rule(
    "waiting_period_short",
    kinds=("loan_estimate", "closing_disclosure", "promissory_note"),
    claim="seven business days pass from the first Loan Estimate to consummation, four from a"
    " revised one, and three from the first Closing Disclosure",
    source="12 CFR 1026.19(e)(1)(iii)(B), (e)(4)(ii), (f)(1)(ii)(A); all days but Sundays and"
    " public holidays (1026.2(a)(6)); handed over on the day of issue; a Closing Disclosure of"
    " the day of closing is a corrected one (1026.19(f)(2))",
)
def waiting_periods(papers: Papers) -> Iterator[LoanTie]:
    """Counted from the dates of issue, which are the earliest days of receipt."""
    end = _consummated(papers)
    day = None if end is None else end.facts.day("note_date") or end.facts.day("closing_date")
    if end is None or day is None:
        return
    estimates = papers.issues("loan_estimate")
    waits = [(paper, _BEFORE_CONSUMMATION) for paper in estimates[:1]]
    waits += [(paper, _REVISED_BEFORE_CONSUMMATION) for paper in estimates[1:]]
    # One of the day of closing, or a later one, is a corrected one: the first is not in the file.
    disclosures = papers.issues("closing_disclosure")[:1]
    waits += [(paper, _WAIT) for paper in disclosures if (paper.item.issued or day) < day]
    for paper, count in waits:
        issued = paper.item.issued
        if issued is not None:
            earliest = business_days_after(issued, count, saturdays=True)
            yield LoanTie(
                expected=earliest,
                actual=day,
                holds=day >= earliest,
                inputs=(*paper.at("date_issued"), *end.at(*_CONSUMMATION)),
            )


@RULES.rule(
    "estimate_after_disclosure",
    kinds=_BOTH,
    claim="no Loan Estimate is issued on or after the day of a Closing Disclosure",
    source="12 CFR 1026.19(e)(4)(ii)",
)
def no_estimate_after_disclosure(papers: Papers) -> Iterator[LoanTie]:
    """The last estimate comes before the first disclosure."""
    estimates, disclosures = papers.issues("loan_estimate"), papers.issues("closing_disclosure")
    if estimates and disclosures:
        last, first = estimates[-1], disclosures[0]
        given, closed = last.item.issued, first.item.issued
        if given is not None and closed is not None:
            yield LoanTie(
                expected=closed,
                actual=given,
                holds=given < closed,
                inputs=(*last.at("date_issued"), *first.at("date_issued")),
            )


@RULES.rule(
    "wait_after_changed_rate_short",
    kinds=("closing_disclosure", "promissory_note"),
    claim="three business days pass after a Closing Disclosure whose annual percentage rate has"
    " become inaccurate",
    source="12 CFR 1026.19(f)(2)(ii)(A), 1026.22(a): 1/8 of a percentage point more, 1/4 for a rate"
    " that is not fixed",
)
def wait_after_changed_rate(papers: Papers) -> Iterator[LoanTie]:
    """From the disclosure with the new rate to consummation; a lower rate is overstated before."""
    name = "annual_percentage_rate_percent"
    issues = [p for p in papers.issues("closing_disclosure") if p.facts.amount(name) is not None]
    end = _consummated(papers)
    day = None if end is None else end.facts.day("note_date") or end.facts.day("closing_date")
    if end is None or day is None:
        return
    for before, now in pairwise(issues):
        fixed = "fixed" in now.facts.text("loan_product").casefold()
        allowed = _RATE_TOLERANCE if fixed else _IRREGULAR_TOLERANCE
        issued = now.item.issued
        changed = now.facts[name] - before.facts[name] > allowed
        if issued is not None and issued <= day and changed:
            earliest = business_days_after(issued, _WAIT, saturdays=True)
            yield LoanTie(
                expected=earliest,
                actual=day,
                holds=day >= earliest,
                inputs=(
                    *before.at(name),
                    *now.at(name, "date_issued"),
                    *end.at(*_CONSUMMATION),
                ),
            )
