"""What is processed, as frozen data: sources, pages, words, fields, documents, findings.

No behaviour lives here beyond trivial views, and nothing here knows JSON, SQL or plugins.
Coordinates are points (1/72 inch) from the top left corner of the page; pages count from 1; money
and percent are `Decimal`; confidences are 0 to 1. `Word` and `Box` are named tuples because a page
holds hundreds of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn

from attrs import field, frozen


class Box(NamedTuple):
    """A rectangle in points from the top left corner of the page as displayed."""

    left: float
    top: float
    right: float
    bottom: float


class Word(NamedTuple):
    """A run of characters without white space, and where it stands."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    #: 1.0 where the text layer says it; the OCR engine's own figure (0 to 1) otherwise.
    confidence: float = 1.0

    @property
    def box(self) -> Box:
        """The word's rectangle, in the unit of its coordinates."""
        return Box(self.left, self.top, self.right, self.bottom)


class TextSource(StrEnum):
    """Where the words of a page come from."""

    #: The file's own text layer or form fields.
    TEXT_LAYER = "text_layer"
    #: An OCR engine.
    RECOGNIZED = "recognized"
    #: Nothing usable yet: the page has to be rendered and recognized.
    NONE = "none"


@frozen(kw_only=True)
class CheckBox:
    """A box on a form that can be ticked."""

    box: Box
    ticked: bool
    confidence: float = 1.0


@frozen(kw_only=True)
class Page:
    """One page as a reader sees it, turned upright."""

    number: int
    #: Points.
    width: float
    #: Points.
    height: float
    words: tuple[Word, ...] = field(default=(), repr=False)
    check_boxes: tuple[CheckBox, ...] = field(default=(), repr=False)
    text_source: TextSource = TextSource.NONE
    #: Degrees clockwise (0, 90, 180, 270) by which the displayed page was turned to be upright;
    #: words stand in the upright page, evidence is mapped back to the displayed one.
    orientation: int = 0
    #: Degrees clockwise by which the upright image was turned to level its lines.
    skew: float = 0.0


@frozen(kw_only=True)
class PageImage:
    """A page rendered for OCR or for a picture: 8-bit grey, rows from the top, no padding."""

    page_number: int
    width: int
    height: int
    pixels: bytes = field(repr=False)
    #: Size of a pixel in points of the displayed page.
    points_per_pixel: float


@frozen(kw_only=True)
class Recognition:
    """What an OCR engine read: words in pixels of the upright, levelled image."""

    words: tuple[Word, ...] = field(repr=False)
    check_boxes: tuple[CheckBox, ...] = ()
    #: As in `Page.orientation`.
    orientation: int = 0
    #: As in `Page.skew`.
    skew: float = 0.0


@frozen(kw_only=True)
class Source:
    """One input: a file, an object behind an address, or bytes handed in."""

    #: The name without folders, as people know it.
    file_name: str
    #: Path or URL as given; for bytes the file name again.
    location: str
    #: Bytes; None until listed.
    size: int | None = None
    sha256: str | None = None
    #: MIME type by content; set by the validate stage.
    media_type: str | None = None
    #: Set by the validate stage; None leaves it to the reader how many pages there are.
    page_count: int | None = None
    #: Told by a manifest or a folder; otherwise found in the documents.
    loan_id: str | None = None
    #: Higher goes first; None until its job gives it its own.
    priority: int | None = None
    #: The bytes to process, once loaded (decrypted and repaired where that was needed).
    content: bytes | None = field(default=None, repr=False)
    #: How to load the bytes of `location`.
    reader: Callable[[str], bytes] | None = field(default=None, repr=False, eq=False)

    def read(self) -> bytes:
        """Return the bytes to process, loading them where they are not loaded yet.

        Raises:
            LoanbatchError: Whatever the reader found: not_found, not_a_file, unreadable.
        """
        if self.content is not None:
            return self.content
        if self.reader is None:
            return b""
        return self.reader(self.location)


