"""Kinds of reports, the fields each asks for, and what is wrong with what was told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.words import Words
from linli.places.occupants.rules.declared import GUARDED_UNDER_YEARS, GUARDIAN, KINDS
from linli.places.occupants.rules.identity import ID_KINDS, WHY_WRONG, age_on, read_identity


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What somebody reports, who it comes from, which term it has, which fields it asks for (required ones first)."""

    words: Words
    hint: Words
    source: str
    term: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return self.required + self.optional


REPORTS: dict[str, ReportKind] = {
    "moved_in": ReportKind(
        Words("我搬来了", "I have moved in"),
        Words("新住进来的人本人申报", "told by whoever has moved in"),
        "self_report",
        "mover_reports",
        ("name", "id_kind", "id_number", "kind", "happened_on"),
        ("room", "phone", "guardian_basis"),
    ),
    "moved_out": ReportKind(
        Words("我搬走了", "I have moved out"),
        Words("已经搬离的人本人申报", "told by whoever has moved away"),
        "self_report",
        "mover_reports",
        ("name", "happened_on"),
        ("room", "phone"),
    ),
    "corrected": ReportKind(
        Words("我的信息要更正", "something about me is wrong"),
        Words("电话、姓名写法等有变", "another number, another spelling"),
        "self_report",
        "mover_reports",
        ("name",),
        ("id_kind", "id_number", "phone", "room"),
    ),
    "let": ReportKind(
        Words("我出租了房屋", "I have let a home"),
        Words("房东申报租住开始，承租人一人一份", "told by the landlord, one report for each tenant"),
        "landlord",
        "landlord_reports",
        ("landlord_name", "landlord_phone", "name", "happened_on"),
        ("room", "id_kind", "id_number", "phone", "guardian_basis"),
    ),
    "let_ended": ReportKind(
        Words("租住结束了", "a letting has ended"),
        Words("房东申报租住结束", "told by the landlord"),
        "landlord",
        "landlord_reports",
        ("landlord_name", "landlord_phone", "name", "happened_on"),
        ("room",),
    ),
    "hired": ReportKind(
        Words("我单位录用了人", "we have taken somebody on"),
        Words("用工单位申报录用并在此居住的人", "told by the employer, of who also lives here"),
        "employer",
        "employer_reports",
        ("employer_name", "name", "happened_on"),
        ("room", "id_kind", "id_number", "phone"),
    ),
    "left_job": ReportKind(
        Words("用工结束了", "somebody has left"),
        Words("用工单位申报离职搬离的人", "told by the employer"),
        "employer",
        "employer_reports",
        ("employer_name", "name", "happened_on"),
        ("room",),
    ),
}

FIELD_WORDS: dict[str, Words] = {
    "name": Words("姓名", "name"),
    "id_kind": Words("证件类型", "kind of card"),
    "id_number": Words("证件号码", "number of the card"),
    "phone": Words("电话", "telephone"),
    "kind": Words("居住情况", "how one lives here"),
    "room": Words("室号", "room"),
    "happened_on": Words("日期", "day"),
    "guardian_basis": Words("未满14周岁：由谁申报", "under 14: who tells it"),
    "landlord_name": Words("房东姓名", "landlord's name"),
    "landlord_phone": Words("房东电话", "landlord's telephone"),
    "employer_name": Words("单位名称", "name of the firm"),
}
LONGEST = {"name": 50, "id_number": 30, "phone": 20, "room": 12, "landlord_name": 50, "landlord_phone": 20}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A told field that cannot be."""

    field: str
    words: Words


def wrong_in(kind: str, told: dict[str, str], *, today: date) -> list[Wrong]:
    """What is wrong with a report, in the order of its fields; empty when nothing is."""
    asked = REPORTS[kind]
    spared = {"id_number"} if told.get("id_kind") == "none" else set()
    missing = [name for name in asked.required if not told.get(name) and name not in spared]
    found = [Wrong(name, Words("请填写", "please give this")) for name in missing]
    found += [
        Wrong(name, Words(f"最多{most}个字", f"at most {most} characters"))
        for name, most in LONGEST.items()
        if len(told.get(name, "")) > most
    ]
    for name, table in (("kind", KINDS), ("id_kind", ID_KINDS), ("guardian_basis", GUARDIAN)):
        if told.get(name) and told[name] not in table:
            found.append(Wrong(name, Words("请从列出的当中选", "choose one of the list")))
    return found + _wrong_day(told, today) + _wrong_identity(told, today)


def _wrong_day(told: dict[str, str], today: date) -> list[Wrong]:
    if not told.get("happened_on"):
        return []
    try:
        day = date.fromisoformat(told["happened_on"])
    except ValueError:
        return [Wrong("happened_on", Words("不是日期", "this is no day"))]
    return [Wrong("happened_on", Words("不能晚于今天", "not later than today"))] if day > today else []


def _wrong_identity(told: dict[str, str], today: date) -> list[Wrong]:
    kind = told.get("id_kind", "resident")
    if not told.get("id_number") or kind == "none":
        return []
    try:
        read = read_identity(told["id_number"], kind, today=today)
    except ValueError as fault:
        return [Wrong("id_number", WHY_WRONG[str(fault)])]
    young = read.born_on is not None and age_on(read.born_on, today) < GUARDED_UNDER_YEARS
    if young and not told.get("guardian_basis"):
        why = Words("未满14周岁，须由监护人申报", "under 14: the guardian has to tell it")
        return [Wrong("guardian_basis", why)]
    return []
