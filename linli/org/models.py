"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.org.agencies.models import Agency
from linli.org.calendars.models import CalendarLink
from linli.org.codecards.models import CodeCard
from linli.org.drawing.models import Drawing
from linli.org.people.models import Account, Person, Token
from linli.org.posts.models import Post
from linli.org.rooms.models import Equipment, OpeningHours, Responsibility, Service
from linli.org.roster.models import Duty, Shift

__all__ = [
    "Account",
    "Agency",
    "CalendarLink",
    "CodeCard",
    "Drawing",
    "Duty",
    "Equipment",
    "OpeningHours",
    "Person",
    "Post",
    "Responsibility",
    "Service",
    "Shift",
    "Token",
]