#: What a normalized value can be. Rows are in `Field.rows`, not here.
Value = Decimal | int | bool | str | date | tuple[str, ...]


@frozen(kw_only=True)
class Field:
    """A value with its evidence. It cannot be made without page, box, raw text and extractor."""

    #: As in the vocabulary: snake_case of MISMO's term.
    name: str
    #: The text as read.
    raw: str = field(repr=False)
    page: int
    #: None only where the value has no place, as in an XFA form's data.
    box: Box | None
    confidence: float
    #: The plugin, and its template where it has one: `templates/w2`.
    extractor: str
    #: Typed value; None until normalized, or when the raw text could not be understood.
    value: Value | None = field(default=None, repr=False)
    #: ISO 4217, for money.
    currency: str | None = None
    #: For a field of rows: each row's cells, fields themselves, named by column.
    rows: tuple[tuple[Field, ...], ...] = field(default=(), repr=False)
    #: Candidates that lost, best first.
    alternatives: tuple[Field, ...] = field(default=(), repr=False)


class FrozenDict(dict[str, Any]):
    """A dict that no plugin changes under the eyes of others; it can be pickled and copied."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("documents cannot be changed: make another one with attrs.evolve")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


@frozen(kw_only=True)
class Document:
    """A logical document inside a source."""

    #: As in the vocabulary; `other` when unknown.
    kind: str
    first_page: int
    #: Inclusive.
    last_page: int
    #: Of the kind and the boundaries.
    confidence: float = 1.0
    fields: Mapping[str, Field] = field(factory=dict, converter=FrozenDict, repr=False)


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    #: Somebody should look: the result needs review.
    WARNING = "warning"
    #: From a validate hook: the source fails. From a check: the result needs review.
    ERROR = "error"


@frozen(kw_only=True)
class FieldEvidence:
    """Where a value that a finding is about stands."""

    #: Its name; of a cell with its place, as `fees[3].amount` (rows from 0).
    field: str
    page: int
    #: As in `Field.box`.
    box: Box | None
    #: Of the source, where the finding is about several: the one that the page is in.
    document_id: str | None = None
    file_name: str | None = None


@frozen(kw_only=True)
class Suggestion:
    """What a value may really be. It is offered to a person and never applied."""

    #: As in `FieldEvidence`.
    evidence: FieldEvidence
    #: A normalized value, as the JSON report has it.
    value: str = field(repr=False)


@frozen(kw_only=True)
class Finding:
    """Something worth telling about a source, its documents or fields."""

    #: Stable, snake_case.
    code: str
    severity: Severity
    #: One line for a person; no document content.
    message: str
    #: Names of the fields it is about.
    fields: tuple[str, ...] = ()
    expected: str | None = field(default=None, repr=False)
    actual: str | None = field(default=None, repr=False)
    #: Where the values stand that it is about, as far as that is known.
    evidence: tuple[FieldEvidence, ...] = ()
    suggestion: Suggestion | None = None


@frozen(kw_only=True)
class Validation:
    """What a validate hook may give besides findings: the source to go on with."""

    findings: tuple[Finding, ...] = ()
    #: With media type, page count and, where it was decrypted or repaired, the new content.
    source: Source | None = None


@frozen(kw_only=True)
class Classification:
    """What a classify hook may give instead of the documents alone."""

    documents: tuple[Document, ...]
    #: About the documents' pages: some are missing, or out of order.
    findings: tuple[Finding, ...] = ()
    #: Numbers of pages that are no document and are known for it: separators, blank ones.
    left_out: tuple[int, ...] = ()


@frozen(kw_only=True)
class Artifact:
    """A file made from a source, to be stored beside it."""

    #: What it is: `searchable.pdf`.
    name: str
    media_type: str
    content: bytes = field(repr=False)


@frozen(kw_only=True)
class Receipt:
    """What a store hook kept, and where."""

    #: original, artifact, record.
    what: str
    #: Address that the storing plugin understands.
    where: str
    sha256: str | None = None
