"""Learn the weights of the candidate ranking: `nox -s weights -- LABELLED_FOLDER ...`.

Candidates are collected from generated samples (clean and as scans) and from labelled documents
(`NAME.gold.json` beside each), winners and losers alike, with what their readers saw around them.
Each is right or wrong by the truth, after normalization. A logistic regression with a prior is
fitted to them and written as `weights.toml`; how good its confidences are on documents that it was
not fitted to is printed. The same documents give the same file.

The prior is what was guessed before anything was learned: a cue that few wrong values tell about
keeps its guess, and no cue gets the sign that makes no sense for it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any
from unittest import mock

from attrs import asdict, evolve, frozen

from loanbatch import hookcalls
from loanbatch.evaluation import means_same, pair_rows, read_labels
from loanbatch.models import Field, Page, Source
from loanbatch.pipeline._reading import read_source
from loanbatch.registry import Registry
from loanbatch.settings import Settings, load_settings
from loanbatch.testing.samples import KINDS, Sample, as_scan, make_sample, styles
from loanbatch_plugins.templates import _candidates, _weights
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._cues import Cues, meaning_of, sign_of
from loanbatch_plugins.templates._engine import best_of, choices, read_document
from loanbatch_plugins.templates._own import template_of
from loanbatch_plugins.templates._weights import ANY, FILE, Weights, probability

#: Where the engine has its weights.
PACKAGED = Path(_weights.__file__).with_name(FILE)

#: Guesses that the fit begins with, in log-odds: for a value against which nothing speaks, ...
START = 5.0
#: ... and for one of each cue. What they are to each other matters; their common scale is learned.
GUESSES: Mapping[str, float] = {
    "misread_label": -6.0,
    "inner_label": -1.0,
    "marked_label": -0.2,
    "longer_label": -1.7,
    "later_place": -0.1,
    "far_value": -0.25,
    "other_side": -0.2,
    "lower_row": -0.2,
    "label_with_text": -0.8,
    "lost_line_number": -1.3,
    "bare_shape": -6.0,
    "words_before": -3.0,
    "street_only": -2.4,
    "cut_off": -3.0,
    "odd_postal_code": -2.0,
    "reader_doubt": -7.0,
    "unsure_words": -7.0,
    "recognized": -0.6,
    "recognized_row": -0.6,
    "disputed": -4.0,
    "agreed": 0.1,
}
#: How much of a cue alone brings a value under the threshold for review, whatever few examples say;
#: a reader says with a score of 0.7 that somebody should look.
GRAVE: Mapping[str, float] = {
    "words_before": 1.0,
    "street_only": 1.0,
    "cut_off": 1.0,
    "odd_postal_code": 1.0,
    "disputed": 1.0,
    "reader_doubt": -math.log(0.7),
}
_MARGIN = 0.05
#: How far weights may be from their scaled guesses: standard deviations, as shares of the guess and
#: at least; of what an extractor is worth by itself. Looser ones did worse on files left out.
_LOOSE, _LEAST_LOOSE, _EXTRACTOR_LOOSE = 0.2, 0.1, 0.2
#: The same of the terms that all candidates share: start, losers, spares, scale of the guesses.
_FREE = 3.0
#: Generated documents are many, alike and easy: what a candidate of theirs counts.
_GENERATED = 0.05
#: Seeds not used by tests.
_SEEDS = (301, 302)
_SCANS: Sequence[Mapping[str, Any]] = (
    {"format": "fax"},
    {"format": "pdf", "dpi": 150, "skew": 0.8},
    {"format": "jpeg", "dpi": 200, "quality": 40},
)
_FOLDS = 10
_BINS = 10
_STEPS, _ENOUGH = 60, 1e-9

#: Numbers of terms with what they are multiplied with.
_Row = tuple[tuple[int, float], ...]
Reader = Callable[[Registry, Source], Sequence[Page]]


class Part(Enum):
    """What became of a candidate."""

    #: It is the document's value.
    WINNER = "winner"
    #: Its rule chose it, but an earlier or a surer rule found another one.
    SPARE = "spare"
    #: Its rule chose another one.
    LOSER = "loser"


@frozen(kw_only=True)
class Example:
    """A candidate whose truth is known."""

    #: The file it was found in.
    file: str
    extractor: str
    cues: Cues
    right: bool
    part: Part
    weight: float = 1.0


def read_file(registry: Registry, source: Source) -> Sequence[Page]:
    """Return a file's pages, recognized where they have no text."""
    source, _ = hookcalls.validate(registry, source)
    return read_source(registry, source)[0]


