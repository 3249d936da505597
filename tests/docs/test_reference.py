"""Reference pages that are made from data are what the data says today.

`LOANBATCH_WRITE_DOCS=1 pytest tests/docs/test_reference.py` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
from importlib.resources import files
from pathlib import Path

from loanbatch.vocabulary import FieldDefinition, FieldType, standard_vocabulary
from loanbatch_plugins.checks._loan_rules import LOAN_RULES
from loanbatch_plugins.checks._running import ALL_RULES

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def agrees(page: Path, text: str) -> bool:
    if os.environ.get("LOANBATCH_WRITE_DOCS"):
        page.write_text(text, encoding="utf-8")
    return page.read_text(encoding="utf-8") == text


def described(definition: FieldDefinition) -> str:
    columns = ", ".join(f"`{name}` ({kind.value})" for name, kind in definition.columns.items())
    personal = "yes" if definition.personal else ""
    return f"| `{definition.name}` | {definition.type.value} | {personal} | {columns} |"


def fields_page() -> str:
    vocabulary = standard_vocabulary()
    lines = [
        "# Kinds and fields",
        "",
        "The vocabulary of documents: names are snake_case of MISMO's terms where the field has",
        "one. Plugins add kinds and fields with the hook `register_fields`. What is marked",
        "personal is masked on request; names and addresses always are personal data.",
        "",
        "## Kinds",
        "",
    ]
    for kind in sorted(vocabulary.kinds.values(), key=lambda item: item.name):
        names = ", ".join(f"`{name}`" for name in sorted(kind.fields))
        lines += [f"### {kind.name}", "", f"{kind.title}. {names}", ""]
    lines += [
        "## Fields",
        "",
        "Money is a decimal with two places, percent a decimal (`3.875` means 3.875 %), dates are",
        "ISO 8601, months a whole number. Rows have the columns named; each cell is a field with",
        "evidence of its own.",
        "",
        "| field | type | personal | columns |",
        "| --- | --- | --- | --- |",
    ]
    lines += [described(item) for _, item in sorted(vocabulary.fields.items())]
    return "\n".join(lines) + "\n"


def test_fields_page_is_the_vocabulary() -> None:
    assert agrees(REFERENCE / "fields.md", fields_page())


def test_results_page_names_every_key_of_the_schema() -> None:
    schema = json.loads(files("loanbatch").joinpath("data/results.schema.json").read_text("utf-8"))
    page = (REFERENCE / "results.md").read_text(encoding="utf-8")
    keys = {key for part in schema["$defs"].values() for key in part.get("properties", ())}

    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


def test_templates_page_says_what_every_type_looks_like() -> None:
    page = (REFERENCE / "templates.md").read_text(encoding="utf-8")
    start = page.index("| `type` | what it looks like")
    table = page[start : page.index("\n\n", start)]

    named = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines()[2:]]

    assert sorted(name for names in named for name in names) == sorted(FieldType)


def checks_page() -> str:
    lines = [
        "# Checks",
        "",
        "What the bundled plugin `checks` holds against every document. A rule runs where its",
        "kind of document has all the values that it needs; what does not tie out is a finding of",
        "severity `warning` with the code of the rule, which marks the result for review. It has",
        "what follows from the other values (`expected`), what is printed (`actual`), the place of",
        "each value (`evidence`) and, where exactly one misread number would explain everything",
        "that does not tie out, what that may be (`suggestion`). Nothing is ever corrected.",
        "",
        "`loanbatch calc` gives the same [arithmetic at the command line](cli.md#calc).",
        "",
        "| code | kinds | what should hold | source |",
        "| --- | --- | --- | --- |",
    ]
    for rule in ALL_RULES:
        kinds = ", ".join(f"`{kind}`" for kind in sorted(rule.kinds))
        lines.append(f"| `{rule.code}` | {kinds} | {rule.claim} | {rule.source} |")
    lines += [
        "",
        "## Across the documents of a loan",
        "",
        "What `loanbatch show LOAN` tells besides [contradictions](../explanation/loans.md): rules",
        "that set current documents of one loan side by side. `evidence` names the source of each",
        "value (`document_id`, `file_name`). They need the plugin `loans` to tell which papers are",
        "about one person and which are superseded.",
        "",
        "| code | kinds | what should hold | source, tolerance |",
        "| --- | --- | --- | --- |",
    ]
    for rule in LOAN_RULES:
        kinds = ", ".join(f"`{kind}`" for kind in rule.kinds)
        lines.append(f"| `{rule.code}` | {kinds} | {rule.claim} | {rule.source} |")
    return "\n".join(lines) + "\n"


def test_checks_page_lists_the_rules() -> None:
    assert agrees(REFERENCE / "checks.md", checks_page())


def test_codes_of_rules_are_unique_and_snake_case() -> None:
    codes = [rule.code for rule in (*ALL_RULES, *LOAN_RULES)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
