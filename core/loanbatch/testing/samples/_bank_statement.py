"""A current account's monthly statement, with its transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from attrs import frozen

from loanbatch.testing.samples import _people as people
from loanbatch.testing.samples._arithmetic import months_later
from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import bare, dollars, long_date, us_date_padded

#: Font by style.
STYLES = {"ledger": "helvetica", "split": "times", "mono": "courier"}

_LEFT, _RIGHT = 46.0, 566.0
_ROW = 14.5
_LAST_LINE = 730.0


@frozen(kw_only=True)
class Transaction:
    """A booking; the amount is signed."""

    day: date
    description: str
    amount: Decimal


@frozen(kw_only=True)
class Account:
    """A month of an account."""

    holders: tuple[people.Person, ...]
    bank: people.Firm
    number: str
    start: date
    end: date
    opening: Decimal
    transactions: tuple[Transaction, ...]

    def total(self, sign: int) -> Decimal:
        """Return the sum of deposits (1) or withdrawals (-1), positive."""
        amounts = (t.amount for t in self.transactions if t.amount * sign > 0)
        return abs(sum(amounts, Decimal(0)))

    @property
    def closing(self) -> Decimal:
        """Opening balance, deposits added, withdrawals taken off."""
        return self.opening + self.total(1) - self.total(-1)


_SPENDING = (
    "POS PURCHASE GREEN BASKET MARKET",
    "ONLINE PAYMENT RIVERLIGHT ELECTRIC",
    "ATM WITHDRAWAL MAIN ST",
    "POS PURCHASE PAPER LANTERN BOOKS",
    "ACH DEBIT OAKLEAF INSURANCE",
    "CHECK",
    "POS PURCHASE COMET FUEL",
    "ACH DEBIT STUDENT LOAN PAYMENT",
)


def account(rng: Random) -> Account:
    """Invent a month of an account."""
    start = months_later(date(2025, 1, 1), rng.randrange(0, 12))
    end = months_later(start, 1) - timedelta(days=1)
    first = people.person(rng)
    holders = [first]
    if rng.random() < 0.4:
        holders.append(people.person(rng, home=first.address))
    bookings = []
    salary = Decimal(rng.randrange(150000, 290000)) / 100
    bookings += [(day, "DIRECT DEPOSIT PAYROLL", salary) for day in (5, 19)]
    if rng.random() < 0.5:
        bookings.append(
            (rng.randint(2, 27), "MOBILE CHECK DEPOSIT", Decimal(rng.randrange(5000, 60000)) / 100)
        )
    for _ in range(rng.randint(8, 30)):
        amount = -Decimal(rng.randrange(450, 32000)) / 100
        bookings.append((rng.randint(1, 28), rng.choice(_SPENDING), amount))
    bookings.sort(key=lambda item: item[0])
    return Account(
        holders=tuple(holders),
        bank=people.bank(rng),
        number=f"{rng.randint(0, 9999):04d}{rng.randint(0, 999999):06d}",
        start=start,
        end=end,
        opening=Decimal(rng.randrange(250000, 1500000)) / 100,
        transactions=tuple(
            Transaction(day=start.replace(day=day), description=text, amount=amount)
            for day, text, amount in bookings
        ),
    )


def draw(canvas: Canvas, statement: Account, style: str) -> None:
    """Draw the summary and the transactions on as many pages as they need."""
    canvas.family = STYLES[style]
    canvas.new_page()
    y = _head(canvas, statement)
    y = _summary(canvas, statement, y, signs=style != "mono")
    if style == "split":
        for sign, title in (
            (1, "Deposits and Other Credits"),
            (-1, "Withdrawals and Other Debits"),
        ):
            y = _part(canvas, statement, y, sign=sign, title=title)
    else:
        _running(canvas, statement, y)


def _head(canvas: Canvas, statement: Account) -> float:
    truth, holders = canvas.truth, statement.holders
    bank = statement.bank
    canvas.text(_LEFT, 56, truth.plain("institution_name", bank.name), size=17, bold=True)
    canvas.text(_LEFT, 70, ", ".join(bank.address), size=8.5)
    canvas.text(_RIGHT, 56, "Account Statement", size=13, align="R")
    start = truth.date("statement_period_start", statement.start, long_date(statement.start))
    end = truth.date("statement_period_end", statement.end, long_date(statement.end))
    names = [holder.name for holder in holders]
    truth.names("account_holder_names", names, *names)
    truth.address("address", holders[0].address)
    canvas.lines(_LEFT, 112, [*names, *holders[0].address], size=10)
    number = truth.plain("account_number", f"XXXXXX{statement.number[-4:]}")
    rows = (
        ("Statement Period:", f"{start} - {end}"),
        ("Account Number:", number),
        ("Account Type:", truth.plain("account_type", "Personal Checking")),
        ("Customer Service:", bank.phone),
    )
    # Courier is wide: labels and values would run into each other.
    label_size, value_size = (8, 7.5) if canvas.family == "courier" else (9, 9)
    for index, (label, value) in enumerate(rows):
        canvas.text(300, 112 + 14 * index, label, size=label_size, bold=True)
        canvas.text(392, 112 + 14 * index, value, size=value_size)
    return 196.0


def _summary(canvas: Canvas, statement: Account, y: float, *, signs: bool) -> float:
    truth = canvas.truth
    write = dollars if signs else bare
    deposits = sum(1 for t in statement.transactions if t.amount > 0)
    withdrawals = len(statement.transactions) - deposits
    credit, debit = statement.total(1), statement.total(-1)
    truth.plain("deposit_count", deposits, str(deposits))
    truth.plain("withdrawal_count", withdrawals, str(withdrawals))
    opening = f"Beginning Balance on {us_date_padded(statement.start)}"
    closing = f"Ending Balance on {us_date_padded(statement.end)}"
    rows = (
        (opening, truth.money("opening_balance", statement.opening, write(statement.opening))),
        (
            f"Deposits and Other Credits ({deposits})",
            truth.money("total_deposits", credit, write(credit)),
        ),
        (
            f"Withdrawals and Other Debits ({withdrawals})",
            truth.money("total_withdrawals", debit, write(debit)),
        ),
        (closing, truth.money("closing_balance", statement.closing, write(statement.closing))),
    )
    canvas.text(_LEFT, y, "Account Summary", size=12, bold=True)
    canvas.rule(_LEFT, y + 5, _RIGHT, y + 5, weight=1)
    for label, value in rows:
        y += 18
        canvas.text(_LEFT + 4, y, label, size=9.5)
        canvas.text(_RIGHT - 120, y, value, size=9.5, align="R")
    return y + 36


def _table_head(
    canvas: Canvas, y: float, title: str, columns: Sequence[tuple[float, str]]
) -> float:
    canvas.text(_LEFT, y, title, size=12, bold=True)
    canvas.box(_LEFT, y + 7, _RIGHT, y + 22, fill=225)
    for x, text in columns:
        align = "L" if x < 200 else "R"
        canvas.text(x, y + 18, text, size=9, bold=True, align=align)  # type: ignore[arg-type]
    return y + 36


_RUNNING = (
    (_LEFT + 4, "Date"),
    (120.0, "Description"),
    (400.0, "Deposits"),
    (480.0, "Withdrawals"),
    (_RIGHT - 4, "Balance"),
)
_PART = ((_LEFT + 4, "Date"), (120.0, "Description"), (_RIGHT - 4, "Amount"))


def _running(canvas: Canvas, statement: Account, y: float) -> None:
    y = _table_head(canvas, y, "Transaction Details", _RUNNING)
    balance = statement.opening
    for item in statement.transactions:
        if y > _LAST_LINE:
            canvas.new_page()
            y = _table_head(canvas, 60, "Transaction Details (continued)", _RUNNING)
        balance += item.amount
        text = bare(abs(item.amount))
        canvas.text(_LEFT + 4, y, us_date_padded(item.day), size=9)
        canvas.text(120, y, item.description, size=8.5 if canvas.family != "courier" else 7)
        canvas.text(400 if item.amount > 0 else 480, y, text, size=9, align="R")
        canvas.text(_RIGHT - 4, y, bare(balance), size=9, align="R")
        cells = {
            "date": item.day,
            "description": item.description,
            "amount": item.amount,
            "balance": balance,
        }
        canvas.truth.row("transactions", cells, text, bare(balance))
        y += _ROW


def _part(canvas: Canvas, statement: Account, y: float, *, sign: int, title: str) -> float:
    y = _table_head(canvas, y, title, _PART)
    for item in statement.transactions:
        if item.amount * sign < 0:
            continue
        if y > _LAST_LINE:
            canvas.new_page()
            y = _table_head(canvas, 60, f"{title} (continued)", _PART)
        text = bare(abs(item.amount))
        canvas.text(_LEFT + 4, y, us_date_padded(item.day), size=9)
        canvas.text(120, y, item.description, size=9)
        canvas.text(_RIGHT - 4, y, text, size=9, align="R")
        cells = {"date": item.day, "description": item.description, "amount": item.amount}
        canvas.truth.row("transactions", cells, text)
        y += _ROW
    return y + 22
