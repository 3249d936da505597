"""What a loan states, by name of the field, whatever document it stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from loanbatch.loans import Basis, ComparedValue, Fact, Loan, Observation, Standing
from loanbatch.models import Field, Value

#: Without one of them there is nothing to compare.
_ESSENTIAL = (
    "note_rate_percent",
    "monthly_interest_rate_percent",
    "benchmark_rate_percent",
    "annual_percentage_rate_percent",
    "loan_term_months",
    "number_of_payments",
    "principal_and_interest_payment",
)
#: Fields that tell the currency of a loan before all others.
_TELLING = ("loan_amount", "principal_and_interest_payment")
_CODE_LENGTH = 3
#: No amount, percent or count of a loan reaches it: what does is misread.
_TOO_MUCH = Decimal(10) ** 15
#: Years in which a loan is paid out or repaid.
_YEARS = range(1900, 2200)
#: What is true of one document, so that nobody joins it, and still tells how a loan may be left.
_OF_DOCUMENTS = ("cooling_off_days", "cancellation_deadline", "currency")


class NotStatedError(Exception):
    """A figure cannot be had; the message says which stated value is missing for it."""


@frozen
class Stated:
    """A stated value, and the kind of the document in which it stands."""

    value: Value
    observation: Observation
    kind: str
    contradicted: bool = False

    def compared(self, value: Decimal | int | str, note: str = "") -> ComparedValue:
        """Return it for a row of the comparison."""
        doubt = "documents contradict each other" if self.contradicted else ""
        return ComparedValue(
            value=value,
            basis=Basis.STATED,
            note="; ".join(filter(None, (note, doubt))),
            observation=self.observation,
        )


@frozen
class Terms:
    """The stated values of a loan; money in its currency only."""

    #: ISO 4217; empty where nothing tells it.
    currency: str
    values: Mapping[str, Stated] = field(repr=False)
    #: Fields of rows: the cells' values by column.
    tables: Mapping[str, tuple[Mapping[str, Value], ...]] = field(factory=dict, repr=False)
    #: As in `Loan`.
    loan_type: str = ""

    @property
    def are_telling(self) -> bool:
        """Whether there is anything to compare."""
        return any(name in self.values for name in _ESSENTIAL)

    def first(self, *names: str) -> Stated | None:
        """Return the first of some values that is stated."""
        return next((self.values[name] for name in names if name in self.values), None)

    def amount(self, *names: str) -> Decimal | None:
        """Return the first of some numbers that is stated, if it can be one of a loan."""
        for name in names:
            found = _number(self.values[name].value) if name in self.values else None
            if found is not None:
                return found
        return None

    def whole(self, *names: str) -> int | None:
        """Return the first of some whole numbers that is stated, if it is above 0."""
        for name in names:
            found = self.amount(name)
            if found and found == found.to_integral_value():
                return int(found)
        return None

    def text(self, name: str) -> str:
        """Return a text; empty where there is none."""
        value = self.values[name].value if name in self.values else None
        return value if isinstance(value, str) else ""

    def day(self, *names: str) -> date | None:
        """Return the first of some dates that is stated, if it can be one of a loan."""
        stated = self.first(*names)
        return _day(stated.value) if stated else None

    def says(self, name: str) -> bool | None:
        """Return a yes or no; None where neither is stated."""
        value = self.values[name].value if name in self.values else None
        return value if isinstance(value, bool) else None

    def cells(self, table: str, column: str) -> list[Decimal]:
        """Return the numbers of a column; empty unless every row has one."""
        rows = self.tables.get(table, ())
        found = [_number(row.get(column)) for row in rows]
        numbers = [number for number in found if number is not None]
        return numbers if len(numbers) == len(rows) else []

    def days(self, table: str, column: str) -> list[date]:
        """Return the dates of a column; empty unless every row has one."""
        rows = self.tables.get(table, ())
        found = [day for day in (_day(row.get(column)) for row in rows) if day is not None]
        return found if len(found) == len(rows) else []


def terms_of(loan: Loan) -> Terms:
    """Return what a loan states: its facts, or those of its documents where nobody joined them."""
    told = dict(_facts_of_documents(loan))
    of_documents = {name: told[name] for name in _OF_DOCUMENTS if name in told}
    facts = {**of_documents, **loan.facts} if loan.facts else told
    currency = _currency_of_loan(facts)
    values = {
        name: Stated(
            fact.value,
            fact.observations[0],
            loan.documents[fact.observations[0].document].document.kind,
            fact.contradicted,
        )
        for name, fact in facts.items()
        if _currency(fact) in {currency, ""}
    }
    return Terms(currency, values, dict(_tables(loan)), loan.loan_type)


def _facts_of_documents(loan: Loan) -> Iterator[tuple[str, Fact]]:
    for number in _precedence(loan):
        for name, found in loan.documents[number].document.fields.items():
            if found.value is not None:
                observation = Observation(document=number, name=name, field=found)
                yield (
                    name,
                    Fact(
                        name=name,
                        value=found.value,
                        currency=found.currency,
                        observations=(observation,),
                    ),
                )


def _precedence(loan: Loan) -> list[int]:
    """Return the places of a loan's documents, those that are believed first last."""
    return sorted(
        range(len(loan.documents)),
        key=lambda number: (
            loan.documents[number].standing is Standing.CURRENT,
            loan.documents[number].issued or date.min,
            number,
        ),
    )


def _tables(loan: Loan) -> Iterator[tuple[str, tuple[Mapping[str, Value], ...]]]:
    for number in _precedence(loan):
        for name, found in loan.documents[number].document.fields.items():
            if found.rows:
                yield name, tuple(_cells(row) for row in found.rows)


def _cells(row: tuple[Field, ...]) -> Mapping[str, Value]:
    return {cell.name: cell.value for cell in row if cell.value is not None}


def _currency_of_loan(facts: Mapping[str, Fact]) -> str:
    for name in _TELLING:
        if name in facts and _currency(facts[name]):
            return _currency(facts[name])
    told = facts["currency"].value if "currency" in facts else None
    if isinstance(told, str) and len(told) == _CODE_LENGTH and told.isalpha():
        return told.upper()
    counted = Counter(filter(None, map(_currency, facts.values())))
    return min(counted, key=lambda code: (-counted[code], code), default="")


def _currency(fact: Fact) -> str:
    """Return the currency of a fact; empty where it is no money, or does not tell."""
    if fact.currency:
        return fact.currency
    # Where amounts are read, dollars are what needs no telling.
    is_amount = isinstance(fact.value, Decimal)
    return "USD" if is_amount and "$" in fact.observations[0].field.raw else ""


def _day(value: Value | None) -> date | None:
    return value if isinstance(value, date) and value.year in _YEARS else None


def _number(value: Value | None) -> Decimal | None:
    """Return a number from 0 on; None for what is no number, or cannot be one of a loan."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Decimal(value) if 0 <= value < _TOO_MUCH else None
