"""Cases, who works in them, and how they were graded. Only who is named in a case finds it."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.mediation.cases.rules import CAUSES, ENDINGS, LIFE, PARTS, SOURCES, is_group
from linli.mediation.schemes.rules import TONES
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


def unseen(case_id: uuid.UUID) -> tuple[str, ...]:
    """The trail's path of a case: nobody's post reaches it. Who works in it sees there what he did himself."""
    return (f"/~mediation/{case_id}/",)


def named(actor: Actor, case: str) -> Q:
    """Rows whose case (the column ``case``) names the actor now. No post reaches a case, and no machine."""
    return Q(Exists(CaseMember.objects.filter(case=OuterRef(case), person_id=actor.id, until__isnull=True)))


class CaseQuery(models.QuerySet["MediationCase"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who is named in it. What others may know of a dispute is ``cases.queries.faces``."""
        return self.filter(named(actor, "pk"))

    def running(self) -> Self:
        return self.exclude(state__in=[state.name for state in LIFE.states if state.final])


class MediationCase(models.Model):
    """A dispute under mediation. ``tone`` is how its colour is shown (blue, yellow, red); ``mediate_by`` the last day
    of the procedure's period, ``colour_due_on`` that of its colour; ``clock`` cites the article.
    """

    CAUSES: ClassVar = CAUSES
    SOURCES: ClassVar = SOURCES
    ENDINGS: ClassVar = ENDINGS
    TONES: ClassVar = TONES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="mediation")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=12)
    source = models.CharField(max_length=12)
    households = models.PositiveIntegerField(null=True)
    answer_by = models.DateField(null=True)
    amount_yuan = models.PositiveBigIntegerField(null=True)
    language = models.CharField(max_length=16, blank=True)
    signs = models.JSONField(default=list)
    scheme = models.CharField(max_length=24, blank=True)
    colour = models.CharField(max_length=16, blank=True)
    tone = models.CharField(max_length=8, blank=True)
    colour_due_on = models.DateField(null=True)
    procedure = models.CharField(max_length=16, blank=True)
    bars = models.JSONField(default=list)
    state = models.CharField(max_length=12, default=LIFE.initial)
    tries = models.PositiveSmallIntegerField(default=0)
    clock = models.CharField(max_length=200, blank=True)
    mediate_by = models.DateField(null=True)
    opened_at = models.DateTimeField()
    accepted_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, blank=True)
    end_words_sealed = models.BinaryField(default=bytes)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["state", "tone"], name="mediation_state"),
            models.Index(fields=["agency", "state"], name="mediation_agency"),
            models.Index(fields=["opened_at"], name="mediation_opened"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(end_reason=""), name="mediation_end_said"),
            models.CheckConstraint(condition=Q(tone__in=["", *TONES]), name="mediation_tone"),
        ]

    def __str__(self) -> str:
        return str(self.matter)

    @property
    def is_over(self) -> bool:
        return LIFE.state(self.state).final

    @property
    def is_group(self) -> bool:
        return is_group(self.households)

    @property
    def end_words(self) -> str:
        return unseal(self.end_words_sealed, context=f"mediation.case.end_words.{self.pk}")

    def sealed_end_words(self, text: str) -> bytes:
        """Words on how it ended, sealed for their place."""
        return seal(text.strip(), context=f"mediation.case.end_words.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.pk)


class CaseMemberQuery(models.QuerySet["CaseMember"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))

    def now(self) -> Self:
        return self.filter(until__isnull=True)


class CaseMember(models.Model):
    """Who works in a case, since when. One leads it."""

    PARTS: ClassVar = PARTS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = CaseMemberQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until__isnull=True), name="case_member_once"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(until__isnull=True, part="lead"), name="case_one_lead"
            ),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)


class ColourDecisionQuery(models.QuerySet["ColourDecision"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class ColourDecision(models.Model):
    """One grading: what the table proposed and why, what was decided by whom. Rows are added, none is changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="gradings")
    scheme = models.CharField(max_length=24)
    proposed = models.CharField(max_length=16)
    colour = models.CharField(max_length=16)
    tone = models.CharField(max_length=8)
    reasons = models.JSONField(default=list)
    why_sealed = models.BinaryField(default=bytes)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ColourDecisionQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    @property
    def why(self) -> str:
        return unseal(self.why_sealed, context=f"mediation.grading.why.{self.pk}")

    def put_why(self, text: str) -> None:
        """Seal why it was decided otherwise."""
        self.why_sealed = seal(text.strip(), context=f"mediation.grading.why.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)
