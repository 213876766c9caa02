"""A campaign is opened for everything below an agency; its doors come on the lists in short steps (Q9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor, below, system
from linli.org.agencies.models import Agency
from linli.org.rooms.queries import held_on
from linli.places.addresses.models import Address
from linli.places.grid.queries import grid_at
from linli.places.premises.models import Premises
from linli.places.premises.rules import KINDS as PREMISES_KINDS
from linli.visits.plans.models import Campaign, Due, Stop
from linli.visits.records.rules import door_key
from linli.works.jobs.acts import job, schedule

declare("campaign.name", zh="请填写专项走访的名称。", en="A campaign has a name.")
declare(
    "campaign.code", zh="代码“{code}”已被使用，或含有字母数字短横线以外的字符。", en="The code {code} is taken or odd."
)
declare(
    "campaign.days",
    zh="结束日不能早于开始日，也不能已经过去。",
    en="A campaign ends after it began, and not before today.",
)
declare("campaign.doors", zh="请选择走访住户，或至少一类场所。", en="Choose homes, or at least one kind of premises.")
declare("campaign.ended", zh="这次专项走访已经结束。", en="This campaign has ended.")

WORKER = system("visits")
STEP = 400
HOMES = ("house", "building")
LANE = "visits"


@act(
    "visit.open_campaign",
    zh="开展专项走访",
    en="open a campaign of visits",
    keeps=("code", "begins_on", "ends_on", "doors"),
    within=lambda facts: facts["agency"].path,
)
def open_campaign(
    actor: Actor,
    *,
    code: str,
    title: str,
    agency: Agency,
    begins_on: date,
    ends_on: date,
    doors: str = Campaign.HOMES,
    premises_kinds: Sequence[str] = (),
    what: str = "",
) -> Campaign:
    """Open a campaign: every home, or every place of ``premises_kinds``, at or below ``agency`` until ``ends_on``
    inclusive. Its doors come on the lists by a job. Raises Invalid naming the field.
    """
    if not title.strip():
        raise Invalid("campaign.name", field="name")
    taken = Campaign.objects.filter(code=code).exists()
    if taken or not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 24:
        raise Invalid("campaign.code", code=code, field="code")
    if ends_on < begins_on or ends_on < clock.today():
        raise Invalid("campaign.days", field="ends_on")
    kinds = [kind for kind in premises_kinds if kind in PREMISES_KINDS]
    if doors not in (Campaign.HOMES, Campaign.PREMISES) or (doors == Campaign.PREMISES and not kinds):
        raise Invalid("campaign.doors", field="doors")
    made = Campaign.objects.create(
        code=code,
        name=title.strip()[:60],
        what=what.strip(),
        agency=agency,
        doors=doors,
        premises_kinds=kinds,
        begins_on=begins_on,
        ends_on=ends_on,
        opened_at=clock.now(),
        opened_by_name=actor.name,
    )
    schedule("visits.spread", due_at=clock.now(), payload={"campaign": str(made.pk), "after": ""}, lane=LANE)
    return made


@act(
    "visit.end_campaign",
    zh="结束专项走访",
    en="end a campaign",
    about="campaign",
    within=lambda facts: facts["campaign"].agency.path,
)
def end_campaign(actor: Actor, *, campaign: Campaign) -> Campaign:
    """End it now: doors that nobody has been to leave the lists and the weeks."""
    now = clock.now()
    changed = Campaign.objects.filter(pk=campaign.pk, ended_at__isnull=True).update(
        ended_at=now, version=F("version") + 1
    )
    if not changed:
        raise Conflict("campaign.ended")
    rows = Due.objects.standing().filter(campaign=campaign)
    Stop.objects.filter(due__in=rows, state="planned").delete()
    rows.update(ended_on=clock.shanghai(now).date(), ended_why="over", version=F("version") + 1)
    campaign.refresh_from_db()
    return campaign


@job("visits.spread")
def spread(payload: dict[str, Any]) -> None:
    """One step of putting a campaign's doors on the lists; plans the next. Run twice it adds nothing twice."""
    campaign = Campaign.objects.select_related("agency").filter(pk=payload["campaign"], ended_at__isnull=True).first()
    if campaign is None:
        return
    last = spread_step(WORKER, campaign=campaign, after=str(payload["after"]))
    if last:
        schedule("visits.spread", due_at=clock.now(), payload={"campaign": str(campaign.pk), "after": last}, lane=LANE)


@act("visit.spread_campaign", zh="分发专项走访", en="spread a campaign", keeps=("after",), about="campaign")
def spread_step(actor: Actor, *, campaign: Campaign, after: str) -> str:
    """Put the next doors behind the key ``after`` on the lists. Returns the last key, or ``""`` when all are there."""
    homes = campaign.doors == Campaign.HOMES
    rows, last = _homes(campaign, after) if homes else _premises(campaign, after)
    Due.objects.bulk_create(rows, ignore_conflicts=True)
    if not last:
        Campaign.objects.filter(pk=campaign.pk).update(spread_at=clock.now(), version=F("version") + 1)
    return last


def _homes(campaign: Campaign, after: str) -> tuple[list[Due], str]:
    found = Address.objects.filter(kind__in=HOMES, active=True).order_by("pk")
    if after:
        found = found.filter(pk__gt=UUID(after))
    step = list(found[:STEP])
    rows = []
    for one in step:
        grid = grid_at(one.lon, one.lat)
        held = held_on(grid.pk, clock.today()) if grid else None
        if grid is None or held is None or not held.responsibility.agency.path.startswith(campaign.agency.path):
            continue
        row = _due(campaign, held.responsibility.agency_id, door_key(address=one.pk), one.text, one.lon, one.lat)
        row.address_id, row.grid_code = one.pk, grid.code
        rows.append(row)
    return rows, str(step[-1].pk) if len(step) == STEP else ""


def _premises(campaign: Campaign, after: str) -> tuple[list[Due], str]:
    found = Premises.objects.in_use().filter(
        below("agency_path", (campaign.agency.path,)), kind__in=campaign.premises_kinds
    )
    if after:
        found = found.filter(pk__gt=UUID(after))
    step = list(found.order_by("pk")[:STEP])
    agencies = {row.path: row.pk for row in Agency.objects.filter(path__in={one.agency_path for one in step})}
    rows = []
    for one in step:
        if one.agency_path in agencies:
            agency = agencies[one.agency_path]
            row = _due(campaign, agency, door_key(premises=one.pk), one.name, one.lon, one.lat)
            row.premises_id, row.address_id, row.grid_code = one.pk, one.address_id, one.grid_code
            rows.append(row)
    return rows, str(step[-1].pk) if len(step) == STEP else ""


def _due(campaign: Campaign, agency: UUID, door: str, place: str, lon: float | None, lat: float | None) -> Due:
    days = (campaign.ends_on - campaign.begins_on).days + 1
    return Due(
        reason="campaign",
        agency_id=agency,
        door=door,
        place=place[:160],
        lon=lon,
        lat=lat,
        campaign=campaign,
        since=campaign.begins_on,
        # Spread over the campaign, so that no week gets all of it; the last day is what was promised.
        due_on=campaign.begins_on + timedelta(days=int(sha256(door.encode()).hexdigest()[:8], 16) % days),
        over_on=campaign.ends_on,
    )
