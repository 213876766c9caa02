"""Giving a volunteer a code card, and taking away all that hangs on it when he leaves.

Whoever acts in the house has a person card, and its name stays in the trail for good. So a volunteer's card carries a
number that chance has made: who is meant stands in the sealed register of volunteers alone, and goes with him.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, declare
from linli.kernel.scope import Actor
from linli.org.calendars.models import CalendarLink
from linli.org.codecards.acts import issue_card, revoke_card
from linli.org.codecards.models import ALIVE, CodeCard
from linli.org.codecards.rules import fresh_code
from linli.org.people.acts import let_go_person, take_on_person
from linli.org.people.models import Person
from linli.org.posts.acts import give_post
from linli.volunteers.members.models import Member

POST = "safety_watcher"

declare(
    "volunteer.has_card",
    zh="这位志愿者已有登录用的代号{alias}。换卡、作废请到“码卡”。",
    en="This volunteer signs in as {alias} already: see the code cards.",
)
declare("volunteer.not_active", zh="暂停或已退出的志愿者不发码卡。", en="Only an active volunteer is given a card.")


@dataclass(frozen=True, slots=True)
class VolunteerLeft:
    """News: this person card was a volunteer's, who has left; whatever is kept under it goes."""

    person: Person
    actor: Actor


@act("volunteer.give_card", zh="给志愿者发码卡", en="give a volunteer a code card", about="member",
     within=lambda facts: facts["member"].agency.path)  # fmt: skip
def give_member_card(actor: Actor, *, member: Member, starter: str) -> CodeCard:
    """A card to sign in with, under a number instead of a name; ``starter`` is the PIN told with it. Raises Conflict
    for who is not active or has one.
    """
    if member.state != "active":
        raise Conflict("volunteer.not_active")
    if member.person is not None:
        raise Conflict("volunteer.has_card", alias=member.person.name)
    sign = fresh_code()
    person = take_on_person(actor, staff_no=f"V-{sign}", name=f"监督员{sign[:5]}")
    give_post(actor, person=person, agency=member.agency, code=POST, since=clock.today())
    same = Member.objects.filter(pk=member.pk, state="active", person__isnull=True)
    if not same.update(person=person, version=F("version") + 1):
        raise Conflict("volunteer.changed")
    member.refresh_from_db()
    return issue_card(actor, person=person, starter=starter)


def end_entry(actor: Actor, person: Person) -> None:
    """Inside the act by which a volunteer leaves: his card and its session end, his post, account, calendar address
    and phones too. What he reported stays, under a number that nobody can read back.
    """
    for card in CodeCard.objects.filter(person=person, state__in=ALIVE):
        revoke_card(actor, card=card, why="left")
    CalendarLink.objects.filter(person=person).delete()
    if person.left_on is None:
        let_go_person(actor, person=person, on=clock.today())
    news.announce(VolunteerLeft(person, actor))
