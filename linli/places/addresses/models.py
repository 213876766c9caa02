"""Addresses, the names they are called by, and the bigrams by which names are found."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.places.divisions.models import Division
from linli.works.tables.models import Loaded, Published


class AddressQuery(models.QuerySet["Address"]):
    def visible_to(self, actor: Actor) -> Self:
        """Door plates hang in the street: an address without its people is public."""
        return self.all()


class AddressName(models.Model):
    """A road, village, estate or landmark within a township: many addresses share one, so search looks at few rows.

    ``sound`` is the pinyin without tones and spaces, the pairs folded that dialects do not tell apart (zh/z, ng/n);
    ``initials`` the first letters. ``area`` is the township's name, blank when unknown. An alias of one address is a
    name of its own that points to that address.
    """

    scope_excuse = "Names of streets and villages, read only through Address."

    KINDS: ClassVar = {
        "road": ("道路", "road"),
        "village": ("村社", "village or community"),
        "estate": ("小区", "housing estate"),
        "landmark": ("地标", "landmark"),
        "alias": ("别名", "alias"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    text = models.CharField(max_length=80)
    area = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=8, choices=[(key, words[0]) for key, words in KINDS.items()])
    sound = models.CharField(max_length=400, db_index=True)
    initials = models.CharField(max_length=80, db_index=True)
    alias_of = models.ForeignKey("Address", null=True, on_delete=models.CASCADE, related_name="alias_names")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["text", "area"], condition=models.Q(alias_of__isnull=True), name="address_name_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["text"], name="address_name_text")]


class AddressGram(models.Model):
    """Two neighbouring characters of a name. Neither database finds two-character Chinese words by itself."""

    scope_excuse = "An index over AddressName, without data of its own."

    id = models.BigAutoField(primary_key=True)
    gram = models.CharField(max_length=2)
    name = models.ForeignKey(AddressName, on_delete=models.CASCADE, related_name="grams", db_index=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["gram", "name"], name="address_gram"),
            models.Index(fields=["name"], name="address_gram_name"),
        ]


class Address(Loaded):
    """One place with a point (WGS-84). ``code`` is the local address code, or made from the text when there is none.

    ``number`` is the house number, ``sub`` what follows the dash in 12-3, ``building``/``unit`` those of an estate, and
    ``group`` the villagers' group. A road or village itself is an address without a number.
    """

    KINDS: ClassVar = {
        "house": ("门牌", "house"),
        "building": ("楼栋", "building"),
        "village": ("村社", "village or community"),
        "group": ("村民小组", "villagers' group"),
        "landmark": ("地标", "landmark"),
        "road": ("道路", "road"),
        "lane": ("巷弄", "lane"),
        "estate": ("小区院落", "estate or yard"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    """The address that this one lies in (a building in its yard); None directly under its street or village."""
    code = models.CharField(max_length=40, unique=True)
    text = models.CharField(max_length=160)
    kind = models.CharField(max_length=8, choices=[(key, words[0]) for key, words in KINDS.items()])
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="addresses")
    name = models.ForeignKey(AddressName, on_delete=models.PROTECT, related_name="addresses", db_index=False)
    group = models.PositiveIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    sub = models.PositiveIntegerField(null=True)
    building = models.PositiveIntegerField(null=True)
    unit = models.PositiveIntegerField(null=True)
    lon = models.FloatField()
    lat = models.FloatField()
    aliases = models.JSONField(default=list)
    active = models.BooleanField(default=True)

    scope_excuse = "Public geography: door plates hang in the street; an address without its people is nobody's secret."
    objects = Published.from_queryset(AddressQuery)()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name", "number", "sub"], name="address_by_number"),
            models.Index(fields=["lat", "lon"], name="address_by_place"),
            models.Index(fields=["text"], name="address_by_text"),
        ]

    def __str__(self) -> str:
        return self.text
