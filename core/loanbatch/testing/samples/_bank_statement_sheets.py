"""More account statements: signed amounts in one column, accountants' parentheses, an Indian bank's passbook page."""

from __future__ import annotations

from decimal import Decimal

from loanbatch.testing.samples._bank_statement import Account
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import (
    bare,
    indian,
    indian_date,
    parenthesized,
    rupees,
    short_date,
    us_date_padded,
)
from loanbatch.testing.samples._sheet import Column, Look, Sheet

STYLES = {
    "signed": Look(layout="pairs", size=9, ruled_tables=False, date=short_date),
    "parentheses": Look(
        family="times",
        layout="colon",
        wording=1,
        size=9.5,
        money=parenthesized,
        date=us_date_padded,
    ),
    "passbook": Look(layout="ruled", wording=2, size=9, money=rupees, date=indian_date),
}

_LABELS = {
    "account_holder_names": ("Account Holder", "Account Owner", "Name of Account Holder"),
    "account_number": ("Account Number", "Account No.", "Account No."),
    "account_type": ("Account Type", "Type of Account", "Account Type"),
    "statement_period_start": ("Statement Period", "Statement Period", "Statement Period"),
    "opening_balance": ("Beginning Balance", "Opening Balance", "Opening Balance"),
    "total_deposits": ("Total Deposits", "Deposits and Credits", "Total Credits"),
    "total_withdrawals": ("Total Withdrawals", "Withdrawals and Debits", "Total Debits"),
    "closing_balance": ("Ending Balance", "Closing Balance", "Closing Balance"),
}


def draw(canvas: Canvas, statement: Account, style: str) -> None:
    """Draw the summary and the transactions."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    truth, look = sheet.truth, sheet.look
    sheet.letterhead(statement.bank, "institution_name")
    sheet.title("Statement of Account", align="L")
    holders = [holder.name for holder in statement.holders]
    start = truth.date("statement_period_start", statement.start, look.date(statement.start))
    end = truth.date("statement_period_end", statement.end, look.date(statement.end))
    sheet.values(
        [
            sheet.names("account_holder_names", holders),
            sheet.plain("account_number", f"XXXXXX{statement.number[-4:]}"),
            sheet.plain("account_type", "Savings" if style == "passbook" else "Checking"),
            sheet.pair("statement_period_start", f"{start} to {end}"),
        ]
    )
    sheet.section("Account Summary")
    sheet.values(
        [
            sheet.money("opening_balance", statement.opening),
            sheet.money("total_deposits", statement.total(1)),
            sheet.money("total_withdrawals", statement.total(-1)),
            sheet.money("closing_balance", statement.closing),
        ]
    )
    sheet.section("Transactions")
    _passbook(sheet, statement) if style == "passbook" else _signed(sheet, statement)


def _record(sheet: Sheet, statement: Account) -> list[tuple[Decimal, Decimal]]:
    """Record all transactions; return amounts and balances."""
    balance, result = statement.opening, []
    for item in statement.transactions:
        balance += item.amount
        cells = {
            "date": item.day,
            "description": item.description,
            "amount": item.amount,
            "balance": balance,
        }
        sheet.truth.row("transactions", cells)
        result.append((item.amount, balance))
    return result


def _signed(sheet: Sheet, statement: Account) -> None:
    write = parenthesized if sheet.look.money is parenthesized else bare
    columns = (
        Column(head="Date", share=1.1),
        Column(head="Description", share=3),
        Column(head="Amount", right=True),
        Column(head="Balance", right=True),
    )
    rows = [
        (sheet.look.date(item.day), item.description, write(amount), write(balance))
        for item, (amount, balance) in zip(
            statement.transactions, _record(sheet, statement), strict=True
        )
    ]
    sheet.table(columns, rows)


def _passbook(sheet: Sheet, statement: Account) -> None:
    columns = (
        Column(head="Date", share=1.1),
        Column(head="Particulars", share=3),
        Column(head="Withdrawals", right=True),
        Column(head="Deposits", right=True),
        Column(head="Balance", right=True),
    )
    rows = []
    for item, (amount, balance) in zip(
        statement.transactions, _record(sheet, statement), strict=True
    ):
        sides = (indian(-amount), "") if amount < 0 else ("", indian(amount))
        rows.append((sheet.look.date(item.day), item.description, *sides, indian(balance)))
    sheet.table(columns, rows)
