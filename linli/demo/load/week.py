"""The last week, lived again through the ordinary acts: calls taken, ordered, signed, driven to, finished and closed.

The clock of the house is held at the moment of each act, so trail, stamps and numbers are those of that week.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from django.db import transaction

from linli.demo.county import County
from linli.demo.incidents import PastIncident, plain_clock
from linli.demo.load.organisation import Rows
from linli.demo.tables import categories
from linli.kernel import clock
from linli.kernel.errors import Conflict
from linli.kernel.scope import Actor
from linli.matters.handovers.acts import move_handover, open_handover
from linli.matters.handovers.models import Handover
from linli.matters.ledger.acts import move_matter
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import recategorise, take_call
from linli.operations.dispatch.acts import (
    arrive,
    deliver_order,
    feed_back,
    finish_order,
    give_order,
    set_out,
    sign_order,
)
from linli.operations.dispatch.models import Order
from linli.operations.units.models import Unit
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor

RESULT = "已处置，当事人无异议。"
LONGEST = timedelta(hours=20)
AT_ONCE = 25
"""Acts in one transaction: each is recorded for itself, the disk is asked once."""


@dataclass(slots=True)
class Agenda:
    """What happens when; ties in the order in which they were put down."""

    until: datetime
    _queue: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _ticket: count[int] = field(default_factory=count)

    def put(self, at: datetime, do: Callable[[], None]) -> None:
        """Put something down; what lies beyond the present is left for the living."""
        if at < self.until:
            heapq.heappush(self._queue, (at, next(self._ticket), do))

    def live(self) -> None:
        """Do everything, each at its own time."""
        while self._queue:
            with transaction.atomic():
                for _ in range(min(AT_ONCE, len(self._queue))):
                    at, _, do = heapq.heappop(self._queue)
                    with clock.fixed(at):
                        do()


class Cast:
    """Who acts: people as the actors that they are, found once."""

    def __init__(self, county: County, rows: Rows) -> None:
        self._county, self._rows = county, rows
        self._actors: dict[str, Actor] = {}
        self._crew = {unit.call_sign: unit.crew[0] for unit in county.staff.units}
        self._posts: dict[tuple[str, str], list[str]] = {}
        for plan in county.staff.people:
            self._posts.setdefault((plan.post, plan.agency), []).append(plan.staff_no)

    def crew(self, unit: Unit) -> Actor:
        """The first of a unit's crew, with the phone in hand."""
        return self.person(self._crew[unit.call_sign], door="field")

    def at(self, post: str, agency: str, turn: int = 0) -> Actor:
        """Somebody who holds a post at an agency; they take turns."""
        held = self._posts[(post, agency)]
        return self.person(held[turn % len(held)])

    def person(self, staff_no: str, door: str = "page") -> Actor:
        """A person by staff number."""
        key = f"{staff_no}:{door}"
        if key not in self._actors:
            self._actors[key] = person_actor(self._rows.people[staff_no], door=door)
        return self._actors[key]

    def row(self, staff_no: str) -> Person:
        """The person's card."""
        return self._rows.people[staff_no]


