"""走访: my week, what is known of a door, signing."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.org.access.rules import holds_right
from linli.places.addresses.models import Address
from linli.visits.inspections.queries import to_check_again
from linli.visits.plans.acts import change_stop, make_week, open_due
from linli.visits.plans.models import Campaign, Week
from linli.visits.plans.queries import due_rows, proposal, stop_by_id, week_of
from linli.visits.plans.rules import A_DAY, monday_of
from linli.visits.records.acts import countersign_visit, send_visit_back
from linli.visits.records.models import VISIT_LIFE, Visit
from linli.visits.records.queries import Met, met_in, reason_words, to_sign, visit_by_id, visits_of
from linli.visits.records.rules import GIVEN, OUTCOMES, SEALED, TOPICS
from linli.web.filling import carry_out, done, show_form
from linli.web.registers import page_of
from linli.web.visit_forms import DueForm
from linli.web.visitor import actor_of, page

WALK = ("community_officer", "station_chief", "auxiliary", "assistant")
RECORD = (*WALK, "station_desk", "dispatcher", "bureau_leader", "information_officer", "grid_worker")
READ = (*RECORD, "auditor")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
A_DAY_CHOICES = (4, 6, 8, 10, 12)


def _monday(request: HttpRequest) -> date:
    try:
        return monday_of(date.fromisoformat(request.GET.get("week", "")))
    except ValueError:
        # On a weekend one plans the week to come.
        return monday_of(clock.today() + timedelta(days=2))


@never_cache
@require_GET
@page(*WALK)
def week(request: HttpRequest) -> HttpResponse:
    """My week: what is due, in walking order, on a list and on a map; on paper for whoever wants it so."""
    actor, monday, today = actor_of(request), _monday(request), clock.today()
    found = week_of(actor, person_id=actor.id, monday=monday)
    late = due_rows(actor).filter(due_on__lt=today, campaign__isnull=True).count()
    context = {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "week": found,
        "days": _days(found, monday) if found else [],
        "minutes": round(found.walk_s / 60) if found else 0,
        "spots": _spots(found) if found else {},
        "due": due_rows(actor).filter(due_on__lte=monday + timedelta(days=6)).count(),
        "late": late,
        "to_sign": to_sign(actor).count() if _signs(actor) else 0,
        "rechecks": to_check_again(actor, today + timedelta(days=7)).count(),
        "campaigns": Campaign.objects.visible_to(actor).running(today),
        "last_week": monday - timedelta(days=7),
        "next_week": monday + timedelta(days=7),
        "may_plan": monday >= monday_of(today),
        "a_day": A_DAY,
        "a_day_choices": A_DAY_CHOICES,
        "may_list": any(holds_right(actor, "visit.open_due", path) for path in actor.paths),
    }
    return render(request, "web/visits.html", context)


def _signs(actor: Actor) -> bool:
    return any(holds_right(actor, "visit.countersign", path) for path in actor.paths)


def _days(found: Week, monday: date) -> list[dict[str, Any]]:
    """The days of the week that have doors, or on which one is elsewhere."""
    stops = list(found.stops.select_related("due__premises", "due__campaign").order_by("day", "turn"))
    days = []
    for n in range(7):
        day = monday + timedelta(days=n)
        mine = [stop for stop in stops if stop.day == day]
        away = day.isoformat() in found.away
        if mine or away:
            days.append(
                {
                    "day": day,
                    "name": _(WEEKDAYS[n]),
                    "away": away,
                    "today": day == clock.today(),
                    "stops": mine,
                    "minutes": round(sum(stop.walk_s or 0 for stop in mine) / 60),
                    "to_go": sum(stop.state in ("planned", "missed") for stop in mine),
                }
            )
    return days


def _spots(found: Week) -> dict[str, Any]:
    """What the map draws: the room, and the doors of each day in their order."""
    stops = found.stops.select_related("due").exclude(state="left_out").order_by("day", "turn")
    return {
        "home": [found.agency.lon, found.agency.lat] if found.agency.lon is not None else None,
        "stops": [
            {"id": str(stop.pk), "day": stop.day.isoformat(), "turn": stop.turn, "title": stop.due.place,
             "at": [stop.due.lon, stop.due.lat], "state": stop.state}
            for stop in stops
            if stop.due.lon is not None and stop.due.lat is not None
        ],
    }  # fmt: skip


@require_POST
@page(*WALK)
def plan(request: HttpRequest) -> HttpResponse:
    """Propose the week from what is due and take it over."""
    actor, monday = actor_of(request), _monday(request)
    asked = request.POST.get("a_day", "")
    a_day = int(asked) if asked.isdigit() and 1 <= int(asked) <= 30 else A_DAY
    proposed = proposal(actor, monday=monday, a_day=a_day)
    made = make_week(actor, plan=proposed, walk_s=proposed.walk_s)
    done(request, _("已排好：%(n)s户。") % {"n": made.stops.count()})
    return redirect(f"{reverse('visits')}?week={monday}")


@require_POST
@page(*WALK)
def stop_change(request: HttpRequest, stop: uuid.UUID) -> HttpResponse:
    """Leave a door out of the week, take it in again, or move it to another of its days."""
    actor, row = actor_of(request), stop_by_id(actor_of(request), stop)
    day = request.POST.get("day", "")
    change_stop(
        actor, stop=row, day=date.fromisoformat(day) if day else None, leave_out=request.POST.get("leave_out") == "1"
    )
    return redirect(f"{reverse('visits')}?week={row.week.monday}#d{row.day}")


def shown(row: Visit, met: Met | None = None) -> dict[str, Any]:
    """A visit as the pages show it: words for codes, the free words opened, whom it names as far as one may see."""
    chosen = list(row.choices.all())
    return {
        "row": row,
        "met": met,
        "reason": reason_words(row.reason),
        "outcome": OUTCOMES[row.outcome],
        "state": VISIT_LIFE.state(row.state).words,
        "topics": [TOPICS[one.code] for one in chosen if one.kind == "topic" and one.code in TOPICS],
        "given": [GIVEN[one.code] for one in chosen if one.kind == "given" and one.code in GIVEN],
        "said": [(SEALED[name], text) for name, text in row.said.items() if name in SEALED],
    }


@never_cache
@require_GET
@page(*READ)
def door(request: HttpRequest, key: str) -> HttpResponse:
    """What is known of a door from earlier visits, as far as the post may see it: a civil post its own only."""
    actor = actor_of(request)
    rows = visits_of(actor, door=key)
    found = page_of(request, rows)
    met = met_in(actor, found["rows"])
    first = found["rows"][0] if found["rows"] else None
    context = {
        **found,
        "visits": [shown(row, met.get(row.pk)) for row in found["rows"]],
        "place": first.place if first else "",
        "premises": first.premises if first else None,
        "may_record": actor.holds(*RECORD),
        "crumbs": [(_("走访"), reverse("visit_list")), (first.place if first else _("没有记录"), "")],
    }
    return render(request, "web/visit_door.html", context)


@never_cache
@require_GET
@page(*READ)
def index(request: HttpRequest) -> HttpResponse:
    """The visits in reach, the latest first; what waits for a sign by its tab."""
    actor = actor_of(request)
    asked = request.GET.get("show", "")
    if asked == "sign":
        rows = to_sign(actor)
    elif asked == "mine":
        rows = visits_of(actor, person=actor.id)
    else:
        rows = visits_of(actor)
    found = page_of(request, rows.prefetch_related("choices"))
    tabs = [
        {"words": words, "href": href, "current": current, "count": count}
        for words, href, current, count in (
            (_("全部"), "?", asked not in ("sign", "mine"), None),
            (_("我的记录"), "?show=mine", asked == "mine", None),
            (_("待我核签"), "?show=sign", asked == "sign", to_sign(actor).count()),
        )
    ]
    context = {
        **found,
        "visits": [shown(row) for row in found["rows"]],
        "tabs": tabs if _signs(actor) else tabs[:2],
        "signing": asked == "sign" and _signs(actor),
        "walks": actor.holds(*WALK),
    }
    return render(request, "web/visit_list.html", context)


@never_cache
@require_GET
@page(*READ)
def visit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One visit: what was written, what its author corrected, what was opened from it."""
    actor = actor_of(request)
    row = visit_by_id(actor, key)
    opened = Matter.objects.visible_to(actor).filter(from_visit__visit=row)
    context = {
        "one": shown(row, met_in(actor, [row]).get(row.pk)),
        "row": row,
        "opened": opened,
        "versions": list(row.versions.all()),
        "mine": row.by_id == actor.id,
        "may_sign": row.state == "waiting" and row.by_id != actor.id and holds_right(
            actor, "visit.countersign", row.agency.path
        ),
        "crumbs": [(_("走访"), reverse("visit_list")), (row.place, "")],
    }  # fmt: skip
    return render(request, "web/visit.html", context)


