"""Reasons for visits and checklists of inspections, as the bureau sets them; what was before keeps its dates."""

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
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.places.premises.rules import KINDS
from linli.visits.checklists.acts import declare_checklist
from linli.visits.checklists.queries import checklists_on
from linli.visits.checklists.rules import ChecklistFacts, Item
from linli.visits.reasons.acts import set_reason
from linli.visits.reasons.models import ReasonVersion
from linli.visits.reasons.queries import facts_of, reasons_on
from linli.visits.reasons.rules import GROUNDS, SHIPPED, ReasonFacts
from linli.web.filling import carry_out, choices_of, done, show_form
from linli.web.visit_forms import Ticks
from linli.web.visitor import actor_of, page

READERS = ("administrator", "station_chief", "community_officer", "bureau_leader", "auditor")
_DAYS = ("every_days", "first_within_days", "retry_days", "lasts_days")


def _days(label: Any, hint: Any = "", *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=1_100, required=required, help_text=hint)


class ReasonForm(forms.Form):
    """How a reason works from today on."""

    code = forms.CharField(label=gettext_lazy("代码"), max_length=24, help_text=gettext_lazy("小写字母和下划线"))
    zh = forms.CharField(label=gettext_lazy("名称"), max_length=40)
    en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    every_days = _days(gettext_lazy("每隔几天"), gettext_lazy("不填就是一次"))
    first_within_days = _days(gettext_lazy("首次几天内"), required=True)
    retry_days = _days(gettext_lazy("无人在家几天后再去"), required=True)
    lasts_days = _days(gettext_lazy("列在清单上几天"), gettext_lazy("不填就一直在"))
    ground = forms.ChoiceField(label=gettext_lazy("列入的依据"))
    premises_kinds = forms.MultipleChoiceField(label=gettext_lazy("自动列入的场所"), required=False, widget=Ticks)
    categories = forms.CharField(
        label=gettext_lazy("自动列入的警情类别"), required=False, help_text=gettext_lazy("类别代码，用逗号隔开")
    )
    helpers = forms.BooleanField(label=gettext_lazy("辅警、助理、网格员也可以去"), required=False)
    in_use = forms.BooleanField(label=gettext_lazy("在用"), required=False)

    def __init__(self, data: Any = None, *, known: ReasonFacts | None = None) -> None:
        super().__init__(data, initial=_initial(known) if known else {"first_within_days": 7, "retry_days": 3,
                                                                     "helpers": True, "in_use": True})  # fmt: skip
        for name, choices in (("ground", choices_of(GROUNDS)), ("premises_kinds", choices_of(KINDS))):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        if known:
            self.fields["code"].disabled = True

    def facts(self, cleaned: dict[str, Any]) -> ReasonFacts:
        """The cleaned values as the rules take them."""
        codes = [one.strip() for one in cleaned["categories"].replace("，", ",").split(",") if one.strip()]
        return ReasonFacts(
            code=cleaned["code"],
            words=Words(cleaned["zh"], cleaned["en"]),
            why=Words("", ""),
            ground=cleaned["ground"],
            premises_kinds=tuple(cleaned["premises_kinds"]),
            categories=tuple(codes),
            helpers=cleaned["helpers"],
            in_use=cleaned["in_use"],
            **{name: cleaned[name] for name in _DAYS},
        )


def _initial(known: ReasonFacts) -> dict[str, Any]:
    return {
        **{name: getattr(known, name) for name in ("code", "ground", "helpers", "in_use", *_DAYS)},
        "zh": known.words.zh,
        "en": known.words.en,
        "premises_kinds": list(known.premises_kinds),
        "categories": ",".join(known.categories),
    }


