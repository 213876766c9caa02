"""Three views of one truth, as each post opens them: numbers that are their lists, seven things, boards, lists."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from linli.insight.chief.queries import numbers, rows
from linli.insight.chief.rules import NUMBERS
from linli.insight.lists.models import NamedList
from linli.insight.meetings.models import Decision
from linli.insight.today.queries import claims_for, day_of, own_of, owned_by
from linli.kernel import clock
from linli.kernel.claims import CLAIMS, OWN, Claim, ClaimSource, Line, OwnSource, Waiting, Weight
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.org.agencies.acts import open_agency
from linli.org.people.acts import open_account
from linli.org.posts.acts import give_post
from linli.org.posts.rules import POSTS
from linli.trail.entries.models import Entry
from tests.town import SETUP, Town, call, person

Enter = Callable[[str], Client]
NEW_POSTS = (
    *("assistant", "information_officer", "liaison_cadre", "property_manager", "safety_watcher", "mediator"),
    "lawyer",
)


@pytest.fixture
def full(town: Town) -> Town:
    """The town with somebody in every post."""
    for post in NEW_POSTS:
        town.people[post] = person(post, town.rooms[0])
    town.people["tips_desk"] = person("tips_desk", town.bureau)
    return town


@pytest.fixture
def enter(town: Town) -> Enter:
    """``enter("dispatcher")``: a signed-in browser of this person."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(open_account(SETUP, username=name, person=town.people[name]))
        return client

    return signed_in


def opened(town: Town, kind: str, *, room: int = 0, by: str = "grid_worker", title: str = "") -> Matter:
    """A matter of a room, as one of its people reports it."""
    agency = town.rooms[room]
    details = {"what": "内容", "cause": "起因", "need": "需要", "place": "处"}
    return open_matter(
        town.actor(by) if room == 0 else SETUP,
        kind=kind,
        title=title or f"{kind}{room}",
        details=details,
        place=Placed(agency=agency, station=town.station),
        source="field",
    )


def busy(town: Town) -> None:
    """Every number of the chief is more than nothing, and no two are equal by accident of being all."""
    for n in range(3):
        call(SETUP, town, room=n % 2, caller={"name": "甲", "phone": "13900001111"})
    call(SETUP, town, room=0, category="1040", caller={"name": "乙", "phone": "13900002222"})
    made = [
        opened(town, kind, room=n % 3) for n, kind in enumerate(["hazard", "tip", "dispute", "task", "help_request"])
    ]
    late = opened(town, "hazard")
    Matter.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(hours=1))
    for days, matter in zip((2, 4, 6), made, strict=False):
        Matter.objects.filter(pk=matter.pk).update(due_at=clock.now() + timedelta(days=days))
    settled = opened(town, "community_info")
    move_matter(SETUP, matter=settled, move="settle", facts={"outcome": "已核实"})


def listed(client: Client, address: str) -> int:
    """How many matters the ledger lists at an address."""
    seen: set[str] = set()
    while address:
        html = client.get(address).content.decode()
        seen |= set(re.findall(r"[A-Z]{2}\d{8}-\d{6}", html))
        following = re.search(r'href="(\?[^"]*cursor=[^"]*)"', html)
        address = f"/matters{unescape(following.group(1))}" if following else ""
    return len(seen)


def test_every_number_of_the_chief_is_its_list(enter: Enter, full: Town) -> None:
    busy(full)
    client, actor = enter("station_chief"), full.actor("station_chief")
    html = client.get("/today").content.decode()
    shown = {
        code: (unescape(href), int(n))
        for href, code, n in re.findall(r'href="([^"]*)" data-number="(\w+)"[^>]*><span>[^<]*</span><b>(\d+)</b>', html)
    }
    assert set(shown) == {*NUMBERS, "reviews"}
    counted = numbers(actor, full.station)
    for code, number in NUMBERS.items():
        exact = rows(actor, {**number.filters, "place": "S1"}, clock.now()).count()
        assert shown[code][1] == counted[code] == exact, code
    assert counted["late"] == 1
    assert (counted["in_3"], counted["in_5"], counted["in_7"]) >= (1, 2, 3)
    assert counted["same_number"] == 3, "three calls of one number; the other caller's is not repeated"
    assert counted["countersign"] == 1
    assert counted["unassigned"] > counted["unanswered"] > 0


@pytest.mark.parametrize("code", sorted(NUMBERS))
def test_a_number_opens_exactly_its_rows(enter: Enter, full: Town, code: str) -> None:
    busy(full)
    actor, number = full.actor("station_chief"), NUMBERS[code]
    query = "&".join(f"{name}={value}" for name, value in {**number.filters, "place": "S1"}.items())
    assert listed(enter("station_chief"), f"/matters?{query}") == numbers(actor, full.station)[code]


