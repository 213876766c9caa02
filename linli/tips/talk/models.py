"""A tip and what hangs on it. Nothing here is clear but days, states and who can open.

Keys of these rows are drawn by chance and not from the clock as elsewhere: a UUIDv7 holds the millisecond.
"""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.kernel import clock
from linli.kernel.ids import drawn_id
from linli.kernel.scope import Actor
from linli.org.posts.models import Post
from linli.tips.readers.models import ReaderKey
from linli.tips.talk.rules import OUTCOMES, TIP_LIFE


def unseen(tip_id: uuid.UUID) -> tuple[str, ...]:
    """The trail's path of a tip: no post reaches it. A reader sees there what he did himself; the auditor all."""
    return (f"/~tips/{tip_id}/",)


def sealed_to(actor: Actor, tip: str) -> Q:
    """Rows whose tip (the column ``tip``) is sealed to the actor's key in force, by a post that he holds today."""
    today = clock.today()
    mine = Envelope.objects.filter(
        tip=OuterRef(tip), key__person_id=actor.id, key__ended_on__isnull=True, post__since__lte=today
    )
    return Q(Exists(mine.filter(Q(post__until__isnull=True) | Q(post__until__gt=today))))


class TipQuery(models.QuerySet["Tip"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that are sealed to the actor; for everybody else, the chief and the system too, there is none."""
        return self.filter(sealed_to(actor, "pk"))


class Tip(models.Model):
    """One anonymous tip. ``index`` finds it by its receipt; ``giver_boxed`` is its private key boxed to the giver's,
    whose private half is made of the receipt, as each envelope is it for a reader. All that is said lies in its words.
    """

    OUTCOMES: ClassVar = OUTCOMES

    id = models.UUIDField(primary_key=True, default=drawn_id, editable=False)
    code = models.CharField(max_length=9, unique=True)
    index = models.CharField(max_length=32, unique=True)
    public = models.BinaryField()
    giver_public = models.BinaryField()
    giver_boxed = models.BinaryField()
    state = models.CharField(max_length=10, default=TIP_LIFE.initial)
    outcome = models.CharField(max_length=16, blank=True)
    given_on = models.DateField()
    heard_on = models.DateField()
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = TipQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "closed_on"], name="tips_state")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(state="closed") | Q(closed_on__isnull=False), name="tips_closed_dated")
        ]

    def __str__(self) -> str:
        return self.code

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.pk)


class Envelope(models.Model):
    """A tip's private key, boxed to one reader's key. ``post`` made him a reader: it opens while he holds it."""

    scope_excuse = "Opened only by its own reader's private key; read through Tip.visible_to."

    id = models.UUIDField(primary_key=True, default=drawn_id, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="envelopes")
    key = models.ForeignKey(ReaderKey, on_delete=models.CASCADE, related_name="envelopes")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    boxed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tip", "key"], name="tips_envelope_once")]


class WordQuery(models.QuerySet["Word"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(sealed_to(actor, "tip"))


class Word(models.Model):
    """One thing said, boxed to the tip's key. ``place`` is its order in the talk; of when, only the day is kept."""

    id = models.UUIDField(primary_key=True, default=drawn_id, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="words")
    place = models.PositiveSmallIntegerField()
    by_giver = models.BooleanField()
    boxed = models.BinaryField()
    said_on = models.DateField()

    objects = WordQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["tip", "place"], name="tips_word_in_order")]


class TipFileQuery(models.QuerySet["TipFile"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(sealed_to(actor, "tip"))


class TipFile(models.Model):
    """The bytes of a cleaned file under a key that only its word holds. In the table and not in the store: a file on
    the disk has a time.
    """

    id = models.UUIDField(primary_key=True, default=drawn_id, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="files")
    locked = models.BinaryField()

    objects = TipFileQuery.as_manager()
