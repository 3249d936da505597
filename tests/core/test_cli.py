"""The command line as a whole: help, errors, exit codes, start-up, documentation."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from loanbatch.cli._group import COMMANDS, cli

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def loanbatch(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loanbatch", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a current folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOANBATCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def commands(group: click.Group = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """All our commands with their path, groups left out."""
    context = click.Context(group)
    for name in COMMANDS if group is cli else group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


ALL = dict(commands())


def test_no_arguments_show_the_help() -> None:
    result = invoke()

    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: loanbatch")
    assert "completion" in result.stdout


def test_module_runs_as_the_script_does() -> None:
    done = loanbatch("--version")

    assert done.returncode == 0
    assert done.stdout.startswith("loanbatch ")
    assert done.stderr == ""


@pytest.mark.parametrize("path", ALL)
def test_help_of_each_command_has_an_example(path: str) -> None:
    result = invoke(*path.split(), "--help")

    assert result.exit_code == 0
    assert f"loanbatch {path}" in result.stdout.split("Example", 1)[1]


def test_help_lists_commands_of_plugins() -> None:
    assert "objects" in invoke("--help").stdout


def test_every_command_has_its_line_in_the_help() -> None:
    assert list(COMMANDS) == [path.split()[0] for path in ALL]


def test_unknown_command_names_the_nearest() -> None:
    result = invoke("rnu")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: No such command 'rnu'. Did you mean 'run'?")
    assert result.stderr.count("\n") == 1


def test_unknown_option_names_the_nearest() -> None:
    result = invoke("run", "--reprot", "x.json", "a.pdf")

    assert result.exit_code == 2
    assert "'--report'" in result.stderr
    assert result.stderr.count("\n") == 1


def test_missing_argument_is_a_usage_error() -> None:
    result = invoke("run")

    assert result.exit_code == 2
    assert "Try 'loanbatch run --help'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("jobs", "--set", "wrokers=2"), "did you mean `workers`?"),
        (("jobs", "--set", "workers"), "KEY=VALUE"),
        (("jobs", "--set", "workers=0"), "at least 1"),
        (("jobs", "--config", "absent.toml"), "absent.toml"),
        (("status", "job-0"), "loanbatch jobs"),
        (("show", "doc-0"), "doc-0"),
        (("report", "job-0"), "job-0"),
        (("plugins", "list", "--no-plugin", "tempaltes"), "did you mean templates?"),
        (("plugins", "list", "--plugin", "absent.py"), "absent.py"),
        (("completion", "tcsh"), "'bash', 'zsh', 'fish'"),
    ],
)
def test_wrong_usage_exits_with_2_and_one_line(arguments: tuple[str, ...], text: str) -> None:
    result = invoke(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert text in result.stderr
    assert result.stderr.count("\n") == 1


def test_unusable_database_exits_with_1_and_names_what_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")

    result = invoke("jobs")

    assert result.exit_code == 1
    assert f"{tmp_path / 'home'} is a file, not a folder" in result.stderr
    assert result.stderr.startswith("Error: ")


def test_unexpected_error_is_one_line_and_its_trace_is_in_the_log(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("SSN 900-12-3456")

    monkeypatch.setattr("loanbatch.api.BatchProcessingHandler.list_jobs", fail)

    result = invoke("jobs")

    log = (own_home / "loanbatch.log").read_text()
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: unexpected ZeroDivisionError")
    assert str(own_home / "loanbatch.log") in result.stderr
    assert result.stderr.count("\n") == 1
    assert "command_failed" in log
    assert "test_cli.py" in log
    assert "900-12-3456" not in log + result.stderr


def test_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loanbatch.api.BatchProcessingHandler.list_jobs", interrupt)

    assert invoke("jobs").exit_code == 130


def test_closed_pipe_is_no_traceback() -> None:
    command = [sys.executable, "-m", "loanbatch", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        stderr = process.stderr.read()

    assert stderr == b""


def test_start_loads_nothing_heavy() -> None:
    code = (
        "import sys, loanbatch.cli\n"
        "heavy = 'rich structlog peewee pebble cattrs typed_settings fsspec PIL pypdfium2 pluggy'\n"
        "print([name for name in heavy.split() if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_that_names_the_program(shell: str) -> None:
    result = invoke("completion", shell)

    assert result.exit_code == 0
    assert "_LOANBATCH_COMPLETE" in result.stdout


def test_completion_knows_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_LOANBATCH_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "loanbatch pl")
    monkeypatch.setenv("COMP_CWORD", "1")

    assert "plugins" in invoke().stdout


@pytest.mark.parametrize("path", ALL)
def test_reference_has_every_command_and_option(path: str) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")}
    common = sections["Options of every command that uses settings"]
    section = sections[path.split(maxsplit=1)[0]]
    if "the options of `run`" in " ".join(section.split()):
        common += sections["run"]

    options = [
        option
        for parameter in ALL[path].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    ]

    assert f"loanbatch {path}" in section
    assert [option for option in options if option not in section + common] == []


def test_reference_has_every_exit_code() -> None:
    page = REFERENCE.read_text(encoding="utf-8")

    assert [code for code in (0, 1, 2, 3, 4, 5, 130) if f"\n| {code} |" not in page] == []


def test_plugins_list_shows_state_and_cause(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import no_such_module\n")

    result = invoke("plugins", "list", "--plugin", str(broken), "--no-plugin", "ocr")

    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert "active" in lines["templates"]
    assert "extract" in lines["templates"]
    assert "blocked" in lines["ocr"]
    assert "broken" in lines["broken"]
    assert "no_such_module" in lines["broken"]


def test_strict_plugins_makes_a_broken_one_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(7)\n")

    result = invoke("plugins", "list", "--plugin", str(broken), "--strict-plugins")

    assert result.exit_code == 2
    assert "broken" in result.stderr
