"""The demo's registers: the same for the same seed, codes once, cameras that cover ground, consent in the past."""

from __future__ import annotations

from datetime import date

from linli.demo.county import grow
from linli.demo.registers import DEVICES_HEADER, PREMISES_HEADER, VOLUNTEERS_HEADER, registers
from linli.places.devices.rules import KINDS as DEVICE_KINDS
from linli.places.premises.rules import KINDS as PREMISES_KINDS
from linli.volunteers.members.rules import KINDS as VOLUNTEER_KINDS

TODAY = date(2026, 11, 22)
ROOMS = [("R1", "G1"), ("R2", "G2")]


def test_the_same_for_the_same_seed_and_whole() -> None:
    first, again, other = (registers(grow("town", seed), ROOMS, TODAY) for seed in (1, 1, 2))
    assert first == again
    assert first.volunteers != other.volunteers
    for rows, header, kinds in (
        (first.premises, PREMISES_HEADER, PREMISES_KINDS),
        (first.devices, DEVICES_HEADER, DEVICE_KINDS),
        (first.volunteers, VOLUNTEERS_HEADER, VOLUNTEER_KINDS),
    ):
        named = [dict(zip(header, row, strict=True)) for row in rows]
        assert len({row["code"] for row in named}) == len(named) > 3
        assert {row["kind"] for row in named} <= set(kinds)
    consents = [
        date.fromisoformat(str(dict(zip(VOLUNTEERS_HEADER, row, strict=True))["consented_on"]))
        for row in first.volunteers
    ]
    assert max(consents) < TODAY
    phones = {str(dict(zip(VOLUNTEERS_HEADER, row, strict=True))["phone"])[:3] for row in first.volunteers}
    assert phones == {"154"}, "no carrier has been given this segment"
