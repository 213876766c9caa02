"""What a case is: its life, causes, how it was found, parts of who works in it, how it ends and what is explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow

declare("mediation.not_a_dispute", zh="只有纠纷可以进入调解。", en="Only a dispute is mediated.")
declare("mediation.begun", zh="这起纠纷已在调解中。", en="This dispute is already being mediated.")
declare("mediation.not_lead", zh="由主持人办理。", en="Who leads the case does this.")
declare("mediation.over", zh="这起调解已结束。", en="This mediation is over.")
declare(
    "mediation.changed",
    zh="刚才有人改过，请看新的内容再改。",
    en="Somebody has just changed it; look again before you do.",
)
declare(
    "mediation.session_running",
    zh="调解会正在进行，结束后再改定级。",
    en="A session is running; the colour is changed when it has ended.",
)
declare(
    "mediation.no_parties",
    zh="双方至少各有一人，才能受理。",
    en="There must be a party on each side before it is accepted.",
)
declare("mediation.no_rights", zh="{who}还没有听读权利义务告知书。", en="{who} has not been read the rights yet.")
declare("mediation.no_consent", zh="{who}还没有同意调解。", en="{who} has not consented to mediation yet.")
declare(
    "mediation.no_more_tries",
    zh="“{procedure_zh}”{tries}次不成即告知其他途径，不再调解。",
    en="{procedure_en} is tried {tries} times at most; then the other routes are explained.",
)
declare("mediation.not_tried", zh="第一次调解还没有进行。", en="The first try has not been made yet.")
declare(
    "mediation.wrong_member",
    zh="“{who}”没有可以参加调解的岗位。",
    en="{who} holds no post that takes part in mediation.",
)
declare("mediation.interest", zh="“{who}”与本案有利害关系，应当回避。", en="{who} has an interest in this case.")

LIFE = Workflow(
    "mediation",
    "opened",
    (
        State("opened", Words("待受理", "to be accepted")),
        State("mediating", Words("调解中", "being mediated")),
        State("agreed", Words("已达成协议", "agreed")),
        State("performed", Words("已履行", "kept")),
        State("closed", Words("已结案", "closed"), final=True),
        State("ended", Words("已终止", "ended without"), final=True),
    ),
    (
        Move("accept", ("opened",), "mediating", Words("受理", "accept"), needs=("procedure",)),
        Move("agree", ("mediating", "opened"), "agreed", Words("协议生效", "agreement in effect"), machine=True),
        Move("perform", ("agreed",), "performed", Words("履行完毕", "kept"), machine=True),
        Move("close", ("performed",), "closed", Words("结案", "close")),
        Move("end", ("opened", "mediating", "agreed"), "ended", Words("终止", "end"), needs=("end_reason",)),
    ),
)
ENDINGS: dict[str, Words] = {
    "refused": Words("一方明确拒绝调解", "a party refused"),
    "failed": Words("调解不成", "no agreement was reached"),
    "withdrawn": Words("当事人要求终止", "a party ended it"),
    "crime": Words("涉嫌违法犯罪，已报公安机关", "a possible offence, passed to the police"),
    "not_performed": Words("协议没有履行", "the agreement was not kept"),
    "not_ours": Words("不属于调解范围", "not for mediation"),
}
SAID_ENDINGS = ("failed", "withdrawn", "not_performed", "not_ours")
"""What the lead may say; a refusal and a crime end it by their own acts."""
ROUTES: dict[str, Words] = {
    "court": Words("向人民法院起诉", "bring a suit in court"),
    "arbitration": Words(
        "依法申请仲裁（劳动争议先申请劳动仲裁）", "ask for arbitration (for wages first, labour arbitration)"
    ),
    "administrative": Words("请有关行政机关处理", "turn to the authority in charge"),
    "legal_aid": Words("符合条件的可以申请法律援助", "ask for legal aid where entitled"),
}
"""What is explained when mediation ends without an agreement (People's Mediation Law art. 26)."""
CAUSES: dict[str, Words] = {
    "neighbour": Words("邻里", "neighbours"),
    "family": Words("婚姻家庭", "family"),
    "daylight": Words("采光通风相邻权", "daylight and building"),
    "wages": Words("劳动报酬", "wages"),
    "traffic": Words("交通事故赔偿", "traffic damages"),
    "land": Words("土地山林宅基地", "land and homestead"),
    "housing": Words("房屋买卖租赁", "housing and rent"),
    "property": Words("物业服务", "property management"),
    "debt": Words("债务借贷", "debt"),
    "consumer": Words("消费买卖", "buying and selling"),
    "injury": Words("损害赔偿", "damages"),
    "other": Words("其他", "other"),
}
SOURCES: dict[str, Words] = {
    "visit": Words("走访发现", "found at a visit"),
    "report": Words("网格上报", "reported from the grid"),
    "call": Words("110移交", "a 110 call"),
    "cadre": Words("村居干部联系", "a cadre called"),
    "party": Words("当事人申请", "a party asked"),
    "court": Words("法院诉前委派", "sent by the court before a suit"),
    "agency": Words("部门移交", "handed over by an agency"),
}
PARTS: dict[str, Words] = {
    "lead": Words("主持人", "lead"),
    "mediator": Words("调解员", "mediator"),
    "officer": Words("民警", "officer"),
    "lawyer": Words("律师", "lawyer"),
    "expert": Words("专家", "expert"),
    "helper": Words("协助", "helper"),
}
SEES_COLOURS_BY_GRID = ("station_chief", "bureau_leader", "station_desk", "dispatcher", "community_officer")
"""Posts that see how many disputes of which colour a grid holds, on the map and in the list; each within its reach."""
TAKES_PART: dict[str, str] = {
    "mediator": "mediator",
    "lawyer": "lawyer",
    "partner_officer": "expert",
    "community_officer": "officer",
    "station_desk": "officer",
    "station_chief": "officer",
    "grid_worker": "helper",
    "information_officer": "helper",
    "liaison_cadre": "helper",
    "property_manager": "helper",
    "assistant": "helper",
    "auxiliary": "helper",
}
"""Posts whose holders may be named in a case, and the part that they usually have."""
GROUP_FROM = 3
"""From so many households on it is a group dispute: its spokespersons are held, and nobody else."""
SPOKESPERSONS = 5
"""At most so many speak for a side of a group dispute (Civil Procedure Law art. 56: two to five)."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is said when a case is opened."""

    cause: str = "other"
    source: str = "party"
    households: int | None = None
    answer_by: date | None = None
    amount_yuan: int | None = None
    signs: tuple[str, ...] = ()
    language: str = ""
    """A language or dialect that somebody must speak, where it is not everybody's."""

    def check(self, today: date) -> None:
        """Raises Invalid naming the first field that is wrong."""
        for field, table in (("cause", CAUSES), ("source", SOURCES)):
            if getattr(self, field) not in table:
                raise Invalid("fact.wrong", field=field, why=str(getattr(self, field))[:40])
        for field in ("households", "amount_yuan"):
            number = getattr(self, field)
            if number is not None and number < 0:
                raise Invalid("fact.wrong", field=field, why=str(number))
        if is_group(self.households) and (self.answer_by is None or self.answer_by < today):
            raise Invalid("fact.missing", field="answer_by")


def is_group(households: int | None) -> bool:
    """Whether so many households make it a group dispute."""
    return (households or 0) >= GROUP_FROM
