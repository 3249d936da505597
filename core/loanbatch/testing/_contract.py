"""What loanbatch expects of every plugin, as checks that its author runs with pytest.

    from loanbatch.testing import check_plugin

    def test_plugin_keeps_the_contract():
        check_plugin(my_plugin)

Each check has an id, a reason and a fix; `contract_checks()` gives them one by one.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import attrs
from attrs import frozen

from loanbatch import hookspecs
from loanbatch.errors import LoanbatchError, PluginError
from loanbatch.models import Document, Field, Finding
from loanbatch.testing._inputs import MARKER, HookInput, report_input, store_input
from loanbatch.testing._subject import WORKER_HOOKS, Subject
from loanbatch.vocabulary import FieldDefinition, standard_vocabulary

#: Inputs for which answers are compared: the first ones of each hook.
_REPEATED = 12


@frozen(kw_only=True)
class ContractCheck:
    """One expectation; call it with a plugin, it raises AssertionError where it is not met."""

    id: str
    #: Why loanbatch expects it.
    reason: str
    #: What to do when it is not met.
    fix: str
    _problems: Callable[[Subject], Iterator[str]] = attrs.field(repr=False)

    def __str__(self) -> str:
        return self.id

    def __call__(self, plugin: object) -> None:
        """Check a plugin: a module, an object, or a name as `--plugin` takes it."""
        __tracebackhide__ = True
        subject = Subject(plugin)
        try:
            text = self.failure(subject)
        finally:
            subject.close()
        if text:
            raise AssertionError(text)

    def failure(self, subject: Subject) -> str:
        """Return what to tell the author, empty when the expectation is met."""
        try:
            problems = list(self._problems(subject))
        except PluginError as error:
            problems = [error.message]
        if not problems:
            return ""
        shown = "".join(f"\n    - {problem}" for problem in problems[:5])
        more = f"\n    - and {len(problems) - 5} more" if len(problems) > 5 else ""
        return f"{self.id}:{shown}{more}\n  why: {self.reason}\n  fix: {self.fix}"


def check_plugin(plugin: object) -> None:
    """Run all checks on a plugin.

    Args:
        plugin: A module, an object, or a name as `--plugin` takes it: a file or a module.

    Raises:
        AssertionError: One or more are not met; the text has each one's id, reason and fix.
    """
    __tracebackhide__ = True
    subject = Subject(plugin)
    try:
        failures = [text for text in (check.failure(subject) for check in _CHECKS) if text]
    finally:
        subject.close()
    if failures:
        raise AssertionError("the plugin does not keep the contract:\n" + "\n".join(failures))


def contract_checks() -> tuple[ContractCheck, ...]:
    """Return all checks, to be given to `pytest.mark.parametrize` with `ids=str`."""
    return _CHECKS


def _loads(subject: Subject) -> Iterator[str]:
    subject.harness.state  # noqa: B018 - loading is the check
    yield from ()


def _knows_arguments(subject: Subject) -> Iterator[str]:
    for hook in subject.hooks:
        specified = getattr(hookspecs, hook).__code__
        known = set(specified.co_varnames[: specified.co_argcount])
        for _, caller in subject.harness.registry.callers(hook):
            for implementation in caller.get_hookimpls():
                unknown = set(implementation.argnames) - known
                if unknown:
                    yield f"{hook} takes {', '.join(sorted(unknown))}, there is {', '.join(sorted(known)) or 'no argument'}"  # noqa: E501


def _has_sound_settings(subject: Subject) -> Iterator[str]:
    for _, caller in subject.harness.registry.callers("register_settings"):
        for cls in caller():
            missing = [item.name for item in attrs.fields(cls) if item.default is attrs.NOTHING]
            if missing:
                yield f"{cls.__name__} has no default for {', '.join(missing)}"
                continue
            if pickle.loads(pickle.dumps(cls())) != cls():  # noqa: S301 - our own bytes
                yield f"{cls.__name__} is not equal to itself after pickling"
            if cls.__setattr__ is object.__setattr__:
                yield f"{cls.__name__} can be changed; settings are frozen"


def _travels(subject: Subject) -> Iterator[str]:
    plugin = subject.plugin
    if isinstance(plugin, str):
        return  # loaded anew by its name in each worker
    if isinstance(plugin, ModuleType):
        try:
            found = import_module(plugin.__name__)
        except ImportError:
            found = None
        if found is not plugin:
            yield f"module {plugin.__name__} cannot be imported by its name"
        return
    try:
        pickle.loads(pickle.dumps(plugin))  # noqa: S301 - our own bytes
    except Exception as error:  # noqa: BLE001 - pickling raises what it likes
        yield f"{type(plugin).__name__} cannot be pickled: {type(error).__name__}"


def _survives_odd_inputs(subject: Subject) -> Iterator[str]:
    for call in subject.calls:
        if call.error is not None and not isinstance(call.error, LoanbatchError):
            yield f"{call}: {type(call.error).__name__}"


def _answers_what_hooks_allow(subject: Subject) -> Iterator[str]:
    for call in subject.calls:
        if isinstance(call.error, PluginError):
            yield f"{call}: {call.error.message}"


def _repeats_itself(subject: Subject) -> Iterator[str]:
    for hook in WORKER_HOOKS:
        calls = [call for call in subject.calls if call.hook == hook][:_REPEATED]
        for first in calls:
            again = subject.ask(hook, HookInput(title=first.title, arguments=first.arguments))
            if (repr_of(first.answer), type(first.error)) != (
                repr_of(again.answer),
                type(again.error),
            ):
                yield f"{first}: the second answer differs"


def repr_of(answer: Any) -> Any:  # noqa: ANN401 - compared only
    """Return something comparable: readers compare by identity, which says nothing."""
    if isinstance(answer, tuple):
        return tuple(repr_of(item) for item in answer)
    if isinstance(answer, dict):
        return {key: repr_of(value) for key, value in answer.items()}
    return attrs.astuple(answer) if attrs.has(type(answer)) else answer


def _prints_nothing(subject: Subject) -> Iterator[str]:
    for call in subject.calls:
        if call.printed:
            yield f"{call}: {len(call.printed)} characters on standard output"


def _leaves_the_outside_alone(subject: Subject) -> Iterator[str]:
    for call in subject.calls:
        for deed in call.deeds:
            yield f"{call}: {deed}"


def _keeps_content_to_itself(subject: Subject) -> Iterator[str]:
    for call in subject.calls:
        if call.error is not None and MARKER in str(call.error):
            yield f"{call}: {type(call.error).__name__} quotes the document"
        for finding in _findings(call.answer):
            if MARKER in f"{finding.code} {finding.message}":
                yield f"{call}: finding {finding.code} quotes the document"


def _findings(answer: Any) -> Iterator[Finding]:  # noqa: ANN401 - any answer
    if isinstance(answer, Finding):
        yield answer
    elif isinstance(answer, tuple | list):
        for item in answer:
            yield from _findings(item)


def _gives_evidence(subject: Subject) -> Iterator[str]:
    for call in subject.calls:
        if call.hook != "extract" or not isinstance(call.answer, dict):
            continue
        document: Document = call.arguments["document"]
        for field in call.answer.values():
            yield from (f"{call}: {text}" for text in _doubts(field, document))


def _doubts(field: Field, document: Document) -> Iterator[str]:
    if not document.first_page <= field.page <= document.last_page:
        yield f"{field.name} stands on page {field.page}, outside the document"
    if not 0 <= field.confidence <= 1:
        yield f"{field.name} has confidence {field.confidence}, not between 0 and 1"
    if field.box is not None and (
        field.box.left > field.box.right or field.box.top > field.box.bottom
    ):
        yield f"{field.name} has a box that is inside out"
    if not field.extractor:
        yield f"{field.name} does not say who found it"


def _uses_known_words(subject: Subject) -> Iterator[str]:
    words = subject.harness.registry.vocabulary
    names = {
        name
        for call in subject.calls
        if call.hook == "extract" and isinstance(call.answer, dict)
        for name in call.answer
    }
    for name in sorted(names - set(words.fields)):
        yield f"field {name} is in no vocabulary"
    standard = standard_vocabulary()
    for name, definition in words.fields.items():
        known = standard.fields.get(name)
        if known is not None and _changed(known, definition):
            yield f"field {name} is {known.type.value} for everybody else, not {definition.type.value}"  # noqa: E501


def _changed(known: FieldDefinition, given: FieldDefinition) -> bool:
    return known.type is not given.type or (known.personal and not given.personal)


def _stores_twice(subject: Subject) -> Iterator[str]:
    if "store" not in subject.hooks:
        return
    first, again = (subject.ask("store", store_input()) for _ in range(2))
    for call in (first, again):
        if call.error is not None:
            yield f"store: {_chain(call.error)}"
    if first.error is None and again.error is None and first.answer != again.answer:
        yield "store: the second receipts differ from the first"


def _chain(error: BaseException) -> str:
    """Return the types of an exception and of those that led to it."""
    cause = error.__cause__
    return type(error).__name__ + (f" from {_chain(cause)}" if cause is not None else "")


def _leaves_other_formats(subject: Subject) -> Iterator[str]:
    if "report" not in subject.hooks:
        return
    given = report_input("no-such-format")
    call = subject.ask("report", given)
    if call.error is not None or call.answer or given.arguments["stream"].getvalue():
        yield "report: it claims a format that does not exist"


_CHECKS = (
    ContractCheck(
        id="loads",
        reason="a plugin that cannot be loaded, or has a misspelt hook, is set aside",
        fix="see the cause above; mark functions with @hookimpl and name them as in hookspecs",
        problems=_loads,
    ),
    ContractCheck(
        id="known-arguments",
        reason="hooks are called with the arguments of their specification only",
        fix="name arguments as in loanbatch.hookspecs, and take only those that are needed",
        problems=_knows_arguments,
    ),
    ContractCheck(
        id="settings",
        reason="settings travel to workers and are part of the fingerprint of results",
        fix="use attrs.frozen with a default for every attribute, at the top of a module",
        problems=_has_sound_settings,
    ),
    ContractCheck(
        id="picklable",
        reason="workers are other processes: a plugin reaches them by its name or pickled",
        fix="define the plugin as a module, or as an object of a class at the top of a module",
        problems=_travels,
    ),
    ContractCheck(
        id="odd-inputs",
        reason="real documents are damaged and strange; an exception loses the plugin's answer",
        fix="answer None or nothing for what the plugin does not understand",
        problems=_survives_odd_inputs,
    ),
    ContractCheck(
        id="answer-types",
        reason="loanbatch refuses answers that the hook does not allow",
        fix="return what the hook's specification says, or None",
        problems=_answers_what_hooks_allow,
    ),
    ContractCheck(
        id="deterministic",
        reason="results are reused: the same document must give the same result",
        fix="use no clock, no random numbers, no order of sets and no state between calls",
        problems=_repeats_itself,
    ),
    ContractCheck(
        id="quiet",
        reason="standard output is the command's payload, and document content is private",
        fix="remove print; use logging, without document content",
        problems=_prints_nothing,
    ),
    ContractCheck(
        id="no-side-effects",
        reason="workers are killed at any moment and see documents that nobody trusts",
        fix="write, connect and start programs in store, report or observer hooks only",
        problems=_leaves_the_outside_alone,
    ),
    ContractCheck(
        id="private",
        reason="messages of exceptions and findings end in logs and reports",
        fix="name fields, pages and limits in messages, never text or values of the document",
        problems=_keeps_content_to_itself,
    ),
    ContractCheck(
        id="evidence",
        reason="every value has a page, a box and a confidence that can be checked",
        fix="take page and box from the words of the pages that were given",
        problems=_gives_evidence,
    ),
    ContractCheck(
        id="vocabulary",
        reason="a field has one name and one type, whoever extracts it",
        fix="give new names in register_fields, and keep the type of those that exist",
        problems=_uses_known_words,
    ),
    ContractCheck(
        id="store-twice",
        reason="after an interruption the same result is stored again",
        fix="derive names from the content, and replace what is there",
        problems=_stores_twice,
    ),
    ContractCheck(
        id="report-formats",
        reason="plugins are asked in turn until one knows the format",
        fix="answer None, and write nothing, for formats that are not the plugin's",
        problems=_leaves_other_formats,
    ),
)
