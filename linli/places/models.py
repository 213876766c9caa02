"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.places.addresses.models import Address, AddressGram, AddressName
from linli.places.devices.models import Device
from linli.places.divisions.models import Division
from linli.places.grading.models import Grade, Grading, Scheme
from linli.places.grid.models import Grid, GridSheet
from linli.places.homes.models import Firm, Home, RegisterTerm
from linli.places.occupants.models import Duplicate, Occupant, Report, Residence
from linli.places.plates.models import DoorPlate
from linli.places.premises.models import Premises
from linli.places.roads.models import RoadClosure, Roads

__all__ = [
    "Address",
    "AddressGram",
    "AddressName",
    "Device",
    "Division",
    "DoorPlate",
    "Duplicate",
    "Firm",
    "Grade",
    "Grading",
    "Grid",
    "GridSheet",
    "Home",
    "Occupant",
    "Premises",
    "RegisterTerm",
    "Report",
    "Residence",
    "RoadClosure",
    "Roads",
    "Scheme",
]
