"""The figures of work in the community: of a place, or of one officer, over a period (W1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from linli.insight.measures.queries.places import of_place
from linli.insight.measures.queries.reports import midnight
from linli.insight.measures.rules.work import WORK, WorkFigure
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor, below
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.grid.models import Grid
from linli.visits.inspections.models import Inspection
from linli.visits.inspections.rules import TRADES
from linli.visits.records.models import Visit

LEADERS = ("station_chief", "bureau_leader")
WALKERS = ("community_officer", "auxiliary", "assistant", "station_chief", "grid_worker", "information_officer")
_FOUND = {"disputes": "dispute", "hazards": "hazard", "tips": "tip"}


def report_work(
    actor: Actor, *, officer: str = "", place: str = "", grid: str = "", begins: date, ends: date
) -> dict[str, Any]:
    """The work of one officer (by staff number) or of a place (an agency's code, or a police grid's), from ``begins``
    (inclusive) to ``ends`` (exclusive), days in Asia/Shanghai, as far as the actor may see it.

    ``figures`` in their declared order, ``trades`` of the unlicensed places, ``waiting``: records without an officer's
    sign. Raises NotFound for who or what is out of reach, Invalid when neither or both are asked for.
    """
    if sum(map(bool, (officer, place, grid))) != 1:
        raise Invalid("fact.missing", field="officer / place")
    done = _done(actor, officer, place, grid).between(midnight(begins), midnight(ends))
    sums = _sums(done.visits, done.inspections, done.matters)
    return {
        "officer": done.officer,
        "place": done.place,
        "from": begins.isoformat(),
        "to": ends.isoformat(),
        "figures": [_figure(one, sums[one.code]) for one in WORK.values()],
        "trades": _trades(done.inspections),
        "waiting": done.visits.filter(state="waiting").count(),
    }


@dataclass(frozen=True, slots=True)
class _Done:
    """The rows that count, and whose they are."""

    visits: QuerySet[Visit]
    inspections: QuerySet[Inspection]
    matters: QuerySet[Matter]
    officer: dict[str, str] | None = None
    place: dict[str, str] | None = None

    def between(self, begins_at: datetime, ends_at: datetime) -> _Done:
        """What lies in the period."""
        return replace(
            self,
            visits=self.visits.filter(visited_at__gte=begins_at, visited_at__lt=ends_at),
            inspections=self.inspections.filter(inspected_at__gte=begins_at, inspected_at__lt=ends_at),
            matters=self.matters.filter(received_at__gte=begins_at, received_at__lt=ends_at),
        )


def _done(actor: Actor, officer: str, place: str, grid: str) -> _Done:
    """What the actor may see of one officer's work, of a place or of a grid; raises NotFound."""
    visits = Visit.objects.visible_to(actor).counted()
    inspections = Inspection.objects.visible_to(actor).counted()
    matters = Matter.objects.visible_to(actor)
    if officer:
        person = _person(actor, officer)
        return _Done(
            visits.filter(by=person),
            inspections.filter(by=person),
            matters.opened_by(person.pk),
            officer={"staff_no": person.staff_no, "name": person.name},
        )
    if place:
        agency = _agency(actor, place)
        mine = below("agency__path", (agency.path,))
        named = {"code": agency.code, "name": agency.name}
        return _Done(visits.filter(mine), inspections.filter(mine), matters.filter(of_place(agency)), place=named)
    cell = _grid(grid)
    return _Done(
        visits.filter(grid_code=cell.code),
        inspections.filter(visit__grid_code=cell.code),
        matters.filter(grid=cell),
        place={"code": cell.code, "name": cell.name},
    )


def _figure(one: WorkFigure, n: int) -> dict[str, Any]:
    return {
        "code": one.code,
        **one.words.as_json(),
        "unit_zh": one.unit.zh,
        "unit_en": one.unit.en,
        "meaning_zh": one.meaning.zh,
        "meaning_en": one.meaning.en,
        "n": n,
    }


def _sums(visits: QuerySet[Visit], inspections: QuerySet[Inspection], matters: QuerySet[Matter]) -> dict[str, int]:
    met = visits.order_by().aggregate(
        person_visits=Sum("people_met"),
        people_helped=Sum("helped"),
        homes_reached=Count("door", distinct=True, filter=Q(outcome="met")),
    )
    looked = inspections.order_by().aggregate(
        inspections=Count("pk"),
        put_right=Count("pk", filter=Q(outcome__in=("put_right", "on_the_spot"))),
        unlicensed=Count("pk", filter=Q(outcome="unlicensed")),
        seizures=Count("pk", filter=Q(outcome="seized")),
        seized_yuan=Sum("seized_yuan"),
    )
    found = matters.order_by().aggregate(**{code: Count("pk", filter=Q(kind=kind)) for code, kind in _FOUND.items()})
    return {code: int(n or 0) for code, n in {**met, **looked, **found}.items()}


def _trades(inspections: QuerySet[Inspection]) -> list[dict[str, Any]]:
    """The unlicensed places that were closed, by kind in the declared order."""
    rows = inspections.filter(outcome="unlicensed").order_by().values_list("trade").annotate(n=Count("pk"))
    counted = dict(rows)
    return [{"code": code, **words.as_json(), "n": counted[code]} for code, words in TRADES.items() if code in counted]


def _person(actor: Actor, staff_no: str) -> Person:
    found = _asked_of(actor).filter(staff_no=staff_no).first()
    if found is None:
        raise NotFound("row.unknown", what=staff_no)
    return found


def _agency(actor: Actor, code: str) -> Agency:
    found = Agency.objects.visible_to(actor).filter(code=code).first()
    if found is None or not (actor.is_system or actor.reaches(found.path)):
        raise NotFound("row.unknown", what=code)
    return found


def _grid(code: str) -> Grid:
    found = Grid.objects.filter(kind="police", code=code).order_by("-active", "-valid_from").first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def _asked_of(actor: Actor) -> QuerySet[Person]:
    """Oneself; those who lead, whoever works below them. Nobody his colleagues."""
    rows = Person.objects.visible_to(actor)
    return rows if actor.is_system or actor.holds(*LEADERS) else rows.filter(pk=actor.id)


def people_of(actor: Actor) -> list[tuple[str, str]]:
    """Staff number and name of whose work the actor may ask for; by name, never by a figure."""
    rows = _asked_of(actor).filter(left_on__isnull=True, posts__code__in=WALKERS)
    return list(rows.order_by("name", "staff_no").distinct().values_list("staff_no", "name"))
