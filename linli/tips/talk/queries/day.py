"""What tips ask of a reader's day: which have a word that nobody has read. How many, and not what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linli.kernel.claims import Claim, ClaimSource, Line, OwnSource, Waiting, Weight, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.tips.readers.rules import DESK, READERS
from linli.tips.talk.models import Tip


def _unread(actor: Actor, at: datetime, most: int) -> Waiting:
    rows = Tip.objects.visible_to(actor).filter(state="waiting").order_by("heard_on", "code")
    return waiting(rows, most, _claim)


def _claim(tip: Tip) -> Claim:
    return Claim(
        key=f"tips:{tip.pk}",
        title=f"匿名线索 {tip.code}",
        url=f"/tips/{tip.pk}",
        why=Words(
            "有人不留姓名地告诉您一件事，等着回音",
            "somebody told you something without a name, and waits for an answer",
        ),
    )


def _desk(actor: Actor, at: datetime) -> Sequence[Line]:
    open_n = Tip.objects.visible_to(actor).exclude(state="closed").count()
    return [Line("匿名线索", Words(f"在办 {open_n} 条", f"{open_n} open"), "/tips")]


CLAIM_SOURCES = (
    ClaimSource(
        code="tips.unread",
        words=Words("未看的匿名线索", "anonymous tips not yet read"),
        weight=Weight.PROMISE,
        posts=READERS,
        find=_unread,
        rest="/tips",
    ),
)
OWN_SOURCES = (
    OwnSource(
        code="tips.desk",
        words=Words("受理的匿名线索", "anonymous tips of this desk"),
        icon="lock",
        posts=(DESK,),
        find=_desk,
        rest="/tips",
    ),
)
