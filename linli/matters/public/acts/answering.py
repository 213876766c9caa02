"""What goes back to whoever sent it: the answer, what is made public, a new code; and what he thinks of the outcome."""

from __future__ import annotations

import secrets

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.scope import Actor
from linli.matters.parties.models import Party
from linli.matters.public.acts.declared import REPORTER
from linli.matters.public.acts.telling import tell_sender
from linli.matters.public.models import PublicReport
from linli.matters.public.queries import code_index
from linli.matters.public.rules import OPINIONS, code_from

_LONGEST_ANSWER, _LONGEST_PUBLIC = 2_000, 500


@act(
    "public.answer",
    zh="答复群众",
    en="answer a resident",
    about="report",
    within=lambda facts: facts["report"].matter.scope_paths()[0],
)
def answer_report(actor: Actor, *, report: PublicReport, text: str) -> PublicReport:
    """Write what the sender reads by his follow code; a later answer takes the place of the former one."""
    plain = text.strip()
    if not plain:
        raise Invalid("public.empty", field="text")
    if len(plain) > _LONGEST_ANSWER:
        raise Invalid("public.too_long", sent=len(plain), most=_LONGEST_ANSWER, field="text")
    PublicReport.objects.filter(pk=report.pk).update(
        answer=plain, answered_at=clock.now(), answered_by_name=actor.name, version=F("version") + 1
    )
    report.refresh_from_db()
    tell_sender(report, "public.answered")
    return report


@act(
    "public.publish",
    zh="公开隐患",
    en="make a hazard public",
    keeps=("shown",),
    about="report",
    within=lambda facts: facts["report"].matter.scope_paths()[0],
)
def publish_report(actor: Actor, *, report: PublicReport, text: str, shown: bool = True) -> PublicReport:
    """Let everybody read ``text`` of a hazard through Open311, or take it back. The sender's own words never leave."""
    if report.form != "hazard":
        raise Invalid("public.only_hazards", field="text")
    plain = text.strip()
    if len(plain) > _LONGEST_PUBLIC:
        raise Invalid("public.too_long", sent=len(plain), most=_LONGEST_PUBLIC, field="text")
    PublicReport.objects.filter(pk=report.pk).update(
        published_text=plain if shown else "",
        published_at=clock.now() if shown else None,
        version=F("version") + 1,
    )
    report.refresh_from_db()
    return report


@act(
    "public.renew_code",
    zh="补发查询码",
    en="give a new follow code",
    about="report",
    within=lambda facts: facts["report"].matter.scope_paths()[0],
)
def renew_code(actor: Actor, *, report: PublicReport) -> PublicReport:
    """At the counter, for whoever lost his code: the old one ends. The new one stands in ``report.new_code``, shown
    once, stored nowhere.
    """
    code = code_from(secrets.token_bytes(16))
    PublicReport.objects.filter(pk=report.pk).update(
        code_index=code_index(report.matter.number, code), version=F("version") + 1
    )
    report.refresh_from_db()
    report.new_code = code
    return report


@act("public.give_opinion", zh="群众评价", en="say what one thinks of the outcome", keeps=("opinion",), about="report")
def give_opinion(actor: Actor, *, report: PublicReport, opinion: str, text: str = "") -> PublicReport:
    """What the sender says of the outcome, once, after it was settled or answered (P13). Of the matter, not of anybody.

    Raises Conflict when an opinion was given before or it is still being dealt with.
    """
    if opinion not in OPINIONS:
        raise Invalid("public.opinion", field="opinion")
    plain = text.strip()
    if len(plain) > _LONGEST_PUBLIC:
        raise Invalid("public.too_long", sent=len(plain), most=_LONGEST_PUBLIC, field="opinion_text")
    if not is_settled(report):
        raise Conflict("public.not_settled")
    changed = PublicReport.objects.filter(pk=report.pk, opinion_at__isnull=True).update(
        opinion=opinion, opinion_text=plain, opinion_at=clock.now(), version=F("version") + 1
    )
    if not changed:
        raise Conflict("public.rated")
    report.refresh_from_db()
    return report


def is_settled(report: PublicReport) -> bool:
    """Whether its sender may say what he thinks of it."""
    return report.answered_at is not None or report.matter.closed_at is not None or report.matter.state == "settled"


def contact_of(report: PublicReport) -> Party | None:
    """Who sent it, if he said so; the caller has found the report by ``visible_to`` and notes the look."""
    return Party.objects.filter(matter_id=report.matter_id, part=REPORTER).first()
