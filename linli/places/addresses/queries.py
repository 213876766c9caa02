"""From what was heard to the places that may be meant, each with how sure and why."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q

from linli.kernel.geo import Point, distance_m
from linli.kernel.words import Words
from linli.places.addresses.models import Address, AddressGram, AddressName
from linli.places.addresses.rules import (
    Numbered,
    Parsed,
    folded,
    grams,
    interpolated,
    likeness,
    likeness_latin,
    normal,
    parse,
    readings,
    sound,
)

_NAMES_LOOKED_AT = 60
_NAMES_FOLLOWED = 8
_LEAST_LIKE = 0.40
_WORTH_A_WHOLE = 0.75  # beside houses with the number, only names this like are shown without one
_MIDDLES = 3
_REACH = 60  # house numbers to either side that may help to reckon a missing one

_BY = {
    "exact": Words("名称一致", "the name is the same"),
    "begins": Words("名称开头一致", "the name begins like this"),
    "within": Words("话中含有此名", "the name is in what was said"),
    "holds": Words("名称中含有此词", "the name holds what was said"),
    "sound": Words("读音相同或相近", "it sounds the same"),
    "initials": Words("拼音首字母一致", "the first letters fit"),
    "letters": Words("名称相近", "the name is similar"),
}


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a candidate, as a code and in words."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant. ``score`` 0 to 1; ``address_id`` is ``None`` for a reckoned point."""

    text: str
    lon: float
    lat: float
    kind: str
    score: float
    why: tuple[Why, ...]
    address_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    name: AddressName
    score: float
    by: str


def candidates(q: str, *, near: Point | None = None, limit: int = 8) -> list[Candidate]:
    """The places that may be meant by ``q``, the likeliest first, at most ``limit``.

    ``q`` is anything from two letters to a whole heard sentence. With ``near`` (WGS-84) closer places win among equals.
    """
    found = [one for heard in readings(q[:200]) if heard.name for one in _meant(heard, near)]
    return _distinct(sorted(found, key=lambda c: (-c.score, len(c.text), c.text)))[:limit]


def _meant(heard: Parsed, near: Point | None) -> list[Candidate]:
    """The places of one reading, each with its score."""
    named = _names(heard)
    found = _with_number(heard, named) if heard.has_number or heard.group is not None else _whole(named)
    if heard.crossing and found:
        found = _towards(found, heard.crossing)
    return [_weighed(candidate, heard, near) for candidate in found]


def _names(heard: Parsed) -> list[_Named]:
    """The stored names most like the heard one."""
    if heard.latin:
        looked = _by_latin(heard.name)
        scored = ((row, likeness_latin(heard.name, row.sound, row.initials)) for row in looked)
    else:
        name = normal(heard.name)
        looked = _by_characters(name)
        scored = ((row, likeness(name, normal(row.text), row.sound)) for row in looked)
    named = [_Named(row, score, by) for row, (score, by) in scored if score >= _LEAST_LIKE]
    named.sort(key=lambda n: (-n.score - _in_area(heard, n.name.area), n.name.text, n.name.area))
    return named[:_NAMES_FOLLOWED]


def _in_area(heard: Parsed, area: str) -> float:
    return 0.1 if heard.town and area.startswith(heard.town.removesuffix("办事处")) else 0.0


def _by_latin(letters: str) -> list[AddressName]:
    heard = folded(letters)
    fits = Q(sound__gte=heard, sound__lte=heard + "zzzzzzzz")
    if len(letters) <= 10:
        fits |= Q(initials__gte=letters, initials__lte=letters + "zzzzzzzz")
    return list(AddressName.objects.filter(fits).order_by("initials", "text")[:_NAMES_LOOKED_AT])


def _by_characters(name: str) -> list[AddressName]:
    ids: list[uuid.UUID] = []
    if len(name) > 1:
        shared = AddressGram.objects.filter(gram__in=grams(name)[:24]).values("name").annotate(n=Count("id"))
        ids = [row["name"] for row in shared.order_by("-n")[:_NAMES_LOOKED_AT]]
    heard = sound(name)
    alike = Q(sound__gte=heard, sound__lte=heard + "zzzzzzzz") if heard else Q(text=name)
    rows = list(AddressName.objects.filter(pk__in=ids)) if ids else []
    rows += AddressName.objects.filter(alike).order_by("sound", "text")[:20]
    return list({row.pk: row for row in rows}.values())


