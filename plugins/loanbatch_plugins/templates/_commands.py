"""`loanbatch templates`: list templates, check files of one's own, try one on a document."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import tomli
from attrs import evolve

from loanbatch.convert import json_text
from loanbatch.errors import UsageError
from loanbatch.settings import Settings, load_settings
from loanbatch.vocabulary import standard_vocabulary

if TYPE_CHECKING:
    from loanbatch.models import Field
    from loanbatch_plugins.templates._trial import Finding, Outcome, Trial

_EXIT_PROBLEM = 2
_EXIT_FAILED = 3
#: Characters of a value or raw text that a table shows.
_SHOWN = 40

_folder_option = click.option(
    "--templates",
    "folder",
    metavar="DIR",
    help="Folder with templates of your own. [default: the setting `templates`]",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group(epilog="Example: loanbatch templates try letter.pdf --templates ./templates")
def templates() -> None:
    """List, check and try templates: where the fields of a kind of document stand."""


@templates.command(name="list", epilog="Example: loanbatch templates list --templates ./templates")
@_folder_option
@_json_option
def list_(folder: str | None, *, as_json: bool) -> None:
    """Show the kinds of documents that have a template."""
    rows = [_described(*item) for item in _all_templates(_settings(folder))]
    if as_json:
        click.echo(json_text(rows, indent=2))
        return
    columns = ("kind", "version", "fields", "from", "source")
    _table(columns, [[str(row[name]) for name in columns] for row in rows])


@templates.command(epilog="Example: loanbatch templates check ./templates")
@click.argument("paths", metavar="DIR|FILE…", nargs=-1, required=True)
@_json_option
def check(paths: Sequence[str], *, as_json: bool) -> None:
    """Tell everything that is wrong in template files, line by line.

    Warnings tell what is allowed and probably not meant. Exit code 2 when something is wrong.
    """
    from loanbatch_plugins.templates._checking import check_files, files_of

    found = files_of(paths)
    remarks = check_files(found)
    problems = sum(remark.is_problem for remark in remarks)
    if as_json:
        plain = [
            {
                "file": remark.file,
                "line": remark.line,
                "key": remark.key,
                "severity": "error" if remark.is_problem else "warning",
                "message": remark.text,
            }
            for remark in remarks
        ]
        click.echo(json_text(plain, indent=2))
    else:
        for remark in remarks:
            click.echo(str(remark))
        warnings = len(remarks) - problems
        click.echo(f"{len(found)} files, {problems} problems, {warnings} warnings")
    if problems:
        raise click.exceptions.Exit(_EXIT_PROBLEM)


@templates.command(
    name="try",
    epilog="Example: loanbatch templates try letter.pdf --templates ./templates --picture seen.png",
)
@click.argument("path", metavar="FILE")
@_folder_option
@click.option("--kind", metavar="KIND", default="", help="Take the document for one of this kind.")
@click.option(
    "--picture",
    metavar="FILE.png|DIR",
    help="Write pictures of the pages with labels (blue) and values (red) framed.",
)
@_json_option
@click.pass_context
def try_(
    context: click.Context,
    path: str,
    folder: str | None,
    kind: str,
    picture: str | None,
    *,
    as_json: bool,
) -> None:
    """Read one document, and show what found each field.

    Shown are the rule and the label that found it, and for those that are missing why. Nothing is
    stored. What is shown, and the pictures, hold what the document says. Exit code 3 when the
    document could not be read.
    """
    from loanbatch_plugins.templates._pictures import write_pictures
    from loanbatch_plugins.templates._trial import try_out

    settings = _settings(folder)
    if kind:
        _expect_kind(kind, settings)
    outcome = try_out(
        Path(path), settings, context.obj["open_handler"], kind=kind, draw=picture is not None
    )
    if as_json:
        click.echo(json_text(_plain(outcome), indent=2))
    else:
        _show(outcome)
    if picture is not None:
        for written in write_pictures(outcome, Path(picture)):
            click.echo(f"wrote {written}", err=True)
    if outcome.result.error_code is not None:
        context.exit(_EXIT_FAILED)


def _settings(folder: str | None) -> Settings:
    settings = load_settings()
    return settings if folder is None else evolve(settings, templates=folder)


def _all_templates(settings: Settings) -> Iterator[tuple[Traversable | Path, str, bool]]:
    """Yield file, origin and whether it is one of one's own, by kind; own ones hide bundled."""
    packaged = files(__package__).joinpath("kinds")
    chosen: dict[str, tuple[Traversable | Path, str, bool]] = {
        item.name: (item, "bundled", False)
        for item in packaged.iterdir()
        if item.name.endswith(".toml")
    }
    for file in settings.template_files():
        chosen[file.path.name] = (file.path, str(file.path), True)
    return (chosen[name] for name in sorted(chosen))


