"""Pages: who may open which, what they say when refused, and that nothing on them comes from outside."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from linli.matters.ledger.acts import Placed, open_matter
from linli.operations.limits.models import Limit
from linli.org.agencies.models import Agency
from linli.org.people.acts import open_account
from linli.org.rooms.models import Equipment
from linli.org.roster.models import Shift
from linli.web.guard import TOUCHED
from tests.town import SETUP, Town, call

Enter = Callable[[str], Client]


@pytest.fixture
def enter(town: Town) -> Enter:
    """``enter("dispatcher")``: a signed-in browser of this person."""

    def signed_in(name: str) -> Client:
        account = open_account(SETUP, username=name, person=town.people[name])
        client = Client()
        client.force_login(account)
        return client

    return signed_in


PAGES = {
    "/desk": {"dispatcher", "station_chief"},
    "/today": {"dispatcher", "station_chief", "bureau_leader", "community_officer"},
    "/board": {"dispatcher", "station_chief", "bureau_leader", "auditor"},
    "/mine": {"dispatcher", "station_chief", "bureau_leader", "community_officer", "auditor"},
    "/phone": {"dispatcher", "station_chief", "bureau_leader", "community_officer", "auditor"},
    "/rooms": {"dispatcher", "station_chief", "bureau_leader", "community_officer", "auditor"},
    "/rooms/new": {"station_chief"},
    "/matters": {"dispatcher", "station_chief", "bureau_leader", "community_officer", "auditor"},
    "/limits": {"dispatcher", "station_chief", "bureau_leader"},
    "/organisation": {"dispatcher", "station_chief", "bureau_leader", "community_officer", "auditor"},
}


@pytest.mark.parametrize("post", ["dispatcher", "station_chief", "bureau_leader", "community_officer", "auditor"])
def test_each_post_opens_its_pages_and_no_other(enter: Enter, post: str) -> None:
    client = enter(post)
    for path, posts in PAGES.items():
        answer = client.get(path)
        assert answer.status_code == (200 if post in posts else 403), path


@pytest.mark.parametrize(
    ("post", "path"),
    [
        ("dispatcher", "/desk"),
        ("community_officer", "/today"),
        ("bureau_leader", "/board"),
        ("station_chief", "/today"),
        ("administrator", "/mine"),
    ],
)
def test_the_first_page_is_the_one_of_the_post(enter: Enter, post: str, path: str) -> None:
    assert enter(post).get("/")["Location"] == path


def test_a_page_runs_only_what_this_house_serves(enter: Enter) -> None:
    answer = enter("dispatcher").get("/desk")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    html = answer.content.decode()
    inline = [tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag]
    assert all('type="application/json"' in tag for tag in inline), inline
    assert not re.findall(r"\son\w+=", html)
    assert not re.findall(r"\sstyle=", html)
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", html)


def test_a_stranger_gets_the_404_of_a_number_that_is_not_there(enter: Enter, town: Town) -> None:
    other = call(SETUP, town, room=1)
    officer = enter("community_officer")
    hidden, absent = officer.get(f"/matters/{other.number}"), officer.get("/matters/JQ20200101-000001")
    assert hidden.status_code == absent.status_code == 404
    assert enter("dispatcher").get(f"/matters/{other.number}").status_code == 200


def test_the_demo_signs_in_by_a_tap_and_nowhere_else(town: Town, settings: Settings) -> None:
    open_account(SETUP, username="demo-dispatcher", person=town.people["dispatcher"])
    assert 'data-role="dispatcher"' in Client().get("/sign-in/").content.decode()
    tapped = Client()
    assert tapped.post("/demo/sign-in/dispatcher").status_code == 302
    assert tapped.get("/desk").status_code == 200
    assert Client(enforce_csrf_checks=True).post("/demo/sign-in/dispatcher").status_code == 403
    assert Client().get("/demo/sign-in/dispatcher").status_code == 405
    settings.LINLI_DEMO = False
    assert Client().post("/demo/sign-in/dispatcher").status_code == 404
    assert "data-role" not in Client().get("/sign-in/").content.decode()


def test_a_password_signs_in_and_sign_up_is_closed(town: Town) -> None:
    open_account(SETUP, username="amy", person=town.people["dispatcher"], password="correct horse battery")
    client = Client()
    wrong = client.post("/sign-in/", {"login": "amy", "password": "wrong"})
    assert wrong.status_code == 200
    assert "errorlist" in wrong.content.decode()
    assert client.post("/sign-in/", {"login": "amy", "password": "correct horse battery"}).status_code == 302
    assert client.get("/desk").status_code == 200
    closed = Client().get("/account/signup/")
    assert closed.status_code in (200, 302, 404)
    assert 'name="password1"' not in closed.content.decode()


def test_an_idle_session_ends_and_polls_do_not_keep_it(enter: Enter, settings: Settings) -> None:
    settings.LINLI_IDLE_S = 600
    client = enter("dispatcher")
    assert client.get("/desk").status_code == 200
    session = client.session
    session[TOUCHED] = time.time() - 500
    session.save()
    client.get("/api/v1/units")
    assert client.session[TOUCHED] < time.time() - 400, "a poll is not a touch"
    client.post("/still-here")
    assert client.session[TOUCHED] > time.time() - 60
    session = client.session
    session[TOUCHED] = time.time() - 601
    session.save()
    assert client.get("/desk").status_code == 302


def test_roads_come_in_ranges(enter: Enter, tmp_path: Path, settings: Settings) -> None:
    settings.LINLI_HOME = tmp_path
    client = enter("dispatcher")
    assert client.get("/map/roads.pmtiles").status_code == 404
    (tmp_path / "roads").mkdir()
    (tmp_path / "roads" / "roads.pmtiles").write_bytes(bytes(range(256)) * 4)
    part = client.get("/map/roads.pmtiles", headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part["Content-Range"] == "bytes 10-19/1024"
    assert part.getvalue() == bytes(range(10, 20))
    assert client.get("/map/roads.pmtiles", headers={"Range": "bytes=9999-"}).status_code == 416
    whole = client.get("/map/roads.pmtiles")
    assert len(whole.getvalue()) == 1024


def test_the_map_takes_nothing_from_outside(enter: Enter) -> None:
    client = enter("dispatcher")
    for theme in ("light", "dark"):
        style = client.get("/map/style.json", {"theme": theme}).json()
        assert "glyphs" not in style
        assert "sprite" not in style
        addresses = [str(one.get("url", one.get("data"))) for one in style["sources"].values()]
        assert all("http://testserver/" in one for one in addresses), addresses


NEW_ROOM = {
    "name": "第九警务室",
    "code": "R9",
    "kind": "village_room",
    "zone": "village",
    "phone": "0000-109",
    "lon": "119.81",
    "lat": "29.41",
    "hours": "周一至周五 08:30-17:30；周六 09:00-12:00",
    "services": "调解\n反诈咨询",
    "equipment": ["radio", "first_aid"],
}


def test_one_form_opens_one_more_room(enter: Enter, town: Town) -> None:
    chief = enter("station_chief")
    answer = chief.post("/rooms/new", {**NEW_ROOM, "parent": str(town.station.pk)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    room = Agency.objects.get(code="R9")
    assert room.path.startswith(town.station.path)
    assert Equipment.objects.filter(agency=room).count() == 2
    assert room.hours.count() == 6
    page = chief.get("/rooms/R9").content.decode()
    assert "反诈咨询" in page
    assert "0000-109" in page


def test_a_refused_room_keeps_what_was_typed(enter: Enter, town: Town) -> None:
    chief = enter("station_chief")
    taken = chief.post("/rooms/new", {**NEW_ROOM, "code": "R1", "parent": str(town.station.pk)})
    assert taken.status_code == 409
    assert "第九警务室" in taken.content.decode()
    wrong = chief.post("/rooms/new", {**NEW_ROOM, "hours": "随便", "parent": str(town.station.pk)})
    assert wrong.status_code == 422
    assert not Agency.objects.filter(code="R9").exists(), "all or nothing"


def _move(client: Client, thing: Equipment, move: str, **facts: str) -> Any:
    return client.post(f"/rooms/R1/equipment/{thing.pk}/{move}", facts)


def test_equipment_is_handed_out_returned_broken_and_inspected(enter: Enter, town: Town) -> None:
    officer = enter("community_officer")
    thing = Equipment.objects.get(agency__code="R1", kind="body_recorder")
    holder = town.people["auxiliary"]
    assert _move(officer, thing, "hand_out").status_code == 422, "to whom?"
    assert _move(officer, thing, "hand_out", holder=str(holder.pk)).status_code == 302
    assert holder.name in officer.get("/rooms/R1").content.decode()
    assert _move(officer, thing, "hand_out", holder=str(holder.pk)).status_code == 409, "already out"
    for move, state in (("give_back", "in_room"), ("report_broken", "broken"), ("repair", "in_room")):
        assert _move(officer, thing, move).status_code == 302
        thing.refresh_from_db()
        assert thing.state == state
    assert _move(officer, thing, "inspect", next_due_on="2020-01-01").status_code == 302
    assert "2020-01-01" in officer.get("/rooms/R1").content.decode()


def test_a_rooms_things_are_not_moved_from_another_room(enter: Enter) -> None:
    thing = Equipment.objects.get(agency__code="R1", kind="body_recorder")
    answer = _move(enter("other_officer"), thing, "report_broken")
    assert answer.status_code in (403, 404)
    thing.refresh_from_db()
    assert thing.state == "in_room"


def test_the_roster_is_planned_and_nobody_is_in_two_places(enter: Enter, town: Town) -> None:
    chief = enter("station_chief")
    someone = str(town.people["community_officer"].pk)
    shift = {"person": someone, "duty": "lead", "begins_at": "2031-01-01T08:00", "ends_at": "2031-01-01T20:00"}
    assert chief.post("/organisation/R1/roster", shift).status_code == 302
    row = Shift.objects.get(agency__code="R1", person=town.people["community_officer"])
    assert row.begins_at.isoformat() == "2031-01-01T00:00:00+00:00", "typed in Shanghai, stored in UTC"
    assert chief.post("/organisation/R1/roster", shift).status_code == 409
    assert chief.post(f"/organisation/R1/roster/{row.pk}/cancel").status_code == 302
    row.refresh_from_db()
    assert row.cancelled


def test_limits_are_set_by_whom_the_act_allows(enter: Enter) -> None:
    seconds = {"delivered_s": 5, "signed_s": 25, "desk_s": 60, "bureau_s": 120, "moving_s": 90, "target_s": 240}
    leader = enter("bureau_leader")
    assert leader.post("/limits", {"category": "", "zone": "town", **seconds}).status_code == 302
    assert Limit.objects.get(category="", zone="town").target_s == 240
    assert leader.post("/limits", {"category": "", "zone": "town", **seconds, "desk_s": 10}).status_code == 422
    assert enter("dispatcher").post("/limits", {"category": "", "zone": "town", **seconds}).status_code == 403


def test_the_list_of_matters_narrows(enter: Enter, town: Town) -> None:
    number = call(SETUP, town).number
    open_matter(
        SETUP, kind="tip", title="有人踩点", details={"what": "夜里两人看车"}, place=Placed(agency=town.rooms[0])
    )
    client = enter("dispatcher")
    assert number in client.get("/matters").content.decode()
    assert number not in client.get("/matters", {"kind": "tip"}).content.decode()
    assert "有人踩点" in client.get("/matters", {"q": "踩点"}).content.decode()


def test_every_word_has_its_english(enter: Enter) -> None:
    text = (Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po").read_text()
    entries = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', text + "\n", flags=re.MULTILINE)
    missing = [msgid for msgid, msgstr in entries if msgid != '""\n' and msgstr.strip() == '""']
    assert not missing
    client = enter("dispatcher")
    client.post("/i18n/set", {"language": "en"})
    page = client.get("/desk").content.decode()
    assert 'lang="en"' in page
    assert "Queue of calls" in page


def test_a_password_is_changed_on_a_page_in_our_words(town: Town) -> None:
    account = open_account(SETUP, username="changer", person=town.people["dispatcher"], password="river stone 41 lamp")
    client = Client()
    client.force_login(account)
    page = client.get("/account/password/change/").content.decode()
    assert "修改密码" in page and "现在的密码" in page
    sent = {"oldpassword": "wrong", "password1": "quiet harbour 77 tree", "password2": "quiet harbour 77 tree"}
    assert client.post("/account/password/change/", sent).status_code == 200, "a wrong one is told on the page"
    client.post("/account/password/change/", {**sent, "oldpassword": "river stone 41 lamp"})
    account.refresh_from_db()
    assert account.check_password("quiet harbour 77 tree")
