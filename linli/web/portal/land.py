"""The county as residents point at it: police grids drawn as links, without a script, a tile or a picture to fetch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from shapely.geometry.base import BaseGeometry

from linli.kernel import clock, geo
from linli.kernel.kept import Kept
from linli.matters.public.rules import FORMS
from linli.org.agencies.models import Agency
from linli.org.agencies.rules import station_path
from linli.org.rooms.models import Responsibility
from linli.org.rooms.queries import held_on
from linli.places.grid.queries import grid_at, nearest_grid
from linli.web.portal.door import carried
from linli.web.portal.showing import open_door, show

WIDE = 1_000
"""Units of the drawing, from its western to its eastern end."""
_TALLEST = 1_600
_CORNERS_MOST = 60
_FINEST, _COARSEST = 2.0, 64.0
_NEAR_M = 2_000.0
MOST_AREAS = 150
"""More than that is too heavy for a slow line and too fine for a thumb."""


@dataclass(frozen=True, slots=True)
class Land:
    """What a room or a station looks after: its name, the key that a link of it carries, its shape in degrees."""

    name: str
    key: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Area:
    """A piece of the drawing: its outline as SVG, where its name stands, and where a tap on it leads."""

    name: str
    link: str
    outline: str
    x: int
    y: int
    tone: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Areas on a sheet ``WIDE`` units wide and ``tall`` units tall."""

    areas: tuple[Area, ...]
    tall: int


def drawn(lands: Iterable[Land], links: dict[str, str]) -> Drawing:
    """Lands on one sheet, north up, each with few corners; pure. Empty without lands."""
    rows = [land for land in lands if not land.shape.is_empty]
    if not rows:
        return Drawing((), 0)
    flat = geo.local_metres(shapely.GeometryCollection([land.shape for land in rows]))
    west, south, east, north = flat.bounds
    scale = min(WIDE / max(east - west, 1.0), _TALLEST / max(north - south, 1.0))
    tall = max(1, round((north - south) * scale))

    def on_sheet(corners: Any) -> Any:
        corners[:, 0] = (corners[:, 0] - west) * scale
        corners[:, 1] = (north - corners[:, 1]) * scale
        return corners

    areas = []
    for number, (land, shape) in enumerate(zip(rows, shapely.get_parts(flat), strict=True)):
        shown = _plain(shapely.transform(shape, on_sheet))
        middle = shown.representative_point()
        link = links[land.key]
        areas.append(Area(land.name, link, _outline(shown), round(middle.x), round(middle.y), number % 4))
    return Drawing(tuple(areas), tall)


def _plain(shape: BaseGeometry) -> BaseGeometry:
    """With as few corners as a thumb needs."""
    tolerance = _FINEST
    found = shape.simplify(tolerance)
    while shapely.get_num_coordinates(found) > _CORNERS_MOST and tolerance < _COARSEST:
        tolerance *= 2
        found = shape.simplify(tolerance)
    return found if not found.is_empty else shape


def _outline(shape: BaseGeometry) -> str:
    rings = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            corners = [f"{round(x)} {round(y)}" for x, y in part.exterior.coords[:-1]]
            rings.append(f"M{'L'.join(corners)}Z")
    return "".join(rings)


def _lands() -> dict[str, tuple[Land, tuple[Land, ...]]]:
    """Each station's land with the grids in it, by the station's code."""
    stations = {row.path: row for row in Agency.objects.filter(kind="station")}
    rows = Responsibility.objects.on(clock.today()).filter(grid__kind="police", agency__kind__in=Agency.ROOM_KINDS)
    found: dict[str, tuple[str, list[Land]]] = {}
    for row in rows.select_related("grid", "agency").order_by("agency__path", "grid__code"):
        above = stations.get(station_path(row.agency.path), row.agency)
        held = found.setdefault(above.code, (above.name, []))
        held[1].append(Land(f"{row.grid.name} · {row.agency.name}", row.grid.code, row.grid.shape))
    return {
        code: (Land(name, code, shapely.union_all([land.shape for land in lands])), tuple(lands))
        for code, (name, lands) in found.items()
    }


_LANDS = Kept(_lands, changed_by=("grid.", "room.", "import.", "demo."))


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def land(request: HttpRequest) -> HttpResponse:
    """Point at where one lives: first the station, then the grid. A telephone that knows where it is may say so; the
    point goes into the body of that one request and is kept nowhere.
    """
    if request.method == "POST":
        return _here(request)
    by_station = _LANDS.get()
    station = request.GET.get("station", "")[:24]
    if station and station not in by_station:
        raise Http404
    if not station and len(by_station) == 1:
        station = next(iter(by_station))
    if station:
        lands = by_station[station][1]
        links = {
            one.key: reverse("door_officer") + carried(request, grid=one.key, card="", at="", room="") for one in lands
        }
    else:
        lands = tuple(one for one, _ in by_station.values())
        links = {one.key: carried(request, station=one.key) for one in lands}
    context = {
        "drawing": drawn(lands[:MOST_AREAS], links),
        "others": [(one.name, links[one.key]) for one in lands[MOST_AREAS:]],
        "wide": WIDE,
        "station": by_station[station][0].name if station else "",
        "carried": carried(request),
        "to": FORMS.get(request.GET.get("to", "")),
        "lost": request.GET.get("lost", ""),
    }
    return show(request, "web/door_map.html", context)


def _here(request: HttpRequest) -> HttpResponse:
    """From where the telephone is to its grid; the address that it is sent on to names the grid and not the point."""
    try:
        lon, lat = float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
    except ValueError:
        lon = lat = 0.0
    found = grid_at(lon, lat) if geo.possible(lon, lat) else None
    if found is None and geo.possible(lon, lat):
        near = nearest_grid(lon, lat, within_m=_NEAR_M)
        found = near.grid if near else None
    if found is None or held_on(found.pk, clock.today()) is None:
        return HttpResponseRedirect(reverse("door_map") + carried(request, lost="1"))
    link = carried(request, grid=found.code, card="", at="", room="")
    return HttpResponseRedirect(reverse("door_officer") + link)
