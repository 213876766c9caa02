"""What lies open this morning at the demo officer's room, so that every post's page has something to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.demo.county import County
from linli.demo.load.organisation import Rows
from linli.kernel import clock
from linli.matters.ledger.acts import Placed, assign_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor
from linli.places.grid.models import Grid


@dataclass(frozen=True, slots=True)
class Open:
    """One matter: who reports it how many hours ago, and to whom it is given (a post of the room, or nobody)."""

    kind: str
    title: str
    details: dict[str, str]
    by: str
    hours_ago: float
    given_to: str = ""


LYING_OPEN = (
    Open("tip", "菜场后巷夜里有人看车门", {"what": "连着两晚，十一点以后，两个人骑一辆电动车。"}, "grid_worker", 20),
    Open("hazard", "三号楼楼道停满电动车", {"what": "一到三层，有飞线充电。"}, "grid_worker", 30),
    Open(
        "dispute",
        "楼上漏水，两家吵了三天",
        {"cause": "卫生间漏水，谁来修谈不拢。", "colour": "blue"},
        "liaison_cadre",
        50,
    ),
    Open("help_request", "独居老人忘带钥匙，子女在外地", {"need": "联系开锁并陪同回家。"}, "liaison_cadre", 3),
    Open("community_info", "新开工地来了四十多人", {"what": "租住在北街两栋自建房。"}, "grid_worker", 22),
    Open("hazard", "北街路灯三盏不亮", {"what": "放学路上。"}, "property_manager", 10),
    Open("task", "本周反诈宣传进集市", {"what": "每个警务室一次。"}, "station_chief", 26),
    Open("task", "护学岗周一起提前十五分钟", {"what": "实验小学门口。"}, "station_chief", 5),
    Open("task", "核对楼栋长联系表", {"what": "漏的补上。"}, "station_chief", 5),
    Open("task", "周三例会前清理一号楼消防通道", {"what": "清完拍一张照片。"}, "station_chief", 28, "property_manager"),
    Open("task", "带上本社区租房户数", {"what": "例会上要用。"}, "station_chief", 28, "liaison_cadre"),
)


def load_open(county: County, rows: Rows, now: datetime) -> int:
    """Open them through the acts, each at its own time. Returns how many."""
    cast = _cast(county, rows)
    room = rows.agencies[next(plan.agency for plan in county.staff.people if plan.post == "community_officer")]
    station = Agency.objects.get(children=room)
    grid = Grid.objects.filter(responsibilities__agency=room, active=True).order_by("code").first()
    for item in LYING_OPEN:
        with clock.fixed(now - timedelta(hours=item.hours_ago)):
            _open(item, cast, Placed(room.lon, room.lat, room.name, None, "desk", grid, room, station))
    return len(LYING_OPEN)


def _cast(county: County, rows: Rows) -> dict[str, Person]:
    """The person of each post who may be tapped on the demo's sign-in page."""
    return {plan.post: rows.people[plan.staff_no] for plan in county.staff.people if plan.demo}


def _open(item: Open, cast: dict[str, Person], place: Placed) -> Matter:
    actor = person_actor(cast[item.by], door="page")
    matter = open_matter(
        actor, kind=item.kind, title=item.title, details=dict(item.details), place=place, source="field"
    )
    if item.given_to:
        assign_matter(actor, matter=matter, assignee=cast[item.given_to])
    return matter
