"""The bureau's own schemes of grades: named, changed, with what each grade means and asks for (F9)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from linli.kernel.errors import NotFound
from linli.kernel.words import Words
from linli.org.access.rules import holds_right
from linli.places.grading.acts import GradeFacts, declare_scheme
from linli.places.grading.models import Scheme
from linli.places.grading.queries import counts_by_grade, schemes_for
from linli.places.premises.models import Premises
from linli.web.context import ROOMS
from linli.web.filling import carry_out, choices_of, done
from linli.web.registers import crumbs_under
from linli.web.visitor import actor_of, page

_CODE = r"^[0-9A-Za-z_-]+$"
TONES = {"ok": Words("平常", "calm"), "watch": Words("留意", "watch"), "danger": Words("要紧", "urgent")}
MOST_GRADES, EMPTY_ROWS = 6, 1


class SchemeForm(forms.Form):
    """The scheme's name and the kinds of premises that it is for."""

    code = forms.RegexField(_CODE, label=gettext_lazy("代码"), max_length=24)
    zh = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("本局自己的叫法，如“三分级三提升”")
    )
    en = forms.CharField(label=gettext_lazy("英文名称"), max_length=60, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("适用场所"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选则适用全部场所"),
    )

    def __init__(self, data: Any = None, *, held: Scheme | None = None) -> None:
        values = {name: getattr(held, name) for name in ("code", "zh", "en", "kinds")} if held else None
        super().__init__(data, initial=values)
        kinds = self.fields["kinds"]
        if isinstance(kinds, forms.MultipleChoiceField):
            kinds.choices = choices_of(Premises.KINDS)
        if held:
            self.fields["code"].disabled = True


class GradeRow(forms.Form):
    """One grade."""

    code = forms.RegexField(_CODE, label=gettext_lazy("代码"), max_length=24)
    zh = forms.CharField(label=gettext_lazy("等级名称"), max_length=40)
    en = forms.CharField(label=gettext_lazy("英文名称"), max_length=40, required=False)
    tone = forms.ChoiceField(label=gettext_lazy("轻重"), initial="ok")
    review_every_days = forms.IntegerField(label=gettext_lazy("每几天复查"), min_value=1, max_value=3650, initial=90)
    criteria = forms.CharField(label=gettext_lazy("定级标准"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    measures = forms.CharField(label=gettext_lazy("规定措施"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        tone = self.fields["tone"]
        if isinstance(tone, forms.ChoiceField):
            tone.choices = choices_of(TONES)


Grades = formset_factory(GradeRow, extra=EMPTY_ROWS, max_num=MOST_GRADES, can_delete=True)


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """The schemes in force, their grades, and how many places stand in each."""
    actor = actor_of(request)
    counts = {grade.pk: grade.places for grade in counts_by_grade(actor)}  # type: ignore[attr-defined]  # annotated
    schemes = [
        {
            "row": scheme,
            "words": Words(scheme.zh, scheme.en or scheme.zh),
            "kinds": [Premises.KINDS[kind] for kind in scheme.kinds],
            "grades": [
                {"row": grade, "words": Words(grade.zh, grade.en or grade.zh), "places": counts.get(grade.pk, 0)}
                for grade in scheme.grades.all()
            ],
        }
        for scheme in schemes_for(actor)
    ]
    may = holds_right(actor, "grading.declare_scheme", None)
    return render(request, "web/grading.html", {"schemes": schemes, "may_declare": may})


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator")
def scheme(request: HttpRequest, code: str = "") -> HttpResponse:
    """Name a scheme, or change one that is there. A grade in which places stand cannot be left out."""
    actor = actor_of(request)
    held = next((one for one in schemes_for(actor) if one.code == code), None)
    if code and held is None:
        raise NotFound("row.unknown", what=code)
    names = tuple(GradeRow.base_fields)
    initial = [{name: getattr(grade, name) for name in names} for grade in held.grades.all()] if held else None
    form = SchemeForm(request.POST or None, held=held)
    rows: BaseFormSet[GradeRow] = Grades(request.POST or None, initial=initial)
    sound = rows.is_valid() if request.method == "POST" else False

    def deed(facts: dict[str, Any]) -> Scheme:
        kept = [one.cleaned_data for one in rows if one.cleaned_data and not one.cleaned_data.get("DELETE")]
        grades = [GradeFacts(**{name: one[name] for name in names}) for one in kept]
        return declare_scheme(actor, grades=grades, **facts)

    if sound and carry_out(form, deed) is not None:
        done(request, _("分级办法已保存。"))
        return redirect("grading")
    title = held.zh if held else _("新的分级办法")
    context = {
        "form": form,
        "rows": rows,
        "title": title,
        "crumbs": crumbs_under("grading", _("场所分级"), (title, "")),
        "back": reverse("grading"),
    }
    return render(request, "web/grading_scheme.html", context, status=422 if request.method == "POST" else 200)
