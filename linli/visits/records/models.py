"""Visits as they were recorded, and what hangs on them."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.addresses.models import Address
from linli.places.occupants.models import Occupant
from linli.places.premises.models import Premises
from linli.visits.plans.models import Campaign, Due
from linli.visits.records.rules import SEALED
from linli.works.files.models import StoredFile

VISIT_LIFE = Workflow(
    "visit",
    "waiting",
    (
        State("waiting", Words("待民警核签", "waiting for an officer's sign")),
        State("official", Words("已生效", "official"), final=True),
        State("sent_back", Words("退回补正", "sent back")),
    ),
    (
        # domain A7: what an auxiliary, an assistant or a grid worker wrote counts when an officer has signed for it.
        Move("countersign", ("waiting",), "official", Words("核签", "countersign"), needs=("signed_by_id",)),
        Move("send_back", ("waiting",), "sent_back", Words("退回", "send back"), needs=("sent_back_why",)),
        Move("correct_again", ("sent_back",), "waiting", Words("补正再报", "correct and hand in"), machine=True),
    ),
)


class VisitQuery(models.QuerySet["Visit"]):
    def visible_to(self, actor: Actor) -> Self:
        """The room that answers for the door and whoever stands above it; one's own. A civil post reaches its own."""
        return self.filter(below("agency__path", actor.paths) | Q(by_id=actor.id))

    def counted(self) -> Self:
        """What figures count: all but what was sent back."""
        return self.exclude(state="sent_back")


class Visit(models.Model):
    """Somebody went to a door. Who was met, what was said and what was seen are sealed: free words about people.

    ``people_met`` are person-visits, ``helped`` how many people got a hand. ``door`` is the same for the same door.
    Nothing here says what anybody is like, and nothing is counted of whoever was visited.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reason = models.CharField(max_length=24)
    outcome = models.CharField(max_length=8, default="met")
    state = models.CharField(max_length=10, default="official")
    visited_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visits")
    by_name = models.CharField(max_length=80)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="visits")
    grid_code = models.CharField(max_length=24, blank=True)
    door = models.CharField(max_length=64, db_index=True)
    address = models.ForeignKey(Address, null=True, on_delete=models.PROTECT, related_name="visits")
    room = models.CharField(max_length=20, blank=True)
    premises = models.ForeignKey(Premises, null=True, on_delete=models.PROTECT, related_name="visits")
    place = models.CharField(max_length=160)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    due = models.ForeignKey(Due, null=True, on_delete=models.SET_NULL, related_name="visits")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.SET_NULL, related_name="visits")
    people_met = models.PositiveSmallIntegerField(default=0)
    helped = models.PositiveSmallIntegerField(default=0)
    words_sealed = models.BinaryField(default=bytes)
    signed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    sent_back_why = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = VisitQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-visited_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "visited_at"], name="visit_agency"),
            models.Index(fields=["by", "visited_at"], name="visit_by"),
            models.Index(fields=["agency", "recorded_at"], condition=Q(state="waiting"), name="visit_waiting"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)

    @property
    def said(self) -> dict[str, str]:
        """The free words by name (``records.rules.SEALED``)."""
        return _opened(self.words_sealed, f"visits.visit.words.{self.pk}")

    def set_said(self, words: dict[str, str]) -> None:
        """Seal the free words; empty ones are not kept."""
        self.words_sealed = _sealed(words, f"visits.visit.words.{self.pk}")


def _opened(blob: bytes | memoryview, context: str) -> dict[str, Any]:
    text = unseal(blob, context=context)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _sealed(words: dict[str, Any], context: str) -> bytes:
    kept = {name: text for name, text in words.items() if text not in ("", None)}
    return seal(json.dumps(kept, ensure_ascii=False), context=context) if kept else b""


class VisitChoice(models.Model):
    """What was talked about or given, one row a choice: what is counted is a row."""

    scope_excuse = "Read only through Visit.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=8)
    """``topic`` or ``given``."""
    code = models.CharField(max_length=24)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "code"], name="visit_choice")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["visit", "kind", "code"], name="visit_choice_once")]


class VisitMatter(models.Model):
    """A matter that was opened from a visit, in the same transaction."""

    scope_excuse = "Read only through Visit.visible_to; the matter itself through Matter.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="opened")
    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, related_name="from_visit")


class VisitOccupant(models.Model):
    """Somebody on record who was met, by reference: the visit says no name. The record that was named stays named when
    it is merged into another or that is taken back; readers follow ``merged_into`` (ADR 0155).

    ``lives_here``: who was there says that he still lives at this door, which confirms his residence.
    """

    scope_excuse = "Read only through Visit.visible_to; the person through Occupant.visible_to, masked."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="named")
    occupant = models.ForeignKey(Occupant, on_delete=models.CASCADE, related_name="+")
    lives_here = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["visit", "occupant"], name="visit_occupant_once")]


class VisitFile(models.Model):
    """A voice note or a picture that its author chose to add; none is ever asked for."""

    scope_excuse = "Read only through Visit.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["visit", "file"], name="visit_file_once")]


class VisitVersion(models.Model):
    """What a visit said before its author corrected it: sealed, with who, when and why. Never overwritten."""

    scope_excuse = "Read only through Visit.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    before_sealed = models.BinaryField(default=bytes)
    why = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["visit", "number"], name="visit_version_once")]

    @property
    def before(self) -> dict[str, Any]:
        """The values that were replaced, by name."""
        return _opened(self.before_sealed, f"visits.version.{self.pk}")

    def set_before(self, values: dict[str, Any]) -> None:
        """Seal the values as they were."""
        self.before_sealed = _sealed(values, f"visits.version.{self.pk}")


__all__ = ["SEALED", "VISIT_LIFE", "Visit", "VisitChoice", "VisitFile", "VisitMatter", "VisitOccupant", "VisitVersion"]
