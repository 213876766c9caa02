"""Naming a scheme, putting a place in a grade, releasing it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.places.grading.models import Grade, Grading, Scheme
from linli.places.premises.models import Premises
from linli.places.premises.rules import KINDS

declare("grading.code_form", zh="代码只能用字母、数字、短横线和下划线。", en="A code is letters, digits, hyphens.")
declare("grading.no_grades", zh="至少要有一个等级。", en="A scheme needs at least one grade.")
declare("grading.grade_name", zh="每个等级都要有名称，代码不能重复。", en="Each grade needs a name and its own code.")
declare("grading.review_days", zh="复查间隔至少一天。", en="The interval of review is at least one day.")
declare("grading.in_use", zh="等级“{grade}”还有{count}处在用，不能删除。", en="{count} places still stand in {grade}.")
declare("grading.wrong_kind", zh="“{scheme}”不适用于{kind}。", en="{scheme} is not for a {kind}.")
declare("grading.reasons", zh="请写明定级理由。", en="Please say why.")
declare("grading.review_past", zh="复查日期须在今天之后。", en="The review must lie ahead.")
declare("grading.raced", zh="他人刚为该场所定级，请刷新后再看。", en="Somebody has just graded this place; reload.")
declare("grading.ended", zh="该定级已结束。", en="This grading has ended.")

_CODE = re.compile(r"^[0-9A-Za-z_-]{1,24}$")


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """A grade as a form gives it."""

    code: str
    zh: str
    en: str = ""
    tone: str = "ok"
    criteria: str = ""
    measures: str = ""
    review_every_days: int = 90


@act("grading.declare_scheme", zh="设定分级办法", en="declare a scheme of grades", keeps=("code", "kinds"))
def declare_scheme(
    actor: Actor, *, code: str, zh: str, grades: list[GradeFacts], en: str = "", kinds: list[str] | None = None
) -> Scheme:
    """Name a scheme with its grades, first the mildest; the same code again changes it. A grade in which places still
    stand cannot be left out (Conflict).
    """
    _check_scheme(code, zh, grades, kinds or [])
    scheme, created = Scheme.objects.get_or_create(code=code, defaults={"zh": zh, "en": en, "kinds": kinds or []})
    if not created:
        scheme.zh, scheme.en, scheme.kinds, scheme.ended_on = zh, en, kinds or [], None
        scheme.version += 1
        scheme.save()
    for gone in scheme.grades.exclude(code__in=[grade.code for grade in grades]):
        standing = Grading.objects.filter(grade=gone).count()
        if standing:
            raise Conflict("grading.in_use", grade=gone.zh, count=standing)
        gone.delete()
    for order, grade in enumerate(grades, start=1):
        Grade.objects.update_or_create(
            scheme=scheme,
            code=grade.code,
            defaults={
                "zh": grade.zh,
                "en": grade.en,
                "order": order,
                "tone": grade.tone,
                "criteria": grade.criteria,
                "measures": grade.measures,
                "review_every_days": grade.review_every_days,
            },
        )
    return scheme


def _check_scheme(code: str, zh: str, grades: list[GradeFacts], kinds: list[str]) -> None:
    if not _CODE.match(code) or not all(_CODE.match(grade.code) for grade in grades):
        raise Invalid("grading.code_form", field="code")
    if not grades:
        raise Invalid("grading.no_grades", field="grades")
    if not zh.strip() or not all(grade.zh.strip() for grade in grades):
        raise Invalid("grading.grade_name", field="grades")
    if len({grade.code for grade in grades}) != len(grades):
        raise Invalid("grading.grade_name", field="grades")
    if any(grade.review_every_days < 1 for grade in grades):
        raise Invalid("grading.review_days", field="grades")
    wrong = [kind for kind in kinds if kind not in KINDS] or [g.tone for g in grades if g.tone not in Grade.TONES]
    if wrong:
        raise Invalid("fact.wrong", field="kinds", why=wrong[0])


@act(
    "grading.decide",
    zh="场所定级",
    en="grade a place",
    keeps=("premises", "grade", "review_due_on"),
    within=lambda facts: facts["premises"].agency_path,
)
def grade_premises(
    actor: Actor,
    *,
    premises: Premises,
    grade: Grade,
    reasons: str,
    measures: str = "",
    review_due_on: date | None = None,
) -> Grading:
    """Put a place in a grade, or confirm the one it is in: the decision before it ends. ``measures`` blank takes those
    of the grade; the review falls due after the grade's own interval unless a day is given. Two people at once: one
    wins, the other gets Conflict.
    """
    if premises.closed_on is not None:
        raise Conflict("premises.closed")
    scheme = grade.scheme
    if scheme.kinds and premises.kind not in scheme.kinds:
        raise Invalid("grading.wrong_kind", scheme=scheme.zh, kind=KINDS[premises.kind].zh, field="grade")
    if not reasons.strip():
        raise Invalid("grading.reasons", field="reasons")
    now = clock.now()
    due_on = review_due_on or clock.shanghai(now).date() + timedelta(days=grade.review_every_days)
    if due_on <= clock.shanghai(now).date():
        raise Invalid("grading.review_past", field="review_due_on")
    end_gradings(Grading.objects.filter(premises=premises, scheme=scheme), why="regraded")
    try:
        with transaction.atomic():
            return Grading.objects.create(
                premises=premises,
                scheme=scheme,
                grade=grade,
                agency_path=premises.agency_path,
                reasons=reasons.strip(),
                measures=measures.strip() or grade.measures,
                graded_at=now,
                graded_by_id=actor.id,
                graded_by_name=actor.name,
                review_due_on=due_on,
            )
    except IntegrityError as raced:
        raise Conflict("grading.raced") from raced


@act(
    "grading.release",
    zh="解除定级",
    en="release a place from its grade",
    about="grading",
    within=lambda facts: facts["grading"].agency_path,
)
def release_grading(actor: Actor, *, grading: Grading) -> Grading:
    """The place needs no grade any more."""
    changed = end_gradings(Grading.objects.filter(pk=grading.pk), why="released")
    grading.refresh_from_db()
    if not changed:
        raise Conflict("grading.ended")
    return grading


def end_gradings(rows: QuerySet[Grading], *, why: str) -> int:
    """End those of ``rows`` that still count; how many. A clock that is behind the one of another machine ends none
    before it began.
    """
    return rows.filter(ended_at__isnull=True).update(
        ended_at=Greatest(clock.now(), F("graded_at")), ended_why=why, version=F("version") + 1
    )
