"""Contact cards on their way, some plans of care, four weeks of duty, officers drawn away: everybody is invented."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from linli.demo.county import County
from linli.demo.load.organisation import note_bulk
from linli.demo.plane import chance
from linli.insight.hours.acts import confirm_week
from linli.insight.hours.models import HoursDay, HoursWeek
from linli.insight.hours.rules import WEEK, monday_of
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.agencies.acts import open_agency
from linli.org.agencies.models import Agency
from linli.org.drawing.acts import ask_for_officer, decide, return_to_post
from linli.org.drawing.models import Drawing
from linli.org.people.models import Account, Person
from linli.org.posts.acts import appoint_person
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.org.roster.models import Duty
from linli.visits.cards.acts import design_card, print_cards, show_face
from linli.visits.cards.models import CardBatch, CardDoor
from linli.visits.cards.queries import addresses_within, cards_of
from linli.visits.cards.rules import DEFAULT_CALL_FOR
from linli.visits.care.acts import make_promise, name_carer, open_plan, settle_promise, visit_for_care
from linli.visits.care.models import CarePlan
from linli.visits.care.rules import PlanFacts

PRINTED_GRIDS = 6
WEEKS = 4
CARE = (
    ("桂花", "lonely_elderly", 1941, "elderly_law", "腿脚不便，每周要人买药、看煤气。", "陪去卫生院复查"),
    ("石榴", "disabled", 1968, "elderly_law", "坐轮椅，楼道口台阶太高。", "请社区修一段坡道"),
    ("小满", "left_behind_child", 2016, "minors_law", "父母在外务工，晚上一个人在家。", "联系社区晚托班"),
    ("青竹", "victim", 1990, "victim_rules", "案件后夜里不敢出门。", "装门口声控灯"),
)
NAMES = ("苗秀兰", "蓝建国", "柏小禾", "楼静")
NOTES = ("去看了，精神不错。", "送去米和药。", "打电话问候，一切都好。", "陪着办了手续。")


def load_rounds(actor: Actor, county: County, now: datetime) -> int:
    """Put all of it into the database. Returns how many doors are on the lists of contact cards."""
    rng = chance(county.seed, "rounds")
    officers = _officers()
    doors = _cards(actor, rng, now)
    _care(actor, rng, now)
    _drawn(rng, officers, now)
    _duties(actor, rng, officers, now)
    return doors


def _demo_person(post: str) -> Person | None:
    account = Account.objects.filter(username=f"demo-{post}").select_related("person").first()
    return account.person if account else None


def _officers() -> list[tuple[Person, Agency]]:
    held = Post.objects.filter(code="community_officer", until__isnull=True, agency__kind__in=Agency.ROOM_KINDS)
    rows = held.select_related("person", "agency").order_by("agency__path", "person__staff_no")
    return [(post.person, post.agency) for post in rows]


def _cards(actor: Actor, rng: random.Random, now: datetime) -> int:
    bureau = Agency.objects.filter(parent__isnull=True).exclude(kind="partner").first()
    officer = _demo_person("community_officer")
    if bureau is None or officer is None:
        return 0
    with clock.fixed(now - timedelta(days=20)):
        design_card(
            actor,
            agency=bureau,
            name="大字版",
            layout="large",
            call_for=DEFAULT_CALL_FOR,
            supervision_phone="0000-12389",
        )
        design = design_card(
            actor,
            agency=bureau,
            name="标准版",
            layout="plain",
            call_for=DEFAULT_CALL_FOR,
            supervision_phone="0000-12389",
        )
        show_face(actor, person=officer, duty_phone="0000-600110")
    mine = cards_of(person_actor(officer, door="page"))
    own = {one.face.grid.code for one in mine}
    others = [one for one in cards_of(actor) if one.face.grid.code not in own]
    # A grid of fields without a house has no door to carry a card to.
    housed = (one for one in [*mine, *others] if addresses_within(one.face.grid))
    doors = 0
    for one in islice(housed, len(mine) + PRINTED_GRIDS):
        with clock.fixed(now - timedelta(days=12)):
            batch = print_cards(actor, face=one.face, design=design)
        _walk(actor, rng, batch, now)
        doors += batch.doors_count
    # Two grids whose officer has changed since: their cards are to be printed anew.
    stale = CardBatch.objects.exclude(grid_code__in=own).values_list("pk", flat=True)[:2]
    CardBatch.objects.filter(pk__in=list(stale)).update(officer_name="原民警")
    return doors


def _walk(actor: Actor, rng: random.Random, batch: CardBatch, now: datetime) -> None:
    """Two thirds of the doors in the order of walking, over some days."""
    doors = list(CardDoor.objects.filter(batch=batch).order_by("place"))
    reached = doors[: len(doors) * 2 // 3]
    for place, door in enumerate(reached):
        door.outcome = rng.choices(("handed", "left", "absent", "declined"), weights=(60, 22, 14, 4))[0]
        door.cards = 1 if door.outcome in ("handed", "left") else 0
        door.at = now - timedelta(days=10 - 9 * place / max(len(reached), 1), minutes=rng.randrange(300))
        door.by_id, door.by_name = batch.officer_id, batch.officer_name
    note_bulk(actor, what="card doors", rows=len(reached), digest="")
    CardDoor.objects.bulk_update(reached, ["outcome", "cards", "at", "by_id", "by_name"], batch_size=200)


def _care(actor: Actor, rng: random.Random, now: datetime) -> None:
    officer, partner = _demo_person("community_officer"), _demo_person("partner_officer")
    bureau = Agency.objects.filter(parent__isnull=True).exclude(kind="partner").first()
    if officer is None or bureau is None:
        return
    who = person_actor(officer, door="page")
    federation = open_agency(actor, code="FULIAN", name="县妇女联合会", kind="partner", parent=bureau)
    friend = appoint_person(
        actor, staff_no="FL00001", name="蔡玉珍", agency=federation, code="partner_officer", since=date(2024, 1, 1)
    )
    agency = Agency.objects.get(pk=next(post.agency_id for post in who.posts if post.code == "community_officer"))
    for place, (called, reason, born, ground, situation, promised) in enumerate(CARE):
        with clock.fixed(now - timedelta(days=70 - 12 * place)):
            facts = PlanFacts(
                called=called,
                reason=reason,
                ground=ground,
                name=NAMES[place],
                situation=situation,
                birth_year=born,
                guardian_name="柏奶奶" if reason == "left_behind_child" else "",
                guardian_relation="grandparent" if reason == "left_behind_child" else "",
            )
            plan = open_plan(who, agency=agency, facts=facts)
            make_promise(who, plan=plan, what=promised, due_on=(now + timedelta(days=3 + place)).date())
            done = make_promise(who, plan=plan, what="认识本人，留下联系卡", due_on=clock.today() + timedelta(days=7))
        with clock.fixed(now - timedelta(days=60 - 12 * place)):
            settle_promise(who, promise=done, move="keep", outcome="已上门认识，留了联系卡")
            for person in (partner, friend) if place in (0, 2) else ():
                if person is not None:
                    name_carer(who, plan=plan, person=person, role="partner", sees=frozenset({"situation"}))
        _visited(who, plan, rng, now)


def _visited(who: Actor, plan: CarePlan, rng: random.Random, now: datetime) -> None:
    for ago in sorted(rng.sample(range(2, 30), 3), reverse=True):
        visit_for_care(
            who,
            plan=plan,
            kind=rng.choice(("home", "home", "call", "supplies")),
            note=rng.choice(NOTES),
            minutes=rng.choice((15, 20, 30)),
            at=now - timedelta(days=ago),
        )


def _duties(actor: Actor, rng: random.Random, officers: Sequence[tuple[Person, Agency]], now: datetime) -> None:
    """Working days of the last weeks; all but the latest week confirmed by their owners, of that one every other."""
    this_monday = monday_of(clock.shanghai(now).date())
    duties: list[Duty] = []
    weeks: list[HoursWeek] = []
    days: list[HoursDay] = []
    for place, (person, agency) in enumerate(officers):
        for back in range(1, WEEKS + 1):
            monday = this_monday - WEEK * back
            told = back > 1 or place % 2 == 1
            closed = _at(monday + WEEK, time(9, 0)) if told else None
            week = HoursWeek(person=person, agency=agency, monday=monday, seen_at=closed, confirmed_at=closed)
            for number in range(5):
                minutes = _duty(rng, duties, person, agency, monday + timedelta(days=number))
                days.append(HoursDay(week=week, day=monday + timedelta(days=number), computed_min=minutes))
            weeks.append(week)
    note_bulk(actor, what="duties", rows=len(duties), digest="")
    Duty.objects.bulk_create(duties, batch_size=400)
    own = set(Drawing.objects.values_list("person_id", flat=True))
    _confirmed(own, this_monday)
    kept = [week for week in weeks if week.seen_at is not None and week.person_id not in own]
    HoursWeek.objects.bulk_create(kept, batch_size=400)
    held = {week.pk for week in kept}
    HoursDay.objects.bulk_create([day for day in days if day.week_id in held], batch_size=400)


def _confirmed(people: set[UUID], this_monday: date) -> None:
    """Officers who were drawn away confirm their weeks by the act, all but the latest: it reckons with the absence."""
    for person in Person.objects.filter(pk__in=people):
        for back in range(2, WEEKS + 1):
            confirm_week(person_actor(person, door="page"), monday=this_monday - WEEK * back)


def _duty(rng: random.Random, duties: list[Duty], person: Person, agency: Agency, day: date) -> int:
    """One day's duty; minutes."""
    begins = _at(day, time(8, 30)) + timedelta(minutes=rng.randrange(-20, 25))
    minutes = rng.randrange(455, 560)
    ends = begins + timedelta(minutes=minutes)
    duties.append(
        Duty(agency=agency, person=person, on_at=begins, off_at=ends, on_recorded_at=begins, off_recorded_at=ends)
    )
    return minutes


