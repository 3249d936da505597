"""The contract between loanbatch and its plugins: every hook, what it gets, gives and may raise.

A plugin is a module, or an object, with functions marked `@hookimpl`. A function takes only the
arguments that it wants. The five stages are validate, extract, normalize, store and report; the
other hooks are seams inside them. "All results" means that every plugin is asked; "first result"
means that plugins are asked, the last registered first (third parties before the bundled ones),
until one does not answer None.

Hooks that run in the worker must not write anywhere and see nothing of the database; hooks that run
in the coordinator see results one at a time.
"""
# mypy: disable-error-code="empty-body"

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from loanbatch.hookspecs._markers import PROJECT_NAME as PROJECT_NAME
from loanbatch.hookspecs._markers import hookimpl as hookimpl
from loanbatch.hookspecs._markers import hookspec
from loanbatch.models import (
    Artifact,
    Classification,
    Document,
    Field,
    Finding,
    Page,
    PageImage,
    Receipt,
    Recognition,
    Source,
    Validation,
    Word,
)
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.settings import Settings
from loanbatch.vocabulary import FieldDefinition, KindDefinition

if TYPE_CHECKING:
    import click


@hookspec
def validate(source: Source, settings: Settings) -> Validation | Iterable[Finding] | None:
    """Judge whether a source can be processed.

    Called first, once per source. All results, one plugin after the other: a plugin that gives
    `Validation(source=…)` hands a decrypted, repaired or better described source to the plugins
    after it and to all later stages.

    A finding of severity error fails the source as validation_error with the finding's code.
    Raising a `ValidationError` does the same.

    Runs in: worker.

    On any other exception: the source fails, plugin_error naming the plugin.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def read_pages(
    source: Source, page_numbers: Sequence[int], settings: Settings
) -> Sequence[Page] | None:
    """Read the words of some pages of a validated source.

    Args:
        source: With content, media type and page count.
        page_numbers: From 1 to `source.page_count`; only 1 where nobody counted.
        settings: All settings.

    Returns:
        One page for each number, in order; all that there are where nobody counted. A page without
        usable text has `text_source` NONE and is rendered and recognized by the hooks below; words
        and tick boxes that it has nevertheless, such as the values of form fields, take the place
        of what is recognized there. None when the media type is not the plugin's.

    Runs in: worker. First result. On an exception the next plugin is asked; when none is left the
    source fails as plugin_error.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def render_page(source: Source, page_number: int, settings: Settings) -> PageImage | None:
    """Draw a page as a grey image with the resolution that OCR wants.

    Called for pages whose `text_source` is NONE, and by whoever wants to show a page. The image is
    as displayed (the file's own rotation applied), within the settings' pixel budget.

    Runs in: worker. First result. On an exception the next plugin is asked; at last the page stays
    without text and a finding says so.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def recognize_text(image: PageImage, settings: Settings) -> Recognition | None:
    """Read the words of an image: the OCR engine.

    Words stand in pixels of the image after it was turned by `orientation` and then levelled by
    `skew` (both reported in the result), so that lines run from left to right.

    Runs in: worker. First result. On an exception the next plugin is asked; at last the page stays
    without text and a finding says so.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def recognize_again(
    image: PageImage, page: Page, words: Sequence[Word], settings: Settings
) -> Sequence[Sequence[Word]] | None:
    """Read some places of a recognized page once more, by other means than before.

    Called after the normalize stage, once for each page with values that the engine was unsure of;
    not called where `reread` is off. What the readings amount to is decided by the pipeline.

    Args:
        image: As `render_page` gives it.
        page: As it was recognized: its words, and how it has to be turned to be upright.
        words: What was read before and where, in points of the upright page. The words of a value
            are one, with blanks in its text.
        settings: All settings.

    Returns:
        For each word its further readings in the order in which they were made, none where nothing
        could be read; the last one may agree with the first. None when the plugin has no other
        means.

    Runs in: worker. First result. On an exception the next plugin is asked; at last the values stay
    as they are and a finding says so.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def make_searchable(source: Source, settings: Settings) -> Artifact | None:
    """Make a searchable PDF/A of the source, to be stored beside the original.

    Called only when `searchable` is set.

    Runs in: worker. First result. On an exception a finding says so, and the result needs review.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def classify(
    pages: Sequence[Page], settings: Settings
) -> Classification | Sequence[Document] | None:
    """Find the documents in the pages: kind, first and last page, confidence; no fields yet.

    Every page that is not blank belongs to at least one document; what is not known is kind
    `other`, with little confidence. Two documents on one page share its number. A `Classification`
    adds findings about the pages, such as that a document lacks some of those that it counts.

    Runs in: worker. First result. On an exception the next plugin is asked; at last all pages are
    one document of kind `other`, and the result needs review.

    .. versionadded:: 0.1
    """