def _with_number(heard: Parsed, named: Sequence[_Named]) -> list[Candidate]:
    """Houses of the names with the heard number; where it is missing, the place between its neighbours."""
    by_id = {n.name.pk: n for n in named}
    found = [candidate for n in named if n.name.alias_of_id for candidate in _aliased([n])]
    exact: dict[uuid.UUID, list[Address]] = defaultdict(list)
    for row in Address.objects.filter(name__in=list(by_id), active=True).filter(_numbered(heard))[:80]:
        exact[row.name_id].append(row)
    for n in named:
        if exact[n.name.pk]:
            found += [_house(row, n, heard) for row in exact[n.name.pk]]
    bare = [n for n in named if not exact[n.name.pk] and not n.name.alias_of_id]
    found += _reckoned(heard, bare)
    found += _begun(heard, by_id)
    worth = [n for n in bare if not found or n.score >= _WORTH_A_WHOLE]
    return found + [replace(c, score=c.score - 0.2) for c in _whole(worth)]


def _begun(heard: Parsed, named: dict[uuid.UUID, _Named]) -> list[Candidate]:
    """While a number is being typed: the houses whose number begins with these digits."""
    if not heard.typing or heard.number is None or heard.sub is not None:
        return []
    ten = heard.number * 10
    rows = Address.objects.filter(name__in=list(named), active=True, group=heard.group, sub__isnull=True)
    why = Why("number_begins", Words("门牌号开头一致", "the number begins like this"))
    found = []
    for row in rows.filter(number__gte=ten, number__lte=ten + 9).order_by("number")[:12]:
        n = named[row.name_id]
        reasons = (Why(n.by, _BY[n.by]), why)
        score = n.score * 0.85 + 0.03
        found.append(Candidate(row.text, row.lon, row.lat, row.kind, score, reasons, row.pk))
    return found


def _numbered(heard: Parsed) -> Q:
    fits = Q()
    if heard.building is not None:
        fits &= Q(building=heard.building) | Q(building__isnull=True, number=heard.building)
    elif heard.number is not None:
        fits &= Q(number=heard.number) | Q(number__isnull=True, building=heard.number)
    if heard.group is not None:
        fits &= Q(group=heard.group)
    return fits


def _house(row: Address, n: _Named, heard: Parsed) -> Candidate:
    """A stored house: the nearer to what was heard, the better; a front house before those behind it."""
    score = n.score * 0.85 + 0.15
    if row.sub != heard.sub:
        score -= 0.06 if heard.sub is None else 0.10
    if heard.unit is not None and row.unit not in (None, heard.unit):
        score -= 0.06
    if heard.group is None and row.group is not None:
        score -= 0.02
    why: tuple[Why, ...] = (Why(n.by, _BY[n.by]),)
    if heard.number is not None or heard.building is not None:
        why += (Why("number", Words("门牌号一致", "the number is the same")),)
    return Candidate(row.text, row.lon, row.lat, row.kind, score, why, row.pk)


def _reckoned(heard: Parsed, named: Sequence[_Named]) -> list[Candidate]:
    if heard.number is None or not named:
        return []
    near = Address.objects.filter(name__in=[n.name.pk for n in named], active=True, group=heard.group)
    near = near.filter(number__gte=heard.number - _REACH, number__lte=heard.number + _REACH, sub__isnull=True)
    houses: dict[uuid.UUID, list[Numbered]] = defaultdict(list)
    for name_id, number, lon, lat in near.values_list("name", "number", "lon", "lat")[:1_000]:
        houses[name_id].append(Numbered(number or 0, lon, lat))
    found = []
    for n in named:
        between = interpolated(houses[n.name.pk], heard.number, reach=_REACH)
        if between is not None:
            group = f"{heard.group}组" if heard.group is not None else ""
            text = f"{n.name.area}{n.name.text}{group}{heard.number}号"
            why = (Why(n.by, _BY[n.by]), Why("interpolated", Words(*between.words)))
            score = n.score * 0.85 + (0.08 if between.lower != between.upper else 0.02)
            found.append(Candidate(text, between.lon, between.lat, "house", score, why))
    return found


