"""What is reported besides calls, and by whom. A kind of matter that is not listed brings its own seed."""

from __future__ import annotations

from typing import Any

from linli.matters.kinds import KINDS

Said = tuple[str, dict[str, Any]]

SAID: dict[str, tuple[Said, ...]] = {
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
_OFTEN = ("grid_worker", "information_officer", "community_officer", "auxiliary")


def small_kinds() -> list[str]:
    """Every declared kind but the incident."""
    return [kind for kind in KINDS if kind != "incident"]


def said(kind: str) -> tuple[Said, ...]:
    """Titles and details of a kind: those listed here, else the seed that its own module declares."""
    if kind in SAID:
        return SAID[kind]
    seed = dict(KINDS[kind].seed)
    return ((str(seed.pop("title", KINDS[kind].words.zh)), seed),)


def a_day(kind: str) -> int:
    """How many a day for sixty settlements."""
    return A_DAY.get(kind, 1)


def reporter_of(kind: str) -> str:
    """The post that reports this kind; for a kind not listed, the first of those that may and are many."""
    return REPORTER.get(kind) or next(post for post in (*_OFTEN, *KINDS[kind].opens) if post in KINDS[kind].opens)


def is_plain(kind: str) -> bool:
    """Is it assigned, settled and closed like most? Others are only opened."""
    return {"assign", "settle", "close"} <= {move.name for move in KINDS[kind].workflow.moves}
