"""The papers of a case as facts for a template; the texts are made here once, so Word and PDF say the same."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.kernel import clock
from linli.kernel.errors import Invalid, declare
from linli.mediation.agreements.models import Agreement, FollowUp
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.rules import CAUSES, ENDINGS, ROUTES, SOURCES
from linli.mediation.courts.models import CourtCase
from linli.mediation.courts.rules import OUTCOMES, outcome_of
from linli.mediation.papers.models import CasePaper
from linli.mediation.papers.rules import CONTENTS, Content, contents_of
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import CONSENT, SIDES
from linli.mediation.procedures.rules import PAPERS, check_paper, procedure_of
from linli.mediation.sessions.models import MediationSession
from linli.mediation.sessions.queries import standing_records
from linli.mediation.templates.queries import own_template
from linli.mediation.templates.rules import FILE
from linli.works.papers.rules import as_docx, as_pdf

declare("paper.not_yet", zh="“{paper}”的内容还没有。", en="What stands in the {paper_en} is not there yet.")

Facts = dict[str, Any]
_DATA = Path(__file__).parent.parent / "data"
RIGHTS_READ = (
    "一、选择或者接受人民调解员，接受调解、拒绝调解或者要求终止调解，要求调解公开进行或者不公开进行，自主表达意愿、自愿达成调解协议。",
    "二、如实陈述纠纷事实，遵守调解现场秩序，尊重调解员，尊重对方当事人行使权利。",
    "三、调解不收取任何费用；不因未经调解或者调解不成而阻止当事人依法通过仲裁、行政、司法等途径维护自己的权利。",
    "四、达成的协议应当按照约定履行；人民调解协议生效之日起三十日内，双方可以共同向人民法院申请司法确认。",
)
"""People's Mediation Law arts. 3, 4, 23, 24, 31, 33, in the words that are read to both sides."""


def _day(value: Any) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else "—"


def _parties(case: MediationCase) -> list[Disputant]:
    return list(Disputant.objects.filter(case=case))


def _party_line(one: Disputant) -> tuple[str, str]:
    told = [one.told("name")]
    told += [f"{label}{one.told(field)}" for field, label in _PARTY_FIELDS if one.told(field)]
    return SIDES[one.side].zh, "，".join(told)


_PARTY_FIELDS = (
    ("id_number", "身份证号"),
    ("phone", "电话"),
    ("address", "住"),
    ("guardian", "法定代理人"),
    ("agent", "委托代理人"),
)


def _paper(case: MediationCase, code: str, **more: Any) -> Facts:
    """What every paper has; a template may use all of it."""
    lead = CaseMember.objects.now().filter(case=case, part="lead").select_related("person").first()
    return {
        "code": code,
        "title": PAPERS[code].zh,
        "number": case.matter.number,
        "agency": case.agency.name,
        "printed": _day(clock.today()),
        "lead": lead.person.name if lead else "—",
        "law": procedure_of(case.procedure or "people").law,
        "lines": [_party_line(one) for one in _parties(case)],
        "sections": [],
        "signers": [],
        "notes": [],
        **more,
    }


def _acceptance(case: MediationCase) -> Facts:
    more = [
        ("纠纷类型", CAUSES[case.cause].zh),
        ("来源", SOURCES[case.source].zh),
        ("登记日期", _day(clock.shanghai(case.opened_at))),
        ("受理日期", _day(case.accepted_on)),
        ("调解期限", _day(case.mediate_by)),
    ]
    facts = _paper(case, "acceptance")
    notes = [f"期限依据：{case.clock}"] if case.clock else []
    summary = str(case.matter.details.get("cause", ""))
    return facts | {
        "lines": [*facts["lines"], *more],
        "sections": [("纠纷简要情况", summary or case.matter.title)],
        "signers": ["申请人", "登记人"],
        "notes": notes,
    }


def _asked(one: Disputant) -> str:
    read = _day(clock.shanghai(one.rights_at)) if one.rights_at else "未告知"
    return f"{one.told('name')}：{read}，{CONSENT[one.consent].zh}"


def _rights(case: MediationCase) -> Facts:
    said = "；".join(_asked(one) for one in _parties(case))
    sections = [("当事人的权利和义务", "\n".join(RIGHTS_READ)), ("告知与意愿", said)]
    return _paper(case, "rights", sections=sections, signers=["当事人", "当事人", "告知人"])


