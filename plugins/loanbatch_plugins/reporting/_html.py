"""The HTML report: one file that works without a network, by keyboard and without a mouse.

The page holds personal data, and everything that documents say is hostile: templates escape all of
it, and a content security policy allows the two texts of our own, by their hashes, and nothing
else. The body waits in a temporary file, for the summary above it is known last.
"""

from __future__ import annotations

import hashlib
import tempfile
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from attrs import frozen

from loanbatch.book import ReportBook
from loanbatch.models import Box
from loanbatch.results import BatchProcessingResult
from loanbatch_plugins.reporting._album import Album, Picture, inside
from loanbatch_plugins.reporting._counts import Counts
from loanbatch_plugins.reporting._loans import LoansOfJob
from loanbatch_plugins.reporting._shown import ShownFile, shown_file, title_of, words_of

if TYPE_CHECKING:
    from jinja2 import Environment

_PAGE_WIDTH = 1000
#: Values of a file that the list of what to look at leads to.
_MOST_PLACES = 6
#: Bytes of the body held in memory.
_SPOOL = 8 * 1024 * 1024
#: Data in base64 takes four bytes for three.
_BASE64 = 3 / 4


@frozen(kw_only=True)
class Entry:
    """A line of the list of what to look at."""

    anchor: str
    name: str
    words: str
    #: Values in doubt whose place is pictured, and their anchors.
    places: tuple[tuple[str, str], ...] = ()
    #: Values in doubt besides.
    more: int = 0


@frozen(kw_only=True)
class HtmlParts:
    """What an HTML report is made of."""

    #: The summary without its results.
    header: Mapping[str, Any]
    #: Each result as it is, to draw its pages, and as it is shown; read once, in order.
    results: Iterable[tuple[BatchProcessingResult, BatchProcessingResult]]
    #: Gives the loans; asked when the results were read.
    loans: Callable[[], LoansOfJob]
    #: Draws pages; None where no pages must be shown.
    book: ReportBook | None
    #: Confidence (0 to 1) below which a value is marked for review.
    threshold: float
    #: Of all pictures.
    most_bytes: int


def write_html(parts: HtmlParts, stream: BinaryIO) -> None:
    """Write a job as a page of HTML, in UTF-8."""
    templates = _environment()
    body = _Body(parts, templates)
    with tempfile.SpooledTemporaryFile(_SPOOL, "w+b") as spool:
        for number, (result, shown) in enumerate(parts.results, start=1):
            spool.write(_encoded(body.file(result, shown, number)))
        loans = parts.loans()
        head = templates.get_template("head.html.j2").render(
            header=parts.header,
            counts=body.counts,
            to_review=body.to_review,
            kinds=[(kind, title_of(kind)) for kind in sorted(body.counts.kinds)],
            album=body.album if parts.book is not None else None,
            loans=[loan for loan, _ in loans.shown(body.find_anchor)],
            comparisons=loans.comparisons_shown(),
            beyond=loans.not_compared,
        )
        stream.write(_encoded(head))
        _copy(spool, stream)
    stream.write(_encoded(templates.get_template("tail.html.j2").render()))


class _Body:
    """Renders files, and keeps what the parts above them tell of them."""

    def __init__(self, parts: HtmlParts, templates: Environment) -> None:
        self._parts = parts
        self._template = templates.get_template("file.html.j2")
        book = parts.book or ReportBook()
        self.album = Album(book, _PAGE_WIDTH, int(parts.most_bytes * _BASE64))
        self.counts = Counts()
        self.to_review: list[Entry] = []
        #: Of places that are pictured, and so no more than the pictures allow.
        self._anchors: dict[tuple[str, int, tuple[int, ...]], str] = {}

    def file(self, result: BatchProcessingResult, shown: BatchProcessingResult, number: int) -> str:
        """Return the part of a file."""
        self.counts.add(shown)
        file = shown_file(shown, number, self._parts.threshold)
        drawn = self._parts.book is not None
        pictures = self.album.pictures(result, file) if drawn else {}
        self.to_review += _entries(file, pictures)
        for page in pictures:
            for mark in file.marks.get(page, ()):
                self._anchors[(file.document_id, page, _rounded(mark.box))] = mark.anchor
        return self._template.render(file=file, pictures=pictures, drawn=drawn)

    def find_anchor(self, document_id: str, page: int, box: Box | None) -> str | None:
        """Return the anchor of a place; None where it is not pictured."""
        return self._anchors.get((document_id, page, _rounded(box))) if box else None


def _rounded(box: Box) -> tuple[int, ...]:
    return tuple(map(round, box))


def _entries(file: ShownFile, pictures: Collection[int]) -> Iterator[Entry]:
    """Yield why a file is to be looked at, in a line."""
    if file.error_code:
        yield Entry(anchor=file.anchor, name=file.name, words=f"failed: {file.error_message}")
    elif file.review:
        doubtful = file.doubtful
        places = [
            (value.anchor, value.label)
            for value in doubtful
            if value.anchor and value.page in pictures
        ][:_MOST_PLACES]
        yield Entry(
            anchor=file.anchor,
            name=file.name,
            words="; ".join(finding.message for finding in file.findings if finding.review),
            places=tuple(places),
            more=len(doubtful) - len(places),
        )


def _copy(source: IO[bytes], target: BinaryIO) -> None:
    source.seek(0)
    while portion := source.read(1024 * 1024):
        target.write(portion)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@cache
def _data(name: str) -> str:
    return files("loanbatch_plugins.reporting").joinpath("data", name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return a text's hash as a content security policy names it."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_data),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _data("report.css"), _data("report.js")
    environment.globals |= {
        # Our own texts, which are no document's.
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "style_hash": _hash(style),
        "script_hash": _hash(script),
    }
    environment.filters |= {
        "data_url": _data_url,
        "words": words_of,
        "kind": title_of,
        "frame": _frame,
    }
    return environment


def _data_url(picture: Picture) -> str:
    return f"data:image/webp;base64,{b64encode(picture.content).decode()}"


def _frame(box: Any, picture: Picture) -> str:  # noqa: ANN401 - a template's
    """Return the attributes of the rectangle around a box, in points."""
    kept = inside(box, picture.page_width, picture.page_height)
    left, top = kept.left - 1, kept.top - 1
    return f"{left:.1f} {top:.1f} {kept.right - left + 1:.1f} {kept.bottom - top + 1:.1f}"
