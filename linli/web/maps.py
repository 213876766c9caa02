"""The base map: our own style without anything from outside, those that were configured, the roads as one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from linli.web.base_maps import BaseMap, base_map
from linli.web.visitor import page

CHUNK = 64 * 1024
_RANGE = re.compile(r"^bytes=(\d+)-(\d*)$")

LIGHT = {
    "ground": "#f3f5f8",
    "minor": "#ffffff",
    "minor_edge": "#dde3ea",
    "major": "#ffffff",
    "major_edge": "#c3ccd8",
    "grand": "#fdf0cf",
    "grand_edge": "#d9c48a",
    "text": "#556274",
    "halo": "#f3f5f8",
}
DARK = {
    "ground": "#10171f",
    "minor": "#2b3847",
    "minor_edge": "#18212b",
    "major": "#3a4a5e",
    "major_edge": "#18212b",
    "grand": "#5a5338",
    "grand_edge": "#23221a",
    "text": "#93a1b3",
    "halo": "#10171f",
}

GRAND = ["motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"]
MAJOR = ["secondary", "secondary_link", "tertiary", "tertiary_link"]


def roads_file() -> Path:
    """Where the roads' tiles lie when a network has been imported."""
    return Path(settings.LINLI_HOME) / "roads" / "roads.pmtiles"


def _width(thin: float, thick: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.5], ["zoom"], 8, thin, 12, thin * 2.2, 16, thick]


def _roads(colours: dict[str, str]) -> list[dict[str, Any]]:
    """Road layers from small to large, each with its edge below it."""
    grand = ["in", ["get", "class"], ["literal", GRAND]]
    major = ["in", ["get", "class"], ["literal", MAJOR]]
    rest = ["!", ["in", ["get", "class"], ["literal", GRAND + MAJOR]]]
    kinds = (("minor", rest, 0.4, 7.0, 9.5), ("major", major, 0.9, 11.0, 8.0), ("grand", grand, 1.3, 14.0, 5.0))
    layers: list[dict[str, Any]] = []
    for part, extra in (("edge", 1.6), ("fill", 0.0)):
        for name, which, thin, thick, zoom in kinds:
            layers.append(
                {
                    "id": f"road-{name}-{part}",
                    "type": "line",
                    "source": "roads",
                    "source-layer": "roads",
                    "filter": which,
                    "minzoom": zoom,
                    "layout": {"line-cap": "round", "line-join": "round"},
                    "paint": {
                        "line-color": colours[f"{name}_edge" if part == "edge" else name],
                        "line-width": _width(thin + extra / 2, thick + extra),
                    },
                }
            )
    layers.append(
        {
            "id": "road-name",
            "type": "symbol",
            "source": "roads",
            "source-layer": "roads",
            "minzoom": 13,
            "layout": {
                "symbol-placement": "line",
                "text-field": ["get", "name"],
                "text-size": 11,
                "text-font": ["Noto Sans Regular"],
            },
            "paint": {"text-color": colours["text"], "text-halo-color": colours["halo"], "text-halo-width": 1.4},
        }
    )
    return layers


def style_of(
    *, dark: bool, origin: str, has_roads: bool, plain: bool = False, base: BaseMap | None = None
) -> dict[str, Any]:
    """A MapLibre style: ground, grids, roads, rooms. No glyphs and no sprite: nothing comes from outside.

    ``plain`` leaves grids and rooms to the page. With a configured ``base`` its pictures lie where our roads would.
    """
    colours = DARK if dark else LIGHT
    line = "#7fb0ff" if dark else "#1b4e9b"
    if plain:
        return _ground(colours, origin, has_roads, base)
    sources: dict[str, Any] = {
        "grids": {"type": "geojson", "data": f"{origin}/api/v1/map/grids.geojson"},
        "rooms": {"type": "geojson", "data": f"{origin}/api/v1/map/rooms.geojson"},
    }
    if has_roads:
        sources["roads"] = {"type": "vector", "url": f"pmtiles://{origin}/map/roads.pmtiles"}
    layers = [
        {"id": "ground", "type": "background", "paint": {"background-color": colours["ground"]}},
        {"id": "grid-fill", "type": "fill", "source": "grids", "paint": {"fill-color": line, "fill-opacity": 0.025}},
        *(_roads(colours) if has_roads else []),
        {
            "id": "grid-line",
            "type": "line",
            "source": "grids",
            "paint": {"line-color": line, "line-opacity": 0.45, "line-width": 1.2, "line-dasharray": [4, 2]},
        },
        *_rooms(colours, line),
    ]
    return {"version": 8, "name": "Linli", "sources": sources, "layers": layers}


