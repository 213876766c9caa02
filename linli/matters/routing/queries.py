"""From a point to the grid, the room and the station that answer for it; and what a room may take."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from django.db.models import Count, Max

from linli.kernel import clock
from linli.kernel.kept import Kept
from linli.matters.routing.models import Category
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.rooms.queries import held_on
from linli.places.grid.models import Grid
from linli.places.grid.queries import grid_at

_LISTS = ("skills", "equipment", "ask_along", "words")


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


def chosen_categories() -> list[Category]:
    """The active categories that the bureau has loaded: none while it has chosen no table. Words of an imported table
    are taken for no others: what somebody else calls a robbery is not ours because the standard tree has one too.
    """
    return [row for row in categories() if not row._state.adding]


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


def standard_rows() -> tuple[list[dict[str, Any]], str]:
    """The tree that comes with the house (``linli/matters/data``) as columns of categories, and its digest."""
    text = (resources.files("linli.matters") / "data" / "categories.csv").read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(text.splitlines()):
        lists = {name: [word for word in row[name].split(";") if word] for name in _LISTS}
        plain = {name: row[name] for name in ("code", "parent", "zh", "en", "taken_by")}
        rows.append({**plain, **lists, "priority": int(row["priority"]), "automatic": row["automatic"] == "yes"})
    return rows, hashlib.sha256(text.encode()).hexdigest()


def _tree() -> dict[str, Category]:
    """What was loaded; a house that has loaded none has the standard tree, so that its first call finds its kind."""
    loaded = {row.code: row for row in Category.objects.order_by("code")}
    return loaded or {row["code"]: Category(**row) for row in standard_rows()[0]}


_CATEGORIES = Kept(
    _tree,
    changed_by=("import.categories", "demo."),
    version=_version,
)
_BUREAU = Kept(
    lambda: Agency.objects.at_work().filter(kind="bureau").order_by("path").first(),
    changed_by=("agency.", "import.", "demo."),
)
