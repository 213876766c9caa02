"""Recommending for each call as it comes or moves, and keeping what was known."""

from __future__ import annotations

from linli.kernel import clock, news
from linli.kernel.rows import insert
from linli.kernel.scope import system
from linli.matters.ledger.acts import MatterOpened, stamp_all
from linli.matters.ledger.models import Matter
from linli.matters.routing.acts import MatterPlaced
from linli.matters.routing.queries import category
from linli.matters.routing.rules import surely_placed_and_known
from linli.operations.dispatch.acts import order_first_free
from linli.operations.dispatch.models import Recommendation
from linli.operations.recommendation.queries import STORED, found_now

DISPATCH = system("dispatch")


def store_recommendation(matter: Matter) -> Recommendation:
    """Recommend for a call and keep what was known; the stamp says when."""
    units, snapshot, took_ms = found_now(matter)
    row = Recommendation(
        matter=matter,
        at=clock.now(),
        units=units,
        snapshot=snapshot,
        took_ms=took_ms,
    )
    insert(row)
    # The door that took the call shows it without asking again.
    vars(matter)[STORED] = row
    if units:
        stamp_all(matter, [("recommended", row.at)], DISPATCH)
    return row


@news.listen(MatterOpened)
def on_opened(item: MatterOpened) -> None:
    """A new call: recommend, and where its category says so, order the best unit without a tap; not on a guess."""
    if item.matter.kind != "incident" or item.matter.source == "import":
        return
    stored = store_recommendation(item.matter)
    listed = category(item.matter.category)
    sure = surely_placed_and_known(item.matter.warnings)
    if listed is not None and listed.automatic and sure and stored.units:
        order_first_free(DISPATCH, item.matter, [row["unit"]["id"] for row in stored.units], via="automatic")


@news.listen(MatterPlaced)
def on_placed(item: MatterPlaced) -> None:
    """A call that moved on the map gets a new recommendation while it waits."""
    if item.matter.kind == "incident" and item.matter.state == "waiting":
        store_recommendation(item.matter)
