"""Which results are of one loan: their loan ids differ in punctuation, spaces or case only."""

from __future__ import annotations

from loanbatch.database import PatientDatabase

#: Characters that people write into an id, or leave out.
_IGNORED = " -_./#:,"
#: Jobs' rows that are looked at in one statement.
_PORTION = 200


def _key(term: str) -> str:
    """Return the SQL for what ids of one loan have in common; of `--` the id itself."""
    bare = term
    for character in _IGNORED:
        bare = f"REPLACE({bare}, '{character}', '')"
    return f"COALESCE(NULLIF(LOWER({bare}), ''), {term})"


#: An expression, so that no row has to be written anew for it.
CREATE_INDEX = f"CREATE INDEX IF NOT EXISTS results_loan_key ON results (({_key('loan_id')}))"

_OF_LOAN = f"""\
SELECT MAX(id) FROM results
WHERE status = 'success' AND {_key("loan_id")} =
(SELECT {_key("asked.loan_id")} FROM (SELECT CAST(? AS VARCHAR) AS loan_id) asked)
GROUP BY document_id"""

# The job is hidden from the planner: its index would lead through the whole job for every row.
_OF_JOB = f"""\
SELECT r.position, r.loan_id FROM results r
WHERE r.job_id = ? AND r.position > ? AND r.status = 'success' AND r.loan_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM results e WHERE {_key("e.loan_id")} = {_key("r.loan_id")}
AND e.job_id || '' = r.job_id AND e.position < r.position AND e.status = 'success')
"""
_WITH_OTHERS = f"""\
AND EXISTS (SELECT 1 FROM results o WHERE {_key("o.loan_id")} = {_key("r.loan_id")}
AND o.document_id <> r.document_id AND o.status = 'success')
"""
_ORDER = "ORDER BY r.position LIMIT ?"


def newest_of_loan(records: PatientDatabase, loan_id: str) -> list[int]:
    """Return the rows of the newest success of each document of a loan; inside an action."""
    return [row_id for (row_id,) in records.run(_OF_LOAN, (loan_id,)).fetchall()]


def loans_after(
    records: PatientDatabase, job_id: str, position: int, *, several: bool
) -> tuple[list[str], int | None]:
    """Return ids of some loans of a job by their first source, and after which to go on.

    Args:
        records: The database; inside an action.
        job_id: A job.
        position: Of the source to go on after; -1 for the start.
        several: Only loans of which the database has more than one source.
    """
    statement = f"{_OF_JOB}{_WITH_OTHERS if several else ''}{_ORDER}"
    rows = records.run(statement, (job_id, position, _PORTION)).fetchall()
    return [loan_id for _, loan_id in rows], rows[-1][0] if len(rows) == _PORTION else None
