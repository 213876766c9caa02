"""Simulated phones and a server in memory, run by the rules of the real replay: meeting, merging, serving, packs.

A schedule is a seed: what each phone does without a network, which requests and answers are lost, doubled, late or out
of order, who borrows a phone, whose clock is wrong, who is moved, which phone is stolen, full, or gets a new version.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from linli.field.packs.rules import Held, base_of, page_of
from linli.field.replay.rules import meeting
from linli.field.replay.rules.answers import Answer
from linli.field.replay.rules.meeting import HELD_FOR, Known, Sent, digest_of
from linli.field.replay.rules.merging import Merged, merge
from linli.field.replay.rules.serving import Meets, release, serve

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
CLASSES = {"tag": "light", "memo": "light", "name": "legal"}
DAY_S = 86_400.0


Pulled = tuple[dict[tuple[str, str], "Record"], list[tuple[str, str]], str, bool, bool]
"""Items, what is gone, cursor, whether more waits, whether to begin anew."""


@dataclass(frozen=True)
class Laws:
    """The rules; a mutant replaces one by a wrong one."""

    meets: Meets = meeting.meets
    merge: Callable[..., Merged] = merge
    true_time: Callable[..., datetime | None] = meeting.true_time
    digest: Callable[[Sent], str] = digest_of
    receipt: Callable[[Sent], object] = lambda sent: sent.id
    base_of: Callable[..., tuple[Held, bool]] = base_of
    hands_on: bool = True
    phone_keeps: bool = True
    full_says_so: bool = True
    updated: Callable[[list[Sent]], list[Sent]] = lambda queue: queue


@cache
def key(n: int) -> uuid.UUID:
    return uuid.UUID(int=n)


@dataclass
class Record:
    fields: dict[str, str] = field(default_factory=lambda: {"tag": "a", "memo": "m", "name": "甲"})
    notes: list[tuple[uuid.UUID, uuid.UUID, datetime]] = field(default_factory=list)
    version: int = 1


@dataclass
class Kept:
    digest: str
    answer: Answer
    at: datetime
    waits: bool = False


class Server:
    """A book for each request; what it did is written down for the judge."""

    def __init__(self, laws: Laws) -> None:
        self.laws, self.now = laws, BEGIN
        self.records: dict[uuid.UUID, Record] = {key(1): Record(), key(2): Record()}
        self.receipts: dict[tuple[uuid.UUID, object], Kept] = {}
        self.waiting: dict[tuple[uuid.UUID, uuid.UUID, int], Sent] = {}
        self.last: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
        self.lost_scope: set[tuple[uuid.UUID, uuid.UUID]] = set()
        self.wiped: set[uuid.UUID] = set()
        self.decide: list[tuple[str, uuid.UUID]] = []
        self.did: list[tuple[Sent, uuid.UUID]] = []
        self.wrote: list[tuple[Sent, str, str, str]] = []
        self.flags: set[tuple[uuid.UUID, str]] = set()
        self.undecided: set[uuid.UUID | None] = set()
        self.stolen: list[Sent] = []
        self.offsets: dict[uuid.UUID, float] = {}
        self.packs: dict[uuid.UUID, tuple[int, Held, Held]] = {}

    def receive(self, sender: uuid.UUID, device: uuid.UUID, sent_at: datetime, batch: list[Sent]) -> list[Answer]:
        wiped = device in self.wiped
        book = Book(self, sender, meeting.offset_of(sent_at, self.now), wiped)
        return [serve(book, one, sender=sender, wiped=wiped, now=self.now, meets=self.laws.meets) for one in batch]

    def settle_gaps(self) -> None:
        """The hourly round."""
        for (author, branch, _), sent in sorted(self.waiting.items(), key=lambda item: item[0][2]):
            kept = self.receipts[author, self.laws.receipt(sent)]
            if kept.waits and self.now - kept.at >= HELD_FOR:
                book = Book(self, author, 0.0, wiped=False)
                book.work(sent, late=True)
                release(book, branch)

    def reaches(self, owner: uuid.UUID) -> dict[uuid.UUID, Record]:
        """What a person may see now."""
        return {one: row for one, row in self.records.items() if (owner, one) not in self.lost_scope}

    def pull(self, owner: uuid.UUID, device: uuid.UUID, since: str) -> Pulled:
        """A page of the pack."""
        cursor, acknowledged, offered = self.packs.get(device, (0, {}, {}))
        holds, reset = self.laws.base_of(since, cursor=cursor, acknowledged=acknowledged, offered=offered)
        due = [(("record", str(one)), str(row.version)) for one, row in self.reaches(owner).items()]
        page = page_of(due, holds, limit=2)
        if page.send or page.gone or reset:
            cursor += 2 if reset else 1
            self.packs[device] = (cursor, holds, page.holds)
        items = {one: replace(self.records[uuid.UUID(one[1])]) for one in page.send}
        return items, list(page.gone), str(cursor), page.more, reset


class Book:
    """One request's view of the server."""

    def __init__(self, server: Server, author: uuid.UUID, offset_s: float, wiped: bool) -> None:
        self.server, self.author, self.offset_s, self.wiped = server, author, offset_s, wiped

    def known(self, sent: Sent) -> Known | None:
        kept = self.server.receipts.get((self.author, self.server.laws.receipt(sent)))
        return Known(kept.digest, not kept.waits, kept.at) if kept else None

    def settled(self, branch: uuid.UUID) -> int:
        return self.server.last.get((self.author, branch), 0)

    def repeated(self, sent: Sent) -> Answer:
        kept = self.server.receipts[self.author, self.server.laws.receipt(sent)]
        return replace(kept.answer, id=str(sent.id), replayed=True)

    def hold(self, sent: Sent) -> Answer:
        self.server.waiting[self.author, sent.branch, sent.seq] = sent
        self.server.offsets.setdefault(sent.id, self.offset_s)
        return self._keep(sent, Answer(str(sent.id), "retry", "field.waits", held=True), waits=True)

    def quarantine(self, sent: Sent) -> Answer:
        self.server.decide.append(("wiped", sent.id))
        self.server.undecided.add(sent.record)
        return self._keep(sent, Answer(str(sent.id), "conflict", "field.phone_wiped"))

    def work(self, sent: Sent, *, late: bool) -> Answer:
        self.server.waiting.pop((self.author, sent.branch, sent.seq), None)
        if self.wiped and not late:
            self.server.stolen.append(sent)
        return self._keep(sent, self._do(sent))

    def waits_at(self, branch: uuid.UUID, seq: int) -> Sent | None:
        return self.server.waiting.get((self.author, branch, seq))

    def _keep(self, sent: Sent, answer: Answer, *, waits: bool = False) -> Answer:
        name = (self.author, self.server.laws.receipt(sent))
        before = self.server.receipts.get(name)
        at = before.at if before else self.server.now
        self.server.receipts[name] = Kept(self.server.laws.digest(sent), answer, at, waits)
        if not waits:
            self.server.last[self.author, sent.branch] = max(self.settled(sent.branch), sent.seq)
        return answer

    def _do(self, sent: Sent) -> Answer:
        server, record = self.server, sent.record
        assert record is not None
        server.did.append((sent, self.author))
        if sent.act == "create":
            if record in server.records:
                return Answer(str(sent.id), "duplicate")
            server.records[record] = Record()
            return Answer(str(sent.id), "applied")
        row = server.records.get(record)
        if row is None and record in server.undecided:
            server.decide.append(("scope", sent.id))
            return Answer(str(sent.id), "conflict", "field.handed_on")
        if row is None:
            return Answer(str(sent.id), "rejected", "row.unknown")
        if (self.author, record) in server.lost_scope:
            if server.laws.hands_on:
                server.decide.append(("scope", sent.id))
            return Answer(str(sent.id), "conflict" if server.laws.hands_on else "rejected", "field.handed_on")
        if sent.act == "note":
            offset_s = server.offsets.get(sent.id, self.offset_s)
            at = server.laws.true_time(sent.device_at, offset_s, server.now)
            row.notes.append((sent.id, self.author, at or server.now))
            row.version += 1
            return Answer(str(sent.id), "applied")
        return self._merge(sent, row)

    def _merge(self, sent: Sent, row: Record) -> Answer:
        met = self.server.laws.merge(sent.changed, row.fields, CLASSES)
        if met.apart:
            self.server.decide.append(("legal", sent.id))
            return Answer(str(sent.id), "conflict", "field.two_values")
        self.server.flags |= {(sent.id, name) for name in met.overwrote}
        for name in met.take:
            new = str(sent.changed[name]["new"])
            self.server.wrote.append((sent, name, row.fields[name], new))
            row.fields[name] = new
        row.version += bool(met.take)
        return Answer(str(sent.id), "applied" if met.take else "duplicate")


