"""A person on record: entering, changing and confirming a group of facts, and the look at a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotFound, declare
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.places.occupants.acts.moving import residence_of
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.models.occupant import id_index
from linli.places.occupants.queries.phone import CONFIRM_ON_PHONE
from linli.places.occupants.rules.checking import Person, check_choice, check_residence, checked_person
from linli.places.occupants.rules.declared import GROUPS, SOURCES
from linli.places.premises.models import Premises
from linli.trail.reads.acts import note_read

declare("occupant.known", zh="此证件号码已有登记，请打开原记录。", en="This number is on record; open that record.")
declare("occupant.changed", zh="他人刚改过，请刷新后再改。", en="Somebody has just changed this; reload first.")
declare("occupant.gone", zh="此记录已合并或已按期删除。", en="This record was merged, or erased when due.")

_FIELDS = {
    "identity": ("name", "id_kind", "id_number", "sex", "born_on", "guardian_basis"),
    "contact": ("phone",),
}
READ_AS = "places.occupant"


@act(
    "occupant.register",
    zh="登记实有人口",
    en="register a person",
    keeps=("kind", "source"),
    within=lambda facts: facts["agency_path"],
)
def register_occupant(
    actor: Actor,
    *,
    address: Address,
    agency_path: str,
    name: str,
    kind: str,
    since: date,
    source: str = "visit",
    id_kind: str = "none",
    id_number: str = "",
    sex: str = "",
    born_on: date | None = None,
    phone: str = "",
    guardian_basis: str = "",
    relation: str = "other",
    home: Home | None = None,
    employer: Premises | None = None,
    grid_code: str = "",
) -> Occupant:
    """Put a person on record with where he lives. Raises Invalid naming the field; Conflict ``occupant.known`` with the
    record's ``id`` when one that the actor sees has this number already.
    """
    today = clock.today()
    person = checked_person(
        name=name, id_kind=id_kind, id_number=id_number, sex=sex, born_on=born_on, phone=phone,
        guardian_basis=guardian_basis, today=today,
    )  # fmt: skip
    check_residence(kind=kind, relation=relation, source=source, since=since, born_on=person.born_on, today=today)
    if person.id_number:
        same = Occupant.objects.visible_to(actor).whole().filter(id_index=id_index(person.id_number)).first()
        if same is not None:
            raise Conflict("occupant.known", field="id_number", id=str(same.pk))
    row = occupant_of(person, source=source, on=today)
    row.save(force_insert=True)
    residence_of(
        row, address=address, home=home, kind=kind, relation=relation, employer=employer, since=since,
        agency_path=agency_path, grid_code=grid_code, source=source, on=today,
    ).save(force_insert=True)  # fmt: skip
    return row


def occupant_of(person: Person, *, source: str, on: date) -> Occupant:
    """An unsaved record with sealed values."""
    row = Occupant(
        id_kind=person.id_kind,
        sex=person.sex,
        born_on=person.born_on,
        guardian_basis=person.guardian_basis,
        identity_source=source,
        identity_confirmed_on=on,
        registered_at=clock.now(),
    )
    row.set_name(person.name)
    row.set_id_number(person.id_number)
    row.set_phone(person.phone)
    if person.phone:
        row.contact_source, row.contact_confirmed_on = source, on
    return row


@act("occupant.change", zh="变更人员信息", en="change a person's facts", keeps=("group", "source"), about="occupant")
def change_occupant(
    actor: Actor, *, occupant: Occupant, version: int, group: str, values: dict[str, Any], source: str
) -> Occupant:
    """Set facts of one group (``identity``, ``contact``); what is not among ``values`` stays. ``version`` is the one
    that was shown: Conflict when somebody has changed the record since.
    """
    require_seen(actor, occupant)
    check_choice("group", group, _FIELDS)
    check_choice("source", source, SOURCES)
    given = {name: values[name] for name in _FIELDS[group] if name in values}
    known: dict[str, Any] = {name: getattr(occupant, name) for names in _FIELDS.values() for name in names}
    today = clock.today()
    person = checked_person(**{**known, **given}, today=today)
    copy = Occupant(pk=occupant.pk)
    copy.set_name(person.name)
    copy.set_id_number(person.id_number)
    copy.set_phone(person.phone)
    columns: dict[str, dict[str, Any]] = {
        "identity": {
            "name_sealed": copy.name_sealed, "name_index": copy.name_index, "id_kind": person.id_kind,
            "id_number_sealed": copy.id_number_sealed, "id_index": copy.id_index, "sex": person.sex,
            "born_on": person.born_on, "guardian_basis": person.guardian_basis,
        },
        "contact": {"phone_sealed": copy.phone_sealed, "phone_index": copy.phone_index},
    }  # fmt: skip
    changed = Occupant.objects.whole().filter(pk=occupant.pk, version=version)
    told = {f"{group}_source": source, f"{group}_confirmed_on": today}
    if not changed.update(version=F("version") + 1, **columns[group], **told):
        raise Conflict("occupant.changed")
    occupant.refresh_from_db()
    return occupant


@act(
    "occupant.confirm",
    zh="核实人员信息",
    en="confirm a person's facts",
    keeps=("groups", "source"),
    about="occupant",
    offline=CONFIRM_ON_PHONE,
)
def confirm_occupant(actor: Actor, *, occupant: Occupant, groups: Sequence[str], source: str = "visit") -> Occupant:
    """The facts of these groups hold as they stand today: somebody has made sure."""
    require_seen(actor, occupant)
    check_choice("source", source, SOURCES)
    today = clock.today()
    told: dict[str, object] = {}
    for group in groups:
        check_choice("groups", group, GROUPS)
        if group != "residence":
            told |= {f"{group}_source": source, f"{group}_confirmed_on": today}
    if not groups:
        raise Invalid("fact.missing", field="groups")
    if "residence" in groups:
        held = Residence.objects.visible_to(actor).filter(occupant=occupant, until__isnull=True)
        held.update(source=source, confirmed_on=today, version=F("version") + 1)
    Occupant.objects.filter(pk=occupant.pk).update(version=F("version") + 1, **told)
    occupant.refresh_from_db()
    return occupant


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a look with a purpose shows."""

    name: str
    id_number: str
    phone: str


@act("occupant.reveal", zh="查看证件号码", en="look at an identity number", about="occupant")
def reveal_occupant(actor: Actor, *, occupant: Occupant, purpose: str) -> Revealed:
    """The whole name, number and telephone, for a purpose: the look is noted where an auditor reads it. Raises Invalid
    ``read.purpose_missing``, NotFound for a record out of reach.
    """
    require_seen(actor, occupant)
    note_read(actor, subject_type=READ_AS, subject_id=str(occupant.pk), purpose=purpose)
    return Revealed(occupant.name, occupant.id_number, occupant.phone)


def require_seen(actor: Actor, occupant: Occupant) -> None:
    """Raise NotFound when the record is out of the actor's reach, Conflict when it stands for itself no more."""
    if not Occupant.objects.visible_to(actor).filter(pk=occupant.pk).exists():
        raise NotFound("row.unknown", what=str(occupant.pk))
    if occupant.merged_into_id is not None or occupant.erased_on is not None:
        raise Conflict("occupant.gone")
