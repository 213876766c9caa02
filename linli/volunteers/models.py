"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.volunteers.members.models import FreeTime, Member

__all__ = ["FreeTime", "Member"]
