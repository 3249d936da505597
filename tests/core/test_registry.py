"""Plugins are found, loaded and isolated; a broken one is named and set aside."""

import importlib.metadata
import json
import pickle
import sys

import pytest
from attrs import field, frozen

from loanbatch import hookimpl
from loanbatch.errors import BrokenPluginError, SettingsError, UnknownPluginError
from loanbatch.registry import Registry, State
from loanbatch.registry._installation import sources_print
from loanbatch.vocabulary import FieldDefinition, FieldType

GOOD = """
from loanbatch import hookimpl

@hookimpl
def check(documents):
    return None
"""

BROKEN = {
    "raises": "raise RuntimeError('at import')",
    "exits": "import sys\nsys.exit('gone')",
    "syntax": "def (",
    "missing": "import no_such_library_anywhere",
    "misspelt": "from loanbatch import hookimpl\n@hookimpl\ndef chekc(documents): ...",
    "signature": "from loanbatch import hookimpl\n@hookimpl\ndef check(documants): ...",
    "nothing": "x = 1",
    "wrapper": "from loanbatch import hookimpl\n@hookimpl(wrapper=True)\n"
    "def check(documents):\n    return (yield)",
    "settings": "from loanbatch import hookimpl\n@hookimpl\ndef register_settings(): return int",
    "settings_raise": "from loanbatch import hookimpl\n@hookimpl\n"
    "def register_settings(): raise KeyError",
    "settings_unresolved": "from __future__ import annotations\nimport attrs\n"
    "from loanbatch import hookimpl\n@attrs.frozen\nclass S:\n    x: Nowhere = 1\n"
    "@hookimpl\ndef register_settings(): return S",
    "fields": "from loanbatch import hookimpl\n@hookimpl\ndef register_fields(): return ['x']",
}


@pytest.fixture
def plugin_file(tmp_path):
    def write(name, code):
        path = tmp_path / f"{name}.py"
        path.write_text(code)
        return str(path)

    return write


def state_of(registry, name):
    return next(state for state in registry.states if state.name == name)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_plugin_is_set_aside_and_named(make_settings, plugin_file, tmp_path, name):
    good, bad = plugin_file("good", GOOD), plugin_file(name, BROKEN[name])

    registry = Registry.load(make_settings(plugins=[bad, good]))

    assert state_of(registry, name).state is State.BROKEN
    assert state_of(registry, name).cause
    assert [plugin for plugin, _ in registry.callers("check")] == ["good"]


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_plugin_is_fatal_when_strict(make_settings, plugin_file, name):
    settings = make_settings(plugins=[plugin_file(name, BROKEN[name])], strict_plugins=True)

    with pytest.raises(BrokenPluginError, match=f"plugin {name} "):
        Registry.load(settings)


def test_misspelt_hook_names_the_nearest(make_settings, plugin_file):
    registry = Registry.load(make_settings(plugins=[plugin_file("m", BROKEN["misspelt"])]))

    assert state_of(registry, "m").cause == ("there is no hook chekc, did you mean check?")


def test_set_aside_plugin_is_logged(make_handler, plugin_file, tmp_path):
    make_handler(plugins=[plugin_file("raises", BROKEN["raises"])])

    event = json.loads((tmp_path / "log.jsonl").read_text())
    assert event["event"] == "plugin_set_aside"
    assert (event["plugin"], event["distribution"]) == ("raises", "file")
    assert event["cause"] == "RuntimeError: at import"


def test_optional_hook_of_another_version_is_no_mistake(make_settings, plugin_file):
    code = GOOD + "\n@hookimpl(optionalhook=True)\ndef of_tomorrow(): ...\n"

    registry = Registry.load(make_settings(plugins=[plugin_file("p", code)]))

    assert state_of(registry, "p").state is State.ACTIVE
    assert state_of(registry, "p").hooks == ("check",)


