"""People who work here, and the accounts they sign in with."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.db import models

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below


class PersonQuery(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> Self:
        """Oneself, and whoever holds a post at or below one's own posts."""
        if actor.is_system or "/" in actor.paths:
            return self.all()
        ids = self.model.objects.filter(below("posts__agency__path", actor.paths)).values("pk")
        return self.filter(models.Q(pk=actor.id) | models.Q(pk__in=ids))


class Person(models.Model):
    """One person card: police, auxiliary, grid worker or partner. The telephone number is sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff_no = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=60)
    phone_sealed = models.BinaryField(default=bytes)
    skills = models.JSONField(default=list)
    """Codes such as first_aid, negotiator, female_officer, drone: what recommendation may ask for."""
    wecom_id = models.CharField(max_length=64, blank=True)
    left_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuery.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, context=f"org.person.phone.{self.pk}")

    def set_phone(self, number: str) -> None:
        self.phone_sealed = seal(number, context=f"org.person.phone.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return tuple(self.posts.filter(until__isnull=True).values_list("agency__path", flat=True)) or ("/",)


class Account(AbstractUser):
    """How a person or a machine signs in. Rights come from posts, never from Django's permissions."""

    scope_excuse = "Sign-in data; read by the sign-in door only."

    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account")
    machine = models.CharField(max_length=40, blank=True)
    """The name of the system actor when a machine signs in (the bureau's 110 system, a partner's platform)."""

    class Meta:
        indexes: ClassVar = []


class Token(models.Model):
    """A bearer token: only its digest is kept."""

    scope_excuse = "Sign-in data; read by the sign-in door only."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    made_at = models.DateTimeField()
