"""Reading a call that may be wrong in any way: an emergency is never refused, doubts become warnings. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from linli.kernel.clock import SHANGHAI
from linli.kernel.errors import CODES, declare
from linli.kernel.geo import Datum, possible, to_wgs84

declare(
    "call.category_unknown",
    zh="类别“{sent}”不在类别表中，已按“{taken}”登记，请核对。",
    en="Category {sent} is not in the table; registered as {taken}.",
)
declare(
    "call.category_guessed",
    zh="未给出类别，按报警内容登记为“{taken}”，请核对。",
    en="No category was given; by its narrative registered as {taken}.",
)
declare(
    "call.category_missing", zh="未给出类别，请接警员确定。", en="No category was given; the call taker should decide."
)
declare(
    "call.priority_unreadable",
    zh="等级“{sent}”无法识别，已按类别默认等级登记。",
    en="Priority {sent} is not readable; the category's own is used.",
)
declare(
    "call.time_unreadable",
    zh="报警时间“{sent}”无法识别，已按收到时间登记。",
    en="The time {sent} is not readable; the time of arrival here is used.",
)
declare(
    "call.time_without_offset",
    zh="报警时间没有时区，已按北京时间理解。",
    en="The time has no offset; read as Asia/Shanghai.",
)
declare(
    "call.time_in_future",
    zh="报警时间晚于现在{ahead_s}秒，原值保留。",
    en="The time lies {ahead_s} s ahead of now; kept as sent.",
)
declare(
    "call.time_long_ago",
    zh="报警时间早于现在{behind_h}小时，原值保留。",
    en="The time lies {behind_h} h back; kept as sent.",
)
declare("call.point_unreadable", zh="坐标“{sent}”无法识别。", en="The coordinates {sent} are not readable.")
declare(
    "call.point_outside",
    zh="位置在本县之外，距最近的警格{grid}约{metres}米；可转邻近公安机关。",
    en="Outside the county, {metres} m from {grid}; the neighbour can be offered.",
)
declare(
    "call.point_far_outside",
    zh="位置离本县很远（{km}公里），坐标可能有误。",
    en="The point is {km} km away; the coordinates may be wrong.",
)
declare(
    "call.point_swapped",
    zh="经纬度可能颠倒：互换后在本县内（{lon}, {lat}）。",
    en="Longitude and latitude may be swapped: exchanged they lie here ({lon}, {lat}).",
)
declare(
    "call.point_gcj02",
    zh="坐标可能是火星坐标（GCJ-02）：换算后在本县内（{lon}, {lat}）。",
    en="This may be GCJ-02: converted it lies here ({lon}, {lat}).",
)
declare("call.point_off_address", zh="坐标与地址相差{metres}米，请核对。", en="Point and address are {metres} m apart.")
declare(
    "call.datum_unknown", zh="坐标系“{sent}”无法识别，已按WGS-84理解。", en="Datum {sent} is unknown; read as WGS-84."
)
declare(
    "call.address_not_found",
    zh="地址“{sent}”未找到，请在地图上定位。",
    en="The address {sent} was not found; place it on the map.",
)
declare(
    "call.address_uncertain",
    zh="地址有多个可能，已取最相近的“{text}”，请核对。",
    en="Several addresses fit; the nearest, {text}, was taken.",
)
declare(
    "call.no_place",
    zh="没有位置：请向报警人问明地点后在地图上定位。",
    en="No place was given; ask the caller and place it on the map.",
)
declare(
    "call.narrative_unreadable", zh="报警内容不是文字，已按原样保存。", en="The narrative is not text; kept as it came."
)
declare(
    "call.cut",
    zh="“{field}”过长（{sent}字），只登记前{kept}字。",
    en="{field} is too long ({sent} characters); the first {kept} are registered.",
)
declare(
    "call.caller_unreadable",
    zh="报警人信息无法识别，已按原样保存。",
    en="The caller's data are not readable; kept as they came.",
)
declare(
    "call.no_grid", zh="尚未划分警格，无法确定责任警务室。", en="No grid is drawn here yet; no room is responsible."
)
declare(
    "call.no_room", zh="该警格没有警务室负责，已归{agency}。", en="No room answers for this grid; it goes to {agency}."
)
declare(
    "call.for_station",
    zh="按受理范围，此类警情须由派出所办理。",
    en="By the table of what rooms may take, this goes to the police station.",
)
declare(
    "call.number_repeated",
    zh="外部编号{number}已登记过，本次按重复来电登记。",
    en="External number {number} came before; registered as a repeated call.",
)

OTHER = "9990"
_LONGEST = {"narrative": 4000, "address": 200, "source": 40, "external_number": 64, "name": 60, "phone": 40}
_DOUBTED = ("call.category", "call.point", "call.address_uncertain")
_FUTURE_S = 120
_LONG_AGO_H = 24


@dataclass(slots=True)
class Call:
    """A call as understood: typed facts, and warnings as (code, facts). Everything unreadable is kept in ``kept``."""

    received_at: datetime
    category: str = ""
    priority: int | None = None
    narrative: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    external_source: str = ""
    external_number: str = ""
    kept: dict[str, Any] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, code: str, **facts: Any) -> None:
        """Add a doubt; the desk sees its sentence in both languages."""
        words = CODES[code].filled(facts)
        self.warnings.append({"code": code, "zh": words.zh, "en": words.en, "facts": facts})

    def text(self, name: str, sent: Any) -> str:
        """A text of the call, as long as its column holds; what is cut off is told."""
        whole = ("" if sent is None else str(sent)).replace("\x00", "").strip()
        if len(whole) > _LONGEST[name]:
            self.warn("call.cut", field=name, sent=len(whole), kept=_LONGEST[name])
        return whole[: _LONGEST[name]]


def read_call(sent: dict[str, Any], now: datetime) -> Call:
    """Understand whatever was sent. Never raises: what cannot be read is kept and warned about."""
    call = Call(received_at=now)
    _read_time(call, sent.get("received_at"), now)
    _read_priority(call, sent.get("priority"))
    _read_point(call, sent)
    category = sent.get("category")
    call.category = str(category).strip()[:40] if category not in (None, "") else ""
    narrative = sent.get("narrative", "")
    if not isinstance(narrative, str):
        call.warn("call.narrative_unreadable")
    call.narrative = call.text("narrative", narrative)
    _read_caller(call, sent.get("caller"))
    call.address = call.text("address", sent.get("address") or "")
    call.external_source = call.text("source", sent.get("source") or "")
    call.external_number = call.text("external_number", sent.get("external_number") or "")
    return call


def surely_placed_and_known(warnings: list[dict[str, Any]]) -> bool:
    """Whether what happened and where is beyond doubt: only then may a machine send a unit without a desk's tap."""
    return not any(str(warning["code"]).startswith(_DOUBTED) for warning in warnings)


