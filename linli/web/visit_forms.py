"""The forms of visits and inspections: half a minute, nothing compulsory but the place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.premises.models import Premises
from linli.visits.checklists.rules import ChecklistFacts
from linli.visits.inspections.rules import OUTCOMES as FOUND
from linli.visits.inspections.rules import RESULTS, TRADES
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.rules import GIVEN, OPENS, OUTCOMES, SEALED, TOPICS
from linli.web.filling import DateInput, choices_of

ITEM = "item_"


class Ticks(forms.CheckboxSelectMultiple):
    """Choices as chips."""

    option_inherits_attrs = False


def _words(label: Any, rows: int = 2, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), help_text=hint
    )


class ToldForm(forms.Form):
    """What came of going there."""

    outcome = forms.ChoiceField(label=gettext_lazy("结果"), widget=forms.RadioSelect, initial="met")
    people_met = forms.IntegerField(
        label=gettext_lazy("见到几人"), required=False, min_value=0, max_value=200, initial=1
    )
    topics = forms.MultipleChoiceField(label=gettext_lazy("谈了什么"), required=False, widget=Ticks)
    given = forms.MultipleChoiceField(label=gettext_lazy("送了什么"), required=False, widget=Ticks)
    met = forms.CharField(
        label=gettext_lazy("见到了谁"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("写关系就够：户主、租客、店主…；不评价人"),
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("见到的登记人员"), required=False, widget=Ticks, help_text=gettext_lazy("这一户在册的人")
    )
    live_here = forms.BooleanField(label=gettext_lazy("他们仍住这里"), required=False)
    words = _words(gettext_lazy("说了什么"))
    seen = _words(gettext_lazy("看到什么"))
    helped = forms.IntegerField(label=gettext_lazy("帮扶几人"), required=False, min_value=0, max_value=200)
    hazard = _words(gettext_lazy("发现隐患"))
    tip = _words(gettext_lazy("得到线索"))
    dispute = _words(gettext_lazy("有纠纷"))
    help_request = _words(gettext_lazy("有人求助"))
    community_info = _words(gettext_lazy("社情信息"))

    def __init__(
        self, data: Any = None, *, people: Sequence[tuple[str, str]] = (), initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        if people:
            self._offer("people", list(people))
        else:
            del self.fields["people"], self.fields["live_here"]
        for name, table in (("outcome", OUTCOMES), ("topics", TOPICS), ("given", GIVEN)):
            self._offer(name, choices_of(table))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def told(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The cleaned values as the act takes them."""
        met = facts["outcome"] == "met"
        named = len(facts.get("people", ()))
        people = facts["people_met"] if facts["people_met"] is not None else 1
        return {
            "outcome": facts["outcome"],
            # The one that the form begins with is nobody's count.
            "people_met": (max(named, people) if people == 1 else people) if met else 0,
            "live_here": met and bool(facts.get("live_here")),
            "helped": (facts["helped"] or 0) if met else 0,
            "topics": facts["topics"],
            "given": facts["given"],
            "said": {name: facts[name] for name in SEALED},
            "opens": {kind: facts[kind] for kind in OPENS if facts[kind].strip()},
        }


