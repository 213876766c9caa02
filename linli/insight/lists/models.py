"""Lists named by the bureau."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class ListSet(models.Model):
    """What the bureau calls its lists and their map together ("四单一图"), and what the map shows. One row."""

    scope_excuse = "The name of a page and the layers of its map: no fact about anybody."

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=40)
    map_query = models.CharField(max_length=400, blank=True)
    """What stands after ``/map?``: the permalink of the bureau's own map."""
    version = models.PositiveIntegerField(default=1)

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)


class NamedListQuery(models.QuerySet["NamedList"]):
    def visible_to(self, actor: Actor) -> Self:
        """The lists that one of the actor's posts was given, and the bureau's own to its leaders."""
        if actor.is_system:
            return self.all()
        codes = [post.code for post in actor.posts]
        return self.filter(readers__code__in=codes).distinct()

    def in_use(self) -> Self:
        return self.filter(ended_at__isnull=True).order_by("position", "id")


class NamedList(models.Model):
    """One list: its name and icon are the bureau's, ``holds`` says what it is made of.

    ``matters``: ``query`` is a ledger filter as it stands after ``/matters?``. ``places``: the grades and review dates
    of places, as after ``/grades?``. ``figures``: codes of declared figures, by commas. What each reader sees in it is
    what his post may see; a list opens nothing.
    """

    HOLDS: ClassVar = {
        "matters": ("事项", "matters"),
        "places": ("场所", "places"),
        "figures": ("数据", "figures"),
    }
    ICONS: ClassVar = {
        "clipboard-list": ("清单", "list"),
        "alert-triangle": ("警示", "warning"),
        "checklist": ("任务", "tasks"),
        "users": ("人群", "people"),
        "home": ("房屋", "house"),
        "eye": ("线索", "eye"),
        "chart-bar": ("数据", "chart"),
        "map-pin": ("地点", "place"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40)
    icon = models.CharField(max_length=40, default="clipboard-list")
    position = models.PositiveSmallIntegerField(default=0)
    holds = models.CharField(max_length=8, default="matters")
    query = models.CharField(max_length=400, blank=True)
    note = models.CharField(max_length=200, blank=True)
    """What the list is for, in the bureau's words."""
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = NamedListQuery.as_manager()

    def __str__(self) -> str:
        return self.name

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)

    def reader_codes(self) -> list[str]:
        """The posts that see it."""
        return list(self.readers.order_by("code").values_list("code", flat=True))


class ListReader(models.Model):
    """A post that sees a list: a row, so that it can be filtered by."""

    scope_excuse = "Which posts see a list; read only through NamedList.visible_to."

    named = models.ForeignKey(NamedList, on_delete=models.CASCADE, related_name="readers")
    code = models.CharField(max_length=24)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["named", "code"], name="list_reader_once")]
