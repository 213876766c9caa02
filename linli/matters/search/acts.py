"""Keeping the list and the word index in step with the ledger, in the transaction that writes; and building them anew.

Every write of a matter comes by here, whoever does it: ``MatterQuery`` announces what it inserted or changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Model

from linli.kernel import news
from linli.kernel.kept import Kept, looked_up_once
from linli.kernel.rows import insert_values
from linli.matters.helping.models import Helper
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Listing, Matter, MattersEntered, MatterShare, MattersRewritten
from linli.matters.ledger.rules import line_of
from linli.matters.routing.queries import category
from linli.matters.search.models import Words
from linli.matters.search.rules.grams import name_grams, number_grams, text_grams
from linli.org.agencies.models import Agency

STEP = 150
"""Matters indexed in one transaction of a rebuild: about 50 ms, so that a call taker never waits for it."""
_KEYED = frozenset({"agency", "agency_id", "station", "station_id", "assignee", "assignee_id", "received_at"})
_WORDED = frozenset({"title", "address", "details", "category", "external_number"})
_MACHINE = 5
"""The version of the UUIDs of the house's machines: they reach everything and need no row of their own."""

_paths: Kept[dict[Any, str]] = Kept(
    lambda: dict(Agency.objects.values_list("pk", "path")), changed_by=("agency.", "room.open", "import.")
)
_NAMED_FIELDS = ("title", "address")
_LONG = 600


def _path(matter: Matter, name: str) -> str:
    key = getattr(matter, f"{name}_id")
    if key is None:
        return ""
    known = matter._state.fields_cache.get(name)
    if known is not None:
        return str(known.path)
    path = _paths.get().get(key)
    if path is None:
        _paths.forget()
        path = _paths.get().get(key, "")
    return path


def _roots() -> set[str]:
    return {path.strip("/") for path in _paths.get().values() if path.count("/") == 2}


