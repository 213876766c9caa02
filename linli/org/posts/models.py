"""Held functions with their dates."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


class PostQuery(models.QuerySet["Post"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(below("agency__path", actor.paths) | Q(person_id=actor.id))

    def held_on(self, day: object) -> Self:
        return self.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))


class Post(models.Model):
    """A person holds the function ``code`` at an agency, from ``since`` (inclusive) to ``until`` (exclusive). ``main``
    is where he works.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    code = models.CharField(max_length=24)
    main = models.BooleanField(default=True)
    since = models.DateField()
    until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PostQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["agency", "code"], name="post_agency_code")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(main=True, until__isnull=True), name="post_one_main_place"
            )
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
