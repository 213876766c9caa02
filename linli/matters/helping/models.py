"""The helpers of a request for help."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter, reach_q
from linli.org.people.models import Person

HELPING = Workflow(
    "helping",
    "at_it",
    (
        State("at_it", Words("帮办中", "helping")),
        State("done", Words("已帮办", "has helped"), final=True),
        State("left", Words("已退出", "has left it"), final=True),
    ),
    (
        Move("do", ("at_it",), "done", Words("我的部分已帮好", "my part is done"), needs=("word",)),
        Move("leave", ("at_it",), "left", Words("我帮不了", "I cannot help"), needs=("word",)),
        Move("end", ("at_it",), "done", Words("随事项办结", "done with the matter"), machine=True),
    ),
)


class HelperQuery(models.QuerySet["Helper"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the request sees who helps."""
        return self.filter(reach_q(actor, "matter__line"))


class Helper(models.Model):
    """One named helper of one request, in the post for which he came; ``word`` is what he did, or why he left.

    Nothing is counted by person: rows stand below their request alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="helpers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    post = models.CharField(max_length=24)
    state = models.CharField(max_length=8, default=HELPING.initial)
    word = models.CharField(max_length=400, blank=True)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = HelperQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["joined_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "person"], condition=Q(state="at_it"), name="helper_at_it_once")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return self.matter.scope_paths()
