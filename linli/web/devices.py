"""Front-end devices: the register, where each looks, what is broken. No stream, no picture (D10)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.places.devices import acts as device_acts
from linli.places.devices.models import DEVICE_LIFE, Device
from linli.places.devices.queries import device_by_code, devices_of
from linli.web.context import ROOMS
from linli.web.filling import carry_out, choices_of, done, show_form
from linli.web.registers import PlaceForm, agency_at, crumbs_under, initial_of, page_of
from linli.web.staff import agency_by_code
from linli.web.visitor import actor_of, page


class DeviceForm(PlaceForm):
    """One camera: where, whose, where it looks."""

    code = forms.CharField(label=gettext_lazy("设备编码"), max_length=40)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    agency = forms.ChoiceField(label=gettext_lazy("负责单位"))
    owner_kind = forms.ChoiceField(label=gettext_lazy("权属"))
    owner = forms.CharField(
        label=gettext_lazy("权属单位"), max_length=120, required=False, help_text=gettext_lazy("调取录像找谁")
    )
    lon = forms.FloatField(label=gettext_lazy("经度"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("纬度"), min_value=-90, max_value=90)
    direction_deg = forms.FloatField(
        label=gettext_lazy("朝向（度）"), required=False, help_text=gettext_lazy("正北为0，顺时针")
    )
    angle_deg = forms.FloatField(label=gettext_lazy("视角（度）"), required=False, help_text=gettext_lazy("全景填360"))
    range_m = forms.FloatField(label=gettext_lazy("可视距离（米）"), required=False)
    address_text = forms.CharField(label=gettext_lazy("安装位置"), max_length=160, required=False)

    def __init__(self, data: Any = None, *, actor: Actor | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.offer(kinds=Device.KINDS, actor=actor, act="device.register")
        owner = self.fields["owner_kind"]
        if isinstance(owner, forms.ChoiceField):
            owner.choices = choices_of(Device.OWNERS)


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """The devices in reach, the broken ones counted."""
    actor = actor_of(request)
    chosen = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "state", "owner")}
    kind, state, owner, words = chosen["kind"], chosen["state"], chosen["owner"], chosen["q"]
    context: dict[str, Any] = page_of(request, devices_of(actor, kind=kind, state=state, owner_kind=owner, words=words))
    context["rows"] = [
        {
            "row": row,
            "kind": Device.KINDS[row.kind],
            "owner": Device.OWNERS[row.owner_kind],
            "state": DEVICE_LIFE.state(row.state).words,
        }
        for row in context["rows"]
    ]
    context |= {
        "kinds": Device.KINDS.items(),
        "owners": Device.OWNERS.items(),
        "states": DEVICE_LIFE.states,
        "chosen": chosen,
        "broken": devices_of(actor, state="broken").count(),
        "may_add": any(holds_right(actor, "device.register", path) for path in actor.paths),
    }
    return render(request, "web/devices.html", context)


@never_cache
@require_GET
@page(*ROOMS)
def device(request: HttpRequest, code: str) -> HttpResponse:
    """One device: where, whose, where it looks; broken or mended."""
    actor = actor_of(request)
    row = device_by_code(actor, code)
    may_move = holds_right(actor, "device.move", row.agency_path)
    context = {
        "row": row,
        "kind": Device.KINDS[row.kind],
        "owner": Device.OWNERS[row.owner_kind],
        "state": DEVICE_LIFE.state(row.state).words,
        "agency": agency_at(row.agency_path),
        "covers": row.cover is not None,
        "moves": DEVICE_LIFE.moves_from(row.state) if may_move else (),
        "may_change": row.state != "removed" and holds_right(actor, "device.change", row.agency_path),
        "crumbs": crumbs_under("devices", _("前端设备"), (row.name, "")),
    }
    return render(request, "web/device.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def new(request: HttpRequest) -> HttpResponse:
    """One more device."""
    actor = actor_of(request)
    form = DeviceForm(request.POST or None, actor=actor)

    def deed(facts: dict[str, Any]) -> Device:
        path = agency_by_code(actor, facts.pop("agency")).path
        return device_acts.register_device(actor, agency_path=path, **facts)

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("%(name)s已登记。") % {"name": made.name})
        return redirect("device", code=made.code)
    crumbs = crumbs_under("devices", _("前端设备"), (_("登记设备"), ""))
    return show_form(request, form, title=_("登记设备"), submit=_("登记"), back=reverse("devices"), crumbs=crumbs)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Other facts of a device."""
    actor = actor_of(request)
    row = device_by_code(actor, code)
    form = DeviceForm(request.POST or None, initial=initial_of(row, DeviceForm))
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), initial=row.version)

    def deed(facts: dict[str, Any]) -> Device:
        return device_acts.change_device(actor, device=row, version=facts.pop("version"), values=facts)

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("device", code=code)
    back = reverse("device", args=[code])
    crumbs = crumbs_under("devices", _("前端设备"), (row.name, back), (_("变更"), ""))
    return show_form(request, form, title=_("变更设备"), submit=_("保存"), back=back, crumbs=crumbs)


@require_POST
@page(*ROOMS)
def move_one(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Report broken, mended, taken down."""
    actor = actor_of(request)
    device_acts.move_device(actor, device=device_by_code(actor, code), move=move)
    done(request, _("已保存。"))
    return redirect("device", code=code)
