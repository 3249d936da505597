"""What others rely on, as tables: each is compared with its page in docs/reference.

`LOANBATCH_WRITE_DOCS=1 pytest tests/core/test_contracts.py` writes the tables anew.
"""

import ast
import inspect
import os
import pickle
import re
from enum import Enum
from pathlib import Path
from typing import get_args

import attrs
import pytest

import loanbatch
from loanbatch import errors, hookspecs, load_settings
from loanbatch.jobstore import ATTEMPT, EVENT_LEVELS
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCES = [ROOT / "core", ROOT / "plugins", ROOT / "contrib"]


def assert_page_has(name, marker, lines):
    """Compare the lines between two markers of a page, or write them when asked to."""
    path = REFERENCE / name
    page = path.read_text(encoding="utf-8")
    start, end = f"<!-- {marker} -->\n", f"<!-- end of {marker} -->"
    before, found, rest = page.partition(start)
    assert found, f"{name} has no {start}"
    documented, _, after = rest.partition(end)
    text = "\n".join(lines) + "\n"
    if os.environ.get("LOANBATCH_WRITE_DOCS"):
        path.write_text(before + start + text + end + after, encoding="utf-8")
        documented = text
    assert documented == text


def subclasses(cls):
    yield cls
    for sub in cls.__subclasses__():
        yield from subclasses(sub)


def own_errors():
    return [cls for cls in subclasses(errors.LoanbatchError) if cls.__module__ == errors.__name__]


def test_public_names():
    assert loanbatch.__all__ == [
        "BatchProcessingHandler",
        "BatchProcessingResult",
        "BatchProcessingSummary",
        "BatchProgress",
        "LoanbatchError",
        "Settings",
        "__version__",
        "hookimpl",
        "load_settings",
    ]
    assert all(getattr(loanbatch, name) for name in loanbatch.__all__)
    assert dir(loanbatch) == loanbatch.__all__


def test_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Handler'"):
        _ = loanbatch.Handler


def test_handler_face():
    face = {
        name: list(inspect.signature(member).parameters)
        for name, member in inspect.getmembers(loanbatch.BatchProcessingHandler)
        if not name.startswith("_") and callable(member)
    }

    common = ["continue_on_failure", "progress", "priority"]
    assert face["process_batch_from_paths"] == ["self", "paths", *common]
    assert face["process_batch_from_bytes"] == ["self", "items", *common]
    assert face["get_job_status"] == ["self", "job_id"]


def test_result_and_summary_have_the_promised_attributes():
    result = {a.name for a in attrs.fields(BatchProcessingResult)}
    summary = {a.name for a in attrs.fields(BatchProcessingSummary)}

    assert result >= {
        "file_name",
        "status",
        "document_id",
        "loan_id",
        "error_message",
        "error_type",
        "error_code",
        "processing_time",
        "timestamp",
        "needs_review",
        "documents",
        "findings",
    }
    assert summary >= {
        "job_id",
        "total_documents",
        "processed_documents",
        "successful_documents",
        "failed_documents",
        "skipped_documents",
        "results",
        "start_time",
        "end_time",
    }


def first_sentence(thing):
    return inspect.getdoc(thing).partition("\n\n")[0].replace("\n", " ")


def test_errors_are_in_the_reference():
    lines = ["| code | type | retryable | exit code | class | meaning |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    lines += [
        f"| `{cls.error_code}` | {cls.error_type.value} | {'yes' if cls.retryable else ''} |"
        f" {cls.exit_code} | `{cls.__name__}` | {first_sentence(cls)} |"
        for cls in own_errors()
        if cls is not errors.LoanbatchError
    ]

    assert_page_has("errors.md", "errors", lines)


def test_error_codes_are_unique_and_snake_case():
    codes = [cls.error_code for cls in own_errors() if cls is not errors.LoanbatchError]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("cls", own_errors(), ids=lambda cls: cls.__name__)
def test_error_survives_a_process_border(cls):
    error = cls("what is wrong")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301

    assert type(again) is cls
    assert (again.message, str(again), again.args) == ("what is wrong",) * 2 + (error.args,)


def test_error_tree_of_the_module_is_drawn():
    drawn = re.findall(r"^[ │├└─]+(\w+Error)\b *(\w+)?", errors.__doc__, re.MULTILINE)
    coded = {cls.__name__: cls.error_code for cls in own_errors()}

    assert {name for name, _ in drawn} == {*coded}
    leaves = [cls.__name__ for cls in own_errors() if not cls.__subclasses__()]
    assert {name: code for name, code in drawn if name in leaves} == {n: coded[n] for n in leaves}


def specs():
    mark = f"{hookspecs.PROJECT_NAME}_spec"
    return {name: f for name, f in vars(hookspecs).items() if hasattr(f, mark)}


