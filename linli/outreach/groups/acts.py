"""Setting up groups, and telling them: only texts that were declared for groups, with nothing personal in them."""

from __future__ import annotations

from typing import Any

from linli.kernel import news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.outreach.alerts.acts import AlertCancelled, AlertPublished
from linli.outreach.alerts.models import Alert
from linli.outreach.alerts.rules.declared import EVENTS
from linli.outreach.groups.models import Group
from linli.outreach.groups.queries import CHANNEL, groups_within
from linli.outreach.groups.rules import robot_address
from linli.works.channels.acts.setting import open_group_channel
from linli.works.outbox.acts.queueing import queue_to_group
from linli.works.outbox.models import Message

declare("group.name_taken", zh="该单位已有同名的群。", en="This agency has a group of that name.")
declare("group.no_name", zh="请填写群名。", en="Please give the group's name.")


@act("group.set", zh="设置群", en="set up a group", keeps=("kind",), within=lambda facts: facts["agency"].path)
def set_group(
    actor: Actor, *, agency: Agency, name: str, kind: str, address: str, sign: str = "", group: Group | None = None
) -> Group:
    """Set up or change a group of an agency's area; a blank address leaves the one that is there."""
    if not name.strip():
        raise Invalid("group.no_name", field="name")
    row = group or Group(agency=agency, version=0)
    if Group.objects.filter(agency=agency, name=name.strip()).exclude(pk=row.pk).exists():
        raise Conflict("group.name_taken", field="name")
    if address or group is None:
        row.set_address(robot_address(kind, address, sign))
        row.kind = kind
    row.agency, row.name, row.enabled = agency, name.strip(), True
    row.version += 1
    row.save()
    open_group_channel(CHANNEL)
    return row


@act(
    "group.end",
    zh="停用群",
    en="stop writing to a group",
    about="group",
    within=lambda facts: facts["group"].agency.path,
)
def end_group(actor: Actor, *, group: Group) -> Group:
    """Nothing is sent to it any more, and the robot's address is forgotten."""
    group.enabled, group.address_sealed = False, b""
    group.version += 1
    group.save(update_fields=["enabled", "address_sealed", "version"])
    return group


@act("group.test", zh="测试群", en="test a group", about="group", within=lambda facts: facts["group"].agency.path)
def try_group(actor: Actor, *, group: Group) -> Group:
    """Send the test sentence to a group; its state shows beside the group."""
    _tell(group, "group.test", {"group": group.name}, "outreach.group", str(group.pk))
    return group


@news.listen(AlertPublished)
def on_published(item: AlertPublished) -> None:
    """Tell the groups of the areas of a warning."""
    tell_groups(item.alert, "alert.published")


@news.listen(AlertCancelled)
def on_cancelled(item: AlertCancelled) -> None:
    """Tell the same groups that it was called off."""
    tell_groups(item.alert, "alert.cancelled")


def tell_groups(alert: Alert, template: str) -> list[Message]:
    """Queue one message to each group of the areas of a warning."""
    paths = [row.agency.path for row in alert.areas.select_related("agency")]
    body = {
        "event": EVENTS[alert.event].words.zh,
        "event_en": EVENTS[alert.event].words.en,
        "headline": alert.headline,
        "headline_en": alert.headline_en or alert.headline,
        "agency": alert.agency.name,
        "drill": "【演习】" if alert.drill else "",
        "link": f"/door/alerts/{alert.pk}",
    }
    return [_tell(group, template, body, "outreach.alert", str(alert.pk)) for group in groups_within(paths)]


def _tell(group: Group, template: str, body: dict[str, Any], subject_type: str, subject_id: str) -> Message:
    return queue_to_group(
        channel=CHANNEL,
        template=template,
        address=group.address,
        body=body,
        subject_type=subject_type,
        subject_id=subject_id,
        group=group.pk,
    )
