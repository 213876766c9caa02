"""The register's front page with its numbers, the address tree, one place, and sheets of door plates."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.insight.measures.queries.standing import standing
from linli.insight.measures.rules.standing import STANDING
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.access.rules import holds_right
from linli.org.registers.queries import Spot, spot_of
from linli.places.addresses.models import Address, AddressName
from linli.places.divisions.models import Division
from linli.places.homes.acts import lay_out_homes, set_term
from linli.places.homes.queries import homes_of, terms, uses_counted
from linli.places.homes.rules import TERMS, USES
from linli.places.occupants.models import Residence
from linli.places.occupants.queries import duplicates_open, living_at, masked, reports_of, to_confirm
from linli.places.occupants.rules.declared import CIVIL_READERS, FULL_READERS
from linli.places.plates.acts import end_plate, open_address, print_plates
from linli.places.plates.models import DoorPlate
from linli.places.plates.queries import (
    address_by_code,
    addresses_of,
    divisions_under,
    line_of,
    names_in,
    plates_of,
)
from linli.places.plates.rules import BELOW, SEGMENTS
from linli.places.premises.models import Premises
from linli.web.context import REGISTER
from linli.web.filling import carry_out, choices_of, done, show_form
from linli.web.portal import residents_url
from linli.web.registers import crumbs_under, page_of
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

READERS = tuple(sorted(FULL_READERS | CIVIL_READERS))
POLICE = tuple(sorted(FULL_READERS))
_ALL_IN_TREE = 300
_PLATES_A_SHEET = 200


@never_cache
@require_GET
@page(*REGISTER)
def index(request: HttpRequest) -> HttpResponse:
    """Numbers of a day by village and community, and what waits. Numbers lead to places, never to a list of people."""
    actor = actor_of(request)
    day = _day(request.GET.get("on", ""))
    rows, total, _population = standing(actor, day)
    reads = actor.holds(*READERS)
    context = {
        "day": day,
        "rows": rows,
        "total": total,
        "figures": list(STANDING.values()),
        "reads": reads,
        "police": actor.holds(*POLICE),
        "waiting": reports_of(actor).count() if reads else 0,
        "pairs": duplicates_open(actor).count() if reads else 0,
        "due": to_confirm(actor).count() if reads else 0,
        "may_set": holds_right(actor, "term.set", None),
    }
    return render(request, "web/population.html", context)


def _day(text: str) -> date:
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


@never_cache
@require_GET
@page(*REGISTER)
def tree(request: HttpRequest) -> HttpResponse:
    """Divisions, then streets and villages, then plates and buildings."""
    division = _division(request.GET.get("division", ""))
    key = _uuid(request.GET.get("name", ""))
    name = AddressName.objects.filter(pk=key).first() if key else None
    addresses = list(addresses_of(name.pk, division)[: _ALL_IN_TREE + 1]) if name else []
    context = {
        "division": division,
        "above": _above(division),
        "divisions": [] if name else list(divisions_under(division, clock.today())[:_ALL_IN_TREE]),
        "names": [] if name else list(names_in(division)[:_ALL_IN_TREE]),
        "name": name,
        "addresses": addresses[:_ALL_IN_TREE],
        "more": len(addresses) > _ALL_IN_TREE,
        "kinds": Address.KINDS,
        "may_print": holds_right(actor_of(request), "plate.print", None),
        "crumbs": crumbs_under("population", _("实有人口"), (_("标准地址"), "")),
    }
    return render(request, "web/population_tree.html", context)


def _division(code: str) -> Division | None:
    return Division.objects.filter(code=code).select_related("parent").first() if code else None


def _above(division: Division | None) -> list[Division]:
    line: list[Division] = []
    while division is not None and len(line) < 6:
        line.insert(0, division)
        division = division.parent
    return line


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@never_cache
@require_GET
@page(*REGISTER)
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One address: who lives here by kind, masked; its homes and firms; what lies below. People are there only for whom
    they are in reach.
    """
    actor, row = actor_of(request), address_by_code(code)
    on = _day(request.GET.get("on", ""))
    living = list(living_at(actor, address=row, on=on)[:_ALL_IN_TREE])
    homes = list(homes_of(actor).filter(address=row)[:_ALL_IN_TREE])
    spot = spot_of(row)
    context = {
        "row": row,
        "kind": Address.KINDS[row.kind],
        "line": line_of(row),
        "above": _above(row.division),
        "spot": spot,
        "on": on,
        "is_today": on == clock.today(),
        "groups": grouped(actor, living),
        "homes": homes,
        "uses": USES,
        "used": [(USES[use], n) for use, n in uses_counted(homes).items()],
        "firms": Premises.objects.visible_to(actor).in_use().filter(address=row),
        "below": row.children.filter(active=True).order_by("number", "sub", "building", "text")[:_ALL_IN_TREE],
        "plate": plates_of([row]).get(row.pk),
        "reads": actor.holds(*READERS),
        "may_enter": _may(actor, "occupant.register", spot),
        "may_open": _may(actor, "address.open", spot) and bool(BELOW.get(row.kind)),
        "may_lay_out": _may(actor, "home.lay_out", spot),
        "may_print": _may(actor, "plate.print", spot),
        "crumbs": crumbs_under("population_tree", _("标准地址"), (row.text, "")),
    }
    return render(request, "web/population_place.html", context)