def test_hooks_and_their_arguments():
    found = {name: list(inspect.signature(f).parameters) for name, f in specs().items()}

    assert found == {
        "validate": ["source", "settings"],
        "read_pages": ["source", "page_numbers", "settings"],
        "render_page": ["source", "page_number", "settings"],
        "recognize_text": ["image", "settings"],
        "recognize_again": ["image", "page", "words", "settings"],
        "make_searchable": ["source", "settings"],
        "classify": ["pages", "settings"],
        "extract": ["document", "pages", "settings"],
        "normalize": ["field", "definition", "settings"],
        "check": ["documents", "settings"],
        "join_loan": ["loan_id", "results", "settings"],
        "check_loan": ["loan", "settings"],
        "store": ["result", "source", "settings"],
        "read_original": ["sha256", "settings"],
        "report": ["summary", "format", "stream", "settings", "book"],
        "compare_loans": ["loans", "prepayments", "settings"],
        "get_executor": ["settings"],
        "register_settings": [],
        "register_commands": ["group"],
        "register_fields": ["settings"],
        "on_job_started": ["job_id", "total_documents", "waiting_documents", "settings"],
        "on_result": ["job_id", "position", "result", "settings"],
        "on_job_interrupted": ["job_id", "waiting_documents", "settings"],
        "on_job_finished": ["summary", "settings"],
    }


def test_hooks_are_in_the_reference():
    lines = []
    for name, function in specs().items():
        signature = str(inspect.signature(function)).replace("'", "")
        first = getattr(function, "loanbatch_spec")["firstresult"]  # noqa: B009
        text = inspect.getdoc(function).replace(".. versionadded:: 0.1", "").strip()
        lines += [f"### {name}", "", "```py", f"def {name}{signature}", "```", ""]
        lines += [f"*{'First result' if first else 'All results'}.*", "", *_markdown(text), ""]

    assert_page_has("hooks.md", "hooks", lines)


def _markdown(docstring):
    """Turn the sections of a docstring into lists."""
    for line in docstring.splitlines():
        if re.fullmatch(r"(Args|Returns|Yields|Raises):", line):
            yield from (f"**{line}**", "")
        elif found := re.match(r"    (\w+): (.*)", line):
            yield f"- `{found[1]}`: {found[2]}"
        elif line.startswith("        "):
            yield f"  {line.strip()}"
        else:
            yield line.strip()


@pytest.mark.parametrize("name", sorted(specs()))
def test_hook_says_where_it_runs_and_what_an_exception_does(name):
    text = inspect.getdoc(specs()[name])

    assert re.search(r"Runs in: (worker|coordinator)", text)
    assert re.search(r"exception", text, re.IGNORECASE)
    assert ".. versionadded:: " in text


def comments(cls):
    """Return what the comments above the attributes of a class say."""
    found, words = {}, []
    for line in inspect.getsource(cls).splitlines():
        text = line.strip()
        if text.startswith("#:"):
            words.append(text.removeprefix("#:").strip())
        elif assigned := re.match(r"(\w+): ", text):
            found[assigned[1]] = " ".join(words).replace("|", "\\|")
            words = []
    return found


def plain_type(kind):
    # Annotations are texts until somebody resolves them.
    plain = isinstance(kind, type) and not get_args(kind)
    text = kind.__name__ if plain else str(kind)
    names = {"bool": "true or false", "int": "whole number", "float": "number", "str": "text"}
    names |= {"Path": "path", "tuple[str, ...]": "list of texts", "Decimal": "number"}
    return names.get(text, text.replace("|", "\\|"))


def plain_default(attribute):
    default = attribute.default
    if isinstance(default, attrs.Factory):
        return "see above" if attribute.name == "home" else "none"
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Enum):
        return str(default.value)
    return "none" if default in ("", (), None) else str(default)


def settings_table(cls):
    told = comments(cls)
    yield "| key | type | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for item in attrs.fields(cls):
        if item.name not in ("plugin_tables", "pending"):
            yield (
                f"| `{item.name}` | {plain_type(item.type)} | {plain_default(item)} |"
                f" {told.get(item.name, '')} |"
            )


def test_settings_are_in_the_reference():
    assert_page_has("settings.md", "settings", list(settings_table(Settings)))


def test_tables_of_plugins_are_in_the_reference(all_installed):
    registry = Registry.load(load_settings({"strict_plugins": True}, environ={}))
    lines = []
    for name, table in sorted(registry.settings.plugin_tables.items()):
        lines += [f"## [loanbatch.{name}]", "", *settings_table(type(table)), ""]

    assert_page_has("settings.md", "plugins", lines)


@pytest.mark.parametrize("name", [a.name for a in attrs.fields(Settings)])
def test_setting_says_what_it_means(name):
    assert comments(Settings)[name]


LEVELS = ("debug", "info", "warning", "error", "exception")
#: Each of these calls names an event first, and its facts as keywords.
LOGGERS = ("get_logger()", "log")


