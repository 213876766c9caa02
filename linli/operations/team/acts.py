"""Sending the room's own team: the officer who answers the telephone needs one tap, not one for each unit."""

from __future__ import annotations

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.acts import give_order
from linli.operations.dispatch.models import Order
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency

declare("team.no_room", zh="该警情没有责任警务室，请指明警务室。", en="No room is responsible for this call; name one.")
declare("team.nobody", zh="{room}现在没有可派的队伍。", en="{room} has nobody to send now.")


@act(
    "order.send_team",
    zh="派本室队伍",
    en="send the room's team",
    keeps=("room",),
    about="matter",
    within=lambda facts: facts["room"].path if facts["room"] else None,
)
def send_team(actor: Actor, *, matter: Matter, room: Agency | None) -> list[Order]:
    """Send every unit of a room that can go. One that another desk took is passed over; none left is a Conflict."""
    if room is None or not room.is_room:
        raise Invalid("team.no_room", field="room")
    can_go = Unit.objects.in_service().filter(agency=room, availability="available", order_id__isnull=True)
    orders = []
    for unit in can_go.select_related("agency").order_by("call_sign"):
        try:
            orders.append(give_order(actor, matter=matter, unit=unit, via="team"))
        except Conflict as taken:
            if taken.code not in ("order.unit_taken", "order.unit_unavailable"):
                raise
    if not orders:
        raise Conflict("team.nobody", room=room.name)
    return orders
