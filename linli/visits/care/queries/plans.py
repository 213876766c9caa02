"""Plans as their carers may see them; for everybody else there are none, and for a supervisor only how many."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor, below
from linli.matters.parties.rules import masked_name
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.posts.rules import CIVIL
from linli.visits.care.models import CarePlan, Carer, CareVisit, Promise
from linli.visits.care.rules import NEEDS_SEEN, may_be_shown, told_all

SUPERVISORS = ("station_chief", "bureau_leader")


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """A plan as one of its carers may see it: ``sees`` names what of the person she is shown at all."""

    plan: CarePlan
    carer: Carer
    sees: frozenset[str]

    @property
    def is_police(self) -> bool:
        return self.carer.role != "partner"

    @property
    def leads(self) -> bool:
        return self.carer.role == "lead"

    def told(self, field: str) -> str:
        """A value in clear when this carer is shown it, else the empty text."""
        return self.plan.told(field) if field in self.sees else ""

    @property
    def masked(self) -> str:
        """The name as it stands before somebody says why he looks; of a child never."""
        return masked_name(self.plan.told("name")) if "name" in self.sees and not self.plan.minor else ""


def seen_by(carer: Carer) -> frozenset[str]:
    """What of the person a carer is shown: the police carers all, a partner what was decided for her."""
    if carer.role != "partner":
        return frozenset({*NEEDS_SEEN, "guardian_name", "guardian_phone", "consent_by"})
    allowed = frozenset(field for field in NEEDS_SEEN if getattr(carer, f"sees_{field}"))
    return may_be_shown(allowed, minor=carer.plan.minor)


def plans_of(actor: Actor, *, ended: bool = False) -> QuerySet[CarePlan]:
    """The plans that name the actor."""
    rows = CarePlan.objects.visible_to(actor)
    return (rows.exclude(state="running") if ended else rows.running()).select_related("agency")


def plan_seen(actor: Actor, key: uuid.UUID) -> PlanSeen:
    """One plan for one of its carers. Hidden and absent look the same (NotFound)."""
    plan = CarePlan.objects.visible_to(actor).select_related("agency", "consent_file").filter(pk=key).first()
    carer = Carer.objects.now().filter(plan_id=key, person_id=actor.id).select_related("plan").first()
    if plan is None or carer is None:
        raise NotFound("row.unknown", what=str(key))
    return PlanSeen(plan, carer, seen_by(carer))


def promise_seen(actor: Actor, key: uuid.UUID) -> Promise:
    """One promise of a plan that names the actor (NotFound)."""
    found = Promise.objects.visible_to(actor).select_related("plan", "by").filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def visits_of(plan: CarePlan) -> QuerySet[CareVisit]:
    """Who was there, the latest first; the caller has already found the plan."""
    return CareVisit.objects.filter(plan=plan).select_related("by")


def promises_due(actor: Actor, *, until: date) -> QuerySet[Promise]:
    """The actor's own open promises that fall due by a day, in running plans."""
    rows = Promise.objects.visible_to(actor).open().filter(by_id=actor.id, due_on__lte=until, plan__state="running")
    return rows.select_related("plan").order_by("due_on", "id")


def reviews_due(actor: Actor, *, until: date) -> QuerySet[CarePlan]:
    """Running plans that the actor leads and that are to be looked at again by a day."""
    rows = CarePlan.objects.visible_to(actor).running().filter(review_on__lte=until)
    leads = Carer.objects.now().filter(person_id=actor.id, role="lead").values("plan")
    return rows.filter(pk__in=leads).order_by("review_on", "id")


def people_to_name(actor: Actor, plan: CarePlan) -> list[Person]:
    """Whom a lead may name: who has a post in the plan's station, and the contacts of partner agencies; those named
    already left out.
    """
    today = clock.today()
    named = Carer.objects.now().filter(plan=plan).values("person")
    root = plan.agency.path.strip("/").split("/")
    station = "/" + "/".join(root[:2]) + "/"
    posts = Post.objects.held_on(today).filter(person__left_on__isnull=True).exclude(person__in=named)
    reach = below("agency__path", (station,)) | Q(code="partner_officer")
    rows = posts.filter(reach).select_related("person").order_by("person__name")
    return list({post.person_id: post.person for post in rows}.values())


def is_partner(person: Person) -> bool:
    """Whether somebody works beside the police only: for a partner agency, or in a civil post (a cadre, a grid worker).
    Who holds no post is one too.
    """
    held = Post.objects.held_on(clock.today()).filter(person=person).values_list("code", "agency__kind")
    return all(code in CIVIL or kind == "partner" for code, kind in held)


def without_lead(station: Agency) -> list[CarePlan]:
    """Running plans of a station whose lead holds no post there any more: for the act that takes them over, and to
    count them. Nobody is shown which.
    """
    plans = CarePlan.objects.running().filter(below("agency__path", (station.path,)))
    leads = dict(Carer.objects.now().filter(plan__in=plans, role="lead").values_list("plan_id", "person_id"))
    here = Post.objects.held_on(clock.today()).filter(below("agency__path", (station.path,)))
    serving = set(here.filter(person__left_on__isnull=True).values_list("person_id", flat=True))
    return [plan for plan in plans.select_related("agency") if leads.get(plan.pk) not in serving]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many plans run at a place, how many of them are past their review and whether some have lost their lead, as a
    supervisor is told.
    """

    agency: Agency
    running: str
    overdue: str
    leaderless: bool


def counts_for(actor: Actor) -> Sequence[Counted]:
    """Running plans by station, for supervisors: a number, never a plan. Small numbers are not told (``told_all``)."""
    paths = tuple(post.path for post in actor.posts if post.code in SUPERVISORS)
    stations = list(Agency.objects.at_work().filter(below("path", paths), kind="station").order_by("path"))
    running: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    today = clock.today()
    rows = CarePlan.objects.running().filter(below("agency__path", paths))
    for path, review_on in rows.values_list("agency__path", "review_on"):
        station = next((one.path for one in stations if path.startswith(one.path)), "")
        running[station] += 1
        overdue[station] += review_on < today
    shown = told_all({one.path: running[one.path] for one in stations})
    late = told_all({one.path: overdue[one.path] for one in stations})
    return [Counted(one, shown[one.path], late[one.path], bool(without_lead(one))) for one in stations]
