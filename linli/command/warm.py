"""What a web process makes ready before anybody asks for it, in a thread of its own: the first who looks after a
restart should not wait for a million points.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import structlog
from django.db import connections

from linli.matters.map.queries import HELD

log = structlog.get_logger(__name__)

WARMED: Mapping[str, Callable[[], object]] = {"map": HELD.warm}


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
