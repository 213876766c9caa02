"""What becomes of a matter: its level, the team that is sent, thanks to who gave it, turning it into another kind."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.finding import room_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, agency_ref, bilingual, matter_shown, with_orders
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.levels.acts import lift_matter, push_back
from linli.matters.levels.models import LevelChange
from linli.matters.levels.queries import changes_of, level_now
from linli.matters.levels.rules import LEVELS
from linli.matters.thanks.acts import MOST_TRIES, give_thanks, pay_reward, try_code
from linli.matters.thanks.models import Thanks
from linli.matters.thanks.queries import thanks_of
from linli.matters.turning.acts import turn_matter
from linli.operations.sorties.acts import call_off, report_sortie, send_sortie
from linli.operations.sorties.models import SORTIE, Sortie
from linli.operations.sorties.queries import sortie_by_id, sorties_of
from linli.operations.sorties.rules import Result

router = Router(tags=["outcomes"])
_TEXT = 4000


class Levelled(Schema):
    """Up or down, and why."""

    way: str = Field(max_length=4)
    reason: str = Field(min_length=1, max_length=400)


class Sent(Schema):
    """The room whose team goes (else the one that has the tip), and whether in plain clothes."""

    room: str = Field("", max_length=64)
    plain_clothes: bool = False


class Reported(Schema):
    """What came of a sortie: counts of people and gangs, goods with their value in whole yuan, nobody's name."""

    finding: str = Field(max_length=12)
    account: str = Field(min_length=1, max_length=_TEXT)
    held: int = 0
    gangs: int = 0
    goods: str = Field("", max_length=400)
    goods_yuan: int = 0
    tools: str = Field("", max_length=400)
    handed_to: str = Field("", max_length=120)


class Reason(Schema):
    """Why."""

    reason: str = Field(min_length=1, max_length=400)


class Thanking(Schema):
    """The words, and a reward in whole yuan."""

    text: str = Field(min_length=1, max_length=400)
    reward_yuan: int = Field(0, ge=0)


class Claimed(Schema):
    """The code that whoever claims a reward shows."""

    code: str = Field(min_length=1, max_length=20)


class Turned(Schema):
    """The other kind, with a title and details of its own where they differ."""

    kind: str = Field(max_length=24)
    title: str = Field("", max_length=160)
    details: dict[str, Any] = {}


@router.get("/matters/{number}/level", summary="Where a matter stands and stood")
def level(request: ApiRequest, number: str) -> HttpResponse:
    """Its level now, where it was settled, each change with its reason, and whether the actor may move it."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    now = level_now(actor, matter)
    return answered(
        {
            "level": now.level if now else "",
            "settled": now.settled if now else "",
            "up": now.up if now else "",
            "down": now.down if now else "",
            "levels": [{"code": one.code, **bilingual(one.words)} for one in LEVELS.values()],
            "changes": [_change(row) for row in changes_of(actor, matter=matter)],
        }
    )


@router.post("/matters/{number}/level", summary="Lift a matter or push it back")
def levelled(request: ApiRequest, number: str, sent: Levelled) -> HttpResponse:
    """``way`` is up or down. The level below or above keeps seeing it; the reason stands in the timeline."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    if sent.way not in ("up", "down"):
        raise Invalid("fact.wrong", field="way", why=sent.way)
    deed = lift_matter if sent.way == "up" else push_back
    return once(request.ticket, 200, lambda: _change(deed(actor, matter=matter, reason=sent.reason)))


@router.get("/matters/{number}/sorties", summary="Teams that went")
def went(request: ApiRequest, number: str) -> HttpResponse:
    """The sorties of a tip with their results, newest first."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return answered({"items": [sortie_shown(row) for row in sorties_of(actor, matter=matter)]})


@router.post("/matters/{number}/sorties", response={201: dict[str, Any]}, summary="Send the team on a tip")
def sent_out(request: ApiRequest, number: str, sent: Sent) -> HttpResponse:
    """One tap: the rostered team of the room that has the tip, or of the next above it that has one on duty."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    room = room_named(actor, sent.room) if sent.room else None
    return once(
        request.ticket,
        201,
        lambda: sortie_shown(send_sortie(actor, matter=matter, room=room, plain_clothes=sent.plain_clothes)),
    )


