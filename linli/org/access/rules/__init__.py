"""Rights are post × act × scope, in one table that everybody can read. What is not here is not allowed."""

from __future__ import annotations

from linli.kernel.scope import Actor
from linli.org.access.rules import beside, doors, line, mediation
from linli.org.access.rules.machines import SYSTEM_ONLY
from linli.org.access.rules.offices import OFFICES

__all__ = ["RIGHTS", "SYSTEM_ONLY", "holds_right"]

_PARTS = (beside, doors, line, mediation)


def _rights_of(post: str) -> frozenset[str]:
    """All that a post carries: by itself, by each programme, and as a person. Who opens matters may paste one."""
    held = OFFICES[post].union(*(given.get(post, ()) for part in _PARTS for given in part.GIVEN))
    if "matter.open" in held:
        held |= {"matter.paste"}
    return held if post == "intake_machine" else held | beside.EVERYBODY


RIGHTS: dict[str, frozenset[str]] = {post: _rights_of(post) for post in OFFICES}
"""Post → the acts it carries; a programme adds its own file with a ``GIVEN`` to this package."""


def holds_right(actor: Actor, act: str, path: str | None) -> bool:
    """Whether one of the actor's posts carries the act and is held at or above ``path`` (None: anywhere)."""
    if actor.is_system:
        return True
    if actor.only is not None and act not in actor.only:
        return False
    return any(
        act in RIGHTS.get(post.code, frozenset()) and (path is None or path.startswith(post.path))
        for post in actor.posts
    )