@hookspec
def extract(
    document: Document, pages: Sequence[Page], settings: Settings
) -> Iterable[Field] | None:
    """Find the fields of one document.

    Called once for each document, with its pages only. All results; of several candidates for one
    field the plugin registered last wins, within one plugin the higher confidence; the others are
    kept as alternatives. `Field.value` may be left None: the normalize stage fills it from `raw`.
    On a recognized page the confidence has a factor of 0.4 + 0.6 times that of the value's weakest
    word: where a second reading agrees, it rises by as much as that had lowered it.

    Runs in: worker. On an exception that plugin's fields are lost, with a finding `plugin_failed`;
    the others' are kept.

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def normalize(field: Field, definition: FieldDefinition, settings: Settings) -> Field | None:
    """Give a field its typed value, and its currency where it is money.

    Called for every extracted field without value, and for every cell of a row. Answer None for
    text that cannot be understood: the raw text stays, without value, and the result needs review.

    Runs in: worker. First result. On an exception the next plugin is asked.

    .. versionadded:: 0.1
    """


@hookspec
def check(documents: Sequence[Document], settings: Settings) -> Iterable[Finding] | None:
    """Judge whether normalized documents hold together: sums, dates, the same fact twice.

    A finding of severity warning or error marks the result for review.

    Runs in: worker, with all documents of one source. All results. On an exception a finding
    `plugin_failed` says whose checks are missing.

    .. versionadded:: 0.1
    """


@hookspec
def store(
    result: BatchProcessingResult, source: Source, settings: Settings
) -> Receipt | Iterable[Receipt] | None:
    """Keep a result, or the source that it came from.

    Called for successes, before the job row is written.

    Called again with the same arguments after an interruption: storing must be repeatable without
    effect.

    Runs in: coordinator. All results. On an exception the result fails as storage_failed
    (retryable), or with the class and code of the `LoanbatchError` raised. When three results in a
    row fail as storage_failed the job stops; they wait with the rest of it, to be resumed.

    .. versionadded:: 0.1
    """


from loanbatch.hookspecs._reports import read_original as read_original  # noqa: E402
from loanbatch.hookspecs._reports import report as report  # noqa: E402


@hookspec(firstresult=True)
def get_executor(settings: Settings) -> Executor | None:
    """Give the executor in which documents are processed; None for the built-in ones.

    Called once, when a job starts. The executor is shut down when the job ends. Tasks and their
    results are picklable.

    Runs in: coordinator. First result. An exception ends the job before its first document.

    .. versionadded:: 0.1
    """


@hookspec
def register_settings() -> type:
    """Give an attrs class for the plugin's own table of settings, each attribute with a default.

    The table has the plugin's name: `[loanbatch.NAME]` in loanbatch.toml, `LOANBATCH_NAME_…` in the
    environment. Hooks read it as `settings.plugin(TheClass)`.

    Runs in: coordinator and worker, when plugins are loaded. On an exception the plugin is set
    aside.

    .. versionadded:: 0.1
    """


@hookspec
def register_commands(group: click.Group) -> None:
    """Add commands to the command line's group.

    A command that processes documents finds `open_handler(settings, plugins)` in `context.obj`, a
    mapping: it gives a `BatchProcessingHandler`.

    Runs in: coordinator, when a command that is not built in, or the help, is asked for. On an
    exception the plugin's commands are missing and a warning says so.

    .. versionadded:: 0.1
    """


@hookspec
def register_fields(settings: Settings) -> Iterable[FieldDefinition | KindDefinition]:
    """Give kinds and fields to add to the vocabulary.

    Args:
        settings: The general settings; plugins' tables are not ready yet.

    Runs in: coordinator and worker, when plugins are loaded. All results, bundled plugins first. On
    a `SettingsError` nothing is processed: the settings name something that cannot be used. On any
    other exception the plugin is set aside.

    .. versionadded:: 0.1
    """


@hookspec
def on_job_started(
    job_id: str, total_documents: int, waiting_documents: int, settings: Settings
) -> None:
    """Learn that a job begins or is gone on with: then fewer of its sources wait than it has.

    Followed by `on_job_finished` or `on_job_interrupted`, unless the process dies.

    Runs in: coordinator. Exceptions are logged, never fatal.

    .. versionadded:: 0.1
    """


@hookspec
def on_result(
    job_id: str, position: int, result: BatchProcessingResult, settings: Settings
) -> None:
    """Learn that a source is done, after its row is written, in order of completion.

    The position is that in the input, from 1. Results that were written just before a process died
    are not told again; the summary of `on_job_finished` has all.

    Runs in: coordinator. Exceptions are logged, never fatal.

    .. versionadded:: 0.1
    """


@hookspec
def on_job_interrupted(job_id: str, waiting_documents: int, settings: Settings) -> None:
    """Learn that this process leaves a job before its end, with so many sources to be done.

    Called after Ctrl-C or SIGTERM, where storage refuses, and where another process took the job
    over. Do not wait for anything here: a person wants the program to end.

    Runs in: coordinator. Exceptions are logged, never fatal.

    .. versionadded:: 0.1
    """


@hookspec
def on_job_finished(summary: BatchProcessingSummary, settings: Settings) -> None:
    """Learn that a job ended. Runs in: coordinator. Exceptions are logged, never fatal.

    .. versionadded:: 0.1
    """


# Behind the stages, as everywhere.
from loanbatch.hookspecs._loans import check_loan as check_loan  # noqa: E402
from loanbatch.hookspecs._loans import compare_loans as compare_loans  # noqa: E402
from loanbatch.hookspecs._loans import join_loan as join_loan  # noqa: E402
