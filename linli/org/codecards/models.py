"""The cards."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.people.models import Person

CARD_LIFE = Workflow(
    "code_card",
    "printed",
    (
        State("printed", Words("待绑定手机", "to be bound to a phone")),
        State("bound", Words("使用中", "in use")),
        State("locked", Words("已锁定", "locked")),
        State("revoked", Words("已作废", "revoked"), final=True),
    ),
    (
        Move("bind", ("printed",), "bound", Words("绑定手机", "bind to a phone"), machine=True),
        Move("lock", ("printed", "bound"), "locked", Words("锁定", "lock"), machine=True),
        Move("renew", ("printed", "bound", "locked"), "printed", Words("重新启用", "begin anew")),
        Move("revoke", ("printed", "bound", "locked"), "revoked", Words("作废", "revoke"), needs=("why",)),
    ),
)
ALIVE = ("printed", "bound", "locked")


class CodeCardQuery(models.QuerySet["CodeCard"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(below("agency__path", actor.paths) | Q(person_id=actor.id))


class CodeCard(models.Model):
    """A printed card of a person. The code is found by its blind index and sealed for printing; of the PIN only an
    Argon2id hash is kept, of the phone the digest of its token. ``fails`` are wrong PINs in a row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="code_cards")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default=CARD_LIFE.initial)
    code_index = models.CharField(max_length=32, unique=True)
    code_sealed = models.BinaryField()
    pin_hash = models.CharField(max_length=160)
    starter = models.BooleanField(default=True)
    """The PIN is the one to begin with: its holder chooses his own when he binds his phone."""
    device_digest = models.CharField(max_length=64, blank=True)
    session = models.BinaryField(default=bytes)
    fails = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    issued_by_name = models.CharField(max_length=80)
    bind_until = models.DateTimeField()
    bound_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=8, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CodeCardQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["device_digest"], name="code_card_device")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(state__in=ALIVE), name="code_card_one_alive")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