def _may(actor: Actor, act: str, spot: Spot) -> bool:
    return bool(spot.agency_path) and holds_right(actor, act, spot.agency_path)


def grouped(actor: Actor, living: Sequence[Residence]) -> list[dict[str, Any]]:
    """Residences by kind, each person masked as this actor may see one."""
    return [
        {
            "kind": words,
            "rows": [
                {"living": one, "who": masked(actor, one.occupant), "relation": Residence.RELATIONS[one.relation]}
                for one in living
                if one.kind == code
            ],
        }
        for code, words in Residence.KINDS.items()
        if any(one.kind == code for one in living)
    ]


class OpenForm(forms.Form):
    """One address below another."""

    kind = forms.ChoiceField(label=gettext_lazy("级别"))
    number = forms.IntegerField(label=gettext_lazy("号（栋、组）"), required=False, min_value=1, max_value=99_999)
    sub = forms.IntegerField(label=gettext_lazy("之几"), required=False, min_value=1, max_value=9_999)
    title = forms.CharField(
        label=gettext_lazy("名称"), max_length=40, required=False, help_text=gettext_lazy("巷弄、小区、院落填名称")
    )
    code = forms.CharField(
        label=gettext_lazy("地址编码"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("本地已编码的填上；不填自动编"),
    )
    lon = forms.FloatField(label=gettext_lazy("经度"), required=False)
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False)

    def __init__(self, data: Any = None, *, above: Address) -> None:
        super().__init__(data)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            below = {code: Address.KINDS[code] for code in BELOW.get(above.kind, ()) if code in SEGMENTS}
            kind.choices = choices_of(below)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*REGISTER)
def open_below(request: HttpRequest, code: str) -> HttpResponse:
    """One more address below this one."""
    actor, row = actor_of(request), address_by_code(code)
    form = OpenForm(request.POST or None, above=row)
    path = spot_of(row).agency_path or "/"
    made = carry_out(form, lambda facts: open_address(actor, parent=row, agency_path=path, **facts))
    if made is not None:
        done(request, _("%(name)s已设立。") % {"name": made.text})
        return redirect("population_place", code=made.code)
    back = reverse("population_place", args=[code])
    crumbs = crumbs_under("population_tree", _("标准地址"), (row.text, back), (_("设立下级地址"), ""))
    return show_form(request, form, title=_("设立下级地址"), submit=_("设立"), back=back, crumbs=crumbs)


class LayOutForm(forms.Form):
    """A whole building at once."""

    units = forms.IntegerField(label=gettext_lazy("单元数"), min_value=1, max_value=20, initial=1)
    floors = forms.IntegerField(label=gettext_lazy("层数"), min_value=1, max_value=60)
    per_floor = forms.IntegerField(label=gettext_lazy("每层每单元户数"), min_value=1, max_value=40, initial=2)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*REGISTER)