def test_the_officer_sees_seven_things_in_their_order_and_the_rest_by_list(enter: Enter, full: Town) -> None:
    officer = full.actor("community_officer")
    for n in range(5):
        opened(full, "task", title=f"任务{n}")
        opened(full, "hazard", title=f"隐患{n}")
    done = call(SETUP, full)
    Matter.objects.filter(pk=done.pk).update(state="done", handled_by=full.rooms[0])
    day = day_of(officer)
    assert len(day.shown) == 7
    assert [int(item.source.weight) for item in day.shown] == [1, 2, 2, 2, 2, 2, 3]
    assert day.shown[0].claim.number == done.number
    due = [item.claim.by_at for item in day.shown if item.source.weight is Weight.PROMISE]
    assert due == sorted(due)  # type: ignore[type-var]  # reports have a date
    client = enter("community_officer")
    html = client.get("/today").content.decode()
    assert html.count('class="day-item') == 7
    assert f'href="/matters/{done.number}"' in html
    assert day.more == 4 and "还有 4 件" in html
    for rest in day.rest:
        shown = sum(item.source is rest.source for item in day.shown)
        assert rows(officer, dict(pair.split("=") for pair in rest.source.rest.partition("?")[2].split("&")), clock.now()).count() == rest.n + shown  # fmt: skip  # noqa: E501
    assert client.get("/")["Location"] == "/today"


