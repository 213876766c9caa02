"""The year before the last week: in bulk by the same rules, with one entry in the trail and the digest of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Model

from linli.demo.county import County
from linli.demo.incidents import PastIncident
from linli.demo.load.organisation import Rows, note_bulk
from linli.demo.tables import categories
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter, NumberSeries, Stamp
from linli.matters.ledger.rules import public_number
from linli.matters.parties.models import Party, party_of
from linli.operations.dispatch.models import Order
from linli.operations.limits.queries import limit_for
from linli.places.grid.models import Grid

ORDER_MILESTONES = ("ordered", "delivered", "signed", "under_way", "arrived", "done")
MACHINE = frozenset({"received", "created", "located", "recommended", "ordered", "delivered"})
STEP = 120
"""Incidents in one transaction: about 50 ms, so that a call taker never waits for the load."""


@dataclass(slots=True)
class Batch:
    """Rows of some incidents, parents first."""

    matters: list[Matter] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    stamps: list[list[Any]] = field(default_factory=list)

    def save(self) -> None:
        """Write the batch in one transaction."""
        with transaction.atomic():
            for rows in (self.matters, self.parties, self.orders):
                _insert(rows)
            _insert_stamps(self.stamps)


def _insert(rows: Sequence[Model]) -> None:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)


STAMP_COLUMNS = ("id", "matter_id", "order_id", "milestone", "source", "claimed_by", "server_at")


def _insert_stamps(rows: list[list[Any]]) -> None:
    """By one prepared statement: a year has 160,000 stamps, and making a model of each takes ten times as long."""
    names = ", ".join(connection.ops.quote_name(name) for name in STAMP_COLUMNS)
    marks = ", ".join(["%s"] * len(STAMP_COLUMNS))
    table = connection.ops.quote_name(Stamp._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of our model


def _key(key: UUID) -> Any:
    return key if connection.features.has_native_uuid_field else key.hex


def load_year(actor: Actor, county: County, rows: Rows, year: list[PastIncident]) -> int:
    """Store past incidents with their orders, callers and clocks. Returns how many."""
    grids = {grid.code: grid for grid in Grid.objects.filter(kind="police", active=True)}
    digest = hashlib.sha256()
    for incident in year:
        digest.update(f"{incident.call.received_at.isoformat()}|{incident.call.category}|{incident.unit}\n".encode())
    note_bulk(actor, what="incidents", rows=len(year), digest=digest.hexdigest())
    numbers = _numbers(len(year))
    for start in range(0, len(year), STEP):
        batch = Batch()
        for incident in year[start : start + STEP]:
            _add(batch, actor, county, rows, grids, incident, next(numbers))
        batch.save()
    return len(year)


def _numbers(count: int) -> Iterator[int]:
    """Running numbers in one go, from where the database takes them for single calls."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [count])
            return iter([int(row[0]) for row in cursor.fetchall()])
    NumberSeries.objects.get_or_create(id=1)
    NumberSeries.objects.filter(id=1).update(last=F("last") + count)
    last = NumberSeries.objects.values_list("last", flat=True).get(id=1)
    return iter(range(last - count + 1, last + 1))


def _add(
    batch: Batch, actor: Actor, county: County, rows: Rows, grids: dict[str, Grid], incident: PastIncident, number: int
) -> None:
    call, stamps = incident.call, incident.stamps
    matter = Matter(
        number=public_number(KINDS["incident"].prefix, stamps["created"], number),
        kind="incident",
        state=incident.state,
        title=categories()[incident.final_category].zh,
        details={"narrative": call.narrative, "outcome": "已处置，当事人无异议。"}
        if incident.unit
        else {"narrative": call.narrative},
        category_initial=call.category,
        category=incident.final_category,
        priority_initial=call.priority,
        priority=incident.final_priority,
        agency=rows.agencies[incident.agency],
        station=rows.agencies[incident.station],
        handled_by=rows.agencies[incident.agency] if incident.unit else None,
        grid=grids[county.police_grids[call.settlement].code],
        opened_by=actor.id,
        source="110",
        lon=call.at[0],
        lat=call.at[1],
        address=call.address,
        placed_by="sent",
        received_at=call.received_at,
        opened_at=stamps["created"],
        closed_at=stamps["closed"],
    )
    batch.matters.append(matter)
    batch.parties.append(party_of(matter, part="caller", name=call.caller, phone=call.phone))
    order = _order(matter, rows, incident)
    if order is not None:
        batch.orders.append(order)
    batch.stamps += [_stamp(matter, order, name, at, incident) for name, at in stamps.items()]


def _order(matter: Matter, rows: Rows, incident: PastIncident) -> Order | None:
    if incident.unit is None:
        return None
    stamps, zone = incident.stamps, rows.agencies[incident.agency].zone
    return Order(
        matter=matter,
        unit=rows.units[incident.unit],
        state="done",
        via="automatic" if categories()[incident.call.category].automatic else "desk",
        ordered_by="110",
        result="已处置，当事人无异议。",
        ordered_at=stamps["ordered"],
        target_at=stamps["ordered"] + timedelta(seconds=limit_for(incident.call.category, zone).target_s),
        delivered_at=stamps.get("delivered"),
        signed_at=stamps.get("signed"),
        under_way_at=stamps.get("under_way"),
        arrived_at=stamps.get("arrived"),
        done_at=stamps.get("done"),
    )


def _stamp(matter: Matter, order: Order | None, name: str, at: datetime, incident: PastIncident) -> list[Any]:
    of_order = order is not None and name in ORDER_MILESTONES
    return [
        _key(new_id()),
        _key(matter.pk),
        _key(order.pk) if order is not None and of_order else None,
        name,
        "machine" if name in MACHINE else "person",
        (incident.unit or "") if of_order else "110",
        connection.ops.adapt_datetimefield_value(at),
    ]
