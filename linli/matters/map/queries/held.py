"""The matters of the map in memory, brought up to date by what was touched since the last look."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings

from linli.kernel import clock
from linli.kernel.errors import Refusal, declare
from linli.kernel.scope import Actor
from linli.matters.map.queries.rows import Vocabulary, keys_of, marks_since, read, shares_since
from linli.org.agencies.models import Agency
from linli.places.map.rules.points import Flags, Points

_OVERLAP = timedelta(seconds=60)
"""Longer than any transaction that writes matters: rows become visible that much behind their times."""
_MOST_APART = 20_000
"""Changed points that are kept beside the others before all are sorted anew."""
_MOST_SEEN = 64


_WAIT_S = 2.0
declare("map.loading", zh="地图数据正在装入，请稍候。", en="The map is still being loaded; try again in a moment.")


class StillLoading(Refusal):
    """The first look of a process takes longer than this request waits."""

    status = 503


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The points at a moment: the many, and beside them the few that changed since those were sorted. Not ``whole``:
    so far only what is open was read.
    """

    many: Points
    few: Points
    words: Vocabulary
    shares: dict[str, tuple[str, ...]]
    """Agency → matters that were shared with it, as hexadecimal digits."""
    shared: int
    whole: bool = True


class Held:
    """All matters with a place, as columns. A process loads them once, best before anybody asks (``warm``), first those
    that are open, and then reads what changed, at most every ``LINLI_KEPT_S`` seconds.

    Rows of several processes become visible out of the order of their times, so changes are read with an overlap.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flags_lock = threading.Lock()
        """Of its own: who looks while the rest is read must not wait for the reading."""
        self._view: View | None = None
        self._looked = 0.0
        self._seen_at: datetime | None = None
        self._marks: dict[uuid.UUID, object] = {}
        self._share_keys: set[uuid.UUID] = set()
        self._visible: OrderedDict[tuple[object, ...], tuple[Points, int, Flags]] = OrderedDict()

    def now(self, *, whole: bool = True) -> View:
        """The matters as the rows say now; with ``whole`` off what is read so far will do. Raises StillLoading when
        another thread loads them for longer than a request should wait: threads that wait here would be missing where
        calls are taken.
        """
        view = self._view
        fresh = time.monotonic() - self._looked < settings.LINLI_KEPT_S
        if view is not None and (fresh if view.whole else not whole):
            return view
        if not self._lock.acquire(timeout=_WAIT_S):
            view = self._view
            if view is None or (whole and not view.whole):
                raise StillLoading("map.loading")
            return view
        try:
            return self._looked_again()
        finally:
            self._lock.release()

    def warm(self) -> None:
        """Load before anybody asks: for a thread of its own when a process starts."""
        if self._view is None:
            self.now()

    @property
    def is_whole(self) -> bool:
        """Whether everything is read (or nothing yet: then whoever asks waits for all)."""
        return self._view is None or self._view.whole

    def _looked_again(self) -> View:
        began, view = clock.now(), self._view
        # A clock that was set back (tests do) would hide what was touched meanwhile.
        if view is None or not view.whole or self._seen_at is None or began < self._seen_at:
            view = self._loaded()
        else:
            view = self._followed(view)
        self._view, self._seen_at, self._looked = view, began, time.monotonic()
        return view

    def forget(self) -> None:
        """Load anew at the next look (another database, rows that were deleted)."""
        with self._lock:
            self._view, self._marks, self._share_keys = None, {}, set()
        with self._flags_lock:
            self._visible.clear()

    def _loaded(self) -> View:
        words, marks = Vocabulary(), marks_since(clock.now() - _OVERLAP)
        self._view, self._share_keys = None, set()
        few = read(words, set())
        shares, count = self._shares({}, None)
        try:
            # What is open is a small part and what is asked for first: it is shown while the rest is read.
            self._view = View(read(words, only_open=True), few, words, shares, count, whole=False)
            many = read(words)
        except BaseException:
            self._view = None
            raise
        self._marks = marks
        return View(many, few, words, shares, count)

    def _followed(self, view: View) -> View:
        assert self._seen_at is not None
        since = self._seen_at - _OVERLAP
        marks = marks_since(since)
        changed = {key for key, mark in marks.items() if self._marks.get(key) != mark}
        self._marks = marks
        many, few = view.many, view.few
        if changed:
            keys = keys_of(key.hex for key in changed)
            many = many.without(many.places_of(keys))
            few = few.without(few.places_of(keys)).joined(read(view.words, changed))
            if len(few) > _MOST_APART:
                many, few = many.joined(few), read(view.words, set())
        shares, count = self._shares(view.shares, since)
        return View(many, few, view.words, shares, count)

    def _shares(
        self, held: dict[str, tuple[str, ...]], since: datetime | None
    ) -> tuple[dict[str, tuple[str, ...]], int]:
        shares = dict(held)
        for key, matter, agency in shares_since(since):
            if key not in self._share_keys:
                self._share_keys.add(key)
                shares[agency] = (*shares.get(agency, ()), matter)
        return shares, len(self._share_keys)

    def seen_by(self, actor: Actor, view: View) -> tuple[Flags, Flags]:
        """Which of the many and of the few the actor may see: ``Matter.visible_to`` said in columns.

        A contract test holds both against each other. Only counts rest on this: whatever is shown of a single matter
        is read through ``visible_to`` itself.
        """
        reach = _reach(actor, view)
        if reach is None:
            return np.ones(len(view.many), np.bool_), np.ones(len(view.few), np.bool_)
        return self._many_seen(reach, view), _seen(reach, view.few, view)

    def _many_seen(self, reach: Reach, view: View) -> Flags:
        """The flags of the many are kept for those who look again and again."""
        found = self._visible.get(reach.name)
        # Points whose alive flags changed are the same points: what matters is their columns.
        if found is not None and found[0].scope is view.many.scope and found[1] == view.shared:
            return found[2]
        flags = _seen(reach, view.many, view)
        with self._flags_lock:
            self._visible[reach.name] = (view.many, view.shared, flags)
            while len(self._visible) > _MOST_SEEN:
                self._visible.popitem(last=False)
        return flags


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What an actor reaches: agencies by number and as digits, and his own number among the people."""

    name: tuple[object, ...]
    agencies: tuple[str, ...]
    person: str


def _reach(actor: Actor, view: View) -> Reach | None:
    """None for those who see everything."""
    if "/" in actor.paths:
        return None
    found = Agency.objects.none()
    for path in actor.paths:
        found = found | Agency.objects.below(path)
    agencies = tuple(sorted(key.hex for key in found.values_list("pk", flat=True)))
    return Reach((actor.id, agencies, len(view.words.agencies.number)), agencies, actor.id.hex)


def _seen(reach: Reach, points: Points, view: View) -> Flags:
    """Whose agency or station lies in reach, who is to do it or opened it, or whom it was shared with."""
    table = np.zeros(len(view.words.agencies.number) + 1, np.bool_)
    table[[view.words.agencies.number[key] for key in reach.agencies if key in view.words.agencies.number]] = True
    agency, station, assignee, opener = points.scope.T if len(points) else np.zeros((4, 0), np.int32)
    flags: Flags = table[agency] | table[station]
    person = view.words.people.number.get(reach.person)
    if person is not None:
        flags |= (assignee == person) | (opener == person)
    shared = [matter for key in reach.agencies for matter in view.shares.get(key, ())]
    if shared:
        flags[points.places_of(keys_of(shared))] = True
    return flags


HELD = Held()
