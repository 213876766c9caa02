"""Attacks on the trail: each is found, with the position where the chain first breaks."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from linli.kernel.ids import new_id
from linli.trail.entries.rules import GENESIS
from linli.trail.models import Entry, Head
from linli.trail.seal.acts import seal_pending
from linli.trail.seal.queries import head, verify
from tests.town import Town, build_town, call


@pytest.fixture
def sealed(db: None) -> Town:
    town = build_town(rooms=1)
    call(town.actor("call_taker"), town)
    while seal_pending(limit=7):
        pass
    return town


def at(position: int) -> Entry:
    return Entry.objects.get(position=position)


def edit_act(position: int) -> None:
    Entry.objects.filter(position=position).update(act="nothing.happened")


def edit_actor(position: int) -> None:
    Entry.objects.filter(position=position).update(actor_id=uuid.uuid4())


def edit_facts(position: int) -> None:
    Entry.objects.filter(position=position).update(facts={"kind": "other"})


def delete(position: int) -> None:
    at(position).delete()


def swap(position: int) -> None:
    one, two = at(position), at(position + 1)
    Entry.objects.filter(pk=one.pk).update(position=-1)
    Entry.objects.filter(pk=two.pk).update(position=position)
    Entry.objects.filter(pk=one.pk).update(position=position + 1)


def insert(position: int) -> None:
    forged = at(position)
    forged.pk, forged.position = new_id(), head()[0] + 1
    forged.save(force_insert=True)


@pytest.mark.parametrize("attack", [edit_act, edit_actor, edit_facts, delete, swap])
def test_attack_is_found_where_it_was_made(sealed: Town, attack: Callable[[int], None]) -> None:
    assert verify().ok
    attack(5)
    verdict = verify()
    assert not verdict.ok
    assert verdict.first_bad == 5


def test_forged_entry_at_the_end(sealed: Town) -> None:
    entries, _ = head()
    insert(5)
    assert (verify().ok, verify().first_bad) == (False, entries + 1)


def test_truncated_tail(sealed: Town) -> None:
    entries, _ = head()
    at(entries).delete()
    assert (verify().ok, verify().first_bad) == (False, entries)


def test_truncated_with_its_head_is_found_by_the_anchor(sealed: Town) -> None:
    anchor = head()
    last = at(anchor[0])
    before = at(anchor[0] - 1).hash if anchor[0] > 1 else GENESIS
    last.delete()
    Head.objects.update(entries=anchor[0] - 1, root=before)
    assert verify().ok
    assert verify(anchor).first_bad == anchor[0]


def test_replaced_history_is_found_by_the_anchor(sealed: Town) -> None:
    entries, _ = head()
    assert verify((entries, "f" * 64)).first_bad == entries


def test_facts_erased_by_law_leave_the_chain_whole(sealed: Town) -> None:
    Entry.objects.filter(position=5).update(facts=None)
    assert verify().ok


def test_sealed_in_steps_without_gap(sealed: Town) -> None:
    positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert seal_pending() == 0