def test_blocked_plugin_is_never_imported(make_settings, plugin_file, tmp_path, bundled):
    trace = tmp_path / "imported"
    path = plugin_file("noisy", f"open({str(trace)!r}, 'w').close()\n{GOOD}")

    registry = Registry.load(make_settings(plugins=[path], no_plugins=(*bundled, "noisy")))

    assert state_of(registry, "noisy").state is State.BLOCKED
    assert not trace.exists()


def test_unknown_name_to_block_names_the_nearest(make_settings):
    with pytest.raises(UnknownPluginError, match="did you mean templates"):
        Registry.load(make_settings(no_plugins=["tempaltes"]))


@pytest.mark.parametrize("name", ["no/such/file.py", "no_such_module_at_all", "no.such.module", ""])
def test_unknown_plugin_is_an_error(make_settings, name):
    with pytest.raises(UnknownPluginError):
        Registry.load(make_settings(plugins=[name]))


def test_module_is_a_plugin(make_settings, plugin_file, tmp_path, monkeypatch):
    plugin_file("module_plugin_for_test", GOOD)
    monkeypatch.syspath_prepend(tmp_path)

    registry = Registry.load(make_settings(plugins=["module_plugin_for_test"]))

    state = state_of(registry, "module_plugin_for_test")
    assert (state.state, state.distribution) == (State.ACTIVE, "module")


def test_bundled_plugins_come_first_and_third_parties_win(make_settings, monkeypatch):
    class Late:
        @hookimpl
        def classify(self, pages):
            return None

    registry = Registry.load(make_settings(no_plugins=()), extra=[Late()])

    names = [plugin for plugin, _ in registry.callers("classify")]
    assert names == ["Late", "classification"]


def test_all_bundled_plugins_are_active(make_settings):
    registry = Registry.load(make_settings(no_plugins=(), strict_plugins=True))

    assert {state.state for state in registry.states} == {State.ACTIVE}


def test_two_registries_live_side_by_side(make_settings, plugin_file):
    one = Registry.load(make_settings(plugins=[plugin_file("good", GOOD)]))
    other = Registry.load(make_settings())

    assert len(one.callers("check")) == 1
    assert not other.callers("check")


@frozen(kw_only=True)
class Own:
    depth: int = field(default=3)


class WithSettings:
    @hookimpl
    def register_settings(self):
        return Own

    @hookimpl
    def register_fields(self):
        return [FieldDefinition(name="pet_name", type=FieldType.NAME)]


def test_plugin_gets_its_table(make_settings):
    settings = make_settings(WithSettings={"depth": 5})

    registry = Registry.load(settings, extra=[WithSettings()])

    assert registry.settings.plugin(Own).depth == 5


def test_plugin_gets_defaults_without_a_table(make_settings):
    assert Registry.load(make_settings(), extra=[WithSettings()]).settings.plugin(Own).depth == 3


def test_unknown_key_of_a_plugin_names_the_nearest(make_settings):
    settings = make_settings(WithSettings={"dept": 5})

    with pytest.raises(SettingsError, match="did you mean `depth`"):
        Registry.load(settings, extra=[WithSettings()])


def test_plugin_adds_words(make_settings):
    registry = Registry.load(make_settings(), extra=[WithSettings()])

    assert registry.vocabulary.field("pet_name").type is FieldType.NAME
    assert registry.vocabulary.field("loan_amount").type is FieldType.MONEY


def test_spec_rebuilds_the_registry_elsewhere(make_settings, plugin_file, tmp_path, monkeypatch):
    plugin_file("module_object_for_test", GOOD)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("module_object_for_test")
    registry = Registry.load(
        make_settings(plugins=[plugin_file("good", GOOD)], review_threshold=0.3), extra=[module]
    )

    rebuilt = Registry.from_spec(pickle.loads(pickle.dumps(registry.spec)))  # noqa: S301

    assert rebuilt.fingerprint() == registry.fingerprint()
    assert [s.name for s in rebuilt.states] == [s.name for s in registry.states]


