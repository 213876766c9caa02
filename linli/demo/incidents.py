"""A year of incidents: when, where and what, who went, and the clock of each call with its gaps."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from linli.demo import words
from linli.demo.addresses import AddressPlan
from linli.demo.agencies import AgencyPlan
from linli.demo.plane import LonLat, chance, gap_m, lonlat, sheet
from linli.demo.staff import Staff, UnitPlan
from linli.demo.tables import BUSY_MINUTES, HOURS, SEASONS, SHARES, WEEKDAYS, WORDS, CategoryRow, categories

SHANGHAI_AHEAD = timedelta(hours=8)
DETOUR = 1.38
SPEED_MPS = {"town": 7.5, "suburb": 10.5, "village": 11.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a caller brings: one row of the year before anybody answers. ``received_at`` is UTC."""

    received_at: datetime
    category: str
    priority: int
    at: LonLat
    address: str
    settlement: int
    zone: str
    narrative: str
    caller: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIncident:
    """A call with how it went. ``stamps`` holds milestones by name; one that is missing was never taken down.

    ``room`` answers for the place; ``agency`` is who went (the room, or its station); ``unit`` None: nobody was sent.
    """

    call: Call
    final_category: str
    final_priority: int
    room: str
    station: str
    agency: str
    unit: str | None
    state: str
    stamps: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses sorted for drawing: by kind of place, with the running sum of their weights."""

    rows: dict[str, list[AddressPlan]]
    sums: dict[str, list[float]]

    def draw(self, rng: random.Random, where: str) -> AddressPlan:
        """An address at random: some places call often, most hardly ever."""
        sums = self.sums[where]
        return rng.choices(self.rows[where], cum_weights=sums)[0]


def places(addresses: list[AddressPlan], zones: list[str], seed: int) -> Places:
    """Weigh the addresses: the seat calls more than its share, landmarks more than houses, a few often."""
    rng = chance(seed, "hotspots")
    rows: dict[str, list[AddressPlan]] = {"any": [], "town": [], "village": []}
    weights: dict[str, list[float]] = {"any": [], "town": [], "village": []}
    for row in addresses:
        zone = zones[row.settlement]
        weight = rng.paretovariate(1.6) * {"town": 2.1, "suburb": 1.1, "village": 0.75}[zone]
        weight *= {"landmark": 7.0, "building": 2.5, "house": 1.0}[row.kind]
        for where in ("any", "town" if zone == "town" else "village"):
            rows[where].append(row)
            weights[where].append(min(weight, 60.0))
    return Places(rows, {where: list(accumulate(values)) for where, values in weights.items()})


def calls(
    rng: random.Random, spots: Places, zones: list[str], first_day: datetime, days: int, count: int
) -> list[Call]:
    """``count`` calls in ``days`` days from ``first_day`` (midnight in Shanghai as UTC), in order of time."""
    codes = list(SHARES)
    sums = list(accumulate(SHARES[code][0] for code in codes))
    calendar = [first_day + timedelta(days=day) for day in range(days)]
    day_sums = {
        (rhythm, season): list(accumulate(_day_weight(day, rhythm, season) for day in calendar))
        for rhythm in WEEKDAYS
        for season in SEASONS
    }
    made = []
    for code in rng.choices(codes, cum_weights=sums, k=count):
        _, rhythm, season, where = SHARES[code]
        day = rng.choices(calendar, cum_weights=day_sums[(rhythm, season)])[0]
        hour = rng.choices(range(24), weights=HOURS[rhythm])[0]
        received = day + timedelta(hours=hour, seconds=rng.randrange(3600))
        spot = spots.draw(rng, where)
        made.append(make_call(rng, categories()[code], spot, zones[spot.settlement], received))
    made.sort(key=lambda call: (call.received_at, call.phone))
    return made


def make_call(rng: random.Random, category: CategoryRow, spot: AddressPlan, zone: str, received: datetime) -> Call:
    """One call about one place."""
    x, y = sheet(spot.at)
    said = rng.choice(WORDS.get(category.code, (f"报警人反映：{category.zh}。",)))
    return Call(
        received_at=received.astimezone(UTC),
        category=category.code,
        priority=category.priority,
        at=lonlat((x + rng.gauss(0, 8), y + rng.gauss(0, 8))),
        address=spot.text,
        settlement=spot.settlement,
        zone=zone,
        narrative=f"{spot.text}：{said}",
        caller=words.person_name(rng),
        phone=words.telephone(rng),
    )


def _day_weight(day: datetime, rhythm: str, season: str) -> float:
    local = day + SHANGHAI_AHEAD
    market = 1.12 if local.day % 10 in (3, 6, 9) else 1.0
    return WEEKDAYS[rhythm][local.weekday()] * SEASONS[season][local.month - 1] * (market if rhythm == "day" else 1.0)


@dataclass(frozen=True, slots=True)
class Force:
    """The room of a settlement, who goes for a room, the station above an agency, the units of an agency."""

    room_of: dict[int, AgencyPlan]
    goes_for: dict[str, AgencyPlan]
    station_of: dict[str, AgencyPlan]
    units_of: dict[str, list[UnitPlan]]


def force(agencies: list[AgencyPlan], staff: Staff) -> Force:
    """Look-ups over the organisation. A village room without a unit is answered for by its central room's."""
    by_code = {agency.code: agency for agency in agencies}
    units: dict[str, list[UnitPlan]] = {}
    for unit in staff.units:
        units.setdefault(unit.agency, []).append(unit)
    stations, goes_for = {}, {}
    for agency in agencies:
        above = agency
        while above.kind not in ("station", "bureau", "partner"):
            above = by_code[above.parent]
        stations[agency.code] = above
        goes_for[agency.code] = agency if agency.code in units else by_code.get(agency.parent, agency)
    return Force({s: agency for agency in agencies for s in agency.settlements}, goes_for, stations, units)


