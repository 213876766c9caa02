"""At which places one matter counts, and which matters a place has: the same answer from both ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from linli.kernel.scope import below
from linli.org.agencies.models import Agency


def of_place(agency: Agency) -> Q:
    """The matters of a place, as a filter.

    A room has what lies with it or a room below it. A station, and what stands above, has what happened there: the
    station of the place decides; without one, the agency that deals with it. So each matter counts at one station.
    """
    mine = below("agency__path", (agency.path,))
    if agency.is_room or agency.kind == "partner":
        return mine
    return below("station__path", (agency.path,)) | (Q(station__isnull=True) & mine)


def settled_by_rooms_of(agency: Agency) -> Q:
    """What a room at or below this place has settled."""
    return below("handled_by__path", (agency.path,)) & Q(handled_by__kind__in=Agency.ROOM_KINDS)


@dataclass(slots=True)
class Tree:
    """The agencies in memory: for each matter the places where it counts, without asking the database again."""

    paths: dict[uuid.UUID, str]
    kinds: dict[uuid.UUID, str]
    _ids: dict[str, uuid.UUID] = field(default_factory=dict)
    _known: dict[tuple[uuid.UUID | None, uuid.UUID | None], frozenset[uuid.UUID]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Tree:
        rows = list(Agency.objects.values_list("id", "path", "kind"))
        tree = cls({key: path for key, path, _ in rows}, {key: kind for key, _, kind in rows})
        tree._ids = {path: key for key, path in tree.paths.items()}
        return tree

    def places(self, agency: uuid.UUID | None, station: uuid.UUID | None) -> frozenset[uuid.UUID]:
        """Every agency whose :func:`of_place` holds a matter with this agency and station."""
        known = self._known.get((agency, station))
        if known is None:
            known = self._known[(agency, station)] = frozenset(self._places(agency, station))
        return known

    def _places(self, agency: uuid.UUID | None, station: uuid.UUID | None) -> Iterable[uuid.UUID]:
        by_room = ("partner", *Agency.ROOM_KINDS)
        above = station if station is not None else agency
        if above is not None:
            yield from (key for key in self._upward(above) if self.kinds[key] not in by_room)
        if agency is not None:
            yield from (key for key in self._upward(agency) if self.kinds[key] in by_room)

    def _upward(self, agency: uuid.UUID) -> Iterable[uuid.UUID]:
        codes = self.paths[agency].strip("/").split("/")
        for end in range(1, len(codes) + 1):
            key = self._ids.get("/" + "/".join(codes[:end]) + "/")
            if key is not None:
                yield key

    def is_own_room(self, place: uuid.UUID, handler: uuid.UUID | None) -> bool:
        """Whether who settled it is a room at or below the place."""
        if handler is None or self.kinds[handler] not in Agency.ROOM_KINDS:
            return False
        return self.paths[handler].startswith(self.paths[place])
