"""What a person asks to be prepaid, from words: `500/month`, `10000@2027-03`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from loanbatch.errors import UsageError
from loanbatch.loans import Prepayment

_FORM = re.compile(
    r"(?P<amount>\d{1,3}(?:,\d{2,3})+(?:\.\d{1,2})?|\d{1,15}(?:\.\d{1,2})?)"
    r"(?:/(?P<every>month|year)|@(?P<month>\d{4}-\d{2})|@(?P<payment>\d{1,4}))",
    re.ASCII,
)
_MONTHS = {"month": 1, "year": 12}


def parse_prepayment(text: str) -> Prepayment:
    """Return what is meant by `500/month`, `6000/year`, `10000@2027-03` or `10000@12`.

    The last two are paid once: in a month, or with a payment that is told by its number.

    Raises:
        UsageError: It is none of these, or nothing is to be paid.
    """
    found = _FORM.fullmatch(text.strip())
    month = _month(found["month"]) if found else None
    if found is None or (found["month"] and month is None):
        raise _wrong(text)
    amount = Decimal(found["amount"].replace(",", ""))
    payment = int(found["payment"]) if found["payment"] else None
    if not amount or payment == 0:
        raise _wrong(text)
    every = _MONTHS[found["every"]] if found["every"] else None
    return Prepayment(amount=amount, every_months=every, month=month, payment=payment)


def _month(text: str | None) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None


def _wrong(text: str) -> UsageError:
    return UsageError(
        f"prepayment {text!r}: write 500/month, 6000/year, 10000@2027-03 (once in a month) or"
        " 10000@12 (once with payment 12)"
    )