def _codes(path: str) -> frozenset[str]:
    return frozenset(path.strip("/").split("/")) if path else frozenset()


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys that reach a matter, and those of them that are its own place."""

    all: frozenset[str]
    agency: frozenset[str]
    station: frozenset[str]


def keys_for(matter: Matter, shared: Iterable[str] = (), helpers: Iterable[uuid.UUID] = ()) -> Keys:
    """The keys of a matter; ``shared`` are the paths of agencies that it was shared with, ``helpers`` who helps beside
    the one who has it to do. What nobody answers for lies with the bureau.
    """
    agency, station = _codes(_path(matter, "agency")), _codes(_path(matter, "station"))
    if not agency and not station:
        agency = frozenset(_roots())
    people = frozenset(key.hex for key in (matter.assignee_id, _opener(matter), *helpers) if key)
    others = frozenset(code for path in shared for code in _codes(path))
    return Keys(agency | station | others | people, agency, station or agency)


def _opener(matter: Matter) -> uuid.UUID | None:
    return None if matter.opened_by.version == _MACHINE else matter.opened_by


def listings_of(matter: Matter, keys: Keys) -> list[Listing]:
    """The rows of a matter in the list, one for each key."""
    return [Listing(**values) for values in _listed(matter, keys)]


def _listed(matter: Matter, keys: Keys) -> list[dict[str, Any]]:
    columns = {
        "matter_id": matter.line,
        "kind": matter.kind,
        "state": matter.state,
        "category": matter.category,
        "priority": matter.priority,
        "is_open": matter.closed_at is None,
        "is_late": matter.late_since is not None,
        "is_warned": bool(matter.warnings),
        "is_assigned": matter.assignee_id is not None,
        "due_at": matter.due_at,
    }
    return [
        {**columns, "key": key, "at_agency": key in keys.agency, "at_station": key in keys.station}
        for key in sorted(keys.all)
    ]


def words_of(matter: Matter) -> Words:
    """The words of a matter: its number, what its kind declares as searchable, its category."""
    return Words(line=matter.line, grams=_worded(matter))


def _worded(matter: Matter) -> list[str]:
    declared = KINDS[matter.kind]
    found = number_grams(matter.number)
    personal = {item.name for item in declared.details if item.kind != "text"}
    for name in declared.search:
        if name in _NAMED_FIELDS:
            found |= name_grams(getattr(matter, name))
        elif name not in personal:
            found |= text_grams(str(matter.details.get(name, ""))[:_LONG])
    found |= name_grams(matter.title)
    if matter.external_number:
        found |= text_grams(matter.external_number)
    listed = category(matter.category) if matter.category else None
    return sorted(found | name_grams(listed.zh) if listed else found)


@news.listen(MattersEntered)
@looked_up_once()
def enter(told: MattersEntered) -> None:
    """New matters come into the list and the word index."""
    if len(told.matters) == 1:
        [matter] = told.matters
        insert_values(Listing, *_listed(matter, keys_for(matter)))
        insert_values(Words, {"line": matter.line, "grams": _worded(matter)})
        return
    rows = [row for matter in told.matters for row in listings_of(matter, keys_for(matter))]
    Listing.objects.bulk_create(rows, batch_size=80)
    Words.objects.bulk_create([words_of(matter) for matter in told.matters], batch_size=200)


@looked_up_once()
def index_rows(matters: Iterable[Matter]) -> list[Model]:
    """The rows of the list and the word index for matters that an import inserts by itself."""
    rows: list[Model] = []
    words: list[Model] = []
    for matter in matters:
        matter.line = line_of(matter.received_at, matter.number)
        rows += listings_of(matter, keys_for(matter))
        words.append(words_of(matter))
    return [*rows, *words]


_COPY = (
    "UPDATE matters_listing SET kind = m.kind, state = m.state, category = m.category, priority = m.priority, "
    "is_open = m.closed_at IS NULL, is_late = m.late_since IS NOT NULL, is_assigned = m.assignee_id IS NOT NULL, "
    "is_warned = {warned}, due_at = m.due_at FROM matters_matter m "
    "WHERE m.line = matters_listing.line AND matters_listing.line IN ({lines})"
)
_WARNED = {"postgresql": "m.warnings <> '[]'::jsonb", "sqlite": "m.warnings <> '[]'"}


@news.listen(MattersRewritten)
@looked_up_once()
def follow(told: MattersRewritten) -> None:
    """Changed matters change in the list, get or lose keys, and are found by their new words."""
    for start in range(0, len(told.lines), 500):
        lines = told.lines[start : start + 500]
        marks = ", ".join(["%s"] * len(lines))
        with connection.cursor() as cursor:
            cursor.execute(_COPY.format(warned=_WARNED[connection.vendor], lines=marks), lines)
        if _KEYED & told.columns:
            _rekey(lines)
        if _WORDED & told.columns:
            _reword(lines)


def _matters(lines: Sequence[int]) -> list[Matter]:
    return list(Matter.objects.filter(line__in=lines).select_related("agency", "station"))


def _rekey(lines: Sequence[Any]) -> None:
    """The rows of these matters anew: who reaches them has changed."""
    shared: dict[Any, list[str]] = {}
    for key, path in MatterShare.objects.filter(matter__line__in=lines).values_list("matter_id", "agency__path"):
        shared.setdefault(key, []).append(path)
    helpers: dict[Any, list[uuid.UUID]] = {}
    helping = Helper.objects.filter(matter__line__in=lines).exclude(state="left")
    for key, person in helping.values_list("matter_id", "person_id"):
        helpers.setdefault(key, []).append(person)
    Listing.objects.filter(matter_id__in=lines).delete()
    new = [
        row
        for one in _matters(lines)
        for row in listings_of(one, keys_for(one, shared.get(one.pk, ()), helpers.get(one.pk, ())))
    ]
    Listing.objects.bulk_create(new, batch_size=80)


def _reword(lines: Sequence[int]) -> None:
    Words.objects.filter(line__in=lines).delete()
    Words.objects.bulk_create([words_of(matter) for matter in _matters(lines)], batch_size=80)


def rebuild_step(after: int) -> int | None:
    """Build the list and the words of the next matters after line ``after`` anew, in one short transaction; the last
    line done, None at the end.
    """
    with transaction.atomic():
        rows = Matter.objects.filter(line__gt=after).order_by("line").values_list("line", flat=True)
        lines = [int(line) for line in rows[:STEP] if line is not None]
        if not lines:
            return None
        follow(MattersRewritten(lines, _KEYED | _WORDED))
    return lines[-1]


def rebuild() -> int:
    """Build list and word index anew, in steps that a call taker does not notice. Returns how many matters."""
    _give_lines()
    last: int | None = -1
    while last is not None:
        last = rebuild_step(last)
    return Matter.objects.count()


def _give_lines() -> None:
    """Matters of an older version get their line."""
    while True:
        with transaction.atomic():
            rows = list(Matter.objects.filter(line__isnull=True).only("id", "number", "received_at", "line")[:STEP])
            for row in rows:
                row.line = Matter._meta.get_field("line").pre_save(row, add=False)
                Matter.objects.filter(pk=row.pk).update(line=row.line)
        if not rows:
            return


def is_behind() -> bool:
    """Whether matters wait to be listed: after an update of the house, or a restore."""
    newest = Matter.objects.aggregate(last=Max("line"))["last"]
    waiting = Matter.objects.filter(line__isnull=True).exists()
    return waiting or (newest is not None and not Words.objects.filter(line=newest).exists())
