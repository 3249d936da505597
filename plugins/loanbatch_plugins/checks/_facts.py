"""What a document says, as plain values by path: `loan_amount`, `fees[3].amount`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from attrs import evolve, field, frozen

from loanbatch.models import Document, Value


@frozen
class Row:
    """One row of a field of rows."""

    #: As `fees[3]`.
    path: str
    cells: Mapping[str, Value] = field(repr=False)

    def amount(self, column: str) -> Decimal | None:
        """Return a cell's number; None where it has none."""
        return _number(self.cells.get(column))

    def text(self, column: str) -> str:
        """Return a cell's text; empty where it has none."""
        value = self.cells.get(column)
        return value if isinstance(value, str) else ""

    def day(self, column: str) -> date | None:
        """Return a cell's date."""
        value = self.cells.get(column)
        return value if isinstance(value, date) else None

    def at(self, *columns: str) -> tuple[str, ...]:
        """Return the paths of cells."""
        return tuple(f"{self.path}.{column}" for column in columns if column in self.cells)


@frozen
class Facts:
    """The values of one document."""

    kind: str
    #: By name; rows are elsewhere.
    values: Mapping[str, Value] = field(repr=False)
    tables: Mapping[str, tuple[Row, ...]] = field(factory=dict, repr=False)

    def __contains__(self, path: str) -> bool:
        name, bracket, rest = path.partition("[")
        if not bracket:
            return name in self.values or bool(self.tables.get(name))
        number, _, column = rest.partition("].")
        return column in self.tables[name][int(number)].cells

    def __getitem__(self, name: str) -> Decimal:
        """Return a number that is there."""
        found = self.amount(name)
        if found is None:
            raise KeyError(name)
        return found

    def amount(self, name: str) -> Decimal | None:
        """Return a number; None where there is none."""
        return _number(self.values.get(name))

    def day(self, name: str) -> date | None:
        """Return a date; None where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    def text(self, name: str) -> str:
        """Return a text; empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def says(self, name: str) -> bool:
        """Tell whether a yes or no is yes."""
        return self.values.get(name) is True

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a field of rows; none where it is absent."""
        return self.tables.get(name, ())

    def numbers(self) -> Iterator[tuple[str, Decimal]]:
        """Yield the path and value of every number."""
        for name, value in self.values.items():
            number = _number(value)
            if number is not None:
                yield name, number
        for rows in self.tables.values():
            for row in rows:
                for column in row.cells:
                    cell = row.amount(column)
                    if cell is not None:
                        yield f"{row.path}.{column}", cell

    def at(self, path: str) -> Value | None:
        """Return the value at a path."""
        table, bracket, rest = path.partition("[")
        if not bracket:
            return self.values.get(path)
        number, _, column = rest.partition("].")
        return self.tables[table][int(number)].cells.get(column)

    def with_value(self, path: str, value: Value) -> Facts:
        """Return the facts with another value at one path."""
        table, bracket, rest = path.partition("[")
        if not bracket:
            return evolve(self, values={**self.values, path: value})
        number, _, column = rest.partition("].")
        rows = list(self.tables[table])
        row = rows[int(number)]
        rows[int(number)] = evolve(row, cells={**row.cells, column: value})
        return evolve(self, tables={**self.tables, table: tuple(rows)})


def facts_of(document: Document) -> Facts:
    """Return the normalized values of a document."""
    values: dict[str, Value] = {}
    tables: dict[str, tuple[Row, ...]] = {}
    for name, found in document.fields.items():
        if found.rows:
            tables[name] = tuple(
                Row(
                    f"{name}[{number}]",
                    {cell.name: cell.value for cell in row if cell.value is not None},
                )
                for number, row in enumerate(found.rows)
            )
        elif found.value is not None:
            values[name] = found.value
    return Facts(document.kind, values, tables)


def _number(value: Value | None) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Decimal(value)
