"""The file, and the thread that keeps it up to date."""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from loanbatch._logging import get_logger
from loanbatch.errors import SettingsError
from loanbatch.metrics._figures import ENDS, INTERRUPTED, RUNNING, Figures
from loanbatch.results import BatchProcessingResult, BatchProcessingSummary

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

#: Seconds between two writings.
_EVERY = 5.0


class MetricsFile:
    """Counts what a run does and keeps the file up to date; a context manager around the run.

    Nothing is written before the run has its sources: one that is refused changes no file.

    Args:
        path: The file; node_exporter reads those that end in `.prom`. Its name without the ending
            becomes the label `batch`, which tells several files apart.
        last_ends: When a job of the same records ended last (seconds since 1970), by its status.

    Raises:
        SettingsError: The file cannot be written there, or prometheus_client is not installed.
    """

    def __init__(self, path: str, last_ends: Mapping[str, float]) -> None:
        self._path = Path(path).expanduser()
        self._figures = Figures.after(last_ends)
        #: Results are counted in one thread and written in another.
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="metrics", daemon=True)
        self._check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._thread.is_alive():
            return
        self._ended.set()
        self._thread.join()
        if self._figures.state == RUNNING:  # whatever ended it: it can be gone on with
            self._figures.state = INTERRUPTED
        self._figures.ended_at = time.time()
        self._write()

    def on_total(self, waiting: int) -> None:
        """Learn how many sources wait, and begin to write."""
        self._figures.total, self._figures.started_at = waiting, time.time()
        self._write()
        self._thread.start()

    def on_retried(self, count: int) -> None:
        """Learn how many sources are tried again."""
        self._figures.retried = count

    def on_result(self, result: BatchProcessingResult) -> None:
        """Count a result."""
        with self._lock:
            self._figures.count(result)

    def on_end(self, summary: BatchProcessingSummary) -> None:
        """Learn how the job stands at the end of the run."""
        status = summary.status
        self._figures.state = status.value if status in ENDS else INTERRUPTED
        if summary.end_time is not None:
            self._figures.last_ends[status.value] = summary.end_time.timestamp()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are; prometheus_client asks for them."""
        from loanbatch.metrics._families import families

        with self._lock:
            yield from families(self._figures, self._path.stem)

    def _check(self) -> None:
        if self._path.is_dir() or not os.access(self._path.parent, os.W_OK | os.X_OK):
            raise SettingsError(
                f"metrics_file: {self._path} cannot be written; name a file in a writable folder"
            )
        if importlib.util.find_spec("prometheus_client") is None:
            raise SettingsError(
                "metrics_file: prometheus_client is not installed: pip install 'loanbatch[metrics]'"
            )

    def _keep_writing(self) -> None:
        while not self._ended.wait(_EVERY):
            self._write()

    def _write(self) -> None:
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        beside = self._path.with_name(f".{self._path.name}.new")
        try:
            beside.write_bytes(generate_latest(registry))
            beside.chmod(0o644)  # node_exporter has an account of its own, whatever the umask
            beside.replace(self._path)
        except OSError as error:
            # The run is worth more than its figures.
            get_logger().warning("metrics_failed", error=type(error).__name__)
