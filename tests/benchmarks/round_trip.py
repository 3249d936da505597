"""Measures how much of what the sample generator wrote is read, by kind and by degradation.

Every kind is drawn in all its styles and read as it is ("clean"); then some samples of each kind
are scanned, faxed, stamped, turned and worn in each of the ways that `DEGRADATIONS` knows, and
read again. A value counts once, a row of a table once. `--write` puts the tables into
docs/explanation/accuracy.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from loanbatch import BatchProcessingHandler, Settings
from loanbatch.evaluation import Judgement, judge
from loanbatch.testing.samples import (
    DEGRADATIONS,
    KINDS,
    Sample,
    degraded,
    make_sample,
    styles,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "accuracy.md"
#: Nobody tunes templates on these.
FIRST_SEED = 500
CLEAN = "clean"
#: Scans with fewer pixels an inch have no goal.
COARSE = frozenset(name for name, how in DEGRADATIONS.items() if how.dpi < 200)


class Cell(NamedTuple):
    """What became of the values of a kind under a degradation."""

    values: int
    right: int
    wrong: int
    #: Wrong, and nobody is asked to look.
    silent: int

    @property
    def share(self) -> float:
        return self.right / max(1, self.values)

    def __str__(self) -> str:
        figure = f"{100 * self.share:.1f}".removesuffix(".0")
        return f"{figure} ({self.silent}!)" if self.silent else figure


def total(cells: Iterable[Cell]) -> Cell:
    return Cell(*map(sum, zip(*cells, strict=True)))


def clean_samples(kind: str, seeds: int) -> Iterator[Sample]:
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        for style in styles(kind):
            name = f"{kind}-{style}-{seed}.pdf"
            yield make_sample(kind, seed=seed, style=style, file_name=name)


def measure(samples: Sequence[Sample], home: Path, *, misses: bool) -> Cell:
    """Process samples and count what was read."""
    with BatchProcessingHandler(Settings(home=home, executor="inline")) as handler:
        items = [{"file_name": s.file_name, "file_data": s.content} for s in samples]
        summary = handler.process_batch_from_bytes(items)
        results = [result.to_dict() for result in summary.results]
    values = judge(results, [sample.labels() for sample in samples]).values
    if misses:
        print_misses(values)
    return Cell(
        len(values),
        sum(value.verdict == "right" for value in values),
        sum(value.wrong for value in values),
        sum(value.silent for value in values),
    )


def print_misses(values: Iterable[Judgement]) -> None:
    """Print what was not read right; samples are fictional, so values may be shown."""
    for value in values:
        if value.verdict != "right":
            mark = " SILENT" if value.silent else ""
            sys.stderr.write(
                f"  {value.file} {value.field}: {value.verdict}{mark}\n"
                f"    wanted {value.expected!r}\n    found  {value.found!r} raw {value.raw!r}\n"
            )


def tables(cells: dict[tuple[str, str], Cell], kinds: Sequence[str], ways: Sequence[str]) -> str:
    fine = [way for way in ways if way != CLEAN and way not in COARSE]
    lines = [
        "| kind | clean | scans at 200 dpi and above | weakest | wrong, unflagged |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in kinds:
        scans = total(cells[kind, way] for way in fine)._replace(silent=0) if fine else "-"
        weakest = min(fine, key=lambda way: cells[kind, way].share, default="")
        worst = f"{weakest} {cells[kind, weakest]._replace(silent=0)}" if fine else "-"
        silent = total(cells[kind, way] for way in ways).silent
        first = cells[kind, CLEAN]._replace(silent=0) if CLEAN in ways else "-"
        lines.append(f"| {kind} | {first} | {scans} | {worst} | {silent} |")
    heads = " | ".join(kind.replace("_", " ") for kind in kinds)
    lines += ["", f"| degradation | all | {heads} |", "| --- " * (len(kinds) + 2) + "|"]
    for way in ways:
        row = [cells[kind, way] for kind in kinds]
        lines.append(f"| {way} | {total(row)} | {' | '.join(map(str, row))} |")
    return "\n".join([*lines, ""])


def write_tables(text: str) -> None:
    """Put the tables between the marks of the page."""
    begin, end = "<!-- round trip -->\n", "<!-- end of round trip -->"
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(before + begin + text + end + after, encoding="utf-8")


def read_cells(path: Path | None) -> dict[tuple[str, str], Cell]:
    if path is None or not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {(kind, way): Cell(*cell) for kind, way, cell in kept}


def keep_cells(path: Path | None, cells: dict[tuple[str, str], Cell]) -> None:
    if path is not None:
        rows = [[kind, way, cell] for (kind, way), cell in cells.items()]
        path.write_text(json.dumps(rows), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default=",".join(KINDS), help="comma-separated")
    parser.add_argument("--ways", default=",".join((CLEAN, *DEGRADATIONS)), help="comma-separated")
    parser.add_argument("--seeds", type=int, default=2, help="clean samples per style")
    parser.add_argument("--scans", type=int, default=1, help="samples per kind and degradation")
    parser.add_argument("--cells", type=Path, help="JSON file that keeps figures between runs")
    parser.add_argument("--misses", action="store_true", help="print what was not read right")
    parser.add_argument("--write", action="store_true", help="update the documentation")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    kinds, ways = asked.kinds.split(","), asked.ways.split(",")
    cells = read_cells(asked.cells)
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            scanned = [make_sample(kind, seed=FIRST_SEED + n) for n in range(asked.scans)]
            for way in [way for way in ways if (kind, way) not in cells]:
                samples = (
                    list(clean_samples(kind, asked.seeds))
                    if way == CLEAN
                    else [degraded(sample, way, seed=n) for n, sample in enumerate(scanned)]
                )
                home = Path(folder) / kind / way
                cells[kind, way] = measure(samples, home, misses=asked.misses)
                sys.stderr.write(f"{kind} {way}: {cells[kind, way]}\n")
                keep_cells(asked.cells, cells)
    text = tables(cells, kinds, ways)
    sys.stdout.write(text)
    if asked.write:
        write_tables(text)


if __name__ == "__main__":
    main()
