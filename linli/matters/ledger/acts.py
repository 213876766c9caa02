"""Opening, moving and assigning matters of any kind."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act, may
from linli.kernel.errors import Invalid, NotAllowed, declare
from linli.kernel.inputs import Given, Offline, Spot
from linli.kernel.prepared import Question, ask, value_of
from linli.kernel.rows import beside_what_waits, insert, insert_values
from linli.kernel.scope import Actor
from linli.kernel.workflow import Move, take
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Kind
from linli.matters.ledger.models import Fact, Matter, MattersEntered, MatterShare, MattersRewritten, Stamp
from linli.matters.ledger.rules import line_of, public_number
from linli.matters.levels.rules import first_level, level_or_first
from linli.matters.phone.queries import in_words, moved_on_phone, opened_on_phone
from linli.matters.routing.queries import answering_for, bureau
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.grid.models import Grid

declare("matter.unknown_kind", zh="没有“{kind}”这类事项。", en="There is no kind of matter {kind}.")
declare("matter.may_not_open", zh="您的岗位不能登记{kind_zh}。", en="Your post may not open a {kind_en}.")
declare(
    "matter.machine_move",
    zh="“{move_zh}”由系统随派警单自动完成，不能手动操作。",
    en="{move_en} follows from the orders; it is not done by hand.",
)
declare("matter.may_not_move", zh="您的岗位不能进行“{move_zh}”。", en="Your post may not {move_en}.")


@dataclass(frozen=True, slots=True)
class MatterOpened:
    """News: a matter was opened (or reopened) and located as well as it could be."""

    matter: Matter
    actor: Actor


@dataclass(frozen=True, slots=True)
class MatterMoved:
    """News: a matter took a move."""

    matter: Matter
    move: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a matter lies, as the door or the routing found it."""

    lon: float | None = None
    lat: float | None = None
    address: str = ""
    address_id: Any = None
    placed_by: str = ""
    grid: Grid | None = None
    agency: Agency | None = None
    station: Agency | None = None

    def as_columns(self) -> dict[str, Any]:
        """The columns of a matter's row."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


_NEXT = "INSERT INTO matters_numberseries VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET last = last + 1 RETURNING last"


NUMBER = Question("nextval('matters_number')")
"""What whoever opens a matter on PostgreSQL will ask."""


def next_number(kind: Kind, at: datetime) -> str:
    """The next public number: on PostgreSQL of a sequence, so that no two calls wait; on SQLite of a counter row."""
    with beside_what_waits():
        last = value_of(NUMBER) if connection.vendor == "postgresql" else ask(_NEXT)[0][0]
    return public_number(kind.prefix, at, int(last))


def found_place(actor: Actor, spot: Spot) -> Placed:
    """Who answers for a spot; the actor's own agency where nobody does or where his post does not reach."""
    own = Agency.objects.filter(pk__in=[post.agency_id for post in actor.posts]).order_by("-path").first()
    agency, station, grid = own or bureau(), None, None
    if spot.lon is not None and spot.lat is not None:
        found = answering_for(spot.lon, spot.lat, clock.now())
        grid, station = found.grid, found.station
        if found.agency is not None and may(actor, "matter.open", found.agency.path):
            agency = found.agency
    by = "sent" if spot.lon is not None else ""
    return Placed(spot.lon, spot.lat, spot.address, None, by, grid, agency, station)


def _opened_on_phone(actor: Actor, given: Given) -> dict[str, Any]:
    values = in_words(given.variant, dict(given.values))
    place = found_place(actor, values.pop("place", None) or Spot())
    return {
        "kind": given.variant,
        "title": values.pop("title", ""),
        "details": values,
        "place": place,
        "source": "field",
    }


def _moved_on_phone(actor: Actor, given: Given) -> dict[str, Any]:
    return {"move": given.variant.partition(".")[2], "facts": dict(given.values)}


