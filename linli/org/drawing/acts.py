"""Asking for an officer, deciding, his return. Nobody decides what he asked for himself."""

from __future__ import annotations

from datetime import datetime

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.org.agencies.models import Agency
from linli.org.drawing.models import DRAWING_LIFE, Drawing
from linli.org.drawing.queries import approved_spans, community_post
from linli.org.drawing.rules import LEADERS, REASONS, beyond_limit
from linli.org.people.models import Person

declare("drawing.no_post", zh="{name}当前没有社区民警岗位。", en="{name} holds no post of a community officer.")
declare("drawing.own", zh="不能审批自己提出的抽调。", en="Nobody decides what he asked for himself.")
declare(
    "drawing.beyond", zh="超过抽调限额，须由局领导批准。", en="This is beyond the limit: the bureau's leaders decide."
)
declare("drawing.backwards", zh="抽调结束须晚于开始。", en="It must end after it begins.")
declare("drawing.twice", zh="此时段已有抽调（{begins}）。", en="He is asked for at this time already ({begins}).")


@act(
    "drawing.ask",
    zh="申请抽调",
    en="ask for an officer",
    keeps=("reason", "begins_at", "ends_at"),
    within=lambda facts: facts["asked_for"].path,
)
def ask_for_officer(
    actor: Actor,
    *,
    person: Person,
    asked_for: Agency,
    reason: str,
    begins_at: datetime,
    ends_at: datetime,
    note: str = "",
) -> Drawing:
    """Ask that a community officer be drawn away. Raises Invalid naming the field, Conflict when he is asked for at
    that time already.
    """
    if reason not in REASONS:
        raise Invalid("fact.wrong", field="reason", why=reason)
    if ends_at <= begins_at:
        raise Invalid("drawing.backwards", field="ends_at")
    post = community_post(person)
    if post is None:
        raise Invalid("drawing.no_post", name=person.name, field="person")
    live = Drawing.objects.filter(person=person, state__in=("asked", "approved"))
    clash = live.filter(begins_at__lt=ends_at, ends_at__gt=begins_at).first()
    if clash:
        raise Conflict("drawing.twice", begins=clock.shanghai(clash.begins_at).strftime("%m-%d %H:%M"))
    return Drawing.objects.create(
        person=person,
        agency=post.agency,
        asked_for=asked_for,
        asked_by_id=actor.id,
        reason=reason,
        note=note.strip()[:200],
        begins_at=begins_at,
        ends_at=ends_at,
        beyond_limit=beyond_limit((begins_at, ends_at), approved_spans(person)),
        asked_at=clock.now(),
    )


@act(
    "drawing.decide",
    zh="审批抽调",
    en="decide on drawing an officer away",
    keeps=("move",),
    about="drawing",
    within=lambda facts: facts["drawing"].agency.path,
)
def decide(actor: Actor, *, drawing: Drawing, move: str, note: str = "") -> Drawing:
    """Approve or refuse (with a reason). Never who asked; beyond the limit only the bureau's leaders."""
    if move not in ("approve", "refuse"):
        raise Invalid("workflow.no_such_move", move=move)
    if actor.id in (drawing.asked_by_id, drawing.person_id):
        raise NotAllowed("drawing.own")
    if move == "approve" and drawing.beyond_limit and not actor.holds(*LEADERS):
        raise NotAllowed("drawing.beyond")
    take(
        drawing,
        DRAWING_LIFE,
        move,
        decided_by_id=actor.id,
        decided_at=clock.now(),
        decision_note=note.strip()[:200],
    )
    return drawing


@act(
    "drawing.cancel",
    zh="撤回抽调",
    en="take back asking for an officer",
    about="drawing",
    within=lambda facts: facts["drawing"].asked_for.path,
)
def cancel_drawing(actor: Actor, *, drawing: Drawing) -> Drawing:
    """He is not needed after all, before he has gone."""
    take(drawing, DRAWING_LIFE, "cancel")
    return drawing


@act("drawing.return", zh="抽调归岗", en="return from being drawn away", about="drawing")
def return_to_post(actor: Actor, *, drawing: Drawing, at: datetime | None = None) -> Drawing:
    """The officer says himself that he is back; his chief may say it for him. Not before he went."""
    if drawing.person_id != actor.id and not (actor.holds("station_chief") and actor.reaches(drawing.agency.path)):
        raise NotAllowed("drawing.own")
    back = min(at or clock.now(), clock.now())
    if back <= drawing.begins_at:
        raise Invalid("drawing.backwards", field="at")
    take(drawing, DRAWING_LIFE, "return", returned_at=back)
    return drawing
