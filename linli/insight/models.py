"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.insight.hours.models import HoursDay, HoursWeek
from linli.insight.lists.models import ListReader, ListSet, NamedList
from linli.insight.measures.models import Followed, Rolled, Tally
from linli.insight.meetings.models import Decision

__all__ = ["Decision", "Followed", "HoursDay", "HoursWeek", "ListReader", "ListSet", "NamedList", "Rolled", "Tally"]
