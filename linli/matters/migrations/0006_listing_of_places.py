"""The list knows which of its keys are the matter's own place: its agency's and its station's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    no = "false" if editor.connection.vendor == "postgresql" else "0"
    for name in ("at_agency", "at_station"):
        editor.execute(f"ALTER TABLE matters_listing ADD COLUMN {name} bool NOT NULL DEFAULT {no}")


def take_away(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("at_agency", "at_station"):
        editor.execute(f"ALTER TABLE matters_listing DROP COLUMN {name}")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matters", "0005_listing")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("listing", "at_agency", models.BooleanField(default=False)),
                migrations.AddField("listing", "at_station", models.BooleanField(default=False)),
            ],
            database_operations=[migrations.RunPython(add, take_away)],
        )
    ]
