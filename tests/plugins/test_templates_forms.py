"""What the templates read from forms, cards and cheques of nobody, and what they leave alone.

Every paper here is invented; each stands for a way in which such forms are set.
"""

# ruff: noqa: E501 - the papers are set as wide as they are printed

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Document, Field
from loanbatch.settings import Settings, load_settings
from loanbatch.testing import make_page
from loanbatch.vocabulary import standard_vocabulary
from loanbatch_plugins import normalizers, templates
from loanbatch_plugins.templates._machine_lines import check_digit, read_machine_lines

_WIDTH = 900.0
_REVIEW = Settings().review_threshold

_EARNINGS = """\
Request for Verification of Employment
1. To (Name and address of employer)          2. From (Name and address of lender)
Harrow Tile Works Inc.                        Stonebridge Home Loans
14 Kiln Rd                                    2 Quarry St
Easton, PA 18099                              Easton, PA 18098
7. Name and Address of Applicant (include employee or badge number)          8. Signature of Applicant
Imogen Vale, 77 Ferry St, Easton, PA 18097
Part II - Verification of Present Employment
Type            Year To Date      Past Year 2023      Past Year 2022
Base Pay        $ 20,000.00       $ 60,000.00         $ 58,000.00
Overtime        $ 1,000.00        $ 3,000.00          $ 2,500.00
Commissions     $ 0.00            $ 0.00              $ 0.00
Bonus           $ 0.00            $ 500.00            $ 400.00
Total           $ 21,000.00       {total}         $ 60,900.00
Form 1005
"""


def read(kind: str, text: str) -> dict[str, Field]:
    """Extract and normalize the fields of a paper of one page given as typed text."""
    settings = load_settings({"log_level": "error"}, environ={})
    page = make_page(*text.split("\n"), number=1, width=_WIDTH, height=1400.0)
    found = templates.extract(Document(kind=kind, first_page=1, last_page=1), [page], settings)
    return {field.name: _normalized(field, settings) for field in found or []}


def _normalized(field: Field, settings: Any) -> Field:
    if field.value is not None or field.rows:
        return field
    definition = standard_vocabulary().field(field.name)
    return normalizers.normalize(field, definition, settings) or field


def values(kind: str, text: str) -> dict[str, Any]:
    """Return the values of the fields that are no tables."""
    return {name: field.value for name, field in read(kind, text).items() if not field.rows}


def raw_rows(field: Field) -> list[dict[str, str]]:
    """Return the rows of a table as printed."""
    return [{cell.name: cell.raw for cell in row} for row in field.rows]


def test_employment_form_gives_an_entry_for_each_year() -> None:
    field = read("employment_verification", _EARNINGS.format(total="$ 63,500.00"))["income"]

    assert [row.get("year") for row in raw_rows(field)] == [None, "2023", "2022"]
    assert raw_rows(field)[1]["overtime"] == "$ 3,000.00"
    assert field.confidence >= _REVIEW


def test_employment_form_leaves_out_a_year_that_does_not_add_up() -> None:
    field = read("employment_verification", _EARNINGS.format(total="$ 68,500.00"))["income"]

    assert [row.get("year") for row in raw_rows(field)] == [None, "2022"]
    assert field.confidence < _REVIEW


def test_employment_form_parts_the_applicant_from_the_address() -> None:
    found = values("employment_verification", _EARNINGS.format(total="$ 63,500.00"))

    assert found["employee_name"] == "Imogen Vale"
    assert found["employee_address"] == "77 Ferry St, Easton, PA 18097"


def test_employment_report_tells_hours_currency_and_increase() -> None:
    found = values(
        "employment_verification",
        """\
Employer                           Ashgrove Instruments, Inc.
Employee                           Tobias Renn
Average Hours per Pay Period       80
Last Pay Increase                  03/02/2024 - $2,500.00
Information current as of          04/15/2024""",
    )

    assert found["hours_per_pay_period"] in (80, Decimal(80))
    assert found["current_as_of_date"] == date(2024, 4, 15)
    assert found["last_pay_increase_date"] == date(2024, 3, 2)
    assert found["last_pay_increase"] == Decimal("2500.00")