def lived(rng: random.Random, county: Force, calls_made: list[Call]) -> Iterator[PastIncident]:
    """How each call went. The rooms' part grows over the year: from one in eight to one in three."""
    total = max(1, len(calls_made))
    for index, call in enumerate(calls_made):
        yield _lived(rng, county, call, share=0.12 + 0.22 * index / total)


def _lived(rng: random.Random, county: Force, call: Call, share: float) -> PastIncident:
    category = categories()[call.category]
    room = county.room_of[call.settlement]
    station = county.station_of[room.code]
    mine = category.taken_by != "station" and rng.random() < share * (1.25 if call.zone == "town" else 0.9)
    agency = county.goes_for[room.code] if mine else station
    nobody = call.category[:2] == "99" or call.category == "5080" or (call.priority == 4 and rng.random() < 0.5)
    unit = None if nobody else rng.choice(county.units_of[agency.code])
    final = (
        rng.choice([code for code in SHARES if code[:2] == call.category[:2]]) if rng.random() < 0.08 else call.category
    )
    void = call.category in ("9910", "9920")
    return PastIncident(
        call=call,
        final_category=final,
        final_priority=categories()[final].priority,
        room=room.code,
        station=station.code,
        agency=agency.code,
        unit=unit.call_sign if unit else None,
        state="void" if void else "closed",
        stamps=_clock(rng, call, agency if unit else None),
    )


def _clock(rng: random.Random, call: Call, agency: AgencyPlan | None) -> dict[str, datetime]:
    """The milestones of one call; seconds are drawn so that their spread is that of real desks."""
    stamps = {"received": call.received_at}
    moment = call.received_at

    def after(name: str, seconds: float) -> None:
        nonlocal moment
        moment += timedelta(seconds=max(0.4, seconds))
        stamps[name] = moment

    after("answered", rng.uniform(2, 9))
    after("created", rng.lognormvariate(math.log(34), 0.45))
    after("located", rng.uniform(0.5, 12))
    if agency is not None:
        _ordered(rng, call, agency, after)
        _gaps(rng, stamps)
    after("closed", rng.lognormvariate(math.log(3 * 3600), 0.9))
    return stamps


def _ordered(rng: random.Random, call: Call, agency: AgencyPlan, after: Callable[[str, float], None]) -> None:
    far = gap_m(sheet(agency.at), sheet(call.at)) * DETOUR
    out_already = rng.uniform(0.25, 1.0)
    haste = {1: 0.85, 2: 1.0, 3: 1.15, 4: 1.4}[call.priority]
    after("recommended", 0.4)
    after("ordered", rng.lognormvariate(math.log(9 if categories()[call.category].automatic else 21), 0.6))
    after("delivered", rng.lognormvariate(math.log(1.2), 0.5))
    after("signed", rng.lognormvariate(math.log(13), 0.7))
    after("under_way", rng.lognormvariate(math.log(38), 0.6))
    after("arrived", 25 + far * out_already * haste / SPEED_MPS[call.zone] * rng.lognormvariate(0, 0.28))
    after("done", 60 * BUSY_MINUTES[call.category[0]] * rng.lognormvariate(0, 0.5))
    after("fed_back", rng.lognormvariate(math.log(420), 0.8))


def plain_clock(received_at: datetime) -> dict[str, datetime]:
    """The clock of an ordinary call, without a gap: for one that was not meant to be gone to, and was."""
    seconds = {
        "received": 0,
        "answered": 5,
        "created": 40,
        "located": 44,
        "recommended": 45,
        "ordered": 60,
        "delivered": 62,
        "signed": 75,
        "under_way": 110,
        "arrived": 330,
        "done": 1_500,
        "fed_back": 1_900,
        "closed": 9_000,
    }
    return {name: received_at + timedelta(seconds=after) for name, after in seconds.items()}


def _gaps(rng: random.Random, stamps: dict[str, datetime]) -> None:
    """Forgotten stamps, taps after the fact, clocks that were wrong: what a report must count apart."""
    for name, odds in (("signed", 0.02), ("under_way", 0.05), ("arrived", 0.03)):
        if rng.random() < odds:
            del stamps[name]
    if "arrived" in stamps and rng.random() < 0.003:
        stamps["arrived"] = stamps["received"] - timedelta(seconds=rng.randrange(5, 900))
    if "arrived" in stamps and rng.random() < 0.001:
        stamps["arrived"] += timedelta(hours=rng.randrange(25, 60))
