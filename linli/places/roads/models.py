"""Imported road networks and closures. The network itself is a file in LINLI_HOME/roads, named by its SHA-256."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.places.roads.rules.left_out import LeftOut, left_out


class Roads(models.Model):
    """One imported network; exactly one is active. ``report`` says what was found while reading it."""

    scope_excuse = "Roads are public."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    nodes = models.PositiveIntegerField()
    edges = models.PositiveIntegerField()
    report = models.JSONField(default=dict)
    active = models.BooleanField(default=False)
    imported_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["active"], condition=Q(active=True), name="roads_one_active")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)

    @property
    def left_out(self) -> list[LeftOut]:
        """The rules by the hour that the import could not read."""
        return left_out(self.report)


class RoadClosure(models.Model):
    """A stretch that may not be driven for a time: arcs of the active network, bit per kind of vehicle."""

    scope_excuse = "Closures are announced publicly."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    roads = models.ForeignKey(Roads, on_delete=models.CASCADE, related_name="closures")
    arcs = models.JSONField(default=list)
    kinds = models.PositiveSmallIntegerField(default=7)
    reason = models.CharField(max_length=200)
    lon = models.FloatField()
    lat = models.FloatField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at")), name="closure_forward"
            )
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