def _at(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, tzinfo=clock.SHANGHAI)


def _drawn(rng: random.Random, officers: Sequence[tuple[Person, Agency]], now: datetime) -> None:
    """A few officers were wanted elsewhere; one asking waits."""
    chief, leader = _demo_person("station_chief"), _demo_person("bureau_leader")
    if chief is None or leader is None:
        return
    asks, decides = person_actor(chief, door="page"), person_actor(leader, door="page")
    station = Agency.objects.get(pk=next(post.agency_id for post in asks.posts if post.code == "station_chief"))
    own = [person for person, agency in officers if agency.path.startswith(station.path)][:3]
    for place, person in enumerate(own):
        ago = -2 if place and place == len(own) - 1 else 9 + 5 * place
        begins = _at(clock.shanghai(now).date() - timedelta(days=ago), time(8, 0))
        with clock.fixed(min(begins - timedelta(days=1), now)):
            row = ask_for_officer(
                asks,
                person=person,
                asked_for=station,
                reason=rng.choice(("event", "case", "holiday")),
                begins_at=begins,
                ends_at=begins + timedelta(hours=rng.choice((8, 12, 24))),
            )
            if begins < now:
                decide(decides, drawing=row, move="approve")
        if begins < now:
            with clock.fixed(row.ends_at):
                return_to_post(person_actor(person, door="page"), drawing=row)
