"""The phone itself, its forms, and what it takes along."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.field import in_field, small, told
from linli.api.idempotency import once
from linli.api.shown import Shown, bilingual
from linli.field.devices.acts import hear_from, note_erased, register_phone
from linli.field.devices.queries import is_wiped, phone_at_work, recovery_of
from linli.field.devices.rules import PACK_GOOD_FOR
from linli.field.forms.acts import remember
from linli.field.forms.queries import forms_of
from linli.field.packs.acts import hand_out
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS

router = Router(tags=["field"])

_MOST_ITEMS = 300
_MOST_CALLS = 3


class Registered(Schema):
    """A phone: the id it made for this person's store, its name, what it says of itself."""

    device: uuid.UUID
    name: str = Field("", max_length=80)
    facts: dict[str, Any] = {}


@router.post("/field/devices", response={201: dict[str, Any]}, summary="Register one's phone")
def registered(request: ApiRequest, sent: Registered) -> HttpResponse:
    """Register (or renew) the phone of whoever is signed in. ``recovery`` opens its store when the PIN is forgotten; it
    is always the same, for its owner only.
    """
    actor = in_field(request.auth, sent.device)
    session = _session(request)

    def deed() -> Shown:
        row = register_phone(actor, device=sent.device, title=sent.name, said=sent.facts, session=session)
        return {"device": row.pk, "expires_at": row.expires_at, "recovery": recovery_of(row), "wipe": False}

    return once(request.ticket, 201, deed)


@router.get("/field/devices/{device}/state", auth=None, summary="Whether a phone is to erase itself")
def state(request: HttpRequest, device: uuid.UUID) -> HttpResponse:
    """Asked by a locked phone too, so without signing in; its id is not to be guessed, and nothing else is told."""
    return told({"wipe": is_wiped(device)})


@router.post("/field/devices/{device}/wiped", summary="A phone has erased itself")
def erased(request: ApiRequest, device: uuid.UUID) -> HttpResponse:
    """The phone did as it was told; the office sees when."""
    return once(request.ticket, 200, lambda: {"noted": note_erased(device)})


@router.get("/field/forms", summary="The forms of a phone")
def forms(request: ApiRequest) -> HttpResponse:
    """Every act that one's posts may do offline, with what it asks for. New versions are remembered, so that an answer
    to an old form is still read by it.
    """
    body = forms_of(request.auth)
    remember(body["forms"])
    tag = f'"{body["version"]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    answer = small(request, told(body))
    answer.headers["ETag"] = tag
    return answer


@router.get("/field/pack", summary="What a phone takes along")
def pack(request: ApiRequest, device: uuid.UUID, since: str = "", limit: int = 200) -> HttpResponse:
    """The smallest needed set, page by page, most needed first: what is new since the cursor, and what to erase.

    A page lost on the way is asked for again with the cursor before it. ``reset``: forget what you hold first.
    """
    actor = in_field(request.auth, device)
    if is_wiped(device):
        return told({"items": [], "gone": [], "next": None, "cursor": "", "reset": True, "wipe": True})
    phone = phone_at_work(actor, device)
    handed = hand_out(actor, phone=phone, since=since[:20], limit=max(1, min(limit, _MOST_ITEMS)))
    hear_from(actor, device=device, session=_session(request))
    now = clock.now()
    body = {
        "items": handed.items,
        "gone": handed.gone,
        "next": handed.cursor if handed.more else None,
        "cursor": handed.cursor,
        "reset": handed.reset,
        "forms_version": handed.forms_version,
        "expires_at": now + PACK_GOOD_FOR,
        "server_at": now,
        "me": _me(actor),
        "wipe": False,
    }
    return small(request, told(body))


def _session(request: HttpRequest) -> str:
    """The session that the phone comes with, ended when the phone is wiped; none with a token."""
    return str(getattr(request.session, "session_key", "") or "")


def _calls(actor: Actor) -> list[Shown]:
    """Telephones of one's room and those above it, the nearest first: for when nothing else goes."""
    above = {
        "/" + "/".join(codes[:end]) + "/"
        for post in actor.posts
        if (codes := post.path.strip("/").split("/"))
        for end in range(1, len(codes) + 1)
    }
    rows = Agency.objects.filter(path__in=above).exclude(phone="").order_by("-path")
    return [{"name": name, "phone": phone} for name, phone in rows.values_list("name", "phone")[:_MOST_CALLS]]


def _me(actor: Actor) -> Shown:
    posts = [
        {
            "code": post.code,
            **(bilingual(POSTS[post.code]) if post.code in POSTS else {"zh": post.code, "en": post.code}),
        }
        for post in actor.posts
    ]
    return {"id": actor.id, "name": actor.name, "posts": posts, "calls": _calls(actor)}
