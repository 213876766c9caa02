"""The promised seconds, by category and zone: seen by all who lead, changed by whom the act allows."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.errors import Refusal
from linli.matters.routing.queries import bureau, categories
from linli.operations.limits.acts import set_limit
from linli.operations.limits.models import Limit
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.web.visitor import actor_of, page

STEPS = ("delivered_s", "signed_s", "desk_s", "bureau_s", "moving_s", "target_s")


class LimitForm(forms.Form):
    """The seconds of one category and zone; blank is every one."""

    category = forms.ChoiceField(label=gettext_lazy("警情类别"), required=False)
    zone = forms.ChoiceField(label=gettext_lazy("地域"), required=False)
    delivered_s = forms.IntegerField(label=gettext_lazy("送达（秒）"), min_value=1, initial=5)
    signed_s = forms.IntegerField(label=gettext_lazy("签收（秒）"), min_value=1, initial=30)
    desk_s = forms.IntegerField(label=gettext_lazy("报所台（秒）"), min_value=1, initial=60)
    bureau_s = forms.IntegerField(label=gettext_lazy("报局台（秒）"), min_value=1, initial=120)
    moving_s = forms.IntegerField(label=gettext_lazy("出动（秒）"), min_value=1, initial=90)
    target_s = forms.IntegerField(label=gettext_lazy("到场承诺（秒）"), min_value=1, initial=300)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # QueryDict or None
        every = [("", _("全部"))]
        for name, choices in (
            ("category", [(row.code, row.zh) for row in categories()]),
            ("zone", [(code, words[0]) for code, words in Agency.ZONES.items()]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = every + choices


@never_cache
@require_http_methods(["GET", "POST"])
@page("station_chief", "bureau_leader", "dispatcher", "administrator")
def index(request: HttpRequest) -> HttpResponse:
    """The declared rows, and one form that sets a row."""
    actor = actor_of(request)
    form = LimitForm(request.POST or None)
    problem: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            set_limit(
                actor, category=given["category"], zone=given["zone"], seconds={step: given[step] for step in STEPS}
            )
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, _("时限已保存。"))
            return redirect("limits")
    names = {row.code: row.zh for row in categories()}
    rows = [
        {
            "limit": row,
            "category": names.get(row.category, row.category),
            "zone": Agency.ZONES.get(row.zone, (_("全部"),))[0],
        }
        for row in Limit.objects.order_by("category", "zone")
    ]
    root = bureau()
    context = {
        "rows": rows,
        "usual": Limit(),
        "form": form,
        "problem": problem,
        "may_set": root is not None and holds_right(actor, "limits.set", root.path),
    }
    status = problem.status if problem else 422 if form.is_bound and form.errors else 200
    return render(request, "web/limits.html", context, status=status)
