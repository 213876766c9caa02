"""A door comes on the list, or leaves it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.places.addresses.models import Address
from linli.places.premises.models import Premises
from linli.visits.plans.models import Due, Stop
from linli.visits.plans.queries.doors import door_of
from linli.visits.reasons.queries import reason as reason_of

declare("due.consent", zh="“{zh}”须有本人同意，请填同意日期。", en="{en} needs the person's consent: give its day.")
declare("due.matter", zh="“{zh}”须注明所依据的事项。", en="{en} needs the matter that it follows.")
declare("due.there", zh="这一户已因同一事由在走访清单上。", en="This door is on the list for this reason already.")
declare("due.ended", zh="这一户已不在走访清单上。", en="This door is not on the list any more.")


@act(
    "visit.open_due",
    zh="列入走访清单",
    en="put a door on the list",
    keeps=("reason", "consented_on", "due_on", "matter"),
)
def open_due(
    actor: Actor,
    *,
    reason: str,
    premises: Premises | None = None,
    address: Address | None = None,
    room: str = "",
    place: str = "",
    lon: float | None = None,
    lat: float | None = None,
    matter: Matter | None = None,
    consented_on: date | None = None,
    due_on: date | None = None,
) -> Due:
    """Put a door on the list for a reason. What the reason rests on must be given: the day of consent, or the matter.

    Raises Invalid naming the field, Conflict when the door stands there for the same reason.
    """
    today = clock.today()
    facts = reason_of(reason, today)
    zh, en = facts.words
    if facts.ground == "consent" and consented_on is None:
        raise Invalid("due.consent", zh=zh, en=en, field="consented_on")
    if facts.ground == "matter" and matter is None:
        raise Invalid("due.matter", zh=zh, en=en, field="matter")
    if facts.ground == "campaign":
        raise Invalid("fact.wrong", field="reason", why=zh)
    where = door_of(actor, premises=premises, address=address, room=room, place=place, lon=lon, lat=lat)
    if Due.objects.standing().filter(door=where.door, reason=reason, campaign__isnull=True).exists():
        raise Conflict("due.there")
    return Due.objects.create(
        id=new_id(),
        reason=reason,
        matter=matter,
        consented_on=consented_on,
        since=today,
        due_on=due_on or today + timedelta(days=facts.first_within_days),
        over_on=today + timedelta(days=facts.lasts_days) if facts.lasts_days else None,
        **where.as_columns(),
    )


@act(
    "visit.end_due",
    zh="移出走访清单",
    en="take a door off the list",
    about="due",
    within=lambda facts: facts["due"].agency.path,
)
def end_due(actor: Actor, *, due: Due) -> Due:
    """Take a door off the list: consent was withdrawn, or there is no more reason. It leaves all weeks."""
    changed = (
        Due.objects.standing()
        .filter(pk=due.pk)
        .update(ended_on=clock.today(), ended_why="withdrawn", version=F("version") + 1)
    )
    if not changed:
        raise Conflict("due.ended")
    Stop.objects.filter(due=due, state="planned").delete()
    due.refresh_from_db()
    return due
