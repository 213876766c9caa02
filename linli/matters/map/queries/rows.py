"""The columns of matters that the map holds, read fast: keys as hexadecimal text, moments as seconds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Expression, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from numpy.typing import NDArray

from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Fact, Matter, MatterShare
from linli.matters.map.rules import COLOURS
from linli.places.map.rules.points import NEVER, Points
from linli.places.map.rules.tiles import U64

_CHUNK = 50_000
_READ = 2_000
"""Rows read in one go: few, so that other threads of a process that starts have their turn."""
_FEW = 500
_MOST_CODE = 254


class Hex(Func):
    """A key as 32 hexadecimal digits, as SQLite stores it already."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="%(expressions)s", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="REPLACE(CAST(%(expressions)s AS text), '-', '')", **extra)


class Seconds(Func):
    """A moment as whole seconds since 1970. Said to be text, because Django converts each number once more."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **extra
        )

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"
        return self.as_sql(compiler, connection, template=template, **extra)


class Words:
    """Texts as small numbers, given out as they come."""

    def __init__(self, first: Iterable[str] = ()) -> None:
        self.number: dict[str, int] = {text: place for place, text in enumerate(first)}

    def numbers(self, texts: Sequence[str | None]) -> NDArray[np.int32]:
        """The numbers of texts; None is the empty text."""
        found = set(texts)
        known = {text: self.number.setdefault(text or "", len(self.number)) for text in found}
        return np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))

    def text(self, number: int) -> str:
        """The text with this number, or nothing."""
        return next((text for text, own in self.number.items() if own == number), "")


class Vocabulary:
    """The numbers of kinds, states, agencies and people while a process lives."""

    def __init__(self) -> None:
        self.kinds = Words(KINDS)
        self.states = Words()
        self.colours = Words(COLOURS)
        self.agencies = Words([""])
        self.people = Words([""])


def read(words: Vocabulary, changed: set[uuid.UUID] | None = None, *, only_open: bool = False) -> Points:
    """The points of all matters that have a place, of those ``changed``, or of those that are open."""
    parts = [_part(words, rows) for rows in _chunks(_rows(changed, only_open))] or [_part(words, [])]
    keys, places, codes, times, scope = (np.concatenate([part.pop(0) for part in parts]) for _ in range(len(parts[0])))
    points = Points.made(
        keys=keys,
        lon=places[:, 0],
        lat=places[:, 1],
        codes=codes,
        begun=times[:, 0],
        ended=times[:, 1],
        scope=scope,
    )
    for colour, hexes in _colours(changed).items():
        points.codes[points.places_of(keys_of(hexes)), 2] = min(int(words.colours.numbers([colour])[0]), _MOST_CODE)
    return points


def _rows(changed: set[uuid.UUID] | None, only_open: bool) -> Iterator[tuple[Any, ...]]:
    # Bounds in the statement would send a read of everything through the index of positions, row by row (three times as
    # long): impossible positions are left out afterwards.
    rows = Matter.objects.filter(lon__isnull=False, lat__isnull=False).order_by()
    columns: tuple[str | Expression, ...] = (
        Hex("pk"), "lon", "lat", "kind", "state", Seconds("received_at"), Seconds("closed_at"),
        Hex("agency_id"), Hex("station_id"), Hex("assignee_id"), Hex("opened_by"),
    )  # fmt: skip
    if changed is None:
        rows = rows.filter(closed_at__isnull=True) if only_open else rows
        yield from rows.values_list(*columns).iterator(chunk_size=_READ)
        return
    for some in _some(changed):
        yield from rows.filter(pk__in=some).values_list(*columns)


def _some(keys: Iterable[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    left = iter(keys)
    while part := list(islice(left, _FEW)):
        yield part


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while part := list(islice(rows, _CHUNK)):
        yield part


def _part(words: Vocabulary, rows: list[tuple[Any, ...]]) -> list[NDArray[Any]]:
    """Keys, coordinates, codes (kind, state, colour), times (begun, ended), scope (two agencies, two people)."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 11
    key, lon, lat, kind, state, begun, ended, agency, station, assignee, opener = columns
    codes = np.zeros((len(rows), 3), np.uint8)
    codes[:, 0] = np.minimum(words.kinds.numbers(kind), _MOST_CODE)
    codes[:, 1] = np.minimum(words.states.numbers(state), _MOST_CODE)
    seconds = [
        np.fromiter(begun, np.int64, len(rows)),
        np.fromiter((NEVER if moment is None else moment for moment in ended), np.int64, len(rows)),
    ]
    scope = [
        words.agencies.numbers(agency),
        words.agencies.numbers(station),
        words.people.numbers(assignee),
        words.people.numbers(opener),
    ]
    places = np.array([lon, lat], np.float64).reshape(2, -1).T
    real = (np.abs(places[:, 0]) <= 180) & (np.abs(places[:, 1]) <= 90)
    times = np.clip(np.array(seconds, np.int64), 0, NEVER).astype(np.uint32).T
    return [part[real] for part in (keys_of(key), places, codes, times, np.array(scope, np.int32).T)]


def keys_of(hexes: Iterable[str]) -> U64:
    """Keys as two halves each, from their hexadecimal digits."""
    packed = bytes.fromhex("".join(hexes))
    return np.frombuffer(packed, ">u8").astype(np.uint64).reshape(-1, 2)


def _colours(changed: set[uuid.UUID] | None) -> dict[str, list[str]]:
    facts = Fact.objects.filter(name="colour").order_by()
    found: dict[str, list[str]] = {}
    parts: list[QuerySet[Fact]] = [facts] if changed is None else [facts.filter(matter__in=p) for p in _some(changed)]
    for part in parts:
        for text, key in part.values_list("text", Hex("matter_id")):
            found.setdefault(text, []).append(key)
    return found


def shares_since(seen: datetime | None) -> list[tuple[uuid.UUID, str, str]]:
    """Who else may see what: (key of the share, matter, agency), all of them or those made since."""
    rows = MatterShare.objects.order_by()
    if seen is not None:
        # Keys are UUIDv7: they begin with the millisecond in which they were made.
        rows = rows.filter(pk__gte=uuid.UUID(int=int(seen.timestamp() * 1000) << 80))
    return list(rows.values_list("pk", Hex("matter_id"), Hex("agency_id")))


def marks_since(seen: datetime) -> dict[uuid.UUID, object]:
    """Matters touched since, each with a mark of its state."""
    stamp = connection.ops.adapt_datetimefield_value(seen)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, version, touched_at FROM matters_matter WHERE touched_at >= %s", [stamp])
        found = cursor.fetchall()
    return {(row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(row[0])): row[1:] for row in found}