_RETURN = """\
Form 1040       Department of the Treasury - Internal Revenue Service
U.S. Individual Income Tax Return        2023
Your first name and middle initial       Last name              Your social security number
Orla                                     Fenwick                900-11-2233
Home address (number and street). If you have a P.O. box, see instructions.       Apt. no.
5 Heron Way
City, town, or post office. If you have a foreign address, also complete spaces below.       State       ZIP code
{city}                                                                                       VT          05099
Dependents (see instructions):   (1) First name    Last name    (2) Social security number    (3) Relationship to you
Wren Fenwick                                                    900-44-5566                   Daughter
2a   Tax-exempt interest                   2b   Taxable interest          2b     611
3a   Qualified dividends         204       3b   Ordinary dividends        3b     389
4a   IRA distributions                     4b   Taxable amount            4b
"""


def test_tax_return_reads_city_state_and_code_in_boxes() -> None:
    found = values("tax_return", _RETURN.format(city="Calais"))

    assert found["address"] == "5 Heron Way, Calais, VT 05099"


def test_tax_return_tells_no_address_without_a_city() -> None:
    assert "address" not in values("tax_return", _RETURN.format(city="      "))


def test_tax_return_reads_dependents() -> None:
    field = read("tax_return", _RETURN.format(city="Calais"))["dependents"]

    assert raw_rows(field) == [
        {"name": "Wren Fenwick", "ssn": "900-44-5566", "relationship": "Daughter"}
    ]


def test_tax_return_reads_both_amounts_of_paired_lines() -> None:
    found = values("tax_return", _RETURN.format(city="Calais"))

    assert found["qualified_dividends"] == Decimal(204)
    assert found["ordinary_dividends"] == Decimal(389)
    assert "tax_exempt_interest" not in found


def test_information_return_keeps_the_telephone_out_of_the_address() -> None:
    found = values(
        "form_1099",
        """\
PAYER'S name, street address, city, state, ZIP code, and telephone no.          1 Interest income
Tern Savings Bank                                                               $ 12.50
3 Dock St
Salem, MA 01999        978-555-0100
PAYER'S TIN                                                                     2 Early withdrawal penalty
90-1112223""",
    )

    assert found["payer_address"] == "3 Dock St, Salem, MA 01999"


def test_label_with_its_colon_does_not_go_on_below() -> None:
    found = values(
        "employment_verification",
        """\
Employer:     Ashgrove Instruments, Inc.
Address:      9 Elm Rd, Salem, MA 01999
Employee:     Tobias Renn
SSN:          XXX-XX-1122""",
    )

    assert found["employer_name"] == "Ashgrove Instruments, Inc."
    assert found["employee_name"] == "Tobias Renn"
    assert found["employee_ssn"] == "XXX-XX-1122"


_LICENCE = """\
OREGON                DRIVER LICENSE
4d NUMBER A1234567
1 LINDQVIST
2 MARA ELISE
8 400 CEDAR ST
SALEM, OR 97399
3 DOB 02/03/1980
15 SEX F"""


def test_licence_names_follow_their_numbers() -> None:
    found = values("identity_document", _LICENCE)

    assert found["family_name"] == "LINDQVIST"
    assert found["given_names"] == "MARA ELISE"
    assert found["full_name"] == "MARA ELISE LINDQVIST"
    assert found["address"] == "400 CEDAR ST, SALEM, OR 97399"
    assert found["issuing_state"] == "OR"
    assert found["sex"] == "F"


def test_licence_without_numbers_gives_no_names() -> None:
    found = values(
        "identity_document", _LICENCE.replace("1 LIND", "LIND").replace("2 MARA", "MARA")
    )

    assert "family_name" not in found


def test_licence_whose_heading_and_address_differ_is_doubted() -> None:
    field = read("identity_document", _LICENCE.replace("SALEM, OR", "SALEM, MA"))["issuing_state"]

    assert field.confidence < _REVIEW


