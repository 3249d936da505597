"""Encryption of stored objects: what is read back, what is noticed, what nobody can see."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import settings as deadlines
from hypothesis import strategies as st

from loanbatch import load_settings
from loanbatch.cli._group import cli
from loanbatch.errors import SettingsError, StorageFailedError
from loanbatch.models import Artifact, Source
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.settings import Settings
from loanbatch_plugins import objects
from loanbatch_plugins.objects import ObjectsSettings
from loanbatch_plugins.objects._cipher import (
    MARK,
    Cipher,
    DamagedError,
    NoKeyError,
    is_sealed,
    sealed_size,
)
from loanbatch_plugins.objects._vault import open_vault

pytest.importorskip("cryptography", reason="the extra `encryption` is not installed")

ONE, TWO = bytes(range(32)), bytes(range(32, 64))
OLD, NEW = (base64.b64encode(key).decode() for key in (ONE, TWO))
CHUNK = 64 * 1024
PDF = b"%PDF-1.7\n" + b"Jane Q. Borrower " * 9000
DIGEST = hashlib.sha256(PDF).hexdigest()
KEY = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}.pdf"
SEARCHABLE = Artifact(name="searchable.pdf", media_type="application/pdf", content=PDF + b"layer")


def keyed(settings: Settings, *keys: str) -> Settings:
    return evolve(settings, plugin_tables={"objects": ObjectsSettings(encryption_keys=keys)})


def store(settings: Settings, content: bytes = PDF, *artifacts: Artifact) -> None:
    result = BatchProcessingResult(
        file_name="closing.pdf",
        source="closing.pdf",
        status=ResultStatus.SUCCESS,
        sha256=hashlib.sha256(content).hexdigest(),
        timestamp=datetime(2026, 3, 1, tzinfo=UTC),
        artifacts=artifacts,
    )
    source = Source(file_name="closing.pdf", location="closing.pdf", content=content)
    objects.store(result, source, settings)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def stored(settings: Settings) -> Path:
    """The file of the one original, encrypted."""
    store(keyed(settings, OLD))
    return settings.home / "objects" / KEY


def conditions(settings: Settings) -> list[str]:
    return [found.condition for found in objects.inspect_objects(settings)]


def test_nothing_of_a_document_can_be_read_in_the_store(settings: Settings) -> None:
    store(keyed(settings, OLD), PDF, SEARCHABLE)

    files = [path for path in (settings.home / "objects").rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert b"Borrower" not in path.read_bytes()
        assert b"%PDF" not in path.read_bytes()
        assert is_sealed(path.read_bytes())


def test_what_was_stored_is_read_back(settings: Settings) -> None:
    chosen = keyed(settings, OLD)
    store(chosen, PDF, SEARCHABLE)

    vault = open_vault(chosen)

    assert vault.read(KEY) == PDF
    assert vault.read(KEY.replace(".pdf", ".searchable.pdf")) == SEARCHABLE.content
    assert conditions(chosen) == ["sound", "sound"]


def test_storing_encrypted_twice_writes_once(settings: Settings, stored: Path) -> None:
    chosen = keyed(settings, OLD)
    store(chosen, PDF, SEARCHABLE)
    files = {p: p.read_bytes() for p in (settings.home / "objects").rglob("*") if p.is_file()}

    store(chosen, PDF, SEARCHABLE)

    assert {p: p.read_bytes() for p in files} == files


def test_plain_object_is_encrypted_when_it_is_stored_again(settings: Settings) -> None:
    store(settings, PDF, SEARCHABLE)

    store(keyed(settings, OLD), PDF, SEARCHABLE)

    files = [path for path in (settings.home / "objects").rglob("*") if path.is_file()]
    assert all(is_sealed(path.read_bytes()) for path in files)


def test_encrypted_object_is_not_laid_open_by_a_run_without_key(
    settings: Settings, stored: Path
) -> None:
    store(settings)

    assert is_sealed(stored.read_bytes())
    assert conditions(settings) == ["locked"]


def test_plain_and_encrypted_objects_lie_side_by_side(settings: Settings, stored: Path) -> None:
    other = b"%PDF-1.4 of before"
    store(settings, other)

    found = {f.item.sha256: f for f in objects.inspect_objects(keyed(settings, OLD))}

    assert {f.condition for f in found.values()} == {"sound"}
    assert found[DIGEST].is_current
    assert not found[hashlib.sha256(other).hexdigest()].is_current


def test_plain_file_that_begins_like_an_encrypted_one_is_read(settings: Settings) -> None:
    """A PDF may have anything before its first line."""
    odd = MARK + b"%PDF-1.4 odd"
    store(settings, odd)

    assert conditions(settings) == ["sound"]
    assert conditions(keyed(settings, OLD)) == ["sound"]


def test_wrong_key_says_which_setting_is_to_be_changed(settings: Settings, stored: Path) -> None:
    with pytest.raises(SettingsError, match=r"objects\.encryption_key_file") as caught:
        open_vault(keyed(settings, NEW)).read(KEY)

    assert OLD not in caught.value.message
    assert NEW not in caught.value.message


def test_first_key_encrypts_and_all_decrypt(settings: Settings, stored: Path) -> None:
    chosen = keyed(settings, NEW, OLD)
    later = b"%PDF-1.4 later"
    store(chosen, later)

    vault = open_vault(keyed(settings, NEW))
    digest = hashlib.sha256(later).hexdigest()
    assert vault.read(f"{digest[:2]}/{digest[2:4]}/{digest}.pdf") == later
    assert open_vault(chosen).read(KEY) == PDF


@pytest.mark.parametrize("place", [5, 30, 45, 200, CHUNK + 100, -1])
def test_changed_byte_is_noticed(settings: Settings, stored: Path, place: int) -> None:
    content = bytearray(stored.read_bytes())
    content[place] ^= 1
    stored.write_bytes(content)

    # A key that nobody has looks the same as a changed name of the key.
    assert conditions(keyed(settings, OLD)) in (["damaged"], ["locked"])
    with pytest.raises((StorageFailedError, SettingsError)):
        open_vault(keyed(settings, OLD)).read(KEY)


def test_damaged_object_names_the_way_out(settings: Settings, stored: Path) -> None:
    stored.write_bytes(stored.read_bytes()[:-1])

    with pytest.raises(StorageFailedError, match="doctor --repair"):
        open_vault(keyed(settings, OLD)).read(KEY)


CIPHER = Cipher([ONE])
contents = st.one_of(
    st.binary(max_size=200),
    st.integers(-2, 2).map(lambda delta: b"x" * (CHUNK + delta)),
    st.integers(-2, 2).map(lambda delta: b"x" * (3 * CHUNK + delta)),
)


@given(contents)
def test_cipher_gives_back_what_it_got(content: bytes) -> None:
    sealed = CIPHER.seal("name", content)

    assert len(sealed) == sealed_size(len(content))
    assert CIPHER.open("name", sealed) == content
    assert CIPHER.seal("name", content) != sealed


@given(contents, st.data())
@deadlines(deadline=None)
def test_cipher_notices_what_was_cut_changed_or_added(content: bytes, data: Any) -> None:
    sealed = CIPHER.seal("name", content)
    place = data.draw(st.integers(len(MARK), len(sealed) - 1))
    changed = bytearray(sealed)
    changed[place] ^= data.draw(st.integers(1, 255))

    for other in (bytes(changed), sealed[:place], sealed + b"\0"):
        with pytest.raises((DamagedError, NoKeyError)):
            CIPHER.open("name", other)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 1), (0, 2), (0, 1, 1, 2)])
def test_cipher_notices_chunks_that_were_moved_left_out_or_doubled(order: tuple[int, ...]) -> None:
    sealed = CIPHER.seal("name", b"a" * CHUNK + b"b" * CHUNK + b"c" * 10)
    head, step = len(sealed) - (2 * (CHUNK + 16) + 26), CHUNK + 16
    chunks = [sealed[head + n * step : head + (n + 1) * step] for n in range(3)]

    with pytest.raises(DamagedError):
        CIPHER.open("name", sealed[:head] + b"".join(chunks[n] for n in order))


def test_object_under_the_name_of_another_is_noticed() -> None:
    with pytest.raises(DamagedError):
        CIPHER.open("b.searchable.pdf", CIPHER.seal("a.searchable.pdf", b"of another loan"))


@pytest.mark.parametrize("key", ["", "short", OLD[:-4], f"{OLD}AAAA", "ä" * 44, NEW + "!"])
def test_text_that_is_no_key_is_refused_without_telling_it(key: str) -> None:
    with pytest.raises(SettingsError, match="32 bytes in base64") as caught:
        ObjectsSettings(encryption_keys=(OLD, key))

    assert "key 2" in caught.value.message
    assert key == "" or key not in caught.value.message


def test_keys_come_from_a_file_with_remarks(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# of 2026\n{NEW}\n\n{OLD}\n")

    cipher = ObjectsSettings(encryption_key_file=str(path)).cipher()

    assert cipher.open("a", Cipher([ONE]).seal("a", b"old")) == b"old"
    assert Cipher([TWO]).open("a", cipher.seal("a", b"new")) == b"new"


@pytest.mark.parametrize("text", [None, "", "# nothing\n"])
def test_key_file_without_key_ends_the_command_before_it_begins(
    tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "keys"
    if text is not None:
        path.write_text(text)

    with pytest.raises(SettingsError, match="encryption_key_file"):
        ObjectsSettings(encryption_key_file=str(path))


def test_missing_library_is_told_before_anything_is_processed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loanbatch_plugins.objects._cipher.find_spec", lambda _: None)

    with pytest.raises(SettingsError, match=r"loanbatch\[encryption\]"):
        ObjectsSettings(encryption_keys=(OLD,))


def test_keys_change_no_result(tmp_path: Path) -> None:
    """Results of earlier runs stay good when a key is changed."""

    def fingerprint(**table: object) -> str:
        settings = load_settings({"home": str(tmp_path), "objects": ""}, environ=dict(table))  # type: ignore[arg-type]
        return Registry.load(settings).fingerprint()

    with_key = fingerprint(LOANBATCH_OBJECTS_ENCRYPTION_KEYS=f"{NEW},{OLD}")

    assert with_key == fingerprint()


def test_keys_are_not_shown(tmp_path: Path) -> None:
    table = ObjectsSettings(encryption_keys=(OLD,))

    assert OLD not in repr(table)
    assert OLD not in repr(Cipher([ONE]))


def test_any_filesystem_holds_encrypted_objects(settings: Settings) -> None:
    chosen = keyed(evolve(settings, objects="memory://vault/secret"), OLD)
    memory = fsspec.filesystem("memory")
    try:
        store(chosen)

        assert is_sealed(memory.cat_file(f"/vault/secret/{KEY}"))
        assert conditions(chosen) == ["sound"]
        assert open_vault(chosen).read(KEY) == PDF
    finally:
        memory.rm("/vault", recursive=True)


def run(settings: Settings, *arguments: str, keys: tuple[str, ...] = ()) -> Result:
    environ = {"LOANBATCH_OBJECTS_ENCRYPTION_KEYS": ",".join(keys)} if keys else {}
    home = () if arguments[0] == "new-key" else ("--home", str(settings.home))
    return CliRunner(env=environ).invoke(cli, ["objects", *arguments, *home])


def test_verify_reads_encrypted_objects(settings: Settings, stored: Path) -> None:
    assert run(settings, "verify", keys=(OLD,)).exit_code == 0

    locked = run(settings, "verify", "--json", keys=(NEW,))
    assert locked.exit_code == 1
    assert [item["key"] for item in json.loads(locked.stdout)["locked"]] == [KEY]

    stored.write_bytes(stored.read_bytes()[:-1])
    assert f"damaged  {KEY}" in run(settings, "verify", keys=(OLD,)).stdout


def test_keys_may_stand_in_a_settings_file_of_any_name(
    settings: Settings, stored: Path, tmp_path: Path
) -> None:
    file = tmp_path / "other.toml"
    file.write_text(f'[loanbatch.objects]\nencryption_keys = ["{OLD}"]\n')

    assert run(settings, "verify", "--config", str(file)).exit_code == 0
    assert run(settings, "verify").exit_code == 1


def test_encrypt_command_encrypts_everything_with_the_first_key(
    settings: Settings, stored: Path
) -> None:
    store(settings, b"%PDF-1.4 plain", SEARCHABLE)

    done = run(settings, "encrypt", "--json", keys=(NEW, OLD))

    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"encrypted": 3, "left": []}
    assert conditions(keyed(settings, NEW)) == ["sound", "sound", "sound"]
    again = run(settings, "encrypt", "--json", keys=(NEW, OLD))
    assert json.loads(again.stdout) == {"encrypted": 0, "left": []}


def test_encrypt_command_leaves_what_it_cannot_open(settings: Settings, stored: Path) -> None:
    before = stored.read_bytes()

    done = run(settings, "encrypt", keys=(NEW,))

    assert done.exit_code == 1
    assert f"left  {KEY}" in done.stdout
    assert stored.read_bytes() == before


def test_encrypt_command_needs_a_key(settings: Settings) -> None:
    done = run(settings, "encrypt")

    assert done.exit_code == 2
    assert "new-key" in done.stderr


@pytest.mark.parametrize("keys", [(), (OLD,)])
def test_get_command_writes_the_document(
    settings: Settings, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    store(keyed(settings, *keys), PDF, SEARCHABLE)
    target = tmp_path / "out.pdf"

    done = run(settings, "get", f"doc-{DIGEST[:12]}", str(target), keys=keys)

    assert done.exit_code == 0, done.stderr
    assert target.read_bytes() == PDF
    assert stat.S_IMODE(target.stat().st_mode) == 0o600 or os.name == "nt"
    copy = tmp_path / "copy.pdf"
    run(settings, "get", DIGEST, str(copy), "--artifact", "searchable.pdf", keys=keys)
    assert copy.read_bytes() == SEARCHABLE.content


def test_get_command_overwrites_nothing(settings: Settings, tmp_path: Path, stored: Path) -> None:
    target = tmp_path / "out.pdf"
    target.write_bytes(b"mine")

    done = run(settings, "get", DIGEST, str(target), keys=(OLD,))

    assert done.exit_code == 1
    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize("document", ["doc-000000000", "doc-12", "../../etc", DIGEST[:9]])
def test_get_command_says_what_is_no_document(
    settings: Settings, tmp_path: Path, stored: Path, document: str
) -> None:
    done = run(settings, "get", document, str(tmp_path / "out.pdf"), keys=(OLD,))

    assert done.exit_code == 2
    assert not (tmp_path / "out.pdf").exists()


def test_new_keys_go_before_the_old_ones(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "keys"

    run(settings, "new-key", str(path))
    first = path.read_text()
    run(settings, "new-key", str(path))

    lines = path.read_text().splitlines()
    assert len(lines) == 2
    assert lines[1] == first.strip()
    assert len(base64.b64decode(lines[0])) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"
    assert run(settings, "new-key").stdout.strip() not in lines
