"""What is read of bank statements in the layouts that banks and credit unions use."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Field, Page, Word
from loanbatch.settings import Settings
from loanbatch_plugins.templates._engine import extract_fields
from loanbatch_plugins.templates._entries import Calendar, read_day, writes_day_first
from loanbatch_plugins.templates._ledger import PROVED, Posting, prove
from loanbatch_plugins.templates._loading import load_template

#: Below it a value is for somebody to look at.
_REVIEW = Settings().review_threshold

_WIDTH, _LEADING = 5.0, 14.0


def page(text: str, number: int = 1) -> Page:
    """Return a page that shows a text in letters of one width."""
    words = [
        Word(m[0], left := 20 + _WIDTH * m.start(), top, left + _WIDTH * len(m[0]), top + 10.0)
        for top, line in ((40 + _LEADING * n, line) for n, line in enumerate(text.splitlines()))
        for m in re.finditer(r"\S+", line)
    ]
    return Page(number=number, width=612.0, height=792.0, words=tuple(words))


def read(*texts: str) -> dict[str, Field]:
    """Return the fields of a statement."""
    template = load_template("bank_statement")
    assert template is not None
    pages = [page(text, number) for number, text in enumerate(texts, start=1)]
    return {field.name: field for field in extract_fields(template, pages)}


def table(field: Field) -> list[tuple[str, ...]]:
    """Return date, amount and balance of each row, as far as read."""
    return [
        tuple(str(c.value) for c in row if c.name in {"date", "amount", "balance"})
        for row in field.rows
    ]


def surety(field: Field) -> list[float]:
    return [cell.confidence for row in field.rows for cell in row if cell.name == "amount"]


def cells(row: tuple[Field, ...]) -> dict[str, str]:
    return {cell.name: cell.raw for cell in row if not cell.rows}


_INDIAN = """
Statement Period    01-04-2025 to 30-04-2025

Date         Particulars             Withdrawals      Deposits      Balance
                                        (Dr)            (Cr)
             B/F                                                   1,000.00 Cr
03-04-2025   NEFT SALARY                           1,12,450.00  1,13,450.00 Cr
05-04-2025   ACH EMI                  13,450.00                 1,00,000.00 Cr
{last}
IFSC: ABCD0000441
"""


@pytest.mark.parametrize(
    "last", ["", "24-04-2025   CHQ                      1,000.00                   99,000.00 Cr"]
)
def test_days_of_indian_statements_come_first_whether_or_not_one_is_over_twelve(last: str) -> None:
    found = read(_INDIAN.format(last=last))["transactions"]

    assert table(found)[:2] == [
        ("2025-04-03", "112450.00", "113450.00"),
        ("2025-04-05", "-13450.00", "100000.00"),
    ]
    assert len(found.rows) == 2 + bool(last)
    assert all("Cr" not in cell.raw for row in found.rows for cell in row)


def test_overdrawn_balance_is_negative() -> None:
    text = _INDIAN.format(
        last="24-04-2025   RENT                   1,00,500.00                      500.00 Dr"
    )

    assert table(read(text)["transactions"])[-1] == ("2025-04-24", "-100500.00", "-500.00")


@pytest.mark.parametrize(
    ("texts", "usual", "expected"),
    [
        (["03-04-2025", "13-04-2025"], False, True),
        (["03/04/2025", "04/13/2025"], True, False),
        (["03/04"], True, True),
        (["word", "1,250.00"], False, False),
        (["24/7", "15/35", "03/04/2025"], False, False),
    ],
)
def test_one_day_over_twelve_says_for_the_whole_document_which_number_is_the_day(
    texts: list[str], usual: bool, expected: bool
) -> None:
    assert writes_day_first(texts, usual=usual) is expected


@given(st.dates(date(2001, 1, 1), date(2060, 12, 31)), st.integers(0, 60))
def test_day_without_year_lies_in_the_period(day: date, later: int) -> None:
    calendar = Calendar(day, day + timedelta(days=later))

    assert read_day(day.strftime("%m-%d"), calendar) == day
    assert read_day(day.strftime("%b %d"), calendar) == day


def test_newest_first_rows_are_proved_and_keep_their_order() -> None:
    found = read("""
