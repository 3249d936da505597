"""What a loan costs: stated values first, else computed from stated ones, else what is missing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from attrs import frozen

from loanbatch.loans import Basis, ComparedValue
from loanbatch_plugins.comparison._cash_flows import apr_of
from loanbatch_plugins.comparison._fees import fees_of
from loanbatch_plugins.comparison._repayment import (
    Repayment,
    is_deferred,
    number_of_payments,
    pause_of,
    rate_of,
    repayment_of,
    series_of,
)
from loanbatch_plugins.comparison._terms import NotStatedError, Terms
from loanbatch_plugins.finance import effective_annual_rate, rounded

_PERCENT = 100
#: Percents that are computed have three decimals, as those of disclosures.
_THREE_PLACES = Decimal("0.001")
#: Its total of payments holds costs besides interest (12 CFR 1026.38(o)(1)).
_WITH_COSTS = "closing_disclosure"
_ADJUSTABLE = ("adjustable", "arm", "ajustable", "variable")


@frozen(kw_only=True)
class Figures:
    """The figures of one loan."""

    amount: ComparedValue
    rate: ComparedValue
    apr: ComparedValue
    effective_rate: ComparedValue
    term: ComparedValue
    payment: ComparedValue
    interest: ComparedValue
    fees: ComparedValue
    cost: ComparedValue
    #: Interest and fees in percent of the amount.
    share: ComparedValue
    #: None where it is not known; `obstacle` says why.
    repayment: Repayment | None
    obstacle: str = ""


def figures_of(terms: Terms) -> Figures:
    """Return the figures of a loan."""
    repayment, obstacle = _repayment(terms)
    interest = _known(lambda: _interest(terms, repayment, obstacle))
    fees = _known(lambda: fees_of(terms))
    return Figures(
        amount=_known(partial(_stated, terms, "loan_amount", "the amount")),
        rate=_known(lambda: _rate(terms)),
        apr=_known(lambda: _apr(terms, repayment, obstacle, fees)),
        effective_rate=_known(lambda: _effective_rate(terms)),
        term=_known(lambda: _term(terms)),
        payment=_known(lambda: _payment(terms, repayment, obstacle)),
        interest=interest,
        fees=fees,
        cost=_known(lambda: _cost(terms, interest, fees)),
        share=_known(lambda: _share(terms, interest, fees)),
        repayment=repayment,
        obstacle=obstacle,
    )


def computed(value: Decimal | int, note: str) -> ComparedValue:
    """Return a computed value: money in cents, percent with at most three decimals."""
    return ComparedValue(value=value, basis=Basis.COMPUTED, note=note)


def _known(figure: Callable[[], ComparedValue]) -> ComparedValue:
    try:
        return figure()
    except NotStatedError as missing:
        return ComparedValue(value=None, basis=Basis.MISSING, note=str(missing))


def _repayment(terms: Terms) -> tuple[Repayment | None, str]:
    try:
        return repayment_of(terms), ""
    except NotStatedError as missing:
        return None, str(missing)


def _stated(terms: Terms, name: str, label: str) -> ComparedValue:
    amount = terms.amount(name)
    if amount is None:
        raise NotStatedError(f"{label} is not stated")
    return terms.values[name].compared(amount)


def _rate(terms: Terms) -> ComparedValue:
    rate, source = rate_of(terms)
    return computed(rate, source) if source else terms.values["note_rate_percent"].compared(rate)


def _effective_rate(terms: Terms) -> ComparedValue:
    rate, _ = rate_of(terms)
    return computed(_percent(effective_annual_rate(rate)), "from the rate, compounded monthly")


def _term(terms: Terms) -> ComparedValue:
    stated = terms.whole("loan_term_months")
    if stated:
        return terms.values["loan_term_months"].compared(stated)
    payments, source = number_of_payments(terms)
    pause = pause_of(terms)
    if pause is not None:
        return computed(payments + pause[0], f"from {source} and the moratorium")
    if is_deferred(terms):
        raise NotStatedError("the months of the moratorium are not stated")
    return computed(payments, f"from {source}")


def _payment(terms: Terms, repayment: Repayment | None, obstacle: str) -> ComparedValue:
    stated = terms.amount("principal_and_interest_payment")
    if stated:
        return terms.values["principal_and_interest_payment"].compared(stated)
    if repayment is None:
        raise NotStatedError(obstacle)
    source = "of the stated payments" if series_of(terms) else repayment.source
    return computed(repayment.payment, source)


def _interest(terms: Terms, repayment: Repayment | None, obstacle: str) -> ComparedValue:
    stated = terms.amount("total_interest")
    if stated is not None:
        return terms.values["total_interest"].compared(stated)
    amount, total = terms.amount("loan_amount"), terms.amount("total_of_payments")
    told = terms.values.get("total_of_payments")
    if amount and total and told and told.kind != _WITH_COSTS and total >= amount:
        return computed(total - amount, "from total of payments and amount")
    series = sum((count * payment for count, payment in series_of(terms)), Decimal(0))
    if amount and series >= amount:
        return computed(series - amount, "from the stated payments and the amount")
    share = terms.amount("total_interest_percentage")
    if amount and share is not None and (repayment is None or _is_adjustable(terms)):
        note = "from the total interest percentage (with prepaid interest) and the amount"
        return computed(rounded(amount * share / _PERCENT), note)
    if repayment is None or amount is None:
        raise NotStatedError(obstacle)
    if repayment.deferred and repayment.opening == amount:
        raise NotStatedError("the interest of the moratorium is not stated")
    paid = sum((payment.interest for payment in repayment.schedule), Decimal(0))
    return computed(paid + repayment.opening - amount, repayment.source)


def _is_adjustable(terms: Terms) -> bool:
    told = f"{terms.text('loan_product')} {terms.text('rate_type')}".casefold()
    return any(word in told.replace("/", " ").split() for word in _ADJUSTABLE)


def _apr(
    terms: Terms, repayment: Repayment | None, obstacle: str, fees: ComparedValue
) -> ComparedValue:
    stated = terms.amount("annual_percentage_rate_percent")
    if stated is not None:
        return terms.values["annual_percentage_rate_percent"].compared(stated)
    if repayment is None:
        raise NotStatedError(obstacle)
    rate, note = apr_of(terms, repayment, fees)
    return computed(_percent(rate), note)


def _cost(terms: Terms, interest: ComparedValue, fees: ComparedValue) -> ComparedValue:
    amount = terms.amount("loan_amount")
    if amount is None:
        raise NotStatedError("the amount is not stated")
    note = "amount, total interest and fees"
    insurance = terms.amount("mortgage_insurance_monthly_payment")
    if insurance:
        note += f"; mortgage insurance ({insurance:,.2f} a month at first) comes on top"
    return computed(amount + _charges(interest, fees), note)


def _share(terms: Terms, interest: ComparedValue, fees: ComparedValue) -> ComparedValue:
    amount = terms.amount("loan_amount")
    if not amount:
        raise NotStatedError("the amount is not stated")
    charges = _charges(interest, fees)
    return computed(_percent(charges / amount * _PERCENT), "total interest and fees by amount")


def _charges(interest: ComparedValue, fees: ComparedValue) -> Decimal:
    for value, label in ((interest, "total interest"), (fees, "fees")):
        if value.value is None:
            raise NotStatedError(f"{label}: {value.note}")
    return Decimal(interest.value or 0) + Decimal(fees.value or 0)


def _percent(value: Decimal) -> Decimal:
    short = value.quantize(_THREE_PLACES).normalize()
    return short if short.as_tuple().exponent <= 0 else short.quantize(Decimal(1))  # type: ignore[operator]
