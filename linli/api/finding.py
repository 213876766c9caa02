"""Rows named in an address or a body, found for the actor; a stranger gets NotFound as if they were not there."""

from __future__ import annotations

import uuid

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.handovers.models import Handover
from linli.matters.links.models import Link
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


def agency_named(actor: Actor, name: str) -> Agency:
    """An agency at work by its id or its code."""
    rows = Agency.objects.visible_to(actor).at_work()
    key = as_id(name)
    found = (rows.filter(pk=key) if key else rows.filter(code=name)).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


def room_named(actor: Actor, code: str) -> Agency:
    """A room by its code."""
    found = agency_named(actor, code)
    if not found.is_room:
        raise NotFound("row.unknown", what=code)
    return found


def person_named(actor: Actor, name: str) -> Person:
    """A person by id or staff number."""
    rows = Person.objects.visible_to(actor).filter(left_on__isnull=True)
    key = as_id(name)
    found = (rows.filter(pk=key) if key else rows.filter(staff_no=name)).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


def unit_named(actor: Actor, name: str) -> Unit:
    """A unit in service by id or call sign."""
    rows = Unit.objects.visible_to(actor).in_service().select_related("agency")
    key = as_id(name)
    found = (rows.filter(pk=key) if key else rows.filter(call_sign=name)).first()
    if found is None:
        raise NotFound("row.unknown", what=name)
    return found


def handover_by_id(actor: Actor, key: uuid.UUID) -> Handover:
    """A ticket."""
    rows = Handover.objects.visible_to(actor).select_related(
        "matter__agency", "matter__station", "to_agency", "from_agency"
    )
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def link_by_id(actor: Actor, key: uuid.UUID) -> Link:
    """A tie, whether it stands or was undone."""
    rows = Link.objects.visible_to(actor).select_related(
        "one__agency", "one__station", "other__agency", "other__station"
    )
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def as_id(name: str) -> uuid.UUID | None:
    """The key that a text is, or None."""
    try:
        return uuid.UUID(name)
    except ValueError:
        return None
