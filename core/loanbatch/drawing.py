"""Pages drawn in a worker, where a file that hangs or eats memory costs its own pictures only."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from attrs import evolve

from loanbatch import hookcalls
from loanbatch.errors import LoanbatchError, ValidationError
from loanbatch.executors import IsolatedExecutor, make_executor, task_error
from loanbatch.models import PageImage, Severity, Source
from loanbatch.pipeline import Ticket, lent, take_up
from loanbatch.registry import Registry

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: Seconds between looks at the worker.
_LOOK_EVERY = 0.5
#: More than anybody draws.
_NEVER = 1_000_000_000


class PageDrawer:
    """Draws pages in the executor that the settings name; use it as a context manager.

    Args:
        registry: Its plugins draw.
        seconds: For the pages of one call at most, where the settings do not allow less.
    """

    def __init__(self, registry: Registry, *, seconds: float) -> None:
        self._registry = registry
        chosen = registry.settings
        # The caller does other things between two calls, and no worker may be forked meanwhile:
        # none is replaced, but the executor is, inside a call.
        self._settings = evolve(
            chosen,
            workers=1,
            timeout_seconds=min(seconds, chosen.timeout_seconds),
            documents_per_worker=_NEVER,
        )
        self._most_calls = chosen.documents_per_worker
        self._calls = 0
        self._open = ExitStack()
        self._at_hand: tuple[Executor, Ticket] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def draw(
        self, source: Source, page_numbers: Sequence[int], *, width: int | None = None
    ) -> dict[int, PageImage]:
        """Return pictures of pages by page number; those that cannot be drawn are not among them.

        Args:
            source: With its content, or a reader of it.
            page_numbers: From 1.
            width: Pixels of the widest picture; as large as for OCR where None.

        Raises:
            LoanbatchError: The source cannot be read or is refused, or its worker died.
        """
        if self._calls >= self._most_calls:
            self._end()
        self._calls += 1
        executor, ticket = self._at_hand or self._begin()
        future = executor.submit(draw_pages, ticket, source, tuple(page_numbers), width)
        while not wait([future], timeout=_LOOK_EVERY).done:
            if isinstance(executor, IsolatedExecutor):
                executor.mend()
        error = future.exception()
        if error is not None:
            self._end()
            raise task_error(error, self._settings) from None
        return future.result()

    def _begin(self) -> tuple[Executor, Ticket]:
        ticket = self._open.enter_context(lent(self._registry))
        executor = hookcalls.get_executor(self._registry) or make_executor(self._settings)
        self._open.callback(executor.shutdown, wait=True, cancel_futures=True)
        self._at_hand = executor, ticket
        return self._at_hand

    def _end(self) -> None:
        self._open.close()
        self._at_hand = None
        self._calls = 0


def draw_pages(
    ticket: Ticket, source: Source, page_numbers: Sequence[int], width: int | None
) -> dict[int, PageImage]:
    """Draw pages; runs in the worker.

    Raises:
        LoanbatchError: The source cannot be read or is refused.
    """
    registry = take_up(ticket)
    source, findings = hookcalls.validate(registry, source)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise ValidationError(finding.message)
    drawn = {}
    for number in page_numbers:
        try:
            drawn[number] = _shrunk(hookcalls.render_page(registry, source, number), width)
        except LoanbatchError:
            continue
    return drawn


def _shrunk(image: PageImage, width: int | None) -> PageImage:
    if width is None or image.width <= width:
        return image
    from PIL import Image

    scale = image.width / width
    height = max(1, round(image.height / scale))
    page = Image.frombytes("L", (image.width, image.height), image.pixels)
    return evolve(
        image,
        width=width,
        height=height,
        pixels=page.resize((width, height), Image.Resampling.BOX).tobytes(),
        points_per_pixel=image.points_per_pixel * scale,
    )
