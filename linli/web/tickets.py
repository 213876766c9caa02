"""移交与回单: tickets that came in and that went out, what may be done with each, and the ticket as a file."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.handovers.acts import move_handover, record_answer, take_file
from linli.matters.handovers.models import TICKET, Handover
from linli.matters.handovers.queries import file_of, shared_details, tickets_for
from linli.matters.kinds import KINDS
from linli.web.outcomes import READS
from linli.web.visitor import actor_of, page

TICKETS = (
    *("community_officer", "station_desk", "station_chief", "dispatcher", "call_taker"),
    *("partner_officer", "bureau_leader", "auditor"),
)
MODES = {
    "hand_over": Words("移交", "handed over"),
    "ask_along": Words("请求联动", "asked along"),
    "share": Words("共享知悉", "shared"),
}
_SIDES = {"in": gettext_lazy("送来的"), "out": gettext_lazy("送出的")}
_MOST_FILE = 256_000


@never_cache
@require_GET
@page(*TICKETS)
def index(request: HttpRequest) -> HttpResponse:
    """Tickets of one side: those that want an answer first, the most overdue on top."""
    actor = actor_of(request)
    side = request.GET.get("side", "in")
    side = side if side in _SIDES else "in"
    rows = [_shown(actor, one) for one in tickets_for(actor, side=side)]
    reads = actor.holds(*READS)
    tabs = [{"words": words, "href": f"?side={code}", "current": code == side} for code, words in _SIDES.items()]
    return render(request, "web/tickets.html", {"rows": rows, "tabs": tabs, "side": side, "reads_results": reads})


def _shown(actor: Actor, one: Handover) -> dict[str, Any]:
    waits = one.state in ("sent", "accepted")
    ours = may(actor, "handover.record_answer", one.matter.scope_paths()[0]) and not actor.holds("partner_officer")
    sees = ours or Handover.objects.visible_to(actor).filter(pk=one.pk).exists()
    return {
        "ticket": one,
        "mode": MODES[one.mode],
        "words": TICKET.state(one.state).words,
        "kind": KINDS[one.matter.kind].words,
        "late": waits and one.mode != "share" and one.due_at < clock.now(),
        "told": [(item.words, value) for item, value in shared_details(one.matter)] if sees else [],
        "via": Handover.VIAS.get(one.answer_via),
        "moves": [step for step in TICKET.moves_from(one.state) if _may(actor, one, step.name)],
        "records": ours and waits and one.to_agency.kind == "partner",
    }


def _may(actor: Actor, one: Handover, move: str) -> bool:
    path = one.matter.scope_paths()[0] if move == "withdraw" else one.to_agency.path
    return may(actor, "handover.move", path)


def _ticket(actor: Actor, key: uuid.UUID) -> Handover:
    rows = Handover.objects.visible_to(actor).select_related(
        "matter__agency", "matter__station", "to_agency", "from_agency"
    )
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


@require_POST
@page(*TICKETS)
def move(request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
    """Accept, answer, decline, withdraw."""
    actor = actor_of(request)
    ticket = _ticket(actor, key)
    TICKET.move(step)
    move_handover(actor, handover=ticket, move=step, answer=request.POST.get("answer", "").strip())
    messages.success(request, _("回单已更新。"))
    return redirect("/tickets?side=out" if step == "withdraw" else "tickets")


@require_POST
@page(*TICKETS)
def record(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What an agency without a login has said: a file that came back, a paper, a telephone call."""
    actor = actor_of(request)
    ticket = _ticket(actor, key)
    file = request.FILES.get("file")
    if file is not None:
        if file.size is None or file.size > _MOST_FILE:
            raise Invalid("handover.not_ours", field="file")
        take_file(actor, handover=ticket, raw=file.read())
    else:
        said = request.POST
        record_answer(
            actor,
            handover=ticket,
            move=said.get("move", ""),
            answer=said.get("answer", "").strip(),
            via=said.get("via", ""),
        )
    messages.success(request, _("回执已登记。"))
    return redirect("/tickets?side=out")


@never_cache
@require_GET
@page(*TICKETS)
def download(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The ticket as a signed file."""
    ticket = _ticket(actor_of(request), key)
    answer = HttpResponse(file_of(ticket), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{ticket.matter.number}-{str(ticket.pk)[:8]}.json"'
    return answer
