"""`visits`: the week on foot. Forty doors of the demo county by its roads: how much walking a planned week saves
against a list by date, and against always going to the nearest next (which forgets what is due).
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from linli.demo.county import grow
from linli.demo.osm import write_osm_gz
from linli.places.roads.rules.network import KIND_INDEX
from linli.places.roads.rules.open_roads import OpenRoads
from linli.places.roads.rules.reading import read_roads
from linli.visits.plans.rules import naive_s, walks
from linli.visits.plans.rules.walks import FAR_S

NAMES = ("visits",)
DOORS, DAYS, A_DAY = 40, 5, 8
WEEKS = 20
Matrix = list[list[int]]


def run(name: str) -> Iterator[dict[str, Any]]:
    """Measure on the county of seed 1."""
    county = grow("county", 1)
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        path = Path(folder) / "county.osm.gz"
        write_osm_gz(county.roads, path)
        roads = OpenRoads(read_roads(path))
    dice = random.Random(1)
    houses = [one.at for one in county.addresses if one.kind == "house"]
    planned: list[int] = []
    by_date: list[int] = []
    nearest: list[int] = []
    took: list[float] = []
    asked: list[float] = []
    for _ in range(WEEKS):
        home = dice.choice(houses)
        near = sorted(houses, key=lambda at: (at[0] - home[0]) ** 2 + (at[1] - home[1]) ** 2)[:600]
        began = time.perf_counter()
        matrix = _matrix(roads, [home, *dice.sample(near, DOORS)])
        asked.append(time.perf_counter() - began)
        due = [dice.randint(0, 9) for _ in range(DOORS)]
        began = time.perf_counter()
        week = walks(matrix, due_day=due, days=DAYS, most=A_DAY)
        took.append(time.perf_counter() - began)
        planned.append(sum(walk.walk_s for walk in week))
        by_date.append(naive_s(matrix, sorted(range(DOORS), key=lambda door: due[door]), A_DAY))
        nearest.append(naive_s(matrix, _nearest_next(matrix), A_DAY))
    worst = sorted(took)[int(0.95 * WEEKS) - 1]
    yield {"metric": "p95_ms", "value": round(worst * 1000, 1), "unit": "ms", "n": WEEKS}
    yield {"metric": "matrix_p50_ms", "value": round(sorted(asked)[WEEKS // 2] * 1000, 1), "unit": "ms", "n": WEEKS}
    for against, other in (("a list by date", by_date), ("the nearest next", nearest)):
        yield {
            "metric": "walk_min_a_week",
            "value": round(sum(planned) / WEEKS / 60, 1),
            "unit": "min",
            "n": WEEKS,
            "ratio": round(sum(planned) / sum(other), 3),
            "against": against,
        }


def _matrix(roads: OpenRoads, places: Sequence[tuple[float, float]]) -> Matrix:
    """As ``places.roads.queries.travel_matrix_s`` makes it, without a database."""
    foot = KIND_INDEX["foot"]
    spots = [roads.place(lon, lat, foot) for lon, lat in places]
    found = [[FAR_S] * len(spots) for _ in spots]
    for column, end in enumerate(spots):
        if end is None:
            continue
        for row, seconds in enumerate(roads.travel_many_s(spots, end, foot)):
            found[row][column] = 0 if row == column else FAR_S if seconds is None else round(seconds)
    return found


def _nearest_next(matrix: Matrix) -> list[int]:
    """Always the nearest door that is left, beginning anew from the room each day."""
    left, order, at = set(range(1, len(matrix))), list[int](), 0
    while left:
        if len(order) % A_DAY == 0:
            at = 0
        at = min(left, key=lambda door: matrix[at][door])
        left.remove(at)
        order.append(at - 1)
    return order
