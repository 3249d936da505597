"""Figures of a run for Prometheus, in a file that node_exporter's textfile collector reads.

The file is written anew every few seconds and at the end, each time whole: beside its place, then
moved there. prometheus_client writes the format; it is loaded when a file is asked for.
"""

from loanbatch.metrics._file import MetricsFile

__all__ = ["MetricsFile"]
