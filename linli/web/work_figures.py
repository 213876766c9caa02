"""社区工作: the figures of one officer or of a place over a period, on a page and as Word, PDF and workbook (W1)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.insight.measures.queries import first_reach
from linli.insight.measures.queries.work import people_of, report_work
from linli.insight.measures.rules.work import PAPERS, work_book, work_paper
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.web.visitor import actor_of, page
from linli.web.visits import READ
from linli.works.papers.rules import as_docx, as_pdf, template_for

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SPANS: dict[str, Words] = {
    "30": Words("近30天", "30 days"),
    "91": Words("近3个月", "3 months"),
    "182": Words("近半年", "half a year"),
    "365": Words("近一年", "a year"),
}


def _asked(request: HttpRequest, actor: Actor) -> tuple[dict[str, str], date, date]:
    """Whose work, and the days (the last exclusive): oneself and three months when nothing is asked for."""
    whose = {name: request.GET.get(name, "").strip()[:40] for name in ("officer", "place", "grid")}
    if whose["officer"]:
        whose |= {"place": "", "grid": ""}
    if not any(whose.values()):
        own = Person.objects.filter(pk=actor.id).values_list("staff_no", flat=True).first()
        reach = first_reach(actor)
        leads = actor.holds("station_chief", "bureau_leader") or own is None
        whose |= {"place": reach.code} if leads and reach else {"officer": own or ""}
    today = clock.today()
    return whose, _day(request, "from", today - timedelta(days=91)), _day(request, "to", today) + timedelta(days=1)


def _day(request: HttpRequest, name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise


@never_cache
@require_GET
@page(*READ)
def work(request: HttpRequest) -> HttpResponse:
    """The figures of one officer, or of a place. Officers never stand beside each other."""
    actor = actor_of(request)
    whose, begins, ends = _asked(request, actor)
    answer = report_work(actor, **whose, begins=begins, ends=ends)
    shown: dict[str, Any] = {"from": begins, "to": ends - timedelta(days=1)}
    chosen = {name: value for name, value in whose.items() if value}

    def to(**changes: Any) -> str:
        return "?" + urlencode({**chosen, **shown, **changes})

    places = Agency.objects.visible_to(actor).at_work().exclude(kind="partner")
    reach = [row for row in places if actor.is_system or actor.reaches(row.path)]
    today = clock.today()
    context = {
        "answer": answer,
        "figures": [
            {"name": Words(one["zh"], one["en"]), "value": one["n"], "unit": Words(one["unit_zh"], one["unit_en"]),
             "meaning": Words(one["meaning_zh"], one["meaning_en"]), "code": one["code"]}
            for one in answer["figures"]
        ],
        "trades": [{"words": Words(one["zh"], one["en"]), "n": one["n"]} for one in answer["trades"]],
        "who": (answer["officer"] or answer["place"])["name"],
        "people": people_of(actor),
        "places": [(row.code, row.name) for row in reach[:400]],
        "whose": whose,
        **shown,
        "begins": begins,
        "last": ends - timedelta(days=1),
        "spans": [
            {"words": words, "href": to(**{"from": today - timedelta(days=int(days)), "to": today}), "current": False}
            for days, words in SPANS.items()
        ],
        "query": to(),
    }  # fmt: skip
    return render(request, "web/work.html", context)


@never_cache
@require_GET
@page(*READ)
def paper(request: HttpRequest, kind: str) -> HttpResponse:
    """The same figures as a document; a template of the bureau in LINLI_HOME/papers goes before ours."""
    if kind not in MEDIA:
        raise NotFound("row.unknown", what=kind)
    actor = actor_of(request)
    whose, begins, ends = _asked(request, actor)
    facts = work_paper(report_work(actor, **whose, begins=begins, ends=ends), clock.shanghai(clock.now()))
    if kind == "xlsx":
        made = work_book(facts)
    else:
        template = template_for(
            PAPERS / f"report-work.{'docx' if kind == 'docx' else 'typ'}", Path(settings.LINLI_HOME)
        )
        made = as_docx(template, facts) if kind == "docx" else as_pdf(template, facts)
    name = f"work-{begins}-{ends - timedelta(days=1)}.{kind}"
    return HttpResponse(
        made, content_type=MEDIA[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
