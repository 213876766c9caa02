"""Rows of the register as the API shows them: people masked, reports without what was told in them."""

from __future__ import annotations

from linli.api.shown import Shown, bilingual
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.places.homes.rules import USES
from linli.places.occupants.models import REPORT_LIFE, Duplicate, Occupant, Report, Residence
from linli.places.occupants.queries import masked, record_of, residences_of
from linli.places.occupants.rules.declared import ENDS, KINDS, SOURCES
from linli.places.occupants.rules.reporting import REPORTS


def address_shown(row: Address) -> Shown:
    """An address: public, without its people."""
    plain: Shown = {name: getattr(row, name) for name in ("code", "text", "kind", "lon", "lat")}
    return {
        **plain,
        "parent": row.parent.code if row.parent else None,
        "division": row.division.code if row.division else None,
    }


def home_shown(row: Home) -> Shown:
    """A home without the names of its owner or landlord."""
    plain: Shown = {
        name: getattr(row, name) for name in ("code", "unit", "room", "rooms_count", "confirmed_on", "version")
    }
    return {**plain, "address": row.address.code, "use": {"code": row.use, **bilingual(USES[row.use])}}


def living_shown(row: Residence) -> Shown:
    """Where somebody lives or has lived."""
    plain: Shown = {name: getattr(row, name) for name in ("id", "since", "until", "confirmed_on")}
    return {
        **plain,
        "address": row.address.code,
        "address_text": row.address.text,
        "home": row.home.code if row.home else None,
        "kind": {"code": row.kind, **bilingual(KINDS[row.kind])},
        "relation": {"code": row.relation, **bilingual(Residence.RELATIONS[row.relation])},
        "source": {"code": row.source, **bilingual(SOURCES[row.source])},
        "ended_why": {"code": row.ended_why, **bilingual(ENDS[row.ended_why])} if row.ended_why else None,
    }


def person_shown(actor: Actor, row: Occupant) -> Shown:
    """A person, masked as this actor may see one; numbers are blank for posts beside the police."""
    who = masked(actor, row)
    return {
        "id": row.pk,
        "name": who.name,
        "sex": row.sex,
        "age": who.age,
        "id_kind": {"code": row.id_kind, **bilingual(who.id_kind)},
        "id_number": who.id_number,
        "phone": who.phone,
        "version": row.version,
    }


def record_shown(actor: Actor, row: Occupant) -> Shown:
    """A person with the source of each group of facts and every residence in reach."""
    living = list(residences_of(actor, row))
    now = next((one for one in living if one.until is None), None)
    told = [
        {
            "group": one.group,
            "source": bilingual(one.source) if one.source else None,
            "confirmed_on": one.confirmed_on,
            "stale": one.stale,
        }
        for one in record_of(row, now)
    ]
    return {**person_shown(actor, row), "told": told, "residences": [living_shown(one) for one in living]}


def report_shown(row: Report) -> Shown:
    """A report without what was told in it."""
    plain: Shown = {
        name: getattr(row, name) for name in ("id", "received_at", "due_on", "decided_at", "taken", "version")
    }
    return {
        **plain,
        "kind": {"code": row.kind, **bilingual(REPORTS[row.kind].words)},
        "state": {"code": row.state, **bilingual(REPORT_LIFE.state(row.state).words)},
        "address": row.address.code,
        "source": {"code": row.source, **bilingual(SOURCES[row.source])},
    }


def pair_shown(actor: Actor, row: Duplicate) -> Shown:
    """Two records that may be one person, masked."""
    return {
        "id": row.pk,
        "why": {"code": row.why, **bilingual(Duplicate.WHY[row.why])},
        "state": {"code": row.state, **bilingual(Duplicate.STATES[row.state])},
        "one": person_shown(actor, row.one),
        "other": person_shown(actor, row.other),
        "kept": row.kept_id,
        "version": row.version,
    }
