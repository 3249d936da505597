"""Tables of the job records: jobs, results, attempts, events."""

from __future__ import annotations

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CharField,
    DoubleField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from loanbatch.priorities import NORMAL


class ProcessingJob(Model):
    """One run over a batch."""

    job_id = CharField(primary_key=True)
    status = CharField()
    total_documents = IntegerField(default=0)
    processed_documents = IntegerField(default=0)
    successful_documents = IntegerField(default=0)
    failed_documents = IntegerField(default=0)
    skipped_documents = IntegerField(default=0)
    fingerprint = CharField()
    # Times are ISO 8601 text in UTC: the same in every database.
    created_at = CharField(index=True)
    completed_at = CharField(null=True)
    #: Whether every source of the batch has its row.
    is_listed = BooleanField(default=False)
    #: Whether results of earlier runs may not be taken over.
    reprocess = BooleanField(default=False)
    #: Who works on it, and until when unless renewed (seconds since 1970); null when nobody does.
    lease_holder = CharField(null=True)
    lease_until = DoubleField(null=True)
    #: That of its sources which have none of their own, and its own among the jobs that wait.
    priority = IntegerField(default=NORMAL)

    class Meta:
        table_name = "processing_jobs"


class JobInputs(Model):
    """What a batch was made of; apart, because a job's row is written with every commit."""

    job = ForeignKeyField(ProcessingJob, column_name="job_id", primary_key=True)
    inputs = TextField()

    class Meta:
        table_name = "job_inputs"


class ResultRow(Model):
    """One source of a job and, once processed, what became of it."""

    id = AutoField()
    job = ForeignKeyField(ProcessingJob, column_name="job_id", backref="results")
    #: From 0, in the order of the input.
    position = IntegerField()
    priority = IntegerField(default=NORMAL)
    file_name = TextField()
    location = TextField()
    #: queued until processed.
    status = CharField(default="queued")
    sha256 = CharField(null=True)
    document_id = CharField(null=True, index=True)
    loan_id = CharField(null=True, index=True)
    error_type = CharField(null=True)
    error_code = CharField(null=True)
    needs_review = BooleanField(default=False)
    processing_time = FloatField(default=0.0)
    timestamp = CharField(null=True)
    fingerprint = CharField(null=True)
    #: The whole result as JSON; null where `reused_from` has it.
    payload = TextField(null=True)
    reused_from = IntegerField(null=True)
    #: Code and message, as JSON, of what stands against processing it unless the program that began
    #: the batch knows better: it cannot be read, or its bytes were handed over in memory.
    obstacle = TextField(null=True)
    #: How often a worker died on it.
    worker_deaths = IntegerField(default=0)

    class Meta:
        table_name = "results"
        indexes = ((("job", "position"), True), (("job", "sha256"), False))


# Taking the next sources costs the same in a job of ten and of a hundred thousand.
ResultRow.add_index(
    ResultRow.index(
        ResultRow.job, ResultRow.priority.desc(), ResultRow.position, name="results_queued"
    ).where(SQL("status = 'queued'"))
)


class Attempt(Model):
    """One try at one source."""

    id = AutoField()
    result = ForeignKeyField(ResultRow, backref="attempts", on_delete="CASCADE")
    started_at = CharField()
    ended_at = CharField()
    #: success, skipped, or the error code.
    outcome = CharField()

    class Meta:
        table_name = "attempts"


class Event(Model):
    """Something that happened to a job."""

    id = AutoField()
    job_id = CharField(index=True)
    position = IntegerField(null=True)
    moment = CharField()
    event = CharField()
    detail = TextField(default="")

    class Meta:
        table_name = "events"