@dataclass
class Phone:
    """What a phone holds, does and is told."""

    owner: uuid.UUID
    device: uuid.UUID
    wrong_s: float
    view: dict[uuid.UUID, dict[str, str]]
    queue: list[Sent] = field(default_factory=list)
    done: list[Sent] = field(default_factory=list)
    answers: dict[uuid.UUID, Answer] = field(default_factory=dict)
    seqs: dict[uuid.UUID, int] = field(default_factory=dict)
    when: dict[uuid.UUID, datetime] = field(default_factory=dict)
    cursor: str = ""
    pack: dict[tuple[str, str], Record] = field(default_factory=dict)

    def clock(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.wrong_s)

    def act(self, rng: random.Random, n: int, now: datetime, *, full_says_so: bool) -> None:
        """Do one thing without a network. A full phone says that it kept nothing: then nothing was done."""
        full = rng.random() < 0.05
        if full and full_says_so:
            return
        kind = rng.choice(("note", "note", "tag", "memo", "name", "create"))
        record = rng.choice(list(self.view))
        changed: dict[str, dict[str, Any]] = {}
        if kind == "create":
            record = key(1000 + n)
            self.view[record] = dict(Record().fields)
        elif kind != "note":
            changed = {kind: {"old": self.view[record][kind], "new": f"{kind}{n}"}}
            self.view[record][kind] = f"{kind}{n}"
        branch = key(record.int + (self.device.int << 64))
        self.seqs[branch] = self.seqs.get(branch, 0) + 1
        act = kind if kind in ("note", "create") else "change"
        sent = Sent(
            key(10_000 + n), self.owner, self.seqs[branch], branch, act, record, changed, device_at=self.clock(now)
        )
        self.when[sent.id] = now
        self.done.append(sent)
        if not full:
            self.queue.append(sent)

    def hears(self, told: list[Answer], *, keeps: bool) -> None:
        """An answer that is not final leaves the operation where it is."""
        for one in told:
            if one.answer != "retry" and uuid.UUID(one.id) not in self.answers:
                self.answers[uuid.UUID(one.id)] = one
        if not keeps:
            self.queue = [one for one in self.queue if str(one.id) not in {other.id for other in told}]
        self.queue = [one for one in self.queue if one.id not in self.answers]


