"""What a template says, as frozen data; reading the files is `_loading`'s job."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from loanbatch.vocabulary import FieldType, Vocabulary, standard_vocabulary
from loanbatch_plugins.templates._wordings import Wording


class Where(StrEnum):
    """Where a value stands, seen from its label."""

    #: The rest of the label's own cell, else the cells to the right in the same row.
    RIGHT = "right"
    #: Only the rest of the label's own cell.
    SAME = "same"
    #: The cells under the label.
    BELOW = "below"
    #: The cells over the label.
    ABOVE = "above"
    #: The one line right under a label that stands alone, as far left as the label.
    UNDER = "under"
    #: Under a small label inside a form cell that reaches to the next label on the right.
    INSIDE = "inside"
    #: In the captioned cell of a form, up to the next captions on the right and below.
    CELL = "cell"
    #: Behind the number of the form's numbered line.
    LINE = "line"
    #: Left of the label.
    LEFT = "left"
    #: Right of the whole paragraph that the label begins.
    BESIDE = "beside"
    #: Anywhere right of the label, down to the next label of its column.
    BAND = "band"


class LetterPart(StrEnum):
    """A part of a letter that has a place of its own instead of a label."""

    #: The organization in the letterhead, or for which the letter is signed.
    SENDER = "sender"
    #: The first person to whom the letter is addressed.
    ADDRESSEE = "addressee"
    #: The other persons named in the address.
    JOINT_ADDRESSEES = "joint_addressees"
    #: The lines of the address under the names.
    ADDRESS = "address"
    #: A date that stands alone in the head of the first page.
    DATE = "date"
    #: The heading that says what the paper is.
    TITLE = "title"


class Scope(StrEnum):
    """Pages of the document on which a rule looks."""

    ANY = "any"
    FIRST = "first"
    LAST = "last"


class Occurrence(StrEnum):
    """Which of several candidates is meant."""

    BEST = "best"
    FIRST = "first"
    LAST = "last"
    LARGEST = "largest"
    SMALLEST = "smallest"
    #: All together, one a line.
    ALL = "all"


@frozen
class Label:
    """One wording of a label."""

    text: str
    #: Squeezed text.
    key: str
    #: Nothing but a number may stand before it in its cell (written `^Label`).
    starts_cell: bool = False
    #: Nothing may stand after it in its cell (written `Label$`).
    ends_cell: bool = False


@frozen(kw_only=True)
class Column:
    """A column of a table of rows."""

    name: str
    type: FieldType
    labels: tuple[Label, ...] = ()
    pattern: Wording | None = None


@frozen(kw_only=True)
class Rule:
    """One way to find a field."""

    type: FieldType
    labels: tuple[Label, ...] = ()
    where: tuple[Where, ...] = (Where.RIGHT,)
    section: str | None = None
    page: Scope = Scope.ANY
    occurrence: Occurrence = Occurrence.BEST
    #: Greatest distance from the label, in heights of the text; None for the default of the
    #: direction.
    distance: float | None = None
    #: Lines of a text, name or address at most; None for the default of the type.
    lines: int | None = None
    #: Other cells that may stand between a label and its typed value.
    skip: int = 0
    #: Lines of a text, name or address that are left out at its beginning.
    drop: int = 0
    pattern: Wording | None = None
    reject: Wording | None = None
    #: Labels that must stand near (same row or up to three rows above).
    near: tuple[Label, ...] = ()
    #: Labels before which the rule does not look.
    after: tuple[Label, ...] = ()
    #: Labels that end a text value.
    stop: tuple[Label, ...] = ()
    #: Headers of the table column in which the value stands.
    column: tuple[Label, ...] = ()
    #: Headers of other columns of the table: under one of them the value is not the field's.
    not_under: tuple[Label, ...] = ()
    #: Patterns over the running text, with a group `value`.
    text: tuple[Wording, ...] = ()
    #: Wordings of the tick boxes; the value is the printed one, or the mapped one.
    choices: tuple[tuple[Label, str | None], ...] = ()
    #: Columns of a table of rows.
    columns: tuple[Column, ...] = ()
    required: tuple[str, ...] = ()
    #: Labels below which a table of rows ends.
    end: tuple[Label, ...] = ()
    #: Rules whose values make up the value together, and what stands between them.
    parts: tuple[Rule, ...] = ()
    join: str = " "
    #: What is put before the value of a part.
    prefix: str = ""
    #: The patterns are searched in each cell by itself instead of the running text.
    cells: bool = False
    #: What is found means this, whatever its wording.
    value: str | None = None
    #: A part of a letter.
    letter: LetterPart | None = None
    #: Fields that make the rule unnecessary once one is found; they stand before it in the file.
    unless: tuple[str, ...] = ()
    #: Fields of which one must have been found already; they stand before it in the file.
    given: tuple[str, ...] = ()
    #: Name of a reader in code, for what labels and places cannot say.
    reader: str | None = None
    #: Factor on the confidence of what the rule finds.
    confidence: float = 1.0


@frozen(kw_only=True)
class Section:
    """A part of a form under a heading."""

    name: str
    start: tuple[Label, ...]
    end: tuple[Label, ...] = ()
    #: Goes on over the following pages until another section starts.
    continues: bool = False


@frozen(kw_only=True)
class FieldTemplate:
    """A field and the rules to find it, in order."""

    name: str
    type: FieldType
    rules: tuple[Rule, ...]


@frozen(kw_only=True, eq=False)
class Template:
    """All that is known about one kind of document."""

    kind: str
    sections: Mapping[str, Section] = field(factory=dict)
    fields: tuple[FieldTemplate, ...] = ()
    #: Other wordings that end a value or are no value.
    stops: tuple[Label, ...] = ()
    #: Other labels of such papers: a cell of such a wording is no value, but part of one maybe.
    known: tuple[Label, ...] = ()
    #: Fields of which a filled form has one at least; without them it is a blank form.
    blank_without: tuple[str, ...] = ()
    #: Fields of amounts, and those whose sum each of them is.
    sums: Mapping[str, tuple[str, ...]] = field(factory=dict)
    #: The kinds and fields that it knows.
    vocabulary: Vocabulary = field(factory=standard_vocabulary, repr=False)
