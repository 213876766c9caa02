"""One matter with all that hangs on it."""

from __future__ import annotations

from typing import Any

from linli.api.files import files_shown
from linli.api.shown import Shown, bilingual, handover_shown, link_shown, matter_shown, stamp_shown, with_orders
from linli.kernel.acts import ACTS, may
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move
from linli.matters.handovers.models import TICKET, Handover
from linli.matters.handovers.queries import handovers_of, keeps_from, shared_details, suggested_along
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import COMMON_FACTS, Field, Kind
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import clock_of
from linli.matters.links.queries import links_of
from linli.matters.parties.models import Party
from linli.matters.parties.rules import masked_name, masked_phone
from linli.matters.search.queries import known_here
from linli.operations.dispatch.models import Escalation
from linli.org.access.rules import RIGHTS
from linli.org.posts.rules import POSTS
from linli.trail.entries.queries import histories

_SENDER, _RECEIVER = "sender", "receiver"
_POSTS_NAMED = 4
NO_RIGHT = {"zh": "您的岗位不办理此步", "en": "Your post does not take this step"}


def detail_shown(actor: Actor, matter: Matter) -> Shown:
    """M with narrative, masked caller, moves, timeline, stamps, ties, tickets and what is known at the place.

    Who sees a matter only because he reported it or has it to do, and holds no post that reaches it, sees the matter
    itself and his own notes: not who called, whom the police sent, nor what is known of the place.
    """
    with_orders([matter])
    shown = matter_shown(matter)
    if keeps_from(actor, matter):
        return shown | _partner_view(actor, matter)
    if not reaches(actor, matter):
        return shown | _own_view(actor, matter)
    tickets = list(handovers_of(actor, matter=matter))
    links = links_of(actor, matter=matter)
    units = {order.pk: order.unit.call_sign for order in matter.orders.all()}
    shown |= {
        "narrative": matter.details.get("narrative", ""),
        "details": {key: value for key, value in matter.details.items() if key != "narrative"},
        "category_initial": matter.category_initial,
        "priority_initial": matter.priority_initial,
        "station": {"id": matter.station.pk, "code": matter.station.code, "name": matter.station.name}
        if matter.station
        else None,
        "caller": caller_masked(matter),
        "moves": moves_for(actor, matter),
        "machine_moves": machine_moves(matter),
        "kind_words": bilingual(KINDS[matter.kind].words),
        "assignee": {"id": matter.assignee.pk, "name": matter.assignee.name} if matter.assignee else None,
        "files": files_shown(matter),
        "declared": details_shown(matter),
        "stamps": [stamp_shown(stamp, units) for stamp in clock_of(matter)],
        "links": [link_shown(link, matter) for link in links],
        "handovers": [handover_shown(ticket, ticket_moves(actor, ticket)) for ticket in tickets],
        "suggested_along": [
            {"service": one.partner_service, "agency": {"id": one.pk, "code": one.code, "name": one.name}}
            for one in suggested_along(matter)
        ],
        "known_here": [
            {"code": item.code, "count": item.count, **bilingual(item.words)} for item in known_here(matter)
        ],
        "escalations": _escalations(matter),
        "notes": [{"at": note.at, "by": note.by_name, "text": note.text} for note in matter.notes.all()],
        "timeline": timeline(matter, [str(ticket.pk) for ticket in tickets], [str(link.pk) for link in links]),
    }
    return shown


def reaches(actor: Actor, matter: Matter) -> bool:
    """Whether one of the actor's posts reaches the matter, not only his own hand in it."""
    return actor.is_system or any(actor.reaches(path) for path in matter.scope_paths())


def _partner_view(actor: Actor, matter: Matter) -> Shown:
    """What a ticket shares: the matter, its place, its impersonal details, and the tickets of the agency itself."""
    tickets = [one for one in handovers_of(actor, matter=matter) if actor.reaches(one.to_agency.path)]
    told = [
        {"name": item.name, **bilingual(item.words), "value": value, "value_words": {"zh": value, "en": value}}
        for item, value in shared_details(matter)
    ]
    return {
        **_own_view(actor, matter),
        "narrative": "",
        "declared": told,
        "moves": [],
        "handovers": [handover_shown(ticket, ticket_moves(actor, ticket)) for ticket in tickets],
    }


def _own_view(actor: Actor, matter: Matter) -> Shown:
    nothing: dict[str, list[Any]] = {
        name: []
        for name in (
            *("orders", "stamps", "links", "handovers", "suggested_along", "known_here", "escalations", "files"),
            *("warnings", "machine_moves"),
        )
    }
    own = [note for note in matter.notes.all() if note.by_id == actor.id]
    return {
        **nothing,
        "narrative": matter.details.get("narrative", ""),
        "details": {},
        "declared": details_shown(matter),
        "station": None,
        "caller": None,
        "moves": moves_for(actor, matter),
        "notes": [{"at": note.at, "by": note.by_name, "text": note.text} for note in own],
        "timeline": [],
        "assignee": None,
        "kind_words": bilingual(KINDS[matter.kind].words),
    }


