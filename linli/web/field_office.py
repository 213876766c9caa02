"""The office's side of the field: what phone and server say differently, and the phones themselves."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from linli.field.conflicts.acts import settle
from linli.field.conflicts.models import DIVERGENCE_LIFE, Divergence
from linli.field.conflicts.queries import divergence_by_id, divergences, sent_of, side_by_side, words_of
from linli.field.devices.acts import readmit_phone, wipe_phone
from linli.field.devices.models import Phone
from linli.field.devices.queries import phone_by_id, phones
from linli.kernel import clock
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.web.filling import done
from linli.web.registers import crumbs_under, page_of
from linli.web.visitor import actor_of, page

OFFICE = ("station_chief", "station_desk", "community_officer", "bureau_leader")

WHAT_TO_DO = {
    "legal": Words(
        "这项内容须由人决定：采用一边，另一边不写入；两边都留有记录。",
        "A person decides this one: one side is taken, the other is not written; both stay on record.",
    ),
    "light": Words(
        "手机上的已经写入。若不对，可恢复原先服务器上的内容。",
        "The phone's value stands. If it is wrong, put the server's back.",
    ),
    "state": Words(
        "填写之后，别人已先办到下一步。仍要按手机上的办理，或者不再办理。",
        "Somebody was first. Do it all the same, or leave it.",
    ),
    "scope": Words(
        "填写人已不负责该处。由现在的负责人决定是否采用；仍以填写人的名义记录。",
        "Its author no longer answers for this. Whoever does decides; it stays in its author's name.",
    ),
    "wiped": Words(
        "这部手机停用后才送达。请先与填写人核实，再决定是否采用。",
        "It came after the phone had been wiped. Ask its author before it is taken.",
    ),
}


@never_cache
@require_GET
@page(*OFFICE)
def divergence_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision where the visitor answers; what was decided lately beside it."""
    actor = actor_of(request)
    state = request.GET.get("state", "open")
    state = state if state in {one.name for one in DIVERGENCE_LIFE.states} else "open"
    context = page_of(request, divergences(actor, state=state))
    context["rows"] = [_line(row) for row in context["rows"]]
    context |= {"states": DIVERGENCE_LIFE.states, "chosen": state}
    return render(request, "web/divergences.html", context)


def _line(row: Divergence) -> dict[str, Any]:
    return {
        "row": row,
        "what": words_of(row.operation.act),
        "reason": Divergence.REASONS[row.reason],
        "state": DIVERGENCE_LIFE.state(row.state).words,
        "said_at": row.operation.device_at,
    }


@never_cache
@require_GET
@page(*OFFICE)
def divergence(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Mine, the server's and the original side by side."""
    actor = actor_of(request)
    row = divergence_by_id(actor, key)
    may = row.state == "open" and holds_right(actor, "field.settle", row.path) and sent_of(row) is not None
    context = _line(row) | {
        "fields": side_by_side(row),
        "advice": WHAT_TO_DO[row.reason],
        "by_field": row.reason in ("legal", "light"),
        "may": may,
        "crumbs": crumbs_under("divergences", _("手机并行改动"), (str(row.record_name or row.author_name), "")),
        "matter": row.record_name if row.record_type == "matters.matter" else "",
    }
    return render(request, "web/divergence.html", context)


@require_POST
@page(*OFFICE)
def settled(request: HttpRequest, key: uuid.UUID, choice: str) -> HttpResponse:
    """The decision."""
    actor = actor_of(request)
    settle(actor, divergence=divergence_by_id(actor, key), choice=choice)
    done(request, _("已处理，填写人的手机会收到结果。"))
    return redirect("divergences")


@never_cache
@require_GET
@page(*OFFICE, "administrator")
def phone_list(request: HttpRequest) -> HttpResponse:
    """The phones in reach: whose, last heard of when, what they still hold."""
    actor = actor_of(request)
    context = page_of(request, phones(actor))
    now = clock.now()
    context["rows"] = [
        {
            "row": row,
            "standing": _standing(row, now),
            "may_wipe": row.wiped_at is None and holds_right(actor, "phone.wipe", row.path),
            "may_readmit": row.wiped_at is not None and holds_right(actor, "phone.readmit", row.path),
            "clock_off": row.offset_s is not None and abs(row.offset_s) > 120,
            "wipe": reverse("field_phone_wipe", args=[row.pk]),
            "readmit": reverse("field_phone_readmit", args=[row.pk]),
        }
        for row in context["rows"]
    ]
    context["may_settle"] = actor.holds(*OFFICE)
    return render(request, "web/field_phones.html", context)


def _standing(row: Phone, now: Any) -> str:
    if row.erased_at is not None:
        return "erased"
    if row.wiped_at is not None:
        return "wiping"
    return "expired" if row.expires_at <= now else "active"


@require_POST
@page(*OFFICE, "administrator")
def wiped(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Lost or stolen: it erases itself at its next contact."""
    actor = actor_of(request)
    row = wipe_phone(actor, phone=phone_by_id(actor, key))
    done(request, _("%(name)s已停用，联网后自行擦除；会话已结束。") % {"name": row.name or row.person.name})
    return redirect("field_phones")


@require_POST
@page(*OFFICE, "administrator")
def readmitted(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Found again: its owner may sign in on it and set a new PIN."""
    actor = actor_of(request)
    row = readmit_phone(actor, phone=phone_by_id(actor, key))
    done(
        request,
        _("%(name)s已恢复使用；使用人重新登录并设新密码后，未送达的内容会送出。")
        % {"name": row.name or row.person.name},
    )
    return redirect("field_phones")
