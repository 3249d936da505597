"""The tables as peewee sees them; `_migrations` makes them."""

from __future__ import annotations

from peewee import BooleanField, CompositeKey, FloatField, IntegerField, Model, TextField


class SchemaVersion(Model):
    """How far the migrations of a component have come; shared with other components."""

    component = TextField(primary_key=True)
    version = IntegerField()

    class Meta:
        table_name = "schema_versions"


class LoanRow(Model):
    """A loan, and how many logical documents belong to it."""

    loan_id = TextField(primary_key=True)
    document_count = IntegerField()
    first_seen = TextField()
    last_seen = TextField()

    class Meta:
        table_name = "loans"


class DocumentRow(Model):
    """A logical document."""

    document_id = TextField()
    #: From 0, in the order of pages.
    document_index = IntegerField()
    loan_id = TextField(null=True)
    sha256 = TextField(null=True)
    file_name = TextField()
    kind = TextField()
    first_page = IntegerField()
    last_page = IntegerField()
    confidence = FloatField()
    needs_review = BooleanField()
    stored_at = TextField()

    class Meta:
        table_name = "documents"
        primary_key = CompositeKey("document_id", "document_index")


class FieldRow(Model):
    """A value, a cell, or a candidate that lost; each with its evidence."""

    document_id = TextField()
    document_index = IntegerField()
    #: From 0, in the order of the report.
    ordinal = IntegerField()
    kind = TextField()
    name = TextField()
    row_index = IntegerField(null=True)
    column_name = TextField(null=True)
    value = TextField(null=True)
    value_type = TextField()
    currency = TextField(null=True)
    raw_text = TextField(column_name="raw")  # Model has a method `raw`
    page = IntegerField()
    box_left = FloatField(null=True)
    box_top = FloatField(null=True)
    box_right = FloatField(null=True)
    box_bottom = FloatField(null=True)
    confidence = FloatField()
    extractor = TextField()
    chosen = BooleanField()

    class Meta:
        table_name = "fields"
        primary_key = CompositeKey("document_id", "document_index", "ordinal")


class FindingRow(Model):
    """A finding of a source."""

    document_id = TextField()
    ordinal = IntegerField()
    code = TextField()
    severity = TextField()
    message = TextField()
    fields = TextField()
    expected = TextField(null=True)
    actual = TextField(null=True)

    class Meta:
        table_name = "findings"
        primary_key = CompositeKey("document_id", "ordinal")


TABLES = (SchemaVersion, LoanRow, DocumentRow, FieldRow, FindingRow)