Monthly statement, September 2023

Opening balance    Money in     Money out   Closing balance
                   $250.19      $100.00
$530.25                                     $680.44

Date       Details                 Amount       Balance
Sep 29     Interest Credit         +$0.19       $680.44
Sep 14     Transfer to checking    \u2212$100.00     $680.25
Sep 05     Mobile Deposit          +$250.00     $780.25
""")

    assert table(found["transactions"]) == [
        ("2023-09-29", "0.19", "680.44"),
        ("2023-09-14", "-100.00", "680.25"),
        ("2023-09-05", "250.00", "780.25"),
    ]
    assert all(item > 0.98 for item in surety(found["transactions"]))
    assert {name: found[name].raw for name in ("opening_balance", "total_withdrawals")} == {
        "opening_balance": "$530.25",
        "total_withdrawals": "$100.00",
    }


def test_summary_that_does_not_add_up_is_doubted() -> None:
    found = read("""
Opening Balance    Deposits     Withdrawals   Closing Balance
  500.00            250.00        100.00         700.00
""")

    assert found["total_deposits"].confidence < _REVIEW


def test_balance_on_the_last_row_of_a_day_proves_the_rows_before() -> None:
    found = read("""
March 1, 2025 - March 31, 2025

Beginning balance on 3/1       $100.00

Date    Check    Description        Deposits/    Withdrawals/   Ending daily
        Number                      Additions    Subtractions   balance
3/3              Payroll              900.00                    1,000.00
3/4              Pharmacy                            40.00
3/4     412      Check                               60.00        900.00
""")

    assert table(found["transactions"]) == [
        ("2025-03-03", "900.00", "1000.00"),
        ("2025-03-04", "-40.00"),
        ("2025-03-04", "-60.00", "900.00"),
    ]
    assert all(item > 0.98 for item in surety(found["transactions"]))


def test_list_of_checks_is_paid_out_and_not_told_twice() -> None:
    found = read("""
Statement Period 11/01/22 to 11/30/22

Date    Description          Amount
11/07   CHECK 3301           640.00-

Checks in Number Order
Date    Check No   Amount       Date    Check No   Amount
11/07   3301       640.00       11/16   3302*      12.00
""")

    assert table(found["transactions"]) == [("2022-11-07", "-640.00"), ("2022-11-16", "-12.00")]


def test_rows_that_miss_the_closing_balance_need_review() -> None:
    found = read("""
Statement Period 11/01/22 to 11/30/22
Previous Balance    100.00
Ending Balance      500.00

Deposits and Additions
Date    Description          Amount
11/07   DEPOSIT              300.00
""")

    assert found["transactions"].confidence < _REVIEW


@pytest.mark.parametrize(
    "text",
    [
        """
Txn Date     Value Date   Description    Ref No./Cheque No.    Debit      Credit     Balance
03 Apr 2025  04 Apr 2025  TO TRANSFER    8812                  100.00                400.00
15 Apr 2025  16 Apr 2025  BY SALARY                                        50.00     450.00
""",
        """
S No.   Value Date   Transaction Date  Remarks    Withdrawal Amt (INR)      Deposit Amount   Balance
1       03/04/2025   04/04/2025        UPI/SHOP   100.00                                     400.00
2       15/04/2025   16/04/2025        SALARY                               50.00            450.00
""",
        """
Date        Narration      Chq./Ref.No.   Value Dt    Withdrawal Amt.   Deposit Amt.   Balance
03/04/25    UPI SHOP       00551122       03/04/25        100.00                             400.00
15/04/25    SALARY         00551123       15/04/25                          50.00            450.00
""",
    ],
)
def test_serial_numbers_and_second_dates_are_no_part_of_a_row(text: str) -> None:
    found = read("Statement of account, INR\nOpening Balance   500.00\n" + text)

    assert table(found["transactions"]) == [
        ("2025-04-03", "-100.00", "400.00"),
        ("2025-04-15", "50.00", "450.00"),
    ]


def test_checks_may_have_their_number_before_their_date() -> None:
    found = read("""
September 17, 2024 through October 16, 2024

