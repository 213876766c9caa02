"""Starting the ladder with each order, and climbing it: timers are rows, so nothing is lost when a process dies."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.geo import distance_m
from linli.kernel.scope import Actor, system
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import POSITION, OrderChanged, order_first_free, prove_arrival
from linli.operations.dispatch.models import Escalation, Order
from linli.operations.dispatch.queries import moved_m, recommended
from linli.operations.ladder.queries import crew_of, desk_people
from linli.operations.ladder.rules import Seconds, rungs_from_order, still_matters
from linli.operations.limits.queries import limit_for
from linli.operations.units.acts import UnitsMoved
from linli.org.people.models import Person
from linli.org.reach.queries import addresses_of, first_way
from linli.works.jobs.acts import cancel, job, schedule_many
from linli.works.jobs.models import Job
from linli.works.outbox.acts import queue_message
from linli.works.outbox.queries import is_on_its_way

LADDER = system("ladder")

ON_SCENE_M = 80.0
"""Within this distance of the place, plus its own accuracy, a fix shows the unit on scene."""
_WORST_ACCURACY_M = 100.0
_FRESH_S = 60.0
_FOR_TEAMS = ("other_channel", "station_desk")
"""A team on a tip is rung until it answers; nobody else is drawn in, and no promise of arrival runs."""


@news.listen(OrderChanged)
def on_order_changed(item: OrderChanged) -> None:
    """Given: call the crew and start the timers. Signed: stop those, watch that it moves. Declined: ask the next unit
    now.
    """
    order = item.order
    if order.via == "import":
        return
    if item.what == "given":
        call_crew(order, "order.new", first=True)
        _start(order)
    elif item.what == "sign":
        for step in ("other_channel", "next_unit", "station_desk", "bureau"):
            cancel(prefix=f"order:{order.pk}:{step}")
        due = clock.now() + timedelta(seconds=_limit(order).moving_s)
        _plan(order, [("not_moving", due)])
    elif item.what == "decline":
        _plan(order, [("declined", clock.now())])
    elif item.what == "recall":
        call_crew(order, "order.recalled", first=True)


def _start(order: Order) -> None:
    _plan(order, rungs_from_order(order.ordered_at, _limit(order)))


def _plan(order: Order, rungs: list[tuple[str, datetime]]) -> None:
    now = clock.now()
    schedule_many(
        [
            Job(
                name="order.rung",
                key=f"order:{order.pk}:{step}",
                payload={"order": str(order.pk), "step": step},
                due_at=due,
                created_at=now,
            )
            for step, due in rungs
        ]
    )


def _limit(order: Order) -> Seconds:
    agency = order.matter.agency
    row = limit_for(order.matter.category, agency.zone if agency else "")
    return Seconds(row.delivered_s, row.signed_s, row.desk_s, row.bureau_s, row.moving_s, row.target_s)


def call_crew(order: Order, template: str, *, first: bool) -> None:
    """Queue the messages that ring the crew: WeCom at once, SMS and a voice call when that was not delivered. Nothing
    personal in them.
    """
    for person in crew_of(order):
        if first and (own := first_way(person, "wecom" if person.wecom_id else "")):
            _message(order, template, own, person)
        elif person.phone_sealed:
            for channel in ("sms",) if first else ("sms", "voice"):
                _message(order, template, channel, person)


def _message(order: Order, template: str, channel: str, person: Person) -> None:
    """One message to one person; his other addresses stand in at once when the channel cannot be had."""
    matter = order.matter
    about = {"subject_type": "operations.order", "subject_id": str(order.pk)}
    if is_on_its_way(template=template, channel=channel, recipient=person.pk, **about):
        return
    addresses = {"wecom": person.wecom_id, "sms": person.phone, "voice": person.phone, **addresses_of(person)}
    queue_message(
        channel=channel,
        template=template,
        address=addresses.pop(channel),
        others=addresses,
        recipient=person.pk,
        body={
            "number": matter.number,
            "title": matter.title,
            "place": matter.address,
            "link": f"/phone?order={order.pk}",
        },
        **about,
    )


@job("order.rung")
def run_rung(payload: dict[str, str]) -> None:
    """Climb one rung if it still matters."""
    rows = Order.objects.select_related("unit__agency", "matter__agency", "matter__station")
    order = rows.filter(pk=payload["order"]).first()
    if order is None:
        return
    step = payload["step"]
    if order.matter.kind != "incident" and step not in _FOR_TEAMS:
        return
    metres = moved_m(order) if step == "not_moving" else None
    if still_matters(step, order.state, arrived=order.arrival is not None, moved_m=metres):
        escalate(LADDER, order=order, step=step)


@act("order.escalate", zh="升级提醒", en="escalate an order", keeps=("step",), about="order")
def escalate(actor: Actor, *, order: Order, step: str) -> Order:
    """Climb a rung once; a repeated job finds the row and does nothing more."""
    try:
        with transaction.atomic():
            Escalation.objects.create(order=order, step=step, at=clock.now())
    except IntegrityError:
        return order
    if step == "other_channel":
        call_crew(order, "order.new", first=False)
    elif step in ("next_unit", "not_moving", "declined"):
        _ask_next(order)
    elif step in ("station_desk", "bureau"):
        _tell(
            order, desk_people(order.matter, level="station" if step == "station_desk" else "bureau"), f"order.{step}"
        )
    elif step == "target":
        Matter.objects.filter(pk=order.matter_id, late_since__isnull=True).update(
            late_since=clock.now(), version=F("version") + 1
        )
        _tell(order, desk_people(order.matter, level="chief"), "order.target")
    return order


def _ask_next(order: Order) -> None:
    """The next best unit in parallel: the first order stands, whoever comes first has come."""
    asked = frozenset(Order.objects.filter(matter=order.matter).values_list("unit_id", flat=True))
    units, _, _ = recommended(order.matter, k=5, without=asked)
    order_first_free(LADDER, order.matter, [str(item.unit.id) for item in units], via="ladder")


def _tell(order: Order, people: list[Person], template: str) -> None:
    for person in people:
        if person.wecom_id:
            _message(order, template, "wecom", person)
        elif person.phone_sealed:
            _message(order, template, "sms", person)


@news.listen(UnitsMoved)
def on_moved(item: UnitsMoved) -> None:
    """Arrival comes by itself when a fresh, exact enough position lies at the place."""
    held = {fix.unit.order_id: fix for fix in item.fixes if fix.unit.order_id}
    if not held:
        return
    rows = Order.objects.active().filter(pk__in=list(held), arrived_proven_at__isnull=True)
    now = clock.now()
    for order in rows.select_related("matter__agency", "matter__station", "unit__agency"):
        fix, matter = held[order.pk], order.matter
        if matter.lon is None or matter.lat is None or abs((now - fix.at).total_seconds()) > _FRESH_S:
            continue
        accuracy_m = fix.accuracy_m if fix.accuracy_m is not None else 0.0
        metres = distance_m(fix.lon, fix.lat, matter.lon, matter.lat)
        if accuracy_m <= _WORST_ACCURACY_M and metres <= ON_SCENE_M + accuracy_m:
            proof = {"distance_m": round(metres, 1), "accuracy_m": accuracy_m, "fix_at": fix.at.isoformat()}
            prove_arrival(POSITION, order=order, proof=proof)
