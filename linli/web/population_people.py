"""People of the register: found by a whole name or number, one record with its sources, entering, changing, moving."""

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
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.org.registers.queries import spot_of
from linli.places.addresses.models import Address
from linli.places.homes.models import Home
from linli.places.occupants.acts import (
    begin_residence,
    change_occupant,
    confirm_occupant,
    end_residence,
    register_occupant,
    reveal_occupant,
    suggest_duplicate,
)
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.queries import masked, occupant_by_id, record_of, residences_of, search_people
from linli.places.occupants.rules.declared import ENDS, GROUPS, GUARDIAN, KINDS, RELATIONS, SEXES, SOURCES
from linli.places.occupants.rules.identity import ID_KINDS
from linli.places.plates.queries import address_by_code
from linli.web.filling import DateInput, carry_out, choices_of, done, show_form, status_of
from linli.web.population import POLICE, READERS
from linli.web.registers import crumbs_under
from linli.web.visitor import actor_of, page

_MOST_FOUND = 40
_TOLD_BY_HAND = {code: SOURCES[code] for code in ("visit", "counter", "self_report", "landlord", "employer", "order")}


class IdentityForm(forms.Form):
    """Who somebody is."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    id_kind = forms.ChoiceField(label=gettext_lazy("证件类型"))
    id_number = forms.CharField(label=gettext_lazy("证件号码"), max_length=30, required=False)
    sex = forms.ChoiceField(label=gettext_lazy("性别"), required=False, help_text=gettext_lazy("有身份证号的不用填"))
    born_on = forms.DateField(label=gettext_lazy("出生日期"), widget=DateInput(), required=False)
    guardian_basis = forms.ChoiceField(label=gettext_lazy("未满14周岁：登记依据"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("来源"))

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "id_kind", choices_of(ID_KINDS))
        offer(self, "sex", choices_of(SEXES))
        offer(self, "guardian_basis", choices_of(GUARDIAN, blank="—"))
        offer(self, "source", choices_of(_TOLD_BY_HAND))


class NewForm(IdentityForm):
    """A person with where he lives."""

    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("居住类别"))
    relation = forms.ChoiceField(label=gettext_lazy("户内关系"))
    home = forms.ChoiceField(label=gettext_lazy("户室"), required=False)
    since = forms.DateField(label=gettext_lazy("居住起始日期"), widget=DateInput())
    field_order = (
        "name", "id_kind", "id_number", "sex", "born_on", "guardian_basis", "phone", "kind", "relation", "home",
        "since", "source",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, actor: Actor, address: Address, home: str = "") -> None:
        super().__init__(data, initial={"since": clock.today(), "home": home, "kind": "migrant"})
        _offer_living(self, actor, address)


class MoveForm(forms.Form):
    """Where a known person lives from a day on."""

    address_code = forms.CharField(label=gettext_lazy("新址的地址编码"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("居住类别"))
    relation = forms.ChoiceField(label=gettext_lazy("户内关系"))
    since = forms.DateField(label=gettext_lazy("居住起始日期"), widget=DateInput())
    source = forms.ChoiceField(label=gettext_lazy("来源"))
    leaves = forms.BooleanField(label=gettext_lazy("原住处同类居住随之结束"), required=False, initial=True)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"since": clock.today()})
        offer(self, "kind", choices_of(KINDS))
        offer(self, "relation", choices_of(RELATIONS))
        offer(self, "source", choices_of(_TOLD_BY_HAND))


class EndForm(forms.Form):
    """When and why somebody has left."""

    until = forms.DateField(label=gettext_lazy("哪天起不住这里"), widget=DateInput())
    why = forms.ChoiceField(label=gettext_lazy("原因"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"until": clock.today()})
        offer(self, "why", choices_of({code: ENDS[code] for code in ("moved", "died", "mistake")}))


class LookForm(forms.Form):
    """Why somebody's whole number is looked at."""

    purpose = forms.CharField(label=gettext_lazy("查看事由"), max_length=200)


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """The choices of a field."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _offer_living(form: forms.Form, actor: Actor, address: Address) -> None:
    offer(form, "kind", choices_of(KINDS))
    offer(form, "relation", choices_of(RELATIONS))
    homes = Home.objects.visible_to(actor).filter(address=address, active=True).order_by("unit", "room")
    offer(form, "home", [("", _("整座房屋")), *[(row.code, row.door or row.code) for row in homes[:600]]])


@never_cache
@require_http_methods(["GET", "POST"])
@page(*READERS)
def people(request: HttpRequest) -> HttpResponse:
    """Found by a whole name, identity number or telephone number: sent in the body, so that no log holds them."""
    actor = actor_of(request)
    words = request.POST.get("q", "").strip()[:60]
    found = [masked(actor, row) for row in search_people(actor, words)[:_MOST_FOUND]] if words else []
    context = {
        "words": words,
        "found": found,
        "police": actor.holds(*POLICE),
        "crumbs": crumbs_under("population", _("实有人口"), (_("查找"), "")),
    }
    return render(request, "web/population_people.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*READERS)
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One record, masked, with the source of each group. With a purpose, which is kept, it is shown whole once."""
    actor = actor_of(request)
    row = occupant_by_id(actor, key)
    if row.pk != key and request.method == "GET":
        return redirect("population_person", key=row.pk)
    form = LookForm(request.POST or None)
    whole = carry_out(form, lambda facts: reveal_occupant(actor, occupant=row, **facts))
    living = list(residences_of(actor, row))
    now = next((one for one in living if one.until is None), None)
    context = {
        "row": row,
        "who": masked(actor, row),
        "whole": whole,
        "form": form,
        "told": record_of(row, now),
        "living": [{"row": one, "kind": KINDS[one.kind], "ended": ENDS.get(one.ended_why)} for one in living],
        "now": now,
        "may_look": holds_right(actor, "occupant.reveal", now.agency_path if now else None),
        "may_change": holds_right(actor, "occupant.change", now.agency_path if now else None),
        "crumbs": crumbs_under("population", _("实有人口"), (_("人员记录"), "")),
    }
    return render(request, "web/population_person.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
@page(*READERS)
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """One more person at an address."""
    actor, address = actor_of(request), address_by_code(code)
    spot = spot_of(address)
    form = NewForm(request.POST or None, actor=actor, address=address, home=request.GET.get("home", ""))

    def deed(facts: dict[str, Any]) -> Occupant:
        home = Home.objects.visible_to(actor).filter(code=facts.pop("home") or "", address=address).first()
        where: dict[str, Any] = {
            "address": address,
            "agency_path": spot.agency_path or "/",
            "grid_code": spot.grid_code,
        }
        return register_occupant(actor, home=home, **where, **facts)

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("已登记。"))
        return redirect("population_person", key=made.pk)
    back = reverse("population_place", args=[code])
    crumbs = crumbs_under("population_tree", _("标准地址"), (address.text, back), (_("登记人员"), ""))
    note = _("只登记法定职责所需的内容。号码加密保存，平时遮盖，查看会留痕。")
    return show_form(request, form, title=_("登记人员"), submit=_("登记"), back=back, crumbs=crumbs, note=note)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POLICE)
