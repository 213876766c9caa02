"""The judge of a schedule: what was lost, doubled, out of order or silently overwritten once all has arrived."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime

from linli.field.replay.rules import meeting
from linli.field.replay.rules.meeting import HELD_FOR, Sent
from tests.rules.field_world import CLASSES, Phone, Server, World


def faults(world: World) -> list[str]:
    """What is wrong in the end; nothing must be."""
    server = world.server
    done = Counter(sent.id for sent, _ in server.did)
    found = [one for phone in world.phones for sent in phone.done for one in _fate_faults(sent, phone, server, done)]
    found += [one for phone in world.phones for one in _pack_faults(phone, server)]
    found += ["stolen: a wiped phone's was done" for _ in server.stolen]
    found += [f"author: {author}" for sent, author in server.did if author != sent.author]
    return found + _order_faults(server) + _silent_faults(server)


def _fate_faults(sent: Sent, phone: Phone, server: Server, done: Counter[uuid.UUID]) -> list[str]:
    """Each operation has one final answer, was done at most once, and a person is asked where one must be."""
    answer = phone.answers.get(sent.id)
    if answer is None or answer.answer not in meeting.FINAL:
        return ["lost: no answer"]
    found = ["doubled: done twice"] if done[sent.id] > 1 else []
    if answer.answer == "rejected" or (answer.answer == "duplicate" and sent.act in ("note", "create")):
        found.append(f"lost: {answer.answer} {answer.code}")
    if answer.answer == "conflict" and all(one != sent.id for _, one in server.decide):
        found.append("lost: nobody is asked to decide")
    if sent.act == "note" and answer.answer == "applied":
        noted = [note for row in server.records.values() for note in row.notes if note[0] == sent.id]
        found += _note_faults(sent, phone, noted)
    return found


def _silent_faults(server: Server) -> list[str]:
    found = []
    for sent, name, before, _ in server.wrote:
        apart = before != sent.changed[name]["old"]
        if apart and CLASSES[name] == "legal":
            found.append("silent: a legal value was overwritten")
        if apart and CLASSES[name] == "light" and (sent.id, name) not in server.flags:
            found.append("silent: nobody sees that a value was overwritten")
    return found


def _note_faults(sent: Sent, phone: Phone, notes: list[tuple[uuid.UUID, uuid.UUID, datetime]]) -> list[str]:
    if len(notes) != 1:
        return [f"{'doubled' if notes else 'lost'}: {len(notes)} notes"]
    off_s = abs((notes[0][2] - phone.when[sent.id]).total_seconds())
    return ["clock: a wrong time was believed"] if off_s > HELD_FOR.total_seconds() + 60 else []


def _pack_faults(phone: Phone, server: Server) -> list[str]:
    here = {uuid.UUID(one): (row.fields, row.version) for (_, one), row in phone.pack.items()}
    there = {one: (row.fields, row.version) for one, row in server.reaches(phone.owner).items()}
    return [] if here == there else ["apart: phone and server differ in the end"]


def _order_faults(server: Server) -> list[str]:
    last: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    found = []
    for sent, author in server.did:
        name = (author, sent.branch)
        if sent.seq < last.get(name, 0):
            found.append("order: a later one was done first")
        last[name] = sent.seq
    return found
