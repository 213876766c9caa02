"""When a lawyer is there, and what becomes of a booking: pure."""

from __future__ import annotations

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

declare("lawyer.taken", zh="这个时段已有人预约，请换一个。", en="Somebody has booked that time: choose another.")
declare(
    "lawyer.not_open", zh="这个时段律师不在，请从空闲时段里选。", en="The lawyer is not there then: choose a free time."
)
declare("lawyer.overlaps", zh="与已有的坐班时间重叠。", en="These hours overlap with others of the same lawyer.")
declare("lawyer.not_one", zh="“{who}”没有律师岗位。", en="{who} holds no post as a lawyer.")
declare(
    "lawyer.not_yours",
    zh="坐班时间由律师本人或警务室民警安排。",
    en="Hours are set by the lawyer or the room's officer.",
)

declare(
    "lawyer.enough",
    zh="这个电话已经约了{most}次，用过或取消后再约。",
    en="This telephone holds {most} bookings; book again when one is over or given back.",
)

ROOM_POSTS = ("community_officer", "station_desk", "station_chief")
"""Posts that keep a room's calendar: at the room or above it."""
MOST_HELD, SHORTEST_PHONE, NUMBER_PREFIX = 2, 7, "LS"
"""Open bookings of one telephone; digits of a telephone; what numbers of bookings at the residents' door begin with."""

BOOKING_LIFE = Workflow(
    "lawyer_booking",
    "booked",
    (
        State("booked", Words("已预约", "booked")),
        State("held", Words("已咨询", "held"), final=True),
        State("missed", Words("没有来", "missed"), final=True),
        State("cancelled", Words("已取消", "cancelled"), final=True),
    ),
    (
        Move("hold", ("booked",), "held", Words("已咨询", "held")),
        Move("miss", ("booked",), "missed", Words("没有来", "missed")),
        Move("cancel", ("booked",), "cancelled", Words("取消", "cancel")),
    ),
)
WEEKDAYS: dict[str, Words] = {
    "0": Words("周一", "Monday"),
    "1": Words("周二", "Tuesday"),
    "2": Words("周三", "Wednesday"),
    "3": Words("周四", "Thursday"),
    "4": Words("周五", "Friday"),
    "5": Words("周六", "Saturday"),
    "6": Words("周日", "Sunday"),
}
SHORTEST_MINUTES, DAY_MINUTES = 30, 1440


def check_hours(weekday: int, from_minute: int, until_minute: int) -> None:
    """Raises Invalid naming what cannot be; minutes are of the local day."""
    if str(weekday) not in WEEKDAYS:
        raise Invalid("fact.wrong", field="weekday", why=str(weekday))
    if not 0 <= from_minute <= until_minute - SHORTEST_MINUTES <= DAY_MINUTES - SHORTEST_MINUTES:
        raise Invalid("fact.wrong", field="until", why=f"{from_minute}-{until_minute}")
