"""Applications of residents."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency

NAME, PHONE = "volunteers.application.name", "volunteers.application.phone"

APPLICATION_LIFE = Workflow(
    "volunteer_application",
    "waiting",
    (
        State("waiting", Words("待联系", "waits for a call")),
        State("accepted", Words("已登记", "registered"), final=True),
        State("declined", Words("不登记", "not registered"), final=True),
    ),
    (
        Move("accept", ("waiting",), "accepted", Words("登记", "register"), machine=True),
        Move("decline", ("waiting",), "declined", Words("不登记", "do not register")),
    ),
)


class ApplicationQuery(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor) -> Self:
        """The room that will call, and whoever stands above it."""
        return self.filter(below("agency__path", actor.paths))

    def waiting(self) -> Self:
        return self.filter(state="waiting")


class Application(models.Model):
    """Somebody who asked to become a safety watcher. Name and telephone are sealed, and erased with the decision:
    who is registered then stands in the register of volunteers, with his own consent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="applications")
    name_sealed = models.BinaryField(default=bytes)
    phone_sealed = models.BinaryField(default=bytes)
    free = models.CharField(max_length=120, blank=True)
    once_index = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=10, default=APPLICATION_LIFE.initial)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ApplicationQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at", "id"]
        indexes: ClassVar = [models.Index(fields=["agency", "state"], name="application_agency")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(name_sealed=b"", phone_sealed=b""), name="application_erased"
            )
        ]

    @property
    def name(self) -> str:
        return unseal(self.name_sealed, context=f"{NAME}.{self.pk}")

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, context=f"{PHONE}.{self.pk}")

    def set_contact(self, name: str, phone: str) -> None:
        self.name_sealed = seal(name, context=f"{NAME}.{self.pk}")
        self.phone_sealed = seal(phone, context=f"{PHONE}.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