@dataclass(slots=True)
class Week:
    """One call after the other."""

    county: County
    rows: Rows
    cast: Cast
    agenda: Agenda
    taken: int = 0

    @property
    def bureau(self) -> str:
        return self.county.agencies[0].code

    def ring(self, incident: PastIncident) -> None:
        """A call comes in."""
        self.agenda.put(incident.stamps["created"], lambda: self._take(incident))

    def _take(self, incident: PastIncident) -> None:
        call = incident.call
        taker = self.cast.at("call_taker", self.bureau, self.taken)
        self.taken += 1
        sent = {
            "received_at": call.received_at.isoformat(),
            "category": call.category,
            "narrative": call.narrative,
            "caller": {"name": call.caller, "phone": call.phone},
            "lon": call.at[0],
            "lat": call.at[1],
            "address": call.address,
        }
        matter = take_call(taker, sent=sent, source="110", answered_at=incident.stamps["answered"])
        if incident.unit is None:
            self.agenda.put(
                incident.stamps["created"] + timedelta(minutes=4), lambda: self._by_telephone(incident, matter)
            )
        else:
            self.agenda.put(incident.stamps["ordered"], lambda: self._send(incident, matter))

    def _by_telephone(self, incident: PastIncident, matter: Matter) -> None:
        """Nobody needs to go: it is void, or the government line takes it on and answers."""
        matter.refresh_from_db()
        if matter.state != "waiting":
            self._follow(incident, Order.objects.filter(matter=matter).select_related("unit__agency", "matter")[0])
            return
        desk = self.cast.at("dispatcher", self.bureau)
        if incident.state == "void":
            move_matter(desk, matter=matter, move="void", facts={"reason": "误拨或重复报警，已电话核实。"})
            return
        partner = next(plan for plan in self.county.agencies if plan.service == "12345")
        ticket = open_handover(
            desk,
            matter=matter,
            to_agency=self.rows.agencies[partner.code],
            mode="hand_over",
            text="非警务事项，请受理。",
        )
        self._answered(ticket, partner.code, clock.now())

    def _answered(self, ticket: Handover, partner: str, at: datetime) -> None:
        there = self.cast.at("partner_officer", partner)

        def move(name: str, answer: str = "") -> None:
            fresh = Handover.objects.select_related("matter__agency", "matter__station", "to_agency").get(pk=ticket.pk)
            move_handover(there, handover=fresh, move=name, answer=answer)

        self.agenda.put(at + timedelta(minutes=3), lambda: move("accept"))
        self.agenda.put(at + timedelta(minutes=95), lambda: move("answer", "已处理并告知群众。"))

    def _send(self, incident: PastIncident, matter: Matter) -> None:
        """The desk sends the unit of that call, unless the house has already ordered one by itself."""
        order = Order.objects.filter(matter=matter).select_related("unit__agency", "matter").first()
        if order is None:
            order = self._ordered(incident, matter)
        if order is None:
            self.agenda.put(clock.now() + timedelta(minutes=3), lambda: self._send(incident, matter))
            return
        services = [s for s in categories()[incident.call.category].services if s in ("120", "119", "122")]
        for service in services:
            self._along(matter, service)
        self._follow(incident, order)

    def _ordered(self, incident: PastIncident, matter: Matter) -> Order | None:
        desk = self.cast.at("dispatcher", self.bureau, self.taken)
        wanted = self.rows.units[incident.unit or ""]
        beside = [self.rows.units[plan.call_sign] for plan in self.county.force.units_of[incident.station]]
        for unit in [wanted, *beside]:
            unit.refresh_from_db()
            try:
                with transaction.atomic():
                    return give_order(desk, matter=matter, unit=unit)
            except Conflict:
                continue
        return None

    def _along(self, matter: Matter, service: str) -> None:
        partner = next(plan for plan in self.county.agencies if plan.service == service)
        desk = self.cast.at("dispatcher", self.bureau)
        matter.refresh_from_db()
        ticket = open_handover(
            desk, matter=matter, to_agency=self.rows.agencies[partner.code], mode="ask_along", text="请派员到场。"
        )
        self._answered(ticket, partner.code, clock.now())

    def _follow(self, incident: PastIncident, order: Order) -> None:
        """The crew carries the order out, in the rhythm of that call."""
        crew = self.cast.crew(order.unit)
        begin, stamps = clock.now(), incident.stamps
        if not {"signed", "under_way", "arrived"} & set(stamps):
            stamps = plain_clock(incident.call.received_at)
        lon, lat = incident.call.at
        steps: list[tuple[str, Callable[[Order], object]]] = [
            ("delivered", lambda order: deliver_order(crew, order=order)),
            ("signed", lambda order: sign_order(crew, order=order)),
            ("under_way", lambda order: set_out(crew, order=order)),
            ("arrived", lambda order: arrive(crew, order=order, lon=lon, lat=lat, accuracy_m=12.0)),
            ("done", lambda order: finish_order(crew, order=order, result=RESULT)),
            ("fed_back", lambda order: self._feed_back(crew, incident, order)),
            ("closed", self._close),
        ]
        for name, do in steps:
            after = stamps[name] - stamps["ordered"] if name in stamps else None
            if after is not None and timedelta(0) <= after < LONGEST:
                self.agenda.put(begin + after, partial(self._step, order, do))

    def _step(self, order: Order, do: Callable[[Order], object]) -> None:
        do(Order.objects.select_related("unit__agency", "matter__agency", "matter__station").get(pk=order.pk))

    def _feed_back(self, crew: Actor, incident: PastIncident, order: Order) -> None:
        matter = order.matter
        if incident.final_category != matter.category:
            recategorise(self.cast.at("dispatcher", self.bureau), matter=matter, category_code=incident.final_category)
            matter.refresh_from_db()
        feed_back(crew, matter=matter, outcome=RESULT)

    def _close(self, order: Order) -> None:
        move_matter(self.cast.at("dispatcher", self.bureau), matter=order.matter, move="close")


def load_week(county: County, rows: Rows, week: list[PastIncident], until: datetime) -> int:
    """Live the week up to ``until``. Returns how many calls came in; the newest of them are still being dealt with."""
    agenda = Agenda(until)
    told = Week(county, rows, Cast(county, rows), agenda)
    for incident in week:
        told.ring(incident)
    agenda.live()
    return told.taken
