"""What each component takes. The living page, its test and the template tags read this table and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linli.kernel.words import Words

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Component:
    """One component: ``needs`` must be given, ``takes`` may be; ``wraps`` has a body between its tags."""

    name: str
    words: Words
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    wraps: bool = False

    @property
    def template(self) -> str:
        """Its file, as the template loader names it."""
        return f"components/{self.name}.html"


def _part(name: str, zh: str, en: str, needs: str = "", takes: str = "") -> Component:
    return Component(name, Words(zh, en), tuple(needs.split()), tuple(takes.split()))


def _wrap(name: str, zh: str, en: str, needs: str = "", takes: str = "") -> Component:
    return Component(name, Words(zh, en), tuple(needs.split()), tuple(takes.split()), wraps=True)


COMPONENTS: Final[dict[str, Component]] = {
    one.name: one
    for one in (
        _wrap("page_head", "页头", "page head", "title", "count crumbs note"),
        _part(
            "figure",
            "数字卡",
            "figure card",
            "name",
            "value unit change change_unit better of place doubt href tone icon",
        ),
        _part("state", "状态", "state", "code words", "late"),
        _part("priority", "等级", "priority", "level"),
        _part("colour", "纠纷颜色", "colour of a dispute", "code", "words"),
        _part("tag", "标签", "tag", "words", "tone icon"),
        _part("when", "时间", "moment", "at"),
        _part("share", "占比", "share", "name a b", "unit"),
        _wrap("panel", "面板", "panel", "", "title note id href href_words inside"),
        _wrap("table", "表格", "table", "caption", "stacked"),
        _wrap("toolbar", "工具栏", "toolbar", "label", "chosen"),
        _wrap("filter_bar", "筛选条", "filter bar", "", "reset action"),
        _part("chosen_filters", "已选条件", "chosen filters", "items"),
        _part("pager", "翻页", "pager", "", "previous next count shown"),
        _part("field", "表单项", "form field", "field", "wide unit"),
        _part("error_list", "表单错误", "what a form refused", "form"),
        _wrap("dialog", "对话框", "dialog", "id title", ""),
        _wrap("drawer", "抽屉", "drawer", "id title", ""),
        _wrap("beside", "旁侧面板", "panel beside a list", "id title", "closed"),
        _part("tabs", "页签", "tabs", "label items", ""),
        _part("timeline", "时间线", "timeline", "items", ""),
        _wrap("empty", "空", "empty", "title", "text icon"),
        _part("loading", "读取中", "loading", "", "rows"),
        _wrap("trouble", "离线、陈旧、出错", "offline, stale, error", "kind", "title text since id"),
        _wrap("notice", "提示", "notice", "", "tone icon"),
        _part("toast", "短提示", "toast", "text", "tone undo"),
        _part("job", "耗时任务", "long job", "title state", "done total text href poll"),
        _part("key", "按键", "key", "keys words", ""),
        _wrap("menu", "菜单", "menu", "words", "icon primary"),
        _part("connection", "连接", "connection", "", "state"),
    )
}
"""Every component by name, in the order of the living page."""

LOOKS: Final[dict[str, tuple[str, str]]] = {
    code: (icon, tone) for code, (icon, tone) in json.loads((FOLDER / "looks.json").read_text(encoding="utf-8")).items()
}
"""State → icon and tone. The scripts read the same file."""
