"""A task on its way down, who got it, what came of it; and how many a week are let through."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.works.files.models import StoredFile

TASKING = Workflow(
    "tasking",
    "asked",
    (
        State("asked", Words("待批准", "waits for a chief's word")),
        State("running", Words("进行中", "running")),
        State("refused", Words("未批准", "not approved"), final=True),
        State("closed", Words("已到期结束", "ended"), final=True),
        State("recalled", Words("已撤回", "recalled"), final=True),
    ),
    (
        Move("approve", ("asked",), "running", Words("批准下发", "approve")),
        Move("refuse", ("asked",), "refused", Words("不批准", "refuse"), needs=("decision",)),
        Move("close", ("running",), "closed", Words("结束", "end")),
        Move("recall", ("asked", "running"), "recalled", Words("撤回", "recall")),
    ),
)
RECEIPT = Workflow(
    "task_receipt",
    "sent",
    (
        State("sent", Words("未读", "unread")),
        State("read", Words("已读", "read")),
        State("part", Words("部分完成", "partly done")),
        State("done", Words("已完成", "done"), final=True),
        State("ended", Words("到期未完成", "ended undone"), final=True),
        State("recalled", Words("已撤回", "recalled"), final=True),
    ),
    (
        Move("read", ("sent",), "read", Words("知道了", "read")),
        Move("part", ("sent", "read", "part"), "part", Words("部分完成", "do a part")),
        Move("do", ("sent", "read", "part"), "done", Words("完成", "do")),
        Move("do_late", ("ended",), "done", Words("期内完成，迟到送达", "done in time, told late"), machine=True),
        Move("end", ("sent", "read", "part"), "ended", Words("到期", "end"), machine=True),
        Move("recall", ("sent", "read", "part"), "recalled", Words("撤回", "recall"), machine=True),
    ),
)
OPEN = ("sent", "read", "part")


class TaskingQuery(models.QuerySet["Tasking"]):
    def visible_to(self, actor: Actor) -> Self:
        """Who works where it was sent from or to, and whoever got it."""
        got = Receipt.objects.filter(tasking=OuterRef("pk"), person_id=actor.id)
        reach = below("agency__path", actor.paths) | below("area__path", actor.paths)
        return self.filter(reach | (Q(Exists(got)) & ~Q(state="asked")))


class Tasking(models.Model):
    """How a matter of kind task goes down: to which posts (:class:`TaskPost`) in which area, until when.

    ``agency`` sends it, ``parts`` is how many things each is asked for, ``basis`` the regulation of a task by rule.
    ``seen_by``/``decision`` are the chief's word where the gate asked for one. ``spread_at``: everybody has it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, related_name="tasking")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=8)
    basis = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, default=TASKING.initial)
    parts = models.PositiveSmallIntegerField(default=1)
    ends_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    issued_by_name = models.CharField(max_length=80)
    issuer_post = models.CharField(max_length=24)
    seen_by_name = models.CharField(max_length=80, blank=True)
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    spread_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    draws = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = TaskingQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "issuer_post", "issued_at"], name="tasking_gate"),
            models.Index(fields=["state", "ends_at"], name="tasking_state"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class TaskPost(models.Model):
    """A post that a task goes to."""

    scope_excuse = "Part of a task: whoever finds the task reads to which posts it went."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tasking = models.ForeignKey(Tasking, on_delete=models.CASCADE, related_name="posts")
    post = models.CharField(max_length=24)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tasking", "post"], name="task_post_once")]


class ReceiptQuery(models.QuerySet["Receipt"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; and those of who works below one's own posts."""
        return self.filter(Q(person_id=actor.id) | below("agency__path", actor.paths))

    def open(self) -> Self:
        return self.filter(state__in=OPEN)


class Receipt(models.Model):
    """One recipient of a task, once. ``did`` of the task's ``parts`` are done; ``check`` is what a look at it found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tasking = models.ForeignKey(Tasking, on_delete=models.CASCADE, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=24)
    state = models.CharField(max_length=8, default=RECEIPT.initial)
    did = models.PositiveSmallIntegerField(default=0)
    remark = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    device_at = models.DateTimeField(null=True)
    check_state = models.CharField(max_length=5, blank=True)
    check_word = models.TextField(blank=True)
    drawn_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_by_name = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReceiptQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "sent_at"], condition=Q(state__in=OPEN), name="task_receipt_person"),
            models.Index(fields=["tasking", "agency", "state"], name="task_receipt_tasking"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["tasking", "person"], name="task_receipt_once")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class ReceiptFileQuery(models.QuerySet["ReceiptFile"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Q(receipt__person_id=actor.id) | below("receipt__agency__path", actor.paths))


class ReceiptFile(models.Model):
    """A picture or recording that somebody sent with what he did."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    at = models.DateTimeField()

    objects = ReceiptFileQuery.as_manager()

    def scope_paths(self) -> tuple[str, ...]:
        return self.receipt.scope_paths()


class Allowance(models.Model):
    """How many tasks a week a post of ``agency`` (or of one below it) may send to a post; one row is one promise."""

    scope_excuse = "Rows of a rule that whoever sends or gets tasks may read: how many a week are let through."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    issuer_post = models.CharField(max_length=24)
    to_post = models.CharField(max_length=24)
    a_week = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["agency__path", "issuer_post", "to_post"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "issuer_post", "to_post"], name="allowance_once")
        ]
