"""One's duty and sessions in a phone's calendar: the address is the key, and it says nothing of a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from icalendar import Calendar

from linli.kernel import clock
from linli.org.calendars.models import CalendarLink
from linli.org.people.acts import let_go_person
from linli.org.roster.acts import cancel_shift, plan_shift
from tests.doors.conftest import Door
from tests.town import SETUP, Town

pytestmark = pytest.mark.django_db
Enter = Callable[[str], Door]


def read(url: str) -> Calendar | None:
    answer = Client().get(urlsplit(url).path)
    if answer.status_code == 404:
        assert answer.headers["Content-Type"] == "application/problem+json"
        return None
    assert answer.headers["Content-Type"].startswith("text/calendar") and "no-store" in answer.headers["Cache-Control"]
    return Calendar.from_ical(answer.content)


def test_the_calendar_of_ones_own_phone(town: Town, door: Enter) -> None:
    officer, others, room = town.people["community_officer"], town.people["dispatcher"], town.rooms[0]
    begins = clock.now().replace(microsecond=0) + timedelta(days=2)
    ends, later = begins + timedelta(hours=10), timedelta(days=3)
    kept = plan_shift(SETUP, agency=room, person=officer, duty="lead", begins_at=begins, ends_at=ends)
    off = plan_shift(SETUP, agency=room, person=officer, begins_at=begins + later, ends_at=ends + later)
    cancel_shift(SETUP, shift=off)
    plan_shift(SETUP, agency=town.bureau, person=others, begins_at=begins, ends_at=ends)
    status, first = door("community_officer").post("/me/calendar")
    assert status == 201
    held = read(first["url"])
    assert held is not None
    [event] = held.events
    assert (event["uid"], str(event["location"])) == (f"{kept.pk}@linli", room.name)
    assert (event.start, event.end) == (begins, ends) and room.name in str(event["summary"])
    word = urlsplit(first["url"]).path.split("/")[-1].removesuffix(".ics")
    assert not CalendarLink.objects.filter(digest__contains=word).exists(), "only a digest is kept"
    second = door("community_officer").post("/me/calendar")[1]["url"]
    assert read(first["url"]) is None and read(second) is not None, "a new address ends the old one"
    assert read("/calendar/nobody.ics") is None
    assert Client().post(urlsplit(second).path).status_code == 405
    assert door("community_officer").post("/me/calendar/close")[0] == 200 and read(second) is None
    assert door("community_officer").post("/me/calendar/close")[1]["code"] == "calendar.none"
    assert door("110").post("/me/calendar")[0] in (403, 409), "a machine has none"
    third = door("community_officer").post("/me/calendar")[1]["url"]
    let_go_person(SETUP, person=officer, on=clock.shanghai(clock.now()).date())
    assert read(third) is None, "who has left reads nothing more"


def test_the_address_is_made_on_the_page_and_shown_once(town: Town, door: Enter) -> None:
    client = Client()
    client.force_login(door("community_officer").account)
    shown = client.post("/mine/calendar/open", follow=True).content.decode()
    link = shown.split('id="calendar-link">')[1].split("<")[0]
    assert read(link) is not None
    assert "calendar-link" not in client.get("/mine/channels").content.decode()
    client.post("/mine/calendar/close")
    assert read(link) is None
