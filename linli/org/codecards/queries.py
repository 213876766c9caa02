"""Finding cards: by what was typed, by the phone that comes, by who looks after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.crypto import blind_index, unseal
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor, below
from linli.org.codecards.models import ALIVE, CodeCard
from linli.org.codecards.rules import CARD_ACTS, CARD_POSTS, code_of, digest_of, in_fours
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.rules import POSTS
from linli.works.papers.rules import as_pdf, template_for

TEMPLATE = Path(__file__).parents[1] / "data" / "code-cards.typ"


IN_SESSION = "code_card"
"""Under this name a session that was opened by a card carries its key."""


def narrowed(actor: Actor, session: Mapping[str, Any]) -> Actor:
    """The actor as he came in: by card he may do what a card lets do, whatever his posts carry."""
    return replace(actor, only=CARD_ACTS) if session.get(IN_SESSION) else actor


def index_of(code: str) -> str:
    """The blind index of a code."""
    return blind_index(code_of(code), context="org.code_card.code")


def card_by_code(typed: str) -> CodeCard | None:
    """The living card with this code; None for a wrong one, like for one that was revoked."""
    found = CodeCard.objects.filter(code_index=index_of(typed), state__in=ALIVE) if code_of(typed) else None
    return found.select_related("person__account", "agency").first() if found is not None else None


def card_of_device(token: str) -> CodeCard | None:
    """The card that this phone was bound to, if it is still in use."""
    if not token:
        return None
    return (
        CodeCard.objects.filter(device_digest=digest_of(token), state="bound")
        .select_related("person__account", "agency")
        .first()
    )


def is_in_use(key: str) -> bool:
    """Whether a session by this card may go on."""
    try:
        return CodeCard.objects.filter(pk=UUID(key), state="bound").exists()
    except ValueError:
        return False


def cards(actor: Actor) -> QuerySet[CodeCard]:
    """The cards in reach, by agency and name."""
    rows = CodeCard.objects.visible_to(actor).select_related("person", "agency")
    return rows.order_by("agency__path", "person__name", "-issued_at")


def card_by_id(actor: Actor, key: UUID) -> CodeCard:
    """A card in reach; raises NotFound."""
    found = cards(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def without_card(actor: Actor) -> QuerySet[Post]:
    """Who might have a card and has none: posts in reach, by agency and name."""
    has = CodeCard.objects.filter(state__in=ALIVE).values("person_id")
    rows = Post.objects.held_on(clock.today()).filter(below("agency__path", actor.paths), code__in=CARD_POSTS)
    rows = rows.filter(person__left_on__isnull=True).exclude(person_id__in=has)
    return rows.select_related("person", "agency").order_by("agency__path", "person__name")


def card_post(person: Person) -> Post | None:
    """The post for which a person gets a card: every post he holds today must be one of those."""
    held = list(Post.objects.held_on(clock.today()).filter(person=person).select_related("agency").order_by("-main"))
    return held[0] if held and all(post.code in CARD_POSTS for post in held) else None


def code_shown(card: CodeCard) -> str:
    """The code as it is printed."""
    return in_fours(unseal(card.code_sealed, context=f"org.code_card.code.{card.pk}"))


def sheets_of(rows: list[tuple[CodeCard, str]]) -> bytes:
    """Cards on sheets of A4, ten on each, with their QR as SVG. The PIN is never printed."""
    facts = {
        "title": "邻里码卡",
        "cards": [
            {
                "name": card.person.name,
                "room": card.agency.name,
                "phone": card.agency.phone,
                "post": _post_of(card.person),
                "code": code_shown(card),
                "qr": qr,
            }
            for card, qr in rows
        ],
    }
    return as_pdf(template_for(TEMPLATE, Path(settings.LINLI_HOME)), facts)


def _post_of(person: Person) -> str:
    held = card_post(person)
    return POSTS[held.code].zh if held else ""
