"""Who acts, and for which part of the organisation tree.

A path is the chain of agency codes from the root, ``/bureau/station/room/``. A post held at a path reaches everything
below it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q

SYSTEM_NAMESPACE = uuid.UUID("6a1f7a52-2f0b-5c36-9d0a-6c696e6c6900")


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A function held now: ``code`` of the post, and the agency where it is held.

    ``sees`` is False of a civil post at a police agency (a liaison cadre of a room): it may act there, and sees nothing
    of it but what is its own.
    """

    code: str
    agency_id: uuid.UUID
    path: str
    sees: bool = True


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does or looks. ``kind`` is person, partner or system; ``door`` is page, api, field, command or system."""

    id: uuid.UUID
    name: str
    kind: str = "person"
    posts: tuple[HeldPost, ...] = ()
    door: str = "page"
    purpose: str = ""
    device: str = ""
    only: frozenset[str] | None = None
    """All that this way of coming in lets do, of what the posts may; None: no narrower than the posts."""

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def paths(self) -> tuple[str, ...]:
        """The shortest paths that this actor reaches; a system actor reaches all."""
        if self.is_system:
            return ("/",)
        held = sorted({post.path for post in self.posts if post.sees}, key=len)
        return tuple(path for i, path in enumerate(held) if not any(path.startswith(up) for up in held[:i]))

    def holds(self, *codes: str) -> bool:
        return any(post.code in codes for post in self.posts)

    def reaches(self, path: str) -> bool:
        return any(path.startswith(own) for own in self.paths)


def system(name: str) -> Actor:
    """A machine as a named actor: it may do what the house declares, and is seen in the trail by its name."""
    return Actor(id=uuid.uuid5(SYSTEM_NAMESPACE, name), name=name, kind="system", door="system")


def below(field_name: str, paths: tuple[str, ...]) -> Q:
    """A filter for rows whose path in ``field_name`` lies at or below one of ``paths``; no path means no row.

    A range on the path instead of LIKE: both databases then use an ordinary index whatever their collation does with
    LIKE.
    """
    if "/" in paths:
        # Not the empty Q(): joined with another by "or" that would mean only the other.
        return ~Q(pk__in=[])
    reach = Q(pk__in=[])
    for path in paths:
        reach |= Q(**{f"{field_name}__gte": path, f"{field_name}__lt": path[:-1] + "0"})
    return reach
