"""Sending the team on a tip with one tap, reporting what came of it, calling it off."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.inputs import Given, Offline, asked
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.kinds.tip import FINDINGS
from linli.matters.ledger.acts import carry_out, share, stamp_all
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import finish_order, give_order, recall_order
from linli.operations.dispatch.models import ORDER_LIFE, Order
from linli.operations.sorties.models import SORTIE, Sortie, SortieMember
from linli.operations.sorties.queries import Team, room_for, team_of
from linli.operations.sorties.rules import MOST_GANGS, MOST_HELD, MOST_YUAN, Result, checked
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.works.outbox.acts import queue_message

declare("sortie.not_a_tip", zh="只有线索可以派队行动。", en="Only a tip gets a team.")
declare("sortie.no_room", zh="该线索没有责任警务室，请先标定地点。", en="No room answers for this tip; place it first.")
declare(
    "sortie.nobody",
    zh="{room}和上级单位此刻都没有在岗队伍。",
    en="Neither {room} nor what stands above it has a team on duty now.",
)
declare("sortie.already", zh="已有队伍为该线索出动。", en="A team is already out on this tip.")
_MOST_ACCOUNT = 4000


class SortieChanged:
    """News: a team was sent, has reported, or was called off (``what``: sent, reported, called_off)."""

    def __init__(self, sortie: Sortie, what: str, actor: Actor) -> None:
        self.sortie = sortie
        self.what = what
        self.actor = actor


@act(
    "sortie.send",
    zh="派队行动",
    en="send the team on a tip",
    keeps=("room", "plain_clothes"),
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def send_sortie(actor: Actor, *, matter: Matter, room: Agency | None = None, plain_clothes: bool = False) -> Sortie:
    """Send the rostered team of the room that has the tip: its free units get an order (their phones ring), who stands
    on the roster without a unit gets a message. The officer who sends it leads it.

    Raises Invalid for other kinds and where no room answers, Conflict when nobody is on duty or a team is out already.
    """
    if matter.kind != "tip":
        raise Invalid("sortie.not_a_tip")
    now = clock.now()
    home = room or room_for(matter, now)
    if home is None:
        raise Invalid("sortie.no_room", field="room")
    team = team_of(home, now)
    if not team.units and not team.on_foot:
        raise Conflict("sortie.nobody", room=home.name)
    sortie = _written(actor, matter, team, now, plain_clothes)
    carry_out(actor, matter=matter, step=matter.workflow.move("act"), facts={})
    stamp_all(matter, [("ordered", now)], actor)
    if team.room.pk != matter.agency_id:
        share(matter, team.room.pk)
    _call_out(actor, sortie, team)
    news.announce(SortieChanged(sortie, "sent", actor))
    return sortie


def _written(actor: Actor, matter: Matter, team: Team, now: datetime, plain_clothes: bool) -> Sortie:
    leader = Person.objects.filter(pk=actor.id).first() if actor.kind == "person" else None
    sortie = Sortie(matter=matter, room=team.room, led_by=leader, sent_at=now, plain_clothes=plain_clothes)
    try:
        with transaction.atomic():
            sortie.save(force_insert=True)
    except IntegrityError as out:
        raise Conflict("sortie.already") from out
    seats = {person.pk: call_sign for person, call_sign in team.crew}
    everybody = {**dict.fromkeys((person.pk for person in team.on_foot), ""), **seats}
    SortieMember.objects.bulk_create(
        [SortieMember(sortie=sortie, person_id=key, call_sign=sign) for key, sign in everybody.items()]
    )
    return sortie


def _call_out(actor: Actor, sortie: Sortie, team: Team) -> None:
    """Units by an order, as for a call; who has none by a message to his telephone."""
    for unit in team.units:
        try:
            give_order(actor, matter=sortie.matter, unit=unit, via="team")
        except Conflict as taken:
            if taken.code not in ("order.unit_taken", "order.unit_unavailable"):
                raise
    for person in team.on_foot:
        addresses = {"wecom": person.wecom_id, "sms": person.phone if person.phone_sealed else ""}
        known = {channel: address for channel, address in addresses.items() if address}
        if not known or person.pk == actor.id:
            continue
        first = next(iter(known))
        queue_message(
            channel=first,
            template="sortie.sent",
            address=known.pop(first),
            others=known,
            recipient=person.pk,
            body={"number": sortie.matter.number, "link": f"/matters/{sortie.matter.number}"},
            subject_type="operations.sortie",
            subject_id=str(sortie.pk),
        )


_FOUND = tuple(code for code, _ in FINDINGS if code != "no_finding")


def _result_from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    counts = {name: int(given.values[name]) for name in ("held", "gangs", "goods_yuan") if given.values.get(name)}
    words = {name: given.values[name] for name in ("goods", "tools", "handed_to") if given.values.get(name)}
    said: dict[str, Any] = {**counts, **words}
    return {"result": Result(given.values["finding"], given.values["account"], **said)}


@act(
    "sortie.report",
    zh="报行动结果",
    en="report what a sortie found",
    about="sortie",
    offline=Offline(
        inputs=(
            asked("finding", "choice", "结果", "finding", required=True, choices=FINDINGS),
            asked("held", "number", "抓获人数", "people held", least=0, most=MOST_HELD, shown_if=("finding", _FOUND)),
            asked("gangs", "number", "团伙", "gangs", least=0, most=MOST_GANGS, shown_if=("finding", _FOUND)),
            asked("goods", "text", "起获物品", "goods", longest=400, shown_if=("finding", _FOUND)),
            asked("goods_yuan", "number", "估值（元）", "their value, yuan", least=0, most=MOST_YUAN,
                  shown_if=("finding", _FOUND)),
            asked("tools", "text", "作案工具", "tools", longest=400, shown_if=("finding", _FOUND)),
            asked("handed_to", "text", "移交给", "handed to", longest=120, shown_if=("finding", _FOUND)),
            asked("account", "long_text", "经过", "what happened", required=True),
        ),
        subject=Sortie,
        states=SORTIE.move("report").sources,
        to=SORTIE.move("report").target,
        prepare=_result_from_phone,
        group="order",
        icon="clipboard-check",
        order=10,
    ),
    within=lambda facts: facts["sortie"].matter.scope_paths()[0],
)  # fmt: skip
def report_sortie(actor: Actor, *, sortie: Sortie, result: Result) -> Sortie:
    """Write down the result; the units are free again and the tip is settled with it. Raises Invalid for a result that
    contradicts itself, Conflict when it was reported or called off before.
    """
    checked(result)
    now = clock.now()
    said = asdict(result)
    said |= {
        "account": result.account.strip()[:_MOST_ACCOUNT],
        "goods": result.goods.strip()[:400],
        "tools": result.tools.strip()[:400],
        "handed_to": result.handed_to.strip()[:120],
    }
    take(sortie, SORTIE, "report", ended_at=now, **said)
    _release(actor, sortie, result.account)
    matter = _fresh(sortie)
    if matter.state == "acting":
        facts = {"outcome": said["account"], "finding": result.finding}
        carry_out(actor, matter=matter, step=matter.workflow.move("settle"), facts=facts)
        Matter.objects.filter(pk=matter.pk).update(handled_by=sortie.room)
    news.announce(SortieChanged(sortie, "reported", actor))
    return sortie


@act(
    "sortie.call_off",
    zh="撤回行动",
    en="call a sortie off",
    about="sortie",
    within=lambda facts: facts["sortie"].matter.scope_paths()[0],
)
def call_off(actor: Actor, *, sortie: Sortie, reason: str) -> Sortie:
    """Call the team back before it has a result; the tip is as it was checked before."""
    take(sortie, SORTIE, "call_off", ended_at=clock.now(), reason=reason.strip()[:400])
    _release(actor, sortie, reason)
    matter = _fresh(sortie)
    if matter.state == "acting":
        carry_out(actor, matter=matter, step=matter.workflow.move("stand_down"), facts={})
    news.announce(SortieChanged(sortie, "called_off", actor))
    return sortie


def _release(actor: Actor, sortie: Sortie, said: str) -> None:
    """The units that still are on it: those that set out are done, the others are called back."""
    goes_on: Any = ORDER_LIFE.move("finish").sources
    for order in Order.objects.active().filter(matter=sortie.matter).select_related("unit__agency", "matter"):
        if order.state in goes_on:
            finish_order(actor, order=order, result=said[:400])
        else:
            recall_order(actor, order=order, reason=said[:200])


def _fresh(sortie: Sortie) -> Matter:
    return Matter.objects.select_related("agency", "station").get(pk=sortie.matter_id)
