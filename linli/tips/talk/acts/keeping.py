"""Sealing anew when posts change, ending envelopes of posts that ended, and forgetting what is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor, system
from linli.org.people.models import Person
from linli.tips.readers.queries import OpenDesk, candidates
from linli.tips.readers.rules import readers_of
from linli.tips.talk.acts.sealing import put_envelopes
from linli.tips.talk.models import Envelope, Tip
from linli.tips.talk.queries.opening import first_of, opened_by, opened_word
from linli.tips.talk.rules import wanted_by
from linli.works.jobs.acts import hourly

AT_ONCE = 500
FORGETTER = system("tips")


@act("tip.seal_anew", zh="为现任阅读人重新密封", en="seal tips anew for today's readers", about="reader")
def seal_anew(actor: Actor, *, reader: Person, desk: OpenDesk) -> int:
    """For each tip that this reader can open: an envelope for everybody who should read it today and cannot yet (a new
    officer, a new key). Returns how many envelopes were made.
    """
    known, made = candidates(), 0
    for tip in Tip.objects.visible_to(actor).order_by("pk")[:AT_ONCE]:
        opened = opened_by(desk, tip)
        made += put_envelopes(opened, readers_of(wanted_by(opened_word(opened, first_of(opened))), known))
    return made


@act("tip.end_envelopes", zh="离任阅读人不再可读", en="end envelopes of posts that have ended")
def end_lost_envelopes(actor: Actor) -> int:
    """Envelopes go whose post has ended or whose key has been replaced, but for the last one of a tip: somebody must be
    able to seal it anew. They open nothing meanwhile: ``visible_to`` asks for the post. Returns how many went.
    """
    today = clock.today()
    lost = Envelope.objects.filter(Q(post__until__lte=today) | Q(key__ended_on__isnull=False))
    gone = 0
    for tip_id in lost.order_by("tip_id").values_list("tip_id", flat=True).distinct()[:AT_ONCE]:
        if Envelope.objects.filter(tip_id=tip_id).exclude(pk__in=lost.values("pk")).exists():
            gone += lost.filter(tip_id=tip_id).delete()[0]
    return gone


@act("tip.erase", zh="删除已办结的匿名线索", en="erase closed anonymous tips")
def erase_old(actor: Actor) -> int:
    """Tips closed for ``LINLI_TIPS_KEPT_DAYS`` go with all words, files and envelopes. Returns how many."""
    last_day = clock.today() - timedelta(days=settings.LINLI_TIPS_KEPT_DAYS)
    old = list(Tip.objects.filter(state="closed", closed_on__lte=last_day).values_list("pk", flat=True)[:AT_ONCE])
    Tip.objects.filter(pk__in=old).delete()
    return len(old)


@hourly("tips.keep")
def keep_house(payload: dict[str, Any]) -> None:
    """Once an hour: envelopes of ended posts, and tips that are closed long enough. Nothing to do leaves no entry."""
    today = clock.today()
    if Envelope.objects.filter(Q(post__until__lte=today) | Q(key__ended_on__isnull=False)).exists():
        end_lost_envelopes(FORGETTER)
    last_day = today - timedelta(days=settings.LINLI_TIPS_KEPT_DAYS)
    if Tip.objects.filter(state="closed", closed_on__lte=last_day).exists():
        erase_old(FORGETTER)