def _ground(colours: dict[str, str], origin: str, has_roads: bool, base: BaseMap | None) -> dict[str, Any]:
    layers = [{"id": "ground", "type": "background", "paint": {"background-color": colours["ground"]}}]
    sources: dict[str, Any] = {}
    if base is not None:
        for at, tiles in enumerate(base.sheets):
            name = f"base-{at}"
            sources[name] = {"type": "raster", "tiles": list(tiles), "tileSize": 256, "maxzoom": base.max_zoom}
            sources[name] |= {"attribution": base.credit} if at == 0 and base.credit else {}
            layers.append({"id": name, "type": "raster", "source": name})
    elif has_roads:
        sources["roads"] = {"type": "vector", "url": f"pmtiles://{origin}/map/roads.pmtiles"}
        layers += _roads(colours)
    return {"version": 8, "name": "Linli", "sources": sources, "layers": layers}


def _rooms(colours: dict[str, str], line: str) -> list[dict[str, Any]]:
    return [
        {
            "id": "room",
            "type": "circle",
            "source": "rooms",
            "minzoom": 10,
            "paint": {
                "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 2, 15, 5],
                "circle-color": colours["ground"],
                "circle-stroke-color": line,
                "circle-stroke-width": 1.6,
            },
        },
        {
            "id": "room-name",
            "type": "symbol",
            "source": "rooms",
            "minzoom": 12,
            "layout": {
                "text-field": ["get", "name"],
                "text-size": 11,
                "text-font": ["Noto Sans Regular"],
                "text-offset": [0, 0.9],
                "text-anchor": "top",
                "text-optional": True,
            },
            "paint": {"text-color": line, "text-halo-color": colours["halo"], "text-halo-width": 1.4},
        },
    ]


@require_GET
@page()
def style(request: HttpRequest) -> HttpResponse:
    """The style in the theme asked for, over the base map asked for (``base``; unknown or none: our own)."""
    origin = request.build_absolute_uri("/").rstrip("/")
    made = style_of(
        dark=request.GET.get("theme") == "dark",
        origin=origin,
        has_roads=roads_file().is_file(),
        plain=request.GET.get("plain") == "1",
        base=base_map(request.GET.get("base", "")),
    )
    return JsonResponse(made, headers={"Cache-Control": "private, max-age=60"})


def _part(handle: BinaryIO, length: int) -> Iterator[bytes]:
    with handle:
        while length > 0:
            piece = handle.read(min(CHUNK, length))
            if not piece:
                return
            length -= len(piece)
            yield piece


@require_GET
@page()
def roads(request: HttpRequest) -> HttpResponseBase:
    """The roads' tiles: the range asked for (206), or all."""
    path = roads_file()
    if not path.is_file():
        return HttpResponse(status=404)
    about = path.stat()
    etag = f'"{about.st_mtime_ns:x}-{about.st_size:x}"'
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "Cache-Control": "private, max-age=3600"}
    wanted = _RANGE.match(request.headers.get("Range", ""))
    if not wanted:
        return FileResponse(path.open("rb"), headers=headers, content_type="application/octet-stream")
    start = int(wanted[1])
    end = min(int(wanted[2]) if wanted[2] else about.st_size - 1, about.st_size - 1)
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{about.st_size}"})
    handle = path.open("rb")
    handle.seek(start)
    headers |= {"Content-Range": f"bytes {start}-{end}/{about.st_size}", "Content-Length": str(end - start + 1)}
    return StreamingHttpResponse(
        _part(handle, end - start + 1), status=206, headers=headers, content_type="application/octet-stream"
    )
