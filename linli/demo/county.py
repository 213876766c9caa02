"""The whole demo county from a size and a seed. Pure: no database, no clock; the same input gives the same county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.demo.addresses import AddressPlan, addresses
from linli.demo.agencies import AgencyPlan, DivisionPlan, agencies, divisions
from linli.demo.grids import Grid, police_grids, settlements_of, social_grids
from linli.demo.incidents import Force, PastIncident, Places, calls, force, lived, places
from linli.demo.links import build_roads
from linli.demo.plane import chance
from linli.demo.roads import RoadNetwork
from linli.demo.settlements import Country, Settlement, settle
from linli.demo.sizes import SIZES, Size
from linli.demo.staff import ShiftPlan, Staff, hire_all, roster

YEAR_DAYS = 365
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class County:
    """Everything about the county that does not change from day to day."""

    size: Size
    seed: int
    country: Country
    roads: RoadNetwork
    divisions: list[DivisionPlan]
    settlements: tuple[Settlement, ...]
    police_grids: list[Grid]
    social_grids: list[Grid]
    agencies: list[AgencyPlan]
    staff: Staff
    addresses: list[AddressPlan]
    force: Force
    places: Places
    zones: list[str]

    def shifts(self, first_day: datetime, days: int) -> list[ShiftPlan]:
        """The duty roster of some days; ``first_day`` is midnight in Shanghai."""
        return list(roster(self.staff, self.agencies, first_day, days))

    def year(self, last_day: datetime) -> tuple[list[PastIncident], list[PastIncident]]:
        """The year before the last week, and the last week, both ending at ``last_day`` (midnight in Shanghai)."""
        begin = last_day - timedelta(days=YEAR_DAYS + WEEK_DAYS)
        whole = self.size.incidents_a_year
        week = max(1, round(whole * WEEK_DAYS / YEAR_DAYS))
        rng = chance(self.seed, "incidents")
        before = calls(rng, self.places, self.zones, begin, YEAR_DAYS, whole)
        lately = calls(rng, self.places, self.zones, last_day - timedelta(days=WEEK_DAYS), WEEK_DAYS, week)
        made = list(lived(rng, self.force, before + lately))
        return made[:whole], made[whole:]


def grow(size_name: str, seed: int) -> County:
    """Grow a county: ``town``, ``county`` or ``city``. Raises KeyError on another size."""
    size = SIZES[size_name]
    country = settle(size, seed)
    roads = build_roads(country, seed)
    settlements = settlements_of(country)
    social = social_grids(country, seed)
    tree = agencies(country, seed)
    staff = hire_all(size, tree, social, seed)
    homes = addresses(country, roads, seed)
    zones = [settlement.zone for settlement in settlements]
    return County(
        size=size,
        seed=seed,
        country=country,
        roads=roads,
        divisions=divisions(country),
        settlements=settlements,
        police_grids=police_grids(country),
        social_grids=social,
        agencies=tree,
        staff=staff,
        addresses=homes,
        force=force(tree, staff),
        places=places(homes, zones, seed),
        zones=zones,
    )
