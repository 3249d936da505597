"""How well real documents are read, and a third of them that nobody looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loanbatch.cli._group import cli

LABELLED = Path(__file__).parents[3] / "shared" / "documents"
SET_ASIDE = Path(__file__).with_name("set_aside.txt")

pytestmark = pytest.mark.skipif(
    not LABELLED.is_dir(), reason="no labelled documents beside the tree"
)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `loanbatch evaluate` says of all of them."""
    home = tmp_path_factory.mktemp("home")
    options = ["--home", str(home), "--set-aside", str(SET_ASIDE), "--json", "--quiet"]
    result = CliRunner().invoke(cli, ["evaluate", str(LABELLED), *options])
    assert result.exit_code == 0, result.stderr
    plain: dict[str, Any] = json.loads(result.stdout)
    return plain


def test_labelled_documents_are_read(measured: dict[str, Any]) -> None:
    total = measured["total"]

    assert measured["files_failed"] == 0
    assert total["kinds"] >= 0.97
    assert total["precision"] >= 0.97
    assert total["recall"] >= 0.90


def test_wrong_values_are_not_silent(measured: dict[str, Any]) -> None:
    total = measured["total"]

    assert total["silent"] <= 0.005 * total["labelled"]


def test_documents_set_aside_are_read_as_well(measured: dict[str, Any]) -> None:
    total = measured["set_aside"]["total"]

    assert measured["set_aside"]["files"] >= measured["files"] // 4
    assert total["kinds"] >= 0.97
    assert total["precision"] >= 0.97
    assert total["recall"] >= 0.90
