"""The coordinator: drives a job from its sources to its recorded results; the only writer."""

from loanbatch.runner._job import OnResult
from loanbatch.runner._running import run_job

__all__ = ["OnResult", "run_job"]