@act(
    "matter.open",
    zh="登记事项",
    en="open a matter",
    keeps=("kind", "source"),
    offline=Offline(
        creates=Matter,
        prepare=_opened_on_phone,
        variants=opened_on_phone,
        attach="file.attach",
        group="report",
    ),
    joins=True,
    within=lambda facts: facts["place"].agency.path if facts["place"].agency else None,
)
def open_matter(
    actor: Actor,
    *,
    kind: str,
    title: str = "",
    details: dict[str, Any] | None = None,
    place: Placed = Placed(),
    source: str = "desk",
    received_at: datetime | None = None,
    device_at: datetime | None = None,
    row_id: Any = None,
    columns: dict[str, Any] | None = None,
    as_sent: dict[str, Any] | None = None,
) -> Matter:
    """Open a matter of a declared kind.

    ``columns`` are further typed columns of the row (category, priority, warnings …), ``as_sent`` what a door kept as
    it came. Raises Invalid for an unknown kind or missing details, NotAllowed when the actor's posts may not open it.
    """
    declared = _kind_for(actor, kind)
    now = clock.now()
    matter = Matter(
        number=next_number(declared, now),
        kind=kind,
        state=declared.workflow.initial,
        title=title[:160],
        details={**declared.check_details(details or {}), **({"as_sent": as_sent} if as_sent else {})},
        opened_by=actor.id,
        source=source,
        received_at=received_at or now,
        opened_at=now,
        due_at=declared.due_of(now),
        level=first_level([post.code for post in actor.posts], is_system=actor.is_system) if declared.rises else "",
        **place.as_columns(),
        **(columns or {}),
        **({"id": row_id} if row_id is not None else {}),
    )
    matter.line = line_of(matter.received_at, matter.number)
    insert(matter)
    news.announce(MattersEntered([matter]))
    count_facts(matter, declared)
    stamps = [("received", matter.received_at), ("created", now), *([("located", now)] if place.grid else [])]
    stamp_all(matter, stamps, actor, device_at)
    news.announce(MatterOpened(matter, actor))
    return matter


def _kind_for(actor: Actor, kind: str) -> Kind:
    if kind not in KINDS:
        raise Invalid("matter.unknown_kind", kind=kind, field="kind")
    declared = KINDS[kind]
    if not actor.is_system and not actor.holds(*declared.opens):
        raise NotAllowed("matter.may_not_open", kind_zh=declared.words.zh, kind_en=declared.words.en)
    return declared


def count_facts(matter: Matter, declared: Kind) -> None:
    """Store the counted details of a matter as typed rows."""
    rows = [
        Fact(
            matter=matter,
            name=item.name,
            text="" if item.kind == "number" else str(matter.details[item.name])[:200],
            number=matter.details[item.name] if item.kind == "number" else None,
        )
        for item in (*declared.details, *declared.asks)
        if item.counted and item.name in matter.details
    ]
    if rows:
        Fact.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["matter", "name"], update_fields=["text", "number", "at"]
        )


def stamp_all(
    matter: Matter,
    milestones: list[tuple[str, datetime]],
    actor: Actor,
    device_at: datetime | None = None,
    source: str = "",
) -> None:
    """Write stamps of the matter itself. A person's act is a person's stamp, a machine's stays a machine's."""
    said = source or ("machine" if actor.kind != "person" else "person")
    who = {"matter_id": matter.pk, "source": said, "claimed_by": actor.name, "device_at": device_at}
    insert_values(Stamp, *({**who, "milestone": name, "server_at": at} for name, at in milestones))


