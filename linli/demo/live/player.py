"""Plays a shift: people call, the desk sends, crews sign, drive, arrive and report back; all through the HTTP doors.

It leaves room for whoever sits at the pages: the desk waits before it sends, and the crew of the demo's own officer
signs late, so that a person may be first. A move that somebody else has made already is simply not made again.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from linli.demo.county import County
from linli.demo.incidents import make_call
from linli.demo.live.door import Door, DoorShut
from linli.demo.live.driving import RoadMap
from linli.demo.live.fleet import Fleet, Wheel
from linli.demo.live.keys import INTAKE, Keys
from linli.demo.said import reporter_of, said, small_kinds
from linli.demo.tables import HOURS, SHARES, categories
from linli.kernel import clock

TICK_S = 2.0
PAUSE_FILE = "demo-paused"
HUMAN_S = 75.0
"""How long the units of the demo's own accounts are left to whoever has signed in as their crew."""

RESULTS = (
    "已现场处置，双方和解。",
    "已制止并教育当事人。",
    "已登记并移交社区民警跟进。",
    "现场情况平稳，已告知注意事项。",
)


@dataclass(slots=True)
class Player:
    """The state of the play. ``pace_s`` is the mean time between two calls at an ordinary hour."""

    county: County
    keys: Keys
    http: httpx.Client
    home: Path
    pace_s: float = 75.0
    rng: random.Random = field(default_factory=random.Random)
    _due: dict[tuple[str, str], float] = field(default_factory=dict)
    _next_call: float = 0.0
    _next_small: float = 0.0
    _next_pastime: float = 0.0
    _fleet: Fleet | None = None
    _since: str = ""

    def run(self, ended: Callable[[], bool]) -> None:
        """Play until ``ended`` says so. Trouble at a door is told once and the play goes on."""
        troubled = ""
        while not ended():
            began = time.monotonic()
            try:
                if not (self.home / PAUSE_FILE).exists():
                    self.tick(began)
                troubled = ""
            except (DoorShut, httpx.HTTPError) as trouble:
                if str(trouble) != troubled:
                    sys.stderr.write(f"demo player: {trouble}\n")
                    troubled = str(trouble)
            time.sleep(max(0.1, TICK_S - (time.monotonic() - began)))

    def tick(self, now: float) -> None:
        """One look around, and what follows from it."""
        fleet = self._look(now)
        for matter in self._door("demo-dispatcher").get("/matters", kind="incident", open=1, limit=200)["items"]:
            self._attend(matter, fleet, now)
        fleet.move(now)
        fleet.report(self._door(INTAKE), now)
        self._call_in(now)
        self._small(now)
        self._pass_time(fleet, now)

    def _door(self, user: str) -> Door:
        return Door(self.http, self.keys.tokens[user])

    def _look(self, now: float) -> Fleet:
        if self._fleet is None:
            by_code = {agency.code: agency.at for agency in self.county.agencies}
            homes = {unit.call_sign: by_code[unit.agency] for unit in self.county.staff.units}
            self._fleet = Fleet(RoadMap(self.county.roads), self.rng, homes)
            self._next_call = now + 8.0
        query = {"since": self._since} if self._since else {}
        seen = self._door("demo-dispatcher").get("/units", **query)
        self._since = seen["at"]
        self._fleet.learn(seen["items"], now)
        return self._fleet

    # ---- calls that are under way

    def _attend(self, matter: dict[str, Any], fleet: Fleet, now: float) -> None:
        live = [order for order in matter["orders"] if order["state"] not in ("done", "declined", "recalled")]
        for order in live:
            wheel = fleet.wheels.get(order["unit"]["call_sign"])
            if wheel is not None:
                self._carry(order, matter, wheel, fleet, now)
        if matter["state"] == "waiting" and not live and matter["lon"] is not None:
            self._once(matter["number"], "order", now, self.rng.uniform(25, 50), lambda: self._send(matter))
        elif matter["state"] == "done":
            done = [order for order in matter["orders"] if order["state"] == "done"]
            self._once(
                matter["number"], "feed_back", now, self.rng.uniform(15, 50), lambda: self._feed_back(matter, done)
            )
        elif matter["state"] == "fed_back":
            path = f"/matters/{matter['number']}/moves/close"
            desk = self._door("demo-dispatcher")
            self._once(matter["number"], "close", now, self.rng.uniform(60, 180), lambda: desk.post(path, {}))

    def _once(self, what: str, step: str, now: float, delay_s: float, do: Callable[[], object]) -> None:
        """Do a step some time after it became possible; tried again later when somebody else was first."""
        due = self._due.setdefault((what, step), now + delay_s)
        if now < due:
            return
        self._due[(what, step)] = now + 30.0
        try:
            do()
        except DoorShut as shut:
            if shut.status not in (403, 404, 409, 422):
                raise

    def _send(self, matter: dict[str, Any]) -> None:
        desk = self._door("demo-dispatcher")
        for best in desk.get(f"/matters/{matter['number']}/recommendation")["units"][:3]:
            try:
                desk.post(f"/matters/{matter['number']}/orders", {"unit": best["unit"]["id"]})
            except DoorShut as shut:
                if shut.status not in (409, 422):
                    raise
                continue
            return

    def _feed_back(self, matter: dict[str, Any], done: list[dict[str, Any]]) -> None:
        token = self.keys.of_unit(done[-1]["unit"]["call_sign"]) if done else None
        door = Door(self.http, token) if token else self._door("demo-dispatcher")
        door.post(f"/matters/{matter['number']}/moves/feed_back", {"outcome": self.rng.choice(RESULTS)})

    def _carry(self, order: dict[str, Any], matter: dict[str, Any], wheel: Wheel, fleet: Fleet, now: float) -> None:
        """The next step of one order: deliver, sign, set out, drive, arrive, finish."""
        state, token = order["state"], self.keys.of_unit(wheel.call_sign)
        if token is None:
            return
        human = HUMAN_S if self.keys.crew[wheel.call_sign].startswith("demo-") else 0.0
        wheel.order = order["id"]
        move, delay_s = {
            "ordered": ("deliver", 1.0),
            "delivered": ("sign", human or self.rng.uniform(5, 20)),
            "signed": ("set_out", human or self.rng.uniform(12, 40)),
            "under_way": ("arrive", human / 3 or 4.0),
            "arrived": ("finish", human + self.rng.uniform(90, 240)),
        }[state]
        if state == "under_way" and not self._driven(matter, wheel, fleet, now):
            return
        body = {"at": clock.now().isoformat(), **self._facts(move, wheel)}
        door = Door(self.http, token)
        self._once(order["id"], move, now, delay_s, lambda: door.post(f"/orders/{order['id']}/moves/{move}", body))

    def _facts(self, move: str, wheel: Wheel) -> dict[str, object]:
        if move == "arrive":
            return {"lon": wheel.at[0], "lat": wheel.at[1], "accuracy_m": 9.0}
        return {"result": self.rng.choice(RESULTS)} if move == "finish" else {}

    def _driven(self, matter: dict[str, Any], wheel: Wheel, fleet: Fleet, now: float) -> bool:
        """Is the unit there? Sets it on its way when it is not."""
        if matter["lon"] is None:
            return True
        key = (wheel.order or "", "drive")
        if key not in self._due:
            self._due[key] = now
            fleet.drive(wheel, (matter["lon"], matter["lat"]), now)
        return fleet.arrived(wheel, now)

    # ---- what comes in

    def _call_in(self, now: float) -> None:
        """The next call, in the rhythm of the hour."""
        if now < self._next_call:
            return
        hour = clock.shanghai(clock.now()).hour
        weights = [share * HOURS[rhythm][hour] for share, rhythm, _, _ in SHARES.values()]
        usual = sum(share * sum(HOURS[rhythm]) / 24 for share, rhythm, _, _ in SHARES.values())
        busy = min(2.0, max(0.4, sum(weights) / usual))
        self._next_call = now + self.rng.expovariate(busy / self.pace_s)
        code = self.rng.choices(list(SHARES), weights=weights)[0]
        spot = self.county.places.draw(self.rng, SHARES[code][3])
        call = make_call(self.rng, categories()[code], spot, self.county.zones[spot.settlement], clock.now())
        sent: dict[str, Any] = {
            "received_at": call.received_at.isoformat(),
            "category": call.category,
            "narrative": call.narrative,
            "caller": {"name": call.caller, "phone": call.phone},
            "address": call.address,
        }
        # Now and then only the address is heard, as in life: the house must find the place itself.
        sent |= {} if self.rng.random() < 0.15 else {"lon": call.at[0], "lat": call.at[1]}
        self._door(INTAKE).post("/incidents", sent)

    def _small(self, now: float) -> None:
        """A tip, a hazard, a quarrel heard of: one in about four calls."""
        if now < self._next_small:
            return
        first = self._next_small == 0.0
        self._next_small = now + self.rng.expovariate(1 / (4 * self.pace_s))
        if first:
            return
        kind = self.rng.choice(small_kinds())
        title, details = self.rng.choice(said(kind))
        self._door(f"demo-{reporter_of(kind)}").post("/matters", {"kind": kind, "title": title, "details": details})

    def _pass_time(self, fleet: Fleet, now: float) -> None:
        """Every so often one idle crew says what it is doing."""
        if now < self._next_pastime:
            return
        self._next_pastime = now + self.rng.uniform(6, 14)
        idle = [wheel for wheel in fleet.wheels.values() if wheel.order is None]
        wheel = self.rng.choice(idle) if idle else None
        token = self.keys.of_unit(wheel.call_sign) if wheel else None
        if wheel is not None and token is not None:
            fleet.pastime(wheel, Door(self.http, token))
