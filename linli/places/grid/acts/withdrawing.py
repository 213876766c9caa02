"""Taking back a change of boundaries that is dated ahead: as long as its day has not come, nothing has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, declare
from linli.kernel.news import announce
from linli.kernel.scope import Actor
from linli.places.grid.acts.boundaries import take_sheet
from linli.places.grid.models import Grid
from linli.places.grid.rules.cells import SLIVER_M2, shared_area_m2

declare("grid.nothing_ahead", zh="网格{code}没有尚未生效的变更。", en="Nothing is going to change at the grid {code}.")
declare(
    "grid.change_moved_on",
    zh="网格{code}的这次变更之后又有变更，请先撤回后一次。",
    en="The change of the grid {code} was changed again: take that back first.",
)


@dataclass(frozen=True, slots=True)
class GridsRestored:
    """News: the change of ``since`` is off: ``now`` go on as before, ``never`` will not come."""

    now: tuple[Grid, ...]
    never: tuple[Grid, ...]
    since: date


@act("grid.withdraw", zh="撤回网格变更", en="take a change of grids back", keeps=("version",), about="grid")
def withdraw_change(actor: Actor, *, grid: Grid, version: int) -> list[Grid]:
    """Take back what is dated ahead for a grid: redrawing, dividing, joining or closing, with all grids of that change.

    Raises Conflict when nothing is dated ahead, when its day has come, or when the change was itself changed since.
    """
    take_sheet(grid.kind)
    present = Grid.objects.get(pk=grid.pk)
    if present.version != version:
        raise Conflict("grid.moved_on", code=grid.code)
    since = present.valid_to
    if present.active or since is None or since <= clock.today():
        raise Conflict("grid.nothing_ahead", code=grid.code)
    before, after = _change(present, since)
    if any(not one.active for one in after):
        raise Conflict("grid.change_moved_on", code=grid.code)
    ends = after[0].valid_to if after and len(before) == 1 else None
    for one in after:
        Grid.objects.filter(pk=one.pk).update(active=False, valid_to=one.valid_from, version=one.version + 1)
    for one in before:
        Grid.objects.filter(pk=one.pk).update(active=True, valid_to=ends, version=one.version + 1)
    announce(GridsRestored(tuple(before), tuple(after), since))
    return list(Grid.objects.filter(pk__in=[one.pk for one in before]).order_by("code"))


def _change(grid: Grid, since: date) -> tuple[list[Grid], list[Grid]]:
    """The grids that end and those that begin on the day of the change and share land with each other."""
    ending = list(Grid.objects.filter(kind=grid.kind, active=False, valid_to=since, valid_from__lt=since))
    coming = list(Grid.objects.filter(kind=grid.kind, valid_from=since).exclude(valid_to=since))
    before, after, grew = [grid], list[Grid](), True
    while grew:
        news = [one for one in coming if one not in after and any(_share(one, old) for old in before)]
        after += news
        olds = [one for one in ending if one not in before and any(_share(one, new) for new in after)]
        before += olds
        grew = bool(news or olds)
    return before, after


def _share(one: Grid, other: Grid) -> bool:
    """Neighbours share a border, not land."""
    return shared_area_m2(one.shape, other.shape) > SLIVER_M2