def generated(
    kinds: Sequence[str] = KINDS,
    seeds: Sequence[int] = _SEEDS,
    scans: Sequence[Mapping[str, Any]] = _SCANS,
) -> Iterator[Sample]:
    """Yield samples of every kind and layout, clean; and scans of one of each kind."""
    for kind in kinds:
        for seed in seeds:
            for style in styles(kind):
                yield make_sample(
                    kind, seed=seed, style=style, file_name=f"{kind}-{style}-{seed}.pdf"
                )
        for number, options in enumerate(scans):
            yield as_scan(
                make_sample(kind, seed=seeds[0]), file_name=f"{kind}-scan-{number}", **options
            )


def of_samples(
    registry: Registry, samples: Iterable[Sample], read: Reader = read_file
) -> Iterator[Example]:
    """Yield the candidates of generated samples."""
    for sample in samples:
        source = Source(
            file_name=sample.file_name, location=sample.file_name, content=sample.content
        )
        pages = read(registry, source)
        for example in of_documents(registry, pages, sample.labels()):
            yield evolve(example, weight=_GENERATED)


def of_labelled(
    registry: Registry, folder: Path, without: frozenset[str], read: Reader = read_file
) -> Iterator[Example]:
    """Yield the candidates of the labelled documents in a folder, but for the named files."""
    for label in read_labels(folder):
        if label.document.name in without:
            continue
        content = label.document.read_bytes()
        source = Source(
            file_name=label.document.name, location=str(label.document), content=content
        )
        yield from of_documents(registry, read(registry, source), label.plain)


def of_documents(
    registry: Registry, pages: Sequence[Page], label: Mapping[str, Any]
) -> Iterator[Example]:
    """Yield the candidates of one file for every field whose truth is known."""
    for wanted in label["documents"]:
        first, last = wanted["first_page"], wanted["last_page"]
        own = [page for page in pages if first <= page.number <= last]
        if not own:
            continue
        yield from _of_document(registry, own, wanted, label["file"])


def _of_document(
    registry: Registry, pages: Sequence[Page], wanted: Mapping[str, Any], file: str
) -> Iterator[Example]:
    template = template_of(wanted["kind"], registry.settings)
    view, fields = read_document(template, pages)
    #: The normalizers know from the extractor's name how the document writes numbers and dates.
    extractor = {field.name: field.extractor for field in fields}
    for item in template.fields:
        truth = wanted["fields"].get(item.name)
        if truth is None or item.name not in extractor:
            continue
        found = list(choices(view, item, extractor[item.name]))
        best = best_of(found)
        for choice in found:
            for number, candidate in enumerate((choice.winner, *choice.losers)):
                part = Part.LOSER if number else Part.WINNER if choice is best else Part.SPARE
                field = candidate.as_field(item.name, extractor[item.name])
                for cues, right in _judged(candidate, hookcalls.normalize(registry, field), truth):
                    yield Example(
                        file=file, extractor=candidate.found_by, cues=cues, right=right, part=part
                    )


def _judged(candidate: Candidate, found: Field, truth: Any) -> Iterator[tuple[Cues, bool]]:
    """Yield a candidate's cues and truth; of a table those of each row whose truth is known."""
    if truth is None:
        return
    if not candidate.rows:
        if found.value is not None:
            yield candidate.all_cues, means_same(_plain(found.value), truth)
        return
    if not isinstance(truth, list) or not isinstance(truth[0], Mapping):
        return
    rows = [{cell.name: _plain(cell.value) for cell in row} for row in found.rows]
    for number, right in pair_rows(rows, truth):
        if number is not None:
            least = min(cell.confidence for cell in candidate.rows[number])
            yield candidate.cues_of_row(least), right


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    return [str(item) for item in value] if isinstance(value, tuple) else str(value)


def guessed(extractors: Iterable[str] = ()) -> Weights:
    """Return the weights before anything is learned."""
    return Weights(extractors=dict.fromkeys([*sorted(extractors), ANY], START), cues=dict(GUESSES))


def with_guesses() -> Any:
    """Let the engine choose by the guesses, so that what is learned does not depend on itself."""
    return mock.patch.multiple(
        _candidates, load_weights=guessed, _MOST_ALTERNATIVES=20, LEAST_LIKELY=0.001
    )


