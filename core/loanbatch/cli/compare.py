"""`loanbatch compare`: loans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loanbatch.cli import _output
from loanbatch.cli._jobs import loans_argument, the_job
from loanbatch.cli._options import json_option, open_handler, with_settings
from loanbatch.errors import UsageError
from loanbatch.settings import Settings

if TYPE_CHECKING:
    from loanbatch.loans import Comparison, Loan


@click.command(
    epilog="""\b
Examples:
  loanbatch compare latest
  loanbatch compare 2024-000117 2024-000118 --prepay 500/month
  loanbatch compare latest --prepay 10000@2027-03 --schedule
  loanbatch compare latest --json"""
)
@loans_argument
@click.option(
    "--prepay",
    metavar="WHAT",
    multiple=True,
    help="Tell what paying more would save: 500/month, 6000/year, 10000@2027-03 (once in a month)"
    " or 10000@12 (once with payment 12). Repeatable.",
)
@click.option("--schedule", is_flag=True, help="Show the payments with each --prepay, one by one.")
@with_settings
@json_option
def compare(
    *, settings: Settings, ids: Sequence[str], prepay: Sequence[str], schedule: bool, as_json: bool
) -> None:
    """Compare loans: what they cost, and how much room they leave.

    JOB is a job id or `latest`, for all of its loans; LOAN a loan id. What a document states is
    taken as it stands; the rest is computed from stated values, or said to be unknown. Loans of
    different currencies are compared apart.
    """
    from loanbatch.cli import _comparison

    if schedule and not prepay:
        raise UsageError("--schedule shows what --prepay changes: add --prepay 500/month")
    with open_handler(settings) as handler:
        loans = handler.find_loans(the_job(handler, name) for name in ids)
        comparisons = handler.compare(loans, prepay)
    left_out = _left_out(loans, comparisons)
    if as_json:
        plain = _comparison.to_plain(comparisons, loans, schedules=schedule)
        _output.json_payload({"comparisons": plain, "left_out": left_out})
        return
    for comparison in comparisons:
        _comparison.show(comparison, loans, schedules=schedule)
    if left_out:
        names = _output.clean(", ".join(left_out))
        _output.note(f"Left out, for no terms are stated of them: {names}")


def _left_out(loans: Sequence[Loan], comparisons: Sequence[Comparison]) -> list[str]:
    compared = {loan_id for comparison in comparisons for loan_id in comparison.loan_ids}
    return [loan.loan_id for loan in loans if loan.loan_id not in compared]
