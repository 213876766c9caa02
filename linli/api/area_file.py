"""A drawn area as a file: every feature of every layer in it, as a workbook or as GeoJSON."""

from __future__ import annotations

import io
from typing import Any, Literal

import shapely
import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Router
from pydantic_core import to_json

from linli.api.area import Area, asked_within, drawn, layers_asked
from linli.api.auth import ApiRequest
from linli.api.ogc.documents import feature_shown
from linli.kernel import clock
from linli.kernel.words import Words
from linli.places.map.queries import area_features
from linli.places.map.rules import Feature, Layer, LayerQuery
from linli.trail.reads.acts import note_read

router = Router(tags=["map"])

MOST_ROWS = 20_000
"""Rows of one layer in a file; more is said in the last row. A county's open matters are a quarter of it."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADS = {
    "number": Words("编号", "number"),
    "code": Words("代码", "code"),
    "name": Words("名称", "name"),
    "title": Words("标题", "title"),
    "call_sign": Words("呼号", "call sign"),
    "kind": Words("种类", "kind"),
    "state": Words("状态", "state"),
    "open": Words("未结", "open"),
    "late": Words("超时", "late"),
    "category": Words("类别", "category"),
    "priority": Words("级别", "priority"),
    "colour": Words("颜色", "colour"),
    "agency": Words("单位代码", "agency code"),
    "agency_name": Words("单位", "agency"),
    "station": Words("派出所", "station"),
    "grid": Words("网格", "grid"),
    "zone": Words("区域", "zone"),
    "received_at": Words("接报时间", "received at"),
    "closed_at": Words("结案时间", "closed at"),
    "availability": Words("待命", "availability"),
    "activity": Words("正在", "doing"),
    "fix_at": Words("定位时间", "position at"),
}
_LON, _LAT = Words("经度", "longitude"), Words("纬度", "latitude")
_MORE = Words("行数过多，未全部列出", "more rows than a file takes")


class Wanted(Area):
    """The area, and as what."""

    format: Literal["xlsx", "geojson"] = "xlsx"


@router.post("/map/area/export", summary="What is in an area, as a file")
def exported(request: ApiRequest, sent: Wanted) -> HttpResponse:
    """Everything in a drawn area that the actor may see: one sheet a layer, or one GeoJSON collection.

    Layers of people need a purpose and the look is noted, as on the page.
    """
    shape = drawn(sent.geometry)
    layers = layers_asked(sent)
    if any(layer.people for layer in layers):
        box = shapely.geometry.box(*shape.bounds).wkt[:60]
        note_read(request.auth, subject_type="map.area", subject_id=box, purpose=sent.purpose)
    query = LayerQuery(area=shape, at=sent.at, limit=MOST_ROWS + 1)
    found = [
        (layer, area_features(request.auth, layer, asked_within(layer, query, tuple(sent.kinds)), MOST_ROWS + 1))
        for layer in layers
    ]
    made = _workbook(found) if sent.format == "xlsx" else _collection(found)
    answer = HttpResponse(made, content_type=XLSX if sent.format == "xlsx" else "application/geo+json")
    answer.headers["Content-Disposition"] = f'attachment; filename="area-{clock.today():%Y%m%d}.{sent.format}"'
    return answer


def _said(words: Words) -> str:
    return words.en if (get_language() or "").startswith("en") else words.zh


def _collection(found: list[tuple[Layer, list[Feature]]]) -> bytes:
    features = [
        {**shown, "properties": {"layer": layer.code, **shown["properties"]}}
        for layer, rows in found
        for shown in map(feature_shown, rows)
    ]
    return to_json({"type": "FeatureCollection", "features": features}, inf_nan_mode="null")


def _workbook(found: list[tuple[Layer, list[Feature]]]) -> bytes:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    for layer, rows in found:
        sheet = book.add_worksheet(_said(layer.words)[:31])
        keys = list(dict.fromkeys(key for row in rows for key in row.properties if key not in ("id", "n")))
        heads = [_said(_HEADS[key]) if key in _HEADS else key for key in keys] + [_said(_LON), _said(_LAT)]
        sheet.write_row(0, 0, heads, bold)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows[:MOST_ROWS], start=1):
            spot = row.geometry.representative_point()
            cells = [_cell(row.properties.get(key)) for key in keys] + [round(spot.x, 6), round(spot.y, 6)]
            sheet.write_row(at, 0, cells)
        if len(rows) > MOST_ROWS:
            sheet.write(MOST_ROWS + 1, 0, _said(_MORE))
        sheet.set_column(0, len(heads), 18)
        sheet.autofilter(0, 0, max(1, min(len(rows), MOST_ROWS)), len(heads) - 1)
    if not found:
        book.add_worksheet()
    book.close()
    return held.getvalue()


def _cell(value: Any) -> str | int | float:
    if isinstance(value, bool):
        return "✓" if value else ""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, dict):
        both = Words(str(value.get("zh", "")), str(value.get("en", "")))
        return _said(both) if both.zh else str(value.get("name", ""))
    return "、".join(str(_cell(one)) for one in value) if isinstance(value, (list, tuple)) else str(value)
