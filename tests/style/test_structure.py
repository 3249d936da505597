"""The rules of the house that no linter knows."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "loanbatch"
PLUGINS = ROOT / "plugins" / "loanbatch_plugins"
CONTRIB = ROOT / "contrib" / "loanbatch_contrib"
MODULES = sorted(path for root in (CORE, PLUGINS, CONTRIB) for path in root.rglob("*.py"))

#: What plugins may import of the core: its public face.
FACE = {
    "book",
    "convert",
    "database",
    "errors",
    "forks",
    "hookspecs",
    "loans",
    "masking",
    "models",
    "patience",
    "results",
    "settings",
    "temporary",
    "vocabulary",
}


#: Drawn pages from top to bottom: as long as the form is.
SAMPLES = CORE / "testing" / "samples"


def label(path):
    return str(path.relative_to(ROOT))


def _limit(path, usual):
    return usual * 1.4 if path.is_relative_to(SAMPLES) else usual


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path):
    parts = path.with_suffix("").relative_to(ROOT).parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_module_is_short_and_says_what_it_is_for(path):
    tree = tree_of(path)

    assert len(path.read_text(encoding="utf-8").splitlines()) <= _limit(path, 400)
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_functions_fit_a_screen(path):
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= _limit(path, 60)
    ]

    assert not long


def public_modules():
    return [path for path in MODULES if "__all__" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", public_modules(), ids=label)
def test_all_is_sorted_and_true(path):
    module = importlib.import_module(module_name(path))
    names = module.__all__

    # As ruff sorts: constants, classes, the rest.
    assert list(names) == sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n))
    assert all(hasattr(module, name) for name in names)


def core_modules_used(path):
    """Yield the modules of the core that a module imports, two names deep."""
    for node in ast.walk(tree_of(path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            module = rest.partition(".")[0]
            places = (CORE / f"{module}.py", CORE / module / "__init__.py")
            if package == "loanbatch" and any(place.exists() for place in places):
                yield module


@pytest.mark.parametrize(
    "path", [path for path in MODULES if not path.is_relative_to(CORE)], ids=label
)
def test_plugin_sees_only_the_public_face(path):
    assert set(core_modules_used(path)) <= FACE


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_errors_take_one_message(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = ast.unparse(node.exc.func)
            from loanbatch import errors

            cls = getattr(errors, name, None)
            if inspect.isclass(cls) and issubclass(cls, errors.LoanbatchError):
                assert len(node.exc.args) == 1, f"{label(path)}:{node.lineno}"
                assert not node.exc.keywords


def described(folder):
    names = {path.stem for path in folder.glob("*.py")}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return sorted(names - {"__init__", "__main__"})


@pytest.mark.parametrize("name", described(CORE))
def test_core_module_is_on_the_map(name):
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")

    assert re.search(rf"^\*\*`{name}`\*\* — ", text, re.MULTILINE)


@pytest.mark.parametrize("name", [*described(PLUGINS), *described(CONTRIB)])
def test_plugin_is_on_the_map(name):
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")

    assert re.search(rf"^\| `{name}` \||`{name}` is a library", text, re.MULTILINE)


def test_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.skip("import-linter is not installed")

    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]
