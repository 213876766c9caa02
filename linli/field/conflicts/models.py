"""Divergences: what the office has to decide."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.field.replay.models import Operation
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

DIVERGENCE_LIFE = Workflow(
    "divergence",
    "open",
    (
        State("open", Words("待处理", "open")),
        State("accepted", Words("已采用手机上的", "the phone's taken"), final=True),
        State("kept", Words("已保留服务器上的", "the server's left"), final=True),
    ),
    (
        Move("take_mine", ("open",), "accepted", Words("采用手机上的", "take the phone's")),
        Move("leave_server", ("open",), "kept", Words("保留服务器上的", "leave the server's")),
    ),
)


class DivergenceQuery(models.QuerySet["Divergence"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever answers for the place of the record, and the author his own."""
        return self.filter(below("path", actor.paths) | Q(operation__author_id=actor.id))

    def still_open(self) -> Self:
        return self.filter(state="open")


class Divergence(models.Model):
    """An operation that a person must decide on. ``reason``: legal (two values of one field), light (the later writer
    won, somebody should look), state (the record had moved on), scope (its author no longer may: 待转交), wiped (from a
    phone that the office had wiped). ``fields`` (sealed): for each field mine, server, was.
    """

    REASONS: ClassVar = {
        "legal": Words("同一内容两处改动", "changed in two places"),
        "light": Words("后改覆盖先改", "the later change won"),
        "state": Words("办理状态已变", "it had moved on"),
        "scope": Words("待转交", "to be handed on"),
        "wiped": Words("来自已擦除的手机", "from a wiped phone"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, related_name="divergence")
    path = models.CharField(max_length=200)
    reason = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=DIVERGENCE_LIFE.initial)
    version = models.PositiveIntegerField(default=1)
    author_name = models.CharField(max_length=80)
    record_type = models.CharField(max_length=60, blank=True)
    record_id = models.UUIDField(null=True)
    record_name = models.CharField(max_length=64, blank=True)
    fields = models.BinaryField(default=bytes)
    code = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)

    objects = DivergenceQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "id"]
        indexes: ClassVar = [models.Index(fields=["state", "path", "at"], name="divergence_open")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.path,)
