"""Stations, rooms and registered premises as places: callers say 鼓楼警务室 or a shop's name, not a house number."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q, TextField, Value

from linli.kernel.geo import Point, distance_m
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.search.rules.names import likeness_of
from linli.org.agencies.models import Agency
from linli.places.addresses.queries import Candidate, Why, candidates
from linli.places.addresses.rules import normal
from linli.places.premises.models import Premises

_LEAST_LIKE = 0.7
_SAID_WITHIN = 0.9
_LEAST_SIGNS = 2
_MOST = 20
_KINDS = {"agency": Words("所队、警务室", "station or room"), "premises": Words("登记场所", "registered premises")}


def places_meant(actor: Actor, asked: str, *, near: Point | None = None, limit: int = 8) -> list[Candidate]:
    """The addresses that may be meant by ``asked`` and the rooms and premises called so, the likeliest first."""
    plain = asked.replace("\x00", "").strip()[:60]
    named = sorted(_named(actor, plain, near), key=lambda one: (-one.score, len(one.text), one.text))
    seen = {(one.text, round(one.lon, 4)) for one in named[:limit]}
    found = [one for one in candidates(asked, near=near, limit=limit) if (one.text, round(one.lon, 4)) not in seen]
    return sorted([*named[:limit], *found], key=lambda one: -one.score)[:limit]


def _named(actor: Actor, asked: str, near: Point | None) -> Iterator[Candidate]:
    if len(asked) < _LEAST_SIGNS or not (actor.posts or actor.is_system):
        return
    for room in Agency.objects.visible_to(actor).at_work().filter(lon__isnull=False, lat__isnull=False):
        yield from _rated("agency", asked, room.name, room.lon, room.lat, near)
    # What is typed may hold the name (“中百超市门口打架”) or be part of it.
    rows = Premises.objects.visible_to(actor).in_use().filter(lon__isnull=False, lat__isnull=False)
    rows = rows.exclude(name="").annotate(said=Value(asked, output_field=TextField()))
    for premises in rows.filter(Q(name__icontains=asked) | Q(said__contains=F("name"))).order_by("name")[:_MOST]:
        yield from _rated("premises", asked, premises.name, premises.lon, premises.lat, near)


def _rated(
    kind: str, asked: str, name: str, lon: float | None, lat: float | None, near: Point | None
) -> Iterator[Candidate]:
    plain = normal(name)
    within = len(plain) > _LEAST_SIGNS and plain in normal(asked)
    score = max(_SAID_WITHIN if within else 0.0, likeness_of(asked, (name,)))
    if lon is None or lat is None or score < _LEAST_LIKE:
        return
    if near is not None:
        score -= min(0.15, distance_m(near.lon, near.lat, lon, lat) / 100_000.0)
    yield Candidate(name, lon, lat, kind, round(score, 4), (Why(kind, _KINDS[kind]),))