def _record(case: MediationCase) -> Facts:
    sections = []
    for session in MediationSession.objects.filter(case=case).exclude(state="cancelled"):
        at = clock.shanghai(session.begun_at or session.begins_at).strftime("%Y-%m-%d %H:%M")
        where = session.room.name if session.room else session.told("place") or "线上"
        texts = [f"（{row.by.name}记录）{row.text}" for row in standing_records(session)]
        sections.append((f"{at} {where}", "\n".join(texts) or "（无记录）"))
    return _paper(case, "record", sections=sections, signers=["当事人", "当事人", "调解员", "记录人"])


def _agreement(case: MediationCase, agreement: Agreement, code: str) -> Facts:
    told = agreement.contents
    by_day = [f"{day}：{SIDES[side].zh}{what}" for day, what, side in told["instalments"]]
    sections = [
        ("纠纷的主要事实", told["facts"]),
        ("争议事项", told["points"]),
        ("各方当事人的责任", told["responsibility"]),
        ("协议内容", told["agreed"]),
        ("履行方式和期限", "\n".join([told["manner"], *by_day, f"最迟{told['perform_by']}履行完毕。"])),
    ]
    notes = [f"生效时间：{_day(clock.shanghai(agreement.effective_at))}" if agreement.effective_at else "尚未生效"]
    if agreement.confirm_by:
        notes.append(f"双方可在{_day(agreement.confirm_by)}前共同申请司法确认（{agreement.clock}）。")
    if agreement.supplements_id:
        notes.append(f"本协议是第{agreement.supplements.number if agreement.supplements else ''}号协议的补充。")
    copies = len(_parties(case)) + procedure_of(agreement.procedure).copies
    notes.append(f"本协议一式{copies}份，当事人各执一份，调解组织留存一份。内容校验码：{agreement.digest[:16]}")
    signers = [*(one.told("name") for one in _parties(case)), "调解员", "（印章）"]
    return _paper(case, code, sections=sections, signers=signers, notes=notes)


def _end_notice(case: MediationCase) -> Facts:
    sections = [("终止原因", ENDINGS[case.end_reason].zh if case.end_reason else "—")]
    if case.end_words:
        sections.append(("说明", case.end_words))
    sent = CourtCase.objects.filter(case=case).first()
    if sent is not None:
        sections.append(("委派法院", f"本案由{sent.court}诉前委派，现退回该院依法处理，无需当事人重新起诉。"))
    sections.append(("可以通过下列途径维护权利", "\n".join(words.zh for words in ROUTES.values())))
    return _paper(case, "end_notice", sections=sections, signers=["调解员"])


def _confirmation(case: MediationCase, agreement: Agreement) -> Facts:
    effective = _day(clock.shanghai(agreement.effective_at)) if agreement.effective_at else "—"
    said = f"申请人于{effective}经{case.agency.name}主持达成第{agreement.number}号调解协议，现共同请求确认该协议有效。"
    promise = "协议出于自愿，没有恶意串通、规避法律的行为；如因此给他人造成损害，愿承担责任。"
    sections = [("申请事项", said), ("承诺", promise)]
    notes = [f"申请期限到{_day(agreement.confirm_by)}为止（{agreement.clock}）。"]
    return _paper(case, "confirmation", sections=sections, signers=["申请人", "申请人"], notes=notes)


def _follow_up(case: MediationCase) -> Facts:
    done = FollowUp.objects.filter(case=case, done_on__isnull=False)
    sections = [(_day(one.done_on), f"{'协议得到履行' if one.holds else '有反复'}。{one.note}") for one in done]
    return _paper(case, "follow_up", sections=sections or [("回访", "尚未回访")], signers=["回访人"])


def _court_reply(case: MediationCase) -> Facts:
    sent = CourtCase.objects.get(case=case)
    outcome = sent.outcome or outcome_of(case.state, case.end_reason)
    said = [f"{sent.court}{_day(sent.received_on)}诉前委派的{sent.number}一案，结果：{OUTCOMES[outcome].zh}。"]
    agreement = last_agreement(case)
    if outcome == "agreed" and agreement is not None and agreement.effective_at:
        said.append(f"第{agreement.number}号调解协议于{_day(clock.shanghai(agreement.effective_at))}生效。")
        if agreement.confirm_by:
            said.append(f"双方可在{_day(agreement.confirm_by)}前共同申请司法确认（{agreement.clock}）。")
    elif case.end_reason:
        said.append(f"未能达成协议的原因：{ENDINGS[case.end_reason].zh}。")
    notes = [f"答复期限：{_day(sent.due_on)}" + (f"（{sent.clock}）" if sent.clock else "")]
    # What was said in mediation is no evidence in the suit: the answer holds the result alone.
    return _paper(
        case, "court_reply", sections=[("委派调解结果", "\n".join(said))], signers=["调解员", "（印章）"], notes=notes
    )


