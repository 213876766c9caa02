"""Asking to become a safety watcher, and what the room decides after it has called."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.crypto import blind_index
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.parties.rules import plain_phone
from linli.org.agencies.models import Agency
from linli.volunteers.asking.models import APPLICATION_LIFE, Application
from linli.volunteers.members.acts import register_member
from linli.volunteers.members.models import Member

ONCE = "volunteers.application.once"
_SHORTEST = 7

declare("volunteer.no_room", zh="请先选您的警务室。", en="Choose your police room first.")
declare("volunteer.agree", zh="请先勾选同意。", en="Please agree first.")


@act("volunteer.apply", zh="报名当监督员", en="ask to become a safety watcher")
def apply_to_watch(
    actor: Actor, *, room: Agency | None, name: str, phone: str, once: str, free: str = "", agreed: bool = False
) -> Application:
    """Keep a resident's application for the room to call back. The same form sent twice is one application.

    Raises Invalid naming the field that is missing.
    """
    if room is None:
        raise Invalid("volunteer.no_room", field="room")
    if not name.strip():
        raise Invalid("volunteer.no_name", field="name")
    if len(plain_phone(phone)) < _SHORTEST:
        raise Invalid("volunteer.phone", field="phone")
    if not agreed:
        raise Invalid("volunteer.agree", field="agreed")
    row = Application(
        agency=room,
        free=free.strip()[:120],
        once_index=blind_index(once, context=ONCE),
        received_at=clock.now(),
    )
    row.set_contact(name.strip()[:60], plain_phone(phone))
    Application.objects.bulk_create([row], ignore_conflicts=True)
    return row


@act(
    "volunteer.accept",
    zh="登记报名的监督员",
    en="register an applicant",
    keeps=("code",),
    about="application",
    within=lambda facts: facts["application"].agency.path,
)
def accept_application(actor: Actor, *, application: Application, code: str, grid_code: str = "") -> Member:
    """Register whoever applied as a safety watcher, after the call; the application forgets name and number."""
    name, phone = application.name, application.phone
    _decide(actor, application, "accept")
    return register_member(
        actor,
        code=code,
        kind="safety_watcher",
        name=name,
        phone=phone,
        agency=application.agency,
        consented_on=clock.shanghai(application.received_at).date(),
        grid_code=grid_code,
    )


@act(
    "volunteer.decline",
    zh="不登记报名人",
    en="do not register an applicant",
    about="application",
    within=lambda facts: facts["application"].agency.path,
)
def decline_application(actor: Actor, *, application: Application) -> Application:
    """Not registered, by his own wish or the room's: name and number are erased."""
    _decide(actor, application, "decline")
    return application


def _decide(actor: Actor, application: Application, move: str) -> None:
    take(
        application,
        APPLICATION_LIFE,
        move,
        decided_at=clock.now(),
        decided_by_name=actor.name,
        name_sealed=b"",
        phone_sealed=b"",
    )
