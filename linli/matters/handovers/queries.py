"""Tickets of a matter, and tickets that wait for an agency."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.scope import Actor, below
from linli.matters.handovers.models import Handover
from linli.matters.handovers.rules import ticket_file
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Field
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import category
from linli.org.agencies.models import Agency


def handovers_of(actor: Actor, *, matter: Matter) -> QuerySet[Handover]:
    """All tickets of a matter, newest first."""
    rows = Handover.objects.visible_to(actor).filter(matter=matter)
    return rows.select_related("to_agency", "from_agency").order_by("-sent_at")


def waiting_handovers(actor: Actor) -> QuerySet[Handover]:
    """Open tickets that the actor may see, the most overdue first."""
    rows = Handover.objects.visible_to(actor).filter(state__in=("sent", "accepted"))
    return rows.select_related("to_agency", "matter").order_by("due_at")


def suggested_along(matter: Matter) -> list[Agency]:
    """The partners that the category table says to ask along (120, 119, 122 …), in the table's order."""
    listed = category(matter.category)
    if listed is None or not listed.ask_along:
        return []
    known = {row.partner_service: row for row in Agency.objects.at_work().filter(partner_service__in=listed.ask_along)}
    return [known[service] for service in listed.ask_along if service in known]


def file_of(handover: Handover) -> bytes:
    """The ticket as a signed file for an agency that has neither a login nor a system: what was shared, no more."""
    matter, words = handover.matter, KINDS[handover.matter.kind].words
    return ticket_file(
        {
            "id": str(handover.pk),
            "mode": handover.mode,
            "from": handover.from_agency.name if handover.from_agency else "",
            "to": handover.to_agency.name,
            "text": handover.text,
            "number": matter.number,
            "kind": words.zh,
            "title": matter.title,
            "address": matter.address,
            "lon": matter.lon,
            "lat": matter.lat,
            "told": [[item.words.zh, value] for item, value in shared_details(matter)],
            "sent_at": clock.shanghai(handover.sent_at).isoformat(timespec="minutes"),
            "due_at": clock.shanghai(handover.due_at).isoformat(timespec="minutes"),
        }
    )


def shared_details(matter: Matter) -> list[tuple[Field, str]]:
    """The declared details that another agency is shown: none about a person, and nothing that was said on the way."""
    rows = []
    for item in KINDS[matter.kind].details:
        value = matter.details.get(item.name)
        if item.personal or value in (None, ""):
            continue
        chosen = dict(item.choices).get(str(value))
        rows.append((item, chosen.zh if chosen else str(value)))
    return rows


def only_partner(actor: Actor) -> bool:
    """Whether the actor answers only for another agency: he sees what a ticket shared with it, and no more."""
    return not actor.is_system and bool(actor.posts) and all(post.code == "partner_officer" for post in actor.posts)


def keeps_from(actor: Actor, matter: Matter) -> bool:
    """Whether the caller, the pictures and the way of a matter are kept from the actor: of whoever sees it by a ticket
    alone. Of calls they are not: who comes along to one must find the caller.
    """
    return only_partner(actor) and matter.kind != "incident"


def tickets_for(actor: Actor, *, side: str, most: int = 200) -> list[Handover]:
    """Tickets of the actor's own agencies: ``in`` sent to them, ``out`` sent by them; open ones first, the most overdue
    on top.
    """
    here = [post.agency_id for post in actor.posts]
    reach = below("from_agency__path", actor.paths) if side == "out" else Q(to_agency_id__in=here)
    rows = Handover.objects.visible_to(actor).filter(reach)
    rows = rows.select_related("to_agency", "from_agency", "matter__agency", "matter__station", "matter__grid")
    waiting = rows.filter(state__in=("sent", "accepted")).order_by("due_at")
    ended = rows.exclude(state__in=("sent", "accepted")).order_by("-ended_at")
    return [*waiting[:most], *ended[: most // 4]]
