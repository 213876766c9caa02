"""Agreements with their signatures and instalments, and the looks taken afterwards."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.mediation.agreements.rules import AGREEMENT_LIFE, CONFIRMATION, ROLES, WAYS, canonical, digest_of
from linli.mediation.cases.models import MediationCase, named, unseen
from linli.mediation.parties.models import Disputant
from linli.org.people.models import Person
from linli.works.files.models import StoredFile


class AgreementQuery(models.QuerySet["Agreement"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class Agreement(models.Model):
    """What was agreed. The text is sealed, its digest open: every signature holds the digest that it was given under.
    ``confirm_by`` is the last day for the joint request to the court, ``clock`` the articles it rests on.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="agreements")
    number = models.PositiveSmallIntegerField(default=1)
    supplements = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="supplemented_by")
    procedure = models.CharField(max_length=16)
    oral = models.BooleanField(default=False)
    text_sealed = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=14, default=AGREEMENT_LIFE.initial)
    drafted_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True)
    perform_by = models.DateField()
    performed_on = models.DateField(null=True)
    confirm_by = models.DateField(null=True)
    clock = models.CharField(max_length=200, blank=True)
    confirmation = models.CharField(max_length=10, default="none")
    confirmation_on = models.DateField(null=True)
    court_sealed = models.BinaryField(default=bytes)
    version = models.PositiveIntegerField(default=1)

    objects = AgreementQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["state", "confirm_by"], name="agreement_confirm"),
            models.Index(fields=["state", "perform_by"], name="agreement_perform"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="agreement_number"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=("drafted", "signing")), name="agreement_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("in_effect", "performed", "not_performed")) | Q(effective_at__isnull=False),
                name="agreement_effect_dated",
            ),
            models.CheckConstraint(condition=Q(confirmation__in=list(CONFIRMATION)), name="agreement_confirmation"),
        ]

    @property
    def contents(self) -> dict[str, Any]:
        """The statutory contents in clear. Raises Invalid when they are not what was sealed here."""
        found: dict[str, Any] = json.loads(unseal(self.text_sealed, context=f"mediation.agreement.text.{self.pk}"))
        return found

    @property
    def is_intact(self) -> bool:
        """Whether the text is still the one that the digest was made of."""
        return digest_of(canonical(self.contents)) == self.digest

    def put(self, plain: dict[str, object]) -> None:
        """Seal the contents in their place and keep their digest."""
        text = canonical(plain)
        self.text_sealed = seal(text, context=f"mediation.agreement.text.{self.pk}")
        self.digest = digest_of(text)

    @property
    def court(self) -> str:
        return unseal(self.court_sealed, context=f"mediation.agreement.court.{self.pk}")

    def sealed_court(self, text: str) -> bytes:
        """Court and number of the ruling, sealed for their place."""
        return seal(text.strip(), context=f"mediation.agreement.court.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)


class OfAgreementQuery(models.QuerySet["Signature"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "agreement__case"))


class Signature(models.Model):
    """One signature under one text. ``key`` is ``party:<id>``, ``mediator`` or ``seal``; ``file`` the drawn signature
    or the photographed paper.
    """

    ROLES: ClassVar = ROLES
    WAYS: ClassVar = WAYS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    key = models.CharField(max_length=48)
    party = models.ForeignKey(Disputant, null=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)

    objects = OfAgreementQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "key"], name="signature_once")]

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.agreement.case_id)


class InstalmentQuery(models.QuerySet["Instalment"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "agreement__case"))


class Instalment(models.Model):
    """One thing that a side does by a day; ``done_on`` when it did."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="instalments")
    place = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=1)
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    proof = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = InstalmentQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "place"]
        indexes: ClassVar = [models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="instalment_due")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "place"], name="instalment_place")]

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.agreement.case_id)


class FollowUpQuery(models.QuerySet["FollowUp"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class FollowUp(models.Model):
    """Somebody looks again whether it holds: planned by the colour's row, done with what was found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="follow_ups")
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    holds = models.BooleanField(null=True)
    note_sealed = models.BinaryField(default=bytes)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = FollowUpQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="mediation_follow_due")
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "due_on"], name="follow_up_day")]

    @property
    def note(self) -> str:
        return unseal(self.note_sealed, context=f"mediation.follow_up.note.{self.pk}")

    def sealed_note(self, text: str) -> bytes:
        """What was found, sealed for its place."""
        return seal(text.strip(), context=f"mediation.follow_up.note.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)
