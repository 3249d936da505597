"""Settings: where they come from, what is refused, and that no secret is told."""

import contextlib
import re
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from loanbatch import Settings, load_settings
from loanbatch.errors import SettingsError
from loanbatch.settings._tables import structure_plugin_tables


@pytest.fixture
def load(tmp_path):
    """Return a function that loads settings from a text of TOML and given variables."""

    def load_from(toml="", overrides=None, **environ):
        path = tmp_path / "loanbatch.toml"
        path.write_text(toml)
        return load_settings(overrides, config_file=path, environ=environ)

    return load_from


def test_defaults_do_without_any_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert load_settings(environ={}) == Settings()


def test_file_of_the_current_folder_is_read(tmp_path, monkeypatch):
    (tmp_path / "loanbatch.toml").write_text("[loanbatch]\nworkers = 3\n")
    monkeypatch.chdir(tmp_path)

    assert load_settings(environ={}).workers == 3


def test_later_places_win(load):
    toml = "[loanbatch]\nworkers = 2\ntimeout_seconds = 2\nmemory_limit_mb = 2"

    settings = load(toml, {"workers": 4}, LOANBATCH_WORKERS="3", LOANBATCH_TIMEOUT_SECONDS="3")

    assert (settings.workers, settings.timeout_seconds, settings.memory_limit_mb) == (4, 3.0, 2)


def test_override_of_none_is_not_given(load):
    assert load("[loanbatch]\nworkers = 2", {"workers": None}).workers == 2


def test_other_variables_are_left_alone(load):
    assert load(HOME="/root", LOANBATCH="x") == load()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("WORKERS", "4", 4),
        ("TIMEOUT_SECONDS", "1.5", 1.5),
        ("STRICT", "yes", True),
        ("STRICT", "0", False),
        ("PLUGINS", "a, b ,c.py", ("a", "b", "c.py")),
        ("PASSWORDS", '["with, comma", "b"]', ("with, comma", "b")),
        ("HOME", "/data", Path("/data")),
        ("DATABASE", "postgresql://db/x", "postgresql://db/x"),
    ],
)
def test_variables_are_read_as_their_type(load, name, text, value):
    settings = load(**{f"LOANBATCH_{name}": text})

    assert getattr(settings, name.lower()) == value


ERRORS = {
    "[loanbatch]\nworkres = 2": "unknown setting; did you mean `workers`?",
    "[loanbatch]\nworkers = 0": "workers must be at least 1, not 0",
    "[loanbatch]\nworkers = 'two'": "[loanbatch] workers: expected a whole number",
    "[loanbatch]\nworkers = true": "expected a whole number",
    "[loanbatch]\nstrict = 1": "expected true or false",
    "[loanbatch]\ntimeout_seconds = 0": "timeout_seconds must be more than 0, not 0",
    "[loanbatch]\ntimeout_seconds = inf": "expected a number",
    "[loanbatch]\ntimeout_seconds = nan": "expected a number",
    "[loanbatch]\nreview_threshold = 1.5": "at least 0 and at most 1, not 1.5",
    "[loanbatch]\nplugins = 'one.py'": "expected a list, each entry a text",
    "[loanbatch]\nplugins = [1]": "expected a list, each entry a text",
    "[loanbatch]\nhome = 7": "expected a path",
    "[loanbatch]\nlog_level = 'loud'": "must be one of debug, info, warning, error, critical",
    "[lonbatch]\nworkers = 1": "all settings stand under [loanbatch]",
    "loanbatch = 1": "must be a table",
    "not toml": "is not TOML",
}


@pytest.mark.parametrize("toml", ERRORS)
def test_wrong_file_is_an_error_that_says_what_was_expected(load, toml):
    with pytest.raises(SettingsError) as caught:
        load(toml)

    assert ERRORS[toml] in caught.value.message
    assert "loanbatch.toml" in caught.value.message


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("WORKERS", "many", "variable LOANBATCH_WORKERS: expected a whole number"),
        ("WORKRES", "2", "variable LOANBATCH_WORKRES: unknown setting `workres`; did you mean"),
        ("STRICT", "maybe", "variable LOANBATCH_STRICT: expected true or false"),
        ("PASSWORDS", '["a"', "variable LOANBATCH_PASSWORDS: expected a list"),
    ],
)
def test_wrong_variable_is_an_error_that_names_it(load, name, text, message):
    with pytest.raises(SettingsError) as caught:
        load(**{f"LOANBATCH_{name}": text})

    assert message in caught.value.message


