"""The events of one job on their way: written by the batch, sent by a thread beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from loanbatch.errors import ProcessingError, StorageFailedError
from loanbatch.forks import at_work
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary
from loanbatch.settings import Settings
from loanbatch_contrib.webhooks import _events
from loanbatch_contrib.webhooks._delivering import deliver
from loanbatch_contrib.webhooks._events import Event
from loanbatch_contrib.webhooks._outbox import Outbox, State
from loanbatch_contrib.webhooks._sending import Receiver
from loanbatch_contrib.webhooks._settings import WebhooksSettings


class DeliveryFailedError(ProcessingError):
    """Webhooks of a job were not delivered; they are kept."""

    error_code = "delivery_failed"
    retryable = True


class JobWebhooks:
    """Tells a receiver of one job.

    The batch writes events into the outbox, which is the queue: a receiver that is slow or dead
    costs neither memory nor time. A thread sends them one after the other, in their order; one that
    is given up lets the next go ahead.

    Args:
        job_id: A job that this process works on.
        settings: With a receiver.

    Raises:
        StorageFailedError: The database cannot be opened.
    """

    def __init__(self, job_id: str, settings: Settings) -> None:
        self._job_id = job_id
        self._settings = settings.plugin(WebhooksSettings)
        self._outbox = Outbox(settings)
        self._receiver = Receiver(self._settings)
        #: Whether an earlier run of the job may have died before it wrote all its events.
        self._may_lack_events = False
        self._news = threading.Event()
        #: Set when no further event will come; and when nothing more should be tried.
        self._ending, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="webhooks", daemon=True)

    def begin(self, total_documents: int, waiting_documents: int) -> None:
        """Note the beginning of the job and start to send."""
        try:
            known = self._outbox.knows(self._job_id)
            self._may_lack_events = known and waiting_documents < total_documents
            self._note(_events.job_started(self._job_id, total_documents, waiting_documents))
        except BaseException:
            self._receiver.close()
            self._outbox.close()
            raise
        self._thread.start()

    def note_result(self, position: int, result: BatchProcessingResult) -> None:
        """Note that a document is done."""
        self._note(_events.document_finished(self._job_id, position, result))

    def note_interruption(self, waiting_documents: int) -> None:
        """Note that the job was left before its end."""
        self._note(_events.job_interrupted(self._job_id, waiting_documents))

    def note_end(self, summary: BatchProcessingSummary) -> None:
        """Note that the job ended."""
        try:
            if self._may_lack_events and self._settings.wants(_events.DOCUMENT_FINISHED):
                # Those that are there already have the same ids, and stay as they are.
                self._outbox.add(
                    _events.document_finished(self._job_id, position, result)
                    for position, result in enumerate(summary.results, 1)
                )
        finally:  # reading very many results may take longer than an observer has
            self._note(_events.job_finished(summary))

    @contextmanager
    def ending(self, patience: float) -> Iterator[None]:
        """Let the last events be noted inside, wait some seconds for their delivery, and stop.

        Raises:
            DeliveryFailedError: Something is left.
        """
        left: Mapping[State, int] = {}
        try:
            yield
            self._ending.set()
            self._news.set()
            self._thread.join(patience)
            left = self._outbox.left_of(self._job_id)
        finally:
            self._stopped.set()  # a thread that is still at it makes its last attempt
            self._news.set()
            self._outbox.close()
        if left:
            raise DeliveryFailedError(
                f"webhooks of the job not delivered: {left.get(State.WAITING, 0)} wait,"
                f" {left.get(State.DEAD, 0)} were given up; `loanbatch webhooks list` shows them,"
                " `loanbatch webhooks send --all` sends them"
            )

    def _note(self, event: Event) -> None:
        wanted = self._settings.wants(event.type)
        if wanted or event.type == _events.JOB_STARTED:
            self._outbox.add([event], state=State.WAITING if wanted else State.UNWANTED)
            self._news.set()

    def _send_all(self) -> None:
        """Send what waits until the job has ended; what storage refuses meanwhile stays there."""
        try:
            while not self._stopped.is_set():
                self._news.clear()
                ending = self._ending.is_set()  # asked before, so that the last event is not missed
                with at_work():
                    entry = self._outbox.next_of(self._job_id)
                if entry is not None:
                    failure = deliver(self._outbox, self._receiver, entry, self._may_go_on)
                    if failure is not None and failure.is_away:
                        return
                elif ending:
                    return
                else:
                    self._news.wait()
        except StorageFailedError:
            return  # the batch meets the same storage, and tells
        finally:
            self._receiver.close()
            with at_work():
                self._outbox.close()

    def _may_go_on(self) -> bool:
        return not self._stopped.is_set()
