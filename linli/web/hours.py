"""Hours in the community: the owner's own week, set right by him; for who leads, sums of rooms once they are told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.insight.hours import acts
from linli.insight.hours.queries import COMMUNITY_POSTS, LEADERS, OwnDay, midnight, own_week, room_sums, weeks_waiting
from linli.insight.hours.rules import FULL_DAY_MIN, OWN_DAYS, SOURCES, WEEK, RoomSum, added, monday_of
from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.org.agencies.models import Agency
from linli.org.drawing.queries import drawn_from
from linli.org.roster.acts import sign_off, sign_on
from linli.org.roster.models import Duty
from linli.web.filling import carry_out, done, show_form
from linli.web.registers import crumbs_under
from linli.web.rooms import WEEKDAYS
from linli.web.visitor import actor_of, page

PERIODS = {"weeks4": (4, gettext_lazy("近四周")), "weeks13": (13, gettext_lazy("近一季度"))}
MINUTES = 60


def spelt(minutes: int | None) -> str:
    """Minutes as hours and minutes: ``8:05``; a dash for what is not known."""
    return "—" if minutes is None else f"{minutes // MINUTES}:{minutes % MINUTES:02d}"


def _asked_monday(request: HttpRequest) -> date:
    try:
        return monday_of(date.fromisoformat(request.GET.get("week", "")))
    except ValueError:
        return monday_of(clock.today())


@never_cache
@require_GET
@page(*COMMUNITY_POSTS)
def mine(request: HttpRequest) -> HttpResponse:
    """One's own week, day by day, with what it was made of. Looking at it is what lets it be told later."""
    actor = actor_of(request)
    monday, today = _asked_monday(request), clock.today()
    week = own_week(actor, monday)
    if week.agency is not None and monday <= today:
        acts.see_week(actor, monday=monday)
        week = own_week(actor, monday)
    duty = Duty.objects.visible_to(actor).running().select_related("agency").first()
    context = {
        "week": week,
        "days": [_day(day, today) for day in week.days],
        "total": spelt(week.minutes),
        "a_day": spelt(week.a_day_min),
        "drawn": spelt(week.drawn_min),
        "duty": duty,
        "may_sign_on": duty is None and week.agency is not None,
        "confirmed": bool(week.row and week.row.confirmed_at),
        "over": today >= monday + WEEK,
        "own_days": OWN_DAYS,
        "before": (monday - WEEK).isoformat(),
        "after": (monday + WEEK).isoformat() if monday + WEEK <= today else "",
        "last_day": monday + timedelta(days=6),
        "waiting": weeks_waiting(actor, today),
    }
    return render(request, "web/hours.html", context)


def _day(day: OwnDay, today: date) -> dict[str, Any]:
    return {
        "day": day.sum.day,
        "weekday": WEEKDAYS[day.sum.day.weekday()],
        "minutes": spelt(day.minutes) if day.minutes or day.sum.pieces or day.stated_min is not None else "—",
        "computed": spelt(day.sum.minutes),
        "stated": day.stated_min is not None,
        "reason": day.reason,
        "drawn": spelt(day.sum.drawn_min) if day.sum.drawn_min else "",
        "guessed": day.sum.guessed,
        "parts": [(SOURCES[source], spelt(minutes)) for source, minutes in day.sum.by_source.items()],
        "is_today": day.sum.day == today,
        "may_correct": day.sum.day <= today,
    }


class CorrectionForm(forms.Form):
    """What the owner says of a day."""

    hours = forms.CharField(label=gettext_lazy("实际在社区的时长"), max_length=5, help_text=gettext_lazy("例：8:30"))
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=200, help_text=gettext_lazy("例：忘记签到；在村里开会没有记录")
    )


def _minutes(text: str) -> int:
    """Minutes of ``8:30``; raises Invalid at the field."""
    whole, _colon, rest = text.replace("：", ":").partition(":")
    if not whole.isdigit() or (rest and not rest.isdigit()) or int(rest or 0) >= MINUTES:
        raise Invalid("fact.wrong", field="hours", why=text)
    return int(whole) * MINUTES + int(rest or 0)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*COMMUNITY_POSTS)
