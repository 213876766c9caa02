"""Importing what lies at an agency: premises, devices, the people of the register."""

from __future__ import annotations

from linli.org.registers.acts.occupants import OccupantImporter
from linli.org.registers.acts.places import DeviceImporter, PremisesImporter

__all__ = ["DeviceImporter", "OccupantImporter", "PremisesImporter"]