def lay_out(request: HttpRequest, code: str) -> HttpResponse:
    """Every home of a building by units, floors and homes on each."""
    actor, row = actor_of(request), address_by_code(code)
    spot = spot_of(row)
    form = LayOutForm(request.POST or None)
    where: dict[str, Any] = {"address": row, "agency_path": spot.agency_path or "/", "grid_code": spot.grid_code}
    made = carry_out(form, lambda facts: lay_out_homes(actor, **where, **facts))
    if made is not None:
        done(request, _("新排%(n)s户；原有的不变。") % {"n": made.made})
        return redirect("population_place", code=code)
    back = reverse("population_place", args=[code])
    note = _("例：2单元、6层、每层2户，排出1单元101到2单元602。已有的户室不变。")
    crumbs = crumbs_under("population_tree", _("标准地址"), (row.text, back), (_("整栋排户"), ""))
    return show_form(request, form, title=_("整栋排户"), submit=_("排户"), back=back, crumbs=crumbs, note=note)


@never_cache
@require_POST
@page(*REGISTER)
def plates(request: HttpRequest) -> HttpResponse:
    """A sheet of door plates with their codes, for A4: of one address and what lies below, or of a street."""
    actor = actor_of(request)
    if request.POST.get("code"):
        row = address_by_code(request.POST["code"])
        addresses = [row, *row.children.filter(active=True).order_by("number", "building")]
    else:
        name = _uuid(request.POST.get("name", ""))
        addresses = list(addresses_of(name, _division(request.POST.get("division", "")))) if name else []
    addresses = [one for one in addresses if one.kind != "road"][:_PLATES_A_SHEET]
    made: list[DoorPlate] = []
    by_path: dict[str, list[Address]] = {}
    for one in addresses:
        by_path.setdefault(spot_of(one).agency_path or "/", []).append(one)
    for path, some in by_path.items():
        if holds_right(actor, "plate.print", path):
            made += print_plates(actor, addresses=some, agency_path=path).plates
    if not made:
        raise NotFound("row.unknown", what=_("可打印的门牌"))
    shown = [{"plate": one, "qr": _qr(request, one), "text": one.address.text} for one in made]
    return render(request, "web/population_plates.html", {"plates": shown})


def _qr(request: HttpRequest, plate: DoorPlate) -> SafeString:
    """The code as a drawing that scales in print."""
    out = io.BytesIO()
    url = residents_url(request, reverse("self_report", args=[plate.token]))
    segno.make(url, error="m", micro=False).save(out, kind="svg", scale=4, border=2, light="#fff", xmldecl=False)
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno from an address of ours


@never_cache
@require_POST
@page(*REGISTER)
def plate_end(request: HttpRequest, code: str) -> HttpResponse:
    """The code of a plate leads nowhere from now on."""
    actor, row = actor_of(request), address_by_code(code)
    plate = DoorPlate.objects.visible_to(actor).hanging().filter(address=row).first()
    if plate is None:
        raise NotFound("row.unknown", what=code)
    end_plate(actor, plate=plate)
    done(request, _("此码已停用，下次打印会换新码。"))
    return redirect("population_place", code=code)


class TermForm(forms.Form):
    """How many days a term has here."""

    code = forms.ChoiceField(label=gettext_lazy("期限"))
    days = forms.IntegerField(label=gettext_lazy("天数"), min_value=1, max_value=3650)
    working_days = forms.BooleanField(label=gettext_lazy("按工作日计"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        code = self.fields["code"]
        if isinstance(code, forms.ChoiceField):
            code.choices = [(key, say(one.words)) for key, one in TERMS.items()]


@never_cache
@require_http_methods(["GET", "POST"])
@page(*REGISTER)
def term_list(request: HttpRequest) -> HttpResponse:
    """The terms in force; who may, sets them."""
    actor = actor_of(request)
    form = TermForm(request.POST or None)
    if carry_out(form, lambda facts: set_term(actor, **facts)) is not None:
        done(request, _("已保存。"))
        return redirect("population_terms")
    context = {
        "terms": list(terms().items()),
        "plain": TERMS,
        "form": form,
        "may_set": holds_right(actor, "term.set", None),
        "crumbs": crumbs_under("population", _("实有人口"), (_("登记期限"), "")),
    }
    return render(request, "web/population_terms.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
@page(*READERS)
def due(request: HttpRequest) -> HttpResponse:
    """Whose facts nobody has made sure of for long: the visits that are due, the longest ago first."""
    actor = actor_of(request)
    context: dict[str, Any] = page_of(request, to_confirm(actor))
    context["rows"] = [{"living": one, "who": masked(actor, one.occupant)} for one in context["rows"]]
    context["crumbs"] = crumbs_under("population", _("实有人口"), (_("待复核"), ""))
    return render(request, "web/population_due.html", context)
