"""The form of one row of a colour table, and its way to and from the plain row that the act takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.kernel.words import Words
from linli.mediation.schemes.rules import COUNTED, HANDLERS, SIGNS, TONES, Row, Scheme
from linli.org.posts.rules import POSTS
from linli.web.mediation.forms import Chosen, Several
from linli.web.templatetags.linli_web import say

_TONES = dict(zip(TONES, (Words("蓝", "blue"), Words("黄", "yellow"), Words("红", "red")), strict=True))
_TOLD = (
    *("grid_worker", "community_officer", "station_desk", "station_chief", "bureau_leader"),
    *("information_officer", "liaison_cadre", "mediator", "dispatcher"),
)
MOST_ROWS = 8


class RowForm(forms.Form):
    """One colour. A sign that is left empty is no criterion; a row without any is where every dispute begins."""

    code = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=16)
    en = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=80)
    zh = forms.CharField(label=_("名称"), max_length=60, required=False)
    tone = Chosen(_TONES, label=_("地图上的颜色"))
    deadline_days = forms.IntegerField(label=_("期限（天）"), min_value=1, max_value=365, initial=15)
    follow_up = forms.CharField(label=_("回访（天）"), max_length=60, required=False, help_text=_("例如 7、30、90"))
    handlers = Several(HANDLERS, label=_("谁来处理"))
    told = Several({code: POSTS[code] for code in _TOLD}, label=_("告知谁"))
    gone = forms.BooleanField(label=_("删除这一行"), required=False)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for code, words in SIGNS.items():
            field: forms.Field = (
                forms.FloatField(label=say(words), required=False, min_value=1)
                if code in COUNTED
                else forms.BooleanField(label=say(words), required=False)
            )
            self.fields[f"sign_{code}"] = field

    def clean_follow_up(self) -> list[int]:
        """Days, however they are parted."""
        text = str(self.cleaned_data["follow_up"]).replace("、", " ").replace("，", " ").replace(",", " ")
        try:
            return [int(part) for part in text.split()]
        except ValueError as wrong:
            raise forms.ValidationError(_("请填写天数。")) from wrong


def row_forms(scheme: Scheme, sent: QueryDict | None) -> list[RowForm]:
    """A form for each row of the scheme, and an empty one for another."""
    count = min(len(scheme.rows) + 1, MOST_ROWS)
    return [
        RowForm(sent, prefix=f"row{n}", initial=_initial(scheme.rows[n]) if n < len(scheme.rows) else {})
        for n in range(count)
    ]


def _initial(row: Row) -> dict[str, Any]:
    signs = {f"sign_{one.sign}": one.at_least if one.sign in COUNTED else True for one in row.criteria}
    return signs | {
        "code": row.code,
        "zh": row.words.zh,
        "en": row.words.en,
        "tone": row.tone,
        "deadline_days": row.deadline_days,
        "follow_up": "、".join(str(days) for days in row.follow_up),
        "handlers": list(row.handlers),
        "told": list(row.told),
    }


def plain_of(form: RowForm) -> dict[str, Any]:
    """The row as the act takes it; a new one gets a code by its place."""
    told = form.cleaned_data
    given = {code: told.get(f"sign_{code}") for code in SIGNS}
    return {
        "code": told["code"] or str(form.prefix),
        "zh": told["zh"],
        "en": told["en"] or told["zh"],
        "tone": told["tone"],
        "criteria": [
            {"sign": code, "at_least": value if code in COUNTED else 1} for code, value in given.items() if value
        ],
        "handlers": told["handlers"],
        "deadline_days": told["deadline_days"],
        "told": told["told"],
        "follow_up": told["follow_up"],
    }
