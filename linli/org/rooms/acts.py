"""Opening one more room is one act: agency, hours, services, equipment and grids together (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.news import listen
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.org.agencies.acts import open_agency
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.rooms.models import EQUIPMENT_LIFE, Equipment, OpeningHours, Responsibility, Service
from linli.org.rooms.rules import read_hours, read_service
from linli.places.grid.acts import GridsRedrawn, GridsRestored
from linli.places.grid.models import Grid

declare(
    "grid.who_answers",
    zh="这些网格由不同警务室负责（{rooms}），请指定合并后由哪个警务室负责",
    en="different rooms answer for these grids ({rooms}): say which one shall answer for the joined grid",
)
declare("room.not_a_room", zh="“{kind}”不是警务室类别。", en="{kind} is not a kind of room.")
declare("equipment.unknown_kind", zh="没有“{kind}”这类装备。", en="There is no equipment of kind {kind}.")
declare("equipment.serial_taken", zh="编号“{serial}”已登记。", en="The serial {serial} is already registered.")


@dataclass(frozen=True, slots=True)
class Thing:
    """One piece of equipment as a form gives it."""

    kind: str
    serial: str
    inspect_due_on: date | None = None


@act("room.open", zh="开设警务室", en="open a room", keeps=("code", "kind"), within=lambda facts: facts["parent"].path)
def open_room(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    parent: Agency,
    zone: str = "town",
    lon: float | None = None,
    lat: float | None = None,
    phone: str = "",
    hours: str = "每天 24小时",
    services: list[str] | None = None,
    equipment: list[Thing] | None = None,
    grids: list[Grid] | None = None,
) -> Agency:
    """Open a room with all it has. Raises Invalid or Conflict and then nothing of it exists."""
    if kind not in Agency.ROOM_KINDS:
        raise Invalid("room.not_a_room", kind=kind, field="kind")
    room = open_agency(actor, code=code, name=name, kind=kind, parent=parent, zone=zone, lon=lon, lat=lat, phone=phone)
    set_hours(actor, room=room, hours=hours)
    set_services(actor, room=room, services=services or [])
    for thing in equipment or []:
        add_equipment(actor, room=room, kind=thing.kind, serial=thing.serial, inspect_due_on=thing.inspect_due_on)
    for grid in grids or []:
        answer_for_grid(actor, grid=grid, agency=room)
    return room


@act(
    "room.set_hours",
    zh="设定开放时间",
    en="set opening hours",
    keeps=("hours",),
    about="room",
    within=lambda facts: facts["room"].path,
)
def set_hours(actor: Actor, *, room: Agency, hours: str) -> Agency:
    """Replace the opening hours by what ``hours`` says, e.g. ``周一至周五 08:30-17:30``."""
    spans = read_hours(hours)
    OpeningHours.objects.filter(agency=room).delete()
    OpeningHours.objects.bulk_create(
        [OpeningHours(agency=room, weekday=day, from_minute=start, until_minute=end) for day, start, end in spans]
    )
    return room


@act(
    "room.set_services",
    zh="设定服务清单",
    en="set the service list",
    keeps=("services",),
    about="room",
    within=lambda facts: facts["room"].path,
)
def set_services(actor: Actor, *, room: Agency, services: list[str]) -> Agency:
    """Replace the service list. Each line is a name, or ``补办身份证｜派出所｜户口簿、照片``: name, where, papers.

    Raises Invalid when a place is none.
    """
    read = {name: (place, papers) for name, place, papers in map(read_service, services) if name}
    Service.objects.filter(agency=room).delete()
    Service.objects.bulk_create(
        [
            Service(agency=room, code=name[:40], name=name, place=place, papers=papers)
            for name, (place, papers) in read.items()
        ]
    )
    return room


@act(
    "grid.answer_for",
    zh="认领警格",
    en="answer for a grid",
    keeps=("grid", "officer"),
    within=lambda facts: facts["agency"].path,
)
def answer_for_grid(
    actor: Actor, *, grid: Grid, agency: Agency, officer: Person | None = None, since: date | None = None
) -> Responsibility:
    """From a day on this room answers for the grid; whoever answered before is ended that day."""
    day = since or clock.shanghai(clock.now()).date()
    held = Responsibility.objects.filter(grid=grid, until__isnull=True)
    same = held.filter(agency=agency).first()
    held.exclude(agency=agency).update(until=day)
    if same:
        same.officer = officer or same.officer
        same.version += 1
        same.save(update_fields=["officer", "version"])
        return same
    return Responsibility.objects.create(grid=grid, agency=agency, officer=officer, since=day)


@listen(GridsRedrawn)
def carry_answers(news: GridsRedrawn) -> None:
    """New boundaries, same people: whoever answered for the land goes on, unless the editor named another.

    Where several answered and none was named the change is refused: nobody is made responsible by chance.
    """
    held = list(Responsibility.objects.on(news.since).filter(grid__in=news.was).select_related("agency", "officer"))
    rooms = {row.agency_id: row.agency for row in held}
    for grid, wanted in zip(news.now, news.answered_by, strict=True):
        agency = Agency.objects.at_work().filter(code=wanted).first() if wanted else next(iter(rooms.values()), None)
        if wanted and agency is None:
            raise Invalid("row.unknown", field="answered_by", what=wanted)
        if not wanted and len(rooms) > 1:
            names = "、".join(sorted(room.name for room in rooms.values()))
            raise Conflict("grid.who_answers", field="answered_by", rooms=names)
        if agency is not None:
            officers = {row.officer for row in held if row.agency_id == agency.pk}
            officer = officers.pop() if len(officers) == 1 else None
            answer_for_grid(news.actor, grid=grid, agency=agency, officer=officer, since=news.since)
    Responsibility.objects.filter(grid__in=news.was, until__isnull=True).update(until=news.since)


@listen(GridsRestored)
def restore_answers(news: GridsRestored) -> None:
    """A change that does not come: whoever answered for the old grids goes on, nobody for those that never were."""
    Responsibility.objects.filter(grid__in=news.never).update(until=news.since)
    ended = Responsibility.objects.filter(grid__in=news.now, until=news.since)
    ended.filter(since__lt=news.since).update(until=None)


@act(
    "equipment.add",
    zh="登记装备",
    en="add equipment",
    keeps=("kind", "serial"),
    within=lambda facts: facts["room"].path,
)
def add_equipment(
    actor: Actor, *, room: Agency, kind: str, serial: str, inspect_due_on: date | None = None
) -> Equipment:
    """Register one thing; Conflict when this serial is already there."""
    if kind not in Equipment.KINDS:
        raise Invalid("equipment.unknown_kind", kind=kind, field="kind")
    if Equipment.objects.filter(agency=room, kind=kind, serial=serial).exists():
        raise Conflict("equipment.serial_taken", serial=serial)
    return Equipment.objects.create(agency=room, kind=kind, serial=serial, inspect_due_on=inspect_due_on)


@act(
    "equipment.move",
    zh="装备流转",
    en="move equipment",
    keeps=("move", "holder"),
    about="equipment",
    within=lambda facts: facts["equipment"].agency.path,
)
def move_equipment(
    actor: Actor, *, equipment: Equipment, move: str, holder: Person | None = None, note: str = ""
) -> Equipment:
    """Hand out, give back, report broken, repair or retire. Two hands on one radio: the second gets Conflict."""
    changes: dict[str, object] = {"note": note}
    if move == "hand_out":
        changes["holder_id"] = holder.pk if holder else None
    elif move in ("give_back", "retire"):
        changes["holder_id"] = None
    take(equipment, EQUIPMENT_LIFE, move, **changes)
    return equipment


@act(
    "equipment.inspect",
    zh="装备检查",
    en="inspect equipment",
    keeps=("next_due_on",),
    about="equipment",
    within=lambda facts: facts["equipment"].agency.path,
)
def inspect_equipment(actor: Actor, *, equipment: Equipment, next_due_on: date | None, note: str = "") -> Equipment:
    """Note that a thing was looked at, and when it is due again."""
    equipment.inspect_due_on = next_due_on
    equipment.note = note
    equipment.version += 1
    equipment.save(update_fields=["inspect_due_on", "note", "version"])
    return equipment