@act(
    "matter.move",
    zh="办理事项",
    en="move a matter",
    keeps=("move",),
    about="matter",
    offline=Offline(
        subject=Matter,
        prepare=_moved_on_phone,
        variants=moved_on_phone,
        attach="file.attach",
        icon="arrow-right",
        order=30,
    ),
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def move_matter(
    actor: Actor, *, matter: Matter, move: str, facts: dict[str, Any] | None = None, device_at: datetime | None = None
) -> Matter:
    """Take a declared move with the facts it needs. Raises Conflict when somebody was first, Invalid when a fact is
    missing.
    """
    step = matter.workflow.move(move)
    if step.machine:
        raise Invalid("matter.machine_move", move=move, move_zh=step.words.zh, move_en=step.words.en)
    if step.may and not actor.is_system and not actor.holds(*step.may):
        raise NotAllowed("matter.may_not_move", move_zh=step.words.zh, move_en=step.words.en)
    carry_out(actor, matter=matter, step=step, facts=facts or {}, device_at=device_at)
    return matter


def carry_out(
    actor: Actor, *, matter: Matter, step: Move, facts: dict[str, Any], device_at: datetime | None = None
) -> None:
    """The move itself, also as the consequence of an order (then inside the order's act, with its right)."""
    for need in step.needs:
        if facts.get(need) in (None, "") and getattr(matter, need, None) in (None, ""):
            raise Invalid("fact.missing", field=need)
    now, declared = clock.now(), KINDS[matter.kind]
    clean = declared.check_facts(step, facts)
    columns = _columns_of(actor, matter, step, clean, now)
    said = {name: facts[name] for name in step.facts if name in facts}
    take(matter, matter.workflow, step.name, **{**said, **columns})
    if any(item.counted and item.name in clean for item in declared.asks):
        count_facts(matter, declared)
    stamp = {"close": "closed", "reopen": "reopened", "feed_back": "fed_back"}.get(step.name)
    if stamp:
        stamp_all(matter, [(stamp, now)], actor, device_at)
    news.announce(MatterMoved(matter, step.name, actor))


def _columns_of(actor: Actor, matter: Matter, step: Move, clean: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The columns that a step writes beside the state: what was said, who sees to it, the next date, the end, and the
    level on which it was settled.
    """
    declared, target = KINDS[matter.kind], matter.workflow.state(step.target)
    columns: dict[str, Any] = {"closed_at": now if target.final else None}
    kept = {key: value for key, value in clean.items() if key != "assignee_id"}
    if kept:
        columns["details"] = {**matter.details, **kept}
    if "assignee_id" in clean:
        columns["assignee_id"] = clean["assignee_id"]
    if step.takes_on and not actor.is_system:
        columns["assignee_id"] = actor.id
    due_at = declared.due_after(step, clean, now)
    if due_at is not None:
        columns |= {"due_at": due_at, "late_since": None}
    if declared.rises and step.target == "settled":
        columns["settled_level"] = level_or_first(matter.level)
    elif step.name == "reopen":
        columns["settled_level"] = ""
    return columns


@act(
    "matter.assign",
    zh="交办",
    en="assign a matter",
    keeps=("assignee", "agency"),
    about="matter",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def assign_matter(
    actor: Actor, *, matter: Matter, assignee: Person | None = None, agency: Agency | None = None
) -> Matter:
    """Give a matter to a person, or to another agency below; the former agency keeps seeing it."""
    if agency is not None and agency.pk != matter.agency_id:
        if matter.agency_id:
            share(matter, matter.agency_id)
        Matter.objects.filter(pk=matter.pk).update(agency=agency, version=F("version") + 1)
        matter.refresh_from_db()
    if assignee is not None:
        step = matter.workflow.move("assign")
        if matter.state in step.sources or matter.workflow.state(matter.state).final:
            carry_out(actor, matter=matter, step=step, facts={"assignee_id": assignee.pk})
        else:
            _to_other_hands(matter, assignee)
    return matter


def _to_other_hands(matter: Matter, assignee: Person) -> None:
    """What is under way gets another person and stays where it stands."""
    still = Matter.objects.filter(pk=matter.pk, state=matter.state)
    if not still.update(assignee=assignee, version=F("version") + 1):
        take(matter, matter.workflow, "assign", assignee_id=assignee.pk)
    matter.refresh_from_db()


def share(matter: Matter, agency_id: Any) -> None:
    """Let another agency see a matter from now on."""
    MatterShare.objects.bulk_create(
        [MatterShare(matter=matter, agency_id=agency_id, since=clock.now())], ignore_conflicts=True
    )
    news.announce(MattersRewritten([matter.line], frozenset({"agency"})))


def unshare(matter: Matter, agency_id: Any) -> None:
    """Another agency sees a matter no longer: its ticket was declined or withdrawn."""
    MatterShare.objects.filter(matter=matter, agency_id=agency_id).delete()
    news.announce(MattersRewritten([matter.line], frozenset({"agency"})))
