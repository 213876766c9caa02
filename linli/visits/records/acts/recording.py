"""Recording a visit: one entry, from which every other ledger is fed in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import open_matter
from linli.matters.ledger.models import Matter
from linli.places.addresses.models import Address
from linli.places.occupants.models import Occupant
from linli.places.premises.acts import change_premises
from linli.places.premises.models import Premises
from linli.visits.plans.models import Campaign, Due, Stop
from linli.visits.plans.queries.doors import Door, door_of
from linli.visits.reasons.queries import reason as reason_of
from linli.visits.reasons.queries import reasons_on
from linli.visits.reasons.rules import ReasonFacts
from linli.visits.records.acts.naming import confirm_named, name_people
from linli.visits.records.acts.phone import AT_STOP, FREE
from linli.visits.records.models import Visit, VisitChoice, VisitMatter
from linli.visits.records.rules import OFFICERS, OPENS, SEALED, check_visit, due_after, people_counted, title_of

_KEPT = ("reason", "outcome", "people_met", "helped", "topics", "given", "premises", "due")


@act("visit.record", zh="登记走访", en="record a visit", keeps=_KEPT, offline=FREE)
def record_visit(
    actor: Actor,
    *,
    reason: str = "plain_talk",
    outcome: str = "met",
    people_met: int | None = None,
    helped: int = 0,
    people: Iterable[Occupant] = (), live_here: bool = False,
    topics: Iterable[str] = (), given: Iterable[str] = (), said: Mapping[str, str] | None = None,
    premises: Premises | None = None, address: Address | None = None, room: str = "", place: str = "",
    lon: float | None = None, lat: float | None = None,
    due: Due | None = None, campaign: Campaign | None = None,
    opens: Mapping[str, str] | None = None, register: Mapping[str, Any] | None = None,
    visited_at: datetime | None = None, device_at: datetime | None = None, row_id: Any = None,
) -> Visit:  # fmt: skip
    """Record that somebody went to a door: who was met, what was talked about, seen and given.

    ``people`` are those on record at this door who were met, found by their reader's own reach; ``live_here`` confirms
    that they still do, at once or with an officer's sign.
    ``said`` holds the free words (``rules.SEALED``), ``opens`` words by kind of matter (``rules.OPENS``): each becomes
    a matter of the ordinary kind, at this place. ``register`` are values of the premises that changed. A door that was
    due is done, tried again or due anew by its reason; running campaigns count the same entry. People met are one when
    not told. Raises Invalid naming the field, NotAllowed or Conflict as the acts inside do; then nothing is kept.
    """
    now = clock.now()
    at = visited_at or device_at or now
    topics, given, named = tuple(topics), tuple(given), {row.merged_into_id or row.pk: row for row in people}
    met = people_counted(people_met, outcome=outcome, named=len(named))
    check_visit(outcome=outcome, people_met=met, helped=helped, topics=topics, given=given, visited_at=at, now=now)
    day = clock.shanghai(at).date()
    state = _state(actor, reason_of(reason, min(day, clock.today())))
    where = _where(actor, due, premises=premises, address=address, room=room, place=place, lon=lon, lat=lat)
    visit = Visit(
        id=row_id or new_id(), reason=reason, outcome=outcome, state=state, visited_at=at, recorded_at=now,
        device_at=device_at, by_id=actor.id, by_name=actor.name, people_met=met, helped=helped, due=due,
        campaign=campaign or (due.campaign if due else None), **where.as_columns(),
    )  # fmt: skip
    visit.set_said({name: text.strip() for name, text in (said or {}).items() if name in SEALED})
    visit.save(force_insert=True)
    _choose(visit, topics, given)
    name_people(visit, named.values(), live_here=live_here)
    confirm_named(actor, visit)
    _follow(actor, visit, where, opens or {}, register or {})
    _settle(visit, due, day)
    return visit


def _follow(actor: Actor, visit: Visit, where: Door, opens: Mapping[str, str], register: Mapping[str, Any]) -> None:
    """What was heard and seen goes where it belongs: matters into the ledger, changed facts into the register."""
    for kind, words in opens.items():
        _open(actor, visit, where, kind, words, visit.device_at)
    if register and where.premises is not None:
        change_premises(actor, premises=where.premises, version=where.premises.version, values=dict(register))


@act("visit.record_stop", zh="登记计划中的走访", en="record a planned visit", about="stop", offline=AT_STOP)
def record_stop(
    actor: Actor,
    *,
    stop: Stop,
    told: Mapping[str, Any] | None = None,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> Visit:
    """Record the visit of a door of one's week: reason and place are the door's; ``told``: what was said and seen."""
    return record_visit(actor, reason=stop.due.reason, due=stop.due, device_at=device_at, row_id=row_id, **(told or {}))


def _state(actor: Actor, reason: ReasonFacts) -> str:
    """Whether the record counts at once or waits for an officer's sign; refuses who may not go for this reason, and
    machines.
    """
    if actor.kind != "person":
        raise Invalid("visit.not_a_person")
    officer = actor.holds(*OFFICERS)
    if not reason.helpers and not officer:
        raise Invalid("visit.not_for_helpers", zh=reason.words.zh, en=reason.words.en, field="reason")
    return "official" if officer else "waiting"


def _where(actor: Actor, due: Due | None, **named: Any) -> Door:
    if due is None or any(named[name] for name in ("premises", "address", "place")):
        return door_of(actor, **named)
    return Door(
        door=due.door,
        place=due.place,
        agency=due.agency,
        address=due.address,
        room=due.room,
        premises=due.premises,
        lon=due.lon,
        lat=due.lat,
        grid_code=due.grid_code,
    )


def _choose(visit: Visit, topics: tuple[str, ...], given: tuple[str, ...]) -> None:
    rows = [VisitChoice(visit=visit, kind="topic", code=code) for code in dict.fromkeys(topics)]
    rows += [VisitChoice(visit=visit, kind="given", code=code) for code in dict.fromkeys(given)]
    VisitChoice.objects.bulk_create(rows)


def _open(actor: Actor, visit: Visit, where: Door, kind: str, words: str, device_at: datetime | None) -> Matter | None:
    """The matter that follows from what was heard or seen; it hangs on the visit."""
    if not words.strip():
        return None
    if kind not in OPENS:
        raise Invalid("matter.unknown_kind", kind=kind, field="opens")
    matter = open_matter(
        actor,
        kind=kind,
        title=title_of(words),
        details={OPENS[kind]: words.strip()},
        place=where.as_placed(),
        source="field",
        device_at=device_at,
    )
    VisitMatter.objects.create(visit=visit, matter=matter)
    return matter


def _settle(visit: Visit, due: Due | None, day: date) -> None:
    """The doors on the list that this visit answers: the one it was for, its reason's, and running campaigns'."""
    here = Q(door=visit.door) & (Q(reason=visit.reason, campaign__isnull=True) | Q(campaign__isnull=False))
    rows = Due.objects.standing().filter(here | Q(pk=due.pk if due else None))
    known = reasons_on(clock.today())
    for row in rows:
        facts = known.get(row.reason)
        again = due_after(facts, outcome=visit.outcome, day=day) if facts else None
        changes: dict[str, Any] = {"version": F("version") + 1, "last_on": day}
        if visit.outcome in ("nobody", "refused"):
            changes["tries"] = F("tries") + 1
        else:
            changes["tries"] = 0
        if again is None:
            changes |= {"ended_on": day, "ended_why": "met" if visit.outcome == "met" else "moved"}
        else:
            changes["due_on"] = again
        Due.objects.standing().filter(pk=row.pk).update(**changes)
        Stop.objects.filter(due=row, state__in=("planned", "missed"), week__person_id=visit.by_id).update(
            state="met" if visit.outcome in ("met", "moved") else "missed", version=F("version") + 1
        )
