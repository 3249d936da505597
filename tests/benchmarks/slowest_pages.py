"""Which pages take longest, and what takes the time: `slowest_pages.py [COUNT] [FOLDER…]`.

CPU seconds in this process of reading a page (text layer, form, ink), of recognizing it, and of
understanding its file (classify, extract, normalize) and reading unsure values again, which are
shared out among the pages of the file.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from attrs import evolve

from loanbatch import hookcalls, load_settings
from loanbatch.errors import LoanbatchError
from loanbatch.models import Page, Source, TextSource
from loanbatch.pipeline._process import _understand
from loanbatch.pipeline._reading import _recognize
from loanbatch.pipeline._rereading import read_again
from loanbatch.registry import Registry
from loanbatch.sources import list_sources

ROOT = Path(__file__).parents[2]
HEAD = "| page | words | read | recognize | understand | read again |"
FOLDERS = (ROOT / "docs" / "samples", ROOT.parent / "shared" / "documents")


class Timed(NamedTuple):
    """What a page cost, in CPU seconds."""

    file_name: str
    number: int
    words: int
    read: float
    recognize: float
    understand: float
    again: float

    @property
    def total(self) -> float:
        return sum(self[3:])


def timed_pages(registry: Registry, source: Source) -> Iterator[Timed]:
    """Yield what each page of a source costs; nothing where the source is refused."""
    source, _ = hookcalls.validate(registry, source)
    pages: list[Page] = []
    costs: list[tuple[float, float]] = []
    start = time.process_time()
    for page in hookcalls.read_pages(registry, source):
        read, start = time.process_time() - start, time.process_time()
        kept = page
        if page.text_source is TextSource.NONE:
            try:
                kept = _recognize(registry, source, page)
            except LoanbatchError:
                kept = page
        pages.append(kept)
        costs.append((read, time.process_time() - start))
        start = time.process_time()
    start = time.process_time()
    documents, _ = _understand(registry, pages)
    understood = time.process_time()
    read_again(registry, source, pages, documents)
    shares = [
        seconds / len(pages) for seconds in (understood - start, time.process_time() - understood)
    ]
    for page, cost in zip(pages, costs, strict=True):
        yield Timed(source.file_name, page.number, len(page.words), *cost, *shares)


def main(count: int, folders: list[str]) -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    settings = load_settings({"log_level": "critical"})
    registry = Registry.load(settings)
    found: list[Timed] = []
    for listed in list_sources(folders, settings=settings):
        try:
            if listed.error is None:
                content = listed.source.read()
                found += timed_pages(registry, evolve(listed.source, content=content))
        except LoanbatchError as error:
            sys.stderr.write(f"{listed.source.file_name}: {error.error_code}\n")
    sys.stdout.write(f"{HEAD}\n| --- | --- | --- | --- | --- | --- |\n")
    for page in sorted(found, key=lambda item: -item.total)[:count]:
        times = " | ".join(f"{part:.2f} s" for part in page[3:])
        sys.stdout.write(f"| {page.file_name} p. {page.number} | {page.words} | {times} |\n")


if __name__ == "__main__":
    asked = sys.argv[2:] or [str(folder) for folder in FOLDERS if folder.is_dir()]
    main(int(sys.argv[1]) if sys.argv[1:] else 10, asked)
