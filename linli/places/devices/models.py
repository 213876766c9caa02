"""Registered front-end devices."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from shapely.geometry import Polygon

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.places.devices.rules import KINDS, OWNERS, PURPOSES, covered
from linli.works.tables.models import Loaded, Published

DEVICE_LIFE = Workflow(
    "device",
    "working",
    (
        State("working", Words("在线", "working")),
        State("broken", Words("故障", "broken")),
        State("removed", Words("已拆除", "removed"), final=True),
    ),
    (
        Move("report_broken", ("working",), "broken", Words("报故障", "report broken")),
        Move("repair", ("broken",), "working", Words("已修复", "repaired")),
        Move("remove", ("working", "broken"), "removed", Words("拆除", "remove")),
    ),
)


class DeviceQuery(models.QuerySet["Device"]):
    def visible_to(self, actor: Actor) -> Self:
        """The agency that answers for them, and whoever stands above it."""
        return self.filter(below("agency_path", actor.paths))

    def standing(self) -> Self:
        """Those that have not been taken down."""
        return self.exclude(state="removed")


class Device(Loaded):
    """One camera: where it stands, where it looks, whose it is. Never a stream, never a picture.

    ``direction_deg`` is clockwise from north, ``angle_deg`` the width of view (360: all round), ``range_m`` how far it
    is of use. Any of the three may be unknown: then it covers nothing on the map.
    """

    KINDS: ClassVar = KINDS
    OWNERS: ClassVar = OWNERS
    PURPOSES: ClassVar = PURPOSES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    owner_kind = models.CharField(max_length=12, default="police")
    owner = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, default=DEVICE_LIFE.initial)
    broken_since = models.DateTimeField(null=True)
    lon = models.FloatField()
    lat = models.FloatField()
    direction_deg = models.FloatField(null=True)
    angle_deg = models.FloatField(null=True)
    range_m = models.FloatField(null=True)
    address_text = models.CharField(max_length=160, blank=True)
    grid_code = models.CharField(max_length=24, blank=True)
    agency_path = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    objects = Published.from_queryset(DeviceQuery)()

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            models.Index(fields=["agency_path", "kind"], name="device_agency"),
            models.Index(fields=["lon", "lat"], name="device_place"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(direction_deg__isnull=True) | Q(direction_deg__gte=0, direction_deg__lt=360),
                name="device_direction",
            ),
            models.CheckConstraint(
                condition=Q(angle_deg__isnull=True) | Q(angle_deg__gt=0, angle_deg__lte=360), name="device_angle"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cover(self) -> Polygon | None:
        """The ground it sees (WGS-84), None when broken or when direction, angle or range are not known."""
        if self.state != "working" or not self.angle_deg or not self.range_m:
            return None
        if self.direction_deg is None and self.angle_deg < 360:
            return None
        return covered(
            self.lon,
            self.lat,
            direction_deg=self.direction_deg,
            angle_deg=self.angle_deg,
            range_m=self.range_m,
        )

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)
