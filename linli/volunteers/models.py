"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.volunteers.asking.models import Application
from linli.volunteers.members.models import FreeTime, Member

__all__ = ["Application", "FreeTime", "Member"]
