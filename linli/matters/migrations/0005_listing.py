"""The list of who reaches which matter, and the word index (ADR 0028, 0029). ``linli init`` fills them."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
import linli.matters.ledger.models.matter
import linli.matters.search.models
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_SQLITE = (
    # A table that is its own index: one walk along a key reads nothing else.
    (
        "CREATE TABLE matters_listing (key varchar(40) NOT NULL, line bigint NOT NULL, kind varchar(24) NOT NULL, "
        "state varchar(24) NOT NULL, category varchar(12) NOT NULL, priority smallint unsigned, is_open bool NOT NULL, "
        "is_late bool NOT NULL, is_warned bool NOT NULL, is_assigned bool NOT NULL, due_at datetime, "
        "PRIMARY KEY (key, line)) WITHOUT ROWID"
    ),
    (
        "CREATE VIRTUAL TABLE matters_fts USING fts5"
        "(grams, content='matters_words', content_rowid='line', detail='none', columnsize=0, tokenize='ascii')"
    ),
    (
        "CREATE TRIGGER matters_words_in AFTER INSERT ON matters_words BEGIN "
        "INSERT INTO matters_fts(rowid, grams) VALUES (new.line, new.grams); END"
    ),
    (
        "CREATE TRIGGER matters_words_out AFTER DELETE ON matters_words BEGIN "
        "INSERT INTO matters_fts(matters_fts, rowid, grams) VALUES ('delete', old.line, old.grams); END"
    ),
    (
        "CREATE TRIGGER matters_words_anew AFTER UPDATE ON matters_words BEGIN "
        "INSERT INTO matters_fts(matters_fts, rowid, grams) VALUES ('delete', old.line, old.grams); "
        "INSERT INTO matters_fts(rowid, grams) VALUES (new.line, new.grams); END"
    ),
)
_POSTGRES = (
    (
        "CREATE TABLE matters_listing (key varchar(40) NOT NULL, line bigint NOT NULL, kind varchar(24) NOT NULL, "
        "state varchar(24) NOT NULL, category varchar(12) NOT NULL, priority smallint, is_open boolean NOT NULL, "
        "is_late boolean NOT NULL, is_warned boolean NOT NULL, is_assigned boolean NOT NULL, due_at timestamptz, "
        "PRIMARY KEY (key, line))"
    ),
    # A small list of what waits to be sorted in: no single call pays for many before it.
    "CREATE INDEX words_grams ON matters_words USING gin (grams) WITH (gin_pending_list_limit = 256)",
    "ALTER TABLE matters_words ALTER COLUMN grams SET STATISTICS 1000",
)


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE:
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TABLE matters_fts")
    editor.execute("DROP TABLE matters_listing")


LISTING = migrations.CreateModel(
    name="Listing",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "key", "matter_id", blank=True, editable=False, primary_key=True, serialize=False
            ),
        ),
        ("key", models.CharField(max_length=40)),
        ("kind", models.CharField(max_length=24)),
        ("state", models.CharField(max_length=24)),
        ("category", models.CharField(blank=True, max_length=12)),
        ("priority", models.PositiveSmallIntegerField(null=True)),
        ("is_open", models.BooleanField()),
        ("is_late", models.BooleanField()),
        ("is_warned", models.BooleanField()),
        ("is_assigned", models.BooleanField()),
        ("due_at", models.DateTimeField(null=True)),
        (
            "matter",
            models.ForeignKey(
                db_column="line",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="listings",
                to="matters.matter",
                to_field="line",
            ),
        ),
    ],
)
INDEXES = [
    models.Index(fields=["matter"], name="listing_line"),
    models.Index(
        condition=models.Q(("due_at__isnull", False), ("is_open", True)), fields=["key", "due_at"], name="listing_due"
    ),
    models.Index(fields=["key", "kind", "state", "matter"], name="listing_kind_state"),
    models.Index(condition=models.Q(("is_open", True)), fields=["key", "matter"], name="listing_open"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matters", "0004_touched")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="matter",
            name="line",
            field=linli.matters.ledger.models.matter.LineField(editable=False, null=True, unique=True),
        ),
        migrations.CreateModel(
            name="Words",
            fields=[
                ("line", models.BigIntegerField(primary_key=True, serialize=False)),
                ("grams", linli.matters.search.models.GramsField()),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[LISTING], database_operations=[migrations.RunPython(make, drop)]
        ),
        *(migrations.AddIndex(model_name="listing", index=index) for index in INDEXES),
    ]