def _described(file: Traversable | Path, origin: str, own: bool) -> dict[str, Any]:  # noqa: FBT001
    try:
        tables = tomli.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        tables = {}
    kind = file.name.removesuffix(".toml")
    known = standard_vocabulary().kinds.get(kind)
    return {
        "kind": kind,
        "title": tables.get("title") or (known.title if known else ""),
        "version": tables.get("version", ""),
        "source": tables.get("source", "") if tables or not own else "cannot be read, see check",
        "from": origin,
        "fields": len(tables.get("fields", ())),
    }


def _expect_kind(kind: str, settings: Settings) -> None:
    from loanbatch_plugins.templates._own import read_own

    own = read_own(settings.template_files()).templates
    known = {*standard_vocabulary().kinds, *own}
    if kind not in known:
        near = difflib.get_close_matches(kind, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"
        raise UsageError(f"--kind {kind}: no such kind of document; {hint}")


def _show(outcome: Outcome) -> None:
    result = outcome.result
    if result.error_code is not None:
        click.echo(f"{result.file_name}: {result.error_code}: {result.error_message}")
        return
    for trial in outcome.trials:
        document = trial.document
        first, last = document.first_page, document.last_page
        where = f"page {first}" if first == last else f"pages {first} to {last}"
        click.echo(f"{document.kind}, {where}, confidence {document.confidence:.2f}")
        rows = [_row(found) for found in trial.found]
        if rows:
            head = ("field", "value", "raw", "page", "box", "confidence", "rule", "label")
            _table(head, rows)
        for found in trial.found:
            _show_rows(found)
        _show_missing(trial)
    for finding in result.findings:
        named = f" ({', '.join(finding.fields)})" if finding.fields else ""
        click.echo(f"{finding.severity.value}: {finding.message}{named}")


def _show_rows(found: Finding) -> None:
    """Write the rows of a field, a column for each that any of them has."""
    rows = [{cell.name: cell for cell in row} for row in found.field.rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return
    click.echo(f"{found.field.name}:")
    lines = [[_short(_told(row[name])) if name in row else "" for name in names] for row in rows]
    _table([f"  {names[0]}", *names[1:]], [[f"  {line[0]}", *line[1:]] for line in lines])


def _show_missing(trial: Trial) -> None:
    if trial.missing:
        click.echo("not found:")
        _table((), [(f"  {item.name}", item.reason) for item in trial.missing])


def _row(found: Finding) -> tuple[str, ...]:
    field = found.field
    box = "" if field.box is None else " ".join(f"{edge:.0f}" for edge in field.box)
    return (
        field.name,
        _short(_told(field)),
        _short(field.raw),
        str(field.page),
        box,
        f"{field.confidence:.2f}",
        f"{found.rule} of {found.rules}: {found.how}" if found.rule else field.extractor,
        _short(" + ".join(found.labels)),
    )


def _told(field: Field) -> str:
    """Return the value of a field, or of a cell of its rows."""
    if field.rows:
        return f"{len(field.rows)} rows"
    if field.value is None:
        return "not understood"
    return ", ".join(map(str, field.value)) if isinstance(field.value, tuple) else str(field.value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    line = "".join(char if char.isprintable() else "?" for char in line)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [*([head] if head else []), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _plain(outcome: Outcome) -> Mapping[str, Any]:
    result = outcome.result.to_dict()
    documents = result["documents"]
    for plain, trial in zip(documents, outcome.trials, strict=False):
        for found in trial.found:
            plain["fields"][found.field.name] |= {
                "rule": found.rule or None,
                "rules": found.rules,
                "how": found.how or None,
                "labels": list(found.labels),
            }
        plain["missing"] = {item.name: item.reason for item in trial.missing}
    keys = ("file_name", "status", "error_code", "error_message", "needs_review", "findings")
    return {**{key: result[key] for key in keys}, "documents": documents}