def fit(examples: Sequence[Example]) -> Weights:
    """Return the weights under which the truth of the examples is likeliest, given the guesses.

    First the common terms are learned: what a value is worth against which nothing speaks, and the
    scale of all guesses; then how single weights and extractors differ from them. That losers and
    spares are more often wrong is told by terms of their own, which the engine does not need.
    """
    tied = [
        Term(guess=START),
        Term(guess=-4.0),
        Term(guess=0.0),
        Term(guess=1.0),
    ]
    start, loser, spare, scale = _most_likely(tied, _counted(examples, _tied_values))
    names = sorted({item.extractor for item in examples} - {ANY})
    terms = [
        Term(guess=start),
        Term(guess=loser),
        Term(guess=spare),
        *(Term(guess=0.0, loose=_EXTRACTOR_LOOSE) for _ in names),
        *(
            Term(
                guess=scale * guess,
                loose=max(_LEAST_LOOSE, _LOOSE * abs(scale * guess)),
                sign=sign_of(name),
            )
            for name, guess in GUESSES.items()
        ),
    ]
    places = {name: 3 + number for number, name in enumerate(names)}
    solution = _most_likely(terms, _counted(examples, lambda item: _free_values(item, places)))
    start, *learned = solution[0], *solution[3:]
    worth = {ANY: start, **{n: start + v for n, v in zip(names, learned, strict=False)}}
    cues = dict(zip(GUESSES, learned[len(names) :], strict=True))
    threshold = Settings().review_threshold
    least = max(worth.values()) - math.log(threshold / (1 - threshold)) + _MARGIN
    grave = {name: min(cues[name], -least / amount) for name, amount in GRAVE.items()}
    return Weights(extractors=worth, cues=cues | grave)


@frozen(kw_only=True)
class Term:
    """A number to be learned: a normal prior, and perhaps a sign."""

    guess: float
    loose: float = _FREE
    sign: int = 0


def _common_values(item: Example) -> list[tuple[int, float]]:
    others = {Part.WINNER: [], Part.LOSER: [(1, 1.0)], Part.SPARE: [(2, 1.0)]}
    return [(0, 1.0), *others[item.part]]


def _tied_values(item: Example) -> list[tuple[int, float]]:
    return [
        *_common_values(item),
        (3, sum(guess * getattr(item.cues, name) for name, guess in GUESSES.items())),
    ]


def _free_values(item: Example, places: Mapping[str, int]) -> list[tuple[int, float]]:
    values = _common_values(item)
    if item.extractor in places:
        values.append((places[item.extractor], 1.0))
    cues = [(3 + len(places) + n, getattr(item.cues, name)) for n, name in enumerate(GUESSES)]
    return [*values, *cues]