class World:
    """One schedule."""

    def __init__(self, seed: int, laws: Laws) -> None:
        self.rng, self.laws = random.Random(seed), laws
        self.server = Server(laws)
        self.people = [key(11), key(12), key(13)]
        view = {one: dict(row.fields) for one, row in self.server.records.items()}
        wrong = (0.0, 0.0, -DAY_S, DAY_S)
        self.phones = [
            Phone(self.people[n], key(21 + n), self.rng.choice(wrong), {one: dict(row) for one, row in view.items()})
            for n in range(2)
        ]
        self.late: list[tuple[uuid.UUID, uuid.UUID, datetime, list[Sent]]] = []

    def run(self) -> World:
        rng, n = self.rng, 0
        for phone in self.phones:
            for _ in range(rng.randint(1, 4)):
                n += 1
                self._pass(rng.randint(1, 90))
                phone.act(rng, n, self.server.now, full_says_so=self.laws.full_says_so)
        for _ in range(rng.randint(3, 6)):
            self._pass(rng.randint(1, 60))
            phone = rng.choice(self.phones)
            if rng.random() < 0.1:
                phone.queue = self.laws.updated(phone.queue)
            self._event(phone)
        self._drain()
        return self

    def _pass(self, minutes: int) -> None:
        self.server.now += timedelta(minutes=minutes)

    def _event(self, phone: Phone) -> None:
        rng, chance = self.rng, self.rng.random()
        if chance < 0.06:
            self.server.lost_scope.add((phone.owner, key(rng.choice((1, 2)))))
        elif chance < 0.09:
            self.server.wiped.add(phone.device)
        elif chance < 0.2:
            # Another person signs in on this phone and sends what he finds there.
            phone.hears(self._deliver(self.people[2], phone, phone.queue), keeps=self.laws.phone_keeps)
        elif chance < 0.3 and self.late:
            self.server.receive(*self.late.pop(rng.randrange(len(self.late))))
        elif chance < 0.45:
            self._pull(phone, lost=rng.random() < 0.5)
        else:
            batch = list(phone.queue)
            if rng.random() < 0.4:
                rng.shuffle(batch)
            batch = batch[: rng.randint(1, len(batch))] if batch else []
            self._send(phone, batch, rng.random())

    def _send(self, phone: Phone, batch: list[Sent], chance: float) -> None:
        if chance < 0.2:
            self.late.append((phone.owner, phone.device, phone.clock(self.server.now), batch))
            return
        told = self._deliver(phone.owner, phone, batch)
        if chance > 0.45:
            phone.hears(told, keeps=self.laws.phone_keeps)

    def _deliver(self, sender: uuid.UUID, phone: Phone, batch: list[Sent]) -> list[Answer]:
        return self.server.receive(sender, phone.device, phone.clock(self.server.now), batch)

    def _pull(self, phone: Phone, *, lost: bool) -> bool:
        items, gone, cursor, more, reset = self.server.pull(phone.owner, phone.device, phone.cursor)
        if lost:
            return True
        if reset:
            phone.pack.clear()
        for one in gone:
            phone.pack.pop(one, None)
        phone.pack |= {one: replace(row, fields=dict(row.fields)) for one, row in items.items()}
        phone.cursor = cursor
        return more

    def _drain(self) -> None:
        """The network is good at last: everything arrives, gaps end, answers given meanwhile are asked for."""
        for batch in self.late:
            self.server.receive(*batch)
        for _ in range(2):
            for phone in self.phones:
                phone.hears(self._deliver(phone.owner, phone, phone.queue), keeps=self.laws.phone_keeps)
            self.server.now += HELD_FOR + timedelta(hours=1)
            self.server.settle_gaps()
        for phone in self.phones:
            asked = [self.server.receipts.get((phone.owner, self.laws.receipt(one))) for one in phone.queue]
            phone.hears([replace(one.answer) for one in asked if one and not one.waits], keeps=True)
            while self._pull(phone, lost=False):
                pass
