"""The ledger's filters as conditions, so that many numbers come from one question and every number opens its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.insight.chief.rules import NUMBERS, Number
from linli.insight.measures.queries.places import of_place, settled_by_rooms_of
from linli.insight.measures.queries.proofs import proofs
from linli.insight.measures.queries.reports import midnight
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.parties.models import Party
from linli.operations.dispatch.models import Order
from linli.org.agencies.models import Agency

REPEATED_WITHIN = timedelta(days=90)
SEEN_AGAIN_WITHIN = timedelta(days=30)
REPORTS = ("tip", "community_info", "hazard", "help_request", "dispute")
Condition = Callable[[Actor, str, datetime], Q]
NOTHING = Q(pk__in=[])


def _initial() -> Q:
    """Nobody has begun: the matter stands in the first state of its kind."""
    where = Q()
    for kind in KINDS.values():
        where |= Q(kind=kind.code, state=kind.workflow.initial)
    return where


def _late(actor: Actor, value: str, at: datetime) -> Q:
    late = Q(late_since__isnull=False) | Q(due_at__isnull=False, due_at__lt=at)
    return Q(closed_at__isnull=True) & (late if value == "1" else ~late)


def _our_agencies(actor: Actor) -> list[object]:
    return [post.agency_id for post in actor.posts if post.sees]


def _for_me(actor: Actor, value: str, at: datetime) -> Q:
    """In my hands, or in nobody's and at my own agency."""
    return Q(assignee_id=actor.id) | Q(assignee__isnull=True, agency_id__in=_our_agencies(actor))


def _unsettled(actor: Actor, value: str, at: datetime) -> Q:
    """Open, and not yet waiting for a feedback or a countersign."""
    return Q(closed_at__isnull=True) & ~Q(state__in=("settled", "done", "fed_back"))


def _expires(actor: Actor, value: str, at: datetime) -> Q:
    days = int(value) if value.isdecimal() else 7
    return Q(closed_at__isnull=True, late_since__isnull=True, due_at__gte=at, due_at__lt=at + timedelta(days=days))


def _unassigned(actor: Actor, value: str, at: datetime) -> Q:
    return Q(closed_at__isnull=True, assignee__isnull=True) & _initial()


def _countersign(actor: Actor, value: str, at: datetime) -> Q:
    return Q(closed_at__isnull=True) & (
        Q(kind="incident", state="fed_back") | (~Q(kind="incident") & Q(state="settled"))
    )


def _unanswered(actor: Actor, value: str, at: datetime) -> Q:
    return Q(closed_at__isnull=True, kind__in=REPORTS) & _initial()


def _repeated(actor: Actor, value: str, at: datetime) -> Q:
    """Received in the last 30 days, and within 90 days another matter with the same address, caller's number or party.

    Only matters that the actor sees are set beside each other, and only matters are listed: never a person.
    """
    lately = (
        Matter.objects.visible_to(actor).filter(received_at__gte=at - REPEATED_WITHIN).exclude(state="void").order_by()
    )
    fresh = Q(received_at__gte=at - SEEN_AGAIN_WITHIN) & ~Q(state="void")
    if value == "address":
        by_key = lately.filter(address_id__isnull=False).values("address_id")
        return fresh & Q(address_id__in=by_key.annotate(n=Count("pk")).filter(n__gt=1).values("address_id"))
    part = Q(part="caller") if value == "number" else ~Q(part="caller")
    parties = Party.objects.filter(part, matter__in=lately.values("pk")).exclude(phone_index="").order_by()
    again = parties.values("phone_index").annotate(n=Count("matter_id", distinct=True)).filter(n__gt=1)
    same = Party.objects.filter(part, matter_id=OuterRef("pk"), phone_index__in=again.values("phone_index"))
    return fresh & Q(Exists(same))


def _place(actor: Actor, value: str, at: datetime) -> Q:
    agency = Agency.objects.filter(code=value).first()
    return of_place(agency) if agency else NOTHING


def _handled_in(actor: Actor, value: str, at: datetime) -> Q:
    agency = Agency.objects.filter(code=value).first()
    return settled_by_rooms_of(agency) if agency else NOTHING


def _arrival(actor: Actor, value: str, at: datetime) -> Q:
    """What is known of the arrival: the names of the figures' proofs."""
    name = {"known": "was_timed", "in_time": "was_in_time", "missing": "has_no_arrival"}.get(value)
    return Q(proofs()[name]) if name else NOTHING


def _sent(actor: Actor, value: str, at: datetime) -> Q:
    """Calls without (0) or with (1) somebody sent who has not come back from it."""
    running = Exists(Order.objects.active().filter(matter_id=OuterRef("pk")))
    return Q(running) if value == "1" else ~Q(running)


CONDITIONS: dict[str, Condition] = {
    "open": lambda actor, value, at: Q(closed_at__isnull=value == "1"),
    "kind": lambda actor, value, at: Q(kind__in=value.split(",")),
    "state": lambda actor, value, at: Q(state__in=value.split(",")),
    "from": lambda actor, value, at: Q(received_at__gte=midnight(date.fromisoformat(value))),
    "to": lambda actor, value, at: Q(received_at__lt=midnight(date.fromisoformat(value))),
    "void": lambda actor, value, at: Q(state="void") if value == "1" else ~Q(state="void"),
    "category": lambda actor, value, at: Q(category__startswith=value),
    "source": lambda actor, value, at: Q(source=value),
    "no_point": lambda actor, value, at: Q(lon__isnull=True),
    "grid": lambda actor, value, at: Q(grid__code=value),
    "mine": lambda actor, value, at: Q(assignee_id=actor.id),
    "by_me": lambda actor, value, at: Q(opened_by=actor.id),
    "for_me": _for_me,
    "unsettled": _unsettled,
    "handled_by_us": lambda actor, value, at: Q(handled_by_id__in=_our_agencies(actor)),
    "late": _late,
    "expires_in": _expires,
    "unassigned": _unassigned,
    "countersign": _countersign,
    "unanswered": _unanswered,
    "repeated": _repeated,
    "place": _place,
    "handled_in": _handled_in,
    "arrival": _arrival,
    "sent": _sent,
}
"""What each field of a ledger filter means here; the ledger's own list must count the same (tests/contracts)."""


def condition(actor: Actor, params: Mapping[str, str], at: datetime) -> Q:
    """A ledger filter as one condition; an unknown field finds nothing, so that no number is larger than its list."""
    where = Q()
    for name, value in params.items():
        where &= CONDITIONS[name](actor, value, at) if name in CONDITIONS else NOTHING
    return where


def rows(actor: Actor, params: Mapping[str, str], at: datetime) -> QuerySet[Matter]:
    """The matters of a ledger filter that the actor may see."""
    return Matter.objects.visible_to(actor).filter(condition(actor, params, at))


def numbers(actor: Actor, place: Agency) -> dict[str, int]:
    """The chief's numbers of one place by code: open matters in one question, repeated ones in one."""
    at = clock.now()
    seen = Matter.objects.visible_to(actor).filter(of_place(place)).order_by()

    def count(chosen: list[Number], base: QuerySet[Matter]) -> dict[str, int]:
        wanted = {item.code: Count("pk", filter=condition(actor, item.filters, at), distinct=True) for item in chosen}
        return base.aggregate(**wanted)

    still = [item for item in NUMBERS.values() if item.of_open]
    lately = [item for item in NUMBERS.values() if not item.of_open]
    fresh = seen.filter(received_at__gte=at - SEEN_AGAIN_WITHIN)
    return {**count(still, seen.filter(closed_at__isnull=True)), **count(lately, fresh)}
