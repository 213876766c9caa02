"""Handing out a page of the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linli.field.devices.models import Phone
from linli.field.packs.models import PackState
from linli.field.packs.queries import due_now, items, pack_forms
from linli.field.packs.rules import base_of, packed, page_of, unpacked
from linli.kernel import clock
from linli.kernel.scope import Actor


@dataclass(frozen=True, slots=True)
class Handed:
    """A page: items, what to erase, the cursor after it, whether more waits, whether to begin anew."""

    items: list[dict[str, Any]]
    gone: list[dict[str, str]]
    cursor: str
    more: bool
    reset: bool
    forms_version: str


def hand_out(actor: Actor, *, phone: Phone, since: str, limit: int) -> Handed:
    """The next page for a phone that says how far it has come.

    No act: what a phone holds is bookkeeping of the door; every row went through ``visible_to`` of its owner, personal
    values masked.
    """
    state = PackState.objects.filter(phone=phone).first() or PackState(phone=phone, at=clock.now())
    offered, acknowledged = unpacked(state.offered), unpacked(state.acknowledged)
    holds, reset = base_of(since, cursor=state.cursor, acknowledged=acknowledged, offered=offered)
    forms = pack_forms(actor)
    due = due_now(actor, forms["version"])
    page = page_of(due, holds, limit=limit)
    if page.send or page.gone or reset:
        state.acknowledged, state.offered = packed(holds), packed(page.holds)
        # A fresh start skips a number, so that a cursor of before is never taken for the one just lost.
        state.cursor, state.at = state.cursor + (2 if reset else 1), clock.now()
        state.save()
    shown = items(actor, page.send, dict(due), forms)
    gone = [{"type": kind, "id": key} for kind, key in page.gone]
    return Handed(shown, gone, str(state.cursor), page.more, reset, forms["version"])
