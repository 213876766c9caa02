"""Why a unit stands where it stands, in words. Reasons are codes with facts; sentences are made when somebody reads
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linli.kernel.words import Words
from linli.org.people.rules import SKILLS
from linli.org.rooms.rules import EQUIPMENT

ACTIVITIES = {
    "patrol": Words("巡逻", "patrolling"),
    "paperwork": Words("内勤", "doing paperwork"),
    "visiting": Words("走访", "visiting"),
    "training": Words("训练", "training"),
    "mediating": Words("调解", "mediating"),
    "school_gate": Words("护学", "guarding a school gate"),
}

WORDS: Mapping[str, Words] = {
    "responsible_room": Words("责任警务室力量", "From the room responsible here"),
    "clearly_sooner": Words(
        "比责任警务室力量至少早{margin_s}秒到场",
        "On scene at least {margin_s} s before any unit of the responsible room",
    ),
    "room_has_none": Words("责任警务室暂无可派力量", "The responsible room has nobody to send"),
    "no_room_named": Words(
        "该处未指定责任警务室，按到场时间排序", "No room is responsible here: ranked by time on scene alone"
    ),
    "next_room": Words("邻近警务室力量", "From a neighbouring room"),
    "road": Words("路上约{travel_s}秒", "About {travel_s} s on the road"),
    "turnout": Words("签收与出动{start_s}秒", "{start_s} s to sign and set out"),
    "free": Words("现在空闲", "Free now"),
    "interrupt": Words("正在{activity_zh}，中断需{penalty_s}秒", "Now {activity_en}; {penalty_s} s to break off"),
    "fix_fresh": Words(
        "定位{age_s}秒前，计入{allowance_s}秒", "Position {age_s} s old, {allowance_s} s allowed for it"
    ),
    "fix_stale": Words(
        "定位是{age_zh}前的，按所在警务室位置估算，另加{allowance_s}秒",
        "Position {age_en} old, too old: reckoned from its room, {allowance_s} s added",
    ),
    "fix_unknown": Words(
        "没有定位，按所在警务室位置估算，另加{allowance_s}秒",
        "No position: reckoned from its room, {allowance_s} s added",
    ),
    "fix_ahead": Words(
        "定位时间超前{ahead_s}秒，不可信，按所在警务室位置估算，另加{allowance_s}秒",
        "Position dated {ahead_s} s in the future, not trusted: reckoned from its room, {allowance_s} s added",
    ),
    "walk": Words("其中步行约{walk_s}秒", "Of that about {walk_s} s on foot"),
    "has_needs": Words("具备{needs_zh}", "Has {needs_en}"),
    "lacks_needs": Words("缺少{needs_zh}，但没有别的力量具备", "Lacks {needs_en}; nobody has it"),
    "covered": Words(
        "离开后由{call_sign}约{eta_s}秒可到其警务室", "{call_sign} can be at its room in about {eta_s} s meanwhile"
    ),
    "uncovered": Words("离开后其警务室无人可补", "Nobody can cover its room meanwhile"),
    "joint_own_best": Words("本警情最快的力量", "The soonest for this call"),
    "joint_yields": Words(
        "最快的{call_sign}派往更急的{other}，本警情晚{later_s}秒，合计早{saved_s}秒",
        "{call_sign}, the soonest, goes to {other}: this call {later_s} s later, all together {saved_s} s sooner",
    ),
    "joint_unserved": Words("力量不足，本警情暂缓", "Too few units: this call has to wait"),
    "snapped_far": Words("警情地点距最近道路{off_m}米", "The place is {off_m} m from the nearest road"),
    "not_located": Words("警情没有位置，无法排序", "The call has no place: units cannot be ranked"),
    "no_roads": Words("附近没有可通行的道路", "There is no open road near the place"),
    "unreachable": Words("有{count}个力量无路可到", "{count} units have no way there"),
    "nobody": Words("没有可派力量", "Nobody can be sent"),
}

SHORTFALLS: Mapping[str, Words] = {
    "unavailable": Words("不可派", "not available"),
    "lacks_needs": Words("不具备所需技能或装备", "without the skills or equipment needed"),
    "no_position": Words("位置不明", "position unknown"),
    "other_agency": Words("所属单位不办理此类警情", "of agencies that may not take such a call"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: ``code`` for machines, ``facts`` to fill its sentence."""

    code: str
    facts: Mapping[str, object]

    @property
    def words(self) -> Words:
        words = WORDS[self.code]
        return Words(words.zh.format_map(self.facts), words.en.format_map(self.facts)) if self.facts else words

    def as_json(self) -> dict[str, object]:
        # Thirty of them for each call: the sentences are made without the pair around them.
        words, facts = WORDS[self.code], self.facts
        if not facts:
            return {"code": self.code, "zh": words.zh, "en": words.en, "facts": {}}
        zh, en = words.zh.format_map(facts), words.en.format_map(facts)
        return {"code": self.code, "zh": zh, "en": en, "facts": dict(facts)}


_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def aged(age_s: float) -> dict[str, object]:
    """How old a position is, in the largest unit of which at least two have gone by: nobody counts 579,339 seconds."""
    whole = round(age_s)
    for unit_s, zh, en in ((_DAY_S, "天", "days"), (_HOUR_S, "小时", "hours"), (_MINUTE_S, "分钟", "minutes")):
        if whole >= 2 * unit_s:
            return {"age_s": whole, "age_zh": f"{whole // unit_s}{zh}", "age_en": f"{whole // unit_s} {en}"}
    return {"age_s": whole, "age_zh": f"{whole}秒", "age_en": f"{whole} s"}


def activity_words(activity: str) -> Words:
    """What the unit is doing; an activity without words of its own is shown as it was written."""
    return ACTIVITIES.get(activity) or (Words(activity, activity) if activity else Words("执行其他任务", "busy"))


def needs_words(needs: frozenset[str]) -> dict[str, object]:
    """Skills and equipment as people call them; what has no words of its own is shown as it was written."""
    named = [SKILLS.get(code) or EQUIPMENT.get(code) or Words(code, code) for code in sorted(needs)]
    return {"needs_zh": "、".join(words.zh for words in named), "needs_en": ", ".join(words.en for words in named)}
