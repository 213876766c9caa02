"""Opening, redrawing and closing one grid, and what every change of a boundary has in common."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotFound, declare
from linli.kernel.geo import Datum
from linli.kernel.news import announce
from linli.kernel.scope import Actor
from linli.places.divisions.models import Division
from linli.places.grid.models import Grid, GridSheet
from linli.places.grid.queries import cells
from linli.places.grid.rules.cells import Cell, mended, overlaps, polygon_fault

declare("grid.shape", zh="网格图形有误：{why}", en="the grid's shape is not right: {why_en}")
declare("grid.kind", zh="没有“{kind}”这种网格", en="there is no kind of grid {kind}")
declare("grid.dates", zh="启用日期应早于停用日期", en="a grid must begin before it ends")
declare(
    "grid.too_early",
    zh="网格{code}自{since}起启用，新边界最早从次日起生效",
    en="the grid {code} is in force since {since}; its new boundary begins on a later day",
)
declare("grid.code_taken", zh="网格编号{code}已在使用", en="the grid code {code} is in use")
declare("grid.closed", zh="网格{code}已停用", en="the grid {code} is closed")
declare(
    "grid.moved_on",
    zh="网格{code}已被他人改动，请重新载入后再画",
    en="somebody else has changed the grid {code}: load it again before drawing",
)
declare(
    "grid.overlaps",
    zh="与网格{other}（{other_name}）重叠{area_m2}平方米",
    en="it overlaps the grid {other} ({other_name}) by {area_m2} square metres",
)


@dataclass(frozen=True, slots=True)
class GridsRedrawn:
    """News: from ``since`` on, the land of the grids ``was`` belongs to the grids ``now``.

    ``answered_by`` has one code of an agency for each of ``now``: who shall answer for it, empty for whoever did.
    """

    actor: Actor
    was: tuple[Grid, ...]
    now: tuple[Grid, ...]
    since: date
    answered_by: tuple[str, ...]


@act("grid.open", zh="启用网格", en="open a grid", keeps=("code", "kind", "valid_from", "valid_to"))
def open_grid(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    shape: BaseGeometry | dict[str, Any],
    valid_from: date,
    valid_to: date | None = None,
    division: Division | None = None,
    datum: Datum = Datum.WGS84,
) -> Grid:
    """Open a grid from a polygon (Shapely, or a GeoJSON geometry). It may not share land with another of its kind.

    Raises ``Invalid`` for a wrong shape, kind or date, ``Conflict`` with the other's name and the area for an overlap.
    """
    if kind not in Grid.KINDS:
        raise Invalid("grid.kind", field="kind", kind=kind)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid("grid.dates", field="valid_to")
    take_sheet(kind)
    grid = Grid(code=code, name=name, kind=kind, division=division, valid_from=valid_from, valid_to=valid_to)
    return laid(grid, polygon_of(shape, datum))


@act("grid.redraw", zh="重划网格", en="redraw a grid", keeps=("grid_id", "valid_from", "version"))
def redraw_grid(
    actor: Actor,
    *,
    grid_id: uuid.UUID,
    shape: BaseGeometry | dict[str, Any],
    valid_from: date,
    version: int | None = None,
    datum: Datum = Datum.WGS84,
) -> Grid:
    """Give a grid a new polygon from a day on; the old polygon stays on record for the days before.

    ``version`` is the one that the editor saw: another means that somebody was faster (``Conflict``). Returns the new
    version (same code); whoever answered for the grid goes on. Raises like ``open_grid``.
    """
    old = active(grid_id, version=version)
    take_sheet(old.kind)
    polygon = polygon_of(shape, datum)
    retire(old, valid_from)
    new = Grid(code=old.code, name=old.name, kind=old.kind, division_id=old.division_id, valid_from=valid_from)
    new.valid_to, new.version = old.valid_to, old.version + 1
    laid(new, polygon)
    announce(GridsRedrawn(actor, (old,), (new,), valid_from, ("",)))
    return new


@act("grid.close", zh="停用网格", en="close a grid", keeps=("grid_id", "valid_to"))
def close_grid(actor: Actor, *, grid_id: uuid.UUID, valid_to: date, version: int | None = None) -> Grid:
    """Close a grid: ``valid_to`` is the first day on which it is no longer in force."""
    grid = active(grid_id, version=version)
    if valid_to < grid.valid_from:
        raise Invalid("grid.dates", field="valid_to")
    take_sheet(grid.kind)
    _swap(grid, valid_to)
    grid.refresh_from_db()
    return grid


def active(grid_id: uuid.UUID, *, version: int | None = None) -> Grid:
    """The grid as it stands, in the version that the editor saw."""
    grid = Grid.objects.filter(pk=grid_id).select_related("division").first()
    if grid is None:
        raise NotFound("row.unknown", what=str(grid_id))
    if version is not None and version != grid.version:
        raise Conflict("grid.moved_on", code=grid.code)
    if not grid.active:
        raise Conflict("grid.closed", code=grid.code)
    return grid


def take_sheet(kind: str) -> None:
    """Hold the sheet on which grids of a kind are drawn until the transaction ends.

    Two desks that draw different grids on the same free land each see no overlap; on one sheet the second waits and
    then sees the first's.
    """
    GridSheet.objects.get_or_create(kind=kind)
    GridSheet.objects.filter(kind=kind).update(version=F("version") + 1)


def retire(grid: Grid, valid_from: date) -> None:
    """End a grid because another boundary begins: the old one stays on record for the days before."""
    if valid_from <= grid.valid_from:
        raise Invalid("grid.too_early", field="valid_from", code=grid.code, since=grid.valid_from.isoformat())
    _swap(grid, valid_from)


def _swap(grid: Grid, valid_to: date) -> None:
    """Compare and swap: two desks that redraw one grid get one winner."""
    with transaction.atomic():
        swapped = Grid.objects.filter(pk=grid.pk, active=True, version=grid.version).update(
            active=False, valid_to=valid_to, version=grid.version + 1
        )
    if not swapped:
        raise Conflict("grid.moved_on", code=grid.code)


def laid(grid: Grid, polygon: BaseGeometry) -> Grid:
    """Put a new grid on the sheet: its code is free and it shares no land with another on the same day."""
    if Grid.objects.filter(kind=grid.kind, code=grid.code, active=True).exists():
        raise Conflict("grid.code_taken", field="code", code=grid.code)
    _refuse_overlap(grid.kind, Cell(grid.code, grid.name, polygon, grid.valid_from, grid.valid_to))
    grid.set_shape(polygon)
    grid.save(force_insert=True)
    return grid


def polygon_of(shape: BaseGeometry | dict[str, Any], datum: Datum = Datum.WGS84) -> BaseGeometry:
    """The polygon that was sent, mended where rounding broke it; ``Invalid`` says what is wrong with it."""
    try:
        given = geo.from_geojson(shape, datum) if isinstance(shape, dict) else geo.shape_to_wgs84(shape, datum)
    except ValueError as fault:
        raise Invalid("grid.shape", field="shape", why=str(fault), why_en=str(fault)) from fault
    polygon = mended(given)
    fault_words = polygon_fault(polygon)
    if fault_words:
        raise Invalid("grid.shape", field="shape", why=fault_words[0], why_en=fault_words[1])
    return polygon


def _refuse_overlap(kind: str, cell: Cell) -> None:
    """``Conflict`` with the place when a grid in force on the same day claims the land already."""
    rivals = cells(kind, geo.box_of(cell.shape))
    found = overlaps(cell, rivals)
    if found:
        other = found[0]
        shape = next(rival.shape for rival in rivals if rival.code == other.code)
        spot = cell.shape.intersection(shape).representative_point()
        raise Conflict(
            "grid.overlaps",
            field="shape",
            other=other.code,
            other_name=other.name,
            area_m2=round(other.area_m2),
            lon=round(spot.x, 6),
            lat=round(spot.y, 6),
            others=[overlap.code for overlap in found],
        )
