"""Grids as polygons."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.places.divisions.models import Division


class GridQuery(models.QuerySet["Grid"]):
    def visible_to(self, actor: Actor) -> Self:
        """Grid boundaries are posted publicly (the grid laws ask for it)."""
        return self.all()

    def on(self, day: object) -> Self:
        """Those in force on a day; ``valid_to`` is the first day after."""
        return self.filter(valid_from__lte=day).filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=day))

    def touching(self, box: geo.Box) -> Self:
        """Those whose bounding box meets ``box``."""
        return self.filter(west__lte=box.east, east__gte=box.west, south__lte=box.north, north__gte=box.south)


class Grid(models.Model):
    """A cell of the police or of the social grid, in force from ``valid_from`` until before ``valid_to``.

    The polygon is WKB in WGS-84; the four columns beside it are its bounding box in degrees. Police and social grids
    are two divisions of the same land and may cross; two grids of one kind never share an area on the same day.
    """

    KINDS: ClassVar = {"police": ("警格", "police grid"), "social": ("网格", "social grid")}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[(key, words[0]) for key, words in KINDS.items()])
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="grids")
    shape_wkb = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    active = models.BooleanField(default=True)
    """The version of this code that is in force or comes into force; older ones keep their dates."""
    version = models.PositiveIntegerField(default=1)

    scope_excuse = "Public geography: grid boundaries are posted in the street, the grid laws ask for it."
    objects = GridQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [models.Index(fields=["kind", "west", "east"], name="grid_box")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code"], condition=models.Q(active=True), name="grid_one_active_per_code"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="grid_dates_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shape(self) -> BaseGeometry:
        """The polygon in WGS-84 degrees."""
        return geo.from_wkb(self.shape_wkb)

    def set_shape(self, shape: BaseGeometry) -> None:
        """Take over a polygon in WGS-84 with its bounding box."""
        self.shape_wkb = geo.to_wkb(shape)
        self.west, self.south, self.east, self.north = geo.box_of(shape)

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)


class GridSheet(models.Model):
    """The sheet on which the grids of one kind are drawn: whoever changes a boundary counts it up, and so holds it."""

    scope_excuse = "Public geography: says only how often the boundaries of a kind of grid were changed."

    kind = models.CharField(max_length=8, primary_key=True)
    version = models.PositiveIntegerField(default=0)
