"""`tiles`: vector tiles over a million matters, through the real door in process: rights, filters, clusters, bytes.

Two people look: a dispatcher of the bureau and the chief of a station. Where they look follows where matters lie, from
the county down to a street; half of the tiles are narrowed by kind, progress, age or a moment of the past. `first_s` is
what the first tile after a start waits for. The plain way beside it asks the database for the rows of the same tile and
makes a feature of each.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from benchmarks.ledger import ROWS, kept
from benchmarks.site import percentile

NAMES = ("tiles", "tiles.postgres")
ROUNDS = 30
"""Tiles of each zoom and person."""
ZOOMS = (6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18)
PLAIN_ZOOMS = (11, 12, 13, 14)
PLAIN_ASKED = 8
Look = Callable[[str, dict[str, str]], float]


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure one database."""
    with kept(name.endswith(".postgres")):
        yield from _figures()


def _figures() -> Iterator[dict[str, Any]]:

    people = _people()
    spots = _spots(random.Random(3))
    first_s = people["dispatcher"](_tile(spots[0], 8), {})
    people["station_chief"](_tile(spots[0], 8), {})
    yield {"metric": "first_s", "value": round(first_s, 2), "unit": "s", "n": ROWS}
    asked = list(_asked(spots))
    random.Random(5).shuffle(asked)
    waits: dict[int, list[float]] = {}
    for who, z, spot, narrow in asked:
        waits.setdefault(z, []).append(people[who](_tile(spot, z), narrow))
    every = [wait for some in waits.values() for wait in some]
    plain = [_plain(spot, z) for spot, z in zip(spots, PLAIN_ZOOMS * PLAIN_ASKED, strict=False)][:PLAIN_ASKED]
    same = [people["dispatcher"](_tile(spot, z), {}) for spot, z in zip(spots, PLAIN_ZOOMS * PLAIN_ASKED, strict=False)]
    for z in (min(ZOOMS), 12, 16):
        yield {"metric": f"z{z}_p95_ms", "value": _ms(waits[z], 0.95), "unit": "ms", "n": len(waits[z])}
    yield {"metric": "p50_ms", "value": _ms(every, 0.5), "unit": "ms", "n": len(every)}
    yield {
        "metric": "p95_ms",
        "value": _ms(every, 0.95),
        "unit": "ms",
        "n": len(every),
        "ratio": round(_ms(plain, 0.5) / _ms(same[:PLAIN_ASKED], 0.5), 1),
        "against": "the rows of the same tile from the database, each made a feature",
    }


def _ms(waits_s: list[float], share: float) -> float:
    return round(percentile(waits_s, share) * 1000, 1)


def _asked(spots: list[tuple[float, float]]) -> Iterator[tuple[str, int, tuple[float, float], dict[str, str]]]:
    """(who, zoom, where, how narrowed)."""
    from linli.kernel import clock  # noqa: PLC0415  (Django is set up only now)

    past = (clock.now() - timedelta(days=400)).isoformat()
    narrowed: tuple[dict[str, str], ...] = (
        {},
        {"kind": "dispute,hazard"},
        {},
        {"open": "yes"},
        {},
        {"max_age_s": "2592000"},
        {},
        {"at": past, "kind": "incident"},
    )
    place = iter(spots * 99)
    for who in ("dispatcher", "station_chief"):
        for z in ZOOMS:
            for turn in range(ROUNDS):
                yield who, z, next(place), narrowed[turn % len(narrowed)]


def _spots(chance: random.Random) -> list[tuple[float, float]]:
    """Where some matters lie."""
    from linli.matters.ledger.models import Matter  # noqa: PLC0415  (Django is set up only now)

    last = Matter.objects.order_by("-line").values_list("line", flat=True).first() or 0
    first = Matter.objects.order_by("line").values_list("line", flat=True).first() or 0
    found: list[Any] = []
    while len(found) < 120:
        line = chance.randrange(first, last + 1)
        found += list(Matter.objects.filter(line__gte=line).order_by("line").values_list("lon", "lat")[:1])
    return [(lon, lat) for lon, lat in found if lon is not None and lat is not None]


def _square(spot: tuple[float, float], z: int) -> Any:
    import numpy as np  # noqa: PLC0415  (with the rest of what is needed after Django's start)

    from linli.places.map.rules import Tile  # noqa: PLC0415  (Django is set up only now)
    from linli.places.map.rules.tiles import BITS, grid_of  # noqa: PLC0415  (Django is set up only now)

    x, y = grid_of(np.array([spot[0]]), np.array([spot[1]]))
    return Tile(z, int(x[0]) >> (BITS - z), int(y[0]) >> (BITS - z))


def _tile(spot: tuple[float, float], z: int) -> str:
    square = _square(spot, z)
    return f"/api/v1/map/tiles/matters/{square.z}/{square.x}/{square.y}.mvt"


def _plain(spot: tuple[float, float], z: int) -> float:
    from linli.kernel.scope import system  # noqa: PLC0415  (Django is set up only now)
    from linli.matters.ledger.models import Matter  # noqa: PLC0415  (Django is set up only now)
    from linli.places.map.rules import Mark  # noqa: PLC0415  (Django is set up only now)
    from linli.places.map.rules.encode import points_tile  # noqa: PLC0415  (Django is set up only now)

    began_s = time.perf_counter()
    box = _square(spot, z).box
    rows = Matter.objects.visible_to(system("bench")).filter(
        lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north
    )
    wide, high = box.east - box.west, box.north - box.south
    marks = [
        Mark(
            int((lon - box.west) / wide * 4096),
            int((box.north - lat) / high * 4096),
            {"id": str(key), "number": number, "kind": kind, "state": state},
        )
        for key, number, kind, state, lon, lat in rows.values_list("pk", "number", "kind", "state", "lon", "lat")
    ]
    points_tile("matters", marks)
    return time.perf_counter() - began_s


def _people() -> dict[str, Look]:
    """Two people's browsers, in process, through all middleware, with a token."""
    from django.test import Client  # noqa: PLC0415  (Django is set up only now)

    from benchmarks.million import MAKER, organised  # noqa: PLC0415  (Django is set up only now)
    from linli.org.people.acts import make_token, open_account  # noqa: PLC0415  (Django is set up only now)
    from linli.org.people.models import Account  # noqa: PLC0415  (Django is set up only now)

    found: dict[str, Look] = {}
    for post, person in organised().people.items():
        account = Account.objects.filter(username=f"bench-{post}").first()
        account = account or open_account(MAKER, username=f"bench-{post}", person=person, machine="")
        found[post] = _look(Client(SERVER_NAME="127.0.0.1"), make_token(MAKER, account=account, days=1))
    return found


def _look(client: Any, token: str) -> Look:
    def look(path: str, narrow: dict[str, str]) -> float:
        began_s = time.perf_counter()
        answer = client.get(path, narrow, HTTP_AUTHORIZATION=f"Bearer {token}")
        took_s = time.perf_counter() - began_s
        if answer.status_code not in (200, 204):
            raise RuntimeError(f"{path} {narrow}: {answer.status_code} {answer.content[:300]!r}")
        return took_s

    return look
