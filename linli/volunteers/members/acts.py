"""Enlisting a volunteer, changing the card, pausing, and withdrawing, which erases."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.parties.rules import plain_phone
from linli.org.agencies.models import Agency
from linli.org.rooms.rules import read_hours
from linli.places.grid.models import Grid
from linli.volunteers.entering.acts import end_entry
from linli.volunteers.members.models import MEMBER_LIFE, FreeTime, Member
from linli.volunteers.members.rules import KINDS

declare("volunteer.code_taken", zh="编号“{code}”已被使用。", en="The number {code} is taken.")
declare("volunteer.code_form", zh="编号只能用字母、数字和短横线。", en="A number is letters, digits and hyphens.")
declare("volunteer.kind", zh="没有“{kind}”这类志愿者。", en="There is no kind of volunteer {kind}.")
declare("volunteer.no_name", zh="请填写姓名。", en="Please give a name.")
declare("volunteer.phone", zh="电话号码至少7位数字。", en="A telephone number has at least seven digits.")
declare(
    "volunteer.consent", zh="须本人同意后才能登记；同意日期不能在将来。", en="Consent comes first, and not in future."
)
declare("volunteer.grid", zh="没有在用的警格{grid}。", en="There is no police grid {grid} in force.")
declare("volunteer.changed", zh="他人刚改过，请刷新后再改。", en="Somebody has just changed this; reload first.")
declare("volunteer.withdrawn", zh="本人已退出，不能再改。", en="This volunteer has withdrawn.")

_CODE = re.compile(r"^[0-9A-Za-z-]{1,40}$")
_SHORTEST = 7


@act(
    "volunteer.register",
    zh="登记志愿者",
    en="register a volunteer",
    keeps=("code", "kind", "consented_on"),
    within=lambda facts: facts["agency"].path,
)
def register_member(
    actor: Actor,
    *,
    code: str,
    kind: str,
    name: str,
    phone: str,
    agency: Agency,
    consented_on: date,
    grid_code: str = "",
    free: str = "",
    at_night: bool = False,
) -> Member:
    """Put a volunteer on record who has agreed to it. ``free`` says when, e.g. ``周一至周五 18:00-21:00``. Raises
    Invalid naming the field, Conflict on a taken number.
    """
    if not _CODE.match(code):
        raise Invalid("volunteer.code_form", field="code")
    check_member(kind=kind, name=name, phone=phone, consented_on=consented_on, grid_code=grid_code)
    spans = read_free(free)
    if Member.objects.filter(code=code).exists():
        raise Conflict("volunteer.code_taken", code=code, field="code")
    row = Member(code=code, kind=kind, agency=agency, grid_code=grid_code, consented_on=consented_on, at_night=at_night)
    row.set_name(name.strip())
    row.set_phone(plain_phone(phone))
    row.save(force_insert=True)
    _set_free(row, spans)
    return row


@act(
    "volunteer.change",
    zh="变更志愿者",
    en="change a volunteer",
    keeps=("kind", "grid_code", "at_night"),
    about="member",
    within=lambda facts: facts["member"].agency.path,
)
def change_member(
    actor: Actor,
    *,
    member: Member,
    version: int,
    kind: str,
    grid_code: str,
    at_night: bool,
    free: str,
    name: str = "",
    phone: str = "",
) -> Member:
    """Change a card; a blank name or number leaves what is there. ``version`` is the one that the form showed: Conflict
    when it has changed since.
    """
    if member.state == "withdrawn":
        raise Conflict("volunteer.withdrawn")
    check_member(
        kind=kind,
        name=name or "·",
        phone=phone or "0" * _SHORTEST,
        consented_on=member.consented_on,
        grid_code=grid_code,
    )
    spans = read_free(free)
    copy = Member(id=member.pk)
    values: dict[str, Any] = {"kind": kind, "grid_code": grid_code, "at_night": at_night}
    if name.strip():
        copy.set_name(name.strip())
        values |= {"name_sealed": copy.name_sealed, "name_index": copy.name_index}
    if phone.strip():
        copy.set_phone(plain_phone(phone))
        values |= {"phone_sealed": copy.phone_sealed, "phone_index": copy.phone_index}
    same = Member.objects.filter(pk=member.pk, version=version).exclude(state="withdrawn")
    if not same.update(version=F("version") + 1, **values):
        raise Conflict("volunteer.changed")
    _set_free(member, spans)
    member.refresh_from_db()
    return member


@act(
    "volunteer.move",
    zh="志愿者暂停或恢复",
    en="pause or resume a volunteer",
    keeps=("move",),
    about="member",
    within=lambda facts: facts["member"].agency.path,
)
def move_member(actor: Actor, *, member: Member, move: str) -> Member:
    """Pause, or resume."""
    if MEMBER_LIFE.move(move).machine:
        raise Invalid("workflow.no_such_move", move=move)
    take(member, MEMBER_LIFE, move)
    return member


@act(
    "volunteer.withdraw",
    zh="志愿者退出",
    en="withdraw a volunteer",
    about="member",
    within=lambda facts: facts["member"].agency.path,
)
def withdraw_member(actor: Actor, *, member: Member) -> Member:
    """Consent has ended: name, number, free time and the way in are erased at once; the number in the register stays
    used.
    """
    person = member.person
    take(
        member,
        MEMBER_LIFE,
        "withdraw",
        withdrawn_on=clock.today(),
        name_sealed=b"",
        name_index="",
        phone_sealed=b"",
        phone_index="",
        person=None,
    )
    FreeTime.objects.filter(member=member).delete()
    if person is not None:
        end_entry(actor, person)
    return member


def check_member(*, kind: str, name: str, phone: str, consented_on: date | None, grid_code: str) -> None:
    """Raise Invalid for the first value that cannot be."""
    if kind not in KINDS:
        raise Invalid("volunteer.kind", kind=kind, field="kind")
    if not name.strip():
        raise Invalid("volunteer.no_name", field="name")
    if len(plain_phone(phone)) < _SHORTEST:
        raise Invalid("volunteer.phone", field="phone")
    if consented_on is None or consented_on > clock.today():
        raise Invalid("volunteer.consent", field="consented_on")
    if grid_code and not Grid.objects.filter(kind="police", code=grid_code, active=True).exists():
        raise Invalid("volunteer.grid", grid=grid_code, field="grid_code")


def read_free(text: str) -> list[tuple[int, int, int]]:
    """Free time as (weekday, from minute, until minute); raises Invalid ``hours.unreadable`` at the field ``free``."""
    try:
        return read_hours(text)
    except Invalid as refused:
        raise Invalid(refused.code, **{**refused.facts, "field": "free"}) from refused


def _set_free(member: Member, spans: list[tuple[int, int, int]]) -> None:
    FreeTime.objects.filter(member=member).delete()
    FreeTime.objects.bulk_create(
        [FreeTime(member=member, weekday=day, from_minute=start, until_minute=end) for day, start, end in spans]
    )
