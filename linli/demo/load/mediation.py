"""Disputes under mediation in the demo county: on the spot, in session, from the court, agreed and half kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed, open_matter
from linli.matters.ledger.models import Matter
from linli.mediation.agreements import acts as agreements
from linli.mediation.agreements.models import Instalment
from linli.mediation.agreements.queries import signers_of
from linli.mediation.agreements.rules import AgreementFacts, InstalmentFacts
from linli.mediation.cases import acts as cases
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.queries import signs_of
from linli.mediation.cases.rules import CaseFacts
from linli.mediation.courts.acts import take_over
from linli.mediation.hours.acts import write_hours
from linli.mediation.panel.acts import write_expert
from linli.mediation.parties import acts as parties
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import PartyFacts
from linli.mediation.schemes.queries import in_force
from linli.mediation.schemes.rules import propose
from linli.mediation.sessions import acts as sessions
from linli.org.agencies.models import Agency
from linli.org.people.acts import open_account
from linli.org.people.models import Account, Person
from linli.org.posts.acts import appoint_person
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.places.grid.models import Grid
from linli.works.files.acts import keep_file

_OFFICE = (("F00001", "阮知非", "mediator"), ("F00002", "骆见山", "lawyer"), ("F00003", "印小满", "mediator"))
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
_SAID = (
    ("二楼阳台外扩挡了一楼采光", CaseFacts(cause="daylight", source="visit")),
    ("合租屋水电费分摊", CaseFacts(cause="housing", source="party")),
    ("装修漏水泡坏楼下地板", CaseFacts(cause="neighbour", source="call", amount_yuan=12_000)),
    ("工地拖欠三人工资", CaseFacts(cause="wages", source="court", amount_yuan=46_000, signs=("wages",))),
)
_NAMES = (("甲某", "乙某"), ("丙某", "丁某"), ("戊某", "己某"), ("庚某", "辛某公司"))


class _Loader:
    """Holds who acts: the demo's officer, the mediator of the justice office and the lawyer."""

    def __init__(self, officer: Actor, room: Agency, people: dict[str, Person]) -> None:
        self.officer, self.room, self.people = officer, room, people
        self.mediator = person_actor(people["mediator"], door="page")

    def opened(self, n: int) -> MediationCase:
        """A dispute of the ledger, graded as the table proposes, led by the mediator, accepted by both sides."""
        title, facts = _SAID[n]
        grid = Grid.objects.filter(responsibilities__agency=self.room).first()
        place = Placed(
            lon=(self.room.lon or 0) + n * 0.002, lat=(self.room.lat or 0) + n * 0.002, address=f"演示巷{n + 1}号",
            agency=self.room, station=self.room.parent, grid=grid,
        )  # fmt: skip
        matter = open_matter(
            self.officer, kind="dispute", title=title, details={"cause": title}, place=place, source="desk"
        )
        case = cases.open_case(self.officer, matter=matter, facts=facts)
        row = propose(in_force(), signs_of(case)).row
        cases.grade_case(self.officer, case=case, version=case.version, colour=row.code)
        cases.name_member(self.officer, case=case, person=self.people["mediator"], part="lead")
        for side, name in zip("ab", _NAMES[n], strict=True):
            party = parties.add_party(
                self.mediator, case=case, facts=PartyFacts(side=side, name=name, is_body=name.endswith("公司"))
            )
            parties.read_rights(self.mediator, party=party, way="spoken")
            parties.note_consent(self.mediator, party=party, consent="agreed")
        case = MediationCase.objects.select_related("matter").get(pk=case.pk)
        return cases.accept_case(self.mediator, case=case, procedure="people")

    def agreed(self, case: MediationCase, *, kept: bool) -> None:
        """Signed by all, in two instalments; the first is kept."""
        today = clock.today()
        halves = [InstalmentFacts(today + timedelta(days=days), "付六千元") for days in (2, 40)]
        facts = AgreementFacts(
            facts="施工时水管接头松脱，水流到楼下。",
            points="地板和吊顶的损失由谁承担。",
            responsibility="楼上装修一方承担八成，物业承担两成。",
            agreed="共赔偿一万二千元，分两次付清，并修好接头。",
            manner="转账",
            perform_by=today + timedelta(days=40),
            instalments=halves,
        )
        row = agreements.draft_agreement(self.mediator, case=case, facts=facts)
        file = keep_file(self.mediator, body=_PNG, title="signature.png")
        for key in signers_of(row):
            role, _, party = key.partition(":")
            one = Disputant.objects.get(pk=party) if party else None
            way = "seal" if role == "seal" else "paper"
            agreements.sign_agreement(
                self.mediator, agreement=row, role=role, way=way, digest=row.digest, party=one, file=file
            )
        if kept:
            first = Instalment.objects.filter(agreement=row).select_related("agreement__case").first()
            if first is not None:
                agreements.perform(self.mediator, instalment=first)


def load_mediation(actor: Actor, now: datetime) -> int:
    """Put them into the database. Returns how many cases; none where the demo has no officer in a room."""
    account = Account.objects.filter(username="demo-community_officer").select_related("person").first()
    office = Agency.objects.filter(kind="partner", partner_service="justice").first()
    if account is None or account.person is None or office is None:
        return 0
    held = Post.objects.filter(person=account.person, code="community_officer").select_related("agency__parent").first()
    if held is None:
        return 0
    officer = person_actor(account.person, door="page")
    since = clock.shanghai(now).date() - timedelta(days=200)
    people: dict[str, Person] = {}
    for number, name, code in _OFFICE:
        made = appoint_person(actor, staff_no=number, name=name, agency=office, code=code, since=since)
        if code not in people:
            open_account(actor, username=f"demo-{code}", person=made)
        people.setdefault(code, made)
    with clock.fixed(now - timedelta(days=20)):
        work = _Loader(officer, held.agency, people)
        settled = work.opened(2)
        work.agreed(settled, kept=False)
    with clock.fixed(now - timedelta(days=3)):
        first, _, sent = work.opened(0), work.opened(1), work.opened(3)
        take_over(work.mediator, case=sent, court="演示县人民法院", number="（演示）诉前调1号")
        lawyer = person_actor(people["lawyer"], door="page")
        write_expert(lawyer, person=people["lawyer"], skills=["wages", "daylight", "debt"], languages=["方言"])
        write_hours(
            lawyer, person=people["lawyer"], room=held.agency, weekday=2, from_minute=9 * 60, until_minute=11 * 60
        )
    begins_at = (clock.shanghai(now) + timedelta(days=2)).replace(hour=9, minute=30, second=0, microsecond=0)
    with clock.fixed(now - timedelta(hours=5)):
        sessions.plan_session(work.mediator, case=first, begins_at=begins_at, room=held.agency)
    return Matter.objects.filter(mediation__isnull=False).count()
