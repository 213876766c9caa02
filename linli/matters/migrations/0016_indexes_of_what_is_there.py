"""Indexes by who handles a matter hold those that somebody handles: a call that comes in writes no entry for nobody."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


def _only_where_given(field: str) -> list[migrations.operations.base.Operation]:
    name = f"matter_{field}"
    condition = models.Q((f"{field}__isnull", False))
    index = models.Index(fields=[field, "line"], condition=condition, name=name)
    return [migrations.RemoveIndex("matter", name), migrations.AddIndex("matter", index)]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matters", "0015_helpers")]
    operations: ClassVar = [*_only_where_given("assignee"), *_only_where_given("handled_by")]
