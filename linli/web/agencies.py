"""The tree of agencies: a new node, another name or telephone, and its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.scope import Actor
from linli.org.agencies import acts
from linli.org.agencies.models import Agency
from linli.web.filling import Crumb, carry_out, choices_of, done, show_form
from linli.web.staff import DayForm, agencies_in_reach, agency_by_code
from linli.web.visitor import actor_of, page


class ChangeForm(forms.Form):
    """What may change; blank leaves what is there."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    zone = forms.ChoiceField(label=gettext_lazy("地域"), help_text=gettext_lazy("决定承诺的到场时限"))
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)
    partner_service = forms.CharField(
        label=gettext_lazy("联动服务"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("联动单位填写：120、119、122、12345、街道…"),
    )
    lon = forms.FloatField(label=gettext_lazy("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, min_value=-90, max_value=90)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        zone = self.fields["zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = choices_of(Agency.ZONES)


class NewForm(ChangeForm):
    """A new node under one that is there."""

    code = forms.CharField(label=gettext_lazy("代码"), max_length=24, help_text=gettext_lazy("字母、数字和短横线"))
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    parent = forms.ChoiceField(label=gettext_lazy("上级单位"))
    field_order = ("name", "code", "kind", "parent", "zone", "phone", "partner_service", "lon", "lat")

    def __init__(self, data: Any = None, *, actor: Actor, parent: str = "") -> None:
        super().__init__(data, initial={"parent": parent})
        kinds = {code: words for code, words in Agency.KINDS.items() if code != "bureau"}
        for name, choices in (
            ("kind", choices_of(kinds)),
            ("parent", [("", "—"), *agencies_in_reach(actor, "agency.open")]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [(_("组织"), reverse("organisation")), *more]


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def new(request: HttpRequest) -> HttpResponse:
    """One more node of the tree; a room with all it has is opened at the rooms' own page."""
    actor = actor_of(request)
    form = NewForm(request.POST or None, actor=actor, parent=request.GET.get("parent", ""))

    def deed(given: dict[str, Any]) -> Agency:
        return acts.open_agency(actor, **{**given, "parent": agency_by_code(actor, given["parent"])})

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("%(name)s已设立。") % {"name": made.name})
        return redirect("organisation")
    title = _("设立单位")
    return show_form(
        request, form, title=title, submit=_("设立"), back=reverse("organisation"), crumbs=_crumbs((title, ""))
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Another name, zone, position, telephone."""
    actor = actor_of(request)
    found = agency_by_code(actor, code)
    initial = {name: getattr(found, name) for name in ChangeForm.base_fields}
    form = ChangeForm(request.POST or None, initial=initial)
    if carry_out(form, lambda given: acts.change_agency(actor, agency=found, **given)) is not None:
        done(request, _("已保存。"))
        return redirect("organisation")
    return show_form(
        request,
        form,
        title=_("变更单位"),
        submit=_("保存"),
        back=reverse("organisation"),
        crumbs=_crumbs((found.name, "")),
        note=_("留空的项保持原样。"),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def close(request: HttpRequest, code: str) -> HttpResponse:
    """The node ends on a day; what was done there stays."""
    actor = actor_of(request)
    found = agency_by_code(actor, code)
    form = DayForm(request.POST or None)
    if carry_out(form, lambda given: acts.close_agency(actor, agency=found, on=given["on"])) is not None:
        done(request, _("%(name)s已撤销。") % {"name": found.name})
        return redirect("organisation")
    return show_form(
        request,
        form,
        title=_("撤销单位"),
        submit=_("撤销"),
        back=reverse("organisation"),
        crumbs=_crumbs((found.name, reverse("agency_change", args=[code])), (_("撤销单位"), "")),
        note=_("撤销后不再接受警情和任命；办过的事都保留。"),
        danger=True,
    )
