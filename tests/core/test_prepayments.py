"""What a person asks to be prepaid, from words."""

from datetime import date
from decimal import Decimal

import pytest

from loanbatch.errors import UsageError
from loanbatch.loans import Prepayment
from loanbatch.prepayments import parse_prepayment


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("500/month", Prepayment(amount=Decimal(500), every_months=1)),
        (" 6,000.50/year ", Prepayment(amount=Decimal("6000.50"), every_months=12)),
        ("10000@2027-03", Prepayment(amount=Decimal(10000), month=date(2027, 3, 1))),
        ("1,00,000@12", Prepayment(amount=Decimal(100000), payment=12)),
    ],
)
def test_prepayment_is_understood(text, meant):
    assert parse_prepayment(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "500",
        "-500/month",
        "0/month",
        "0.00@12",
        "500/week",
        "500@0",
        "500@2027-13",
        "500@2027-3-1",
        "1e3/month",
        "5,0/month",
        "500.001/month",
        "٥٠٠/month",
        "9" * 16 + "/month",
    ],
)
def test_prepayment_that_is_none_says_how_it_is_written(text):
    with pytest.raises(UsageError, match="write 500/month"):
        parse_prepayment(text)
