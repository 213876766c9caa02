"""Rows F3, Q8, F9 and P12 of the practice, from start to end, as the people of each row use the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from linli.insight.lists.models import NamedList
from linli.kernel import clock
from linli.kernel.ids import new_id
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.acts import open_account
from linli.places.grading.models import Grade, Grading, Scheme
from linli.places.premises.models import Premises
from tests.town import SETUP, Town, build_town, person

Enter = Callable[[str], Client]


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture
def enter(town: Town) -> Enter:
    """A signed-in browser of each person; asked twice it is the same one."""
    held: dict[str, Client] = {}

    def signed_in(name: str) -> Client:
        if name not in held:
            held[name] = Client()
            held[name].force_login(open_account(SETUP, username=name, person=town.people[name]))
        return held[name]

    return signed_in


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    """A POST of the API as the page's scripts send it."""
    answer = client.post(
        f"/api/v1{path}", json.dumps(body), content_type="application/json", headers={"idempotency-key": str(new_id())}
    )
    assert answer.status_code in (200, 201), answer.content.decode()
    return answer.json()


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def figure(client: Client, path: str, place: str, code: str) -> tuple[str, str]:
    """A number of a place on the board, and where its rows are."""
    html = text(client, path)
    tile = html[html.index(f'data-place="{place}"') :]
    found = re.search(rf'href="([^"]*)" data-figure="{code}">([^<]*)<', tile)
    assert found
    return found.group(2), unescape(found.group(1))


def number(client: Client, code: str) -> tuple[int, str]:
    """A number of the chief and where its rows are."""
    found = re.search(
        rf'href="([^"]*)" data-number="{code}"[^>]*><span>[^<]*</span><b>(\d+)</b>', text(client, "/today")
    )
    assert found
    return int(found.group(2)), unescape(found.group(1))


def test_f3_one_matter_is_the_same_in_the_views_of_officer_chief_and_bureau(town: Town, enter: Enter) -> None:
    """The bureau one chessboard, the chief one ledger, the officer knows the area by heart."""
    worker, officer, chief, leader = (enter(n) for n in ("grid_worker", "community_officer", "station_chief", "bureau_leader"))  # fmt: skip  # noqa: E501
    hazard = post(worker, "/matters", {"kind": "hazard", "title": "三号楼楼道堆满电动车", "details": {"what": "飞线充电"}, "agency": "R1"})  # fmt: skip  # noqa: E501
    number_of_it = hazard["number"]
    assert officer.get("/")["Location"] == "/today"
    assert number_of_it in text(officer, "/today")
    unanswered, rows_at = number(chief, "unanswered")
    assert unanswered == 1
    assert number_of_it in text(chief, rows_at)
    assert leader.get("/")["Location"] == "/board"
    board = text(leader, "/board?view=rows")
    still_at = unescape(re.search(r'href="(/matters\?open=1&amp;place=S1)"', board).group(1))  # type: ignore[union-attr]  # asserted by use
    assert number_of_it in text(leader, still_at)
    Matter.objects.filter(number=number_of_it).update(due_at=clock.now() - timedelta(hours=1))
    late, late_at = number(chief, "late")
    assert late == 1 and number_of_it in text(chief, late_at)
    assert "已超期" in text(officer, "/today")
    post(officer, f"/matters/{number_of_it}/moves/settle", {"outcome": "已清理并装充电桩"})
    assert number_of_it not in text(officer, "/today")
    countersign, sign_at = number(chief, "countersign")
    assert countersign == 1 and number_of_it in text(chief, sign_at)
    post(chief, f"/matters/{number_of_it}/moves/close", {})
    assert number(chief, "countersign")[0] == 0
    assert "结案" in text(worker, "/mine"), "who reported it sees what became of it"


def test_f3_the_leader_drills_from_the_board_to_the_room_and_to_its_rows(town: Town, enter: Enter) -> None:
    leader = enter("bureau_leader")
    days = [clock.today() - timedelta(days=1), _a_year_before(clock.today() - timedelta(days=1))]
    for n, day in enumerate([days[0]] * 3 + [days[1]] * 2):
        _past_call(town, n, day)
    period = "week" if clock.today().weekday() else "month"
    shown, rows_at = figure(leader, f"/board?period={period}&place=S1", "R1", "incidents")
    assert shown == "3"
    assert len(set(re.findall(r"JQ\d{8}-\d{6}", text(leader, rows_at)))) == 3
    half = text(leader, "/board?period=half&view=rows")
    assert "上年" in half and "数量太少" in half
    assert leader.get("/board.xlsx?period=half").status_code == 200


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day.replace(year=day.year - 1, day=28)


def _past_call(town: Town, n: int, day: date) -> None:
    at = clock.now() - timedelta(days=(clock.today() - day).days)
    Matter.objects.bulk_create(
        [
            Matter(
                number=f"JQ{day:%Y%m%d}-{800000 + n}", kind="incident", state="closed", category="1040",
                agency=town.rooms[0], station=town.station, handled_by=town.rooms[0], opened_by=SETUP.id,
                lon=119.81, lat=29.41, received_at=at, opened_at=at, closed_at=at + timedelta(hours=1),
            )
        ]
    )  # fmt: skip