class VisitForm(ToldForm):
    """A visit that stood on no list, or one to registered premises whose entry has changed."""

    reason = forms.ChoiceField(label=gettext_lazy("事由"))
    place = forms.CharField(
        label=gettext_lazy("地点"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("门牌或地名；与地址库一致时自动对上"),
    )
    room = forms.CharField(label=gettext_lazy("户室"), required=False, max_length=20)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput())
    lat = forms.FloatField(required=False, widget=forms.HiddenInput())
    hazard_note = forms.CharField(
        label=gettext_lazy("更正危险提示"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("改场所登记；不改就不填"),
    )
    usual_people = forms.IntegerField(
        label=gettext_lazy("更正常有人数"), required=False, min_value=0, max_value=200_000
    )
    visited_at = forms.DateTimeField(
        label=gettext_lazy("走访时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("不填就是现在"),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        premises: Premises | None = None,
        known: bool = False,
        people: Sequence[tuple[str, str]] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, people=people, initial=initial)
        reasons = {one.code: one.words for one in reasons_on(clock.today()).values() if one.code != "campaign"}
        self._offer("reason", choices_of(reasons))
        if premises is None:
            del self.fields["hazard_note"], self.fields["usual_people"]
        if known:
            del self.fields["place"], self.fields["room"]

    def where(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The place that was named: an address of the register when its text is one, else as it was written."""
        place, lon, lat = facts.get("place", "").strip(), facts.get("lon"), facts.get("lat")
        address = Address.objects.filter(text=place, active=True).first() if place else None
        return {"address": address, "room": facts.get("room", ""), "place": place, "lon": lon, "lat": lat}

    def register(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Values of the premises that were corrected."""
        changes = {"hazard_note": facts.get("hazard_note") or None, "usual_people": facts.get("usual_people")}
        return {name: value for name, value in changes.items() if value is not None}


class CorrectForm(ToldForm):
    """One's own record, corrected with a reason."""

    reason = forms.ChoiceField(label=gettext_lazy("事由"))
    why = forms.CharField(label=gettext_lazy("更正原因"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self, data: Any = None, *, people: Sequence[tuple[str, str]] = (), initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, people=people, initial=initial)
        for kind in OPENS:
            del self.fields[kind]
        self._offer("reason", choices_of({one.code: one.words for one in reasons_on(clock.today()).values()}))

    def values(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The cleaned values as :func:`correct_visit` takes them."""
        met = facts["outcome"] == "met"
        return {
            "live_here": met and bool(facts.get("live_here")),
            **{name: facts[name] for name in ("reason", "outcome", "topics", "given", *SEALED)},
            "people_met": (facts["people_met"] or 1) if met else 0,
            "helped": (facts["helped"] or 0) if met else 0,
        }


class DueForm(forms.Form):
    """A door for the list."""

    reason = forms.ChoiceField(label=gettext_lazy("事由"))
    place = forms.CharField(label=gettext_lazy("地点"), max_length=160, help_text=gettext_lazy("不填姓名"))
    room = forms.CharField(label=gettext_lazy("户室"), required=False, max_length=20)
    matter = forms.CharField(
        label=gettext_lazy("所依据的事项编号"),
        required=False,
        max_length=32,
        help_text=gettext_lazy("受害人、纠纷回访须填"),
    )
    consented_on = forms.DateField(
        label=gettext_lazy("本人同意日期"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("独居、慰问须本人同意"),
    )
    due_on = forms.DateField(label=gettext_lazy("几时前应到"), required=False, widget=DateInput())

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        reason = self.fields["reason"]
        if isinstance(reason, forms.ChoiceField):
            known = {one.code: one.words for one in reasons_on(clock.today()).values() if one.ground != "campaign"}
            reason.choices = choices_of(known)


class InspectionForm(forms.Form):
    """An inspection; with a checklist its items come first."""

    place = forms.CharField(label=gettext_lazy("场所名称或地点"), required=False, max_length=160)
    trade = forms.ChoiceField(label=gettext_lazy("类别"))
    outcome = forms.ChoiceField(label=gettext_lazy("结果"))
    put_right_by = forms.DateField(label=gettext_lazy("整改期限"), required=False, widget=DateInput())
    notice_no = forms.CharField(label=gettext_lazy("整改通知书编号"), required=False, max_length=40)
    seized_what = forms.CharField(label=gettext_lazy("查获物品"), required=False, max_length=120)
    seized_yuan = forms.IntegerField(label=gettext_lazy("价值（元）"), required=False, min_value=0)
    people_met = forms.IntegerField(label=gettext_lazy("见到几人"), min_value=1, max_value=200, initial=1)
    remark = _words(gettext_lazy("情况"), 3)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput())
    lat = forms.FloatField(required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        data: Any = None,
        *,
        premises: Premises | None = None,
        checklist: ChecklistFacts | None = None,
    ) -> None:
        super().__init__(data)
        for name, table in (("trade", TRADES), ("outcome", FOUND)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices_of(table)
        if premises is not None:
            del self.fields["place"], self.fields["trade"]
        self.items = checklist.items if checklist else ()
        for item in self.items:
            self.fields[ITEM + item.code] = forms.ChoiceField(
                label=choices_of({"": item.words})[0][1],
                required=False,
                choices=choices_of(RESULTS),
                widget=forms.RadioSelect,
                initial="pass",
                help_text=item.article,
            )

    def findings(self, facts: dict[str, Any]) -> dict[str, str]:
        """The result by item."""
        return {item.code: facts[ITEM + item.code] for item in self.items if facts.get(ITEM + item.code)}


class RecheckForm(forms.Form):
    """Was it put right?"""

    passed = forms.ChoiceField(
        label=gettext_lazy("复查"),
        widget=forms.RadioSelect,
        choices=(("1", gettext_lazy("已整改到位")), ("0", gettext_lazy("仍不合格"))),
        initial="1",
    )
    put_right_by = forms.DateField(
        label=gettext_lazy("新的期限"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("仍不合格时填；不填则移交有关部门"),
    )
    remark = _words(gettext_lazy("情况"), 3)


class CampaignForm(forms.Form):
    """A campaign: where, until when, which doors."""

    code = forms.CharField(label=gettext_lazy("代码"), max_length=24, help_text=gettext_lazy("字母、数字、短横线"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    agency = forms.ChoiceField(label=gettext_lazy("范围"))
    begins_on = forms.DateField(label=gettext_lazy("开始"), widget=DateInput())
    ends_on = forms.DateField(label=gettext_lazy("结束（当日含）"), widget=DateInput())
    doors = forms.ChoiceField(
        label=gettext_lazy("走访对象"),
        choices=(("homes", gettext_lazy("全部住户（按门牌、楼栋）")), ("premises", gettext_lazy("选定类别的场所"))),
    )
    premises_kinds = forms.MultipleChoiceField(label=gettext_lazy("场所类别"), required=False, widget=Ticks)
    what = _words(gettext_lazy("到门口说什么"), 3)

    def __init__(self, data: Any = None, *, actor: Actor, agencies: list[tuple[str, str]], today: date) -> None:
        super().__init__(data, initial={"begins_on": today})
        for name, choices in (("agency", agencies), ("premises_kinds", choices_of(Premises.KINDS))):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
