"""The four procedures as data: who begins and leads, what must be there first, who signs, which papers there are.

A paper belongs to its procedure: what a grid worker settled on the spot is never printed as a public-order agreement.
Sources: People's Mediation Law (2010) arts. 17-34; Rules of the police on mediating public-order cases (2007) arts.
3-9; domain.md A5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare(
    "procedure.may_not_lead",
    zh="“{procedure_zh}”须由{who}主持，请先指定主持人。",
    en="{procedure_en} is led by another post: name who leads it first.",
)
declare("procedure.barred", zh="有下列情形的不适用治安调解：{why}。", en="Public-order mediation is barred: {why}.")
declare(
    "procedure.wrong_paper",
    zh="“{procedure_zh}”没有“{paper}”这份文书，不能打印。",
    en="There is no paper {paper} in {procedure_en}.",
)
declare("procedure.no_oral", zh="“{procedure_zh}”的协议必须书面签订。", en="An agreement in {procedure_en} is written.")

POLICE_LEADS = ("community_officer", "station_desk", "station_chief")
BARS: dict[str, Words] = {
    "hired": Words("雇凶伤害他人", "somebody was hired to hurt"),
    "gang": Words("结伙斗殴", "a fight of gangs"),
    "provoking": Words("寻衅滋事", "picking quarrels"),
    "repeated": Words("多次实施违反治安管理行为", "such acts several times"),
    "stirred_again": Words("调解过程中又挑起事端", "stirred up again during mediation"),
}
"""Public-order cases that may not be mediated (Rules of 2007, art. 4)."""
PAPERS: dict[str, Words] = {
    "acceptance": Words("调解受理登记表", "acceptance form"),
    "rights": Words("权利义务告知书", "notice of rights and duties"),
    "record": Words("调解记录", "record of mediation"),
    "people_agreement": Words("人民调解协议书", "people's mediation agreement"),
    "oral_form": Words("人民调解口头协议登记表", "register of a spoken agreement"),
    "public_order_agreement": Words("治安调解协议书", "public-order mediation agreement"),
    "administrative_agreement": Words("行政调解协议书", "administrative mediation agreement"),
    "spot_record": Words("当场调解记录", "record of mediation on the spot"),
    "end_notice": Words("终止调解通知书", "notice that mediation has ended"),
    "confirmation": Words("司法确认申请书", "request for judicial confirmation"),
    "follow_up": Words("回访记录", "record of the follow-up"),
    "court_reply": Words("委派调解结果函", "answer to the court that sent it"),
}
_COMMON = ("acceptance", "rights", "record", "end_notice", "follow_up")


@dataclass(frozen=True, slots=True)
class Procedure:
    """``leads`` are the posts that may lead it; ``clocks`` the periods of its first and further tries; ``signers``
    who must sign besides every party; ``oral``: an agreement may be spoken; ``confirmable``: a court may confirm it.
    """

    code: str
    words: Words
    leads: tuple[str, ...]
    who: str
    consent: bool
    clocks: tuple[str, ...]
    signers: tuple[str, ...]
    agreement: str
    papers: tuple[str, ...]
    law: str
    copies: int = 0
    """How many copies beside one for each party."""
    oral: bool = False
    confirmable: bool = False
    bars: tuple[str, ...] = ()


_ALL = (
    Procedure(
        code="people",
        words=Words("人民调解", "people's mediation"),
        leads=("mediator",),
        who="人民调解员",
        consent=True,
        clocks=("mediate",),
        signers=("mediator", "seal"),
        agreement="people_agreement",
        papers=(*_COMMON, "people_agreement", "oral_form", "confirmation", "court_reply"),
        law="《中华人民共和国人民调解法》",
        copies=1,
        oral=True,
        confirmable=True,
    ),
    Procedure(
        code="public_order",
        words=Words("治安调解", "mediation of a public-order case"),
        leads=POLICE_LEADS,
        who="办案民警",
        consent=True,
        clocks=("public_order_first", "public_order_again"),
        signers=("mediator", "seal"),
        agreement="public_order_agreement",
        papers=(*_COMMON, "public_order_agreement"),
        law="《公安机关治安调解工作规范》",
        copies=1,
        bars=tuple(BARS),
    ),
    Procedure(
        code="administrative",
        words=Words("行政调解", "administrative mediation"),
        leads=("partner_officer",),
        who="行政机关工作人员",
        consent=True,
        clocks=(),
        signers=("mediator", "seal"),
        agreement="administrative_agreement",
        papers=(*_COMMON, "administrative_agreement", "court_reply"),
        law="有关法律、法规对该类纠纷行政调解的规定",
        copies=1,
    ),
    Procedure(
        code="on_spot",
        words=Words("当场调解", "mediation on the spot"),
        leads=(
            *("grid_worker", "information_officer", "liaison_cadre", "property_manager", "assistant", "auxiliary"),
            *("mediator", *POLICE_LEADS),
        ),
        who="网格员、警务助理或民警",
        consent=False,
        clocks=(),
        signers=(),
        agreement="spot_record",
        papers=("spot_record", "follow_up"),
        law="",
        oral=True,
    ),
)
PROCEDURES: dict[str, Procedure] = {one.code: one for one in _ALL}


def procedure_of(code: str) -> Procedure:
    """The declared procedure; raises Invalid ``fact.wrong``."""
    if code not in PROCEDURES:
        raise Invalid("fact.wrong", field="procedure", why=code[:40])
    return PROCEDURES[code]


def check_lead(procedure: Procedure, posts: Iterable[str]) -> None:
    """Raises Invalid when whoever leads holds none of the posts that this procedure asks for."""
    if not set(procedure.leads) & set(posts):
        raise Invalid("procedure.may_not_lead", **_said(procedure), who=procedure.who, field="procedure")


def check_bars(procedure: Procedure, bars: Iterable[str]) -> None:
    """Raises Invalid ``procedure.barred`` where the law does not let it be mediated so."""
    found = [BARS[code].zh for code in bars if code in procedure.bars]
    if found:
        raise Invalid("procedure.barred", why="、".join(found), field="procedure")


def check_paper(procedure: Procedure, paper: str) -> None:
    """Raises Invalid ``procedure.wrong_paper``: the wrong paper cannot be printed."""
    if paper not in procedure.papers:
        shown = PAPERS[paper].zh if paper in PAPERS else paper[:40]
        raise Invalid("procedure.wrong_paper", **_said(procedure), paper=shown)


def _said(procedure: Procedure) -> dict[str, str]:
    return {"procedure_zh": procedure.words.zh, "procedure_en": procedure.words.en}
