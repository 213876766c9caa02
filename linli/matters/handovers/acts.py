"""Handing over and asking along.

The first receiver keeps a matter until the other has said yes (国办发〔2022〕12号).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.rows import reread
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.matters.handovers.models import TICKET, Handover
from linli.matters.handovers.rules import chased_again, due_of, read_ticket
from linli.matters.ledger.acts import carry_out, share, unshare
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.works.jobs.acts import cancel, job, schedule

declare("handover.to_itself", zh="不能移交给本单位。", en="A matter cannot be handed to the agency that has it.")
declare("handover.open", zh="已有一张送往{agency}的回单未结。", en="A ticket to {agency} is still open.")
declare(
    "handover.on_the_way",
    zh="警力已在办理，请先撤回派警再移交。",
    en="Units are on their way; recall them before handing over.",
)

CHASER = system("handovers")


@dataclass(frozen=True, slots=True)
class HandoverChanged:
    """News: a ticket was sent, accepted, answered, declined, withdrawn or chased."""

    handover: Handover
    what: str
    actor: Actor


@act(
    "handover.open",
    zh="移交或邀请联动",
    en="hand over or ask along",
    keeps=("to_agency", "mode"),
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def open_handover(
    actor: Actor, *, matter: Matter, to_agency: Agency, mode: str, text: str = "", due_at: datetime | None = None
) -> Handover:
    """Send a ticket. The matter stays where it is until the other accepts; then hand_over moves it. ``due_at`` is when
    an answer is asked for (else by mode and kind); share lets the other know and is never chased. Raises Conflict on a
    second open ticket.
    """
    if mode not in Handover.MODES:
        raise Invalid("fact.wrong", field="mode", why=mode)
    if to_agency.pk == matter.agency_id:
        raise Invalid("handover.to_itself", field="agency")
    if Handover.objects.filter(matter=matter, to_agency=to_agency, state__in=("sent", "accepted")).exists():
        raise Conflict("handover.open", agency=to_agency.name)
    now = clock.now()
    ticket = Handover.objects.create(
        matter=matter,
        from_agency=matter.agency,
        to_agency=to_agency,
        mode=mode,
        text=text,
        sent_at=now,
        due_at=due_at if due_at and due_at > now else due_of(mode, matter.kind, now),
    )
    share(matter, to_agency.pk)
    # A matter that was just opened counts as shared with nobody: its own row says that this has changed.
    Matter.objects.filter(pk=matter.pk).update(version=F("version") + 1)
    reread(matter, "version")
    if mode != "share":
        _chase_later(ticket)
    news.announce(HandoverChanged(ticket, "sent", actor))
    return ticket


@act(
    "handover.move",
    zh="办理回单",
    en="move a ticket",
    keeps=("move",),
    about="handover",
    within=lambda facts: _side(facts["handover"], facts["move"]),
)
def move_handover(actor: Actor, *, handover: Handover, move: str, answer: str = "") -> Handover:
    """Accept, answer or decline (the receiving side), or withdraw (the sending side)."""
    _move(actor, handover, move, answer, "system" if actor.is_system else "login")
    return handover


@act(
    "handover.record_answer",
    zh="登记回执",
    en="write down an answer that came back",
    keeps=("move", "via"),
    about="handover",
    within=lambda facts: facts["handover"].matter.scope_paths()[0],
)
def record_answer(actor: Actor, *, handover: Handover, move: str, answer: str, via: str) -> Handover:
    """What an agency without a login has said, written down by who sent the ticket: accept, answer or decline, on paper
    or by telephone.
    """
    if via not in ("paper", "telephone"):
        raise Invalid("fact.wrong", field="via", why=via[:20])
    if move not in ("accept", "answer", "decline"):
        raise Invalid("fact.wrong", field="move", why=move[:20])
    _move(actor, handover, move, answer, via)
    return handover


@act(
    "handover.take_file",
    zh="读入回执文件",
    en="take a ticket's file back",
    about="handover",
    within=lambda facts: facts["handover"].matter.scope_paths()[0],
)
def take_file(actor: Actor, *, handover: Handover, raw: bytes) -> Handover:
    """The ticket's own file came back with an answer in it. Raises Invalid when it is no ticket of ours, was changed,
    belongs to another ticket, or holds no answer.
    """
    back = read_ticket(raw)
    if back.ticket != str(handover.pk):
        raise Invalid("handover.other_ticket", field="file")
    _move(actor, handover, back.move, back.answer, "file")
    return handover


def _move(actor: Actor, handover: Handover, move: str, answer: str, via: str) -> None:
    now = clock.now()
    changes: dict[str, object] = {"accepted_at": now} if move == "accept" else {"ended_at": now}
    if move in ("answer", "decline"):
        changes["answer_via"] = via
    take(handover, TICKET, move, **({"answer": answer} if answer else {}), **changes)
    if handover.mode == "hand_over":
        _carry(actor, handover, move, answer)
    if move != "accept":
        cancel(prefix=f"handover:{handover.pk}")
    if move in ("decline", "withdraw") and handover.to_agency.kind == "partner":
        unshare(handover.matter, handover.to_agency_id)
    news.announce(HandoverChanged(handover, move, actor))


def _side(handover: Handover, move: str) -> str:
    return handover.matter.scope_paths()[0] if move == "withdraw" else handover.to_agency.path


def _carry(actor: Actor, ticket: Handover, move: str, answer: str) -> None:
    """What a hand-over does to the matter: police agencies take it on as their own, partners take it out of our
    hands.
    """
    matter = ticket.matter
    if ticket.to_agency.kind != "partner":
        if move == "accept":
            if matter.agency_id:
                share(matter, matter.agency_id)
            Matter.objects.filter(pk=matter.pk).update(agency=ticket.to_agency, version=F("version") + 1)
            matter.refresh_from_db()
        return
    names = {step.name for step in matter.workflow.moves_from(matter.state)}
    step = {"accept": "hand_over", "decline": "take_back", "withdraw": "take_back", "answer": "settle_elsewhere"}[move]
    if move == "answer" and "hand_over" in names:
        carry_out(actor, matter=matter, step=matter.workflow.move("hand_over"), facts={})
        names.add("settle_elsewhere")
    if step in names:
        carry_out(actor, matter=matter, step=matter.workflow.move(step), facts={"outcome": answer})
    elif move == "accept" and matter.kind == "incident":
        raise Conflict("handover.on_the_way")


def _chase_later(ticket: Handover) -> None:
    schedule(
        "handover.chase",
        due_at=ticket.due_at,
        payload={"handover": str(ticket.pk)},
        key=f"handover:{ticket.pk}:{ticket.chased}",
    )


@act("handover.chase", zh="催办回单", en="chase a ticket", about="handover")
def chase_handover(actor: Actor, *, handover: Handover) -> Handover:
    """A ticket without an answer in time: say so to both sides, and again after the same time."""
    now = clock.now()
    handover.chased += 1
    handover.due_at = chased_again(handover.mode, handover.matter.kind, now)
    handover.version += 1
    handover.save(update_fields=["chased", "due_at", "version"])
    _chase_later(handover)
    news.announce(HandoverChanged(handover, "chased", actor))
    return handover


@job("handover.chase")
def run_chase(payload: dict[str, str]) -> None:
    """Chase the ticket if it is still without an answer."""
    ticket = Handover.objects.select_related("matter", "to_agency").filter(pk=payload["handover"]).first()
    if ticket and ticket.state in ("sent", "accepted") and ticket.due_at <= clock.now():
        chase_handover(CHASER, handover=ticket)
