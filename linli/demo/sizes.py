"""How large a demo county is. The counts of ``county`` are those of the practice's row F4 and F1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The measures of one demo county; lengths in metres."""

    name: str
    radius_m: float
    seat_half_m: tuple[float, float]
    seat_stations: int
    town_rooms: int
    town_grids: int
    towns: int
    villages: int
    central_rooms: int
    assistants: int
    addresses: int
    incidents_a_year: int

    @property
    def stations(self) -> int:
        """Police stations: those of the seat and one in every town."""
        return self.seat_stations + self.towns

    @property
    def village_rooms(self) -> int:
        """Villages without a central room have a room of their own."""
        return self.villages - self.central_rooms


SIZES = {
    size.name: size
    for size in (
        Size(
            name="town",
            radius_m=5_000,
            seat_half_m=(700, 550),
            seat_stations=1,
            town_rooms=1,
            town_grids=2,
            towns=0,
            villages=5,
            central_rooms=2,
            assistants=3,
            addresses=300,
            incidents_a_year=200,
        ),
        Size(
            name="county",
            radius_m=20_000,
            seat_half_m=(2_700, 2_200),
            seat_stations=2,
            town_rooms=4,
            town_grids=16,
            towns=7,
            villages=160,
            central_rooms=28,
            assistants=34,
            addresses=30_000,
            incidents_a_year=13_500,
        ),
        Size(
            name="city",
            radius_m=44_000,
            seat_half_m=(6_000, 5_000),
            seat_stations=10,
            town_rooms=20,
            town_grids=80,
            towns=35,
            villages=800,
            central_rooms=140,
            assistants=170,
            addresses=150_000,
            incidents_a_year=67_500,
        ),
    )
}