def _counted(
    examples: Iterable[Example], values_of: Callable[[Example], list[tuple[int, float]]]
) -> list[tuple[_Row, float, float]]:
    """Return what differs once, with how often it was seen, and how often right."""
    counts: dict[_Row, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for item in examples:
        row = tuple((term, round(value, 4)) for term, value in values_of(item) if value)
        counts[row][0] += item.weight
        counts[row][1] += item.weight * item.right
    return [(row, seen, right) for row, (seen, right) in sorted(counts.items())]


def _most_likely(terms: Sequence[Term], rows: Sequence[tuple[_Row, float, float]]) -> list[float]:
    """Return the terms of a logistic regression, by Newton's method."""
    solution = [term.guess for term in terms]
    for _ in range(_STEPS):
        step = _newton_step(terms, rows, solution)
        longest = max(map(abs, step))
        factor = min(1.0, 2.0 / longest) if longest else 1.0
        moved = [value + factor * change for value, change in zip(solution, step, strict=True)]
        solution = [
            value if value * term.sign >= 0 else 0.0
            for term, value in zip(terms, moved, strict=True)
        ]
        if longest < _ENOUGH:
            break
    return solution


def _newton_step(
    terms: Sequence[Term],
    rows: Sequence[tuple[_Row, float, float]],
    solution: Sequence[float],
) -> list[float]:
    size = len(terms)
    slope = [
        (term.guess - value) / term.loose**2 for term, value in zip(terms, solution, strict=True)
    ]
    curve = [[0.0] * size for _ in terms]
    for number, term in enumerate(terms):
        curve[number][number] = 1 / term.loose**2
    for row, seen, right in rows:
        likely = _logistic(sum(solution[place] * value for place, value in row))
        for place, value in row:
            slope[place] += value * (right - seen * likely)
            for other, factor in row:
                curve[place][other] += seen * likely * (1 - likely) * value * factor
    # One that would leave its sign stays at 0.
    for number, term in enumerate(terms):
        if term.sign and solution[number] == 0 and slope[number] * term.sign <= 0:
            slope[number] = 0.0
            for other in range(size):
                curve[number][other] = curve[other][number] = float(number == other)
    return _solved(curve, slope)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve a linear system by elimination; the matrix is positive definite."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for number in range(size):
        pivot = rows[number]
        for other in rows[number + 1 :]:
            factor = other[number] / pivot[number]
            if factor:
                for place in range(number, size + 1):
                    other[place] -= factor * pivot[place]
    solution = [0.0] * size
    for number in reversed(range(size)):
        row = rows[number]
        known = sum(row[other] * solution[other] for other in range(number + 1, size))
        solution[number] = (row[size] - known) / row[number]
    return solution


def rendered(weights: Weights) -> str:
    """Return the text of the weights' file."""
    lines = [
        "# How likely a candidate for a value is right: weights of a logistic regression, in",
        "# log-odds (0 is even, 3 is 95 %, 5 is 99.3 %). Made by tests/training/learn_weights.py;",
        "# do not edit.",
        "",
        "# What finds values, and what one is worth against which nothing speaks.",
        "[extractors]",
        *(f"{name} = {value:.2f}" for name, value in sorted(weights.extractors.items())),
        "",
        "# What each cue adds.",
        "[cues]",
    ]
    for name, value in weights.cues.items():
        lines += [f"# {meaning_of(name)}", f"{name} = {value:.2f}"]
    return "\n".join(lines) + "\n"


@frozen(kw_only=True)
class Quality:
    """How good probabilities are. Each is 0 at best."""

    log_loss: float
    brier: float
    calibration_error: float


def quality(facts: Sequence[tuple[float, bool]]) -> Quality:
    """Judge probabilities by what came true."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for likely, right in facts:
        bins[min(_BINS - 1, int(likely * _BINS))].append((likely, right))
    gap = sum(abs(sum(p - right for p, right in members)) for members in bins.values())
    loss = [-math.log(max(1e-6, likely if right else 1 - likely)) for likely, right in facts]
    return Quality(
        log_loss=sum(loss) / len(facts),
        brier=sum((likely - right) ** 2 for likely, right in facts) / len(facts),
        calibration_error=gap / len(facts),
    )


def cross_validated(
    labelled: Sequence[Example], more: Sequence[Example]
) -> list[tuple[float, bool]]:
    """Return probability and truth of each chosen labelled value, by a fit without its file."""
    files = sorted({item.file for item in labelled})
    folds = {file: number % _FOLDS for number, file in enumerate(files)}
    facts = []
    for fold in range(_FOLDS):
        weights = fit([*(item for item in labelled if folds[item.file] != fold), *more])
        facts += judged_by(weights, [item for item in labelled if folds[item.file] == fold])
    return facts


def judged_by(weights: Weights, examples: Iterable[Example]) -> list[tuple[float, bool]]:
    """Return probability and truth of the chosen ones."""
    return [
        (probability(weights.log_odds(item.extractor, item.cues)), item.right)
        for item in examples
        if item.part is Part.WINNER
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Collect, fit, write and say how good it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="LABELLED_FOLDER")
    parser.add_argument(
        "--without", type=Path, help="text file with names of documents to leave out, one a line"
    )
    parser.add_argument("--output", type=Path, default=PACKAGED)
    options = parser.parse_args(arguments)
    left_out = options.without.read_text(encoding="utf-8").split("\n") if options.without else ()
    without = frozenset(name.strip() for name in left_out)
    registry = Registry.load(load_settings({"log_level": "error"}, environ={}))
    with with_guesses():
        labelled = [
            example
            for folder in options.folders
            for example in of_labelled(registry, folder, without)
        ]
        more = list(of_samples(registry, generated()))
    weights = fit([*labelled, *more])
    options.output.write_text(rendered(weights), encoding="utf-8")
    report(labelled, more)


def report(labelled: Sequence[Example], more: Sequence[Example]) -> None:
    """Print how good the confidences of chosen values are, before and after learning."""
    chosen = [item for item in labelled or more if item.part is Part.WINNER]
    lines = [
        f"{len(labelled)} labelled and {len(more)} generated candidates;"
        f" {sum(not item.right for item in chosen)} of {len(chosen)} chosen ones are wrong"
    ]
    before = quality(judged_by(guessed(), chosen))
    after = quality(cross_validated(labelled or chosen, more))
    for name, figures in (("guessed", before), ("learned, on files left out", after)):
        told = ", ".join(f"{key} {value:.4f}" for key, value in asdict(figures).items())
        lines.append(f"{name}: {told}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
