"""The index of the key goes: another one begins with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_KEY = models.ForeignKey("matters.matter", on_delete=models.CASCADE, related_name="recommendations", db_index=False)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("operations", "0004_sorties"), ("matters", "0009_indexes_in_order")]
    operations: ClassVar = [
        # As Django names it from table and column, the same everywhere. SQLite would make the table anew for it instead.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AlterField("recommendation", "matter", _KEY)],
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS operations_recommendation_matter_id_dff39528", migrations.RunSQL.noop
                )
            ],
        )
    ]
