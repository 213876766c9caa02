"""``linli recommend LON LAT``: the right units for a place, as the desk would be told."""

from __future__ import annotations

import argparse
import math
from typing import Any

from linli.command.main import Unreadable
from linli.kernel import clock
from linli.kernel.geo import possible
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import answering_for, bureau, category
from linli.operations.dispatch.queries import recommended

_MOST = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """Longitude, latitude, category, how many."""
    parser.add_argument("lon", metavar="LON", type=_degrees, help="longitude, WGS-84; negative needs nothing before it")
    parser.add_argument("lat", metavar="LAT", type=_degrees, help="latitude, WGS-84")
    parser.add_argument("--category", metavar="C", default="", help="a category code")
    parser.add_argument("--k", type=int, default=5, help="how many units (default 5)")


def _degrees(text: str) -> float:
    try:
        value = float(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of degrees") from wrong
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of degrees")
    return value


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Rank the units for a point now; nothing is stored."""
    if not possible(options.lon, options.lat):
        raise Unreadable(f"longitude {options.lon} or latitude {options.lat} lies outside ±180/±90")
    if not 1 <= options.k <= _MOST:
        raise Unreadable(f"--k must lie between 1 and {_MOST}, not {options.k}")
    if options.category and category(options.category) is None:
        raise Unreadable(f"category {options.category} is not in the table")
    now = clock.now()
    found = answering_for(options.lon, options.lat, now)
    call = Matter(
        kind="incident",
        lon=options.lon,
        lat=options.lat,
        category=options.category,
        agency=found.agency or bureau(),
        station=found.station,
        received_at=now,
    )
    units, snapshot, took_ms = recommended(call, k=options.k)
    answer: dict[str, Any] = {"units": [_plain(item.as_json()) for item in units], "took_ms": round(took_ms, 3)}
    if not units:
        answer["why"] = snapshot.get("why", "nobody_available")
    return answer


def _plain(suggestion: dict[str, object]) -> dict[str, Any]:
    """The unit by its call sign; its key stands beside it."""
    unit: Any = suggestion["unit"]
    return {**suggestion, "unit": unit["call_sign"], "unit_id": unit["id"]}


def words(answer: dict[str, Any]) -> str:
    """One line a unit."""
    lines = [
        f"{row['unit']}  {row['eta_s']:.0f}秒  5分钟内{row['within_300_s']:.0%}  "
        + "；".join(reason["zh"] for reason in row["reasons"])
        for row in answer["units"]
    ]
    return "\n".join(lines) or "没有可派力量。Nobody can be sent."
