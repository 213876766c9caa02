"""Handing out a card, binding it to a phone, signing in with it, locking and revoking it.

A wrong PIN is counted before it is compared: however many tries come at once, ten are made.
"""

from __future__ import annotations

import functools
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.contrib.sessions.models import Session
from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import seal, unseal
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.org.codecards.models import ALIVE, CARD_LIFE, CodeCard
from linli.org.codecards.queries import card_by_code, card_of_device, card_post, index_of
from linli.org.codecards.rules import BIND_DAYS, REASONS, TRIES, code_of, digest_of, fresh_code, is_good_pin
from linli.org.people.acts import home_of, open_account
from linli.org.people.models import Account, Person

declare(
    "code_card.not_for_post",
    zh="{name}的岗位不用码卡，请用通行密钥或动态码登录。",
    en="Posts of {name} sign in with a passkey or an authenticator app, not with a card.",
)
declare("code_card.has_one", zh="{name}已有一张码卡。遗失请先作废。", en="{name} has a card. If it is lost, revoke it.")
declare("code_card.wrong", zh="码卡号或密码不对。", en="The code or the PIN is not right.")
declare(
    "code_card.locked", zh="密码错误次数过多，码卡已锁定。请联系警务室。", en="Too many wrong PINs: the card is locked."
)
declare(
    "code_card.other_phone",
    zh="这张码卡已绑定另一部手机。换手机请联系警务室。",
    en="This card is bound to another phone. Ask the room when you have a new one.",
)
declare(
    "code_card.too_late",
    zh="码卡超过{days}天未启用，请警务室重新启用。",
    en="Not used within {days} days: ask the room.",
)
declare("code_card.pin", zh="请用六位数字，不要连号、重复。", en="Six digits, no row and no repeat.")
declare("code_card.same_pin", zh="请换一个与初始密码不同的密码。", en="Choose another PIN than the one to begin with.")

DOOR = system("code-cards")
_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
"""Argon2id as OWASP recommends for what people remember: 19 MiB, two passes, one lane."""


