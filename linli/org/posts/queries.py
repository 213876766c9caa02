"""From an account to the actor that the house knows."""

from __future__ import annotations

import uuid

from linli.kernel import clock
from linli.kernel.scope import Actor, HeldPost, system
from linli.org.people.models import Account, Person
from linli.org.posts.models import Post
from linli.org.posts.rules import sees_there


def actor_for(account: Account, *, door: str, purpose: str = "", device: str = "") -> Actor:
    """The actor behind an account, with the posts held today (Asia/Shanghai). An account without a person or machine
    has none.
    """
    if account.machine:
        machine = system(account.machine)
        return Actor(
            id=machine.id, name=account.machine, kind="partner", posts=_machine_posts(account), door=door, device=device
        )
    if account.person is None:
        return Actor(id=_no_person(account), name=account.username, kind="person", door=door)
    return person_actor(account.person, door=door, purpose=purpose, device=device)


def person_actor(person: Person, *, door: str, purpose: str = "", device: str = "") -> Actor:
    """The actor that a person is today."""
    today = clock.shanghai(clock.now()).date()
    held = Post.objects.held_on(today).filter(person=person).select_related("agency")
    posts = tuple(
        HeldPost(post.code, post.agency_id, post.agency.path, sees_there(post.code, post.agency.kind)) for post in held
    )
    return Actor(id=person.pk, name=person.name, kind="person", posts=posts, door=door, purpose=purpose, device=device)


def _machine_posts(account: Account) -> tuple[HeldPost, ...]:
    # A machine stands for the whole house at its own narrow post: rights are the post's, the reach is the root.
    return (HeldPost("intake_machine", system(account.machine).id, "/"),)


def _no_person(account: Account) -> uuid.UUID:
    return system(f"account:{account.pk}").id
