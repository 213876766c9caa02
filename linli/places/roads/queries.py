"""The roads that are open now, shared by all threads of a process."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from linli.kernel import clock
from linli.places.roads.models import RoadClosure, Roads
from linli.places.roads.rules.network import load
from linli.places.roads.rules.open_roads import Closed, OpenRoads

_lock = threading.Lock()
_open: dict[str, OpenRoads] = {}
_closed_key: dict[str, tuple[tuple[uuid.UUID, int], ...]] = {}


def roads_folder() -> Path:
    """Where network files lie."""
    return Path(settings.LINLI_HOME) / "roads"


def active_roads() -> OpenRoads | None:
    """The active network less what is closed now; None while none was imported. Loaded once a process, then told only of changes."""
    row = Roads.objects.filter(active=True).values_list("id", "sha256").first()
    if row is None:
        return None
    key, sha256 = row
    now = clock.now()
    closures = list(
        RoadClosure.objects.filter(roads_id=key, begins_at__lte=now)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        .order_by("id")
    )
    state = tuple((item.pk, item.version) for item in closures)
    with _lock:
        known = _open.get(sha256)
        if known is None:
            _open.clear()
            known = OpenRoads(load(roads_folder() / f"{sha256}.npz"), name=sha256)
            _open[sha256], _closed_key[sha256] = known, ()
        if _closed_key[sha256] != state:
            known = known.closing([Closed(tuple(item.arcs), item.kinds) for item in closures])
            _open[sha256], _closed_key[sha256] = known, state
        return known
