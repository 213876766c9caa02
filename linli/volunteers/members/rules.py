"""Kinds of volunteers, what each column is for, whether somebody is free at a moment: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linli.kernel.words import Words

KINDS: dict[str, Words] = {
    "safety_watcher": Words("治安监督员", "safety watcher"),
    "retired_teacher": Words("退休教师", "retired teacher"),
    "veteran": Words("退役军人", "veteran"),
    "courier": Words("快递骑手", "courier"),
    "shopkeeper": Words("商户", "shopkeeper"),
    "guard": Words("保安员", "security guard"),
    "site_foreman": Words("工地负责人", "site foreman"),
    "building_head": Words("楼栋长", "head of a building"),
    "student": Words("学生", "student"),
    "resident": Words("居民志愿者", "resident"),
}

PURPOSES: dict[str, Words] = {
    "code": Words("与本地登记簿对应", "matches the local register"),
    "kind": Words("按类别组织和招募", "they are organised and recruited by kind"),
    "name_sealed": Words("当面称呼、致谢", "to address and to thank by name"),
    "name_index": Words("按全名查找，不明文保存", "found by the whole name without keeping it readable"),
    "phone_sealed": Words("请求帮忙时联系", "to be asked for help"),
    "phone_index": Words("按号码查找，不明文保存", "found by number without keeping it readable"),
    "agency": Words("由哪个警务室联系", "which room keeps in touch"),
    "grid_code": Words("在哪个警格帮忙", "in which grid help is offered"),
    "consented_on": Words("本人何时同意登记", "when the volunteer agreed to be on record"),
    "at_night": Words("夜间可否联系，默认不可", "whether a call at night is welcome; by default it is not"),
    "person": Words("本人愿意时凭码卡登录的代号，不含姓名", "the nameless card he signs in with, if he wishes to"),
    "state": Words("在册、暂停或已退出", "active, paused or withdrawn"),
    "withdrawn_on": Words("退出日期，之后姓名电话即删除", "when consent ended; name and number are erased with it"),
}
"""Why each column is kept; a column without a purpose is not kept (``tests/contracts``)."""

NIGHT = (22 * 60, 7 * 60)
"""From 22:00 to 07:00 nobody is called who has not said that he may be."""
_DAY = 1440


def is_free(spans: Iterable[tuple[int, int, int]], at: datetime, *, at_night: bool) -> bool:
    """Whether one of (weekday, from minute, until minute) covers a moment of Asia/Shanghai; spans may run past
    midnight. At night only who has agreed to it.
    """
    minute = at.hour * 60 + at.minute
    if not at_night and (minute >= NIGHT[0] or minute < NIGHT[1]):
        return False
    today, before = at.weekday(), (at.weekday() - 1) % 7
    return any(
        (day == today and start <= minute < until) or (day == before and start <= minute + _DAY < until)
        for day, start, until in spans
    )