def test_licence_names_stand_behind_their_letters() -> None:
    found = values(
        "identity_document",
        """\
CALIFORNIA   DRIVER LICENSE
DL X1122334
LN OKAFOR
FN ADAEZE
12 BIRCH AVE
ANYTOWN, CA 95899
DOB 08/31/1977""",
    )

    assert found["full_name"] == "ADAEZE OKAFOR"
    assert found["document_number"] == "X1122334"
    assert found["address"] == "12 BIRCH AVE, ANYTOWN, CA 95899"


def test_social_security_card_has_the_name_under_its_number() -> None:
    found = values(
        "identity_document",
        """\
SOCIAL SECURITY
THIS NUMBER HAS BEEN ESTABLISHED FOR
900-12-3456
RHONA PELL
SIGNATURE""",
    )

    assert found["document_number"] == "900-12-3456"
    assert found["full_name"] == "RHONA PELL"


#: The specimens of ICAO Doc 9303 parts 4 and 5.
_PASSPORT = ["P<UTOERIKSSON<<ANNA<MARIA" + "<" * 19, "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
_CARD = [
    "I<UTOD231458907" + "<" * 15,
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA" + "<" * 10,
]


@pytest.mark.parametrize("lines", [_PASSPORT, _CARD])
def test_machine_lines_give_names_and_dates(lines: list[str]) -> None:
    found = read_machine_lines(lines)

    assert found["family_name"] == "ERIKSSON"
    assert found["given_names"] == "ANNA MARIA"
    assert found["date_of_birth"] == "1974-08-12"
    assert found["expiration_date"] == "2012-04-15"


def test_machine_line_check_digit_is_that_of_the_specimen() -> None:
    assert check_digit("L898902C3") == 6
    assert check_digit("740812") == 2


@given(st.integers(0, 5), st.integers(1, 9))
def test_machine_lines_with_a_misread_digit_are_not_told(place: int, more: int) -> None:
    birth = list("740812")
    birth[place] = str((int(birth[place]) + more) % 10)
    misread = _PASSPORT[1].replace("740812", "".join(birth), 1)

    assert read_machine_lines([_PASSPORT[0], misread]) == {}


def test_passport_is_read_from_its_machine_lines() -> None:
    found = values("identity_document", "\n".join(["PASSPORT", *_PASSPORT]))

    assert found["full_name"] == "ANNA MARIA ERIKSSON"
    assert found["date_of_birth"] == date(1974, 8, 12)
    assert found["document_number"] == "L898902C3"


def test_binder_reads_limits_behind_misread_dots() -> None:
    found = values(
        "insurance_binder",
        """\
POLICY COVERAGES AND LIMITS OF LIABILITY
A - DWELLING...   0...   eee   eens $   250,000
B - OTHER STRUCTURES...   0.0... ccc   eee $   25,000""",
    )

    assert found["dwelling_coverage"] == Decimal(250000)
    assert found["other_structures_coverage"] == Decimal(25000)


def test_cheque_amount_stands_between_stars() -> None:
    found = values(
        "cheque",
        """\
Pay to the order of:   Basil Oake                         $***1,204.66***
ONE THOUSAND TWO HUNDRED FOUR AND 66/100 DOLLARS""",
    )

    assert found["check_amount"] == Decimal("1204.66")
    assert found["payee_name"] == "Basil Oake"


def test_servicer_stands_over_an_address_on_one_line() -> None:
    found = values(
        "mortgage_statement",
        """\
Wexcombe Loan Servicing                          Mortgage Statement
PO Box 44, Flint, MI 48599                       Statement Date: 03/18/2025

Total Amount Due       $1,459.26""",
    )

    assert found["servicer_name"] == "Wexcombe Loan Servicing"


_PROFIT = """\
SCHEDULE C                       Profit or Loss From Business
 7    Gross income. Add lines 5 and 6                                            vA    48,211.00
 13   Depreciation and section 179                         22   Supplies          22    963.00
      expense deduction (not
      included in Part III)                 13   289.00    23   Taxes             23    178.00
 14   Employee benefit programs             14
 30   Expenses for business use of your home. Do not report these expenses elsewhere
      unless using the simplified method. See instructions.
      Simplified method filers only: the square footage of your home: 1963
      Method Worksheet in the instructions to figure the amount         30    215.00
 31   Net profit or (loss)                                              31    100.00
"""


def test_tax_return_finds_a_line_number_rows_below_its_label() -> None:
    found = values("tax_return", _PROFIT)

    assert found["schedule_c_depreciation"] == Decimal("289.00")
    assert found["schedule_c_business_use_of_home"] == Decimal("215.00")
    assert found["schedule_c_net_profit"] == Decimal("100.00")


def test_tax_return_reads_the_amount_behind_a_misread_line_number() -> None:
    assert values("tax_return", _PROFIT)["schedule_c_gross_income"] == Decimal("48211.00")


_RENTALS = """\
SCHEDULE E                Supplemental Income and Loss
Name(s) shown on return                                          Your social security number
Imogen Vale                                                      900-20-9931
1a   Physical address of each property (street, city, state, ZIP code)
A    18 Birch Rd, Easton, PA 18099
B    904 Lake Ave, Easton, PA 18098
C
1b   Type of Property     2 For each rental property listed          Fair Rental     Personal Use
     (from list below)    report the number of days                  Days            Days
A    1                    fair rental days                      A    365             0
B    2                                                          B    340             12
Income:                                    Properties:               A            B            C
3    Rents received                                       3        14,400.      9,600.
5    Advertising                                          5           120.
12   Mortgage interest paid to banks, etc. (see           12        5,120.      2,990.
14   Repairs                                              14                      300.
20   Total expenses. Add lines 5 through 19               20        5,240.      3,290.
21   Subtract line 20 from line 3 (rents) and/or 4        21
     (royalties). If the result is a loss, see
     instructions to find out if you must file it         21        9,160.      6,310.
22   Deductible rental real estate loss                   22
"""


def test_rental_schedule_gives_a_row_for_each_property() -> None:
    rows = raw_rows(read("tax_return", _RENTALS)["schedule_e_properties"])

    assert [row["property"] for row in rows] == ["A", "B"]
    assert rows[0] == {
        "property": "A",
        "property_type": "1",
        "fair_rental_days": "365",
        "personal_use_days": "0",
        "advertising": "120",
        "mortgage_interest": "5,120",
        "total_expenses": "5,240",
        "net_income": "9,160",
    }
    assert "advertising" not in rows[1]
    assert rows[1]["repairs"] == "300"
    assert rows[1]["personal_use_days"] == "12"


def test_rental_schedule_finds_columns_whose_letters_were_lost() -> None:
    lost = _RENTALS.replace("A            B            C\n3", "A\n3")

    rows = raw_rows(read("tax_return", lost)["schedule_e_properties"])

    assert [(row["property"], row.get("mortgage_interest")) for row in rows] == [
        ("A", "5,120"),
        ("B", "2,990"),
    ]


def test_rental_schedule_lists_addresses_and_no_lines_of_a_business() -> None:
    found = values("tax_return", _RENTALS)

    assert found["property_addresses"] == (
        "18 Birch Rd, Easton, PA 18099",
        "904 Lake Ave, Easton, PA 18098",
    )
    assert found["form_type"].casefold() == "schedule e"
    assert "schedule_c_depletion" not in found


def test_schedule_of_additional_income_is_told_by_its_number() -> None:
    found = values(
        "tax_return",
        """\
SCHEDULE 1               Additional Income and Adjustments to Income
Name(s) shown on Form 1040, 1040-SR, or 1040-NR                    Your social security number
Imogen Vale                                                        900-20-9931
9    Combine lines 1 through 8. Enter here and on Form 1040        9     12,098.
22   Add lines 10 through 21. These are your adjustments to income  22    3,211.
Schedule 1 (Form 1040) 2020
""",
    )

    assert found["form_type"].casefold() == "schedule 1"
    assert found["tax_year"] == 2020
    assert found["taxpayer_names"] == ("Imogen Vale",)
    assert found["schedule_1_income"] == Decimal("12098.00")
    assert found["adjustments"] == Decimal("3211.00")


_HOLDINGS = """\
Borrower Name: Imogen Vale
Uniform Residential Loan Application
                       VI. ASSETS AND LIABILITIES
ASSETS                                                      LIABILITIES                Monthly Payment &    Unpaid Balance
                                                                                       Months Left to Pay
Name and address of Bank, S&L, or Credit Union              Name and address of Company
Harrow Savings Bank                                         Stonebridge Card Services
14 Kiln Rd, Easton, PA 18099                                PO Box 15, Easton, PA 18098     75.00             2,410.00
Acct. no. 2290114                        $    9,120.55      Acct. no. 4266 XXXX 1180
Name and address of Bank, S&L, or Credit Union              Name and address of Company
                                                            Ferry Auto Finance
                                                            9 Ferry St, Easton, PA 18097    312.00            10,480.00
Acct. no.                                $                  Acct. no. 6281193
                                                            Total Monthly Payments      $ 387.00
"""


def test_application_of_2009_lists_each_account_and_debt() -> None:
    found = read("loan_application", _HOLDINGS)

    assert raw_rows(found["assets"]) == [
        {
            "institution_name": "Harrow Savings Bank",
            "account_number": "2290114",
            "amount": "9,120.55",
        }
    ]
    assert raw_rows(found["liabilities"]) == [
        {
            "institution_name": "Stonebridge Card Services",
            "account_number": "4266 XXXX 1180",
            "payment": "75.00",
            "balance": "2,410.00",
        },
        {
            "institution_name": "Ferry Auto Finance",
            "account_number": "6281193",
            "payment": "312.00",
            "balance": "10,480.00",
        },
    ]


_OWNED = """\
2c. Liabilities - Credit Cards, Other Debts, and Leases that You Owe
Account Type       Company Name          Account Number     Unpaid Balance      Monthly Payment
Installment        Ferry Auto Finance    0098812            $ 14,220.00         $ 389.00
3a. Property You Own
Address   Street 612 Oak Terrace                            Unit # {unit}
          City Easton                 State PA              ZIP 18097           Country
Property Value        Status          Intended Occupancy    Monthly Rental Income
$ 245,000.00          Retained        Investment            $ 1,600.00
Mortgage Loans on this Property
Creditor Name         Account Number        Monthly Mortgage Payment        Unpaid Balance
Harrow Home Loans     3400981               $ 1,310.00                      $ 171,204.55
"""


@pytest.mark.parametrize(
    ("unit", "address"),
    [
        ("", "612 Oak Terrace, Easton, PA 18097"),
        ("4B", "612 Oak Terrace, Unit 4B, Easton, PA 18097"),
    ],
)
def test_application_of_2021_lists_properties_with_evidence(unit: str, address: str) -> None:
    found = read("loan_application", _OWNED.format(unit=unit))

    assert raw_rows(found["real_estate"]) == [
        {
            "property_address": address,
            "estimated_property_value": "245,000.00",
            "monthly_payment": "1,310.00",
        }
    ]
    assert all(cell.box.right > cell.box.left for cell in found["real_estate"].rows[0])


def test_value_of_a_property_owned_is_not_that_of_the_one_to_buy() -> None:
    found = read("loan_application", _OWNED.format(unit=""))

    assert "estimated_property_value" not in found


def test_application_of_2021_keeps_mortgages_out_of_the_other_debts() -> None:
    rows = raw_rows(read("loan_application", _OWNED.format(unit=""))["liabilities"])

    assert [row["institution_name"] for row in rows] == ["Ferry Auto Finance"]
    assert rows[0]["balance"] == "$ 14,220.00"


def test_application_of_2021_lists_an_employment_with_its_start_and_pay() -> None:
    text = (
        "1b. Current Employment/Self-Employment and Income\n"
        "Employer or Business Name Easton Paper Co        Phone (610) 555-0177       Base    $ 5,900.00 /month\n"
        "Position or Title Shift Lead       Check if this statement applies:\n"
        "Start Date 04 / 10 / 2017 (mm/dd/yyyy)\n"
    )

    row = read("loan_application", "Borrower Name: Imogen Vale\n" + text)["employments"].rows[0]
    assert {cell.name: cell.raw for cell in row} == {
        "employer_name": "Easton Paper Co",
        "base_monthly_income": "5,900.00",
        "job_title": "Shift Lead",
        "employment_start_date": "04 / 10 / 2017",
    }
