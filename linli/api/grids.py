"""Grids: the boundaries with their dates, what a drawing would do before it is saved, and the acts that save it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import shapely
from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field
from shapely.geometry.base import BaseGeometry

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref
from linli.kernel import clock, geo
from linli.kernel.acts import may
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor
from linli.org.rooms.models import Responsibility
from linli.places.divisions.queries import by_codes
from linli.places.grid.acts import close_grid, merge_grids, open_grid, redraw_grid, split_grid, withdraw_change
from linli.places.grid.acts.boundaries import polygon_of
from linli.places.grid.acts.regrouping import parts_of, whole_of
from linli.places.grid.models import Grid
from linli.places.grid.queries import cells
from linli.places.grid.rules.cells import Cell
from linli.places.grid.rules.drawing import GAP_M, SNAP_M, clashes, fitted, gaps, snapped
from linli.places.roads.queries import roads_near

router = Router(tags=["grids"])
ACTS = ("grid.open", "grid.redraw", "grid.split", "grid.merge", "grid.close", "grid.withdraw")


class Drawn(Schema):
    """A polygon before it is saved: the kind, whose boundary it is (empty: a new grid's), and from when.

    ``snap``: lay it on neighbours and roads. ``fit``: give overlaps to the neighbours and take the gaps between.
    """

    kind: str = Field("police", max_length=8)
    code: str = Field("", max_length=24)
    shape: dict[str, Any]
    valid_from: date
    snap: bool = True
    fit: bool = False


class Opening(Schema):
    """A new grid. ``answered_by``: the room that answers for it (code), empty for nobody yet."""

    kind: str = Field("police", max_length=8)
    code: str = Field(min_length=1, max_length=24)
    name: str = Field(min_length=1, max_length=80)
    shape: dict[str, Any]
    valid_from: date
    division: str = Field("", max_length=12)


class Redrawing(Schema):
    """A new boundary for a grid, and the version that the editor saw."""

    shape: dict[str, Any]
    valid_from: date
    version: int


class Line(Schema):
    """A GeoJSON LineString (WGS-84)."""

    line: dict[str, Any]


class Part(Schema):
    """One part of a divided grid: its code, its name, and the room that answers for it (code; empty: as before)."""

    code: str = Field(min_length=1, max_length=24)
    name: str = Field(min_length=1, max_length=80)
    answered_by: str = Field("", max_length=24)


class Splitting(Line):
    """The dividing line, from when, and the parts in the order in which ``/parts`` gave them."""

    version: int
    valid_from: date
    parts: list[Part] = Field(max_length=8)


class Several(Schema):
    """Grids by their ids."""

    grids: list[uuid.UUID] = Field(min_length=1, max_length=40)


class Merging(Several):
    """What the joined grid is called, from when, who answers; ``versions`` as the editor saw them."""

    versions: list[int]
    code: str = Field(min_length=1, max_length=24)
    name: str = Field(min_length=1, max_length=80)
    valid_from: date
    answered_by: str = Field("", max_length=24)


class Closing(Schema):
    """The first day on which the grid is no longer in force."""

    valid_to: date
    version: int


@router.get("/grids", summary="Grids with their dates and who answers")
def listed(request: ApiRequest, kind: str = "police", on: date | None = None) -> HttpResponse:
    """The grids of a kind in force on a day (today when not given) with their polygons; ``may`` says which acts are
    the caller's. ``next_from``: when the boundary will change.
    """
    day = on or clock.today()
    rows = list(Grid.objects.visible_to(request.auth).filter(kind=kind).on(day).select_related("division"))
    held = _held(rows, day)
    ending = {row.code for row in rows if not row.active}
    coming = dict(Grid.objects.filter(kind=kind, code__in=ending, active=True).values_list("code", "valid_from"))
    items = [
        grid_shown(row) | {"geometry": _geometry(row.shape), "answered_by": held.get(row.pk)}
        | {"next_from": coming.get(row.code, row.valid_to)}
        for row in rows
    ]  # fmt: skip
    rights = {name.partition(".")[2]: may(request.auth, name, None) for name in ACTS}
    return answered({"items": items, "on": day, "earliest": day + timedelta(days=1), "may": rights})


@router.get("/grids/history", summary="All versions of a grid")
def history(request: ApiRequest, code: str, kind: str = "police") -> HttpResponse:
    """Every boundary that a code has had or will have, the newest first."""
    rows = list(Grid.objects.visible_to(request.auth).filter(kind=kind, code=code).order_by("-valid_from"))
    if not rows:
        raise NotFound("row.unknown", what=code)
    items = [grid_shown(row) | {"area_m2": round(geo.area_m2(row.shape)), "active": row.active} for row in rows]
    return answered({"items": items})


@router.post("/grids/check", summary="What a drawn boundary would do")
def check(request: ApiRequest, sent: Drawn) -> HttpResponse:
    """The polygon laid on its neighbours and roads, and what it would overlap or leave open. Nothing is saved."""
    polygon = polygon_of(sent.shape)
    around = geo.box_of(polygon).grown(max(SNAP_M, GAP_M) * 2)
    others = [cell for cell in cells(sent.kind, around) if cell.code != sent.code or not sent.code]
    mine = Cell(sent.code or "\x00", "", polygon, sent.valid_from)
    near = [cell for cell in others if cell.meets_in_time(mine)]
    shapes = [cell.shape for cell in near]
    if sent.snap:
        polygon = snapped(polygon, neighbours=shapes, roads=roads_near(around))
    if sent.fit:
        polygon = fitted(polygon, shapes)
    found = clashes(Cell(mine.code, "", polygon, sent.valid_from), near)
    return answered(
        {
            "shape": _geometry(polygon),
            "area_m2": round(geo.area_m2(polygon)),
            "overlaps": [
                {"code": one.code, "name": one.name, "area_m2": round(one.area_m2), "geometry": _geometry(one.shape)}
                for one in found
            ],
            "gaps": [{"area_m2": round(geo.area_m2(gap)), "geometry": _geometry(gap)} for gap in gaps(polygon, shapes)],
        }
    )


@router.post("/grids/{grid}/parts", summary="The parts a line would make")
def parts(request: ApiRequest, grid: uuid.UUID, sent: Line) -> HttpResponse:
    """Nothing is saved; codes and names are a proposal: the largest part keeps the grid's."""
    row = _grid(request.auth, grid)
    found = [
        {
            "code": row.code if at == 0 else f"{row.code[:21]}-{at + 1}",
            "name": row.name if at == 0 else f"{row.name[:76]}（{at + 1}）",
            "area_m2": round(geo.area_m2(shape)),
            "geometry": _geometry(shape),
        }
        for at, shape in enumerate(parts_of(row, sent.line))
    ]
    return answered({"parts": found})


@router.post("/grids/whole", summary="The land of several grids as one")
def whole(request: ApiRequest, sent: Several) -> HttpResponse:
    """Nothing is saved; says which rooms answer for the parts today."""
    rows = [_grid(request.auth, key) for key in dict.fromkeys(sent.grids)]
    shape = whole_of(rows)
    rooms = {room["code"]: room for room in _held(rows, clock.today()).values()}
    return answered({"geometry": _geometry(shape), "area_m2": round(geo.area_m2(shape)), "rooms": list(rooms.values())})


@router.post("/grids", response={201: dict[str, Any]}, summary="Open a grid")
def opened(request: ApiRequest, sent: Opening) -> HttpResponse:
    """A new grid on free land; an overlap is refused with the place (409)."""
    division = by_codes([sent.division]).get(sent.division) if sent.division else None
    if sent.division and division is None:
        raise Invalid("row.unknown", field="division", what=sent.division)

    def deed() -> Shown:
        made = open_grid(
            request.auth, code=sent.code, name=sent.name, kind=sent.kind, shape=sent.shape,
            valid_from=sent.valid_from, division=division,
        )  # fmt: skip
        return grid_shown(made)

    return once(request.ticket, 201, deed)


@router.post("/grids/merge", response={201: dict[str, Any]}, summary="Join grids")
def merged(request: ApiRequest, sent: Merging) -> HttpResponse:
    """From a day on one grid covers the land of several; where different rooms answer, say which shall (409)."""
    rows = [_grid(request.auth, key) for key in sent.grids]
    if len(sent.versions) != len(rows):
        raise Invalid("fact.missing", field="versions")
    _room(request.auth, sent.answered_by)

    def deed() -> Shown:
        made = merge_grids(
            request.auth, grids=rows, versions=sent.versions, valid_from=sent.valid_from, code=sent.code,
            name=sent.name, answered_by=sent.answered_by,
        )  # fmt: skip
        return grid_shown(made)

    return once(request.ticket, 201, deed)


@router.post("/grids/{grid}/redraw", response={201: dict[str, Any]}, summary="Redraw a grid")
def redrawn(request: ApiRequest, grid: uuid.UUID, sent: Redrawing) -> HttpResponse:
    """Another boundary from a day on; the old one stays on record for the days before."""
    row = _grid(request.auth, grid)

    def deed() -> Shown:
        made = redraw_grid(
            request.auth, grid_id=row.pk, shape=sent.shape, valid_from=sent.valid_from, version=sent.version
        )
        return grid_shown(made)

    return once(request.ticket, 201, deed)


@router.post("/grids/{grid}/split", response={201: dict[str, Any]}, summary="Divide a grid")
def divided(request: ApiRequest, grid: uuid.UUID, sent: Splitting) -> HttpResponse:
    """From a day on the parts stand for the grid; until then the old one stays."""
    row = _grid(request.auth, grid)
    for part in sent.parts:
        _room(request.auth, part.answered_by)

    def deed() -> Shown:
        made = split_grid(
            request.auth, grid=row, version=sent.version, line=sent.line, valid_from=sent.valid_from,
            codes=[part.code for part in sent.parts], names=[part.name for part in sent.parts],
            answered_by=[part.answered_by for part in sent.parts],
        )  # fmt: skip
        return {"items": [grid_shown(one) for one in made]}

    return once(request.ticket, 201, deed)


@router.post("/grids/{grid}/close", summary="Close a grid")
def closed(request: ApiRequest, grid: uuid.UUID, sent: Closing) -> HttpResponse:
    """The grid ends; its land belongs to no grid from then on."""
    row = _grid(request.auth, grid)

    def deed() -> Shown:
        return grid_shown(close_grid(request.auth, grid_id=row.pk, valid_to=sent.valid_to, version=sent.version))

    return once(request.ticket, 200, deed)


class Withdrawing(Schema):
    """The version that the editor saw."""

    version: int


@router.post("/grids/{grid}/withdraw", summary="Take a change that is dated ahead back")
def withdrawn(request: ApiRequest, grid: uuid.UUID, sent: Withdrawing) -> HttpResponse:
    """The grids of the change stay as they are; what was to come never does."""
    row = _grid(request.auth, grid)

    def deed() -> Shown:
        return {"items": [grid_shown(one) for one in withdraw_change(request.auth, grid=row, version=sent.version)]}

    return once(request.ticket, 200, deed)


def grid_shown(row: Grid) -> Shown:
    """A grid without its polygon."""
    return {
        "id": row.pk,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "division": row.division.code if row.division else None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "version": row.version,
        "active": row.active,
    }


def _grid(actor: Actor, key: uuid.UUID) -> Grid:
    row = Grid.objects.visible_to(actor).filter(pk=key).select_related("division").first()
    if row is None:
        raise NotFound("row.unknown", what=str(key))
    return row


def _room(actor: Actor, code: str) -> None:
    if code:
        agency_named(actor, code)


def _held(rows: list[Grid], day: date) -> dict[uuid.UUID, Shown]:
    held = Responsibility.objects.on(day).filter(grid__in=rows).select_related("agency", "officer").order_by("since")
    return {
        row.grid_id: (agency_ref(row.agency) or {}) | {"officer": row.officer.name if row.officer else None}
        for row in held
    }


def _geometry(shape: BaseGeometry) -> Any:
    return shapely.geometry.mapping(shape)
