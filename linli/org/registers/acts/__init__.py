"""Importing what lies at an agency: premises and their firms, devices, homes, the people of the register."""

from __future__ import annotations

from linli.org.registers.acts.firms import FirmImporter
from linli.org.registers.acts.homes import HomeImporter
from linli.org.registers.acts.occupants import OccupantImporter
from linli.org.registers.acts.places import DeviceImporter, PremisesImporter

__all__ = ["DeviceImporter", "FirmImporter", "HomeImporter", "OccupantImporter", "PremisesImporter"]
