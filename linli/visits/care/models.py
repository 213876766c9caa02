"""Plans of care, their carers, what was promised, who went there. All that is personal is sealed."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.visits.care.rules import ENDINGS, GROUNDS, REASONS, ROLES, VISIT_KINDS
from linli.works.files.models import StoredFile

CARE_LIFE = Workflow(
    "care",
    "running",
    (
        State("running", Words("进行中", "running")),
        State("ended", Words("已结束", "ended"), final=True),
        State("withdrawn", Words("同意已撤回", "consent withdrawn"), final=True),
    ),
    (
        Move("end", ("running",), "ended", Words("结束", "end"), needs=("end_reason",)),
        Move("withdraw", ("running",), "withdrawn", Words("撤回同意", "withdraw consent")),
    ),
)
PROMISE_LIFE = Workflow(
    "care_promise",
    "open",
    (
        State("open", Words("待办", "open")),
        State("kept", Words("已办到", "kept"), final=True),
        State("dropped", Words("不再需要", "no longer wanted"), final=True),
    ),
    (
        Move("keep", ("open",), "kept", Words("办到了", "keep")),
        Move("drop", ("open",), "dropped", Words("不再需要", "drop")),
    ),
)


def unseen(plan_id: uuid.UUID) -> tuple[str, ...]:
    """The trail's path of a plan: nobody's post reaches it. Each carer sees there what he did himself, no more."""
    return (f"/~care/{plan_id}/",)


def named(actor: Actor, plan: str) -> Q:
    """Rows whose plan (the column ``plan``) names the actor as a carer now. No post reaches a plan, and no machine."""
    return Q(Exists(Carer.objects.filter(plan=OuterRef(plan), person_id=actor.id, until__isnull=True)))


class CarePlanQuery(models.QuerySet["CarePlan"]):
    def visible_to(self, actor: Actor) -> Self:
        """Named carers only; for a chief who is not named a plan does not exist."""
        return self.filter(named(actor, "pk"))

    def running(self) -> Self:
        return self.filter(state="running")


class CarePlan(models.Model):
    """Somebody who is cared for. ``called`` is what carers say among themselves and what lists show: never a name, of a
    child never anything that leads to it. There is no column for a school.
    """

    REASONS: ClassVar = REASONS
    GROUNDS: ClassVar = GROUNDS
    ENDINGS: ClassVar = ENDINGS
    SEALED: ClassVar = ("name", "phone", "address", "situation", "consent_by", "guardian_name", "guardian_phone")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    called = models.CharField(max_length=24)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    birth_year = models.PositiveSmallIntegerField(null=True)
    minor = models.BooleanField(default=False)
    name_sealed = models.BinaryField(default=bytes)
    phone_sealed = models.BinaryField(default=bytes)
    address_sealed = models.BinaryField(default=bytes)
    situation_sealed = models.BinaryField(default=bytes)
    guardian_name_sealed = models.BinaryField(default=bytes)
    guardian_phone_sealed = models.BinaryField(default=bytes)
    guardian_relation = models.CharField(max_length=16, blank=True)
    ground = models.CharField(max_length=20)
    consent_by_sealed = models.BinaryField(default=bytes)
    consent_on = models.DateField(null=True)
    consent_way = models.CharField(max_length=16, blank=True)
    consent_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    child_heard = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default=CARE_LIFE.initial)
    opened_on = models.DateField()
    review_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=16, blank=True)
    keep_until = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CarePlanQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["state", "review_on"], name="care_review"),
            models.Index(fields=["keep_until"], condition=Q(erased_at__isnull=True), name="care_keep"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="running") | Q(ended_on__isnull=False, keep_until__isnull=False),
                name="care_end_dated",
            ),
            models.CheckConstraint(
                condition=~Q(ground="consent") | Q(consent_on__isnull=False), name="care_consent_dated"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(name_sealed=b"", phone_sealed=b"", address_sealed=b"", situation_sealed=b""),
                name="care_erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.called

    def told(self, field: str) -> str:
        """A sealed value in clear; the caller has already found the row by ``visible_to``."""
        return unseal(getattr(self, f"{field}_sealed"), context=f"visits.care.{field}.{self.pk}")

    def put(self, field: str, text: str) -> None:
        """Seal a value in its place."""
        setattr(self, f"{field}_sealed", seal(text.strip(), context=f"visits.care.{field}.{self.pk}"))

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.pk)


class CarerQuery(models.QuerySet["Carer"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "plan"))

    def now(self) -> Self:
        return self.filter(until__isnull=True)


class Carer(models.Model):
    """Who is named in a plan, since when. A partner sees of the person only what ``sees`` columns allow."""

    ROLES: ClassVar = ROLES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="carers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8)
    sees_name = models.BooleanField(default=False)
    sees_phone = models.BooleanField(default=False)
    sees_address = models.BooleanField(default=False)
    sees_situation = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = CarerQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "person"], condition=Q(until__isnull=True), name="carer_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(until__isnull=True, role="lead"), name="carer_one_lead"
            ),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.plan_id)


class PromiseQuery(models.QuerySet["Promise"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "plan"))

    def open(self) -> Self:
        return self.filter(state="open")


class Promise(models.Model):
    """What was promised, by whom, until when; and what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="promises")
    what_sealed = models.BinaryField(default=bytes)
    outcome_sealed = models.BinaryField(default=bytes)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    promised_on = models.DateField()
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    state = models.CharField(max_length=8, default=PROMISE_LIFE.initial)
    version = models.PositiveIntegerField(default=1)

    objects = PromiseQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["by", "state", "due_on"], name="promise_due")]

    @property
    def what(self) -> str:
        return unseal(self.what_sealed, context=f"visits.promise.what.{self.pk}")

    @property
    def outcome(self) -> str:
        return unseal(self.outcome_sealed, context=f"visits.promise.outcome.{self.pk}")

    def put(self, field: str, text: str) -> bytes:
        """Seal a value in its place and return it."""
        sealed = seal(text.strip(), context=f"visits.promise.{field}.{self.pk}")
        setattr(self, f"{field}_sealed", sealed)
        return sealed

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.plan_id)


class CareVisitQuery(models.QuerySet["CareVisit"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "plan"))


class CareVisit(models.Model):
    """Somebody was there, or called. ``minutes`` is how long, when it was said."""

    KINDS: ClassVar = VISIT_KINDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(CarePlan, on_delete=models.CASCADE, related_name="visits")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    note_sealed = models.BinaryField(default=bytes)
    minutes = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = CareVisitQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "id"]
        indexes: ClassVar = [models.Index(fields=["by", "at"], name="care_visit_by")]

    @property
    def note(self) -> str:
        return unseal(self.note_sealed, context=f"visits.care_visit.note.{self.pk}")

    def put_note(self, text: str) -> None:
        self.note_sealed = seal(text.strip(), context=f"visits.care_visit.note.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.plan_id)