CHECKS PAID
CHECK NO.     DATE PAID     AMOUNT
1188          09/20         $450.00
1190 *        10/02         75.50
""")

    assert table(found["transactions"]) == [("2024-09-20", "-450.00"), ("2024-10-02", "-75.50")]


_UNION = """
Statement Period: 07/01/24 thru 07/31/24      Member Number: 118204

{first}
Date     Description                     Amount      Balance
07/01    Beginning Balance                             25.00
07/31    Deposit Dividend                  0.01        25.01
07/31    Ending Balance                                25.01

{second}
Date     Description                     Amount      Balance
07/01    Beginning Balance                            800.00
07/12    Draft 002071                    310.00-      490.00
07/31    Ending Balance                               490.00

{loan}
Date     Description                     Amount      Balance
07/01    Beginning Balance                          9,000.00
07/22    Payment                         288.14     8,711.86
"""


@pytest.mark.parametrize(
    ("first", "second", "loan"),
    [
        ("SUFFIX 00  PRIMARY SHARE", "SUFFIX 09  BASIC CHECKING", "LOAN 0070  USED VEHICLE"),
        ("S0001  PRIMARY SHARE", "S0040  BASIC CHECKING", "L0010  USED VEHICLE"),
        ("ID 0001  PRIMARY SHARE", "ID 0009  BASIC CHECKING", "ID 0070  AUTO LOAN"),
    ],
)
def test_shares_are_accounts_and_loans_are_none(first: str, second: str, loan: str) -> None:
    rows = read(_UNION.format(first=first, second=second, loan=loan))["accounts"].rows

    assert [cells(row)["account_name"] for row in rows] == ["PRIMARY SHARE", "BASIC CHECKING"]
    assert [cells(row)["closing_balance"] for row in rows] == ["25.01", "490.00"]
    listed = [table(cell) for row in rows for cell in row if cell.name == "transactions"]
    assert listed == [[("2024-07-31", "0.01", "25.01")], [("2024-07-12", "-310.00", "490.00")]]


def test_loan_beside_one_share_gives_no_transactions() -> None:
    text = _UNION.format(first="S0001  PRIMARY SHARE", second="L0001  NOTE", loan="L0010  CAR")

    assert table(read(text)["transactions"]) == [("2024-07-31", "0.01", "25.01")]


def test_part_of_an_account_begins_with_its_name_over_its_number() -> None:
    part = """
{name} - Online Savings
Account Number: ****{number}
Beginning Balance    {opening}
Deposits             $5.00
Ending Balance       {closing}
"""
    found = read(
        """
Account Name      Account Number     Beginning Balance    Ending Balance
Rainy Days        ****0092           $10.00               $15.00
Spending          ****1180           $20.00               $25.00
"""
        + part.format(name="Rainy Days", number="0092", opening="$10.00", closing="$15.00")
        + part.format(name="Spending", number="1180", opening="$20.00", closing="$25.00")
    )

    assert [cells(row)["total_deposits"] for row in found["accounts"].rows] == ["$5.00", "$5.00"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("JOHN A DOE OR MARY B DOE", "JOHN A DOE OR MARY B DOE"),
        ("Ms. MARY DOE", "MARY DOE"),
        ("DOE CARPENTRY INC\nOPERATING ACCOUNT", "DOE CARPENTRY INC"),
    ],
)
def test_holder_may_be_joint_titled_or_a_firm(name: str, expected: str) -> None:
    found = read(f"First Example Bank\n\n\n\n{name}\n12 MAIN ST\nRUTLAND VT 05799\n")

    assert found["account_holder_names"].raw.removeprefix("Ms. ") == expected
    assert found["institution_name"].raw == "First Example Bank"


def test_name_of_a_credit_union_may_run_over_two_lines() -> None:
    found = read("Example Community Credit\nUnion\n1900 Reserve St, Missoula, MT 59899\n")

    assert found["institution_name"].raw == "Example Community Credit Union"


def test_account_number_is_not_part_of_the_account_type() -> None:
    found = read("Business Analyzed Checking\nAccount number  0099-441177\n")

    assert found["account_type"].raw == "Business Analyzed Checking"


def test_this_statement_is_its_date_and_the_last_one_is_not() -> None:
    found = read("Last statement: January 31, 2024\nThis statement: February 29, 2024\n")

    assert found["statement_date"].raw == "February 29, 2024"


def test_period_without_a_year_takes_it_from_the_date_of_the_statement() -> None:
    found = read("Statement Date 01/02/2025\n\nActivity for 12/1 through 12/31\n")

    assert found["statement_period_start"].value == date(2024, 12, 1)
    assert found["statement_period_end"].value == date(2024, 12, 31)


def test_period_may_name_its_year_once() -> None:
    found = read("""