def test_f9_the_bureau_names_four_lists_and_a_map_and_the_chief_works_by_them(town: Town, enter: Enter) -> None:
    leader, chief, worker = enter("bureau_leader"), enter("station_chief"), enter("grid_worker")
    named = {
        "风险隐患清单": ("matters", "kind=hazard&open=1"),
        "矛盾纠纷清单": ("matters", "kind=dispute&open=1"),
        "分级场所清单": ("places", "due_in=30"),
        "警情数据清单": ("figures", "incidents,diverted_share"),
    }
    for place, (name, (holds, query)) in enumerate(named.items(), start=1):
        sent = {"name": name, "holds": holds, "query": query, "icon": "checklist", "position": str(place), "readers": ["station_chief"]}  # fmt: skip  # noqa: E501
        assert leader.post("/lists/naming", sent).status_code == 302
    assert leader.post("/lists/naming", {"name": "四单一图", "map_query": "/map?layers=matters"}).status_code == 302
    hazard = post(worker, "/matters", {"kind": "hazard", "title": "路灯不亮", "details": {"what": "三盏"}, "agency": "R1"})  # fmt: skip  # noqa: E501
    first = text(chief, "/lists")
    assert hazard["number"] in first and 'data-count="1"' in first
    assert [name for name in named if name in first] == list(named)
    assert 'href="/map?layers=matters"' in first
    for one in NamedList.objects.all():
        assert one.name in text(chief, f"/lists/{one.pk}")


def test_f9_a_place_is_graded_and_its_review_waits_for_officer_and_chief(town: Town, enter: Enter) -> None:
    """三分级三提升: grades, measures and review dates are the bureau's own; places, never people."""
    scheme = Scheme.objects.create(code="three", zh="三分级", en="three grades")
    grade = Grade.objects.create(scheme=scheme, code="a", zh="一级", measures="每月一查", review_every_days=30)
    shop = Premises.objects.create(code="M1", name="北街棋牌室", kind="shop", agency_path=town.rooms[0].path)
    Grading.objects.create(
        premises=shop, scheme=scheme, grade=grade, agency_path=shop.agency_path, reasons="去年两起",
        graded_at=clock.now(),
        graded_by_id=SETUP.id, graded_by_name="演", review_due_on=clock.today() + timedelta(days=2),
    )  # fmt: skip
    officer, chief = enter("community_officer"), enter("station_chief")
    assert "北街棋牌室" in text(officer, "/today") and "三分级" in text(officer, "/today")
    assert number(chief, "reviews")[0] == 1
    html = text(chief, number(chief, "reviews")[1])
    assert "北街棋牌室" in html and "每月一查" in html and "去年两起" in html
    assert "北街棋牌室" in text(chief, "/meeting")
    assert enter("other_officer").get("/grades").content.decode().count('data-place="M1"') == 0


def test_q1_everybody_of_a_community_has_a_page_and_a_vacant_post_is_seen(town: Town, enter: Enter) -> None:
    town.people["liaison_cadre"] = person("liaison_cadre", town.rooms[0])
    officer = text(enter("community_officer"), "/mine")
    assert "空缺" in officer, "no information officer is named for this room"
    assert "演liaison_cadre" in officer
    cadre = text(enter("liaison_cadre"), "/mine")
    assert "第1警格" in cadre and "演community_officer" in cadre


def test_p12_opening_one_more_room_is_quick_and_it_stands_on_the_board_at_once(town: Town, enter: Enter) -> None:
    chief, leader = enter("station_chief"), enter("bureau_leader")
    sent = {
        "code": "R9",
        "name": "新村警务室",
        "kind": "village_room",
        "parent": str(town.station.pk),
        "zone": "village",
        "hours": "每天 24小时",
        "equipment": ["radio"],
        "lon": "119.81",
        "lat": "29.41",
    }
    answer = chief.post("/rooms/new", sent)
    assert answer.status_code == 302, re.findall(r'class="bad[^>]*>([^<]*)', answer.content.decode())
    assert Agency.objects.filter(code="R9").exists()
    assert 'data-place="R9"' in text(leader, "/board?place=S1&view=tiles")
    assert figure(leader, "/board?place=S1", "R9", "incidents")[0] == "0"


def test_q8_one_map_and_one_ledger_show_the_same_matters_to_the_same_eyes(town: Town, enter: Enter) -> None:
    """The map's features are the ledger's rows, with the same rights; a cadre of the room sees no police layer."""
    worker, chief, other = enter("grid_worker"), enter("station_chief"), enter("other_officer")
    sent = {
        "kind": "hazard",
        "title": "井盖松动",
        "details": {"what": "响"},
        "agency": "R1",
        "lon": 119.81,
        "lat": 29.41,
    }
    made = post(worker, "/matters", sent)["number"]
    seen = chief.get("/ogc/collections/matters/items?limit=100")
    assert seen.status_code == 200, seen.content.decode()[:300]
    assert made in seen.content.decode()
    assert made in text(chief, "/matters?kind=hazard&open=1")
    assert made not in other.get("/ogc/collections/matters/items?limit=100").content.decode()
    assert made not in text(other, "/matters?kind=hazard&open=1")
    town.people["liaison_cadre"] = person("liaison_cadre", town.rooms[0])
    cadre = enter("liaison_cadre")
    for layer in ("matters", "units"):
        answer = cadre.get(f"/ogc/collections/{layer}/items?limit=100")
        assert answer.status_code in (403, 404) or not json.loads(answer.content)["features"], layer
