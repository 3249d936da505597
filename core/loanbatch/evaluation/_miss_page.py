"""One page of HTML with each wrong or missing value beside a picture of where it stands.

The page holds all it needs and loads nothing. What documents say is escaped, always.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from loanbatch.errors import LoanbatchError
from loanbatch.evaluation._judging import Judgement
from loanbatch.evaluation._labels import LabelFile
from loanbatch.evaluation._pictures import PagePictures, PictureMaker, wishes_for
from loanbatch.models import Box
from loanbatch.registry import Registry

#: Whole pages shown of one file, to look for what is missing.
_MOST_PAGES = 6

_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Misses</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; color: #222; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
.warning { background: #fff4d6; border-left: 4px solid #d99a00; padding: .5rem .8rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid #ddd; padding: .45rem .6rem; text-align: left; vertical-align: top; }
th { font-weight: 600; } td { overflow-wrap: anywhere; } td.picture { width: 48%; }
img { max-width: 100%; height: auto; border: 1px solid #ccc; }
.missing { color: #8a5a00; } .wrong, .unwanted { color: #a11; } .silent { font-weight: 700; }
small { color: #666; } details { margin: .5rem 0; } summary { cursor: pointer; }
</style>
</head>
<body>
<h1>Wrong and missing values</h1>
<p class="warning">This page holds personal data: keep it where only you can read it, and delete it
when you are done.</p>
"""
_COLUMNS = ("Field", "Verdict", "Label", "Found", "As read", "Picture")


def miss_page(
    registry: Registry, misses: Iterable[Judgement], labels: Sequence[LabelFile]
) -> Iterator[str]:
    """Return the page piece by piece: one file's pictures are in memory at a time.

    Args:
        registry: Its plugins draw the pages.
        misses: Values to show, label by label.
        labels: Those that were judged, in the same order: where the documents are.
    """
    yield _HEAD
    count = 0
    with PictureMaker(registry) as maker:
        for number, group in groupby(misses, key=lambda miss: miss.label):
            members = list(group)
            count += len(members)
            yield from _section(members, maker, labels[number].document)
    yield f"<p>{count} values.</p>\n</body>\n</html>\n"


def _section(misses: Sequence[Judgement], maker: PictureMaker, document: Path) -> Iterator[str]:
    yield f"<h2>{escape(misses[0].file)}</h2>\n"
    whole = _pages_to_search(misses)
    places = [(m.page, Box(*m.box)) for m in misses if m.page is not None and m.box is not None]
    pictures: dict[int, PagePictures] = {}
    try:
        pictures = maker.draw(document, wishes_for(places, whole))
    except LoanbatchError as error:
        yield f"<p>No pictures: {escape(error.message)}</p>\n"
    heads = "".join(f"<th>{column}</th>" for column in _COLUMNS)
    yield f"<table>\n<tr>{heads}</tr>\n"
    for miss in misses:
        yield _row(miss, pictures)
    yield "</table>\n"
    for number in whole:
        image = pictures[number].whole if number in pictures else b""
        if image:
            yield f"<details><summary>Page {number}</summary>{_image(image, f'page {number}')}"
            yield "</details>\n"


def _pages_to_search(misses: Iterable[Judgement]) -> list[int]:
    """Return the first pages of the documents in which a value without place is to be found."""
    spans = {miss.pages for miss in misses if miss.box is None}
    numbers = {number for first, last in spans for number in range(first, last + 1)}
    return sorted(numbers)[:_MOST_PAGES]


def _row(miss: Judgement, pictures: dict[int, PagePictures]) -> str:
    page = pictures.get(miss.page or 0, PagePictures())
    cut = page.cuts.get(Box(*miss.box)) if miss.box is not None else None
    facts = [f"page {miss.page}"] if miss.page is not None else []
    if miss.confidence is not None:
        facts.append(f"confidence {miss.confidence:.2f}")
    if miss.extractor:
        facts.append(escape(miss.extractor))
    verdict = f"{miss.verdict.value}{' silent' if miss.silent else ''}"
    texts = (escape(shown(miss.expected)), escape(shown(miss.found)), escape(miss.raw))
    picture = _image(cut, "where the value was read") if cut else _where(miss)
    return (
        f"<tr><td>{escape(miss.kind)}.<b>{escape(miss.field)}</b>"
        f"<br><small>{', '.join(facts)}</small></td>"
        f'<td class="{verdict}">{verdict}</td>'
        + "".join(f"<td>{text}</td>" for text in texts)
        + f'<td class="picture">{picture}</td></tr>\n'
    )


def _where(miss: Judgement) -> str:
    first, last = miss.pages
    return f"<small>see page {first}{f' to {last}' if last != first else ''}</small>"


def _image(content: bytes, text: str) -> str:
    data = base64.b64encode(content).decode("ascii")
    return f'<img alt="{text}" src="data:image/jpeg;base64,{data}">'


def shown(value: Any) -> str:  # noqa: ANN401 -- JSON data
    """Return a label's or result's value as a person reads it; empty for None."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{column} {shown(cell)}" for column, cell in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(shown, value))
    return value if isinstance(value, str) else json.dumps(value)
