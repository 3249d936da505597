"""A plugin that is being checked: called with all inputs once, and all noted that it does."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from functools import cached_property
from typing import Any

from attrs import frozen

from loanbatch.testing._harness import PluginHarness
from loanbatch.testing._inputs import HookInput, inputs_for
from loanbatch.testing._watch import watched

#: Hooks called with inputs: those of the worker.
WORKER_HOOKS = (
    "validate",
    "read_pages",
    "render_page",
    "recognize_text",
    "recognize_again",
    "classify",
    "extract",
    "normalize",
    "check",
)


@frozen(kw_only=True)
class Call:
    """One call of a hook, and all that came of it."""

    hook: str
    title: str
    arguments: Any
    answer: Any = None
    error: BaseException | None = None
    printed: str = ""
    deeds: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.hook} with {self.title}"


class Subject:
    """The plugin under test; loaded and called once, whatever the number of checks."""

    def __init__(self, plugin: object) -> None:
        self.plugin = plugin

    @cached_property
    def harness(self) -> PluginHarness:
        """The plugin, loaded."""
        return PluginHarness(self.plugin)

    @cached_property
    def hooks(self) -> tuple[str, ...]:
        """Names of its hooks."""
        return self.harness.state.hooks

    @cached_property
    def calls(self) -> list[Call]:
        """All worker hooks of the plugin, called with all inputs."""
        return [
            self.ask(hook, given)
            for hook in WORKER_HOOKS
            if hook in self.hooks
            for given in inputs_for(hook)
        ]

    def ask(self, hook: str, given: HookInput) -> Call:
        """Have a hook called, and note everything that it does."""
        printed = io.StringIO()
        answer, error = None, None
        with watched() as deeds, redirect_stdout(printed), redirect_stderr(io.StringIO()):
            try:
                answer = self.harness.call(hook, **given.arguments)
            except (Exception, SystemExit) as raised:  # noqa: BLE001 - whatever a plugin raises
                error = raised
        return Call(
            hook=hook,
            title=given.title,
            arguments=given.arguments,
            answer=answer,
            error=error,
            printed=printed.getvalue(),
            deeds=tuple(deeds),
        )

    def close(self) -> None:
        """Remove what the harness made."""
        if "harness" in self.__dict__:
            self.harness.close()
