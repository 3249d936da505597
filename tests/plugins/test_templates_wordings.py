"""Patterns over running text: what every match of them contains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
import tomli

from loanbatch_plugins.templates._fragments import expand
from loanbatch_plugins.templates._loading import read_template
from loanbatch_plugins.templates._wordings import needed

KINDS = sorted(
    item.name.removesuffix(".toml")
    for item in files("loanbatch_plugins.templates").joinpath("kinds").iterdir()
    if item.name.endswith(".toml")
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in the amount of {money}", (("in the amount of ",),)),
        ("(?:loan|mortgage) of {money}", (("loan", "mortgage"), (" of ",))),
        (r"late (?:charge|fee)s? is (?P<value>\d+)", (("late ",), ("charge", "fee"), (" is ",))),
        (r"instal+ments\b", (("instal",), ("ments",))),
        ("(?:per annum)? ?{percent}", ()),
        ("(?!annual )interest (?<=x)rate", (("interest ",), ("rate",))),
        (r"\x41\x42\x43", ()),
        ("principal|{date}", ()),
        (
            "(?P<value>first (?:payment|instalment)) due",
            (("first ",), ("payment", "instalment"), (" due",)),
        ),
        (r"(?P<a>loan) (?P=a)", ()),
        ("(?x) loan amount", ()),
        (r"[loan]\(amount\)", (("(amount)",),)),
    ],
)
def test_needed_stretches_stand_in_every_match(
    pattern: str, expected: tuple[tuple[str, ...], ...]
) -> None:
    assert needed(pattern) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_packaged_templates_have_sound_patterns(kind: str) -> None:
    path = files("loanbatch_plugins.templates").joinpath("kinds", f"{kind}.toml")
    text = path.read_text(encoding="utf-8")
    assert read_template(text, path.name, kind).kind == kind


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "text":
                yield from [item] if isinstance(item, str) else item
            else:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@pytest.mark.parametrize("kind", KINDS)
def test_needed_stretches_are_part_of_the_patterns(kind: str) -> None:
    path = files("loanbatch_plugins.templates").joinpath("kinds", f"{kind}.toml")
    for pattern in _texts(tomli.loads(path.read_text(encoding="utf-8"))):
        spelled = re.sub(r"\\(\W)", r"\1", expand(pattern)).lower()
        assert all(stretch in spelled for need in needed(pattern) for stretch in need)


MONTHS = (
    "jan", "january", "feb", "february", "mar", "march", "apr", "april", "may", "jun", "june",
    "jul", "july", "aug", "august", "sep", "sept", "september", "oct", "october", "nov",
    "november", "dec", "december",
)  # fmt: skip
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "thirtieth",
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [f"{month.capitalize()} 5, 2024" for month in MONTHS]
    + [f"{ordinal} day of May, 2024" for ordinal in ORDINALS]
    + ["the 3rd day of June 2024", "12/31/2024", "2024-12-31", "5th of MAY, 2024"]
    + ["12 maart 2026", "1er février 2026", "3. März 2026", "15 de agosto de 2026"]
    + ["avril 5, 2026", "Okt. 5, 2026", "août 5, 2026"],
)
def test_dates_are_seen_however_they_begin(text: str) -> None:
    match = re.search(expand("{date}"), f"signed {text}.", re.IGNORECASE)
    assert match is not None
    assert match["value"] == text
