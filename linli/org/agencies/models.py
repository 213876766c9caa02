"""The tree of forces and partners."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class AgencyQuery(models.QuerySet["Agency"]):
    def visible_to(self, actor: Actor) -> Self:
        """The tree itself is public inside the house: whom to call is nobody's secret. A stranger without a post sees
        none.
        """
        return self.all() if actor.is_system or actor.posts else self.none()

    def at_work(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def below(self, path: str) -> Self:
        return self.filter(path__gte=path, path__lt=path[:-1] + "0")


class Agency(models.Model):
    """A node: what a place calls it is its ``name``, what it is to us its ``kind``. ``path`` is the chain of codes from
    the root.

    ``zone`` decides which minutes are promised (town, suburb, village). ``lon``/``lat`` WGS-84 is where its units start
    from.
    """

    KINDS: ClassVar = {
        "bureau": ("公安局", "bureau"),
        "branch": ("分局", "branch"),
        "station": ("派出所", "police station"),
        "central_room": ("中心警务室", "central room"),
        "village_room": ("警务站", "village room"),
        "town_room": ("城区警务室", "town room"),
        "room": ("警务室", "room"),
        "partner": ("联动单位", "partner"),
    }
    ROOM_KINDS: ClassVar = ("central_room", "village_room", "town_room", "room")
    ZONES: ClassVar = {"town": ("城区", "town"), "suburb": ("城郊", "suburb"), "village": ("农村", "village")}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=[(key, words[0]) for key, words in KINDS.items()])
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    zone = models.CharField(max_length=8, default="town", choices=[(key, words[0]) for key, words in ZONES.items()])
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    phone = models.CharField(max_length=32, blank=True)
    partner_service = models.CharField(max_length=20, blank=True)
    """For partners: 120, 119, 122, 12345, street, … as the category table names them."""
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = AgencyQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_service"], condition=~Q(partner_service=""), name="agency_one_per_service"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_room(self) -> bool:
        return self.kind in self.ROOM_KINDS

    def scope_paths(self) -> tuple[str, ...]:
        return (self.path,)
