"""From a point to the grid, the room and the station that answer for it; and what a room may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from linli.kernel import clock
from linli.kernel.kept import Kept
from linli.matters.routing.models import Category
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.rooms.queries import held_on
from linli.places.grid.models import Grid
from linli.places.grid.queries import grid_at


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for a point: the grid, the agency (room, else station, else bureau), its station, the officer named
    for the grid.
    """

    grid: Grid | None
    agency: Agency | None
    station: Agency | None
    officer: Person | None


def answering_for(lon: float, lat: float, at: datetime) -> Answering:
    """The police grid at a point and whoever answers for it that day. All None outside every grid."""
    day = clock.shanghai(at).date()
    grid = grid_at(lon, lat, at=day)
    if grid is None:
        return Answering(None, None, None, None)
    held = held_on(grid.pk, day)
    if held is None:
        return Answering(grid, None, None, None)
    return Answering(grid, held.responsibility.agency, held.station, held.responsibility.officer)


def bureau() -> Agency | None:
    """The root of the tree: where a call goes that nobody else answers for."""
    return _BUREAU.get()


def category(code: str) -> Category | None:
    """The category with this code; the whole table is small and kept by its version for this process."""
    return _CATEGORIES.get().get(code)


def categories() -> list[Category]:
    """All active categories in the order of their codes."""
    return [row for row in _CATEGORIES.get().values() if row.active]


def category_by_name(name: str) -> Category | None:
    """A category by its Chinese or English name, for tables that come with names."""
    wanted = name.strip().lower()
    return next((row for row in categories() if wanted in (row.zh.lower(), row.en.lower())), None)


def category_from_words(text: str) -> Category | None:
    """What a narrative seems to be about: the leaf whose longest word is found in it; None when nothing fits."""
    best: tuple[int, Category] | None = None
    for row in categories():
        for word in row.words:
            if word in text and (best is None or len(word) > best[0]):
                best = (len(word), row)
    return best[1] if best else None


def _version() -> tuple[int, str]:
    row = Category.objects.aggregate(n=Count("pk"), last=Max("updated_at"))
    return (row["n"], str(row["last"]))


_CATEGORIES = Kept(
    lambda: {row.code: row for row in Category.objects.order_by("code")},
    changed_by=("import.categories", "demo."),
    version=_version,
)
_BUREAU = Kept(
    lambda: Agency.objects.at_work().filter(kind="bureau").order_by("path").first(),
    changed_by=("agency.", "import.", "demo."),
)
