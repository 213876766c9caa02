"""From an address to the agency that answers for it: the room of its grid, by the day's responsibilities."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from linli.kernel import clock
from linli.org.rooms.models import Responsibility
from linli.places.addresses.models import Address
from linli.places.addresses.rules import normal
from linli.places.grid.queries import grid_at
from linli.works.tables.rules.planning import Record

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Spot:
    """An address with its grid and who answers there; ``agency_path`` blank when nobody does."""

    address: Address
    grid_code: str
    agency_path: str

    @property
    def address_id(self) -> UUID:
        return self.address.pk

    @property
    def division_id(self) -> UUID | None:
        return self.address.division_id


def text_code(text: str) -> str:
    """The code that an address without one of its own got from its text (``addresses.acts``)."""
    return "T" + hashlib.sha256(normal(text).encode()).hexdigest()[:20]


class Whereabouts:
    """Addresses of many rows, each looked up once."""

    def __init__(self) -> None:
        held = Responsibility.objects.on(clock.today()).filter(grid__kind="police").order_by("since")
        self._by_grid: dict[str, str] = dict(held.values_list("grid__code", "agency__path"))
        self._by_code: dict[str, Spot] = {}
        self._by_text: dict[str, Spot] = {}
        self._by_id: dict[UUID, Spot] = {}

    def load(self, records: Iterable[Record]) -> None:
        """Look up every address that the rows name, by code or by whole text."""
        codes, texts = set[str](), set[str]()
        for record in records:
            code, text = record.values.get("address_code"), record.values.get("address")
            if code:
                codes.add(code)
            elif text:
                texts.add(text)
        texts -= self._by_text.keys()
        codes |= {text_code(text) for text in texts}
        codes -= self._by_code.keys()  # a house is named in many pieces of a file
        for some in _chunks(sorted(codes)):
            self._keep(Address.objects.filter(code__in=some, active=True))
        for some in _chunks(sorted(texts)):
            self._keep(Address.objects.filter(text__in=some, active=True))

    def _keep(self, rows: Iterable[Address]) -> None:
        for row in rows:
            if row.pk not in self._by_id:
                spot = self.at(row)
                self._by_id[row.pk] = self._by_code[row.code] = spot
                self._by_text.setdefault(row.text, spot)

    def at(self, address: Address) -> Spot:
        """One address with its grid and its agency."""
        grid = grid_at(address.lon, address.lat)
        code = grid.code if grid else ""
        return Spot(address, code, self._by_grid.get(code, ""))

    def spot(self, code: str, text: str) -> Spot | None:
        """The address named by its code, else by its text; None when there is none."""
        if code:
            return self._by_code.get(code)
        return self._by_text.get(text) or self._by_code.get(text_code(text)) if text else None

    def of(self, key: UUID) -> Spot:
        return self._by_id[key]


def _chunks(keys: list[str]) -> Iterable[list[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))


def spot_of(address: Address) -> Spot:
    """Who answers for one address today."""
    return Whereabouts().at(address)
