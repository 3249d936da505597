"""Terms that are told in words: prepayment, late payment, the moratorium."""

from __future__ import annotations

from collections.abc import Iterator

from loanbatch.loans import Basis, ComparedValue
from loanbatch_plugins.comparison._repayment import is_deferred, pause_of
from loanbatch_plugins.comparison._terms import Stated, Terms


def lender_of(terms: Terms) -> ComparedValue:
    """Return who lends."""
    return _stated_text(terms, "lender_name", "the lender is not stated")


def rate_type_of(terms: Terms) -> ComparedValue:
    """Return whether the rate is fixed or floats, in the document's words."""
    if terms.text("rate_type"):
        return _stated_text(terms, "rate_type", "")
    return _stated_text(terms, "loan_product", "whether the rate is fixed is not stated")


def loan_type_of(terms: Terms) -> ComparedValue:
    """Return what kind of loan it is."""
    if not terms.text("loan_type") and terms.loan_type:
        words = terms.loan_type.replace("_", " ")
        return ComparedValue(value=words, basis=Basis.COMPUTED, note="from its kinds of documents")
    return _stated_text(terms, "loan_type", "the type of the loan is not stated")


def prepayment_of(terms: Terms) -> ComparedValue:
    """Return what prepaying costs."""
    told = terms.first(
        "prepayment_penalty", "prepayment_penalty_percent", "prepayment_penalty_maximum_amount"
    )
    if told is None:
        return _missing("whether prepaying costs anything is not stated")
    return told.compared(prepayment_words(terms))


def prepayment_words(terms: Terms) -> str:
    """Return what prepaying costs in words; empty where nothing is stated."""
    percent = terms.amount("prepayment_penalty_percent")
    most = terms.amount("prepayment_penalty_maximum_amount")
    if percent:
        return f"{percent:f} % of what is prepaid"
    if most:
        return f"penalty of at most {most:,.2f}"
    penalty = terms.says("prepayment_penalty")
    if penalty is None:
        return "no penalty" if percent is not None or most is not None else ""
    return "penalty" if penalty else "no penalty"


def late_payment_of(terms: Terms) -> ComparedValue:
    """Return what paying late costs."""
    parts = list(_late(terms))
    if not parts:
        return _missing("what paying late costs is not stated")
    words = " / ".join(text for _, text in parts)
    after = terms.whole("late_fee_days")
    if after:
        words += f", after {after} days"
    returned = terms.amount("returned_payment_fee")
    if returned:
        words += f"; returned payment {returned:,.2f}"
    return parts[0][0].compared(words)


def _late(terms: Terms) -> Iterator[tuple[Stated, str]]:
    for name, words in (
        ("late_fee_percent", "{:f} % of the payment"),
        ("late_fee_amount", "{:,.2f}"),
        ("penal_charge_percent", "{:f} % a year"),
        ("penal_charge_monthly_percent", "{:f} % a month"),
        ("penal_charge_amount", "{:,.2f}"),
        ("default_interest_rate_percent", "default rate {:f} %"),
    ):
        amount = terms.amount(name)
        if amount is not None:
            yield terms.values[name], words.format(amount)


def moratorium_of(terms: Terms) -> ComparedValue:
    """Return the months before repayment begins, with what becomes of their interest."""
    pause = pause_of(terms)
    if pause is None:
        deferred = is_deferred(terms)
        return _missing(
            "the months of the moratorium are not stated" if deferred else "no moratorium is stated"
        )
    months, source = pause
    stated = terms.first("moratorium_months", "deferment_months")
    if source or stated is None:
        found = ComparedValue(value=months, basis=Basis.COMPUTED, note=source)
    else:
        found = stated.compared(months)
    treatment = terms.text("moratorium_interest_treatment")
    accrued = terms.amount("accrued_deferment_interest")
    notes = [found.note, treatment and f"interest: {treatment}"]
    if accrued is not None:
        notes.append(f"interest of {accrued:,.2f} accrues meanwhile")
    return ComparedValue(
        value=months,
        basis=found.basis,
        note="; ".join(filter(None, notes)),
        observation=found.observation,
    )


def _stated_text(terms: Terms, name: str, otherwise: str) -> ComparedValue:
    text = terms.text(name)
    return terms.values[name].compared(text) if text else _missing(otherwise)


def _missing(note: str) -> ComparedValue:
    return ComparedValue(value=None, basis=Basis.MISSING, note=note)
