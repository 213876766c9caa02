"""What the register knows and why: words, who may read it, and every column with purpose, basis and retention. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.words import Words

KINDS: dict[str, Words] = {
    "registered": Words("户籍人口", "registered here"),
    "migrant": Words("流动人口", "migrant"),
    "overseas": Words("境外人员", "from abroad"),
    "lodging": Words("寄住人口", "lodging"),
}
"""How somebody lives at an address (domain A2)."""

RELATIONS: dict[str, Words] = {
    "head": Words("户主", "head of the household"),
    "spouse": Words("配偶", "spouse"),
    "child": Words("子女", "child"),
    "parent": Words("父母", "parent"),
    "relative": Words("其他亲属", "other relative"),
    "tenant": Words("承租人", "tenant"),
    "employee": Words("单位人员", "employee"),
    "other": Words("其他", "other"),
}

SOURCES: dict[str, Words] = {
    "visit": Words("走访核实", "a visit"),
    "self_report": Words("居民自主申报", "the resident's own report"),
    "landlord": Words("房东申报", "the landlord's report"),
    "employer": Words("用工单位申报", "the employer's report"),
    "counter": Words("窗口办理", "at the counter"),
    "import": Words("表格导入", "a workbook"),
    "order": Words("出警中核实", "learned during an order"),
    "other_system": Words("其他系统", "another system"),
}
"""Where a fact came from."""

GROUPS: dict[str, Words] = {
    "identity": Words("身份", "identity"),
    "contact": Words("联系方式", "contact"),
    "residence": Words("居住", "residence"),
}
"""Fields are told and confirmed in groups; each group has its own source and its own last day."""

SEXES: dict[str, Words] = {"M": Words("男", "male"), "F": Words("女", "female"), "": Words("未填", "not given")}

GUARDIAN: dict[str, Words] = {
    "guardian_told": Words("监护人本人申报并同意", "the guardian told it and agrees"),
    "household_book": Words("户口簿登记，监护人在场", "from the household book, the guardian present"),
    "statutory": Words("法定职责（须写明事由）", "a statutory duty, with the reason written down"),
}
"""On what ground somebody under fourteen is on record (PIPL art. 31)."""
GUARDED_UNDER_YEARS = 14

ENDS: dict[str, Words] = {
    "moved": Words("已搬离", "moved away"),
    "died": Words("死亡注销", "died"),
    "mistake": Words("登记有误", "entered by mistake"),
    "replaced": Words("迁往他址", "moved to another address"),
}

FULL_READERS = frozenset({"station_chief", "community_officer", "station_desk", "assistant", "auxiliary"})
"""Posts that see the register below their agency, masked."""
CIVIL_READERS = frozenset({"grid_worker", "information_officer", "liaison_cadre"})
"""Posts beside the police: the records of their own room only, without identity and telephone numbers."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a column is there, on which ground, and until when: ``keep`` names a term in days, blank for what says
    nothing about a person.
    """

    purpose: Words
    basis: Words
    keep: str = "keep_person"


_LAW = Words("户口登记条例；居住证暂行条例第8条；个保法第13条第3项、第34条", "household registration; PIPL 13 (3), 34")
_ID = Words("个保法第28、34条：特定身份，法定职责所必需", "PIPL 28, 34: needed for a statutory duty")
_MINOR = Words("个保法第31条；未成年人保护法", "PIPL 31; law on the protection of minors")
_OWN = Words("本系统记录，不含个人信息", "the house's own record; nothing personal")
_TOLD = Words("个保法第13条第3项：申报义务；第16条自愿部分", "PIPL 13 (3): duty to report; 16: the rest is voluntary")


def _p(zh: str, en: str, basis: Words = _LAW, keep: str = "keep_person") -> Kept:
    return Kept(Words(zh, en), basis, keep)


FIELDS: dict[str, dict[str, Kept]] = {
    "Occupant": {
        "name_sealed": _p("当面称呼、核对人员", "to address somebody, to tell people apart"),
        "name_index": _p("按全名查找，不明文保存", "found by the whole name without keeping it readable"),
        "id_kind": _p("知道号码是哪种证件", "which card the number is of"),
        "id_number_sealed": _p("核对身份、办理居住登记", "to make sure who it is, for the residence record", _ID),
        "id_index": _p("同一人只登记一次", "one person is entered once", _ID),
        "sex": _p("核对身份；女性由女民警走访", "to make sure who it is; women are visited by a woman officer"),
        "born_on": _p(
            "核对身份；认出须监护人同意的未成年人", "to make sure who it is; whose guardian is asked", _MINOR
        ),
        "phone_sealed": _p("回访、告知、紧急联系", "to call back, to inform, in an emergency"),
        "phone_index": _p("按号码查找，不明文保存", "found by number without keeping it readable"),
        "guardian_basis": _p("未满14周岁依据什么登记", "on what ground a child is on record", _MINOR),
        "identity_source": _p("身份由谁说的", "who told the identity"),
        "identity_confirmed_on": _p("身份何时最后核实", "when the identity was last confirmed"),
        "contact_source": _p("联系方式由谁说的", "who told how to reach them"),
        "contact_confirmed_on": _p("联系方式何时最后核实", "when that was last confirmed"),
    },
    "Residence": {
        "address": _p("住在哪里", "where somebody lives"),
        "home": _p("住在哪一户室", "in which home"),
        "division": _p("按村社区统计人数", "people are counted by village and community"),
        "kind": _p(
            "户籍、流动、境外、寄住分别统计和服务", "counted and served as registered, migrant, abroad, lodging"
        ),
        "relation": _p("户内关系、租住关系", "how people of one home belong together"),
        "employer": _p("用工单位的申报义务", "the employer's duty to report"),
        "since": _p("何时起居住；居住证年限", "since when; the years of a residence permit"),
        "until": _p("何时搬离", "when somebody moved away"),
        "ended_why": _p("为何结束", "why it ended"),
        "source": _p("居住由谁说的", "who told it"),
        "confirmed_on": _p("居住何时最后核实", "when it was last confirmed"),
    },
    "Home": {
        "unit": _p("找得到门", "to find the door", _OWN, ""),
        "room": _p("找得到门", "to find the door", _OWN, ""),
        "use": _p("自住、出租、空置、经营分别走访", "homes are visited by their use", _OWN, ""),
        "rooms_count": _p("出租间数，消防与群租核对", "how many rooms are let; fire safety", _OWN, ""),
        "owner_name_sealed": _p("整改、申报找房主", "whom to ask to report or to mend", _LAW, "keep_home"),
        "owner_phone_sealed": _p("联系房主", "to reach the owner", _LAW, "keep_home"),
        "landlord_name_sealed": _p("出租人有申报义务", "who lets has a duty to report", _LAW, "keep_home"),
        "landlord_phone_sealed": _p("联系出租人", "to reach the landlord", _LAW, "keep_home"),
    },
    "Firm": {
        "credit_code": _p("核对单位", "to make sure which firm it is", _OWN, ""),
        "legal_person_sealed": _p(
            "内保责任人", "who answers for security (State Council decree 421)", _LAW, "keep_home"
        ),
        "contact_name_sealed": _p("走访、整改联系", "whom to visit", _LAW, "keep_home"),
        "contact_phone_sealed": _p("走访、整改联系", "how to reach them", _LAW, "keep_home"),
        "staff_count": _p("用工申报核对", "beside the reports of the employer", _OWN, ""),
    },
    "Report": {
        "content_sealed": _p("等民警核实的申报内容", "what waits for the officer", _TOLD, "keep_report"),
        "receipt_index": _p("凭回执查办理情况", "the receipt finds the state of the report", _TOLD, "keep_report"),
        "sent_by_name": _p("代报的网格员、辅警", "which grid worker or auxiliary wrote it down", _LAW, "keep_report"),
        "decided_by_name": _p("由谁核实", "which officer decided", _LAW, ""),
    },
}
"""Every column about a person in the register: purpose, legal basis, retention. ``tests/contracts`` fails without."""

BOOKKEEPING = frozenset({
    "id", "version", "agency_path", "grid_code", "registered_at", "merged_into", "erased_on", "occupant", "premises",
    "code", "active", "source", "confirmed_on", "plate", "kind", "state", "received_at", "happened_on", "due_on",
    "decided_at", "taken", "sent_by_id", "address", "for_occupant",
})  # fmt: skip
"""Columns that place a row in the house and say nothing else about anybody."""
