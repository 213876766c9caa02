"""Writing, approving, publishing, calling off. Who approves is never who wrote: the database holds that too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act, may
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.scope import Actor, system
from linli.kernel.workflow import take
from linli.org.agencies.models import Agency
from linli.outreach.alerts.models import ALERT_LIFE, Alert, AlertArea
from linli.outreach.alerts.queries import outline_of
from linli.outreach.alerts.rules.declared import Said, check
from linli.works.jobs.acts import job, schedule

declare("alert.no_area", zh="请选择面向哪些辖区。", en="Choose for which areas it is.")
declare("alert.beyond", zh="{area}不在您可以提醒的范围内。", en="{area} is not yours to warn.")
declare("alert.own", zh="须由另一人审核，不能审核自己写的提醒。", en="Another person approves, never the writer.")
declare("alert.moved_on", zh="提醒已不是草稿，请先退回修改。", en="It is no draft any more; send it back first.")
declare("alert.over", zh="失效时间已过，请退回修改。", en="Its time is over; send it back to be changed.")

EXPIRING = system("alerts")


@dataclass(frozen=True, slots=True)
class AlertPublished:
    """News: a warning is out."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class AlertCancelled:
    """News: a warning was called off."""

    alert: Alert


@act("alert.write", zh="起草提醒", en="write a warning", within=lambda facts: facts["agency"].path)
def write_alert(actor: Actor, *, agency: Agency, said: Said, areas: Sequence[Agency], expires_at: datetime) -> Alert:
    """A draft in the name of ``agency`` for the residents of ``areas``, which lie at or below it."""
    check(said, expires_at=expires_at, at=clock.now())
    _check_areas(agency, areas)
    row = Alert.objects.create(
        agency=agency, written_by_id=actor.id, written_at=clock.now(), expires_at=expires_at, **asdict(said)
    )
    _set_areas(row, areas)
    return row


@act(
    "alert.change",
    zh="修改提醒",
    en="change a warning",
    about="alert",
    within=lambda facts: facts["alert"].agency.path,
)
def change_alert(actor: Actor, *, alert: Alert, said: Said, areas: Sequence[Agency], expires_at: datetime) -> Alert:
    """Other words, areas or times, while it is a draft; whoever changes it becomes its writer."""
    check(said, expires_at=expires_at, at=clock.now())
    _check_areas(alert.agency, areas)
    changed = Alert.objects.filter(pk=alert.pk, state="draft", version=alert.version).update(
        **asdict(said), expires_at=expires_at, written_by_id=actor.id, written_at=clock.now(), version=F("version") + 1
    )
    if not changed:
        raise Conflict("alert.moved_on")
    alert.areas.all().delete()
    alert.refresh_from_db()
    _set_areas(alert, areas)
    return alert


@act(
    "alert.approve",
    zh="审核提醒",
    en="approve a warning",
    about="alert",
    within=lambda facts: facts["alert"].agency.path,
)
def approve_alert(actor: Actor, *, alert: Alert) -> Alert:
    """Somebody else has read it."""
    if alert.written_by_id == actor.id:
        raise NotAllowed("alert.own")
    take(alert, ALERT_LIFE, "approve", approved_by_id=actor.id, approved_at=clock.now())
    return alert


@act(
    "alert.return",
    zh="退回提醒",
    en="send a warning back",
    about="alert",
    within=lambda facts: facts["alert"].agency.path,
)
def return_alert(actor: Actor, *, alert: Alert) -> Alert:
    """Back to draft; its approval is gone."""
    take(alert, ALERT_LIFE, "return_to_draft", approved_by_id=None, approved_at=None)
    return alert


@act(
    "alert.publish",
    zh="发布提醒",
    en="publish a warning",
    about="alert",
    within=lambda facts: facts["alert"].agency.path,
)
def publish_alert(actor: Actor, *, alert: Alert) -> Alert:
    """Out to the public page, the feed and the groups of its areas. Outlines are kept as they are now."""
    now = clock.now()
    if alert.expires_at <= now:
        raise Invalid("alert.over", field="expires_at")
    for row in alert.areas.select_related("agency"):
        AlertArea.objects.filter(pk=row.pk).update(polygons="\n".join(outline_of(row.agency)))
    take(alert, ALERT_LIFE, "publish", published_at=now)
    schedule("alert.expire", due_at=alert.expires_at, payload={"alert": str(alert.pk)}, key=f"alert:{alert.pk}")
    news.announce(AlertPublished(alert))
    return alert


@act(
    "alert.cancel",
    zh="解除提醒",
    en="call a warning off",
    about="alert",
    within=lambda facts: facts["alert"].agency.path,
)
def cancel_alert(actor: Actor, *, alert: Alert, reason: str) -> Alert:
    """It is over or was wrong: the feed carries a message that calls it off for a day."""
    take(alert, ALERT_LIFE, "cancel", cancelled_at=clock.now(), cancel_reason=reason.strip()[:200])
    news.announce(AlertCancelled(alert))
    return alert


@act("alert.drop", zh="作废提醒", en="drop a warning", about="alert", within=lambda facts: facts["alert"].agency.path)
def drop_alert(actor: Actor, *, alert: Alert) -> Alert:
    """It is not going out."""
    take(alert, ALERT_LIFE, "drop")
    return alert


@act("alert.expire", zh="提醒到期", en="let a warning end", about="alert")
def expire_alert(actor: Actor, *, alert: Alert) -> Alert:
    """Its time is over."""
    take(alert, ALERT_LIFE, "expire")
    return alert


@job("alert.expire")
def run_expire(payload: dict[str, str]) -> None:
    """End a warning whose time is over; one that was called off meanwhile stays so."""
    row = Alert.objects.filter(pk=payload["alert"], state="published", expires_at__lte=clock.now()).first()
    if row is not None:
        expire_alert(EXPIRING, alert=row)


MOVES = {
    "approve": approve_alert,
    "return_to_draft": return_alert,
    "publish": publish_alert,
    "drop": drop_alert,
}
"""Steps that need nothing but the row."""


def may_warn(actor: Actor, agency: Agency) -> bool:
    """Whether the actor may write for this area."""
    return may(actor, "alert.write", agency.path)


def _check_areas(agency: Agency, areas: Sequence[Agency]) -> None:
    if not areas:
        raise Invalid("alert.no_area", field="areas")
    for area in areas:
        if not area.path.startswith(agency.path) or area.kind == "partner":
            raise Invalid("alert.beyond", field="areas", area=area.name)


def _set_areas(alert: Alert, areas: Sequence[Agency]) -> None:
    AlertArea.objects.bulk_create(
        [AlertArea(alert=alert, agency=area, words=area.name) for area in dict.fromkeys(areas)]
    )
