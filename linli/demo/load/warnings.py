"""Warnings to residents of the demo county: one in force, one called off, one that waits to be read by another."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.outreach.alerts.acts import approve_alert, cancel_alert, publish_alert, write_alert
from linli.outreach.alerts.models import Alert
from linli.outreach.alerts.rules.declared import Said

FRAUD = Said(
    "fraud",
    "Expected",
    "Severe",
    "Observed",
    "有人冒充客服以“退款”为名要求开共享屏幕",
    "本周辖区已有多户接到类似电话，对方能说出订单内容。",
    "凡要求开共享屏幕、转账到“安全账户”的都挂断，拨打96110核实。",
    "Callers pose as customer service and ask to share your screen",
    "Several homes were called this week; the callers know what was ordered.",
    "Hang up on whoever asks to share your screen or to move money; call 96110.",
)
MARKET = Said(
    "traffic", "Future", "Minor", "Likely", "集市期间主街临时改为单向通行", "", "请从南街绕行，摊位不要占用消防通道。"
)
DRILL = Said(
    "fire", "Future", "Minor", "Likely", "周五上午十点消防疏散演练", "", "听到广播按指示下楼，不要乘电梯。", drill=True
)


def load_warnings(now: datetime) -> int:
    """Write them through the acts. Returns how many."""
    station = Agency.objects.filter(kind="station").order_by("path").first()
    chief, leader = _holder("station_chief", station), _holder("bureau_leader", None)
    if station is None or chief is None or leader is None:
        return 0
    with clock.fixed(now - timedelta(days=2)):
        _out(chief, leader, station, FRAUD, now + timedelta(days=5))
        market = _out(chief, leader, station, MARKET, now + timedelta(days=1))
    with clock.fixed(now - timedelta(hours=3)):
        cancel_alert(chief, alert=market, reason="集市已提前结束")
        write_alert(chief, agency=station, said=DRILL, areas=[station], expires_at=now + timedelta(days=3))
    return Alert.objects.count()


def _out(writer: Actor, reader: Actor, agency: Agency, said: Said, expires_at: datetime) -> Alert:
    row = write_alert(writer, agency=agency, said=said, areas=[agency], expires_at=expires_at)
    approve_alert(reader, alert=row)
    return publish_alert(writer, alert=row)


def _holder(post: str, agency: Agency | None) -> Actor | None:
    rows = Post.objects.filter(code=post, until__isnull=True)
    held = (rows.filter(agency=agency) if agency else rows).order_by("since", "id").first()
    person = Person.objects.filter(pk=held.person_id).first() if held else None
    return person_actor(person, door="page") if person else None
