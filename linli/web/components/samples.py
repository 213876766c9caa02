"""Each component in all its states, for the living page: invented figures, no row of any table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms

from linli.kernel import clock
from linli.kernel.words import Words
from linli.web.components.declared import LOOKS


@dataclass(frozen=True, slots=True)
class Sample:
    """One state of a component: what the state is called, what it is given, and its body when it wraps one."""

    words: Words
    given: dict[str, Any] = field(default_factory=dict)
    body: str = ""


class SampleForm(forms.Form):
    """A field of each sort; bound to nothing it shows what a refused form looks like."""

    phone = forms.CharField(label="报警电话 Phone", help_text="11 位 · 11 digits")
    note = forms.CharField(label="备注 Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label="类别 Kind", choices=[("a", "纠纷 Dispute"), ("b", "隐患 Hazard")])
    limit_s = forms.IntegerField(label="承诺 Promise", min_value=1, initial=300)
    agreed = forms.BooleanField(label="双方已签字 Both have signed")


def _words(zh: str, en: str) -> Words:
    return Words(zh, en)


_BUTTON = '<button type="button" class="button">按钮 Button</button>'
_PRIMARY = '<button type="button" class="button is-primary">主要 Primary</button>'
_TABLE = (
    "<thead><tr><th>编号 No.</th><th>事项 Matter</th><th class='is-end'>用时 Took</th></tr></thead><tbody>"
    "<tr><td>JQ-000117</td><td>噪声扰民 Noise</td><td class='is-end'>4:12</td></tr>"
    "<tr class='is-late'><td>JQ-000118</td><td>邻里纠纷 Quarrel</td><td class='is-end'>6:40</td></tr>"
    "<tr aria-selected='true'><td>JF-000009</td><td>围墙占道 Wall</td><td class='is-end'>—</td></tr></tbody>"
)
_FILTERS = (
    "<label>状态 State<select><option>待派</option></select></label>"
    '<label class="is-wide">查找 Find<input type="search"></label>'
)
_FIGURE = {
    "name": Words("今日警情", "Calls today"),
    "unit": Words("起", ""),
    "of": Words("00:00–14:00", "00:00–14:00"),
    "place": Words("安川所", "Anchuan station"),
}


def samples() -> dict[str, list[Sample]]:
    """Made for each view, because moments and bound forms are of now."""
    groups = (_heads, _figures, _panels, _small, _lists, _filters, _steps, _forms, _layers, _states, _jobs)
    return {name: shown for group in groups for name, shown in group().items()}


def _heads() -> dict[str, list[Sample]]:
    crumbs = [(Words("警务室", "Rooms"), "/rooms"), (Words("安川所", "Anchuan"), "")]
    return {
        "page_head": [
            Sample(_words("只有标题", "title only"), {"title": Words("台账", "Ledger")}),
            Sample(
                _words("全部", "everything"),
                {
                    "title": Words("台账", "Ledger"),
                    "count": 128,
                    "crumbs": crumbs,
                    "note": Words("未结在前", "open first"),
                },
                _BUTTON + _PRIMARY,
            ),
        ],
    }


def _figures() -> dict[str, list[Sample]]:
    return {
        "figure": [
            Sample(
                _words("平常", "plain"),
                _FIGURE | {"value": 42, "change": 3, "change_unit": Words("起", ""), "href": "#"},
            ),
            Sample(_words("变好", "better"), _FIGURE | {"value": 18, "change": -6, "better": "down"}),
            Sample(_words("变差", "worse"), _FIGURE | {"value": 31, "change": 9, "better": "down"}),
            Sample(_words("持平", "the same"), _FIGURE | {"value": 31, "change": 0, "better": "down"}),
            Sample(
                _words("超时", "late"),
                _FIGURE | {"name": Words("超时", "Late"), "value": 2, "tone": "danger", "icon": "clock-exclamation"},
            ),
            Sample(
                _words("不确定", "uncertain"),
                _FIGURE
                | {
                    "value": 88,
                    "unit": "%",
                    "doubt": Words("9 起没有到场时间，未计入", "9 without arrival, not counted"),
                },
            ),
            Sample(_words("还没有数据", "no data"), _FIGURE | {"value": None}),
        ],
    }


def _panels() -> dict[str, list[Sample]]:
    return {
        "panel": [
            Sample(
                _words("有标题", "with title"),
                {"title": Words("值班", "On duty"), "note": 3, "inside": True},
                "<p>…</p>",
            ),
            Sample(
                _words("有链接", "with link"),
                {"title": Words("值班", "On duty"), "href": "#", "href_words": Words("排班", "Roster"), "inside": True},
                "<p>…</p>",
            ),
        ],
        "tabs": [
            Sample(
                _words("三个", "three"),
                {
                    "label": Words("清单", "Lists"),
                    "items": [
                        {"words": Words("超期", "Overdue"), "href": "#", "count": 4, "danger": True, "current": True},
                        {"words": Words("未分派", "Unassigned"), "href": "#", "count": 12},
                        {"words": Words("待审批", "To countersign"), "href": "#", "count": 0},
                    ],
                },
            )
        ],
    }


def _small() -> dict[str, list[Sample]]:
    shown = {"waiting": "待派", "unsigned": "未签收", "signed": "已签收", "under_way": "途中", "on_scene": "现场处置"}
    now = clock.now()
    return {
        "state": [
            *(Sample(Words(code, code), {"code": code, "words": shown.get(code, code)}) for code in LOOKS),
            Sample(_words("超时", "late"), {"code": "waiting", "words": Words("待派", "waiting"), "late": True}),
        ],
        "priority": [Sample(Words(f"{n}", f"{n}"), {"level": n}) for n in (1, 2, 3, 4)]
        + [Sample(_words("未定", "none"), {"level": None})],
        "colour": [Sample(Words(code, code), {"code": code}) for code in ("blue", "yellow", "red")]
        + [Sample(_words("本地名称", "local name"), {"code": "red", "words": Words("红色纠纷", "Red dispute")})],
        "tag": [
            Sample(Words(tone or "—", tone or "—"), {"words": Words("标签", "Tag"), "tone": tone, "icon": "clock"})
            for tone in ("", "ok", "warning", "danger", "accent")
        ],
        "when": [
            Sample(_words("刚刚", "just now"), {"at": now}),
            Sample(_words("几分钟前", "minutes ago"), {"at": now - timedelta(minutes=7)}),
            Sample(_words("更早", "before"), {"at": now - timedelta(days=2)}),
            Sample(_words("没有", "none"), {"at": None}),
        ],
        "share": [
            Sample(
                _words("有分母", "of a number"), {"name": Words("警务室办结", "Settled by rooms"), "a": 31, "b": 42}
            ),
            Sample(_words("分母为零", "of none"), {"name": Words("警务室办结", "Settled by rooms"), "a": 0, "b": 0}),
        ],
        "key": [Sample(_words("两个键", "two keys"), {"keys": ["Ctrl", "K"], "words": Words("命令", "commands")})],
        "connection": [Sample(Words(one, one), {"state": one}) for one in ("connecting", "live", "stale", "lost")],
    }


def _lists() -> dict[str, list[Sample]]:
    return {
        "table": [
            Sample(_words("行、超时行、选中行", "row, late, chosen"), {"caption": Words("台账", "Ledger")}, _TABLE)
        ],
        "toolbar": [
            Sample(_words("平常", "plain"), {"label": Words("操作", "Acts")}, _BUTTON + _BUTTON),
            Sample(
                _words("已选行", "rows chosen"), {"label": Words("操作", "Acts"), "chosen": True}, "<b>3</b>" + _BUTTON
            ),
        ],
    }


def _filters() -> dict[str, list[Sample]]:
    return {
        "filter_bar": [
            Sample(
                _words("有条件", "narrowed"),
                {"reset": "?"},
                _FILTERS,
            )
        ],
        "chosen_filters": [
            Sample(
                _words("两个", "two"),
                {"items": [(Words("状态：待派", "State: waiting"), "?a"), (Words("超时", "Late"), "?b")]},
            )
        ],
        "pager": [
            Sample(_words("中间", "middle"), {"previous": "?1", "next": "?3", "count": 128, "shown": "51–100"}),
            Sample(_words("只有一页", "one page"), {"count": 7}),
        ],
    }


def _steps() -> dict[str, list[Sample]]:
    now = clock.now()
    return {
        "timeline": [
            Sample(
                _words("人、机器、超时", "person, machine, late"),
                {
                    "items": [
                        {
                            "at": now,
                            "words": Words("已到场", "arrived"),
                            "by": Words("定位佐证", "by position"),
                            "tone": "done",
                        },
                        {
                            "at": now - timedelta(minutes=4),
                            "words": Words("超过承诺时限", "promise passed"),
                            "tone": "danger",
                        },
                        {
                            "at": now - timedelta(minutes=9),
                            "words": Words("自动派警", "ordered"),
                            "by": Words("系统", "machine"),
                            "tone": "machine",
                        },
                    ]
                },
            )
        ],
        "menu": [
            Sample(
                _words("合上", "closed"),
                {"words": Words("登记", "Open"), "icon": "plus", "primary": True},
                '<li><a href="#">纠纷 Dispute</a></li><li><a href="#">隐患 Hazard</a></li>',
            )
        ],
    }


def _forms() -> dict[str, list[Sample]]:
    fresh = SampleForm(auto_id="fresh_%s")
    refused = SampleForm({"phone": "", "limit_s": "-3", "kind": "a"}, auto_id="refused_%s")
    return {
        "field": [
            *(Sample(Words(name, name), {"field": fresh[name]}) for name in fresh.fields),
            Sample(_words("被拒绝", "refused"), {"field": refused["phone"]}),
            Sample(
                _words("有单位、被拒绝", "with unit, refused"), {"field": refused["limit_s"], "unit": Words("秒", "s")}
            ),
            Sample(_words("勾选被拒绝", "check refused"), {"field": refused["agreed"]}),
        ],
        "error_list": [Sample(_words("被拒绝", "refused"), {"form": refused})],
    }


def _layers() -> dict[str, list[Sample]]:
    body = "<p>正文 Body</p>"
    closes = (
        '<div class="form-end"><button type="button" class="button" data-close>取消 Cancel</button>'
        + _PRIMARY
        + "</div>"
    )
    title = Words("撤回这条指令？", "Recall this order?")
    return {
        "dialog": [
            Sample(_words("点按钮打开", "opens by button"), {"id": "sample-dialog", "title": title}, body + closes)
        ],
        "drawer": [
            Sample(_words("点按钮打开", "opens by button"), {"id": "sample-drawer", "title": title}, body + closes)
        ],
        "beside": [
            Sample(_words("打开", "open"), {"id": "sample-beside", "title": Words("JF-000009", "JF-000009")}, body)
        ],
        "toast": [
            Sample(
                _words("做好了，可撤销", "done, undo"),
                {"text": Words("已交办给李敏", "Assigned to Li Min"), "undo": "#"},
            ),
            Sample(
                _words("没做成", "failed"), {"text": Words("没有送达，已保留", "Not delivered, kept"), "tone": "danger"}
            ),
            Sample(_words("知会", "told"), {"text": Words("有 3 起新警情", "3 new calls"), "tone": "info"}),
        ],
    }


def _states() -> dict[str, list[Sample]]:
    now = clock.now()
    return {
        "empty": [
            Sample(_words("都办完了", "all done"), {"title": Words("没有待办事项", "Nothing waits for you")}),
            Sample(
                _words("没有找到", "none found"),
                {
                    "title": Words("没有符合条件的事项", "Nothing matches"),
                    "text": Words("可以放宽条件。", "Try fewer filters."),
                    "icon": "search",
                },
                _BUTTON,
            ),
        ],
        "loading": [Sample(_words("四行", "four rows"), {"rows": 4})],
        "trouble": [
            Sample(_words("离线", "offline"), {"kind": "offline"}),
            Sample(_words("陈旧", "stale"), {"kind": "stale", "since": now - timedelta(seconds=90)}),
            Sample(
                _words("出错", "error"),
                {"kind": "error"},
                '<button type="button" class="button is-small">重试 Again</button>',
            ),
        ],
        "notice": [
            Sample(Words(tone or "—", tone or "—"), {"tone": tone}, "可以离开本页 · You may leave this page")
            for tone in ("", "warning", "danger")
        ],
    }


def _jobs() -> dict[str, list[Sample]]:
    title = Words("导出台账", "Export of the ledger")
    return {
        "job": [
            Sample(_words("排队", "queued"), {"title": title, "state": "queued"}),
            Sample(_words("进行中", "running"), {"title": title, "state": "running", "done": 1200, "total": 5000}),
            Sample(_words("完成", "done"), {"title": title, "state": "done", "done": 5000, "total": 5000, "href": "#"}),
            Sample(
                _words("失败", "failed"),
                {
                    "title": title,
                    "state": "failed",
                    "done": 1800,
                    "total": 5000,
                    "text": Words("磁盘已满。", "The disk is full."),
                },
            ),
        ],
    }
