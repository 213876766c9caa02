"""Moving in and out: a household's history is its rows, so a move writes one and ends one."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotFound, declare
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.rules.checking import check_choice, check_residence
from linli.places.occupants.rules.declared import ENDS
from linli.places.premises.models import Premises

declare("residence.ended", zh="这段居住已经结束。", en="This residence has ended already.")
declare("residence.until", zh="结束日期不能早于开始，也不能在将来。", en="It ends not before it began, nor in future.")
declare("residence.same", zh="此人已登记住在这里。", en="This person is on record here already.")


def residence_of(
    occupant: Occupant,
    *,
    address: Address,
    home: Home | None,
    kind: str,
    relation: str,
    employer: Premises | None,
    since: date,
    agency_path: str,
    grid_code: str,
    source: str,
    on: date,
) -> Residence:
    """An unsaved residence; its village or community is that of the address."""
    return Residence(
        occupant=occupant,
        address=address,
        home=home,
        division_id=address.division_id,
        kind=kind,
        relation=relation,
        employer=employer,
        since=since,
        agency_path=agency_path,
        grid_code=grid_code,
        source=source,
        confirmed_on=on,
    )


@act(
    "residence.begin",
    zh="登记迁入",
    en="record moving in",
    keeps=("kind", "since", "source"),
    within=lambda facts: facts["agency_path"],
)
def begin_residence(
    actor: Actor,
    *,
    occupant: Occupant,
    address: Address,
    agency_path: str,
    kind: str,
    since: date,
    source: str = "visit",
    relation: str = "other",
    home: Home | None = None,
    employer: Premises | None = None,
    grid_code: str = "",
    leaves: bool = True,
) -> Residence:
    """A known person lives at an address from ``since``. With ``leaves`` every open residence elsewhere of the same
    kind ends on that day. Raises Conflict when he is on record here.
    """
    today = clock.today()
    check_residence(kind=kind, relation=relation, source=source, since=since, born_on=occupant.born_on, today=today)
    held = Residence.objects.filter(occupant=occupant, until__isnull=True)
    if held.filter(address=address, home=home).exists():
        raise Conflict("residence.same")
    if leaves:
        held.filter(kind=kind, since__lte=since).update(until=since, ended_why="replaced", version=F("version") + 1)
    row = residence_of(
        occupant, address=address, home=home, kind=kind, relation=relation, employer=employer, since=since,
        agency_path=agency_path, grid_code=grid_code, source=source, on=today,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


@act(
    "residence.end",
    zh="登记迁出",
    en="record moving out",
    keeps=("until", "why"),
    about="residence",
    within=lambda facts: facts["residence"].agency_path,
)
def end_residence(actor: Actor, *, residence: Residence, until: date, why: str = "moved") -> Residence:
    """Somebody does not live here any more from ``until``. The row stays: it is the household's history."""
    if not Residence.objects.visible_to(actor).filter(pk=residence.pk).exists():
        raise NotFound("row.unknown", what=str(residence.pk))
    check_choice("why", why, ENDS)
    if until < residence.since or until > clock.today():
        raise Invalid("residence.until", field="until")
    ended = Residence.objects.filter(pk=residence.pk, until__isnull=True)
    if not ended.update(until=until, ended_why=why, version=F("version") + 1):
        raise Conflict("residence.ended")
    residence.refresh_from_db()
    return residence