def test_a_programme_adds_its_claims_without_touching_the_page(full: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = Claim("visit:1", "走访王家庄", "/visits/1", Words("本月计划走访", "planned"), clock.now())
    source = ClaimSource(
        code="visits.due", words=Words("走访", "visits"), weight=Weight.LAW, posts=("community_officer",),
        find=lambda actor, at, most: Waiting([soon], 1), rest="/visits",
    )  # fmt: skip
    monkeypatch.setitem(CLAIMS._items, source.code, source)
    assert day_of(full.actor("community_officer")).shown[0].claim is soon
    assert soon not in [item.claim for item in day_of(full.actor("grid_worker")).shown]


@pytest.mark.parametrize("post", sorted(set(POSTS) - {"intake_machine"}))
def test_every_post_has_a_page_with_what_is_its_own(enter: Enter, full: Town, post: str) -> None:
    busy(full)
    assert own_of(full.actor(post)), "nothing is declared for this post"
    client = enter(post)
    first = client.get("/")
    assert first.status_code == 302
    assert client.get(first["Location"]).status_code == 200
    page = client.get("/mine")
    assert page.status_code == 200
    assert 'data-own="' in page.content.decode()


CIVIL = ("liaison_cadre", "property_manager", "grid_worker", "information_officer", "safety_watcher")


def police_numbers(town: Town) -> list[str]:
    """Calls and tips of the very room where the cadre works."""
    busy(town)
    call(SETUP, town, room=0, narrative="入室盗窃")
    opened(town, "tip", by="community_officer", title="可疑人员线索")
    return list(Matter.objects.filter(kind__in=("incident", "tip")).values_list("number", flat=True))


@pytest.mark.parametrize("post", CIVIL)
def test_civil_posts_get_no_police_data_on_any_page(enter: Enter, full: Town, post: str) -> None:
    hidden = police_numbers(full)
    own = opened(full, "hazard", by=post, title="自己报的井盖")
    given = opened(full, "task", title="周三前清理楼道")
    assign_matter(full.actor("station_chief"), matter=given, assignee=full.people[post])
    client = enter(post)
    for address in ("/mine", "/today", "/matters", "/matters?kind=incident", "/organisation"):
        html = client.get(address).content.decode()
        assert not [number for number in hidden if number in html], address
    assert own.number in client.get("/mine").content.decode()
    assert given.title in client.get("/today").content.decode()
    for number in hidden:
        assert client.get(f"/matters/{number}").status_code == 404
    for address in ("/board", "/desk", "/grades", "/rooms", "/meeting"):
        assert client.get(address).status_code == 403, address


def leaking(actor: Actor, hidden: list[str], claims: dict[str, ClaimSource], own: dict[str, OwnSource]) -> list[str]:
    """Sources on a civil post's page that carry a police matter."""
    at = clock.now()
    found = [one.code for one in claims_for(actor, claims) if {c.number for c in one.find(actor, at, 50).claims} & set(hidden)]  # fmt: skip  # noqa: E501
    lines = {one.code: " ".join(f"{line.title} {line.note} {line.url}" for line in one.find(actor, at)) for one in owned_by(actor, own)}  # fmt: skip  # noqa: E501
    return found + [code for code, text in lines.items() if any(number in text for number in hidden)]


@pytest.mark.parametrize("post", CIVIL)
def test_no_declared_source_brings_police_data_to_a_civil_post_and_the_gate_sees_one_that_would(
    full: Town, post: str
) -> None:
    hidden, actor = police_numbers(full), full.actor(post)
    assert not leaking(actor, hidden, dict(CLAIMS), dict(OWN))

    def everything(actor: Actor, at: Any, most: int) -> Waiting:
        found = Matter.objects.filter(kind="incident")
        return Waiting([Claim(str(m.pk), m.title, "", Words("x", "x"), number=m.number) for m in found], 1)

    careless = ClaimSource(
        code="mutant", words=Words("x", "x"), weight=Weight.TASK, posts=(post,), find=everything, rest="/", police=False
    )
    assert leaking(actor, hidden, {"mutant": careless}, {}) == ["mutant"]
    mine = OwnSource(
        code="lines", words=Words("x", "x"), icon="eye", posts=(post,), police=False,
        find=lambda actor, at: [Line(m.number) for m in Matter.objects.filter(kind="tip")],
    )  # fmt: skip
    assert leaking(actor, hidden, {}, {"lines": mine}) == ["lines"]
    honest = ClaimSource(
        code="police", words=Words("x", "x"), weight=Weight.TASK, posts=(post,), find=everything, rest="/"
    )
    assert leaking(actor, hidden, {"police": honest}, {}) == [], "declared as police data, so never asked"


def test_the_board_stands_in_its_own_order_drills_and_exports_the_same_numbers(enter: Enter, full: Town) -> None:
    busy(full)
    client = enter("bureau_leader")
    html = client.get("/board?view=tiles").content.decode()
    assert re.findall(r'data-place="(\w+)"', html) == ["S1"]
    inner = client.get("/board?place=S1&view=rows").content.decode()
    assert re.findall(r'data-place="(\w+)"', inner) == ["R1", "R2", "R3"]
    by_incidents = client.get("/board?place=S1&view=rows&sort=incidents").content.decode()
    assert 'aria-sort="descending"' in by_incidents
    book = client.get("/board.xlsx?place=S1")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    heads, first = sheet[2], sheet[3]
    assert first[0] == "溪东派出所"
    assert first[heads.index("警情 今日")] == 4
    assert [str(row[0]).strip() for row in sheet[4:]] == ["第1警务室", "第2警务室", "第3警务室"]
    assert client.get("/board?place=NONE").status_code == 404
    chief = enter("station_chief")
    assert chief.get("/board?place=B").status_code == 404, "above his reach"
    assert enter("community_officer").get("/board").status_code == 403


def test_pages_ask_few_questions_however_much_is_open(enter: Enter, full: Town) -> None:
    busy(full)
    for name, address, most in (
        ("bureau_leader", "/board", 30),
        ("station_chief", "/today", 39),
        ("community_officer", "/today", 39),
    ):
        client = enter(name)
        client.get(address)  # what is kept in memory has been read
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        opened(full, "hazard")
        opened(full, "task", room=1)
        with CaptureQueriesContext(connection) as more:
            client.get(address)
        assert len(more) <= len(few) <= most, (address, len(few))


def test_the_bureau_names_its_four_lists_and_each_post_sees_its_own(enter: Enter, full: Town) -> None:
    busy(full)
    leader = enter("bureau_leader")
    named = {
        "name": "风险隐患清单", "holds": "matters", "query": "/matters?kind=hazard&open=1&cursor=x",
        "icon": "alert-triangle", "position": "1", "note": "每周一清", "readers": ["station_chief", "bureau_leader"],
    }  # fmt: skip
    assert leader.post("/lists/naming", named).status_code == 302
    row = NamedList.objects.get()
    assert row.query == "kind=hazard&open=1"
    figures = {**named, "name": "数据清单", "holds": "figures", "query": "incidents,diverted_share", "position": "2"}
    assert leader.post("/lists/naming", figures).status_code == 302
    places = {**named, "name": "场所清单", "holds": "places", "query": "due_in=30", "position": "3"}
    assert leader.post("/lists/naming", places).status_code == 302
    assert (
        leader.post("/lists/naming", {"name": "四单一图（临溪）", "map_query": "/map?layers=grids"}).status_code == 302
    )
    chief = enter("station_chief")
    html = chief.get("/lists").content.decode()
    assert "四单一图（临溪）" in html and 'href="/map?layers=grids"' in html
    assert html.index("风险隐患清单") < html.index("数据清单") < html.index("场所清单")
    count = int(re.findall(r'data-count="(\d+)"', html)[0])
    assert count == rows(full.actor("station_chief"), {"kind": "hazard", "open": "1"}, clock.now()).count() == 2
    for one in NamedList.objects.all():
        assert chief.get(f"/lists/{one.pk}").status_code == 200
    officer = enter("community_officer")
    assert "风险隐患清单" not in officer.get("/lists").content.decode()
    assert officer.get(f"/lists/{row.pk}").status_code == 404
    assert officer.get("/lists/naming").status_code == 403
    wrong = leader.post("/lists/naming", {**named, "holds": "figures", "query": "officer_of_the_month"})
    assert wrong.status_code == 422 and "officer_of_the_month" in wrong.content.decode()
    assert leader.post(f"/lists/naming/{row.pk}/end").status_code == 302
    assert "风险隐患清单" not in chief.get("/lists").content.decode()


def test_the_weekly_meeting_is_prepared_and_names_nobody_of_a_call(enter: Enter, full: Town) -> None:
    hidden = police_numbers(full)
    late = opened(full, "hazard", title="三号楼电动车飞线充电")
    Matter.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(days=1))
    html = enter("station_chief").get("/meeting").content.decode()
    assert "三号楼电动车飞线充电" in html
    assert not [number for number in hidden if number in html]
    assert "议定" in html