def details_shown(matter: Matter) -> list[Shown]:
    """The declared details, and what was said with each step, in words; the narrative stands apart, the date too."""
    found = []
    kind = KINDS[matter.kind]
    asked = {item.name: item for item in (*kind.details, *kind.asks, *COMMON_FACTS)}
    for item in asked.values():
        value = matter.details.get(item.name)
        if value in (None, "") or item.name in ("narrative", "due_at"):
            continue
        chosen = dict(item.choices).get(str(value))
        told = bilingual(chosen) if chosen else {"zh": str(value), "en": str(value)}
        found.append({"name": item.name, **bilingual(item.words), "value": value, "value_words": told})
    return found


def caller_masked(matter: Matter) -> Shown | None:
    """The caller, enough to recognise and not enough to call; whole only by ``/caller``, which is noted."""
    party = Party.objects.filter(matter=matter, part="caller").first()
    if party is None:
        return None
    return {"name": masked_name(party.name), "phone": masked_phone(party.phone)}


def moves_for(actor: Actor, matter: Matter) -> list[Shown]:
    """The steps that a person may take from here, and why not where he may not."""
    path = matter.scope_paths()[0]
    return [
        _offered(actor, matter, step, path) for step in matter.workflow.moves_from(matter.state) if not step.machine
    ]


def _offered(actor: Actor, matter: Matter, step: Move, path: str) -> Shown:
    act = "incident.feed_back" if matter.kind == "incident" and step.name == "feed_back" else "matter.move"
    allowed = may(actor, act, path) and (not step.may or actor.is_system or actor.holds(*step.may))
    return {
        "name": step.name,
        **bilingual(step.words),
        "needs": list(step.needs),
        "asks": [_asked(KINDS[matter.kind], name, required=name in step.needs) for name in step.facts],
        "may": allowed,
        "why_not": None if allowed else _who_may(act, step),
    }


def _asked(kind: Kind, name: str, *, required: bool) -> Shown:
    """One fact that a step takes, as the form asks for it."""
    item = kind.fact(name) or Field(name, Words(name, name))
    return {
        "name": name,
        **bilingual(item.words),
        "kind": item.kind if kind.fact(name) else "column",
        "required": required,
        "choices": [{"code": code, **bilingual(words)} for code, words in item.choices],
    }


def _who_may(act: str, step: Move) -> Shown:
    """Why not, and who does it: the posts that carry the act."""
    posts = [code for code, held in RIGHTS.items() if act in held and (not step.may or code in step.may)]
    names = [str(POSTS[code]) for code in posts if code in POSTS][:_POSTS_NAMED]
    if not names:
        return NO_RIGHT
    return {
        "zh": f"您的岗位不办理此步，由{'、'.join(names)}办理",
        "en": f"Not your post: {', '.join(posts[:_POSTS_NAMED])}",
    }


def machine_moves(matter: Matter) -> list[Shown]:
    """The steps from here that nobody takes by hand: they follow from orders and tickets."""
    return [
        {"name": step.name, **bilingual(step.words)}
        for step in matter.workflow.moves_from(matter.state)
        if step.machine
    ]


def ticket_moves(actor: Actor, ticket: Handover) -> list[Shown]:
    """What the actor may do with a ticket: the receiver accepts, answers or declines; the sender withdraws."""
    offered = []
    for step in TICKET.moves_from(ticket.state):
        path = ticket.matter.scope_paths()[0] if step.name == "withdraw" else ticket.to_agency.path
        if may(actor, "handover.move", path):
            offered.append(
                {"name": step.name, **bilingual(step.words), "needs": list(step.needs), "may": True, "why_not": None}
            )
    return offered


def _escalations(matter: Matter) -> list[Shown]:
    rows = Escalation.objects.filter(order__matter=matter).order_by("at").values("order_id", "step", "at")
    return [{"order": row["order_id"], "step": row["step"], "at": row["at"]} for row in rows]


def timeline(matter: Matter, tickets: list[str], links: list[str]) -> list[Shown]:
    """What was done to a matter, its orders, tickets and ties, oldest first."""
    orders = [str(order.pk) for order in matter.orders.all()]
    notes = [str(note.pk) for note in matter.notes.all()]
    entries = histories(
        {
            "matters.matter": [str(matter.pk)],
            "operations.order": orders,
            "matters.handover": tickets,
            "matters.link": links,
            "matters.note": notes,
            "matters.hop": [str(key) for key in matter.hops.values_list("pk", flat=True)],
        }
    )
    return [_told(entry) for entry in entries]


def _told(entry: Any) -> Shown:
    words = ACTS[entry.act].words if entry.act in ACTS else None
    return {
        "at": entry.at,
        "device_at": entry.device_at,
        "act": entry.act,
        "zh": words.zh if words else entry.act,
        "en": words.en if words else entry.act,
        "actor": entry.actor_name,
        "door": entry.door,
        "facts": entry.facts or {},
    }
