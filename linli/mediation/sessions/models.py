"""Sessions, their record in versions, and notes that only their author ever sees."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.mediation.cases.models import MediationCase, named, unseen
from linli.mediation.sessions.rules import BREAKS, SESSION_LIFE
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


class SessionQuery(models.QuerySet["MediationSession"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class MediationSession(models.Model):
    """One meeting. ``room`` is where it is held (None: elsewhere, in words, or by a link only)."""

    BREAKS: ClassVar = BREAKS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="sessions")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    place_sealed = models.BinaryField(default=bytes)
    link_sealed = models.BinaryField(default=bytes)
    state = models.CharField(max_length=12, default=SESSION_LIFE.initial)
    break_reason = models.CharField(max_length=12, blank=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SessionQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["begins_at", "id"]
        indexes: ClassVar = [models.Index(fields=["room", "begins_at"], name="session_room")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="running"), name="session_one_runs"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="session_ends_later"),
        ]

    def told(self, field: str) -> str:
        """The place in words or the link for joining from afar."""
        return unseal(getattr(self, f"{field}_sealed"), context=f"mediation.session.{field}.{self.pk}")

    def put(self, field: str, text: str) -> None:
        """Seal a value in its place."""
        setattr(self, f"{field}_sealed", seal(text.strip(), context=f"mediation.session.{field}.{self.pk}"))

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)


class RecordQuery(models.QuerySet["SessionRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "session__case"))


class SessionRecord(models.Model):
    """The record as somebody wrote it. Rows are added only: when two wrote upon the same version, both stay, and the
    later says so (``beside``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(MediationSession, on_delete=models.CASCADE, related_name="records")
    number = models.PositiveSmallIntegerField()
    upon = models.PositiveSmallIntegerField(default=0)
    beside = models.BooleanField(default=False)
    text_sealed = models.BinaryField(default=bytes)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RecordQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "number"], name="session_record_number")]

    @property
    def text(self) -> str:
        return unseal(self.text_sealed, context=f"mediation.record.text.{self.pk}")

    def put_text(self, text: str) -> None:
        self.text_sealed = seal(text, context=f"mediation.record.text.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.session.case_id)


class PrivateNoteQuery(models.QuerySet["PrivateNote"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever wrote it, while he works in the case. Nobody else ever."""
        return self.filter(named(actor, "case"), by_id=actor.id)


class PrivateNote(models.Model):
    """What a mediator writes for himself; it is no part of the file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="private_notes")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text_sealed = models.BinaryField(default=bytes)
    at = models.DateTimeField()

    objects = PrivateNoteQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-at"]

    @property
    def text(self) -> str:
        return unseal(self.text_sealed, context=f"mediation.private.text.{self.pk}")

    def put_text(self, text: str) -> None:
        self.text_sealed = seal(text.strip(), context=f"mediation.private.text.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)
