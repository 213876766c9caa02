"""Premises: the list, a card, registering and changing; in which grade a place stands is decided on its card."""

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
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.places.grading.acts import grade_premises, release_grading
from linli.places.grading.models import Grade, Grading
from linli.places.grading.queries import history_of, schemes_for
from linli.places.premises import acts as premises_acts
from linli.places.premises.models import Premises
from linli.places.premises.queries import premises_by_code, premises_of
from linli.visits.records.rules import door_key
from linli.web.context import ROOMS
from linli.web.filling import DateInput, carry_out, done, show_form
from linli.web.population_homes import firm_masked
from linli.web.registers import PlaceForm, agency_at, crumbs_under, initial_of, page_of
from linli.web.staff import DayForm, agency_by_code
from linli.web.visitor import actor_of, page
from linli.web.visits import WALK

ENDED = {
    "regraded": Words("重新定级", "graded anew"),
    "released": Words("解除", "released"),
    "closed": Words("停业", "closed"),
}


class PremisesForm(PlaceForm):
    """One place; every field says what it is for."""

    code = forms.CharField(label=gettext_lazy("编号"), max_length=40, help_text=gettext_lazy("与本地登记簿一致"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    agency = forms.ChoiceField(label=gettext_lazy("负责单位"))
    address_text = forms.CharField(label=gettext_lazy("地址"), max_length=160, required=False)
    operator = forms.CharField(
        label=gettext_lazy("经营单位"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("整改时找谁；不填个人姓名"),
    )
    lon = forms.FloatField(label=gettext_lazy("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, min_value=-90, max_value=90)
    usual_people = forms.IntegerField(
        label=gettext_lazy("常有人数"),
        required=False,
        min_value=0,
        max_value=200_000,
        help_text=gettext_lazy("处置时要疏散多少人"),
    )
    hazard_note = forms.CharField(
        label=gettext_lazy("危险提示"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("到场的人须先知道的：燃气、化学品、大型犬…"),
    )

    def __init__(self, data: Any = None, *, actor: Actor | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.offer(kinds=Premises.KINDS, actor=actor, act="premises.register")


class GradeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Grades with the scheme they belong to."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.scheme.zh} · {obj.zh}"


class GradeForm(forms.Form):
    """A decision about a place."""

    grade = GradeChoice(label=gettext_lazy("等级"), queryset=Grade.objects.none())
    reasons = forms.CharField(label=gettext_lazy("定级理由"), widget=forms.Textarea(attrs={"rows": 3}))
    measures = forms.CharField(
        label=gettext_lazy("措施"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("不填则用该等级规定的措施"),
    )
    review_due_on = forms.DateField(
        label=gettext_lazy("下次复查"),
        widget=DateInput(),
        required=False,
        help_text=gettext_lazy("不填则按该等级的间隔"),
    )

    def __init__(self, data: Any = None, *, actor: Actor, premises: Premises) -> None:
        super().__init__(data)
        schemes = schemes_for(actor, kind=premises.kind)
        field = self.fields["grade"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Grade.objects.filter(scheme__in=schemes).select_related("scheme")


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """The premises in reach, by kind, grid and words."""
    actor = actor_of(request)
    chosen = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "grid", "closed")}
    rows = premises_of(
        actor, kind=chosen["kind"], grid=chosen["grid"], words=chosen["q"], closed=bool(chosen["closed"])
    )
    context = {
        **page_of(request, rows),
        "kinds": Premises.KINDS.items(),
        "kind_words": Premises.KINDS,
        "chosen": chosen,
        "may_add": any(holds_right(actor, "premises.register", path) for path in actor.paths),
    }
    context["rows"] = [{"row": row, "kind": Premises.KINDS[row.kind]} for row in context["rows"]]
    return render(request, "web/premises_list.html", context)


@never_cache
@require_GET
@page(*ROOMS)
def premises(request: HttpRequest, code: str) -> HttpResponse:
    """One place: what it is, what is dangerous, in which grade it stands and why, and what it stood in before."""
    actor = actor_of(request)
    row = premises_by_code(actor, code)
    history = list(history_of(actor, row).order_by("-graded_at", "-id"))
    context = {
        "row": row,
        "kind": Premises.KINDS[row.kind],
        "agency": agency_at(row.agency_path),
        "firm": firm_masked(actor, row),
        "may_set_firm": row.closed_on is None and holds_right(actor, "firm.set", row.agency_path),
        "current": [one for one in history if one.ended_at is None],
        "decisions": [{"row": one, "ended": ENDED.get(one.ended_why)} for one in history],
        "may_change": row.closed_on is None and holds_right(actor, "premises.change", row.agency_path),
        "may_grade": row.closed_on is None
        and holds_right(actor, "grading.decide", row.agency_path)
        and bool(schemes_for(actor, kind=row.kind)),
        "door": door_key(premises=row.pk),
        "may_visit": row.closed_on is None and actor.holds(*WALK),
        "crumbs": crumbs_under("premises_list", _("场所"), (row.name, "")),
    }
    return render(request, "web/premises.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def new(request: HttpRequest) -> HttpResponse:
    """One more place."""
    actor = actor_of(request)
    given = {name: request.GET[name] for name in ("lon", "lat") if request.GET.get(name)}
    form = PremisesForm(request.POST or None, actor=actor, initial=given)

    def deed(facts: dict[str, Any]) -> Premises:
        path = agency_by_code(actor, facts.pop("agency")).path
        return premises_acts.register_premises(actor, agency_path=path, **facts)

    made = carry_out(form, deed)
    if made is not None:
        done(request, _("%(name)s已登记。") % {"name": made.name})
        return redirect("premises", code=made.code)
    crumbs = crumbs_under("premises_list", _("场所"), (_("登记场所"), ""))
    back = reverse("premises_list")
    wide = ("address_text", "hazard_note")
    return show_form(request, form, title=_("登记场所"), submit=_("登记"), back=back, crumbs=crumbs, wide=wide)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Other facts of a place."""
    actor = actor_of(request)
    row = premises_by_code(actor, code)
    form = PremisesForm(request.POST or None, initial=initial_of(row, PremisesForm))
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), initial=row.version)

    def deed(facts: dict[str, Any]) -> Premises:
        return premises_acts.change_premises(actor, premises=row, version=facts.pop("version"), values=facts)

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("premises", code=code)
    back = reverse("premises", args=[code])
    crumbs = crumbs_under("premises_list", _("场所"), (row.name, back), (_("变更"), ""))
    wide = ("address_text", "hazard_note")
    return show_form(request, form, title=_("变更场所"), submit=_("保存"), back=back, crumbs=crumbs, wide=wide)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """The place has closed."""
    actor = actor_of(request)
    row = premises_by_code(actor, code)
    form = DayForm(request.POST or None)
    if carry_out(form, lambda facts: premises_acts.close_premises(actor, premises=row, on=facts["on"])) is not None:
        done(request, _("%(name)s已停业。") % {"name": row.name})
        return redirect("premises", code=code)
    back = reverse("premises", args=[code])
    return show_form(
        request,
        form,
        title=_("场所停业"),
        submit=_("停业"),
        back=back,
        crumbs=crumbs_under("premises_list", _("场所"), (row.name, back), (_("停业"), "")),
        note=_("不再列入清单和地图，定级随之结束；办过的事都保留。"),
        danger=True,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def grade(request: HttpRequest, code: str) -> HttpResponse:
    """Decide in which grade a place stands; the decision before it ends."""
    actor = actor_of(request)
    row = premises_by_code(actor, code)
    form = GradeForm(request.POST or None, actor=actor, premises=row)
    if carry_out(form, lambda facts: grade_premises(actor, premises=row, **facts)) is not None:
        done(request, _("已定级。"))
        return redirect("premises", code=code)
    back = reverse("premises", args=[code])
    return show_form(
        request,
        form,
        title=_("场所定级"),
        submit=_("定级"),
        back=back,
        crumbs=crumbs_under("premises_list", _("场所"), (row.name, back), (_("定级"), "")),
        note=_("定的是场所，不是人。理由和措施会保留，到期提醒复查。"),
        wide=("reasons", "measures"),
    )


@require_POST
@page(*ROOMS)
def release(request: HttpRequest, code: str, grading: uuid.UUID) -> HttpResponse:
    """A place needs no grade any more."""
    actor = actor_of(request)
    row = premises_by_code(actor, code)
    found = Grading.objects.visible_to(actor).filter(pk=grading, premises=row).first()
    if found is None:
        raise NotFound("row.unknown", what=str(grading))
    release_grading(actor, grading=found)
    done(request, _("已解除定级。"))
    return redirect("premises", code=code)