def correct(request: HttpRequest, day: str) -> HttpResponse:
    """Set one day right: the reckoned value stays beside what its owner says."""
    actor = actor_of(request)
    try:
        when = date.fromisoformat(day)
    except ValueError as wrong:
        raise Invalid("fact.wrong", field="day", why=day) from wrong
    known = next(one for one in own_week(actor, when).days if one.sum.day == when)
    back = f"{reverse('hours')}?week={monday_of(when).isoformat()}"
    if request.method == "POST" and "undo" in request.POST:
        acts.correct_day(actor, day=when, minutes=None)
        return redirect(back)
    form = CorrectionForm(request.POST or None, initial={"hours": spelt(known.minutes), "reason": known.reason})

    def deed(facts: dict[str, Any]) -> object:
        return acts.correct_day(actor, day=when, minutes=_minutes(facts["hours"]), reason=facts["reason"])

    if carry_out(form, deed) is not None:
        done(request, _("已更正。原来算出的数还留着。"))
        return redirect(back)
    crumbs = crumbs_under("hours", _("我的工时"), (when.isoformat(), ""))
    note = _("按签到和工作记录算出：%(hours)s。您改的数为准，两个数都保留。") % {"hours": spelt(known.sum.minutes)}
    return show_form(request, form, title=_("更正工时"), submit=_("更正"), back=back, crumbs=crumbs, note=note)


@require_POST
@page(*COMMUNITY_POSTS)
def confirm(request: HttpRequest) -> HttpResponse:
    """The week is right."""
    monday = _asked_monday(request)
    acts.confirm_week(actor_of(request), monday=monday)
    done(request, _("已核对，谢谢。"))
    return redirect(f"{reverse('hours')}?week={monday.isoformat()}")


@require_POST
@page()
def sign(request: HttpRequest) -> HttpResponse:
    """Sign on at one's own room, or off."""
    actor = actor_of(request)
    if request.POST.get("what") == "off":
        sign_off(actor)
    else:
        held = [post.agency_id for post in actor.posts if post.code in COMMUNITY_POSTS]
        found = Agency.objects.filter(pk__in=held).order_by("path").first()
        if found is None:
            raise Invalid("hours.no_post")
        sign_on(actor, agency=found)
    return redirect("hours")


@never_cache
@require_GET
@page(*LEADERS)
def rooms(request: HttpRequest) -> HttpResponse:
    """Sums of rooms over whole weeks, in the order of the tree. No person stands here, and nothing is put in order by
    its number.
    """
    actor = actor_of(request)
    code = request.GET.get("period", "weeks4")
    weeks, _words = PERIODS.get(code, PERIODS["weeks4"])
    ends = monday_of(clock.today())
    begins = ends - WEEK * weeks
    sums = room_sums(actor, begins=begins, ends=ends)
    whole = added(sums.values())
    paths = [post.path for post in actor.posts if post.code in LEADERS]
    away = drawn_from(actor, paths=paths, begins_at=midnight(begins), ends_at=midnight(ends))
    context = {
        "rows": [_room(room, one) for room, one in sums.items()],
        "whole": _room(None, whole),
        "over_eight": whole.a_day_min is not None and whole.a_day_min > FULL_DAY_MIN,
        "away": away,
        "away_hours": round(away.away / timedelta(hours=1)),
        "begins": begins,
        "last_day": ends - timedelta(days=1),
        "tabs": [
            {"words": words, "href": f"?period={name}", "current": name == code}
            for name, (_n, words) in PERIODS.items()
        ],
        "own_days": OWN_DAYS,
    }
    return render(request, "web/hours_rooms.html", context)


def _room(room: Agency | None, one: RoomSum) -> dict[str, Any]:
    return {
        "room": room,
        "hours": round(one.minutes / MINUTES),
        "days": one.worked_days,
        "a_day": spelt(one.a_day_min),
        "drawn": round(one.drawn_min / MINUTES),
        "corrected": one.corrected_days,
        "waiting": one.waiting,
    }