@require_POST
@page(*RECORD)
def sign(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Sign for a helper's record, or send it back with what is wrong."""
    actor = actor_of(request)
    row = visit_by_id(actor, key)
    why = request.POST.get("why", "").strip()
    if request.POST.get("back") == "1":
        send_visit_back(actor, visit=row, why=why)
        done(request, _("已退回。"))
    else:
        countersign_visit(actor, visit=row)
        done(request, _("已核签。"))
    return redirect(f"{reverse('visit_list')}?show=sign")


@never_cache
@require_http_methods(["GET", "POST"])
@page(*WALK)
def listed(request: HttpRequest) -> HttpResponse:
    """A door for the list: a new tenant, somebody who agreed, a victim afterwards."""
    actor = actor_of(request)
    form = DueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        matter = Matter.objects.visible_to(actor).filter(number=facts.pop("matter").strip()).first()
        address = Address.objects.filter(text=facts["place"].strip(), active=True).first()
        made = carry_out(form, lambda _facts: open_due(actor, **facts, address=address, matter=matter))
        if made is not None:
            done(request, _("已列入走访清单，%(day)s前应到。") % {"day": made.due_on})
            return redirect("visits")
    crumbs = [(_("走访"), reverse("visits")), (_("列入走访清单"), "")]
    return show_form(
        request,
        form,
        title=_("列入走访清单"),
        submit=_("列入"),
        back=reverse("visits"),
        crumbs=crumbs,
        note=_("只记门牌和事由，不写姓名。"),
        wide=("place",),
    )