class TestFingerprint:
    def test_is_stable(self, make_settings, plugin_file):
        settings = make_settings(plugins=[plugin_file("good", GOOD)])

        assert Registry.load(settings).fingerprint() == Registry.load(settings).fingerprint()

    def test_changes_with_a_plugins_code(self, make_settings, plugin_file):
        settings = make_settings(plugins=[plugin_file("good", GOOD)])
        before = Registry.load(settings).fingerprint()
        plugin_file("good", GOOD + "\n# edited\n")

        assert Registry.load(settings).fingerprint() != before

    @pytest.mark.parametrize("name", ["errors.py", "layout/words.py", "data/vocabulary.toml"])
    def test_changes_with_our_own_code_where_it_can_be_edited(self, tmp_path, name):
        package = tmp_path / "loanbatch"
        for file in ("errors.py", "layout/words.py", "data/vocabulary.toml", "cli/run.py"):
            (package / file).parent.mkdir(parents=True, exist_ok=True)
            (package / file).write_text("before")
        before = sources_print([package])

        (package / "cli/run.py").write_text("tells results, makes none")
        unchanged = sources_print([package])
        (package / name).write_text("afterwards")

        assert unchanged == before
        assert sources_print([package]) != before

    def test_changes_with_a_plugins_settings(self, make_settings):
        one = Registry.load(make_settings(), extra=[WithSettings()])
        other = Registry.load(make_settings(WithSettings={"depth": 9}), extra=[WithSettings()])

        assert one.fingerprint() != other.fingerprint()

    @pytest.mark.parametrize(
        "changes", [{"review_threshold": 0.1}, {"searchable": True}, {"passwords": ["x"]}]
    )
    def test_changes_with_settings_that_matter(self, make_settings, changes):
        one, other = Registry.load(make_settings()), Registry.load(make_settings(**changes))

        assert one.fingerprint() != other.fingerprint()

    @pytest.mark.parametrize("changes", [{"workers": 3}, {"log_level": "error"}, {"strict": True}])
    def test_ignores_settings_that_do_not(self, make_settings, changes):
        one, other = Registry.load(make_settings()), Registry.load(make_settings(**changes))

        assert one.fingerprint() == other.fingerprint()

    def test_ignores_plugins_that_make_no_result(self, make_settings):
        class Observer:
            @hookimpl
            def on_result(self):
                return None

        one, other = (
            Registry.load(make_settings()),
            Registry.load(make_settings(), extra=[Observer()]),
        )

        assert one.fingerprint() == other.fingerprint()

    def test_does_not_hold_passwords(self, make_settings):
        assert "hunter2" not in Registry.load(make_settings(passwords=["hunter2"])).fingerprint()


def test_with_settings_keeps_plugins_and_tables(make_settings):
    registry = Registry.load(make_settings(WithSettings={"depth": 5}), extra=[WithSettings()])

    changed = registry.with_settings(registry.settings.__class__(**_values(registry, workers=4)))

    assert changed.settings.workers == 4
    assert changed.settings.plugin(Own).depth == 5
    assert Registry.from_spec(changed.spec).settings.plugin(Own).depth == 5


def _values(registry, **changes):
    from attrs import asdict

    return {**asdict(registry.settings, recurse=False), **changes}


class FakeDistribution:
    name = "acme-loans"
    version = "2.0"


def test_installed_plugin_tells_its_distribution(make_settings, plugin_file, tmp_path, monkeypatch):
    plugin_file("acme_plugin_for_test", BROKEN["raises"])
    monkeypatch.syspath_prepend(tmp_path)
    entry = importlib.metadata.EntryPoint("acme", "acme_plugin_for_test", "loanbatch")
    object.__setattr__(entry, "__dict__", {**vars(entry), "dist": FakeDistribution()})
    found = [*importlib.metadata.entry_points(group="loanbatch"), entry]
    monkeypatch.setattr("loanbatch.registry._candidates.entry_points", lambda group: found)

    state = state_of(Registry.load(make_settings()), "acme")

    assert (state.distribution, state.version, state.state) == ("acme-loans", "2.0", State.BROKEN)
    assert "acme_plugin_for_test" not in sys.modules
