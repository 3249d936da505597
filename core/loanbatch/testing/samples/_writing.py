"""The small set of samples that `loanbatch sample` writes and docs/samples holds."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from loanbatch.testing.samples._broken import broken_samples
from loanbatch.testing.samples._making import KINDS, make_package, make_sample
from loanbatch.testing.samples._scans import as_scan
from loanbatch.testing.samples._truth import Sample

#: Their versions decide the bytes, not the truth.
_DRAWN_WITH = ("fpdf2", "pillow", "pypdfium2")
#: Seed of the first kind, counted up from there so that styles differ.
_SEED = 3
#: Styles of the kinds whose samples documentation and tests speak of; the seed decides on the others.
_STYLES = {
    "closing_disclosure": "form",
    "loan_estimate": "serif",
    "promissory_note": "typewriter",
    "w2": "official",
    "paystub": "columns",
    "bank_statement": "mono",
    "student_loan_disclosure": "final",
    "sanction_letter": "table",
}
_PACKAGE_STYLES = {
    "loan_estimate": "serif",
    "closing_disclosure": "serif",
    "promissory_note": "modern",
    "paystub": "columns",
    "w2": "laser",
    "bank_statement": "split",
}


def sample_set() -> Iterator[tuple[Sample, str]]:
    """Yield the samples of the set, each with a line that says what it is."""
    for seed, kind in enumerate(KINDS, start=_SEED):
        name = f"{kind.replace('_', '-')}.pdf"
        yield (
            make_sample(kind, seed=seed, style=_STYLES.get(kind), file_name=name),
            f"{kind.replace('_', ' ')}, born digital",
        )
    yield (
        as_scan(
            make_sample("paystub", seed=4, style="columns"),
            dpi=150,
            quality=35,
            file_name="paystub-scan.pdf",
        ),
        "paystub, scanned at 150 dpi: grey, grainy, slightly askew, no text layer",
    )
    yield (
        as_scan(
            make_sample("bank_statement", seed=5, style="mono"),
            dpi=200,
            noise=0.0,
            skew=-0.6,
            format="fax",
            file_name="bank-statement-fax.tif",
        ),
        "bank statement as a fax: black and white, CCITT group 4",
    )
    yield (
        as_scan(
            make_sample("w2", seed=6, style="official"),
            dpi=150,
            noise=0.2,
            skew=1.1,
            format="jpeg",
            quality=40,
            file_name="w2-photo.jpg",
        ),
        "W-2 as a telephone's picture: JPEG, askew",
    )
    yield (
        make_package(seed=7, in_styles=_PACKAGE_STYLES),
        "six documents of one loan in one file, a separator sheet before each",
    )


def write_samples(folder: str | Path, *, broken: bool = False) -> list[Path]:
    """Write the set: each file, its labels beside it (`NAME.gold.json`), and a README.md that lists them.

    Args:
        folder: Made where it does not exist; files of the same names are replaced.
        broken: Also write the files of `broken_samples`, into the folder `broken` inside.

    Returns:
        The documents' paths, in order; labels and README.md not among them.

    Raises:
        SamplesUnavailableError: fpdf2, pillow or pypdfium2 is not installed.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    lines = []
    for sample, text in sample_set():
        path = target / sample.file_name
        path.write_bytes(sample.content)
        (target / f"{sample.file_name}.gold.json").write_text(sample.labels_json(), "utf-8")
        lines.append(f"| `{sample.file_name}` | {sample.page_count} | {text} |")
        paths.append(path)
    (target / "README.md").write_text(_readme(lines), "utf-8")
    return [*paths, *_write_broken(target / "broken")] if broken else paths


def _write_broken(folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    for sample in broken_samples():
        path = folder / sample.file_name
        path.write_bytes(sample.content)
        yield path


def _readme(lines: list[str]) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _DRAWN_WITH)
    return "\n".join(
        (
            "# Samples",
            "",
            "Made by `loanbatch sample`: every person, firm, place and number is invented. The values that a",
            "file prints are in `NAME.gold.json` beside it.",
            "",
            "| file | pages | what it is |",
            "| --- | --- | --- |",
            *lines,
            "",
            f"Drawn with {versions}; other versions may draw other bytes of the same truth.",
            "",
        )
    )
