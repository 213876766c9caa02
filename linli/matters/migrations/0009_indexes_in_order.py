"""Indexes of foreign keys that another index begins with go; those that lists walk along have the line behind them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models

_CASCADE, _PROTECT = models.CASCADE, models.PROTECT
_GONE = (
    "matters_matter_agency_id_7c2b4904",
    "matters_matter_station_id_4eece0d7",
    "matters_matter_handled_by_id_cc2e7da2",
    "matters_matter_grid_id_4b35ef37",
    "matters_matter_assignee_id_ef19698e",
    "matters_matter_number_aa9bedcb_like",
    "matters_stamp_matter_id_dc7c9381",
    "matters_fact_matter_id_68b2cb5c",
    "matters_mattershare_matter_id_60956299",
)
"""As Django names them from table and column, the same everywhere. SQLite would make the tables anew for it instead."""


def _key(model: str, name: str, to: str, **options: Any) -> migrations.AlterField:
    return migrations.AlterField(model, name, models.ForeignKey(to, db_index=False, **options))


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("matters", "0008_same_address"),
        ("org", "0001_initial"),
        ("places", "0003_registers"),
    ]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                _key("fact", "matter", "matters.matter", on_delete=_CASCADE, related_name="counted"),
                _key("matter", "agency", "org.agency", null=True, on_delete=_PROTECT, related_name="matters"),
                _key("matter", "station", "org.agency", null=True, on_delete=_PROTECT, related_name="+"),
                _key("matter", "handled_by", "org.agency", null=True, on_delete=_PROTECT, related_name="+"),
                _key("matter", "grid", "places.grid", null=True, on_delete=_PROTECT, related_name="+"),
                _key("matter", "assignee", "org.person", null=True, on_delete=_PROTECT, related_name="matters"),
                _key("mattershare", "matter", "matters.matter", on_delete=_CASCADE, related_name="shares"),
                _key("stamp", "matter", "matters.matter", on_delete=_CASCADE, related_name="stamps"),
            ],
            database_operations=[
                migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", migrations.RunSQL.noop) for name in _GONE
            ],
        ),
        *(
            migrations.AddIndex("matter", models.Index(fields=[field, "line"], name=f"matter_{field}"))
            for field in ("grid", "assignee", "handled_by", "category")
        ),
    ]
