"""The demo's units: where each is, whether it drives, and what it does while nobody calls."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from linli.demo.live.door import Door, DoorShut
from linli.demo.live.driving import RoadMap, Trip
from linli.demo.plane import LonLat, lonlat, sheet
from linli.kernel import clock

STILL_EVERY_S = 45.0
"""A unit that stands still says so now and then, so that its position does not grow old."""

PASTIMES = (
    ("available", ""),
    ("available", ""),
    ("available", "patrol"),
    ("conditional", "visiting"),
    ("conditional", "mediating"),
    ("conditional", "paperwork"),
    ("conditional", "school_gate"),
)


@dataclass(slots=True)
class Wheel:
    """One unit as the player knows it. Times are seconds of the monotonic clock."""

    id: str
    call_sign: str
    kind: str
    home: LonLat
    at: LonLat
    order: str | None = None
    trip: Trip | None = None
    since: float = 0.0
    idle_until: float = 0.0
    told: float = 0.0
    dirty: bool = True


class Fleet:
    """All units by call sign."""

    def __init__(self, roads: RoadMap, rng: random.Random, homes: dict[str, LonLat]) -> None:
        self._roads = roads
        self._rng = rng
        self._homes = homes
        self.wheels: dict[str, Wheel] = {}

    def learn(self, rows: list[dict[str, Any]], now: float) -> None:
        """Take over what the house says about units."""
        for row in rows:
            wheel = self.wheels.get(row["call_sign"])
            if wheel is None:
                home = self._homes.get(row["call_sign"])
                if home is None:
                    continue
                at = (row["lon"], row["lat"]) if row["lon"] is not None else home
                wheel = Wheel(row["id"], row["call_sign"], row["kind"], home, at)
                wheel.idle_until = now + self._rng.uniform(5, 240)
                self.wheels[wheel.call_sign] = wheel
            wheel.order = row["order"]

    def drive(self, wheel: Wheel, goal: LonLat, now: float, *, calm: float = 1.0) -> None:
        """Set out for a place."""
        wheel.trip = self._roads.trip(wheel.at, goal, on_foot=wheel.kind == "foot", calm=calm)
        wheel.since = now

    def arrived(self, wheel: Wheel, now: float) -> bool:
        """Is the unit where it was going?"""
        return wheel.trip is None or now - wheel.since >= wheel.trip.lasts_s

    def move(self, now: float) -> None:
        """Everybody is where he is by now; idle units wander about their beat and come home again."""
        for wheel in self.wheels.values():
            if wheel.trip is not None:
                wheel.at = wheel.trip.after(now - wheel.since)
                wheel.dirty = True
                if self.arrived(wheel, now):
                    wheel.trip = None
                    wheel.idle_until = now + self._rng.uniform(60, 420)
            elif wheel.order is None and now >= wheel.idle_until:
                self._wander(wheel, now)

    def _wander(self, wheel: Wheel, now: float) -> None:
        reach = 300 if wheel.kind == "foot" else 1_400
        x, y = sheet(wheel.home)
        goal = lonlat((x + self._rng.uniform(-reach, reach), y + self._rng.uniform(-reach, reach)))
        self.drive(wheel, wheel.home if self._rng.random() < 0.3 else goal, now, calm=1.8)

    def report(self, intake: Door, now: float) -> int:
        """Send the positions that are new or due. Returns how many."""
        due = [wheel for wheel in self.wheels.values() if wheel.dirty or now - wheel.told > STILL_EVERY_S]
        if not due:
            return 0
        at = clock.now().isoformat()
        batch = [
            {"unit": wheel.id, "lon": wheel.at[0], "lat": wheel.at[1], "at": at, "accuracy_m": self._rng.uniform(4, 18)}
            for wheel in due
        ]
        intake.post("/units/positions", batch)
        for wheel in due:
            wheel.told, wheel.dirty = now, False
        return len(due)

    def pastime(self, wheel: Wheel, crew: Door) -> None:
        """Say what the crew does while it waits; a unit that was just sent stays as it is."""
        availability, activity = self._rng.choice(PASTIMES)
        try:
            crew.post(f"/units/{wheel.id}/availability", {"availability": availability, "activity": activity})
        except DoorShut as shut:
            if shut.status != 409:
                raise
