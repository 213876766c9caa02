"""Phones and server come to the same over 10,000 random schedules; and each rule, broken, is seen."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from linli.field.files.rules import beyond
from linli.field.packs.rules import Held
from linli.field.replay.rules import meeting
from linli.field.replay.rules.meeting import Known, Sent, digest_of
from linli.field.replay.rules.merging import Merged, merge
from linli.field.replay.rules.reading import read
from linli.kernel.errors import Invalid
from linli.kernel.inputs import asked
from linli.kernel.words import Words
from tests.rules.field_faults import faults
from tests.rules.field_world import Laws, World

SCHEDULES = 10_000
ENOUGH_FOR_A_MUTANT = 1_500


def test_nothing_is_lost_doubled_or_silently_overwritten() -> None:
    for seed in range(SCHEDULES):
        wrong = faults(World(seed, Laws()).run())
        assert not wrong, (seed, wrong)


def _meets(**broken: Any) -> Any:
    """The meeting with one of the things it looks at made blind."""

    def meets(sent: Sent, *, sender: uuid.UUID, known: Known | None, settled: int, wiped: bool, now: datetime) -> str:
        seen: dict[str, Any] = {"sender": sender, "known": known, "settled": settled, "wiped": wiped, "now": now}
        for name, blind in broken.items():
            seen[name] = blind(sent, seen[name])
        return meeting.meets(sent, **seen)

    return meets


def _always_light(changed: Any, current: Any, classes: Mapping[str, str]) -> Merged:
    return replace(merge(changed, current, dict.fromkeys(classes, "light")), overwrote={})


def _by_content(sent: Sent) -> object:
    """A legitimate second note looks like the first."""
    return (sent.act, sent.record, str(sent.changed))


def _in_new_words(queue: list[Sent]) -> list[Sent]:
    """The new version puts what waits into its own words: what has arrived before is another thing then."""
    return [replace(one, form_version="2") for one in queue]


def _one_for_all(changed: Any, current: Mapping[str, Any], classes: Mapping[str, str]) -> Merged:
    """The later row replaces the whole earlier one, as phones that send rows do."""
    return Merged(tuple(changed))


def _arrived_anyway(since: str, *, cursor: int, acknowledged: Held, offered: Held) -> tuple[Held, bool]:
    return dict(offered), since == ""


MUTANTS: dict[str, tuple[Laws, str]] = {
    "answer lost: no receipts": (Laws(meets=_meets(known=lambda sent, known: None)), "doubled"),
    "sent twice: the receipt is keyed by content": (Laws(receipt=_by_content), "lost"),
    "same field: the later writer wins of legal ones": (Laws(merge=_always_light), "silent"),
    "different fields: rows are sent, not fields": (Laws(merge=_one_for_all), "silent"),
    "out of order: no gap is held": (Laws(meets=_meets(settled=lambda sent, settled: sent.seq)), "order"),
    "moved while offline: refused": (Laws(hands_on=False), "lost"),
    "another user: the sender counts": (Laws(meets=_meets(sender=lambda sent, sender: sent.author)), "author"),
    "a clock wrong: the phone is believed": (Laws(true_time=lambda at, offset_s, received_at: at), "clock"),
    "stolen: a wiped phone is served": (Laws(meets=_meets(wiped=lambda sent, wiped: False)), "stolen"),
    "retry: the phone gives up": (Laws(phone_keeps=False), "lost"),
    "storage full: said to be kept all the same": (Laws(full_says_so=False), "lost"),
    "updated with work waiting: begins empty": (Laws(updated=lambda queue: []), "lost"),
    "updated with work waiting: written anew": (Laws(updated=_in_new_words), "lost"),
    "a page lost: taken for arrived": (Laws(base_of=_arrived_anyway), "apart"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_rule_is_seen(name: str) -> None:
    laws, kind = MUTANTS[name]
    seen = (wrong for seed in range(ENOUGH_FOR_A_MUTANT) for wrong in faults(World(seed, laws).run()))
    assert any(wrong.startswith(kind) for wrong in seen)


def test_the_same_id_with_other_content_is_told_from_a_replay() -> None:
    world = World(1, Laws()).run()
    sent = world.phones[0].done[0]
    known = Known(digest_of(sent), True, world.server.now)
    other = replace(sent, changed={"name": {"old": "", "new": "另一"}})
    facts: dict[str, Any] = {
        "sender": sent.author,
        "known": known,
        "settled": 9,
        "wiped": False,
        "now": world.server.now,
    }
    assert meeting.meets(sent, **facts) == meeting.REPEAT
    assert meeting.meets(other, **facts) == meeting.OTHER_CONTENT


def _gathered(rng: random.Random, body: bytes, *, skips: bool = True) -> bytes:
    """A file sent in pieces over a line that loses answers, with the application killed in the middle."""
    here = b""
    at = 0
    while len(here) < len(body):
        piece = body[at : at + rng.randint(1, 9)]
        known = beyond(len(here), at)
        if known is None:
            at = len(here)
            continue
        here += piece[known:] if skips else piece
        if rng.random() < 0.6:
            at = len(here)
        elif rng.random() < 0.5:
            at += len(piece)
    return here


def test_a_photo_killed_in_the_middle_is_whole_in_the_end() -> None:
    body = bytes(range(60))
    wanted = hashlib.sha256(body).hexdigest()
    seeds = [random.Random(seed) for seed in range(300)]
    assert all(hashlib.sha256(_gathered(rng, body)).hexdigest() == wanted for rng in seeds)
    seeds = [random.Random(seed) for seed in range(300)]
    assert not all(hashlib.sha256(_gathered(rng, body, skips=False)).hexdigest() == wanted for rng in seeds)
    assert beyond(10, 11) is None


def test_a_dictionary_changed_while_the_phone_was_away() -> None:
    now = asked("reason", "choice", "事由", "reason", choices=(("new_tenant", Words("新租户", "new tenant")),))
    once = {"reason": frozenset({"condolence"})}
    assert read([now], {"reason": "condolence"}, offered=once, partly=False) == {"reason": "condolence"}
    with pytest.raises(Invalid):
        read([now], {"reason": "condolence"}, offered={}, partly=False)
    kept = replace(now, retired=("condolence",))
    assert read([kept], {"reason": "condolence"}, offered={}, partly=False) == {"reason": "condolence"}
    # An app that was updated with work waiting sends fields that the form no longer has: they do not stop the rest.
    assert read([now], {"reason": "new_tenant", "gone": 1}, offered={}, partly=False) == {"reason": "new_tenant"}