def test_a_chief_of_two_stations_sees_both_together_or_chooses(enter: Enter, full: Town) -> None:
    other = open_agency(SETUP, code="S2", name="溪西派出所", kind="station", parent=full.bureau)
    give_post(
        SETUP, person=full.people["station_chief"], agency=other, code="station_chief", since=clock.today(), main=False
    )
    opened(full, "hazard", title="井盖松动")
    chief = enter("station_chief")
    both = chief.get("/today").content.decode()
    assert "合并" in both and both.count("溪东派出所") > 2 and both.count("溪西派出所") > 2
    assert "place=S1" in both and "place=S2" in both
    one = chief.get("/today", {"place": "S2"}).content.decode()
    assert "溪西派出所" in one and "unassigned=1&amp;place=S1" not in one
    assert chief.get("/today", {"place": "B"}).status_code == 404
    assert "溪西派出所" in chief.get("/meeting", {"place": "S2"}).content.decode()


def test_what_a_meeting_decides_stands_on_the_next_ones_page_until_it_is_done(enter: Enter, full: Town) -> None:
    chief = enter("station_chief")
    line = {"point": "late", "text": "三号楼装充电桩", "owner": "物业", "due_on": clock.today().isoformat()}
    assert chief.post("/meeting/decisions", {**line, "place": "S1"}).status_code == 302
    refused = chief.post("/meeting/decisions", {**line, "place": "S1", "owner": ""})
    assert refused.status_code == 422 and "三号楼装充电桩" in refused.content.decode(), "nothing is lost"
    early = chief.post("/meeting/decisions", {**line, "place": "S1", "due_on": "2020-01-01"})
    assert early.status_code == 422 and "完成期限" in early.content.decode()
    assert chief.post("/meeting/decisions", {**line, "place": "B"}).status_code == 404
    page = chief.get("/meeting").content.decode()
    assert "三号楼装充电桩" in page and "上次议定的落实" not in page, "today's minutes are not yet followed up"
    Decision.objects.update(met_on=clock.today() - timedelta(days=7), due_on=clock.today() - timedelta(days=1))
    decision = Decision.objects.get()
    page = chief.get("/meeting").content.decode()
    assert "上次议定的落实" in page and 'class="is-late"' in page
    assert enter("partner_officer").post(f"/meeting/decisions/{decision.pk}", {"move": "drop"}).status_code == 403
    settle = f"/meeting/decisions/{decision.pk}"
    assert chief.post(settle, {"move": "carry_out", "result": ""}).status_code == 422
    assert chief.post(settle, {"move": "carry_out", "result": "已装两个"}).status_code == 302
    assert chief.post(settle, {"move": "drop", "result": "x"}).status_code == 409
    assert "已装两个" in chief.get("/meeting").content.decode()
    assert [*Entry.objects.filter(act__startswith="meeting.").order_by("at").values_list("act", flat=True)] == [
        "meeting.decide", "meeting.follow_up",
    ]  # fmt: skip


def test_the_meaning_of_every_figure_can_be_read_by_everybody(enter: Enter, full: Town) -> None:
    html = enter("liaison_cadre").get("/figures").content.decode()
    assert all(str(number.words) in html for number in NUMBERS.values())
    assert "分流率" in html
