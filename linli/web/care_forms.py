"""The forms of care: they parse; what is lawful is for the rules to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.people.models import Person
from linli.visits.care.rules import (
    CONSENT_WAYS,
    ENDINGS,
    GROUNDS,
    NEEDS_SEEN,
    PURPOSES,
    REASONS,
    RELATIONS,
    ROLES,
    VISIT_KINDS,
)
from linli.web.filling import DateInput, MomentInput, choices_of
from linli.web.staff import agencies_in_reach

WITHDRAWN = Words("本人撤回同意（立即删除个人内容）", "consent withdrawn: what is personal is erased at once")


def offer(form: forms.Form, **tables: Iterable[tuple[str, Any]]) -> None:
    """Fill in the choices of fields by name."""
    for name, choices in tables.items():
        field = form.fields[name]
        if isinstance(field, (forms.ChoiceField, forms.MultipleChoiceField)):
            field.choices = list(choices)


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanForm(forms.Form):
    """A new plan: who, why, on what ground."""

    called = forms.CharField(label=_("称呼"), max_length=24, help_text=_("清单里显示的代称，不能是姓名，例：桂花"))
    agency = forms.ChoiceField(label=_("单位"))
    reason = forms.ChoiceField(label=_("对象"))
    birth_year = forms.IntegerField(label=_("出生年份"), required=False, min_value=1900, max_value=2100)
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=32, required=False)
    address = forms.CharField(label=_("住址"), max_length=160, required=False)
    situation = forms.CharField(label=_("需要什么"), widget=_text(), max_length=2000)
    ground = forms.ChoiceField(label=_("依据"))
    consent_by = forms.CharField(label=_("谁同意的"), max_length=60, required=False)
    consent_on = forms.DateField(label=_("同意日期"), widget=DateInput(), required=False)
    consent_way = forms.ChoiceField(label=_("怎样同意的"), required=False)
    consent_file = forms.FileField(label=_("同意书照片"), required=False)
    guardian_name = forms.CharField(label=_("监护人姓名"), max_length=60, required=False)
    guardian_relation = forms.ChoiceField(label=_("监护人是谁"), required=False)
    guardian_phone = forms.CharField(label=_("监护人电话"), max_length=32, required=False)
    child_heard = forms.BooleanField(label=_("已听取孩子本人的意见（八周岁以上）"), required=False)
    review_on = forms.DateField(
        label=_("复核日期"), widget=DateInput(), required=False, help_text=_("不填为半年后，最长半年")
    )

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor) -> None:
        super().__init__(data, files)
        offer(
            self,
            agency=agencies_in_reach(actor, "care.open"),
            reason=choices_of(REASONS, blank="—"),
            ground=choices_of(GROUNDS, blank="—"),
            consent_way=choices_of(CONSENT_WAYS, blank="—"),
            guardian_relation=choices_of(RELATIONS, blank="—"),
        )


class LookForm(forms.Form):
    """Why name, telephone and home are looked at."""

    purpose = forms.ChoiceField(label=_("查看事由"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        offer(self, purpose=choices_of(PURPOSES))


class VisitForm(forms.Form):
    """Somebody was there."""

    kind = forms.ChoiceField(label=_("方式"))
    at = forms.DateTimeField(label=_("时间"), widget=MomentInput(), required=False, help_text=_("不填为现在"))
    minutes = forms.IntegerField(label=_("时长（分钟）"), required=False, min_value=1, max_value=720)
    note = forms.CharField(label=_("情况"), widget=_text(2), max_length=2000, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        offer(self, kind=choices_of(VISIT_KINDS))


class PromiseForm(forms.Form):
    """What was promised, until when."""

    what = forms.CharField(label=_("承诺做什么"), max_length=400)
    due_on = forms.DateField(label=_("最迟哪天"), widget=DateInput())


class NameForm(forms.Form):
    """One more carer, and what a partner is shown."""

    person = forms.ChoiceField(label=_("人员"))
    role = forms.ChoiceField(label=_("身份"))
    sees = forms.MultipleChoiceField(
        label=_("给合作单位联系人看什么"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, people: Iterable[Person], minor: bool) -> None:
        super().__init__(data, initial={"role": "carer"})
        shown = {code: words for code, words in NEEDS_SEEN.items() if not minor or code == "situation"}
        offer(
            self,
            person=[("", "—"), *((str(one.pk), one.name) for one in people)],
            role=choices_of(ROLES),
            sees=choices_of(shown),
        )


class ChangeForm(forms.Form):
    """Other facts; blank leaves what is there."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    called = forms.CharField(label=_("称呼"), max_length=24)
    situation = forms.CharField(label=_("需要什么"), widget=_text(), max_length=2000)
    phone = forms.CharField(label=_("电话"), max_length=32, required=False, help_text=_("不显示；留空表示不改。"))
    address = forms.CharField(label=_("住址"), max_length=160, required=False, help_text=_("不显示；留空表示不改。"))


class ReviewForm(forms.Form):
    """When it is looked at next."""

    next_on = forms.DateField(label=_("下次复核"), widget=DateInput(), required=False, help_text=_("最长半年"))


class EndForm(forms.Form):
    """Why it ends."""

    reason = forms.ChoiceField(label=_("结束原因"))

    def __init__(self, data: Any = None, *, by_consent: bool, leads: bool) -> None:
        super().__init__(data)
        table = dict(ENDINGS) if leads else {}
        if by_consent:
            table["withdrawn"] = WITHDRAWN
        offer(self, reason=choices_of(table, blank="—"))
