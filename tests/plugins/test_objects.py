"""The store of original bytes and artifacts."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest
from attrs import evolve
from click.testing import CliRunner

from loanbatch.cli._group import cli
from loanbatch.errors import NotFoundError, PluginError, SourceChangedError, StorageFailedError
from loanbatch.models import Artifact, Source
from loanbatch.results import BatchProcessingResult, ResultStatus
from loanbatch.settings import Settings
from loanbatch.temporary import marked_name
from loanbatch_plugins import objects
from loanbatch_plugins.objects import ObjectsSettings, _places

PDF = b"%PDF-1.7\n" + b"x" * 200
DIGEST = hashlib.sha256(PDF).hexdigest()
KEY = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"
SEARCHABLE = Artifact(name="searchable.pdf", media_type="application/pdf", content=b"%PDF-1.7 ocr")


def _source(content: bytes = PDF) -> Source:
    return Source(file_name="closing.pdf", location="closing.pdf", content=content)


def _result(content: bytes = PDF, *artifacts: Artifact) -> BatchProcessingResult:
    return BatchProcessingResult(
        file_name="closing.pdf",
        source="closing.pdf",
        status=ResultStatus.SUCCESS,
        sha256=hashlib.sha256(content).hexdigest(),
        timestamp=datetime(2026, 3, 1, tzinfo=UTC),
        artifacts=artifacts,
    )


def _files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.home / "objects"


def test_original_is_stored_under_its_hash(settings: Settings, folder: Path) -> None:
    (receipt,) = objects.store(_result(), _source(), settings)

    assert _files(folder) == [f"{KEY}.pdf"]
    assert (folder / f"{KEY}.pdf").read_bytes() == PDF
    assert (receipt.what, receipt.sha256) == ("original", DIGEST)
    assert Path(receipt.where) == folder / f"{KEY}.pdf"


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"junk before %PDF-1.4", ".pdf"),
        (b"\xff\xd8\xff\xe0 jpeg", ".jpg"),
        (b"\x89PNG\r\n\x1a\n png", ".png"),
        (b"II*\x00 tiff", ".tiff"),
        (b"MM\x00* tiff", ".tiff"),
        (b"something else", ""),
    ],
)
def test_ending_follows_the_content(
    settings: Settings, folder: Path, content: bytes, suffix: str
) -> None:
    objects.store(_result(content), _source(content), settings)

    (name,) = _files(folder)
    assert name[len("ab/cd/") + 64 :] == suffix


def test_unknown_content_takes_its_ending_from_the_media_type(
    settings: Settings, folder: Path
) -> None:
    source = evolve(_source(b"{}"), media_type="application/json")

    objects.store(_result(b"{}"), source, settings)

    assert _files(folder)[0].endswith(".json")


def test_artifact_lies_beside_its_original(settings: Settings, folder: Path) -> None:
    receipts = objects.store(_result(PDF, SEARCHABLE), _source(), settings)

    assert _files(folder) == [f"{KEY}.pdf", f"{KEY}.searchable.pdf"]
    assert [receipt.what for receipt in receipts] == ["original", "artifact"]
    assert receipts[1].sha256 == hashlib.sha256(SEARCHABLE.content).hexdigest()


def test_storing_twice_writes_once(settings: Settings, folder: Path) -> None:
    first = objects.store(_result(PDF, SEARCHABLE), _source(), settings)
    before = {name: (folder / name).stat().st_mtime_ns for name in _files(folder)}

    again = objects.store(_result(PDF, SEARCHABLE), _source(), settings)

    assert again == first
    assert {name: (folder / name).stat().st_mtime_ns for name in _files(folder)} == before


def test_object_of_wrong_size_is_replaced(settings: Settings, folder: Path) -> None:
    objects.store(_result(), _source(), settings)
    (folder / f"{KEY}.pdf").write_bytes(b"half")

    objects.store(_result(), _source(), settings)

    assert (folder / f"{KEY}.pdf").read_bytes() == PDF


def test_new_artifact_of_the_same_size_replaces_the_old(settings: Settings, folder: Path) -> None:
    objects.store(_result(PDF, SEARCHABLE), _source(), settings)
    other = evolve(SEARCHABLE, content=b"%PDF-1.7 new")

    objects.store(_result(PDF, other), _source(), settings)

    assert (folder / f"{KEY}.searchable.pdf").read_bytes() == other.content


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_files_and_folders_are_for_their_owner_only(settings: Settings, folder: Path) -> None:
    objects.store(_result(), _source(), settings)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_dir()}
    assert modes | {stat.S_IMODE(folder.stat().st_mode)} == {0o700}
    assert stat.S_IMODE((folder / f"{KEY}.pdf").stat().st_mode) == 0o600


def test_changed_source_is_refused(settings: Settings, folder: Path) -> None:
    with pytest.raises(SourceChangedError, match=r"closing\.pdf"):
        objects.store(_result(PDF), _source(PDF + b"more"), settings)

    assert not folder.exists()


def test_vanished_source_is_refused(settings: Settings) -> None:
    def vanished(_: str) -> bytes:
        raise NotFoundError("gone")

    source = evolve(_source(), content=None, reader=vanished)

    with pytest.raises(SourceChangedError):
        objects.store(_result(), source, settings)


def test_originals_can_be_left_out(settings: Settings, folder: Path) -> None:
    chosen = evolve(settings, plugin_tables={"objects": ObjectsSettings(keep_originals=False)})

    receipts = objects.store(_result(PDF, SEARCHABLE), _source(), chosen)

    assert [receipt.what for receipt in receipts] == ["artifact"]
    assert _files(folder) == [f"{KEY}.searchable.pdf"]


@pytest.mark.parametrize("name", ["pdf", "../../evil.sh", "a/b.pdf", "", ".hidden", "x\x00.pdf"])
def test_artifact_name_that_could_leave_its_place_is_refused(settings: Settings, name: str) -> None:
    artifact = Artifact(name=name, media_type="text/plain", content=b"x")

    with pytest.raises(PluginError):
        objects.store(_result(PDF, artifact), _source(), settings)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_full_or_closed_disk_fails_and_leaves_nothing(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(_places.os, "replace", fail)

    with pytest.raises(StorageFailedError) as caught:
        objects.store(_result(), _source(), settings)

    assert errno.errorcode[code] in caught.value.message
    assert "'objects'" in caught.value.message
    assert caught.value.retryable
    assert _files(folder) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_write_that_the_device_refuses_fails(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open
    monkeypatch.setattr(_places.os, "open", lambda *_: real_open("/dev/full", os.O_WRONLY))

    with pytest.raises(StorageFailedError, match="ENOSPC"):
        objects.store(_result(), _source(), settings)

    assert _files(folder) == []


def test_bytes_that_read_back_differently_fail(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_places.LocalPlace, "read", lambda *_: b"rotten")

    with pytest.raises(StorageFailedError, match="reads differently"):
        objects.store(_result(), _source(), settings)

    assert _files(folder) == []


def test_objects_go_to_any_fsspec_filesystem(settings: Settings) -> None:
    chosen = evolve(settings, objects="memory://vault/loans")
    memory = fsspec.filesystem("memory")

    try:
        receipts = objects.store(_result(PDF, SEARCHABLE), _source(), chosen)
        objects.store(_result(PDF, SEARCHABLE), _source(), chosen)

        assert memory.cat_file(f"/vault/loans/{KEY}.pdf") == PDF
        assert receipts[0].where == f"memory:///vault/loans/{KEY}.pdf"
        assert [item.key for item in objects.list_objects(chosen)] == [
            f"{KEY}.pdf",
            f"{KEY}.searchable.pdf",
        ]
        assert list(objects.damaged_objects(chosen)) == []
    finally:
        memory.rm("/vault", recursive=True)


def test_address_without_filesystem_fails_without_its_password(settings: Settings) -> None:
    chosen = evolve(settings, objects="nosuch://user:secret@host/bucket")

    with pytest.raises(StorageFailedError) as caught:
        objects.store(_result(), _source(), chosen)

    assert "nosuch" in caught.value.message
    assert "secret" not in caught.value.message


def test_survey_lists_originals_and_artifacts(settings: Settings) -> None:
    objects.store(_result(PDF, SEARCHABLE), _source(), settings)

    found = list(objects.list_objects(settings))

    assert [(item.sha256, item.artifact) for item in found] == [
        (DIGEST, None),
        (DIGEST, "searchable.pdf"),
    ]
    assert [item.size for item in found] == [len(PDF), len(SEARCHABLE.content)]


def test_survey_finds_changed_bytes(settings: Settings, folder: Path) -> None:
    objects.store(_result(), _source(), settings)
    (folder / f"{KEY}.pdf").write_bytes(PDF[:-1] + b"y")

    assert [item.sha256 for item in objects.damaged_objects(settings)] == [DIGEST]


def test_survey_of_nothing_is_empty(settings: Settings) -> None:
    assert list(objects.list_objects(settings)) == []
    assert objects.remove_unfinished(settings) == 0


def test_only_abandoned_temporary_files_are_removed(settings: Settings, folder: Path) -> None:
    objects.store(_result(), _source(), settings)
    old, new = folder / "incoming/old", folder / "incoming/new"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (0, 0))

    assert objects.remove_unfinished(settings) == 1
    assert _files(folder) == [f"{KEY}.pdf", "incoming/new"]


@pytest.mark.skipif(os.name == "nt", reason="asks for processes by number")
def test_temporary_file_of_a_killed_process_is_removed_by_the_next_write(
    settings: Settings, folder: Path
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    computer, _, start, rest = marked_name().split("-")
    (folder / "incoming").mkdir(parents=True)
    (folder / "incoming" / f"{computer}-{process.pid}-{start}-{rest}").write_bytes(PDF[:50])
    at_work = marked_name()
    (folder / "incoming" / at_work).write_bytes(PDF[:50])
    os.utime(folder / "incoming" / at_work, (0, 0))

    objects.store(_result(), _source(), settings)

    assert _files(folder) == [f"{KEY}.pdf", f"incoming/{at_work}"]


@pytest.mark.parametrize("address", ["", "memory://mended/loans"])
def test_damaged_object_is_set_aside_and_restored(settings: Settings, address: str) -> None:
    chosen = evolve(settings, objects=address)
    place = _places.open_place(chosen)
    try:
        objects.store(_result(), _source(), chosen)
        place.write(f"{KEY}.pdf", b"rotten", hashlib.sha256(b"rotten").hexdigest())
        assert [item.key for item in objects.damaged_objects(chosen)] == [f"{KEY}.pdf"]

        where = objects.set_aside(chosen, f"{KEY}.pdf")

        assert where == place.address(f"damaged/{KEY}.pdf")
        assert place.read(f"damaged/{KEY}.pdf") == b"rotten"
        assert list(objects.list_objects(chosen)) == []
        with pytest.raises(PluginError):
            objects.restore(chosen, DIGEST, b"another", f"{KEY}.pdf")
        objects.restore(chosen, DIGEST, PDF, f"{KEY}.pdf")
        assert place.read(f"{KEY}.pdf") == PDF
        place.remove(f"{KEY}.pdf")
        objects.restore(chosen, DIGEST, PDF)
        assert [found.condition for found in objects.inspect_objects(chosen)] == ["sound"]
    finally:
        for key in list(place.keys()):
            place.remove(key)


def test_verify_command_tells_damage_by_its_exit_code(settings: Settings, folder: Path) -> None:
    objects.store(_result(), _source(), settings)
    arguments = ["verify", "--home", str(settings.home)]

    sound = CliRunner().invoke(cli, ["objects", *arguments])
    (folder / f"{KEY}.pdf").write_bytes(b"broken")
    damaged = CliRunner().invoke(cli, ["objects", *arguments])

    assert (sound.exit_code, sound.output) == (
        0,
        "1 objects, 0 damaged, 0 unfinished files removed\n",
    )
    assert damaged.exit_code == 1
    assert f"damaged  {KEY}.pdf" in damaged.output


def test_stored_original_is_given_back(settings: Settings) -> None:
    objects.store(_result(PDF, SEARCHABLE), _source(), settings)

    assert objects.read_original(DIGEST, settings) == PDF
    assert objects.read_original(hashlib.sha256(b"other").hexdigest(), settings) is None
