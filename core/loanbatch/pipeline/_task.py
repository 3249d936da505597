"""What an executor runs: a module-level function with picklable arguments."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from functools import lru_cache
from typing import Any

from loanbatch._logging import bound
from loanbatch.models import Source
from loanbatch.pipeline._process import process_source
from loanbatch.registry import Registry
from loanbatch.results import BatchProcessingResult


def process_task(spec: Any, source: Source, coordinator_pid: int) -> BatchProcessingResult:
    """Process one source with the registry that `spec` describes, made once per process.

    In a process other than the coordinator's the memory limit is applied and Ctrl-C is left to the
    coordinator.
    """
    registry = _registry(spec)
    if os.getpid() != coordinator_pid:
        _prepare_worker(registry.settings.memory_limit_mb)
    with bound(file=source.file_name, sha256=source.sha256):
        return process_source(registry, source)


@lru_cache(maxsize=4)
def _registry(spec: Any) -> Registry:
    return Registry.from_spec(spec)


@lru_cache(maxsize=1)
def _prepare_worker(memory_limit_mb: int) -> None:
    # Ctrl-C reaches every process of a terminal; only the coordinator decides what it means.
    with contextlib.suppress(ValueError):  # not in the main thread of this process
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory_limit_mb and sys.platform != "win32":
        import resource

        limit = memory_limit_mb * 1024 * 1024
        with contextlib.suppress(ValueError, OSError):  # macOS refuses address-space limits
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            # A crash is expected of hostile files; a core dump would put personal data on the disk.
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
