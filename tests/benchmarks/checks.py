"""How often each rule of the checks runs, holds and breaks, and what it finds of misread digits.

Reads label files (`NAME.gold.json`), so what is measured are the rules and not the reading:

    python tests/benchmarks/checks.py FOLDER…       (without one: docs/samples)

First every rule on the true values: a break is a contradiction of the document itself, or a fault
of the rule. Then one digit after another of the closing disclosures' amounts is misread, and it is
counted how many misreadings some rule notices, how many the suggestion puts right, and how often it
points elsewhere.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from loanbatch.vocabulary import FieldDefinition, FieldType, standard_vocabulary
from loanbatch_plugins.checks._facts import Facts, Row
from loanbatch_plugins.checks._localizing import explain
from loanbatch_plugins.checks._rule import Tie
from loanbatch_plugins.checks._running import ALL_RULES

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
NUMBERS = {FieldType.MONEY, FieldType.PERCENT, FieldType.NUMBER}
COUNTS = {FieldType.MONTHS, FieldType.YEAR, FieldType.COUNT}
SEED = 7


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[SAMPLES])
    documents = list(labelled(parser.parse_args().folders))
    try_rules(documents)
    misread([facts for _, facts in documents if facts.kind == "closing_disclosure"])


def tell(line: str = "") -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


def labelled(folders: list[Path]) -> Iterator[tuple[str, Facts]]:
    """Yield each labelled document with the name of its file."""
    for folder in folders:
        for path in sorted(folder.rglob("*.gold.json")):
            for document in json.loads(path.read_text(encoding="utf-8"))["documents"]:
                yield path.name.removesuffix(".gold.json"), facts_of(document)


def facts_of(document: dict[str, Any]) -> Facts:
    """Return the facts that labels tell."""
    vocabulary = standard_vocabulary()
    values, tables = {}, {}
    for name, plain in document["fields"].items():
        definition = vocabulary.field(name)
        if definition.type is not FieldType.ROWS:
            values[name] = typed(definition, plain)
        elif isinstance(plain, list):
            tables[name] = tuple(
                Row(
                    f"{name}[{number}]",
                    {key: typed(definition.column(key), cell) for key, cell in row.items()},
                )
                for number, row in enumerate(plain)
                if isinstance(row, dict)
            )
    return Facts(document["kind"], values, tables)


def typed(definition: FieldDefinition, plain: Any) -> Any:
    """Return a label's value as the normalizers make it; what is none stays as it is."""
    try:
        if definition.type in NUMBERS:
            return Decimal(str(plain))
        if definition.type in COUNTS:
            return int(plain)
        if definition.type is FieldType.DATE:
            return date.fromisoformat(plain)
    except (ArithmeticError, TypeError, ValueError):
        return str(plain)
    return tuple(plain) if isinstance(plain, list) else plain


def try_rules(documents: list[tuple[str, Facts]]) -> None:
    """Print how often each rule ran, held and broke, and each break."""
    ran, held = Counter[str](), Counter[str]()
    breaks = []
    for file, facts in documents:
        for rule in ALL_RULES:
            ties = rule.ties(facts)
            broken = [tie for tie in ties if not tie.holds]
            ran[rule.code] += bool(ties)
            held[rule.code] += bool(ties) and not broken
            breaks += [(file, facts.kind, rule.code, tie) for tie in broken]
    tell("| rule | ran | held | broke |\n| --- | --- | --- | --- |")
    for rule in ALL_RULES:
        count = ran[rule.code]
        tell(f"| {rule.code} | {count} | {held[rule.code]} | {count - held[rule.code]} |")
    tell("\n| file | kind | rule | expected | printed |\n| --- | --- | --- | --- | --- |")
    for file, kind, code, tie in breaks:
        tell(f"| {file} | {kind} | {code} | {shown(tie.expected)} | {shown(tie.actual)} |")


def shown(value: object) -> str:
    """Return a value as people write it."""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def misread(documents: list[Facts]) -> None:
    """Print what is noticed of single misread digits in documents that tie out."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    found = Counter[str]()
    for facts in documents:
        rules = [rule for rule in ALL_RULES if facts.kind in rule.kinds]
        ties = [tie for rule in rules for tie in rule.ties(facts)]
        if not all(tie.holds for tie in ties):
            found["documents that contradict themselves"] += 1
            continue
        found["documents"] += 1
        inputs = {path for tie in ties for path in tie.inputs}
        for path, value in facts.numbers():
            if is_amount(facts, path):
                found["misread"] += 1
                found["of them inputs of a rule"] += path in inputs
                wrong = facts.with_value(path, one_digit_off(value, chance))
                broken = [tie for rule in rules for tie in rule.ties(wrong) if not tie.holds]
                count(found, broken, wrong, path, value)
    tell()
    for name, number in found.items():
        tell(f"{name}: {number}")


def is_amount(facts: Facts, path: str) -> bool:
    """Tell whether a path is one of money or percent, and not a line number or a year."""
    name, bracket, rest = path.partition("[")
    definition = standard_vocabulary().field(name)
    if bracket:
        definition = definition.column(rest.partition("].")[2])
    return definition.type in NUMBERS


def count(found: Counter[str], broken: list[Tie], wrong: Facts, path: str, value: Decimal) -> None:
    """Count what became of one misread digit."""
    found["noticed"] += bool(broken)
    if not broken:
        return
    rules = [rule for rule in ALL_RULES if wrong.kind in rule.kinds]
    offered = explain(wrong, rules, broken)
    if offered is None:
        return
    if offered.path != path:
        found["suggestion points elsewhere"] += 1
    else:
        found["suggestion is right" if offered.value == value else "right field, other value"] += 1


def one_digit_off(value: Decimal, chance: random.Random) -> Decimal:
    """Return a number with one digit read as another."""
    text = format(value, "f")
    place = chance.choice([number for number, char in enumerate(text) if char.isdigit()])
    digit = chance.choice([char for char in "0123456789" if char != text[place]])
    return Decimal(text[:place] + digit + text[place + 1 :])


if __name__ == "__main__":
    main()
