"""The kit for plugin authors: factories, harness, faults, contract checks."""

from __future__ import annotations

import importlib
import pickle
import socket
import sys
from importlib.metadata import entry_points
from types import ModuleType

import pytest
from attrs import evolve, frozen

from loanbatch import hookimpl, hookspecs
from loanbatch.errors import PluginError, UsageError
from loanbatch.models import Box, Document, Field, Finding, Severity, TextSource, Word
from loanbatch.registry import Registry
from loanbatch.settings import Settings
from loanbatch.testing import (
    PluginHarness,
    check_plugin,
    contract_checks,
    make_document,
    make_field,
    make_page,
    make_result,
    make_source,
)
from loanbatch.testing.faults import FAULTS, SECRET, Fault
from loanbatch.vocabulary import FieldDefinition, FieldType

BUNDLED = sorted(
    entry.value
    for entry in entry_points(group="loanbatch")
    if entry.dist is not None and entry.dist.name == "loanbatch"
)


def plugin_of(**hooks) -> ModuleType:
    """Make a module with hooks, which other processes cannot import."""
    module = ModuleType("plugin_under_test")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


def failed_checks(plugin) -> set[str]:
    failed = set()
    for check in contract_checks():
        try:
            check(plugin)
        except AssertionError:
            failed.add(check.id)
    return failed


class RateReader:
    """A well-behaved plugin: finds the word after `Rate`."""

    @hookimpl
    def extract(self, document, pages):
        for page in pages:
            for label, value in zip(page.words, page.words[1:], strict=False):
                if label.text == "Rate" and value.left < value.right:
                    yield Field(
                        name="note_rate_percent",
                        raw=value.text,
                        page=page.number,
                        box=value.box,
                        confidence=0.9,
                        extractor="rate_reader",
                    )


# Factories


def test_made_page_sets_words_from_left_to_right_and_down():
    page = make_page("Loan Amount:  $5.00", "Rate 5%")

    assert [word.text for word in page.words] == ["Loan", "Amount:", "$5.00", "Rate", "5%"]
    amount, rate = page.words[2], page.words[3]
    assert amount.left - page.words[1].right > 10  # two blanks are a gap
    assert (rate.left, rate.top > amount.bottom) == (page.words[0].left, True)
    assert page.text_source is TextSource.TEXT_LAYER


def test_made_page_without_words_has_no_text():
    assert make_page().text_source is TextSource.NONE


def test_made_page_takes_placed_words():
    word = Word("5%", 100, 200, 120, 210)

    assert make_page([word], number=3).words == (word,)


def test_made_result_has_the_identity_of_its_source():
    source = make_source(b"abc")

    result = make_result(make_document("w2", make_field("wages")), source=source)

    assert result.sha256 == source.sha256
    assert result.to_dict()["documents"][0]["kind"] == "w2"


# Harness


def test_harness_calls_one_hook_of_one_plugin():
    with PluginHarness(RateReader()) as harness:
        fields = harness.call("extract", document=make_document(), pages=[make_page("Rate 5%")])

    assert [(name, field.raw) for name, field in fields.items()] == [("note_rate_percent", "5%")]


def test_harness_does_not_import_other_plugins():
    with PluginHarness(RateReader()) as harness:
        active = [state.name for state in harness.registry.states if state.hooks]

    assert active == ["RateReader"]


def test_harness_lets_the_author_see_the_exception():
    with PluginHarness(Fault("extract", "raise")) as harness, pytest.raises(RuntimeError):
        harness.call("extract", document=make_document(), pages=[make_page("Rate 5%")])


def test_harness_lets_the_author_see_the_exception_of_a_generator():
    def extract():
        yield make_field()
        raise ZeroDivisionError

    with PluginHarness(plugin_of(extract=extract)) as harness, pytest.raises(ZeroDivisionError):
        harness.call("extract", document=make_document(), pages=[make_page("a")])


