"""Phones of the field in the demo: some in use, one lost, and what two people changed at once."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from linli.field.devices.acts import hear_from, register_phone, wipe_phone
from linli.field.devices.models import Phone
from linli.field.inbox.acts import take_batch
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.places.premises.acts import change_premises
from linli.places.premises.models import Premises

_MODELS = ("警务通一号", "警务通二号", "小米 14", "华为 nova", "警务通三号", "荣耀 X50")
_NAMESPACE = uuid.UUID("6a1f7a52-2f0b-5c36-9d0a-6c696e6c6901")


def load_phones(machine: Actor, now: datetime) -> int:
    """Phones of community officers, the last one lost; two divergences that wait at the office. Returns how many."""
    paths = Premises.objects.in_use().values("agency_path")
    posts = Post.objects.filter(code="community_officer", until__isnull=True, agency__path__in=paths)
    posts = posts.select_related("person", "agency")
    officers = [person_actor(post.person, door="field") for post in posts.order_by("agency__path")[: len(_MODELS)]]
    with transaction.atomic():
        rows = [
            _registered(officer, name, place, now)
            for place, (officer, name) in enumerate(zip(officers, _MODELS, strict=False))
        ]
        if len(rows) > 2:
            wipe_phone(machine, phone=rows[-1])
    for officer, row in zip(officers, rows, strict=True):
        if row.wiped_at is None and _differed(machine, officer, row):
            break
    return len(rows)


def _registered(officer: Actor, name: str, place: int, now: datetime) -> Phone:
    device = uuid.uuid5(_NAMESPACE, str(officer.id))
    with clock.fixed(now - timedelta(hours=7 * place + 1)):
        row = register_phone(officer, device=device, title=name, said={"platform": "Android"})
        hear_from(officer, device=device, waiting=(0, 0, 3)[place % 3], offset_s=0.4)
    return row


def _differed(machine: Actor, officer: Actor, row: Phone) -> bool:
    """The officer wrote something at a shop without a network while the station changed the same."""
    paths = [post.path for post in officer.posts]
    shops = list(Premises.objects.in_use().filter(agency_path__in=paths).order_by("code")[:2])
    if len(shops) < 2:
        return False
    legal, light = shops
    operations = [
        _operation(officer, legal, {"operator": (legal.operator, f"{legal.name}（新店主）")}, 1),
        _operation(officer, light, {"hazard_note": (light.hazard_note, "后门被货物堵住")}, 2),
    ]
    change_premises(machine, premises=legal, version=legal.version, values={"operator": f"{legal.name}物业"})
    change_premises(machine, premises=light, version=light.version, values={"hazard_note": "灭火器过期"})
    answers = take_batch(officer, device=row.pk, operations=operations, sent_at=clock.now().isoformat())
    return len(answers) == len(operations)


def _operation(officer: Actor, shop: Premises, values: dict[str, tuple[str, str]], number: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(_NAMESPACE, f"{officer.id} {number}")),
        "author": str(officer.id),
        "seq": 1,
        "branch": str(uuid.uuid5(_NAMESPACE, f"{officer.id} {shop.pk}")),
        "act": "premises.change",
        "record": str(shop.pk),
        "base_version": shop.version,
        "changed": {name: {"old": old, "new": new} for name, (old, new) in values.items()},
        "device_at": (clock.now() - timedelta(hours=5)).isoformat(),
    }