def time_doubted(warnings: list[dict[str, Any]]) -> bool:
    """Whether the time of the call is not to be trusted: who answers for its place is then asked for now."""
    return any(str(warning["code"]).startswith("call.time_") for warning in warnings)


def _read_time(call: Call, sent: Any, now: datetime) -> None:
    if sent in (None, ""):
        return
    try:
        at = datetime.fromisoformat(str(sent))
        if at.tzinfo is None:
            call.warn("call.time_without_offset")
            at = at.replace(tzinfo=SHANGHAI)
        ahead = at - now
    except (ValueError, OverflowError):
        call.warn("call.time_unreadable", sent=str(sent)[:60])
        return
    if not 1970 < at.year < 2100:
        call.warn("call.time_unreadable", sent=str(sent)[:60])
        return
    if ahead > timedelta(seconds=_FUTURE_S):
        call.warn("call.time_in_future", ahead_s=int(ahead.total_seconds()))
    elif ahead < -timedelta(hours=_LONG_AGO_H):
        call.warn("call.time_long_ago", behind_h=int(-ahead.total_seconds() // 3600))
    call.received_at = at.astimezone(UTC)


def _read_priority(call: Call, sent: Any) -> None:
    if sent in (None, ""):
        return
    try:
        value = int(sent)
    except (TypeError, ValueError, OverflowError):
        value = 0
    if isinstance(sent, bool) or not 1 <= value <= 4 or (isinstance(sent, float) and sent != value):
        call.warn("call.priority_unreadable", sent=str(sent)[:40])
        return
    call.priority = value


def _read_point(call: Call, sent: dict[str, Any]) -> None:
    lon, lat = sent.get("lon"), sent.get("lat")
    if lon in (None, "") and lat in (None, ""):
        return
    try:
        x, y = float(lon), float(lat)  # type: ignore[arg-type]  # None is caught below
    except (TypeError, ValueError):
        x = y = math.nan
    readable = math.isfinite(x) and math.isfinite(y) and not isinstance(lon, bool) and not isinstance(lat, bool)
    if not readable or not (possible(x, y) or possible(y, x)):
        call.warn("call.point_unreadable", sent=f"{lon!s:.30}, {lat!s:.30}")
        call.kept["point"] = [str(lon)[:60], str(lat)[:60]]
        return
    datum = _datum(call, sent.get("datum"))
    if datum is not Datum.WGS84 and possible(x, y):
        call.kept["point"] = [x, y, datum.value]
        x, y = to_wgs84(x, y, datum)
    call.lon, call.lat = x, y


def _datum(call: Call, sent: Any) -> Datum:
    if sent in (None, ""):
        return Datum.WGS84
    try:
        return Datum.named(str(sent))
    except ValueError:
        call.warn("call.datum_unknown", sent=str(sent)[:20])
        return Datum.WGS84


def _read_caller(call: Call, sent: Any) -> None:
    if sent in (None, "", {}):
        return
    if not isinstance(sent, dict):
        call.warn("call.caller_unreadable")
        call.caller_phone = call.text("phone", sent)
        return
    call.caller_name = call.text("name", sent.get("name") or "")
    call.caller_phone = call.text("phone", sent.get("phone") or "")