def test_harness_refuses_an_answer_that_the_hook_does_not_allow():
    with (
        PluginHarness(Fault("check", "wrong-type")) as harness,
        pytest.raises(PluginError, match="gave int in check"),
    ):
        harness.call("check", documents=[make_document()])


def test_harness_says_that_a_hook_is_missing():
    with PluginHarness(RateReader()) as harness, pytest.raises(UsageError, match="normalize"):
        harness.call("normalize", field=make_field())


def test_harness_says_why_a_plugin_is_broken():
    with pytest.raises(PluginError, match="did you mean extract"):
        PluginHarness(plugin_of(extrakt=lambda: None))


def test_harness_gives_a_definition_to_normalize():
    def normalize(field, definition):
        return evolve(field, value=definition.type.value)

    definition = FieldDefinition(name="escape_fee", type=FieldType.MONEY)
    with PluginHarness(plugin_of(normalize=normalize)) as harness:
        field = harness.call("normalize", field=make_field("escape_fee"), definition=definition)

    assert field.value == "money"


def test_harness_hands_settings_to_plugins():
    with PluginHarness(plugin_with_settings()) as harness:
        assert harness.call("check", documents=[])[0].code == "limit_7"


def plugin_with_settings(limit: int = 7) -> ModuleType:
    @frozen
    class Limits:
        limit: int = 7

    return plugin_of(
        register_settings=lambda: Limits,
        check=lambda settings: [
            Finding(
                code=f"limit_{settings.plugin(Limits).limit}",
                severity=Severity.INFO,
                message="the limit",
            )
        ],
    )


def test_harness_removes_its_home():
    with PluginHarness(RateReader()) as harness:
        home = harness.settings.home

    assert not home.parent.exists()


# Faults


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("hook", ["validate", "extract", "store"])
def test_fault_is_a_plugin_with_that_hook_even_after_pickling(fault, hook):
    plugin = pickle.loads(pickle.dumps(Fault(hook, fault)))  # noqa: S301 - our own bytes

    registry = Registry.load(Settings(no_plugins=tuple(_installed())), extra=[plugin])

    assert registry.states[-1].hooks == (hook,)


def _installed() -> set[str]:
    return {entry.name for entry in entry_points(group="loanbatch")}


def test_fault_module_misbehaves_only_where_asked():
    with PluginHarness("loanbatch.testing.faults") as harness:
        source, _ = harness.call("validate", source=make_source(file_name="loan.pdf"))
        assert source.file_name == "loan.pdf"
        with pytest.raises(PluginError) as caught:
            harness.call("validate", source=make_source(file_name="raise-2.pdf"))

    assert SECRET not in str(caught.value)


def test_unknown_fault_is_refused():
    with pytest.raises(UsageError, match="no such fault"):
        Fault("extract", "sulk")


# Contract


def test_contract_is_kept_by_a_well_behaved_plugin():
    check_plugin(RateReader())


def test_contract_is_checked_for_a_file(tmp_path):
    path = tmp_path / "lender.py"
    path.write_text(
        "from loanbatch import hookimpl\n@hookimpl\ndef check(documents):\n    1 / len(documents)\n"
    )

    with pytest.raises(AssertionError, match="check with no document: ZeroDivisionError"):
        check_plugin(str(path))


@pytest.mark.parametrize("name", BUNDLED)
def test_contract_is_kept_by_bundled_plugin(name):
    check_plugin(importlib.import_module(name))


def test_contract_checks_have_reason_and_fix():
    checks = contract_checks()

    assert len({check.id for check in checks}) == len(checks)
    assert all(check.reason and check.fix for check in checks)


def test_contract_failure_tells_id_reason_and_fix():
    with pytest.raises(AssertionError) as caught:
        check_plugin(Fault("extract", "raise"))

    text = str(caught.value)
    assert "odd-inputs:" in text
    assert "RuntimeError" in text
    assert "  why: " in text
    assert "  fix: " in text
    assert SECRET not in text


