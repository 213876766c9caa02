"""A short message to whoever asked for one: that there is an answer, and never what it is about."""

from __future__ import annotations

from linli.kernel import news
from linli.matters.ledger.acts import MatterMoved
from linli.matters.parties.models import Party
from linli.matters.public.acts.declared import REPORTER
from linli.matters.public.models import PublicReport
from linli.works.channels.queries import addresses_by_channel
from linli.works.outbox.acts import queue_message
from linli.works.outbox.models import Message

SUBJECT = "matters.public_report"
_FROM_RESIDENTS = ("resident", "open311")


def tell_sender(report: PublicReport, template: str) -> Message | None:
    """Queue the message when its sender wished one, left a telephone and there is a way out to telephones: number and
    where to read it, nothing of the matter. None when nothing is sent. Part of the act that calls it.
    """
    if not report.sms:
        return None
    sender = Party.objects.filter(matter_id=report.matter_id, part=REPORTER).first()
    addresses = addresses_by_channel(wecom="", phone=sender.phone if sender else "", kinds=("sms",))
    if not addresses:
        return None
    first = next(iter(addresses))
    body = {
        "number": report.matter.number,
        "phone": report.room.phone if report.room else "",
        "link": "/door/follow",
    }
    return queue_message(
        channel=first,
        template=template,
        address=addresses.pop(first),
        others=addresses,
        body=body,
        subject_type=SUBJECT,
        subject_id=str(report.pk),
    )


@news.listen(MatterMoved)
def on_moved(item: MatterMoved) -> None:
    """What was settled or closed without an answer in words is told as well, once."""
    matter = item.matter
    if matter.source not in _FROM_RESIDENTS or not (matter.state == "settled" or matter.closed_at is not None):
        return
    report = PublicReport.objects.filter(matter=matter, sms=True, answered_at__isnull=True).first()
    told = Message.objects.filter(subject_type=SUBJECT, template="public.ended")
    if report is not None and not told.filter(subject_id=str(report.pk)).exists():
        tell_sender(report, "public.ended")
