"""Loads: one file on its way in, step by step, and back out again; named maps; folders that are read by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.sql.compiler import SQLCompiler

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

M = TypeVar("M", bound=models.Model)

LOAD_LIFE = Workflow(
    "load",
    initial="given",
    states=(
        State("given", Words("已上传", "uploaded")),
        State("checking", Words("检查中", "checking")),
        State("checked", Words("已检查", "checked")),
        State("refused", Words("读不了", "unreadable"), final=True),
        State("publishing", Words("写入中", "writing")),
        State("published", Words("已生效", "published"), final=True),
        State("undoing", Words("撤回中", "taking back")),
        State("undone", Words("已撤回", "taken back"), final=True),
        State("dropping", Words("放弃中", "giving up")),
        State("dropped", Words("已放弃", "given up"), final=True),
    ),
    moves=(
        Move("check", ("given", "checked"), "checking", Words("检查", "check")),
        Move("check_done", ("checking",), "checked", Words("检查完毕", "checked"), machine=True),
        Move("refuse", ("checking",), "refused", Words("读不了", "unreadable"), machine=True),
        Move("publish", ("checked",), "publishing", Words("写入", "publish")),
        Move("look_again", ("publishing",), "checked", Words("须再看一遍", "to be looked at again"), machine=True),
        Move("publish_done", ("publishing",), "published", Words("生效", "published"), machine=True),
        Move("undo", ("published",), "undoing", Words("撤回", "take back")),
        Move("undo_done", ("undoing",), "undone", Words("撤回完毕", "taken back"), machine=True),
        Move("discard", ("given", "checked"), "dropped", Words("不要了", "discard")),
        Move("drop", ("publishing",), "dropping", Words("放弃", "give up")),
        Move("drop_done", ("dropping",), "dropped", Words("放弃完毕", "given up"), machine=True),
    ),
)


class LoadQuery(models.QuerySet["Load"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own; administrators and auditors all of them."""
        if actor.is_system or actor.holds("administrator", "auditor"):
            return self.all()
        return self.filter(owner_id=actor.id)


class Load(models.Model):
    """One file for one KIND, from its upload to its publication and, if need be, back.

    ``hidden``: rows that carry this load are seen by nobody yet, or no more. ``rows`` is the sum of created, updated,
    unchanged and rejected; ``done`` of ``total`` changes are written (or taken back). ``rows_sha256`` is the digest of
    what was looked at in the check; ``kept`` names the rows that an undo left as they are, and why. ``path`` is the
    file as the command line gave it, blank when it lies in the load's own folder.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=12, default=LOAD_LIFE.initial)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=400, blank=True)
    map_text = models.TextField(blank=True)
    strict = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    report = models.CharField(max_length=400, blank=True)
    error = models.CharField(max_length=500, blank=True)
    kept = models.JSONField(default=list)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = LoadQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner_id", "made_at"], name="load_owner"),
            models.Index(fields=["id"], condition=Q(hidden=True), name="load_hidden"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class LoadStep(models.Model):
    """What one step of a load wrote, so that it can be taken back: in the same transaction as the rows.

    ``created``: per model the keys of new rows, with the version or the check sum that they had. ``before_sealed``:
    the values that were overwritten and dropped, with those put in their place (sealed: they may be personal).
    """

    scope_excuse = "The machinery's own notes for taking a load back; values in it are sealed."

    id = models.BigAutoField(primary_key=True)
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="steps")
    created = models.BinaryField(default=bytes)
    before_sealed = models.BinaryField(default=bytes)
    rows = models.PositiveIntegerField(default=0)

    objects = models.Manager["LoadStep"]()


class SavedMap(models.Model):
    """A named map of columns for one KIND: chosen again for the next file of the same make."""

    scope_excuse = "Headings of columns and what they mean: nobody's data."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    text = models.TextField()
    made_at = models.DateTimeField()

    objects = models.Manager["SavedMap"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "name"], name="saved_map_once")]

    def __str__(self) -> str:
        return self.name


class FeedRunQuery(models.QuerySet["FeedRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """Feeds are the administrator's to see; the auditor checks them."""
        return self.all() if actor.is_system or actor.holds("administrator", "auditor") else self.none()


class FeedRun(models.Model):
    """One file that a feed has read, one register that it has left or sent, or why it could not. ``digest`` is that of
    the rows that went out: what has not changed is not sent again.
    """

    STATES: ClassVar = {
        "read": Words("已读入", "read"),
        "left": Words("已导出", "left in its folder"),
        "sent": Words("已发出", "sent in bundles"),
        "same": Words("没有变化", "nothing new"),
        "refused": Words("读不了", "unreadable"),
        "failed": Words("未能进行", "could not run"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    feed = models.CharField(max_length=40)
    at = models.DateTimeField()
    state = models.CharField(max_length=8)
    file_name = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    load = models.UUIDField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=300, blank=True)

    objects = FeedRunQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["feed", "at"], name="feed_run")]


_own: ContextVar[UUID | None] = ContextVar("the load that looks at its own rows", default=None)


@contextmanager
def own_rows_of(load: Load | None) -> Iterator[None]:
    """Within this block rows that ``load`` has staged are seen, by this thread alone."""
    mark = _own.set(load.pk if load else None)
    try:
        yield
    finally:
        _own.reset(mark)


@models.UUIDField.register_lookup
class Seen(models.Lookup):
    """``load__seen=True``: no load made this row, or one that is published, or the one whose own rows are looked at.

    One short condition of SQL: it stands in every question about a register, also where a call waits for the answer.
    """

    lookup_name = "seen"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, given = self.process_lhs(compiler, connection)
        own = _own.get()
        but, own_key = (" AND id <> %s", [own.hex if connection.vendor == "sqlite" else own]) if own else ("", [])
        hidden = f"SELECT id FROM works_load WHERE hidden{but}"  # noqa: S608  (no value of anybody's in it)
        return f"({left} IS NULL OR {left} NOT IN ({hidden}))", [*given, *given, *own_key]


class Loaded(models.Model):
    """A row that a load may have made: ``load`` is its key. It is seen when it has none, or a published one.

    No foreign key: loads are never deleted, and a hundred thousand rows at once are not each looked up.
    """

    load = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True


class Published(models.Manager[M]):
    """The manager of a ``Loaded`` model leaves out what is staged or taken back:
    ``objects = Published.from_queryset(HomeQuery)()``.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(load__seen=True)


def load_of(row: models.Model) -> UUID | None:
    """The load that made a row, if it carries one."""
    found: UUID | None = getattr(row, "load", None)
    return found
