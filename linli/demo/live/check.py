"""One 110 call from order to closed, through the HTTP doors, told line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from linli.demo.live.door import Door, DoorShut
from linli.demo.live.keys import INTAKE, Keys
from linli.kernel import clock

CATEGORY = "1080"
"""Criminal damage: a room may take it, and it is not ordered by itself, so that the desk is seen at work."""

Say = Callable[[str], None]


class CheckFailed(Exception):
    """What was wrong, in one line."""


def carry_one_call(address: str, keys: Keys, lon: float, lat: float, say: Say) -> str:
    """Take, order, sign, drive, finish, feed back and close one call near a place. Returns its number.

    Raises CheckFailed with one clear line.
    """
    with httpx.Client(base_url=address, timeout=30.0) as http:
        try:
            return _carried(http, keys, lon, lat, say)
        except DoorShut as shut:
            raise CheckFailed(str(shut)) from shut
        except httpx.HTTPError as broken:
            raise CheckFailed(f"{address}: {broken}") from broken


def _carried(http: httpx.Client, keys: Keys, lon: float, lat: float, say: Say) -> str:
    intake, desk = Door(http, keys.tokens[INTAKE]), Door(http, keys.tokens["demo-dispatcher"])
    call = intake.post("/incidents", _call(lon, lat))
    number = str(call["number"])
    say(f"受理 taken        {number}  {_name(call['room'])} / {_name(call['station'])}")
    for doubt in call["warnings"]:
        say(f"     doubt        {doubt['zh']}")
    units = desk.get(f"/matters/{number}/recommendation")["units"]
    _demand(bool(units), "nobody was recommended for the call")
    best = units[0]
    say(f"推荐 recommended  {best['unit']['call_sign']}  约{best['eta_s']:.0f}秒  共{len(units)}组")
    order = _ordered(desk, number, units, say)
    say(f"派警 ordered      {order['unit']['call_sign']}  {order['ordered_at']}")
    crew = _crew(http, keys, order["unit"]["call_sign"])
    _steps(crew, order["id"], lon, lat, say)
    _moved(crew, number, "feed_back", {"outcome": "已现场处置，双方和解。"}, "fed_back", "反馈 fed back", say)
    _moved(desk, number, "close", {}, "closed", "结案 closed", say)
    _clock_is_whole(desk.get(f"/matters/{number}"), say)
    return number


def _ordered(desk: Door, number: str, units: list[dict[str, Any]], say: Say) -> dict[str, Any]:
    """The first of the recommended units that is still to be had: the county may be alive meanwhile."""
    for unit in units:
        try:
            order: dict[str, Any] = desk.post(f"/matters/{number}/orders", {"unit": unit["unit"]["id"]})
        except DoorShut as shut:
            if shut.code not in ("order.unit_taken", "order.unit_unavailable"):
                raise
            say(f"     taken        {shut}")
            continue
        return order
    raise CheckFailed("every recommended unit was taken meanwhile")


def _call(lon: float, lat: float) -> dict[str, Any]:
    return {
        "received_at": clock.now().isoformat(),
        "category": CATEGORY,
        "narrative": "演示自检：门口车辆被人划伤。",
        "caller": {"name": "自检", "phone": "15400000000"},
        "lon": lon,
        "lat": lat,
        "source": "demo-check",
    }


def _crew(http: httpx.Client, keys: Keys, call_sign: str) -> Door:
    token = keys.of_unit(call_sign)
    if token is None:
        raise CheckFailed(f"nobody with an account rides in {call_sign}")
    return Door(http, token)


def _steps(crew: Door, order: str, lon: float, lat: float, say: Say) -> None:
    here = {"lon": lon, "lat": lat, "accuracy_m": 8.0}
    for move, state, words, facts in (
        ("deliver", "delivered", "送达 delivered", {}),
        ("sign", "signed", "签收 signed", {}),
        ("set_out", "under_way", "出警 under way", {}),
        ("arrive", "arrived", "到场 arrived", here),
        ("finish", "done", "办结 done", {"result": "已现场处置。"}),
    ):
        after = crew.post(f"/orders/{order}/moves/{move}", {"at": clock.now().isoformat(), **facts})
        _demand(after["state"] == state, f"after {move} the order is {after['state']}, not {state}")
        say(f"{words:<16} {after[f'{state}_at']}")


def _moved(door: Door, number: str, move: str, facts: dict[str, str], state: str, words: str, say: Say) -> None:
    after = door.post(f"/matters/{number}/moves/{move}", facts)
    _demand(after["state"] == state, f"after {move} the call is {after['state']}, not {state}")
    say(f"{words:<16} {number}")


def _clock_is_whole(matter: dict[str, Any], say: Say) -> None:
    taken = [stamp["milestone"] for stamp in matter["stamps"]]
    wanted = (
        "received",
        "created",
        "ordered",
        "delivered",
        "signed",
        "under_way",
        "arrived",
        "done",
        "fed_back",
        "closed",
    )
    missing = [name for name in wanted if name not in taken]
    _demand(not missing, f"the clock lacks {', '.join(missing)}")
    say(f"时钟 clock        {len(taken)} stamps, {len(matter['timeline'])} entries in the trail")


def _name(place: dict[str, Any] | None) -> str:
    return str(place["name"]) if place else "—"


def _demand(held: bool, line: str) -> None:
    if not held:
        raise CheckFailed(line)
