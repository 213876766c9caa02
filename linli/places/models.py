"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.places.addresses.models import Address, AddressGram, AddressName
from linli.places.divisions.models import Division
from linli.places.grid.models import Grid
from linli.places.roads.models import RoadClosure, Roads

__all__ = ["Address", "AddressGram", "AddressName", "Division", "Grid", "RoadClosure", "Roads"]
