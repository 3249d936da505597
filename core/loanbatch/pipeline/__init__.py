"""One source through validate, extract, normalize and check, to a result.

Pure: nothing here writes, and everything comes from the source and the registry. It runs in the
worker, so its input and output are picklable and every failure ends as a classified result, never
as an exception.
"""

from loanbatch.pipeline._process import (
    blamed,
    failed_result,
    loan_id_of,
    process_source,
)
from loanbatch.pipeline._task import Ticket, lent, plugin_at_work, process_task, take_up

__all__ = [
    "Ticket",
    "blamed",
    "failed_result",
    "lent",
    "loan_id_of",
    "plugin_at_work",
    "process_source",
    "process_task",
    "take_up",
]
