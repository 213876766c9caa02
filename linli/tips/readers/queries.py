"""Who could read tips today, whose key is open, and the opening of one's own."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta

from linli.kernel import clock
from linli.kernel.boxes import stretched, unlock
from linli.kernel.crypto import seal, unseal
from linli.kernel.errors import Conflict, Invalid, NotAllowed, Refusal
from linli.kernel.scope import Actor
from linli.org.posts.models import Post
from linli.tips.readers.models import ReaderKey
from linli.tips.readers.rules import READERS, Candidate

OPEN_FOR = timedelta(minutes=15)
"""How long a desk stays open after its last use; then the passphrase is asked again."""
_LOCK = "tips.readerkey.lock"
_AT_DESK = "tips.desk"


def candidates() -> list[Candidate]:
    """Every post of a reader held today by somebody with a key, whatever it is a tip is about."""
    keys = {key.person_id: key for key in ReaderKey.objects.in_force()}
    posts = Post.objects.held_on(clock.today()).filter(code__in=READERS, person_id__in=list(keys))
    rows = posts.select_related("agency", "person").order_by("agency__path", "code", "pk")
    return [
        Candidate(
            person_id=post.person_id,
            name=post.person.name,
            post=post.code,
            post_id=post.pk,
            path=post.agency.path,
            key_id=keys[post.person_id].pk,
            public=keys[post.person_id].public,
        )
        for post in rows
    ]


def reader_names() -> list[Candidate]:
    """Every post of a reader held today, with a key or without: whoever is named in a tip is left out of it even
    before he has one. ``public`` is empty here.
    """
    posts = Post.objects.held_on(clock.today()).filter(code__in=READERS).select_related("agency", "person")
    return [
        Candidate(post.person_id, post.person.name, post.code, post.pk, post.agency.path, post.pk, b"")
        for post in posts
    ]


def own_key(actor: Actor) -> ReaderKey | None:
    """The actor's key in force."""
    return ReaderKey.objects.visible_to(actor).in_force().first()


def check_reader(actor: Actor) -> None:
    """Raises NotAllowed ``tip.not_a_reader`` for whoever holds no post that reads tips."""
    if not actor.holds(*READERS):
        raise NotAllowed("tip.not_a_reader")


def private_of(actor: Actor, passphrase: str) -> bytes:
    """One's private key by one's passphrase, at the cost of a guess. Raises Conflict ``tip.no_key``, Invalid
    ``boxes.shut``.
    """
    check_reader(actor)
    key = own_key(actor)
    if key is None:
        raise Conflict("tip.no_key")
    return lock_opened(key, passphrase)


def lock_opened(key: ReaderKey, passphrase: str) -> bytes:
    """The private half under its lock."""
    secret = stretched(passphrase.strip(), salt=bytes(key.salt))
    try:
        return unlock(key.locked_private, key=secret, context=f"{_LOCK}.{key.pk}")
    except Refusal as shut:
        raise Invalid("boxes.shut", field="passphrase") from shut


def lock_context(key: ReaderKey) -> str:
    """Where the private half is locked in."""
    return f"{_LOCK}.{key.pk}"


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A reader whose key is open for some minutes."""

    key_id: str
    private: bytes


def desk_token(actor: Actor, private: bytes) -> str:
    """The open key for the reader's own browser: sealed by the house, to this person and key, for 15 minutes. It is
    kept nowhere here; without the browser's copy the house has only what is locked.
    """
    key = own_key(actor)
    if key is None:
        raise Conflict("tip.no_key")
    told = json.dumps({"k": str(key.pk), "p": private.hex(), "u": (clock.now() + OPEN_FOR).timestamp()})
    return base64.urlsafe_b64encode(seal(told, context=f"{_AT_DESK}.{actor.id}")).decode()


def desk_of(actor: Actor, token: str) -> OpenDesk | None:
    """The open desk behind a browser's token; None when it is another's, too old, or of a key that has ended."""
    if not token or not actor.holds(*READERS):
        return None
    try:
        told = json.loads(unseal(base64.urlsafe_b64decode(token.encode()), context=f"{_AT_DESK}.{actor.id}"))
    except (Refusal, ValueError):
        return None
    key = own_key(actor)
    if key is None or str(key.pk) != told["k"] or clock.now().timestamp() >= told["u"]:
        return None
    return OpenDesk(told["k"], bytes.fromhex(told["p"]))
