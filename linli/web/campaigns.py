"""专项走访: opened for everything below an agency, and how far each place has come."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.org.access.rules import holds_right
from linli.visits.plans.acts import end_campaign, open_campaign
from linli.visits.plans.models import Campaign
from linli.visits.plans.queries import Progress, campaign_by_code, progress_of
from linli.web.filling import blame, done, show_form
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visit_forms import CampaignForm
from linli.web.visitor import actor_of, page
from linli.web.visits import READ

LEAD = ("station_chief", "bureau_leader", "administrator")
READERS = tuple(dict.fromkeys((*READ, *LEAD)))


@never_cache
@require_GET
@page(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The campaigns that one works in or leads."""
    actor, today = actor_of(request), clock.today()
    rows = [
        {"row": row, "running": row.ended_at is None and row.begins_on <= today <= row.ends_on}
        for row in Campaign.objects.visible_to(actor).select_related("agency")[:200]
    ]
    may_open = any(holds_right(actor, "visit.open_campaign", path) for path in actor.paths)
    return render(request, "web/campaigns.html", {"rows": rows, "may_open": may_open})


@never_cache
@require_http_methods(["GET", "POST"])
@page(*LEAD)
def new(request: HttpRequest) -> HttpResponse:
    """Open a campaign."""
    actor = actor_of(request)
    agencies = agencies_in_reach(actor, "visit.open_campaign")
    form = CampaignForm(request.POST or None, actor=actor, agencies=agencies, today=clock.today())
    if form.is_valid():
        facts = dict(form.cleaned_data)
        agency = agency_by_code(actor, facts.pop("agency"))
        try:
            made = open_campaign(actor, title=facts.pop("name"), agency=agency, **facts)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            done(request, _("已开展，门牌正在分发到各警务室。"))
            return redirect("campaign", code=made.code)
    return show_form(
        request,
        form,
        title=_("开展专项走访"),
        submit=_("开展"),
        back=reverse("campaigns"),
        crumbs=[(_("专项走访"), reverse("campaigns")), (_("开展"), "")],
        note=_("范围内每一户都会列入负责警务室的走访清单，到结束日为止；平时的走访也算数，不用重复登记。"),
        wide=("premises_kinds", "what"),
    )


@never_cache
@require_GET
@page(*READERS)
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: doors reached, tried and left, by room."""
    actor = actor_of(request)
    row = campaign_by_code(actor, code)
    places, people = progress_of(actor, row)
    doors, reached = sum(one.doors for one in places), sum(one.reached for one in places)
    context = {
        "row": row,
        "places": [_line(one) for one in places],
        "doors": doors,
        "reached": reached,
        "tried": sum(one.tried for one in places),
        "left": doors - reached,
        "people": people,
        "running": row.ended_at is None,
        "may_end": row.ended_at is None and holds_right(actor, "visit.end_campaign", row.agency.path),
        "crumbs": [(_("专项走访"), reverse("campaigns")), (row.name, "")],
    }
    return render(request, "web/campaign.html", context)


def _line(one: Progress) -> dict[str, Any]:
    return {"place": one, "share": f"{one.reached / one.doors:.0%}" if one.doors else "—"}


@require_POST
@page(*LEAD)
def end(request: HttpRequest, code: str) -> HttpResponse:
    """End it now."""
    actor = actor_of(request)
    end_campaign(actor, campaign=campaign_by_code(actor, code))
    done(request, _("已结束，没走到的户不再列入清单。"))
    return redirect("campaign", code=code)
