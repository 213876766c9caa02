"""What a web process makes ready before anybody asks for it, in a thread of its own: the first who looks after a
restart should not wait for a million points.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import structlog
from django.db import connections
from django.urls import resolve

from linli.kernel.late import bring
from linli.matters.ledger.models import Matter
from linli.matters.map.queries import HELD
from linli.matters.routing.acts import understand
from linli.matters.search.rules.grams import name_grams
from linli.operations.dispatch.queries import recommended
from linli.places.grid.queries import county_box

log = structlog.get_logger(__name__)


def _addresses() -> None:
    """The pages' modules and the API's schemas are read with the first address that is looked up."""
    resolve("/healthz")


def _call() -> None:
    """What a call needs: grids, rooms, categories, roads, the fleet, compiled searches, the sounds of words. A call in
    the middle of the county is understood and recommended for; nothing is written.
    """
    box = county_box()
    if box is None:
        return
    lon, lat = (box.west + box.east) / 2, (box.south + box.north) / 2
    _, listed, place = understand({"lon": lon, "lat": lat, "address": "1号", "narrative": "试"})
    recommended(Matter(kind="incident", lon=lon, lat=lat, category=listed.code, agency=place.agency))
    name_grams(listed.zh)


def _libraries() -> None:
    """What some pages need and no call: plans of joint calls and of the week on foot, papers."""
    bring("scipy.optimize", "ortools.constraint_solver.pywrapcp", "docxtpl", "typst")


WARMED: Mapping[str, Callable[[], object]] = {
    "addresses": _addresses,
    "call": _call,
    "map": HELD.warm,
    "libraries": _libraries,
}


def begin() -> threading.Thread:
    """Start warming; whoever asks meanwhile is served with what is ready."""
    thread = threading.Thread(target=_warm_and_leave, name="warm", daemon=True)
    thread.start()
    return thread


def _warm_and_leave() -> None:
    try:
        warm()
    finally:
        connections.close_all()


def warm(what: Mapping[str, Callable[[], object]] = WARMED) -> None:
    """Make all of it ready. What fails (a house that is not set up yet) is left to the first who asks."""
    for name, load in what.items():
        began_s = time.monotonic()
        try:
            load()
        except Exception as failed:  # noqa: BLE001  (whatever it is: the process serves all the same)
            log.warning("not_warmed", what=name, why=str(failed)[:200])
        else:
            log.info("warmed", what=name, took_s=round(time.monotonic() - began_s, 2))
