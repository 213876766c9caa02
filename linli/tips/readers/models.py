"""Readers' key pairs."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.org.people.models import Person

_PUBLIC, _PRIVATE = "tips.readerkey.public", "tips.readerkey.private"


class ReaderKeyQuery(models.QuerySet["ReaderKey"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own key."""
        return self.filter(person_id=actor.id)

    def in_force(self) -> Self:
        return self.filter(ended_on__isnull=True)


class ReaderKey(models.Model):
    """A reader's key pair. The private half is locked under his passphrase (Argon2id) and sealed by the house besides;
    the public half is sealed too, so that nobody who can only write tables puts his own in its place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    public_sealed = models.BinaryField()
    private_sealed = models.BinaryField()
    salt = models.BinaryField()
    made_on = models.DateField()
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReaderKeyQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_on__isnull=True), name="tips_one_key")
        ]

    @property
    def public(self) -> bytes:
        """The public half; raises Invalid ``crypto.unreadable`` when the row was tampered with."""
        return bytes.fromhex(unseal(self.public_sealed, context=f"{_PUBLIC}.{self.pk}.{self.person_id}"))

    @property
    def locked_private(self) -> bytes:
        """The private half as its owner's passphrase locked it."""
        return bytes.fromhex(unseal(self.private_sealed, context=f"{_PRIVATE}.{self.pk}.{self.person_id}"))

    def put(self, *, public: bytes, locked_private: bytes) -> None:
        """Seal both halves in their place; key and person of the row are given before."""
        self.public_sealed = seal(public.hex(), context=f"{_PUBLIC}.{self.pk}.{self.person_id}")
        self.private_sealed = seal(locked_private.hex(), context=f"{_PRIVATE}.{self.pk}.{self.person_id}")

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
