"""Reports of a job to files and streams, in the format that is asked for."""

from loanbatch.reports._files import (
    check_format,
    check_report_path,
    report_format,
    report_to,
    write_report,
)

__all__ = ["check_format", "check_report_path", "report_format", "report_to", "write_report"]
