"""Making a reader's key; a new one ends the one before, and with it what was sealed to that."""

from __future__ import annotations

import os

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.boxes import lock, new_pair, stretched
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.tips.readers.models import ReaderKey
from linli.tips.readers.queries import check_reader, lock_context
from linli.tips.readers.rules import check_passphrase

_SALT_BYTES = 16


def make_key(actor: Actor, *, passphrase: str, again: str) -> ReaderKey:
    """One's own key pair under a passphrase of one's own. It is stretched before the transaction begins: that takes a
    third of a second. Raises Invalid for one that is too simple, NotAllowed for a post that reads no tips.
    """
    check_reader(actor)
    words = check_passphrase(passphrase, again, not_in=[actor.name])
    pair, salt = new_pair(), os.urandom(_SALT_BYTES)
    row = ReaderKey(id=new_id(), person_id=actor.id, salt=salt, made_on=clock.today())
    secret = stretched(words, salt=salt)
    row.put(public=pair.public, locked_private=lock(pair.private, key=secret, context=lock_context(row)))
    return keep_key(actor, row=row)


@act("tip.make_key", zh="开设线索阅读密钥", en="make a key for reading tips", about="row")
def keep_key(actor: Actor, *, row: ReaderKey) -> ReaderKey:
    """Put a key made by :func:`make_key` in force. The one before ends: who has lost his passphrase reads again what
    another reader seals to him anew.
    """
    check_reader(actor)
    ReaderKey.objects.visible_to(actor).in_force().update(ended_on=clock.today(), version=F("version") + 1)
    row.save(force_insert=True)
    return row
