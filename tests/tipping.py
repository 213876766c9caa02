"""What tests of anonymous tips share: quick stretching, readers with keys, a tip given, and looking for what leaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from linli.kernel import boxes
from linli.kernel.scope import Actor, system
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.tips.readers.acts import make_key
from linli.tips.readers.queries import OpenDesk, own_key, private_of
from linli.tips.receipts import queries as receipts
from linli.tips.receipts.rules import Bucket, GiverKeys
from linli.tips.talk import acts
from linli.tips.talk.models import Tip
from linli.tips.talk.queries import Opened, by_receipt
from linli.tips.talk.rules import Told
from tests.town import Town, person

DOOR = system("residents' door")
PASS = "青石板路下雨天很滑要小心"
SEEN = "集市后巷有人夜里撬电动车"
RECEIPT = "1234567890123456"


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Stretching costs next to nothing and buckets are full: for tests that are about something else."""
    patch.setattr(boxes, "COST", boxes.Cost(memory_kib=64, passes=1))
    patch.setattr(receipts, "LOOK_BUCKET", Bucket(most=1_000, refill_s=1.0))
    patch.setattr(receipts, "GIVE_BUCKET", Bucket(most=1_000, refill_s=1.0))


def desk_person(town: Town, staff_no: str = "tips_desk") -> Person:
    """Somebody of the bureau's tips desk."""
    town.people[staff_no] = person("tips_desk", town.bureau, staff_no=staff_no)
    return town.people[staff_no]


def with_keys(town: Town, *names: str) -> None:
    """Keys for these people of the cast."""
    for name in names:
        make_key(town.actor(name, door="page"), passphrase=PASS, again=PASS)


def desk_open(actor: Actor) -> OpenDesk:
    """A reader's desk, opened with the passphrase of all test readers."""
    key = own_key(actor)
    assert key is not None
    return OpenDesk(str(key.pk), private_of(actor, PASS))


@dataclass(frozen=True, slots=True)
class GivenTip:
    tip: Tip
    keys: GiverKeys


def given(town: Town, *, receipt: str = RECEIPT, room: Agency | None = None, **told: Any) -> GivenTip:
    """A tip in the first room, for its officer."""
    facts = {"what": SEEN, "room": (room or town.rooms[0]).code, **told}
    keys = receipts.keys_of(receipt)
    return GivenTip(acts.give_tip(DOOR, keys=keys, told=Told(**facts)).tip, keys)


def by_giver(one: GivenTip) -> Opened:
    """The giver's own look."""
    opened = by_receipt(one.keys)
    assert opened is not None
    return opened


def every_row() -> str:
    """All tables as one text, bytes as hex and as what they may say."""
    told: list[str] = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # names of our own tables
            told.append(model._meta.db_table)
            for row in cursor.fetchall():
                told += [_plain(value) for value in row]
    return "\n".join(told)


def _plain(value: object) -> str:
    if isinstance(value, memoryview | bytes):
        raw = bytes(value)
        return f"{raw.hex()} {raw.decode('utf-8', 'replace')}"
    return str(value)


def every_file() -> bytes:
    """What lies under LINLI_HOME, but for keys and database files: their pages keep what earlier tests deleted."""
    home = Path(settings.LINLI_HOME)
    found = [path for path in home.rglob("*") if path.is_file() and "keys" not in path.parts]
    return b"\n".join(path.read_bytes() for path in found if ".sqlite3" not in path.name)
