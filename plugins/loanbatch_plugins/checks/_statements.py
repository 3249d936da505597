"""Rules about statements: bank, mortgage, utility."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from loanbatch_plugins.checks._facts import Facts
from loanbatch_plugins.checks._rule import RulePack, Tie, nearest, tie, total

RULES = RulePack()


@RULES.rule(
    "balance_differs_from_totals",
    kinds=("bank_statement",),
    needs=("opening_balance", "closing_balance", "total_deposits", "total_withdrawals"),
    claim="opening balance and deposits less withdrawals are the closing balance",
    source="roll-forward; interest may be among the deposits or beside them",
)
def roll_forward(facts: Facts) -> Iterator[Tie]:
    """Totals of the period."""
    base = facts["opening_balance"] + facts["total_deposits"] - abs(facts["total_withdrawals"])
    interest = facts.amount("interest_paid") or Decimal(0)
    yield tie(
        expected=nearest(facts["closing_balance"], (base, base + interest)),
        actual=facts["closing_balance"],
    )


@RULES.rule(
    "transactions_differ_from_balances",
    kinds=("bank_statement",),
    needs=("opening_balance", "closing_balance", "transactions"),
    claim="the transactions lead from the opening balance to the closing balance",
    source="roll-forward",
)
def transactions(facts: Facts) -> Iterator[Tie]:
    """All rows."""
    rows = facts.rows("transactions")
    if all(row.amount("amount") is not None for row in rows):
        yield tie(
            expected=facts["opening_balance"] + total(row.amount("amount") for row in rows),
            actual=facts["closing_balance"],
            inputs=(
                "opening_balance",
                "closing_balance",
                *(cell for row in rows for cell in row.at("amount")),
            ),
        )


@RULES.rule(
    "running_balance_differs",
    kinds=("bank_statement",),
    needs=("transactions",),
    claim="each balance is the one before and the amounts since",
    source="roll-forward",
)
def running_balance(facts: Facts) -> Iterator[Tie]:
    """From balance to balance."""
    balance = facts.amount("opening_balance")
    inputs: list[str] = ["opening_balance"] if balance is not None else []
    for row in facts.rows("transactions"):
        amount, printed = row.amount("amount"), row.amount("balance")
        inputs += row.at("amount")
        balance = None if balance is None or amount is None else balance + amount
        if printed is None:
            continue
        if balance is not None:
            yield tie(expected=balance, actual=printed, inputs=(*inputs, *row.at("balance")))
        balance, inputs = printed, list(row.at("balance"))


@RULES.rule(
    "account_balance_differs",
    kinds=("bank_statement",),
    needs=("accounts",),
    claim="each account's balances roll forward",
    source="roll-forward",
)
def accounts(facts: Facts) -> Iterator[Tie]:
    """Statements of several accounts."""
    columns = ("opening_balance", "closing_balance", "total_deposits", "total_withdrawals")
    for row in facts.rows("accounts"):
        opening, closing, plus, less = (row.amount(column) for column in columns)
        if opening is None or closing is None or plus is None or less is None:
            continue
        base = opening + plus - abs(less)
        interest = row.amount("interest_paid") or Decimal(0)
        yield tie(
            expected=nearest(closing, (base, base + interest)),
            actual=closing,
            inputs=row.at(*columns),
        )


@RULES.rule(
    "account_totals_differ",
    kinds=("bank_statement",),
    needs=("accounts",),
    claim="the accounts add up to the totals",
    source="sum",
)
def account_totals(facts: Facts) -> Iterator[Tie]:
    """Balances of all accounts."""
    rows = facts.rows("accounts")
    for name in ("opening_balance", "closing_balance"):
        printed = facts.amount(f"total_{name}")
        parts = [row.amount(name) for row in rows]
        if printed is not None and all(part is not None for part in parts):
            yield tie(
                expected=total(parts),
                actual=printed,
                inputs=(f"total_{name}", *(cell for row in rows for cell in row.at(name))),
            )


@RULES.rule(
    "amount_due_differs",
    kinds=("mortgage_statement",),
    needs=("total_amount_due", "principal_due", "interest_due"),
    claim="principal, interest and escrow are not more than the total amount due",
    source="12 CFR 1026.41(d)(2); fees and past payments may add to it",
)
def amount_due(facts: Facts) -> Iterator[Tie]:
    """Explanation of the amount due."""
    parts = ("principal_due", "interest_due", "escrow_due")
    yield tie(
        expected=total(facts.amount(name) for name in parts),
        actual=facts["total_amount_due"],
        or_more=True,
        inputs=("total_amount_due", *parts),
    )


@RULES.rule(
    "interest_due_differs",
    kinds=("mortgage_statement",),
    needs=("unpaid_principal_balance", "note_rate_percent", "interest_due"),
    claim="the interest due is a month's interest on the unpaid principal balance",
    source="balance x rate / 12; the balance before or after the payment, one percent of grace",
)
def interest_due(facts: Facts) -> Iterator[Tie]:
    """Interest of a month."""
    interest = facts["unpaid_principal_balance"] * facts["note_rate_percent"] / 1200
    yield tie(
        expected=interest, actual=facts["interest_due"], within=interest / 100 + Decimal("0.02")
    )


@RULES.rule(
    "amount_due_differs_from_charges",
    kinds=("utility_bill",),
    needs=("amount_due", "previous_balance", "current_charges"),
    claim="previous balance less payments and current charges are not more than the amount due",
    source="sum; fees and deposits may add to it",
)
def utility(facts: Facts) -> Iterator[Tie]:
    """The account summary."""
    payments = abs(facts.amount("payments_received") or Decimal(0))
    yield tie(
        expected=facts["previous_balance"] - payments + facts["current_charges"],
        actual=facts["amount_due"],
        or_more=True,
        inputs=(
            "amount_due",
            "previous_balance",
            "current_charges",
            "payments_received",
        ),
    )
