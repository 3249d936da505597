"""The bundled normalize plugin: raw text in; one typed value, or nothing, out."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.models import Box, Field, Value
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition, FieldType
from loanbatch_plugins.normalizers import NormalizerSettings, normalize

DEFAULTS = Settings()
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip


def normalized(
    raw: str,
    type_: FieldType,
    name: str = "some_field",
    extractor: str = "templates/some_kind",
    settings: Settings = DEFAULTS,
) -> Field | None:
    found = Field(
        name=name, raw=raw, page=2, box=Box(1, 2, 3, 4), confidence=0.9, extractor=extractor
    )
    return normalize(
        field=found,
        definition=FieldDefinition(name=name, type=type_),
        settings=settings,
    )


def value_of(raw: str, type_: FieldType, name: str = "some_field", **more: str) -> Value | None:
    result = normalized(raw, type_, name, **more)
    return None if result is None else result.value


def us_grouping(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def indian_grouping(amount: Decimal) -> str:
    whole, cents = f"{amount:.2f}".split(".")
    head, tail = whole[:-3], whole[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail]) + "." + cents


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("$1,234.56", "1234.56"),
        ("1,234", "1234.00"),
        ("$.50", "0.50"),
        ("12,345.", "12345.00"),
        ("(123.45)", "-123.45"),
        ("$(1,234)", "-1234.00"),
        ("1,234.56-", "-1234.56"),
        ("−$5.00", "-5.00"),
        ("-0.00", "0.00"),
        ("1,00,000", "100000.00"),
        ("12,34,567/-", "1234567.00"),
        ("2 crore", "20000000.00"),
        ("$ 1 234.56", "1234.56"),
        ("1,234. 56", "1234.56"),
        ("12,345 00", "12345.00"),
        ("1.234,56", "1234.56"),
        ("$761.78 a month", "761.78"),
        ("***1,234.56***", "1234.56"),
        ("$400,000 (four hundred thousand dollars)", "400000.00"),
    ],
)
def test_money_reads_what_has_one_reading(raw: str, amount: str) -> None:
    assert value_of(raw, FieldType.MONEY) == Decimal(amount)
    assert str(value_of(raw, FieldType.MONEY)) == amount


@pytest.mark.parametrize(
    "raw",
    [
        "", "$", "N/A", "-",
        "$1,234.S6", "l,234", "1 234.56", "1.234", "12,34", "$12,34.56", "12.345",
        "$400,000 $300,000", "3-4", "--5", "(5", "1,500.00 Cr", "1,500.00 Dr", "123 Main", "2 of 3",
        "1,2345", "four hundred dollars", "99999999999999",
    ],
)  # fmt: skip
def test_money_refuses_to_guess(raw: str) -> None:
    assert normalized(raw, FieldType.MONEY) is None


@pytest.mark.parametrize(
    ("raw", "amount", "currency"),
    [
        ("Rs. 5.5 lakh", "550000.00", "INR"),
        ("₹12,345", "12345.00", "INR"),
        ("INR 4,50,000.00", "450000.00", "INR"),
        ("Rs. 1.5 Cr", "15000000.00", "INR"),
        ("€1.234,56", "1234.56", "EUR"),
        ("£20", "20.00", "GBP"),
        ("$20", "20.00", None),
        ("USD 20", "20.00", None),
        ("20", "20.00", None),
    ],
)
def test_money_names_the_currency_only_where_it_is_not_the_dollar(
    raw: str, amount: str, currency: str | None
) -> None:
    result = normalized(raw, FieldType.MONEY)

    assert result is not None
    assert (str(result.value), result.currency) == (amount, currency)


@pytest.mark.parametrize(
    "name", ["lender_credits", "total_payoffs_and_payments", "total_withdrawals", "deposit_amount"]
)
def test_money_that_forms_print_negative_is_a_positive_total(name: str) -> None:
    assert value_of("-$500.00", FieldType.MONEY, name) == Decimal("500.00")


def test_money_of_an_account_takes_its_sign_from_the_side() -> None:
    assert value_of("1,500.00 Dr", FieldType.MONEY, "balance") == Decimal("-1500.00")
    assert value_of("1,500.00 Cr", FieldType.MONEY, "closing_balance") == Decimal("1500.00")


@given(st.decimals(min_value=0, max_value=10**11, places=2))
def test_money_round_trips_in_both_groupings(amount: Decimal) -> None:
    assert value_of(us_grouping(amount), FieldType.MONEY) == amount
    assert value_of("₹ " + indian_grouping(amount), FieldType.MONEY) == amount


@given(st.decimals(min_value="0.01", max_value=10**9, places=2))
def test_money_round_trips_with_every_negative_sign(amount: Decimal) -> None:
    for shape in ("-${}", "(${})", "${}-", "$ -{}", "({})"):
        assert value_of(shape.format(us_grouping(amount)), FieldType.MONEY) == -amount


@given(st.decimals(min_value="0.01", max_value=10**9, places=2), st.data())
def test_money_with_a_letter_for_a_digit_has_no_value(amount: Decimal, data: st.DataObject) -> None:
    text = us_grouping(amount)
    place = data.draw(st.sampled_from([i for i, c in enumerate(text) if c.isdigit()]))
    letter = data.draw(st.sampled_from("OlISB"))

    assert value_of(text[:place] + letter + text[place + 1 :], FieldType.MONEY) is None


@pytest.mark.parametrize(
    ("raw", "percent"),
    [
        ("3.875%", "3.875"),
        ("7.00 %", "7"),
        ("100%", "100"),
        ("8.50% p.a.", "8.5"),
        ("5 1/4%", "5.25"),
        ("5½%", "5.5"),
        ("14 1/4 percent", "14.25"),
        ("five percent (5%)", "5"),
        ("0.250", "0.25"),
        ("4,25 %", "4.25"),
        ("3. 875%", "3.875"),
        ("-0.25%", "-0.25"),
        ("- 8.5%", "8.5"),
        ("150 bps", "1.5"),
    ],
)
def test_percent_has_no_trailing_zeros_and_no_exponent(raw: str, percent: str) -> None:
    assert str(value_of(raw, FieldType.PERCENT)) == percent


@pytest.mark.parametrize(
    "raw", ["", "%", "12% to 13%", "4,250%", "1/3%", "3.875 9%", "5000%", "sec 5"]
)
def test_percent_refuses_to_guess(raw: str) -> None:
    assert normalized(raw, FieldType.PERCENT) is None


def test_percent_of_a_spread_counts_every_minus() -> None:
    assert value_of("EBLR - 1.75%", FieldType.PERCENT, "spread_percent") == Decimal("-1.75")
    assert value_of("minus 1.75%", FieldType.PERCENT, "spread_percent") == Decimal("-1.75")


@given(st.decimals(min_value=0, max_value=999, places=3))
def test_percent_round_trips(percent: Decimal) -> None:
    found = value_of(f"{percent}%", FieldType.PERCENT)

    assert found == percent
    assert "E" not in str(found)
    assert not (str(found).endswith("0") and "." in str(found))


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("04/15/2013", "2013-04-15"),
        ("4/15/13", "2013-04-15"),
        ("01/02/2013", "2013-01-02"),
        ("25/12/2020", "2020-12-25"),
        ("05.04.2026", "2026-04-05"),
        ("2013-04-15T10:30:00Z", "2013-04-15"),
        ("04152013", "2013-04-15"),
        ("20210305", "2021-03-05"),
        ("15APR2013", "2013-04-15"),
        ("OCTOBER 5, 2020", "2020-10-05"),
        ("1st day of March, 2020", "2020-03-01"),
        ("15 de abril de 2013", "2013-04-15"),
        ("Monday, April 15, 2013 10:30 AM EST", "2013-04-15"),
        ("Expires 4/16/2013 at 5 p.m. EDT", "2013-04-16"),
        ("12 maart 2026", "2026-03-12"),
        ("1er février 2026", "2026-02-01"),
        ("3. März 2026", "2026-03-03"),
        ("5 août 2026", "2026-08-05"),
        ("7 Dezember 2026", "2026-12-07"),
        ("12/31/49", "2049-12-31"),
        ("12/31/50", "1950-12-31"),
    ],
)
def test_date_reads_what_forms_print(raw: str, day: str) -> None:
    assert value_of(raw, FieldType.DATE) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "raw",
    [
        "", "March 2020", "Feb 30, 2020", "2/29/2021", "13/13/2020", "l2/15/2013", "04/15/2O13",
        "April 15, 20lO", "04/15/2013 - 04/20/2013", "4/15", "00/00/0000", "99999999",
    ],
)  # fmt: skip
def test_date_that_is_not_one_day_has_no_value(raw: str) -> None:
    assert normalized(raw, FieldType.DATE) is None


def test_date_of_birth_with_two_digits_lies_in_the_past() -> None:
    assert value_of("3/18/45", FieldType.DATE, "date_of_birth") == date(1945, 3, 18)
    assert value_of("3/18/45", FieldType.DATE, "maturity_date") == date(2045, 3, 18)


def test_date_is_day_first_in_templates_of_countries_that_write_so() -> None:
    indian = "templates/sanction_letter"

    assert value_of("05/11/2025", FieldType.DATE, extractor=indian) == date(2025, 11, 5)
    assert value_of("05/11/2025", FieldType.DATE) == date(2025, 5, 11)


def test_date_is_day_first_where_the_settings_say_so() -> None:
    settings = Settings(plugin_tables={"normalizers": NormalizerSettings(day_first=True)})

    result = normalized("05/11/2025", FieldType.DATE, settings=settings)

    assert result is not None
    assert result.value == date(2025, 11, 5)


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_date_round_trips_in_every_format(day: date) -> None:
    name = MONTHS[day.month - 1]
    year, month, number = day.year, day.month, day.day
    for raw in (
        day.isoformat(),
        f"{month:02}/{number:02}/{year}",
        f"{month}/{number}/{year % 100:02}",
        f"{month:02}-{number:02}-{year}",
        f"{number:02}.{month:02}.{year}",
        f"{month:02} {number:02} {year}",
        f"{name} {number}, {year}",
        f"{name[:3]}. {number}, {year}",
        f"{number}-{name[:3]}-{year}",
        f"{number} {name} {year}",
        f"{number:02}{name[:3].upper()}{year}",
        f"{day.isoformat()}T09:15:00+05:30",
        f"{year}{month:02}{number:02}",
    ):
        assert value_of(raw, FieldType.DATE) == day, raw


@pytest.mark.parametrize(
    ("raw", "months"),
    [
        ("30 years", 360), ("360", 360), ("30", 30), ("360 months", 360), ("15 yr", 180),
        ("36 EMIs", 36),
        ("10 Years 6 Months", 126), ("2 1/2 years", 30), ("84 (eighty four) months", 84),
        ("sixty (60) months", 60), ("30 años", 360), ("360 months (30 years)", 360), ("5-year", 60),
        ("twelve months", 12), ("180 monthly installments", 180),
    ],
)  # fmt: skip
def test_months_reads_years_and_months(raw: str, months: int) -> None:
    assert value_of(raw, FieldType.MONTHS) == months


@pytest.mark.parametrize(
    "raw", ["", "90 days", "12 to 60 months", "1/7 year", "360 months (15 years)"]
)
def test_months_refuses_other_lengths(raw: str) -> None:
    assert normalized(raw, FieldType.MONTHS) is None


@pytest.mark.parametrize(
    ("raw", "count"),
    [("15 days", 15), ("fifteen (15)", 15), ("twenty-five", 25), ("1,234", 1234), ("10.00", 10)],
)
def test_count_reads_a_whole_number(raw: str, count: int) -> None:
    assert value_of(raw, FieldType.COUNT) == count


@pytest.mark.parametrize("raw", ["", "1.5", "12-15", "1 & 2", "several", "²"])
def test_count_refuses_what_is_not_one_whole_number(raw: str) -> None:
    assert normalized(raw, FieldType.COUNT) is None


def test_number_keeps_the_printed_places_and_drops_the_unit() -> None:
    assert str(value_of("1,643.50 kWh", FieldType.NUMBER)) == "1643.50"
    assert value_of("12 13", FieldType.NUMBER) is None


def test_year_is_one_year_with_four_digits() -> None:
    assert value_of("For calendar year 2020", FieldType.YEAR) == 2020
    assert value_of("20 23", FieldType.YEAR) == 2023
    assert value_of("2020-2021", FieldType.YEAR) is None
    assert value_of("3020", FieldType.YEAR) is None


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Michael Jones and Mary Stone", ("Michael Jones", "Mary Stone")),
        ("James and Clara Borrower", ("James Borrower", "Clara Borrower")),
        ("John A. & Jane M. Smith III", ("John A. Smith", "Jane M. Smith III")),
        ("Ann Roe; Bob Ray", ("Ann Roe", "Bob Ray")),
        ("1. Ann Roe\n2. Bob Ray", ("Ann Roe", "Bob Ray")),
        ("Ann Roe, Bob Ray and Cy Poe", ("Ann Roe", "Bob Ray", "Cy Poe")),
        ("Roe, Ann", ("Roe, Ann",)),
        ("Ann Roe, Jr. and Bob Ray", ("Ann Roe, Jr.", "Bob Ray")),
        ("Smith and Sons LLC", ("Smith and Sons LLC",)),
        ("Mr. and Mrs. John Smith", ("Mr. and Mrs. John Smith",)),
        ("Ann Roe and Bob Roe, husband and wife", ("Ann Roe", "Bob Roe")),
        ("Ann Roe (Co-Borrower)", ("Ann Roe",)),
    ],
)
def test_names_has_one_entry_a_person(raw: str, names: tuple[str, ...]) -> None:
    assert value_of(raw, FieldType.NAMES) == names


@given(
    st.lists(
        # Not a title with one name, which is a part of a name.
        st.from_regex(r"[A-Z][a-z]{2,8}ia [A-Z][a-z]{3,8}ez", fullmatch=True),
        min_size=1,
        max_size=4,
        unique=True,
    )
)
def test_names_round_trip_as_lines(names: list[str]) -> None:
    assert value_of("\n".join(names), FieldType.NAMES) == tuple(names)


def test_name_is_printed_form_on_one_line() -> None:
    assert value_of(" ACME  Home\nLoans, Inc. ", FieldType.NAME) == "ACME Home Loans, Inc."
    assert value_of("________", FieldType.NAME) is None


@pytest.mark.parametrize("raw", ["Inc.", ", LLC", "Pvt. Ltd."])
def test_name_is_no_legal_form_alone(raw: str) -> None:
    assert value_of(raw, FieldType.NAME) is None


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("1 Oak St\nAnytown, MA 02127", "1 Oak St, Anytown, MA 02127"),
        ("1 Oak St,\nAnytown , MA 02127\nUnited States", "1 Oak St, Anytown, MA 02127"),
        ("1 Oak St, Anytown, USA", "1 Oak St, Anytown, USA"),
        ("1 rue X\nParis\nFrance", "1 rue X, Paris, France"),
    ],
)
def test_address_joins_lines_and_drops_the_country_behind_a_state(raw: str, address: str) -> None:
    assert value_of(raw, FieldType.ADDRESS) == address


def test_identifier_is_kept_as_printed() -> None:
    assert value_of(" 412  006633221.", FieldType.IDENTIFIER) == "412 006633221"
    assert value_of("****5208", FieldType.IDENTIFIER) == "****5208"
    assert value_of("12 34 567", FieldType.IDENTIFIER) == "12 34 567"
    assert value_of("Account", FieldType.IDENTIFIER) is None


def test_identifier_written_one_character_a_box_is_one_number() -> None:
    assert value_of("0 1 1 0 0 0 0 1 5", FieldType.IDENTIFIER, "routing_number") == "011000015"


def test_identifier_of_impossible_shape_asks_for_review() -> None:
    sound = normalized("123-45-6789", FieldType.IDENTIFIER, "employee_ssn")
    odd = normalized("123-45-67891", FieldType.IDENTIFIER, "employee_ssn")

    assert sound is not None
    assert sound.confidence == 0.9
    assert odd is not None
    assert odd.value == "123-45-67891"
    assert odd.confidence < 0.75


def test_routing_number_is_judged_by_its_check_digit() -> None:
    """Weights 3, 7, 1: 3*0+7*1+1*1 + 3*0+7*0+1*0 + 3*0+7*1+1*5 = 20."""
    sound = normalized("011000015", FieldType.IDENTIFIER, "routing_number")
    odd = normalized("011000016", FieldType.IDENTIFIER, "routing_number")

    assert sound is not None
    assert sound.confidence == 0.9
    assert odd is not None
    assert odd.confidence < 0.75


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        ("Yes", True), ("NO", False), ("sí", True), ("☒", True), ("☐", False), ("X", True),
        ("on", True), ("Ja", True), ("Nee", False), ("nein", False), ("Oui", True),
        ("☐ Yes ☒ No", False), ("[x] Yes [ ] No", True), ("YES, it may", True),
    ],
)  # fmt: skip
def test_yes_no_reads_words_and_boxes(raw: str, answer: bool) -> None:
    assert value_of(raw, FieldType.YES_NO) is answer


@pytest.mark.parametrize("raw", ["", "maybe", "☐ Yes ☐ No", "☒ Yes ☒ No"])
def test_yes_no_without_one_answer_has_no_value(raw: str) -> None:
    assert normalized(raw, FieldType.YES_NO) is None


def test_list_is_divided_at_lines_and_semicolons() -> None:
    assert value_of("a 1; b 2\nc 3", FieldType.LIST) == ("a 1", "b 2", "c 3")


def test_sum_printed_for_a_table_is_money() -> None:
    assert value_of("12,400", FieldType.ROWS) == Decimal("12400.00")


def test_normalize_keeps_the_evidence() -> None:
    result = normalized("1,234. 56", FieldType.MONEY)

    assert result is not None
    assert (result.raw, result.page, result.box) == ("1,234. 56", 2, Box(1, 2, 3, 4))
    assert 0.75 < result.confidence < 0.9


@given(st.text(max_size=60), st.sampled_from(list(FieldType)))
def test_normalize_never_raises(raw: str, type_: FieldType) -> None:
    normalized(raw, type_)


@given(
    st.text(alphabet="0123456789.,-/ ()$%₹RsXx:;½and\n☒☐年²٣", max_size=25),
    st.sampled_from(list(FieldType)),
)
def test_normalize_never_raises_on_what_looks_like_values(raw: str, type_: FieldType) -> None:
    normalized(raw, type_)


@pytest.mark.parametrize("name", ["pay_rate", "rate", "hours"])
def test_pay_for_an_hour_keeps_its_decimals(name: str) -> None:
    assert value_of("42.65625", FieldType.MONEY, name) == Decimal("42.65625")
    assert str(value_of("26.2500", FieldType.MONEY, name)) == "26.25"


def test_amount_with_more_places_than_cents_is_refused() -> None:
    assert value_of("42.65625", FieldType.MONEY, "gross_pay") is None