def _answers_court(case: MediationCase) -> bool:
    return bool(outcome_of(case.state, case.end_reason)) and CourtCase.objects.filter(case=case).exists()


def last_agreement(case: MediationCase) -> Agreement | None:
    """The newest that was not given up."""
    return Agreement.objects.filter(case=case).exclude(state="dropped").order_by("-number").first()


def paper_facts(case: MediationCase, code: str) -> Facts:
    """One paper of a case. Raises Invalid ``procedure.wrong_paper`` for a paper that its procedure does not know, or
    whose facts are not there yet.
    """
    procedure = procedure_of(case.procedure or "people")
    check_paper(procedure, code)
    simple = {"acceptance": _acceptance, "rights": _rights, "record": _record, "follow_up": _follow_up}
    if code in simple:
        return simple[code](case)
    if code == "end_notice":
        return _end_notice(case)
    if code == "court_reply" and _answers_court(case):
        return _court_reply(case)
    agreement = last_agreement(case)
    if agreement is None or code not in papers_of(case):
        raise Invalid("paper.not_yet", paper=PAPERS[code].zh, paper_en=PAPERS[code].en)
    return _confirmation(case, agreement) if code == "confirmation" else _agreement(case, agreement, code)


def papers_of(case: MediationCase) -> list[str]:
    """The papers that can be printed now, in order."""
    procedure = procedure_of(case.procedure or "people")
    agreement = last_agreement(case)
    written = procedure.agreement if agreement and not (agreement.oral and procedure.code == "people") else "oral_form"
    there = {
        "acceptance": True,
        "rights": True,
        "record": MediationSession.objects.filter(case=case, begun_at__isnull=False).exists(),
        "end_notice": case.state == "ended",
        "follow_up": FollowUp.objects.filter(case=case, done_on__isnull=False).exists(),
        "court_reply": _answers_court(case),
        "confirmation": agreement is not None and agreement.confirm_by is not None,
        written: agreement is not None,
    }
    return [code for code in procedure.papers if there.get(code)]


def file_contents(case: MediationCase) -> list[Content]:
    """What lies in the file, what is missing."""
    there = set(CasePaper.objects.filter(case=case).values_list("place", flat=True))
    printed = papers_of(case)
    there |= {code for code in ("acceptance", "rights", "record", "follow_up", "confirmation") if code in printed}
    agreed = Agreement.objects.filter(case=case, effective_at__isnull=False).exists()
    parties = _parties(case)
    if agreed:
        there.add("agreement")
    if parties and any(one.rights_at is None for one in parties):
        there.discard("rights")
    return contents_of(there, agreed=agreed, sent_somebody=any(one.told("agent") for one in parties))


def case_file(case: MediationCase) -> Facts:
    """The whole file: cover, contents with what is missing, every paper that can be printed; pages are numbered."""
    contents = file_contents(case)
    return {
        "title": "调解卷宗",
        "number": case.matter.number,
        "agency": case.agency.name,
        "printed": _day(clock.today()),
        "contents": [
            {"words": one.words.zh, "there": one.there, "missing": one.missing, "required": one.required}
            for one in contents
        ],
        "brought": [
            {"words": CONTENTS[one.place].zh, "title": one.title, "pages": one.pages}
            for one in CasePaper.objects.filter(case=case)
        ],
        "papers": [paper_facts(case, code) for code in papers_of(case)],
    }


def printed(facts: Facts, kind: str) -> bytes:
    """A paper or a file as ``pdf`` or ``docx``. Word: by the template that the bureau put in force for that paper or
    for all, else from ``papers`` of LINLI_HOME, else ours. PDF: from ``papers`` (Typst), else ours.
    """
    brought = own_template(str(facts.get("code", FILE))) if kind == "docx" else None
    if brought is not None:
        return as_docx(BytesIO(brought), facts)
    ending = "typ" if kind == "pdf" else "docx"
    name = "case-file" if "papers" in facts else "paper"
    own = Path(settings.LINLI_HOME) / "papers"
    wanted = [own / f"mediation-{facts.get('code', name)}.{ending}", own / f"mediation-{name}.{ending}"]
    template = next((path for path in wanted if path.is_file()), _DATA / f"mediation-{name}.{ending}")
    return as_pdf(template, facts) if kind == "pdf" else as_docx(template, facts)