def hash_of(pin: str) -> str:
    """The Argon2id hash of a PIN in its own notation."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return kdf.derive_phc_encoded(pin.encode())


def is_pin(pin: str, kept: str) -> bool:
    """Whether a PIN fits a kept hash."""
    try:
        Argon2id.verify_phc_encoded(pin.encode(), kept)
    except (InvalidKey, ValueError):
        return False
    return True


@functools.cache
def _nobodys() -> str:
    """Compared with where there is no such card: a wrong code takes as long as a wrong PIN."""
    return hash_of(secrets.token_hex(8))


@act(
    "code_card.issue",
    zh="发码卡",
    en="issue a code card",
    within=lambda facts: home_of(facts["person"]),
)
def issue_card(actor: Actor, *, person: Person, starter: str) -> CodeCard:
    """A card for somebody without an office computer; ``starter`` is the PIN that is told to him with it. Raises
    Invalid for posts that sign in otherwise, Conflict when he has a card.
    """
    held = card_post(person)
    if held is None:
        raise Invalid("code_card.not_for_post", name=person.name, field="person")
    if CodeCard.objects.filter(person=person, state__in=ALIVE).exists():
        raise Conflict("code_card.has_one", name=person.name)
    if not Account.objects.filter(person=person).exists():
        open_account(actor, username=person.staff_no, person=person)
    now, key, code = clock.now(), new_id(), fresh_code()
    return CodeCard.objects.create(
        id=key,
        person=person,
        agency=held.agency,
        code_index=index_of(code),
        code_sealed=seal(code, context=f"org.code_card.code.{key}"),
        pin_hash=hash_of(starter),
        issued_at=now,
        issued_by_name=actor.name,
        bind_until=now + timedelta(days=BIND_DAYS),
    )


def _where(facts: dict[str, CodeCard]) -> str:
    return facts["card"].agency.path


@act("code_card.renew", zh="重新启用码卡", en="begin a code card anew", about="card", within=_where)
def renew_card(actor: Actor, *, card: CodeCard, starter: str) -> CodeCard:
    """A new phone, a forgotten PIN, a locked card: the same card begins anew with another PIN; its session ends."""
    _end_session(card)
    take(
        card,
        CARD_LIFE,
        "renew",
        pin_hash=hash_of(starter),
        starter=True,
        device_digest="",
        session=b"",
        fails=0,
        bind_until=clock.now() + timedelta(days=BIND_DAYS),
    )
    return card


@act("code_card.revoke", zh="作废码卡", en="revoke a code card", keeps=("why",), about="card", within=_where)
def revoke_card(actor: Actor, *, card: CodeCard, why: str) -> CodeCard:
    """Lost, or its holder has left: it opens nothing from now on, and its session ends with the transaction."""
    if why not in REASONS:
        raise Invalid("fact.wrong", field="why", why=why)
    _end_session(card)
    take(card, CARD_LIFE, "revoke", why=why, ended_at=clock.now(), session=b"", device_digest="")
    return card


def _end_session(card: CodeCard) -> None:
    if card.session:
        Session.objects.filter(pk=unseal(card.session, context=f"org.code_card.session.{card.pk}")).delete()


@dataclass(frozen=True, slots=True)
class Opened:
    """A card and a PIN that fit. ``first``: the holder must choose a PIN of his own and binds this phone with it."""

    card: CodeCard
    first: bool


def try_card(typed: str, pin: str, *, device: str) -> Opened:
    """Compare code and PIN; ``device`` is the token of the phone that comes, which names its card by itself where no
    code is given. Raises NotAllowed, each with its sentence; a wrong code sounds like a wrong PIN.
    """
    card = card_by_code(typed) if code_of(typed) else card_of_device(device)
    if card is None:
        is_pin(pin, _nobodys())
        raise NotAllowed("code_card.wrong")
    if not _count_try(card):
        raise NotAllowed("code_card.locked")
    if not is_pin(pin, card.pin_hash):
        card.refresh_from_db()
        if card.fails >= TRIES and card.state in ("printed", "bound"):
            lock_card(DOOR, card=card)
            raise NotAllowed("code_card.locked")
        raise NotAllowed("code_card.wrong")
    if card.state == "bound" and not (device and secrets.compare_digest(card.device_digest, digest_of(device))):
        raise NotAllowed("code_card.other_phone")
    if card.state == "printed" and card.bind_until <= clock.now():
        raise NotAllowed("code_card.too_late", days=BIND_DAYS)
    return Opened(card, first=card.state == "printed")


def _count_try(card: CodeCard) -> bool:
    """Take one of the ten tries before looking: a right one gives them all back. False when there is none left."""
    if card.state == "locked":
        return False
    return count_try(DOOR, card=card)


@act("code_card.count_try", zh="记一次密码尝试", en="count a try of a PIN", about="card")
def count_try(actor: Actor, *, card: CodeCard) -> bool:
    """One more try, by compare-and-swap: of tries at once no more than ten come through."""
    rows = CodeCard.objects.filter(pk=card.pk, state__in=("printed", "bound"), fails__lt=TRIES)
    return bool(rows.update(fails=F("fails") + 1))


@act("code_card.lock", zh="锁定码卡", en="lock a code card", about="card")
def lock_card(actor: Actor, *, card: CodeCard) -> CodeCard:
    """Ten wrong PINs: nobody comes in with it until the room begins it anew. What runs under it ends."""
    _end_session(card)
    take(card, CARD_LIFE, "lock", session=b"")
    return card


@act("code_card.bind", zh="绑定手机", en="bind a code card to a phone", about="card")
def bind_card(actor: Actor, *, card: CodeCard, pin: str, device: str) -> CodeCard:
    """The holder's own PIN and his phone: from now on both are needed. Raises Invalid for a PIN that is tried first."""
    if not is_good_pin(pin):
        raise Invalid("code_card.pin", field="pin")
    if is_pin(pin, card.pin_hash):
        raise Invalid("code_card.same_pin", field="pin")
    take(
        card,
        CARD_LIFE,
        "bind",
        pin_hash=hash_of(pin),
        starter=False,
        device_digest=digest_of(device),
        bound_at=clock.now(),
    )
    return card


@act("code_card.enter", zh="码卡登录", en="sign in with a code card", about="card")
def enter_with(actor: Actor, *, card: CodeCard, session: str) -> CodeCard:
    """Signed in: the tries begin anew, and the session can be ended with the card."""
    CodeCard.objects.filter(pk=card.pk, state="bound").update(
        fails=0, used_at=clock.now(), session=seal(session, context=f"org.code_card.session.{card.pk}")
    )
    card.refresh_from_db()
    return card
