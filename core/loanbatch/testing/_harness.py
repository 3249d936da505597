"""Tries out one plugin: a hook at a time, or a whole batch in a temporary home."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from attrs import evolve

from loanbatch import hookcalls
from loanbatch.errors import PluginError, UsageError
from loanbatch.hookspecs import PROJECT_NAME
from loanbatch.models import Finding
from loanbatch.registry import PluginState, Registry, State
from loanbatch.results import BatchProcessingSummary
from loanbatch.settings import Settings
from loanbatch.testing.samples._truth import Sample

#: Where the border's functions name an argument otherwise than the hooks do.
_RENAMED = {"page_number": "number"}
#: Hooks whose failures the border turns into something else, so that one has to look before it.
_FORGIVING = frozenset(
    {
        "classify",
        "extract",
        "normalize",
        "check",
        "join_loan",
        "check_loan",
        "register_commands",
        "on_job_started",
        "on_result",
        "on_job_interrupted",
        "on_job_finished",
    }
)


class PluginHarness:
    """A plugin, loaded as loanbatch does it, ready to be called. Use it as a context manager.

        with PluginHarness(my_plugin) as harness:
            fields = harness.call("extract", document=make_document(), pages=[make_page("Rate 5%")])
            summary = harness.run({"letter.pdf": content})

    Args:
        plugin: A module or object; or a name as `--plugin` takes it, a file or module.
        settings: For the core and plugins; `home` is replaced by a temporary folder. Tables of
            plugins go into `plugin_tables` by name.

    Raises:
        PluginError: The plugin cannot be loaded; the message says why.
    """

    def __init__(self, plugin: object, settings: Settings | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="loanbatch-harness-"))
        given = settings or Settings()
        self.settings = evolve(
            given, home=self._folder / "home", database="", objects="", executor="inline"
        )
        self._names = (plugin,) if isinstance(plugin, str) else ()
        self._objects = () if isinstance(plugin, str) else (plugin,)
        try:
            self.registry = self._load_alone()
            self.state = self._own_state()
        except BaseException:
            self.close()
            raise

    def _load_alone(self) -> Registry:
        installed = tuple({entry.name for entry in entry_points(group=PROJECT_NAME)})
        settings = evolve(self.settings, plugins=self._names, no_plugins=installed)
        return Registry.load(settings, extra=self._objects)

    def _own_state(self) -> PluginState:
        state = self.registry.states[-1]
        if state.state is not State.ACTIVE:
            raise PluginError(f"plugin {state.name} is broken: {state.cause}")
        return state

    def call(self, hook: str, **arguments: Any) -> Any:  # noqa: ANN401 - as many types as hooks
        """Call one hook of the plugin, no other's, with the checks of loanbatch.

        Args:
            hook: Its name.
            **arguments: As in `loanbatch.hookspecs`, without `settings`; read_pages is asked for
                all pages of the source.

        Returns:
            What loanbatch makes of the answer: extract gives a dict of fields by name, classify and
            check tuples, validate the source and a tuple of findings.

        Raises:
            UsageError: The plugin does not implement the hook.
            PluginError: The answer is not what the hook allows.
            Exception: Whatever the plugin raised, so that its trace can be seen.
        """
        callers = self.registry.callers(hook)
        if not callers:
            raise UsageError(f"plugin {self.state.name} does not implement {hook}")
        if hook in _FORGIVING:
            for _, caller in callers:
                _exhaust(caller(**self._accepted(hook, arguments)))
        registry = self.registry
        named = {_RENAMED.get(name, name): value for name, value in arguments.items()}
        named.pop("page_numbers", None)  # the border asks for all pages of the source
        if hook == "normalize":  # the border finds the definition by itself
            words = registry.vocabulary.extended(fields=[named.pop("definition")])
            registry = evolve(registry, vocabulary=words)
        answer = getattr(hookcalls, hook)(registry, **named)
        return self._without_failures(hook, answer)

    def _accepted(self, hook: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if hook == "register_commands":
            return dict(arguments)
        return {**arguments, "settings": self.registry.settings}

    @staticmethod
    def _without_failures(hook: str, answer: Any) -> Any:  # noqa: ANN401
        findings: Iterable[Finding] = ()
        if hook == "extract":
            answer, findings = answer
        elif hook == "classify":
            answer, findings = answer.documents, answer.findings
        elif hook in ("check", "check_loan"):
            findings = answer
        elif hook == "join_loan":
            findings = answer.findings
        for finding in findings:
            if finding.code == "plugin_failed":
                raise PluginError(finding.message)
        return answer

    def run(self, sources: Mapping[str, bytes] | Iterable[Sample]) -> BatchProcessingSummary:
        """Process sources with this plugin beside the bundled ones, in this process.

        Args:
            sources: Contents by file name, or samples.
        """
        from loanbatch.api import BatchProcessingHandler

        pairs = (
            sources.items()
            if isinstance(sources, Mapping)
            else [(sample.file_name, sample.content) for sample in sources]
        )
        items = [{"file_name": name, "file_data": content} for name, content in pairs]
        plugins: list[object] = [*self._names, *self._objects]
        with BatchProcessingHandler(self.settings, plugins=plugins) as handler:
            summary = handler.process_batch_from_bytes(items)
            return evolve(summary, results=tuple(summary.results))

    def close(self) -> None:
        """Remove the temporary home."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _exhaust(answer: Any) -> None:  # noqa: ANN401
    """Ask a generator for all it has: it raises only then."""
    for item in answer if isinstance(answer, list) else [answer]:
        if isinstance(item, Iterator):
            tuple(item)