class ChecklistForm(forms.Form):
    """A new edition of a checklist, one item a line."""

    code = forms.CharField(label=gettext_lazy("代码"), max_length=24)
    zh = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    en = forms.CharField(label=gettext_lazy("英文名称"), max_length=80, required=False)
    basis = forms.CharField(label=gettext_lazy("依据"), max_length=160)
    premises_kinds = forms.MultipleChoiceField(label=gettext_lazy("适用场所"), required=False, widget=Ticks)
    items = forms.CharField(
        label=gettext_lazy("检查项"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("一行一项：代码 | 检查什么 | 英文 | 依据条款"),
    )

    def __init__(self, data: Any = None, *, known: ChecklistFacts | None = None) -> None:
        initial: dict[str, Any] = {}
        if known:
            lines = [f"{one.code} | {one.words.zh} | {one.words.en} | {one.article}" for one in known.items]
            initial = {"code": known.code, "zh": known.words.zh, "en": known.words.en, "basis": known.basis,
                       "premises_kinds": list(known.premises_kinds), "items": "\n".join(lines)}  # fmt: skip
        super().__init__(data, initial=initial)
        field = self.fields["premises_kinds"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices_of(KINDS)
        if known:
            self.fields["code"].disabled = True

    def facts(self, cleaned: dict[str, Any]) -> ChecklistFacts:
        """The cleaned values as the rules take them."""
        items = []
        for line in filter(str.strip, cleaned["items"].splitlines()):
            parts = [part.strip() for part in line.split("|")]
            if len(parts) < 2:
                raise Invalid("checklist.empty", field="items")
            code, zh, en, article = (*parts, "", "")[:4]
            items.append(Item(code, Words(zh, en), article))
        words = Words(cleaned["zh"], cleaned["en"])
        return ChecklistFacts(
            cleaned["code"], 0, words, cleaned["basis"], tuple(items), tuple(cleaned["premises_kinds"])
        )


@never_cache
@require_GET
@page(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Every reason with its days and ground, and the checklists in force."""
    actor, today = actor_of(request), clock.today()
    known = {one.code: one for one in SHIPPED} | {
        row.code: facts_of(row) for row in ReasonVersion.objects.filter(until__isnull=True)
    }
    context = {
        "reasons": [{"one": one, "ground": GROUNDS[one.ground]} for one in known.values()],
        "checklists": list(checklists_on(today).values()),
        "may_set": any(holds_right(actor, "visit.set_reason", path) for path in actor.paths),
        "crumbs": [(_("管理"), reverse("administration")), (_("走访事由和检查表"), "")],
    }
    return render(request, "web/visit_settings.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def reason(request: HttpRequest, code: str = "") -> HttpResponse:
    """Set how a reason works from today on."""
    actor = actor_of(request)
    row = ReasonVersion.objects.filter(code=code, until__isnull=True).first()
    known = facts_of(row) if row else reasons_on(clock.today()).get(code)
    if code and known is None:
        raise NotFound("row.unknown", what=code)
    form = ReasonForm(request.POST or None, known=known)
    if carry_out(form, lambda facts: set_reason(actor, code=facts["code"], facts=form.facts(facts))) is not None:
        done(request, _("已设定，从今天起。"))
        return redirect("visit_settings")
    return _form(request, form, known.words.zh if known else _("新的走访事由"), ("premises_kinds", "categories"))


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def checklist(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new edition of a checklist; inspections made before keep theirs."""
    actor = actor_of(request)
    known = checklists_on(clock.today()).get(code)
    if code and known is None:
        raise NotFound("row.unknown", what=code)
    form = ChecklistForm(request.POST or None, known=known)
    if carry_out(form, lambda facts: declare_checklist(actor, code=facts["code"], facts=form.facts(facts))) is not None:
        done(request, _("已发布，从今天起。"))
        return redirect("visit_settings")
    return _form(request, form, known.words.zh if known else _("新的检查表"), ("premises_kinds", "items", "basis"))


def _form(request: HttpRequest, form: forms.Form, title: str, wide: tuple[str, ...]) -> HttpResponse:
    back = reverse("visit_settings")
    return show_form(
        request,
        form,
        title=title,
        submit=_("保存"),
        back=back,
        crumbs=[(_("走访事由和检查表"), back), (title, "")],
        note=_("从今天起生效；以前的计划和记录不变。"),
        wide=wide,
    )
