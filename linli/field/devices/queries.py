"""Finding phones."""

from __future__ import annotations

import base64
import uuid

from django.db.models import QuerySet

from linli.field.devices.models import Phone
from linli.kernel import clock
from linli.kernel.crypto import unseal
from linli.kernel.errors import Conflict, NotFound, declare
from linli.kernel.scope import Actor

declare(
    "field.no_phone", zh="这部手机未登记或登记已过期，请重新登记。", en="This phone is not registered, or no longer."
)
declare("field.erase", zh="这部手机已由办公室停用，本机数据将擦除。", en="This phone was wiped by the office.")


def phones(actor: Actor) -> QuerySet[Phone]:
    """The phones in reach, last heard of first."""
    return Phone.objects.visible_to(actor).select_related("person")


def phone_by_id(actor: Actor, key: uuid.UUID) -> Phone:
    """A phone in reach; raises NotFound."""
    found = phones(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def own_phone(actor: Actor, key: uuid.UUID) -> Phone | None:
    """The person's own phone, wiped or not; None when it is not his."""
    return Phone.objects.filter(pk=key, person_id=actor.id).first()


def phone_at_work(actor: Actor, key: uuid.UUID) -> Phone:
    """The person's own phone, registered and not expired; raises NotFound, or Conflict when it was wiped."""
    found = own_phone(actor, key)
    if found is None or found.expires_at <= clock.now():
        raise NotFound("field.no_phone")
    if found.wiped_at is not None:
        raise Conflict("field.erase", wipe=True)
    return found


def is_wiped(key: uuid.UUID) -> bool:
    """Whether the office wiped this phone; all that a stranger is told of it."""
    return Phone.objects.filter(pk=key, wiped_at__isnull=False).exists()


def recovery_of(row: Phone) -> str:
    """The bytes that open the phone's store when its PIN is forgotten, in base64."""
    return base64.b64encode(bytes.fromhex(unseal(row.recovery, context=f"field.phone.recovery.{row.pk}"))).decode()
