"""What a lender charges besides interest, as far as documents state it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from loanbatch.loans import Basis, ComparedValue
from loanbatch_plugins.comparison._terms import NotStatedError, Terms
from loanbatch_plugins.finance import rounded

_PERCENT = 100
#: Single fees, what they are called, and the percent of the amount that may stand for one.
_SINGLE = (
    ("origination_charges", "origination charges", None),
    ("origination_fee", "origination fee", "origination_fee_percent"),
    ("processing_fee", "processing fee", "processing_fee_percent"),
    ("processing_fee_tax", "tax on it", None),
    ("application_fee", "application fee", None),
    ("appraisal_fee", "appraisal fee", None),
    ("insurance_premium", "insurance premium", None),
)
#: What is left of the amount when charges were taken out of it.
_NET = ("amount_financed", "net_disbursed_amount", "net_proceeds_amount")


def fees_of(terms: Terms) -> ComparedValue:
    """Return the charges: loan costs of a disclosure, listed or single fees, what is taken out.

    Raises:
        NotStatedError: None is stated. That there are none is not concluded from that.
    """
    loan_costs = terms.amount("total_loan_costs")
    if loan_costs is not None:
        return _loan_costs(terms, loan_costs)
    listed = list(_listed(terms))
    if listed:
        return _computed(sum(listed, Decimal(0)), "sum of the fees that are listed")
    single = list(_single(terms))
    if len(single) == 1 and single[0][0]:
        name, label, only = single[0]
        return terms.values[name].compared(only, label)
    if single:
        labels = " and ".join(label for _, label, _ in single)
        return _computed(sum((amount for *_, amount in single), Decimal(0)), labels)
    amount, net = terms.amount("loan_amount"), terms.amount(*_NET)
    if amount and net and net <= amount:
        return _computed(amount - net, "from amount and what is paid out of it")
    raise NotStatedError("no fee is stated")


def net_of(terms: Terms, fees: ComparedValue) -> tuple[Decimal, str]:
    """Return what the borrower gets of the amount, and from what that is known.

    Raises:
        NotStatedError: Neither is it stated nor are fees.
    """
    net = terms.amount(*_NET)
    if net:
        return net, "what is paid out"
    amount = terms.amount("loan_amount")
    if not amount:
        raise NotStatedError("the amount is not stated")
    if not isinstance(fees.value, Decimal):
        raise NotStatedError(fees.note)
    if terms.amount("total_loan_costs") is not None:
        # Of loan costs some are charges of credit and some are not.
        raise NotStatedError("which charges are part of the rate is not stated")
    return amount - fees.value, "amount less fees"


def _loan_costs(terms: Terms, loan_costs: Decimal) -> ComparedValue:
    credits_ = terms.amount("lender_credits")
    if credits_:
        return _computed(loan_costs - credits_, "total loan costs less lender credits")
    return terms.values["total_loan_costs"].compared(loan_costs, "total loan costs")


def _listed(terms: Terms) -> Iterator[Decimal]:
    fees = terms.cells("lender_fees", "amount")
    if fees:
        yield from fees
        yield from terms.cells("third_party_fees", "amount")


def _single(terms: Terms) -> Iterator[tuple[str, str, Decimal]]:
    """Yield name (empty where it is computed), label and amount of each single fee."""
    for name, label, percent in _SINGLE:
        fee = terms.amount(name)
        amount = terms.amount("loan_amount")
        share = terms.amount(percent) if percent else None
        if fee is not None:
            yield name, label, fee
        elif share is not None and amount:
            yield "", f"{label} of {share:f} %", rounded(amount * share / _PERCENT)


def _computed(value: Decimal, note: str) -> ComparedValue:
    return ComparedValue(value=value, basis=Basis.COMPUTED, note=note)