def change(request: HttpRequest, key: uuid.UUID, group: str) -> HttpResponse:
    """Other facts of a group; what is sealed is written, not shown: blank leaves it."""
    actor = actor_of(request)
    row = occupant_by_id(actor, key)
    if group == "contact":
        form: forms.Form = _contact(request)
    elif group == "identity":
        names = ("id_kind", "sex", "born_on", "guardian_basis")
        form = IdentityForm(request.POST or None, initial={name: getattr(row, name) for name in names})
        for name in ("name", "id_number"):
            form.fields[name].required = False
            form.fields[name].help_text = _("不显示；留空表示不改。")
    else:
        raise NotFound("row.unknown", what=group)
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), initial=row.version)

    def deed(facts: dict[str, Any]) -> Occupant:
        version, source = facts.pop("version"), facts.pop("source")
        values = {name: value for name, value in facts.items() if value not in ("", None) or name == "guardian_basis"}
        return change_occupant(actor, occupant=row, version=version, group=group, values=values, source=source)

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("population_person", key=row.pk)
    back = reverse("population_person", args=[row.pk])
    crumbs = crumbs_under("population", _("实有人口"), (_("人员记录"), back), (_("变更"), ""))
    return show_form(request, form, title=GROUPS[group], submit=_("保存"), back=back, crumbs=crumbs)


def _contact(request: HttpRequest) -> forms.Form:
    form = forms.Form(request.POST or None)
    form.fields["phone"] = forms.CharField(label=_("电话"), max_length=30, help_text=_("写入新号码；原号码不显示。"))
    form.fields["source"] = forms.ChoiceField(label=_("来源"), choices=choices_of(_TOLD_BY_HAND))
    return form


@require_POST
@page(*POLICE)
def confirm(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The facts hold as they stand."""
    actor = actor_of(request)
    row = occupant_by_id(actor, key)
    confirm_occupant(actor, occupant=row, groups=[g for g in request.POST.getlist("group") if g in GROUPS])
    done(request, _("已记为今日核实。"))
    return redirect("population_person", key=row.pk)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POLICE)
def move(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A known person lives somewhere else from a day on; the household's history keeps both."""
    actor = actor_of(request)
    row = occupant_by_id(actor, key)
    form = MoveForm(request.POST or None)

    def deed(facts: dict[str, Any]) -> Residence:
        address = address_by_code(facts.pop("address_code"))
        spot = spot_of(address)
        where: dict[str, Any] = {
            "address": address,
            "agency_path": spot.agency_path or "/",
            "grid_code": spot.grid_code,
        }
        return begin_residence(actor, occupant=row, **where, **facts)

    if carry_out(form, deed) is not None:
        done(request, _("已登记迁入。"))
        return redirect("population_person", key=row.pk)
    back = reverse("population_person", args=[row.pk])
    crumbs = crumbs_under("population", _("实有人口"), (_("人员记录"), back), (_("迁入"), ""))
    return show_form(request, form, title=_("迁往他址"), submit=_("登记"), back=back, crumbs=crumbs)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POLICE)
def leave(request: HttpRequest, key: uuid.UUID, residence: uuid.UUID) -> HttpResponse:
    """Somebody does not live here any more."""
    actor = actor_of(request)
    row = occupant_by_id(actor, key)
    held = residences_of(actor, row).filter(pk=residence).first()
    if held is None:
        raise NotFound("row.unknown", what=str(residence))
    form = EndForm(request.POST or None)
    if carry_out(form, lambda facts: end_residence(actor, residence=held, **facts)) is not None:
        done(request, _("已登记迁出。"))
        return redirect("population_person", key=row.pk)
    back = reverse("population_person", args=[row.pk])
    crumbs = crumbs_under("population", _("实有人口"), (_("人员记录"), back), (_("迁出"), ""))
    return show_form(
        request, form, title=_("登记迁出"), submit=_("登记"), back=back, crumbs=crumbs, note=held.address.text
    )


@require_POST
@page(*POLICE)
def same_as(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """An officer says that another record is the same person."""
    actor = actor_of(request)
    other = occupant_by_id(actor, uuid.UUID(request.POST["other"]))
    pair = suggest_duplicate(actor, occupant=occupant_by_id(actor, key), same_as=other)
    return redirect("population_pair", key=pair.pk)