def test_file_that_was_named_must_exist(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml: there is no such file"):
        load_settings(config_file=tmp_path / "nowhere.toml", environ={})


def test_file_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")

    for path in (tmp_path, tmp_path / "bad.toml"):
        with pytest.raises(SettingsError, match="cannot be read"):
            load_settings(config_file=path, environ={})


def test_secrets_are_in_no_message_and_no_repr(load):
    for toml in (
        "[loanbatch]\npasswords = 'hunter2'",
        "[loanbatch]\npasswords = [{x = 'hunter2'}]",
        "[loanbatch]\ndatabase = ['hunter2']",
    ):
        with pytest.raises(SettingsError) as caught:
            load(toml)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None

    settings = load(LOANBATCH_PASSWORDS="hunter2", LOANBATCH_DATABASE="postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(settings)


@given(st.text(), st.text())
def test_any_variable_is_read_or_refused(name, text):
    with contextlib.suppress(SettingsError):
        load_settings(environ={f"LOANBATCH_{name}": text}, config_file=None)


def test_places_follow_from_home():
    settings = Settings(home=Path("/data"))

    assert settings.database_url == "sqlite:////data/loanbatch.db"
    assert settings.objects_url == "/data/objects"


def test_places_can_be_elsewhere():
    settings = Settings(database="postgresql://db/loans", objects="s3://bucket/loans")

    assert settings.database_url == "postgresql://db/loans"
    assert settings.objects_url == "s3://bucket/loans"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Inner:
    deep: int = 1


@frozen(kw_only=True)
class Own:
    """A plugin's table with an attribute of each kind."""

    size: int = field(default=1)
    limit: int | None = None
    rate: Decimal = Decimal(1)
    colour: Colour = Colour.RED
    mode: Literal["fast", "slow"] = "fast"
    names: tuple[str, ...] = ()
    numbers: list[int] = field(factory=list)
    words: dict[str, int] = field(factory=dict)
    inner: Inner = field(factory=Inner)
    token: str = field(default="", repr=False)

    def __attrs_post_init__(self):
        if self.size > 9:
            raise ValueError(f"size {self.size} is more than 9")


def tables(settings, **classes):
    return structure_plugin_tables(settings, classes or {"own": Own})


def test_table_is_read_from_the_file(load):
    toml = """
    [loanbatch.own]
    size = 2
    limit = 5
    rate = 1.25
    colour = "blue"
    mode = "slow"
    names = ["a"]
    numbers = [1, 2]
    words = {a = 1}
    inner = {deep = 4}
    """

    assert tables(load(toml))["own"] == Own(
        size=2,
        limit=5,
        rate=Decimal("1.25"),
        colour=Colour.BLUE,
        mode="slow",
        names=("a",),
        numbers=[1, 2],
        words={"a": 1},
        inner=Inner(deep=4),
    )


def test_table_is_read_from_variables(load):
    settings = load(
        LOANBATCH_OWN_SIZE="2",
        LOANBATCH_OWN_RATE="1.25",
        LOANBATCH_OWN_COLOUR="blue",
        LOANBATCH_OWN_NAMES="a,b",
        LOANBATCH_OWN_NUMBERS="1,2",
        LOANBATCH_OWN_WORDS='{"a": 1}',
        LOANBATCH_OWN_LIMIT="7",
    )

    assert tables(settings)["own"] == Own(
        size=2,
        rate=Decimal("1.25"),
        colour=Colour.BLUE,
        names=("a", "b"),
        numbers=[1, 2],
        words={"a": 1},
        limit=7,
    )


def test_table_is_taken_from_overrides(load):
    settings = load("[loanbatch.own]\nsize = 2", {"own": {"size": 3}})

    assert tables(settings)["own"].size == 3


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[loanbatch.own]\nsiez = 1", "unknown setting `siez`; did you mean `size`?"),
        ("[loanbatch.own]\nsize = 'x'", "[loanbatch.own] size: expected a whole number"),
        ("[loanbatch.own]\ncolour = 'green'", "expected one of red, blue"),
        ("[loanbatch.own]\nmode = 'idle'", "expected one of fast, slow"),
        ("[loanbatch.own]\ninner = {depe = 1}", "unknown setting `depe`; did you mean `deep`?"),
        ("[loanbatch.onw]\nsize = 1", "no plugin or setting of this name; did you mean `own`?"),
        ("[loanbatch.onw]", "no plugin or setting of this name; did you mean `own`?"),
    ],
)
def test_wrong_table_is_an_error(load, toml, message):
    with pytest.raises(SettingsError) as caught:
        tables(load(toml))

    assert message in caught.value.message


def test_value_that_the_class_refuses_is_an_error_without_secrets(load):
    with pytest.raises(SettingsError, match=re.escape("[loanbatch.own]: size 10 is more than 9")):
        tables(load("[loanbatch.own]\nsize = 10"))
    with pytest.raises(SettingsError, match="a value is not allowed"):
        tables(load("[loanbatch.own]\nsize = 10\ntoken = 'hunter2'"))


def test_longest_plugin_name_owns_a_variable(load):
    settings = load(LOANBATCH_OWN_TWO_SIZE="2")

    structured = tables(settings, own=Own, own_two=Own)

    assert (structured["own"].size, structured["own_two"].size) == (1, 2)


def test_table_of_an_absent_plugin_is_ignored(load):
    settings = load("[loanbatch.blocked]\nanything = 1", LOANBATCH_BLOCKED_THING="2")

    assert structure_plugin_tables(settings, {}, ignored=["blocked"]) == {}


def test_settings_give_a_plugin_its_table():
    settings = Settings(plugin_tables={"own": Own(size=4)})

    assert settings.plugin(Own).size == 4
    assert settings.plugin(Inner) == Inner()