Statement Period Aug 1 - Aug 31, 2024

Date     Description              Amount Subtracted    Amount Added     Balance
08/01    Opening Balance                                                  50.00
08/05    Credit                                           500.00         550.00
""")

    assert found["statement_period_start"].value == date(2024, 8, 1)
    assert table(found["transactions"]) == [("2024-08-05", "500.00", "550.00")]


def test_reference_numbers_do_not_make_deposits_checks() -> None:
    found = read("""
Statement Period: Jul 1, 2024 through Jul 31, 2024

Customer Deposits
Number    Date      Ref Number      Amount
          Jul 5     8912345678      500.00
Other Withdrawals
Date      Description of Transaction    Ref Number      Amount
Jul 9     Electronic Withdrawal         REF=2419        $ 200.00-
""")

    assert table(found["transactions"]) == [("2024-07-05", "500.00"), ("2024-07-09", "-200.00")]


def test_year_before_deposits_is_no_count_of_them() -> None:
    found = read("""
Beginning balance on January 1, 2024     $100.00
Deposits and other additions              500.00
Withdrawals and other subtractions        -50.00
""")

    assert not {"deposit_count", "withdrawal_count"} & found.keys()


@given(
    st.lists(st.integers(-99_999, 99_999).filter(bool), min_size=1, max_size=12),
    st.integers(0, 99_999),
    st.booleans(),
    st.data(),
)
def test_right_amounts_are_proved_wherever_balances_stand(
    cents: list[int], opening: int, newest_first: bool, data: st.DataObject
) -> None:
    balance = Decimal(opening)
    postings = []
    for number, amount in enumerate(map(Decimal, cents)):
        balance += amount
        last = number == len(cents) - 1
        told = last or data.draw(st.booleans())
        day = date(2024, 1, 1) + timedelta(days=number)
        postings.append(Posting(day, amount, True, balance if told else None))
    printed = postings[::-1] if newest_first and len(postings) > 1 else postings
    prove(printed, Decimal(opening), None)

    assert [item.amount for item in postings] == list(map(Decimal, cents))
    assert all(item.confidence == PROVED for item in postings)


@pytest.mark.parametrize(("end", "first"), [("30/04/2025", True), ("04/30/2025", False)])
def test_day_over_twelve_anywhere_marks_the_days_of_all_fields(end: str, first: bool) -> None:
    found = read(f"Statement Date: 05/04/2025\nStatement Period 01/04/2025 to {end}\n")

    assert found["statement_date"].extractor.endswith("/day_first") is first


def test_number_of_a_check_is_no_part_of_an_amount_without_headers() -> None:
    found = read("Statement Date 08/31/2018\n\nDEBITS\n08/07   Check 1236         276.35\n")

    assert table(found["transactions"]) == [("2018-08-07", "-276.35")]


def test_checks_beside_other_entries_are_entries_of_their_own() -> None:
    found = read("""Statement Period 05/01/2024 to 05/31/2024

Date     Electronic activity      Amount       Check    Date paid     Amount
05/02    Grocery               310.04 DR       1809     05/11      147.47 DR
05/11    Mobile Deposit        1,703.39
""")

    assert sorted(table(found["transactions"])) == [
        ("2024-05-02", "-310.04"),
        ("2024-05-11", "-147.47"),
        ("2024-05-11", "1703.39"),
    ]


def test_period_stands_below_from_and_to() -> None:
    found = read("MEMBER NO.      FROM        TO\n88120           12-01-20    12-31-20\n")

    assert found["account_number"].raw == "88120"
    assert found["statement_period_start"].raw == "12-01-20"
    assert found["statement_period_end"].raw == "12-31-20"