def _whole(named: Sequence[_Named]) -> list[Candidate]:
    """The roads, villages and landmarks themselves; a road without a point of its own lies at its middle house."""
    found = _aliased([n for n in named if n.name.alias_of_id])
    plain = {n.name.pk: n for n in named if not n.name.alias_of_id}
    own: set[uuid.UUID] = set()
    bare = Q(number__isnull=True, building__isnull=True, group__isnull=True)
    for row in Address.objects.filter(bare, name__in=list(plain), active=True)[:60]:
        n = plain[row.name_id]
        own.add(row.name_id)
        found.append(Candidate(row.text, row.lon, row.lat, row.kind, n.score, (Why(n.by, _BY[n.by]),), row.pk))
    bare_names = [name_id for name_id in plain if name_id not in own][:_MIDDLES]
    for name_id, middle in _middles(bare_names).items():
        n = plain[name_id]
        why = (Why(n.by, _BY[n.by]), Why("middle", Words("没有门牌号，取中间位置", "no number: its middle")))
        found.append(Candidate(f"{n.name.area}{n.name.text}", *middle, n.name.kind, n.score * 0.98, why))
    return found


def _aliased(named: Iterable[_Named]) -> list[Candidate]:
    by_address = {n.name.alias_of_id: n for n in sorted(named, key=lambda n: n.score)}
    rows = Address.objects.filter(pk__in=[key for key in by_address if key], active=True) if by_address else []
    return [
        Candidate(
            f"{row.text}（{by_address[row.pk].name.text}）",
            row.lon,
            row.lat,
            row.kind,
            by_address[row.pk].score * 0.97,
            (Why(by_address[row.pk].by, _BY[by_address[row.pk].by]), Why("alias", Words("别名", "another name"))),
            row.pk,
        )
        for row in rows
    ]


def _middles(names: Sequence[uuid.UUID]) -> dict[uuid.UUID, Point]:
    """Where the middle house of each of these roads stands."""
    houses: dict[uuid.UUID, list[Point]] = defaultdict(list)
    if names:
        rows = Address.objects.filter(name__in=names, active=True).order_by("number", "sub")
        for name_id, lon, lat in rows.values_list("name", "lon", "lat")[:3_000]:
            houses[name_id].append(Point(lon, lat))
    return {name_id: houses[name_id][len(houses[name_id]) // 2] for name_id in names if houses[name_id]}


def _towards(found: list[Candidate], crossing: str) -> list[Candidate]:
    """For “A 与 B 路口”: the house of A that is nearest to any of B."""
    others = _names(Parsed(crossing))
    if not others:
        return found
    there = list(Address.objects.filter(name=others[0].name, active=True).values_list("lon", "lat")[:400])
    names = [candidate for candidate in found if candidate.kind == "road"][:1]
    if not there or not names:
        return found
    here = list(Address.objects.filter(name__text=_road_of(names[0]), active=True).values_list("lon", "lat")[:400]) or [
        (names[0].lon, names[0].lat)
    ]
    gap_m, at = min((distance_m(*one, *other), one) for one in here[::2] or here for other in there[::4] or there)
    why = Why("crossing", Words(f"与{others[0].name.text}交叉处", f"where it meets {others[0].name.text}"))
    text = f"{names[0].text}与{others[0].name.text}路口"
    bonus = 0.05 if gap_m < 300 else -0.1
    return [Candidate(text, at[0], at[1], "road", names[0].score + bonus, (*names[0].why, why)), *found]


def _road_of(candidate: Candidate) -> str:
    parsed = parse(candidate.text)
    return parsed.name


def _weighed(candidate: Candidate, heard: Parsed, near: Point | None) -> Candidate:
    """What else was said, and how far it is from where the caller probably stands."""
    score, why = candidate.score, candidate.why
    said = [hint for hint in heard.hints if len(hint) > 1 and hint in candidate.text]
    if said:
        score += min(0.09, 0.03 * len(said))
        why += (Why("hint", Words("同时提到" + "、".join(said), "also said: " + ", ".join(said))),)
    elif heard.town and heard.town not in candidate.text:
        score -= 0.15
    if heard.aside:
        why += (Why("aside", Words("在其附近", "somewhere beside it")),)
    if near is not None:
        score -= min(0.15, distance_m(near.lon, near.lat, candidate.lon, candidate.lat) / 100_000.0)
    return replace(candidate, score=round(max(0.0, min(1.0, score)), 4), why=why)


def _distinct(ranked: Iterable[Candidate]) -> list[Candidate]:
    seen: set[tuple[str, float]] = set()
    ids: set[uuid.UUID] = set()
    kept = []
    for candidate in ranked:
        key = (candidate.text, round(candidate.lon, 5))
        if key in seen or (candidate.address_id and candidate.address_id in ids):
            continue
        seen.add(key)
        if candidate.address_id:
            ids.add(candidate.address_id)
        kept.append(candidate)
    return kept
