"""The wall of the duty hall names nobody: no name, no telephone, no door, no story, whatever lies in the ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from linli.insight.wall import queries
from linli.insight.wall.rules import OpenCall
from linli.org.people.acts import open_account
from linli.org.people.models import Person
from linli.web.guard import ONLY_WALL, TOUCHED
from tests.town import SETUP, Town, call, report

STORY = "住在枣园路17号的王某某与邻居吵架"
PHONE = "13800001234"
CALL = {"category_zh", "category_en", "area", "stage", "priority", "since", "late"}
PAGES = ("/wall", "/wall/data", "/wall/ground")


def leaks(text: str) -> set[str]:
    """What in an answer leads to a person: told of in the call, or a name of anybody in the county."""
    told = {"枣园路", "17号", "赵某某", PHONE, STORY}
    return {one for one in told | set(Person.objects.values_list("name", flat=True)) if one in text}


@pytest.fixture
def visitor(town: Town) -> Client:
    """The dispatcher who hangs up the wall while a call with a name, a number and a story lies open."""
    lon, lat = town.spot()
    report(town.units[0], lon, lat)
    told = {"name": "赵某某", "phone": PHONE}
    call(town.actor("dispatcher"), town, narrative=STORY, address="枣园路17号", caller=told)
    client = Client()
    client.force_login(open_account(SETUP, username="wall", person=town.people["dispatcher"]))
    return client


def said(visitor: Client) -> dict[str, str]:
    """Every answer of the wall as text, escapes undone."""
    found = {}
    for path in PAGES:
        answer = visitor.get(path)
        assert answer.status_code == 200
        text = answer.content.decode()
        found[path] = json.dumps(json.loads(text), ensure_ascii=False) if path != "/wall" else text
    return found


def test_the_wall_shows_the_call_and_nobody_in_it(visitor: Client) -> None:
    answers = said(visitor)
    assert not {path: leaks(text) for path, text in answers.items() if leaks(text)}
    shown = json.loads(answers["/wall/data"])
    (only,) = shown["calls"]
    assert set(only) == CALL, "the shape of the wall is a closed list"
    assert only["stage"] == "waiting"
    assert only["area"]
    assert {dot["what"] for dot in shown["dots"]} == {"room", "unit"}
    assert {count["code"]: count["today"] for count in shown["counts"]} == {"calls": 1, "rooms": 0, "late": 0}


@pytest.mark.parametrize("column", ["address", "agency__posts__person__name"])
def test_a_wall_that_would_tell_is_caught(visitor: Client, monkeypatch: pytest.MonkeyPatch, column: str) -> None:
    """The mutant: the wall reads one column more and shows it as the area."""
    honest = queries._call

    def telling(row: dict[str, Any]) -> OpenCall:
        return honest(row | {"agency__name": str(row[column])})

    monkeypatch.setattr(queries, "COLUMNS", (*queries.COLUMNS, column))
    monkeypatch.setattr(queries, "_call", telling)
    assert leaks(said(visitor)["/wall/data"])


def test_a_locked_wall_opens_nothing_else_and_stays(visitor: Client, settings: Settings) -> None:
    settings.LINLI_IDLE_S = 600
    assert visitor.get("/desk").status_code == 200
    visitor.get("/wall/data")
    touched = visitor.session[TOUCHED]
    visitor.post("/wall/lock")
    assert visitor.session[ONLY_WALL]
    assert visitor.get("/desk").headers["Location"] == "/wall"
    assert visitor.get("/api/v1/matters").status_code == 403
    assert visitor.post("/still-here").status_code == 403
    session = visitor.session
    session[TOUCHED] = touched - 500
    session.save()
    assert visitor.get("/wall/data").status_code == 200
    assert visitor.session[TOUCHED] > touched - 500, "a locked wall keeps itself"
    assert 'data-idle-s="0"' in visitor.get("/wall").content.decode()


def test_an_open_wall_ends_like_any_page(visitor: Client, settings: Settings) -> None:
    settings.LINLI_IDLE_S = 600
    visitor.get("/wall")
    session = visitor.session
    session[TOUCHED] = session[TOUCHED] - 599
    session.save()
    visitor.get("/wall/data")
    assert visitor.session[TOUCHED] == session[TOUCHED], "a poll is no touch"


def test_who_does_not_watch_calls_has_no_wall(town: Town) -> None:
    client = Client()
    client.force_login(open_account(SETUP, username="officer", person=town.people["community_officer"]))
    assert client.get("/wall").status_code == 403
    assert client.get("/wall/data").status_code == 403
