"""Contact cards: designs, printing for a grid, the list and small map of doors that are left, the tick at each door."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.org.people.models import Person
from linli.visits.cards import acts
from linli.visits.cards.models import BATCH_LIFE, CardBatch, CardDesign, CardDoor, GridPage, PublicFace
from linli.visits.cards.queries import (
    MOST_CARDS,
    GridCards,
    batch_by_id,
    cards_of,
    design_by_id,
    designs_for,
    door_by_id,
    doors_of,
    grid_in_reach,
    sample_of,
    sheets_of,
)
from linli.visits.cards.rules import CHANGED, DEFAULT_CALL_FOR, DONE, LAYOUTS, OUTCOMES, drawn, sheets_for
from linli.web.filling import carry_out, choices_of, done, show_form, status_of
from linli.web.portal import grid_url
from linli.web.registers import crumbs_under
from linli.web.staff import agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page

CARDS = (
    "community_officer",
    "auxiliary",
    "assistant",
    "station_chief",
    "station_desk",
    "administrator",
    "bureau_leader",
)
SHOWN_DOORS = 200
SPARE = 10
"""One card in ten is spare: some are lost, some homes want two."""


class DesignForm(forms.Form):
    """A design of an agency and all below it."""

    agency = forms.ChoiceField(label=gettext_lazy("适用单位"), help_text=gettext_lazy("它和它下属的警务室都可以用"))
    name = forms.CharField(label=gettext_lazy("式样名称"), max_length=40)
    layout = forms.ChoiceField(label=gettext_lazy("版式"))
    title = forms.CharField(label=gettext_lazy("卡片标题"), max_length=24, initial="警民联系卡")
    call_for = forms.CharField(label=gettext_lazy("有事找我做什么"), max_length=80, initial=DEFAULT_CALL_FOR)
    supervision_phone = forms.CharField(label=gettext_lazy("监督电话"), max_length=32, required=False)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        offered = {"agency": agencies_in_reach(actor, "card.design"), "layout": choices_of(LAYOUTS)}
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(choices)


class PrintForm(forms.Form):
    """Which design a grid's cards are printed with."""

    design = forms.ModelChoiceField(label=gettext_lazy("式样"), queryset=CardDesign.objects.none(), empty_label=None)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        field = self.fields["design"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = designs_for(actor)


class FaceForm(forms.Form):
    """What residents see of an officer."""

    duty_phone = forms.CharField(
        label=gettext_lazy("值班电话"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("印在卡上的号码；不填则用警务室电话。不要填私人号码。"),
    )
    photo = forms.FileField(
        label=gettext_lazy("照片"), required=False, help_text=gettext_lazy("自动缩小，去除拍摄信息")
    )
    drop_photo = forms.BooleanField(label=gettext_lazy("删除现有照片"), required=False)


def _shown(one: GridCards, actor: Actor) -> dict[str, Any]:
    room = one.face.room.path
    return {
        "one": one,
        "stale": [CHANGED[code] for code in one.stale],
        "may_print": holds_right(actor, "card.print", room),
        "officer": one.face.officer,
        "may_face": bool(one.face.officer) and holds_right(actor, "card.show_face", room),
    }


@never_cache
@require_GET
@page(*CARDS)
def index(request: HttpRequest) -> HttpResponse:
    """The grids of one's rooms: how far their cards have come, which to print anew; and the designs."""
    actor = actor_of(request)
    rows = cards_of(actor)
    chosen = request.GET.get("show", "")
    picked = {
        "stale": [one for one in rows if one.stale],
        "none": [one for one in rows if one.batch is None],
        "left": [one for one in rows if one.batch and one.left and not one.stale],
    }
    tabs = [("", _("全部"), rows), ("left", _("发放中"), picked["left"]), ("stale", _("要重印"), picked["stale"])]
    tabs.append(("none", _("还没印"), picked["none"]))
    context = {
        "rows": [_shown(one, actor) for one in picked.get(chosen, rows)[:SHOWN_DOORS]],
        "tabs": [
            {"words": words, "href": f"?show={code}", "count": len(found), "current": code == chosen}
            for code, words, found in tabs
        ],
        "grids": len(rows),
        "doors": sum(one.batch.doors_count for one in rows if one.batch),
        "done": sum(one.done for one in rows),
        "to_reprint": len(picked["stale"]),
        "designs": [
            {
                "row": row,
                "layout": LAYOUTS[row.layout],
                "may_end": holds_right(actor, "card.end_design", row.agency.path),
            }
            for row in designs_for(actor)
        ],
        "may_design": any(holds_right(actor, "card.design", path) for path in actor.paths),
    }
    return render(request, "web/cards.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARDS)
def design_new(request: HttpRequest) -> HttpResponse:
    """One more design."""
    actor = actor_of(request)
    form = DesignForm(request.POST or None, actor=actor)

    def deed(facts: dict[str, Any]) -> CardDesign:
        return acts.design_card(actor, **{**facts, "agency": agency_by_code(actor, facts["agency"])})

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("%(name)s已保存。") % {"name": made.name})
        return redirect("cards")
    crumbs = crumbs_under("cards", _("联系卡"), (_("新式样"), ""))
    note = _("每张卡都印着：警察不会要钱、要验证码；遇到危险拨110。这两句不能去掉。")
    back = reverse("cards")
    return show_form(
        request, form, title=_("新式样"), submit=_("保存"), back=back, crumbs=crumbs, note=note, wide=("call_for",)
    )


@require_POST
@page(*CARDS)
def design_end(request: HttpRequest, design: uuid.UUID) -> HttpResponse:
    """A design is not printed any more."""
    actor = actor_of(request)
    acts.end_design(actor, design=design_by_id(actor, design))
    done(request, _("式样已停用，用它印的卡列入要重印。"))
    return redirect("cards")


@never_cache
@require_GET
@page(*CARDS)
def design_sheet(request: HttpRequest, design: uuid.UUID) -> HttpResponse:
    """A design as a sheet for the first of one's grids."""
    actor = actor_of(request)
    row = design_by_id(actor, design)
    first = next(iter(cards_of(actor)), None)
    if first is None:
        raise NotFound("row.unknown", what=_("警格"))
    return _pdf(sample_of(row, first.face, url=grid_url(request, "example")), f"{row.name}.pdf")


def _pdf(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type="application/pdf")
    answer.headers["Content-Disposition"] = (
        f'inline; filename="cards-{uuid.uuid5(uuid.NAMESPACE_URL, name).hex[:8]}.pdf"'
    )
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARDS)
def print_new(request: HttpRequest, code: str) -> HttpResponse:
    """Print a grid's cards: choose a design, and the list of its doors is made."""
    actor = actor_of(request)
    face = grid_in_reach(actor, code)
    form = PrintForm(request.POST or None, actor=actor)
    made = carry_out(form, lambda facts: acts.print_cards(actor, face=face, design=facts["design"]))
    if made is not None:
        done(request, _("已列出%(n)s户。先打印，再逐户发放。") % {"n": made.doors_count})
        return redirect("card_batch", batch=made.pk)
    crumbs = crumbs_under("cards", _("联系卡"), (face.grid.name, ""))
    note = _("卡上印：%(officer)s，%(room)s，%(phone)s。原有的一批随之作废。") % {
        "officer": face.officer.name if face.officer else _("警务室值班民警"),
        "room": face.room.name,
        "phone": face.phone or "—",
    }
    back = reverse("cards")
    return show_form(request, form, title=_("印制联系卡"), submit=_("印制"), back=back, crumbs=crumbs, note=note)


@never_cache
@require_GET
@page(*CARDS)
def batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """What is left of a batch: the doors in walking order, and where they lie."""
    actor = actor_of(request)
    row = batch_by_id(actor, batch)
    chosen = request.GET.get("show", "left")
    every = list(doors_of(row))
    left = [door for door in every if door.outcome not in DONE]
    shown = every if chosen == "all" else left
    face = next((one for one in cards_of(actor) if one.batch and one.batch.pk == row.pk), None)
    context = {
        "batch": row,
        "state": BATCH_LIFE.state(row.state).words,
        "stale": [CHANGED[code] for code in face.stale] if face else [],
        "doors": [{"row": door, "outcome": OUTCOMES.get(door.outcome)} for door in shown[:SHOWN_DOORS]],
        "more": max(0, len(shown) - SHOWN_DOORS),
        "done": len(every) - len(left),
        "total": len(every),
        "map": _map(row, every),
        "outcomes": OUTCOMES.items(),
        "tabs": [
            {"words": _("还要去"), "href": "?show=left", "count": len(left), "current": chosen != "all"},
            {"words": _("全部"), "href": "?show=all", "count": len(every), "current": chosen == "all"},
        ],
        "chosen": chosen,
        "may_tick": row.state in ("going_out", "delivered") and holds_right(actor, "card.deliver", row.agency.path),
        "may_withdraw": row.state in ("going_out", "delivered")
        and holds_right(actor, "card.withdraw", row.agency.path),
        "cards": row.doors_count + row.doors_count // SPARE,
        "sheets": sheets_for(row.doors_count + row.doors_count // SPARE),
        "page": GridPage.objects.filter(grid_code=row.grid_code).first(),
        "crumbs": crumbs_under("cards", _("联系卡"), (row.grid.name, "")),
    }
    return render(request, "web/card_batch.html", context)


def _map(row: CardBatch, doors: list[CardDoor]) -> dict[str, Any]:
    """The grid as a drawing: doors that are done small and quiet, those that are left large."""
    spots = {str(door.pk): (door.address.lon, door.address.lat) for door in doors}
    picture = drawn(row.grid.shape, spots)
    points = [
        {
            "x": x,
            "y": y,
            "corner": (round(x - 5, 1), round(y - 5, 1)),
            "done": door.outcome in DONE,
            "again": door.outcome == "absent",
            "text": door.text,
        }
        for door in doors
        for x, y in [picture.points[str(door.pk)]]
    ]
    # What is left lies above what is done.
    return {"picture": picture, "points": sorted(points, key=lambda one: not one["done"])}


@require_POST
@page(*CARDS)
def tick(request: HttpRequest, batch: uuid.UUID, door: uuid.UUID) -> HttpResponse:
    """What came of one door."""
    actor = actor_of(request)
    found = door_by_id(actor, door)
    if found.batch_id != batch:
        raise NotFound("row.unknown", what=str(door))
    asked = request.POST.get("cards", "1")
    cards = int(asked) if asked.isdigit() else 1
    acts.deliver_card(actor, door=found, outcome=request.POST.get("outcome", ""), cards=cards)
    show = request.POST.get("show", "left")
    return redirect(f"{reverse('card_batch', args=[batch])}?show={'all' if show == 'all' else 'left'}#doors")


@never_cache
@require_GET
@page(*CARDS)
def sheet(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The batch's cards as A4 sheets, ten on each; as many as the doors and some to spare, or ``cards``."""
    actor = actor_of(request)
    row = batch_by_id(actor, batch)
    door = GridPage.objects.filter(grid_code=row.grid_code).first()
    if door is None:
        raise NotFound("row.unknown", what=row.grid_code)
    asked = request.GET.get("cards", "")
    cards = int(asked) if asked.isdigit() else row.doors_count + row.doors_count // SPARE
    return _pdf(sheets_of(row, url=grid_url(request, door.code), cards=min(cards, MOST_CARDS)), str(row.pk))


@require_POST
@page(*CARDS)
def withdraw(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The cards are not carried on."""
    actor = actor_of(request)
    acts.withdraw_batch(actor, batch=batch_by_id(actor, batch))
    done(request, _("这批卡片已作废。"))
    return redirect("cards")


@never_cache
@require_http_methods(["GET", "POST"])
@page(*CARDS)
def face(request: HttpRequest, staff_no: str) -> HttpResponse:
    """An officer's photograph and duty telephone as residents see them."""
    actor = actor_of(request)
    person = Person.objects.visible_to(actor).filter(staff_no=staff_no).first()
    if person is None:
        raise NotFound("row.unknown", what=staff_no)
    public = PublicFace.objects.filter(person=person).first()
    form = FaceForm(
        request.POST or None, request.FILES or None, initial={"duty_phone": public.duty_phone if public else ""}
    )

    def deed(facts: dict[str, Any]) -> PublicFace:
        photo = facts.pop("photo")
        return acts.show_face(actor, person=person, photo=photo.read() if photo else None, **facts)

    if carry_out(form, deed) is not None:
        done(request, _("已保存，居民扫码马上看到。"))
        return redirect("cards")
    context = {
        "form": form,
        "person": person,
        "public": public,
        "crumbs": crumbs_under("cards", _("联系卡"), (person.name, "")),
    }
    return render(request, "web/card_face.html", context, status=status_of(form))
