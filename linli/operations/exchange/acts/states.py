"""Telling peers how their incidents stand, so that nobody types twice."""

from __future__ import annotations

from linli.kernel import news
from linli.matters.handovers.acts import HandoverChanged
from linli.matters.ledger.acts import MatterMoved, MatterOpened
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import OrderChanged
from linli.operations.exchange.queries import facts_of
from linli.operations.exchange.rules.facts import status_of
from linli.works.exchange.acts import tell
from linli.works.exchange.queries import peers_told

_TOLD_BY_ORDERS = ("order", "arrive", "finish", "return_to_waiting")
"""Moves that an order's step brings about: the order's own news follows in the same transaction and tells both."""


@news.listen(MatterOpened)
def on_opened(item: MatterOpened) -> None:
    """The peer learns our number for its call."""
    if item.matter.source != "import":
        tell_state(item.matter, "opened")


@news.listen(MatterMoved)
def on_moved(item: MatterMoved) -> None:
    """Feedback, closing, reopening, hand-over."""
    if item.move not in _TOLD_BY_ORDERS:
        tell_state(item.matter, item.move)


@news.listen(OrderChanged)
def on_order_changed(item: OrderChanged) -> None:
    """Each step of each unit."""
    if item.order.via != "import":
        tell_state(item.order.matter, f"order.{item.what}")


@news.listen(HandoverChanged)
def on_handover(item: HandoverChanged) -> None:
    """A partner was asked along or has answered."""
    tell_state(item.handover.matter, f"handover.{item.what}")


def tell_state(matter: Matter, what: str) -> None:
    """Queue the incident's state for every peer that is told: one small question when there is none."""
    if matter.kind != "incident":
        return
    told = peers_told(matter.external_source)
    if not told:
        return
    matter.refresh_from_db(fields=["version", "state", "details", "handled_by"])
    facts = facts_of(matter)
    for peer in told:
        tell(peer, kind="status", shared_id=facts.shared_id, body=status_of(facts, what))
