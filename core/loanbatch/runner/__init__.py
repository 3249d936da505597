"""The coordinator: drives a job from its sources to its recorded results; the only writer."""

from loanbatch.runner._inputs import Inputs
from loanbatch.runner._job import OnResult
from loanbatch.runner._planning import Listeners, Retry, resume_job, run_job
from loanbatch.runner._progress import OnProgress

__all__ = ["Inputs", "Listeners", "OnProgress", "OnResult", "Retry", "resume_job", "run_job"]
