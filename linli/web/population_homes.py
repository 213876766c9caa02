"""A home: who lives there now and who did, its use, owner and landlord; the firm in premises and who answers for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.places.homes.acts import change_home, set_firm
from linli.places.homes.models import Firm, Home
from linli.places.homes.queries import home_by_code
from linli.places.homes.rules import USES, reads_numbers
from linli.places.occupants.models import Residence
from linli.places.occupants.queries import household, masked
from linli.places.occupants.rules.declared import ENDS, KINDS, SOURCES
from linli.places.premises.models import Premises
from linli.places.premises.queries import premises_by_code
from linli.web.context import ROOMS
from linli.web.filling import carry_out, choices_of, done, show_form
from linli.web.population import POLICE, READERS, grouped
from linli.web.population_people import offer
from linli.web.registers import crumbs_under
from linli.web.visitor import actor_of, page
from linli.web.visits import RECORD

_BY_HAND = {code: SOURCES[code] for code in ("visit", "counter", "self_report", "landlord", "employer", "order")}


class HomeForm(forms.Form):
    """What is known of a home."""

    use = forms.ChoiceField(label=gettext_lazy("用途"))
    rooms_count = forms.IntegerField(label=gettext_lazy("间数"), min_value=0, max_value=200, required=False)
    owner_name = forms.CharField(label=gettext_lazy("房主"), max_length=50, required=False)
    owner_phone = forms.CharField(label=gettext_lazy("房主电话"), max_length=30, required=False)
    landlord_name = forms.CharField(label=gettext_lazy("出租人（与房主不同时）"), max_length=50, required=False)
    landlord_phone = forms.CharField(label=gettext_lazy("出租人电话"), max_length=30, required=False)
    source = forms.ChoiceField(label=gettext_lazy("来源"))

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "use", choices_of(USES))
        offer(self, "source", choices_of(_BY_HAND))
        for name in ("owner_name", "owner_phone", "landlord_name", "landlord_phone"):
            self.fields[name].help_text = _("不显示；留空表示不改。")


class FirmForm(forms.Form):
    """The firm in a place."""

    credit_code = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=20, required=False)
    staff_count = forms.IntegerField(label=gettext_lazy("从业人数"), min_value=0, required=False)
    legal_person = forms.CharField(label=gettext_lazy("法定代表人"), max_length=50, required=False)
    contact_name = forms.CharField(label=gettext_lazy("联系人"), max_length=50, required=False)
    contact_phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=30, required=False)
    source = forms.ChoiceField(label=gettext_lazy("来源"))

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        offer(self, "source", choices_of(_BY_HAND))
        for name in ("legal_person", "contact_name", "contact_phone"):
            self.fields[name].help_text = _("不显示；留空表示不改。")


def _half(text: str) -> str:
    """A name or number as it is shown without a purpose."""
    if text.isdigit():
        return f"{text[:3]}****{text[-4:]}" if len(text) >= 7 else "*" * len(text)
    return text[:1] + "*" * (len(text) - 1) if text else ""


def firm_masked(actor: Actor, row: Premises) -> dict[str, Any] | None:
    """Who answers for the firm in a place, masked; None when nobody has said."""
    held = Firm.objects.visible_to(actor).filter(premises=row).first()
    if held is None:
        return None
    names = ("legal_person", "contact_name", "contact_phone")
    told = {name: _half(held.told(name)) for name in names} if reads_numbers(actor) else {}
    return {"row": held, "source": SOURCES.get(held.source), **told}


@never_cache
@require_GET
@page(*READERS)
def home(request: HttpRequest, code: str) -> HttpResponse:
    """One home: who lives there now, who did before, its use, owner and landlord, masked."""
    actor = actor_of(request)
    row = home_by_code(actor, code)
    before = Residence.objects.visible_to(actor).filter(home=row, until__lte=clock.today())
    before = before.filter(occupant__erased_on__isnull=True).select_related("occupant").order_by("-until")
    numbers = reads_numbers(actor)
    names = ("owner_name", "owner_phone", "landlord_name", "landlord_phone")
    context = {
        "row": row,
        "use": USES[row.use],
        "source": SOURCES.get(row.source),
        "groups": grouped(actor, list(household(actor, home=row))),
        "before": [
            {
                "living": one,
                "who": masked(actor, one.occupant),
                "kind": KINDS[one.kind],
                "ended": ENDS.get(one.ended_why),
            }
            for one in before[:60]
        ],
        "told": {name: _half(row.told(name)) if numbers or name.endswith("_name") else "" for name in names},
        "may_change": holds_right(actor, "home.change", row.agency_path),
        "may_visit": actor.holds(*RECORD),
        "may_enter": holds_right(actor, "occupant.register", row.agency_path),
        "crumbs": crumbs_under(
            "population_tree",
            _("标准地址"),
            (row.address.text, reverse("population_place", args=[row.address.code])),
            (row.door or row.code, ""),
        ),
    }
    return render(request, "web/population_home.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*POLICE)
def home_change(request: HttpRequest, code: str) -> HttpResponse:
    """Other facts of a home; all of it counts as confirmed today."""
    actor = actor_of(request)
    row = home_by_code(actor, code)
    form = HomeForm(request.POST or None, initial={"use": row.use, "rooms_count": row.rooms_count})
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), initial=row.version)

    def deed(facts: dict[str, Any]) -> Home:
        told = {name: facts.pop(name) for name in ("version", "use", "source")}
        values = {name: value for name, value in facts.items() if value != ""}
        return change_home(actor, home=row, values=values, **told)

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("population_home", code=code)
    back = reverse("population_home", args=[code])
    crumbs = crumbs_under("population_tree", _("标准地址"), (row.code, back), (_("变更"), ""))
    return show_form(request, form, title=_("变更房屋信息"), submit=_("保存"), back=back, crumbs=crumbs)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOMS)
def firm(request: HttpRequest, code: str) -> HttpResponse:
    """Who answers for the firm in a place."""
    actor = actor_of(request)
    row = premises_by_code(actor, code)
    held = Firm.objects.visible_to(actor).filter(premises=row).first()
    initial = {"credit_code": held.credit_code, "staff_count": held.staff_count} if held else {}
    form = FirmForm(request.POST or None, initial=initial)

    def deed(facts: dict[str, Any]) -> Firm:
        own = {name: facts.pop(name) for name in ("credit_code", "staff_count", "source")}
        return set_firm(actor, premises=row, values={name: value for name, value in facts.items() if value}, **own)

    if carry_out(form, deed) is not None:
        done(request, _("已保存。"))
        return redirect("premises", code=code)
    back = reverse("premises", args=[code])
    crumbs = crumbs_under("premises_list", _("场所"), (row.name, back), (_("单位信息"), ""))
    return show_form(request, form, title=_("单位信息"), submit=_("保存"), back=back, crumbs=crumbs)