def test_contract_notices_a_misspelt_hook():
    assert "loads" in failed_checks(plugin_of(extrakt=lambda: None))


def test_contract_notices_an_exception_and_a_wrong_type():
    assert "odd-inputs" in failed_checks(Fault("check", "raise"))
    assert "answer-types" in failed_checks(Fault("check", "wrong-type"))


def test_contract_notices_printing():
    assert "quiet" in failed_checks(plugin_of(check=lambda: sys.stdout.write("hello") and None))


def test_contract_notices_a_plugin_that_cannot_travel():
    def extract():
        return None

    class Local:
        pass

    plugin = Local()
    plugin.extract = hookimpl(extract)

    assert failed_checks(plugin) == {"picklable"}


def test_contract_notices_state_between_calls():
    calls = []

    def check(documents):
        calls.append(1)
        return [Finding(code=f"call_{len(calls)}", severity=Severity.INFO, message="a call")]

    assert "deterministic" in failed_checks(plugin_of(check=check))


@pytest.mark.parametrize("deed", ["write", "connect", "process"])
def test_contract_notices_reaching_out(deed, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()

    def check():
        if deed == "write":
            (tmp_path / "notes.txt").write_text("seen")
        elif deed == "connect":
            with socket.socket() as connection:
                connection.connect_ex(("127.0.0.1", 9))
        else:
            import subprocess

            subprocess.run([sys.executable, "-c", ""], check=True)

    assert "no-side-effects" in failed_checks(plugin_of(check=check))


def test_contract_notices_document_content_in_messages():
    def extract(pages):
        raise PluginError(f"cannot read {pages[0].words[0].text if pages[0].words else ''}")

    def check(documents):
        for document in documents:
            for field in document.fields.values():
                yield Finding(code="odd", severity=Severity.WARNING, message=f"odd: {field.raw}")

    assert "private" in failed_checks(plugin_of(extract=extract))
    assert "private" in failed_checks(plugin_of(check=check))


def test_contract_notices_a_field_outside_its_document():
    def extract(document: Document):
        yield make_field(page=document.last_page + 1, box=Box(10, 10, 5, 5), confidence=1.0)

    assert failed_checks(plugin_of(extract=extract)) & {"evidence", "answer-types"}


def test_contract_notices_words_nobody_knows():
    def extract(document):
        yield make_field("frobnication_fee", page=document.first_page)

    def register_fields():
        return [FieldDefinition(name="loan_amount", type=FieldType.TEXT)]

    assert "vocabulary" in failed_checks(plugin_of(extract=extract))
    assert "vocabulary" in failed_checks(plugin_of(register_fields=register_fields))


def test_contract_notices_settings_without_default():
    @frozen
    class Needy:
        limit: int

    plugin = plugin_of(register_settings=lambda: Needy)

    assert failed_checks(plugin) & {"settings", "loads"}


def test_contract_notices_a_report_for_any_format():
    def report(stream):
        stream.write(b"hello")
        return True

    assert "report-formats" in failed_checks(plugin_of(report=report))


def test_contract_calls_every_hook_of_the_worker():
    """A hook that is added to the specifications needs inputs here too."""
    from loanbatch.testing._subject import WORKER_HOOKS

    known = {name for name in dir(hookspecs) if hasattr(getattr(hookspecs, name), "loanbatch_spec")}
    coordinator = {
        "store",
        "join_loan",
        "check_loan",
        "compare_loans",
        "read_original",
        "report",
        "get_executor",
        "on_job_started",
        "on_result",
        "on_job_interrupted",
        "on_job_finished",
    }
    loading = {"register_settings", "register_commands", "register_fields"}
    assert known - coordinator - loading - {"make_searchable"} == set(WORKER_HOOKS)


def test_testing_package_loads_nothing_heavy():
    import subprocess

    code = (
        "import loanbatch.testing, sys;"
        "print({'fpdf', 'PIL', 'pytest', 'pypdfium2', 'peewee'} & set(sys.modules) or '')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
