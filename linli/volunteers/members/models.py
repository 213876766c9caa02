"""Volunteers on record."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.crypto import blind_index, seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.volunteers.members.rules import KINDS, PURPOSES
from linli.works.tables.models import Loaded, Published

NAME, PHONE = "volunteers.member.name", "volunteers.member.phone"

MEMBER_LIFE = Workflow(
    "volunteer",
    "active",
    (
        State("active", Words("在册", "active")),
        State("paused", Words("暂停", "paused")),
        State("withdrawn", Words("已退出", "withdrawn"), final=True),
    ),
    (
        Move("pause", ("active",), "paused", Words("暂停", "pause")),
        Move("resume", ("paused",), "active", Words("恢复", "resume")),
        # By the act of its own: it erases name and number.
        Move("withdraw", ("active", "paused"), "withdrawn", Words("退出", "withdraw"), machine=True),
    ),
)


class MemberQuery(models.QuerySet["Member"]):
    def visible_to(self, actor: Actor) -> Self:
        """The room that keeps in touch, and whoever stands above it."""
        return self.filter(below("agency__path", actor.paths))

    def active(self) -> Self:
        return self.filter(state="active")


class Member(Loaded):
    """One volunteer, who has agreed to be on record. Name and telephone are sealed, masked wherever they are shown, and
    erased when consent ends. Nothing here compares one volunteer with another.
    """

    KINDS: ClassVar = KINDS
    PURPOSES: ClassVar = PURPOSES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    name_sealed = models.BinaryField(default=bytes)
    name_index = models.CharField(max_length=24, blank=True, db_index=True)
    phone_sealed = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=24, blank=True, db_index=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="volunteers")
    grid_code = models.CharField(max_length=24, blank=True)
    consented_on = models.DateField()
    at_night = models.BooleanField(default=False)
    person = models.OneToOneField(Person, null=True, on_delete=models.PROTECT, related_name="+")
    """The nameless card under which somebody signs in who wishes to; forgotten when he leaves (ADR 0219)."""
    state = models.CharField(max_length=10, default=MEMBER_LIFE.initial)
    withdrawn_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = Published.from_queryset(MemberQuery)()

    class Meta:
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [models.Index(fields=["agency", "state"], name="volunteer_agency")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(name_sealed=b"", phone_sealed=b"", person__isnull=True),
                name="volunteer_erased_when_withdrawn",
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return unseal(self.name_sealed, context=f"{NAME}.{self.pk}")

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, context=f"{PHONE}.{self.pk}")

    def set_name(self, name: str) -> None:
        self.name_sealed = seal(name, context=f"{NAME}.{self.pk}")
        self.name_index = blind_index(name, context=NAME)

    def set_phone(self, phone: str) -> None:
        self.phone_sealed = seal(phone, context=f"{PHONE}.{self.pk}")
        self.phone_index = blind_index(phone, context=PHONE)

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class FreeTime(models.Model):
    """When a volunteer may be asked: ``weekday`` 0 is Monday; ``until_minute`` beyond 1440 runs past midnight."""

    scope_excuse = "Read only through Member.visible_to."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="free_times")
    weekday = models.PositiveSmallIntegerField()
    from_minute = models.PositiveSmallIntegerField()
    until_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & Q(until_minute__gt=F("from_minute")), name="free_time_forward"
            )
        ]