@router.post("/sorties/{sortie_id}/report", summary="Report what a sortie found")
def reported(request: ApiRequest, sortie_id: uuid.UUID, sent: Reported) -> HttpResponse:
    """The units are free again, the tip is settled with this result."""
    actor, sortie = request.auth, sortie_by_id(request.auth, sortie_id)
    result = Result(**sent.dict())
    return once(request.ticket, 200, lambda: sortie_shown(report_sortie(actor, sortie=sortie, result=result)))


@router.post("/sorties/{sortie_id}/call-off", summary="Call a sortie off")
def called_off(request: ApiRequest, sortie_id: uuid.UUID, sent: Reason) -> HttpResponse:
    """The team comes back without a result; the tip waits again."""
    actor, sortie = request.auth, sortie_by_id(request.auth, sortie_id)
    return once(request.ticket, 200, lambda: sortie_shown(call_off(actor, sortie=sortie, reason=sent.reason)))


@router.get("/matters/{number}/thanks", summary="Thanks and rewards")
def thanked(request: ApiRequest, number: str) -> HttpResponse:
    """What was said and promised to the giver, and whether a reward was paid; never the claim code."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return answered({"items": [_thanks(row) for row in thanks_of(actor, matter=matter)]})


@router.post("/matters/{number}/thanks", response={201: dict[str, Any]}, summary="Thank the giver")
def thanks(request: ApiRequest, number: str, sent: Thanking) -> HttpResponse:
    """Shown to whoever follows the matter by his number or receipt; nobody learns who that is."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return once(
        request.ticket,
        201,
        lambda: _thanks(give_thanks(actor, matter=matter, text=sent.text, reward_yuan=sent.reward_yuan)),
    )


@router.post("/matters/{number}/rewards", summary="Pay a reward")
def paid(request: ApiRequest, number: str, sent: Claimed) -> HttpResponse:
    """Pay the reward whose code is shown. A wrong code is counted; after five, paying is stopped."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    found = claimed(actor, matter, sent.code)
    return once(request.ticket, 200, lambda: _thanks(pay_reward(actor, thanks=found)))


def claimed(actor: Actor, matter: Matter, code: str) -> Thanks:
    """The reward with this code; Invalid when there is none, after the try was counted for good."""
    found = try_code(actor, matter=matter, code=code)
    if found is None:
        tried = max(row.wrong_tries for row in thanks_of(actor, matter=matter) if row.reward_yuan)
        raise Invalid("reward.wrong_code", left=max(0, MOST_TRIES - tried), field="code")
    return found


@router.post("/matters/{number}/turn", response={201: dict[str, Any]}, summary="Turn into another kind")
def turned(request: ApiRequest, number: str, sent: Turned) -> HttpResponse:
    """Community information that turns out to be a hazard, a tip, a request for help or a dispute. Returns the new
    matter; the old one is settled with its number.
    """
    actor, matter = request.auth, matter_by_number(request.auth, number)

    def deed() -> Shown:
        made = turn_matter(actor, matter=matter, kind=sent.kind, title=sent.title, details=sent.details)
        with_orders([made])
        return matter_shown(made)

    return once(request.ticket, 201, deed)


def sortie_shown(row: Sortie) -> Shown:
    """A sortie: whose team, how many went, its result in counts."""
    return {
        "id": row.pk,
        "number": row.matter.number,
        "room": agency_ref(row.room),
        "led_by": row.led_by.name if row.led_by else None,
        "state": row.state,
        "state_words": bilingual(SORTIE.state(row.state).words),
        "sent_at": row.sent_at,
        "ended_at": row.ended_at,
        "went": row.team.count(),
        "plain_clothes": row.plain_clothes,
        "finding": row.finding or None,
        "account": row.account,
        "held": row.held,
        "gangs": row.gangs,
        "goods": row.goods,
        "goods_yuan": row.goods_yuan,
        "tools": row.tools,
        "handed_to": row.handed_to,
        "reason": row.reason,
    }


def _thanks(row: Thanks) -> Shown:
    return {
        "id": row.pk,
        "text": row.text,
        "reward_yuan": row.reward_yuan,
        "by": row.given_by,
        "at": row.given_at,
        "paid_on": row.paid_on,
    }


def _change(row: LevelChange) -> Shown:
    return {
        "from": row.from_level,
        "to": row.to_level,
        "from_agency": agency_ref(row.from_agency),
        "to_agency": agency_ref(row.to_agency),
        "pushed_back": row.pushed_back,
        "reason": row.reason,
        "by": row.by_name,
        "at": row.at,
    }
