"""`loanbatch doctor` and `sample`: what is there, what is missing, where settings come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from loanbatch.cli._group import cli

SECRET = "hunter2"  # noqa: S105 - a marker to look for


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *arguments])


def checks(result: Result) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in json.loads(result.stdout)["checks"]}


def settings(result: Result) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in json.loads(result.stdout)["settings"]}


def test_doctor_is_content_with_this_environment(home: Path) -> None:
    pytest.importorskip("tesserocr", reason="the OCR engine is not installed")

    result = doctor()

    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split()[:2] == ["loanbatch", "ok"]
    assert str(home) in result.stdout
    assert result.stderr == ""


def test_doctor_finds_a_missing_ocr_engine() -> None:
    result = doctor("--json", "--set", 'no_plugins=["ocr"]')

    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False
    assert checks(result)["ocr"]["state"] == "missing"
    assert checks(result)["ocr"]["advice"]


def test_doctor_finds_a_stage_without_plugin() -> None:
    result = doctor("--json", "--set", 'no_plugins=["templates"]')

    assert result.exit_code == 1
    assert "extract" in checks(result)["stages"]["found"]


def test_doctor_names_a_broken_plugin(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import no_such_module")

    result = doctor("--json", "--set", 'plugins=["broken.py"]')

    assert checks(result)["plugins"]["state"] == "attention"
    assert "no_such_module" in checks(result)["plugins"]["found"]


def test_doctor_finds_an_unusable_home(home: Path) -> None:
    home.write_text("a file where the folder should be")

    result = doctor("--json")

    assert result.exit_code == 1
    assert checks(result)["home"]["state"] == "missing"
    assert "is a file" in checks(result)["home"]["found"]


def test_doctor_tells_where_settings_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loanbatch.toml").write_text(
        "[loanbatch]\nworkers = 2\n[loanbatch.normalizers]\nday_first = true\n"
    )
    monkeypatch.setenv("LOANBATCH_TIMEOUT_SECONDS", "7")

    found = settings(doctor("--json", "--set", "strict=true", "--set", "ocr.languages=deu"))

    assert found["workers"] == {"name": "workers", "value": "2", "origin": "loanbatch.toml"}
    assert found["timeout_seconds"]["origin"] == "LOANBATCH_TIMEOUT_SECONDS"
    assert found["strict"] == {"name": "strict", "value": "True", "origin": "command line"}
    assert found["ocr.languages"]["origin"] == "command line"
    assert found["fail_fast"]["origin"] == "default"
    assert found["normalizers.day_first"]["origin"] == "loanbatch.toml"


def test_doctor_tells_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOANBATCH_PASSWORDS", SECRET)
    monkeypatch.setenv("LOANBATCH_DATABASE", f"postgresql://loan:{SECRET}@localhost:1/none")

    result = doctor("--json")

    assert SECRET not in result.output
    assert settings(result)["passwords"]["value"] == "set, not shown"


def test_doctor_changes_nothing_where_nothing_is(home: Path) -> None:
    doctor()

    assert not home.exists()


def test_sample_writes_documents_and_their_truth(tmp_path: Path) -> None:
    pytest.importorskip("fpdf", reason="the extra `testing` is not installed")

    result = CliRunner().invoke(cli, ["sample", "new/samples", "--json"])

    paths = [Path(path) for path in json.loads(result.stdout)]
    assert result.exit_code == 0
    assert len(paths) > 10
    assert all(path.stat().st_size for path in paths)
    assert (tmp_path / "new" / "samples" / "w2.pdf.gold.json").exists()


def test_sample_into_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    result = CliRunner().invoke(cli, ["sample", "taken"])

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: taken: cannot be written")
