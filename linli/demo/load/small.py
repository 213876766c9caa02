"""What else a week brings: tips, quarrels, hazards, requests for help, news of the community, tasks down the line."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.demo.agencies import AgencyPlan
from linli.demo.county import County
from linli.demo.load.organisation import ROOM_KINDS, Rows
from linli.demo.load.week import Agenda, Cast
from linli.demo.plane import chance
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.places.grid.models import Grid

SAID: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "community_info": (
        ("新开工地有外来务工人员入住", {"what": "工地生活区入住约四十人，已提醒登记。"}),
        ("出租房新租客", {"what": "房东反映三楼新来两名租客，尚未登记。"}),
        ("集市新增摊位", {"what": "集市东侧新增十余个摊位，通道变窄。"}),
        ("学校门口放学拥堵", {"what": "下午放学时接送车辆占道。"}),
        ("村里老人接到可疑电话", {"what": "老人称对方自称医保局，未转账。"}),
    ),
    "hazard": (
        ("路灯不亮", {"what": "村口第三盏路灯不亮，夜间很暗。"}),
        ("井盖松动", {"what": "人行道井盖松动，踩上有响声。"}),
        ("楼道停放电动车", {"what": "单元门内停放五辆电动车并飞线充电。"}),
        ("水塘无护栏", {"what": "村北水塘边护栏缺损，附近有小孩玩耍。"}),
        ("房屋外墙脱落", {"what": "临街老屋外墙砖松动。"}),
    ),
    "dispute": (
        ("邻里围墙纠纷", {"cause": "翻修围墙占道", "colour": "blue"}),
        ("楼上漏水纠纷", {"cause": "卫生间漏水损坏吊顶", "colour": "blue"}),
        ("地界纠纷", {"cause": "两家对田埂位置各执一词", "colour": "yellow"}),
        ("工钱纠纷", {"cause": "装修尾款未付", "colour": "yellow"}),
        ("采光纠纷", {"cause": "新建房屋影响多户采光", "colour": "red", "danger": "双方约人，情绪激动。"}),
    ),
    "tip": (
        ("夜间有人在集市后巷撬车", {"what": "凌晨见两人查看停放的电动车。"}),
        ("有人流动收购来路不明药材", {"what": "面包车进村，价格低，不肯留电话。"}),
        ("空房内有人聚赌", {"what": "每晚九点以后人多，窗户遮住。"}),
        ("有人兜售低价电瓶", {"what": "在修车铺附近兜售，没有票据。"}),
    ),
    "help_request": (
        ("独居老人需要送药", {"need": "每周一次代取药。"}),
        ("行动不便需要上门办证", {"need": "身份证到期，老人卧床。"}),
        ("留守儿童放学无人接", {"need": "母亲住院，本周需要帮忙接送。"}),
    ),
    "task": (
        ("本周反诈宣传进集市", {"what": "每个警务站一次，带宣传单。"}),
        ("汛前水塘排查", {"what": "查看护栏和警示牌，有缺损的登记隐患。"}),
    ),
}
"""What is reported, by kind of matter: title and details."""

A_DAY = {"community_info": 5, "hazard": 3, "dispute": 2, "tip": 1, "help_request": 1, "task": 1}
REPORTER = {
    "community_info": "grid_worker",
    "hazard": "grid_worker",
    "dispute": "information_officer",
    "tip": "information_officer",
    "help_request": "liaison_cadre",
    "task": "community_officer",
}


@dataclass(slots=True)
class Small:
    """Opens small matters and lets the rooms deal with most of them."""

    county: County
    rows: Rows
    cast: Cast
    agenda: Agenda
    rng: random.Random
    grids: dict[str, Grid]
    opened: int = 0

    def plan(self, first_day: datetime, days: int) -> None:
        """Spread the matters over the days, between eight in the morning and nine in the evening."""
        share = len(self.county.settlements) / 60
        for kind, number in A_DAY.items():
            for _ in range(max(1, round(number * days * share))):
                day = self.rng.randrange(days)
                at = first_day + timedelta(days=day, hours=8, seconds=self.rng.randrange(13 * 3600))
                self.agenda.put(at, self._opening(kind))

    def _opening(self, kind: str) -> Callable[[], None]:
        title, details = self.rng.choice(SAID[kind])
        held = [p for p in self.county.staff.people if p.post == REPORTER[kind] and p.agency in self._rooms]
        reporter = self.rng.choice(held)
        haste = timedelta(hours=self.rng.uniform(1, 40))

        def open_it() -> None:
            room = self._rooms[reporter.agency]
            matter = open_matter(
                self.cast.person(reporter.staff_no),
                kind=kind,
                title=title,
                details=dict(details),
                place=self._place(room),
                source="field",
            )
            self.opened += 1
            self._deal_with(matter, room, haste)

        return open_it

    def _deal_with(self, matter: Matter, room: AgencyPlan, haste: timedelta) -> None:
        goes = self.county.force.goes_for[room.code].code
        officer_no = self.county.staff.leads[goes][0]
        officer = self.cast.person(officer_no)
        opened = matter.opened_at

        def move(name: str, facts: dict[str, str]) -> None:
            move_matter(officer, matter=fresh(matter), move=name, facts=dict(facts))

        def assign() -> None:
            assign_matter(self._chief(room), matter=fresh(matter), assignee=self.cast.row(officer_no))

        self.agenda.put(opened + haste / 6, assign)
        self.agenda.put(opened + haste, lambda: move("settle", {"outcome": "已到场核实处理，并告知反映人。"}))
        self.agenda.put(opened + haste * 1.5, lambda: move("close", {}))

    def _chief(self, room: AgencyPlan) -> Actor:
        return self.cast.at("station_chief", self.county.force.station_of[room.code].code)

    @property
    def _rooms(self) -> dict[str, AgencyPlan]:
        return {plan.code: plan for plan in self.county.agencies if plan.kind in ROOM_KINDS}

    def _place(self, room: AgencyPlan) -> Placed:
        settlement = self.rng.choice(room.settlements)
        lon, lat = room.at
        return Placed(
            lon=round(lon + self.rng.uniform(-0.002, 0.002), 6),
            lat=round(lat + self.rng.uniform(-0.002, 0.002), 6),
            address=self.county.settlements[settlement].name,
            placed_by="desk",
            grid=self.grids[self.county.police_grids[settlement].code],
            agency=self.rows.agencies[room.code],
            station=self.rows.agencies[self.county.force.station_of[room.code].code],
        )


def fresh(matter: Matter) -> Matter:
    """The matter as it is stored now."""
    return Matter.objects.select_related("agency", "station").get(pk=matter.pk)


def load_small(county: County, rows: Rows, first_day: datetime, days: int, until: datetime) -> int:
    """Live the small matters of some days. Returns how many were opened."""
    agenda = Agenda(until)
    grids = {grid.code: grid for grid in Grid.objects.filter(kind="police", active=True)}
    small = Small(county, rows, Cast(county, rows), agenda, chance(county.seed, "small"), grids)
    small.plan(first_day, days)
    agenda.live()
    return small.opened