def log_calls(tree):
    """Yield the level, event and facts of each call of the logger in a module."""
    chosen = {}  # names that stand for a method, chosen by a condition
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp):
            methods = (node.value.body, node.value.orelse)
            if all(ast.unparse(m).rpartition(".")[0] in LOGGERS for m in methods):
                chosen[ast.unparse(node.targets[0])] = [method.attr for method in methods]
        if not isinstance(node, ast.Call):
            continue
        logger, _, method = ast.unparse(node.func).rpartition(".")
        facts = {keyword.arg for keyword in node.keywords}
        for level in chosen.get(ast.unparse(node.func), ()):
            yield level, node.args[0].value, facts
        if method in LEVELS and logger in LOGGERS:
            yield method, node.args[0].value, facts


def record_calls(tree):
    """Yield the event and facts of each call that records what happened, which logs it too."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        told = {keyword.arg: keyword.value for keyword in node.keywords}
        if ast.unparse(node.func) == "self._tell":
            yield node.args[1].value, set(told)
        if ast.unparse(node.func) == "Note" and isinstance(told["event"], ast.Constant):
            yield told["event"].value, {"file", *(key.value for key in told["facts"].keys)}


def trees():
    for path in sorted(path for root in SOURCES for path in root.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def recorded_events():
    found = {}
    for tree in trees():
        for event, facts in record_calls(tree):
            found.setdefault(event, set()).update(facts)
    return found


def logged_events():
    found = {
        event: ({EVENT_LEVELS[event]}, set(facts)) for event, facts in recorded_events().items()
    }
    for tree in trees():
        for level, event, facts in log_calls(tree):
            levels, known = found.setdefault(event, (set(), set()))
            levels.add("error" if level == "exception" else level)
            traced = level == "exception" or "exc_info" in facts
            known.update(facts - {"exc_info"}, {"exception"} if traced else ())
    return found


def documented_events():
    """Return levels, whether it is recorded and facts of each event that the reference lists."""
    page = (REFERENCE / "events.md").read_text(encoding="utf-8")
    row = r"^\| `(\w+)` \| ([a-z, ]+) \| (yes)? *\|([^|]*)\| \S"
    return {
        event: (set(levels.split(", ")), bool(recorded), set(re.findall(r"`(\w+)`", facts)))
        for event, levels, recorded, facts in re.findall(row, page, re.MULTILINE)
    }


def test_events_are_in_the_reference():
    documented = {
        event: (levels, facts) for event, (levels, _, facts) in documented_events().items()
    }

    assert documented == logged_events()


def test_reference_tells_which_events_are_recorded():
    recorded = {event for event, (_, recorded, _) in documented_events().items() if recorded}

    assert recorded == {*recorded_events(), ATTEMPT} == {*EVENT_LEVELS, ATTEMPT}


def test_events_are_named_in_the_past_tense_and_their_facts_are_allowed():
    from loanbatch._logging import ALLOWED_KEYS

    for event, (_, facts) in logged_events().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", event)
        assert facts <= ALLOWED_KEYS, event


def literals(node, tree, function):
    """Return the texts that an expression may be: literals, constants, arguments of callers."""
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.Attribute):
        return {node.attr.lower()}
    if isinstance(node, ast.IfExp):
        return literals(node.body, tree, function) | literals(node.orelse, tree, function)
    assert isinstance(node, ast.Name), f"{ast.unparse(node)}: a code is a literal or has a name"
    names = [argument.arg for argument in function.args.args] if function else []
    if node.id not in names:
        assigned = (a.value for a in tree.body if ast.unparse(a).startswith(f"{node.id} = "))
        return {value for item in assigned for value in literals(item, tree, None)}
    found = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == function.name:
            told = dict(zip(names, call.args, strict=False))
            told |= {keyword.arg: keyword.value for keyword in call.keywords}
            found |= literals(told[node.id], tree, None)
    return found


def finding_calls(tree):
    """Yield the arguments by name of each finding that a module makes, and the function."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Finding":
            arguments = {keyword.arg: keyword.value for keyword in call.keywords}
            inside = [f for f in functions if f.lineno <= call.lineno <= f.end_lineno]
            if "code" in arguments:
                yield arguments, inside[-1] if inside else None


def finding_codes():
    found = {}
    for path in sorted(path for root in SOURCES for path in root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for arguments, function in finding_calls(tree):
            if ast.unparse(arguments["code"]) == "rule.code":
                continue  # the rules have a page of their own
            severities = literals(arguments["severity"], tree, function)
            bundled = path.is_relative_to(ROOT / "plugins") or path.is_relative_to(ROOT / "contrib")
            whose = path.relative_to(ROOT).parts[2] if bundled else "the framework"
            for code in literals(arguments["code"], tree, function):
                levels, owners = found.setdefault(code, (set(), set()))
                levels.update(severities)
                owners.add(whose)
    return found


def test_findings_are_in_the_reference():
    page = (REFERENCE / "findings.md").read_text(encoding="utf-8")
    documented = {
        code: (set(levels.split(", ")), set(owners.split(", ")))
        for code, levels, owners in re.findall(
            r"^\| `(\w+)` \| ([a-z, ]+) \| ([^|]*) \| \S", page, re.MULTILINE
        )
    }

    assert documented == finding_codes()
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in documented)
