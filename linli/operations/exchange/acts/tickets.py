"""Telling a partner of its ticket: by its own system, by its telephone, or by the people who answer for it."""

from __future__ import annotations

from typing import Any

from linli.kernel import clock, news
from linli.matters.handovers.acts import HandoverChanged
from linli.matters.handovers.models import Handover
from linli.matters.notes.acts import write_note
from linli.operations.exchange.acts.answers import CHANNELS
from linli.operations.exchange.queries import people_of_partner, shared_id_of
from linli.works.exchange.acts import tell
from linli.works.exchange.queries import peers_for_agency
from linli.works.exchange.rules.envelope import utc
from linli.works.outbox.acts import queue_message

_TEMPLATES = {"sent": "handover.sent", "chased": "handover.chased", "withdraw": "handover.withdrawn"}
_ASKED = {"hand_over": "接办", "ask_along": "派员联动"}


@news.listen(HandoverChanged)
def on_handover(item: HandoverChanged) -> None:
    """Sent, chased and withdrawn tickets go to the partner; its own answers need no telling."""
    ticket = item.handover
    if item.what not in _TEMPLATES or ticket.to_agency.kind != "partner":
        return
    systems = peers_for_agency(ticket.to_agency.code)
    for peer in systems:
        tell(peer, kind="handover", shared_id=shared_id_of(ticket.matter), body=_for_system(ticket, item.what))
    if not _tell_people(ticket, _TEMPLATES[item.what]) and not systems and item.what == "sent":
        text = f"{ticket.to_agency.name}没有登记电话和联系人，请自行通知。"
        write_note(CHANNELS, matter=ticket.matter, text=text)


def _for_system(ticket: Handover, what: str) -> dict[str, Any]:
    matter = ticket.matter
    return {
        "handover": str(ticket.pk),
        "what": what,
        "number": matter.number,
        "mode": ticket.mode,
        "text": ticket.text,
        "category": matter.category,
        "title": matter.title,
        "lon": matter.lon,
        "lat": matter.lat,
        "address": matter.address,
        "receivedAt": utc(matter.received_at),
        "dueAt": utc(ticket.due_at),
        "chased": ticket.chased,
    }


def _tell_people(ticket: Handover, template: str) -> bool:
    """Ring the agency's own number, else its people; False when there is nobody to ring."""
    phone = ticket.to_agency.phone
    if phone:
        _message(ticket, template, "sms", {"sms": phone, "voice": phone}, None)
        return True
    people = people_of_partner(ticket)
    told = False
    for person in people:
        addresses = {"wecom": person.wecom_id, "sms": person.phone, "voice": person.phone}
        first = next((channel for channel, address in addresses.items() if address), None)
        if first is not None:
            _message(ticket, template, first, addresses, person.pk)
            told = True
    return told


def _message(ticket: Handover, template: str, channel: str, addresses: dict[str, str], recipient: Any) -> None:
    matter = ticket.matter
    queue_message(
        channel=channel,
        template=template,
        address=addresses[channel],
        others={name: address for name, address in addresses.items() if name != channel},
        recipient=recipient,
        body={
            "number": matter.number,
            "place": matter.address,
            "what": _ASKED.get(ticket.mode, "办理"),
            "due": f"{clock.shanghai(ticket.due_at):%H:%M}",
            "times": ticket.chased,
            "link": f"/matters/{matter.number}",
        },
        subject_type="matters.handover",
        subject_id=str(ticket.pk),
    )
