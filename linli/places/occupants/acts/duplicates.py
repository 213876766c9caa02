"""Pairs that may be one person: looked for every hour, or said by an officer; whether they are, a person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.places.occupants.acts.entering import require_seen
from linli.places.occupants.models import Duplicate, Occupant, Residence
from linli.places.occupants.rules.likeness import alike
from linli.works.jobs.acts import hourly

declare("duplicate.itself", zh="这是同一条记录。", en="This is one and the same record.")
declare("duplicate.decided", zh="这一对已有人判断过。", en="Somebody has decided about this pair.")

_GROUPS_AT_ONCE = 2_000
_MOST_IN_GROUP = 12
"""A name and a birthday that more people share than this says nothing about any two of them."""


@act("duplicate.suggest", zh="提出疑似重复", en="suggest that two records are one person")
def suggest_duplicate(actor: Actor, *, occupant: Occupant, same_as: Occupant) -> Duplicate:
    """An officer says that two records are one person; merging is a step of its own."""
    if occupant.pk == same_as.pk:
        raise Invalid("duplicate.itself")
    require_seen(actor, occupant)
    require_seen(actor, same_as)
    one, other = sorted((occupant, same_as), key=lambda row: row.pk)
    row, _ = Duplicate.objects.get_or_create(one=one, other=other, defaults={"why": "by_hand", "found_at": clock.now()})
    return row


@act("duplicate.dismiss", zh="判断不是同一人", en="decide that two records are two people", about="duplicate")
def dismiss_duplicate(actor: Actor, *, duplicate: Duplicate) -> Duplicate:
    """They are two people: the pair is not suggested again."""
    open_pair = Duplicate.objects.visible_to(actor).filter(pk=duplicate.pk, state="suggested")
    changed = open_pair.update(
        state="apart", decided_at=clock.now(), decided_by_name=actor.name, version=F("version") + 1
    )
    if not changed:
        raise Conflict("duplicate.decided")
    duplicate.refresh_from_db()
    return duplicate


@hourly("register.duplicates")
def look_for_duplicates(payload: dict[str, Any]) -> None:
    """The hourly round."""
    find_duplicates()


def find_duplicates() -> int:
    """Write down pairs not yet known; returns how many are new. It suggests, it joins nothing."""
    found: dict[tuple[UUID, UUID], str] = {}
    for why, pairs in (("alike", _alike()), ("name_birth", _same_name()), ("id_number", _same_number())):
        found |= dict.fromkeys(pairs, why)
    known = set(Duplicate.objects.filter(one__in={one for one, _ in found}).values_list("one_id", "other_id"))
    now = clock.now()
    fresh = [
        Duplicate(one_id=pair[0], other_id=pair[1], why=why, found_at=now)
        for pair, why in found.items()
        if pair not in known
    ]
    with transaction.atomic():
        Duplicate.objects.bulk_create(fresh, batch_size=200, ignore_conflicts=True)
    return len(fresh)


def _pairs(groups: Iterable[list[UUID]]) -> Iterator[tuple[UUID, UUID]]:
    for keys in groups:
        if 1 < len(keys) <= _MOST_IN_GROUP:
            yield from combinations(sorted(keys), 2)


def _same_number() -> Iterator[tuple[UUID, UUID]]:
    whole = Occupant.objects.whole().exclude(id_index="")
    twice = whole.values("id_index").annotate(n=Count("pk")).filter(n__gt=1).order_by("id_index")
    shared = [row["id_index"] for row in twice[:_GROUPS_AT_ONCE]]
    groups: dict[str, list[UUID]] = defaultdict(list)
    for index, key in whole.filter(id_index__in=shared).values_list("id_index", "pk"):
        groups[index].append(key)
    return _pairs(groups.values())


def _same_name() -> Iterator[tuple[UUID, UUID]]:
    """The same whole name and day of birth, unless two good identity numbers say that they are two."""
    whole = Occupant.objects.whole().exclude(name_index="").filter(born_on__isnull=False)
    twice = whole.values("name_index", "born_on").annotate(n=Count("pk")).filter(n__gt=1).order_by("name_index")
    shared = {row["name_index"] for row in twice[:_GROUPS_AT_ONCE]}
    groups: dict[tuple[str, object], list[tuple[UUID, str]]] = defaultdict(list)
    rows = whole.filter(name_index__in=shared)
    for name, born_on, key, number in rows.values_list("name_index", "born_on", "pk", "id_index"):
        groups[name, born_on].append((key, number))
    return _unless_two_numbers(groups.values())


def _unless_two_numbers(groups: Iterable[list[tuple[UUID, str]]]) -> Iterator[tuple[UUID, UUID]]:
    for members in groups:
        if len(members) > _MOST_IN_GROUP:
            continue
        for (one, first), (other, second) in combinations(sorted(members), 2):
            if not (first and second):
                yield one, other


def _alike() -> Iterator[tuple[UUID, UUID]]:
    """One address and one day of birth, and names that differ by a sign: 王小芳 and 王晓芳."""
    held = Residence.objects.filter(until__isnull=True, occupant__born_on__isnull=False)
    held = held.filter(occupant__merged_into__isnull=True, occupant__erased_on__isnull=True)
    twice = held.values("address", "occupant__born_on").annotate(n=Count("occupant", distinct=True))
    shared = {row["address"] for row in twice.filter(n__gt=1).order_by("address")[:_GROUPS_AT_ONCE]}
    groups: dict[tuple[UUID, object], dict[UUID, Occupant]] = defaultdict(dict)
    for row in held.filter(address__in=shared).select_related("occupant"):
        groups[row.address_id, row.occupant.born_on][row.occupant_id] = row.occupant
    for members in groups.values():
        for one, other in combinations(sorted(members.values(), key=lambda row: row.pk), 2):
            if not (one.id_index and other.id_index) and alike(one.name, other.name):
                yield one.pk, other.pk
