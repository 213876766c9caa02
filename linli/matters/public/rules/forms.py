"""What can be sent at the residents' door, as a table: pages, Open311 and the act read it."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.words import Words

LONGEST_TEXT = 2_000
"""Signs of a report; more than anybody types on a telephone, far less than a flood."""
LONGEST_PLACE = 120
MOST_PHOTOS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One door: which ``kind`` of matter it opens, under which detail (``field``) what was told is kept.

    ``readers`` is who may read it unless the sender chooses; ``answer_days`` the days within which somebody answers;
    ``contact`` whether a telephone is needed to do what is asked. ``street`` says that it is about a public place.
    """

    code: str
    kind: str
    field: str
    words: Words
    hint: Words
    ask: Words
    answer_days: int
    readers: str = "room"
    contact: bool = False
    photos: bool = False
    place: bool = True
    slot: bool = False


FORMS: dict[str, Form] = {
    form.code: form
    for form in (
        Form(
            code="hazard",
            kind="hazard",
            field="what",
            words=Words("报隐患", "report a hazard"),
            hint=Words("路灯不亮、井盖松动、楼道充电", "a dark lamp, a loose manhole, charging in a stairway"),
            ask=Words("看到了什么？", "What did you see?"),
            answer_days=3,
            photos=True,
        ),
        Form(
            code="tip",
            kind="tip",
            field="what",
            words=Words("提供线索", "tell what you know"),
            hint=Words("可以只告诉社区民警一个人", "to the officer alone, if you wish"),
            ask=Words("您知道什么？时间、地点、什么样的人或车", "What do you know? When, where, what did you see?"),
            answer_days=3,
            readers="officer",
            photos=True,
        ),
        Form(
            code="help",
            kind="help_request",
            field="need",
            words=Words("求助帮办", "ask for help"),
            hint=Words("老人送药、接送、跑腿、生活难处", "medicine for the old, a lift, an errand"),
            ask=Words("需要帮什么忙？", "What do you need?"),
            answer_days=2,
            contact=True,
        ),
        Form(
            code="talk",
            kind="appointment",
            field="about",
            words=Words("约时间当面谈", "book a talk"),
            hint=Words("在接待时间里选一个时段，不用排队", "choose a time in reception hours"),
            ask=Words("想谈什么？写一句就行", "What about? One line will do"),
            answer_days=1,
            contact=True,
            slot=True,
        ),
        Form(
            code="question",
            kind="question",
            field="question",
            words=Words("问法律、问政策", "ask a question of law"),
            hint=Words("欠薪、租房、邻里、防骗", "wages, rent, neighbours, fraud"),
            ask=Words("您想问什么？", "What would you like to know?"),
            answer_days=3,
        ),
        Form(
            code="mediation",
            kind="dispute",
            field="cause",
            words=Words("申请调解", "ask for mediation"),
            hint=Words("和邻居、家人、房东闹了矛盾", "a quarrel with neighbour, family, landlord"),
            ask=Words("因为什么事？和谁？", "What is it about? With whom?"),
            answer_days=3,
            readers="officer",
            contact=True,
        ),
    )
}

READERS: dict[str, Words] = {
    "room": Words("警务室的人都可以看，办得最快", "everybody at the police room: the quickest"),
    "officer": Words("只给社区民警一个人看（派出所领导能看到）", "the officer alone (his chiefs can see it)"),
    "station": Words(
        "不让村里和警务室的人看，只给派出所", "nobody of the village or its room: only the police station"
    ),
}
"""Who may read a report, in the words of whoever chooses."""

_STREET_GROUP, _FIRE, _HOUSE = (
    Words("街道设施", "street"),
    Words("消防", "fire safety"),
    Words("房屋和其他", "buildings"),
)
HAZARDS: dict[str, tuple[Words, Words]] = {
    "lamp": (Words("路灯不亮", "street lamp out"), _STREET_GROUP),
    "road": (Words("井盖松动、路面塌陷", "manhole or road surface"), _STREET_GROUP),
    "water": (Words("水边没有护栏", "no railing at the water"), _STREET_GROUP),
    "fire_exit": (Words("消防通道被堵", "fire exit blocked"), _FIRE),
    "ebike": (Words("楼道里停放、充电电动车", "e-bikes in a stairway"), _FIRE),
    "wiring": (Words("电线、用电、用气不安全", "unsafe wiring or gas"), _FIRE),
    "building": (Words("墙面、招牌要掉下来", "wall or sign about to fall"), _HOUSE),
    "other": (Words("其他隐患", "another hazard"), _HOUSE),
}
"""Sorts of hazard, by the codes of the kind's own ``type``: what residents call them, and their group."""
STREET = frozenset({"lamp", "road", "water"})
"""Sorts that lie in the open street and so say nothing of anybody's home (ADR 0171)."""

OPINIONS: dict[str, Words] = {
    "solved": Words("办好了", "it is solved"),
    "partly": Words("办了一部分", "partly"),
    "unsolved": Words("没有解决", "not solved"),
}
"""What a resident says of what was done: of the matter, never of a person (P13)."""
