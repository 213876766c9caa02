"""Figures of what came of matters: results of tips, and the level where a matter was settled (W3, Q6)."""

from __future__ import annotations

from django.db.models import Q

from linli.insight.measures.rules.declared import MEASURES, PIECES, Measure
from linli.kernel.words import Words
from linli.matters.kinds.tip import FINDINGS
from linli.matters.levels.rules import LEVELS

_SUCCESS = tuple(code for code, _ in FINDINGS if code != "no_finding")
_TIP = Q(kind="tip")
_WITH_RESULT = {"kind": "tip", "finding": ",".join(_SUCCESS)}
_NONE = Words("", "")


def _tip(code: str, words: Words, meaning: Words, unit: Words = PIECES, *, amount: str = "") -> Measure:
    return Measure(
        code=code,
        words=words,
        unit=unit,
        meaning=meaning,
        row="W3 P8 D4",
        where=_TIP & (Q(sortie_n__gt=0) if amount else Q(found__in=_SUCCESS)),
        filters={"kind": "tip"} if amount else _WITH_RESULT,
        amount=amount,
    )


for _measure in (
    _tip(
        "tips_resulted",
        Words("有结果的线索", "tips with a result"),
        Words(
            "查结时有抓获、起获、制止或转案件的线索，按线索的登记日。",
            "Tips settled with people caught, goods seized, something stopped or a case, by the day of the tip.",
        ),
    ),
    Measure(
        code="tips_no_finding",
        words=Words("查无结果的线索", "tips without a finding"),
        unit=PIECES,
        meaning=Words(
            "核查后没有结果的线索。查过就算工作，不算差错。",
            "Tips that were checked and led to nothing. A check is work, not a fault.",
        ),
        row="W3",
        where=_TIP & Q(found="no_finding"),
        filters={"kind": "tip", "finding": "no_finding"},
    ),
    Measure(
        code="tips_result_share",
        words=Words("线索成效率", "share of tips with a result"),
        unit=_NONE,
        meaning=Words("有结果的线索占登记线索的比例。", "The share of recorded tips that led to a result."),
        row="W3",
        part="tips_resulted",
        over="tips",
        filters=_WITH_RESULT,
    ),
    _tip(
        "sorties",
        Words("线索出动", "sorties on tips"),
        Words("为线索派出队伍的次数。", "How often a team was sent on a tip."),
        Words("次", "sorties"),
        amount="sortie_n",
    ),
    _tip(
        "gangs",
        Words("打掉团伙", "gangs broken up"),
        Words("线索行动打掉的团伙数。", "Gangs that sorties on tips broke up."),
        Words("个", "gangs"),
        amount="gang_n",
    ),
    _tip(
        "held",
        Words("抓获人数", "people held"),
        Words(
            "线索行动当场控制的人数，只计数，不记姓名。",
            "How many people sorties on tips held; a count, without any name.",
        ),
        Words("人", "people"),
        amount="held_n",
    ),
    _tip(
        "goods_yuan",
        Words("起获物品估值", "estimated value of goods"),
        Words("线索行动起获物品的估值，元。", "What the goods that sorties seized are worth, estimated, in yuan."),
        Words("元", "yuan"),
        amount="goods_yuan",
    ),
):
    MEASURES.add(_measure.code, _measure)

MEASURES.add(
    "settled",
    Measure(
        code="settled",
        words=Words("已办结事项", "matters settled"),
        unit=PIECES,
        meaning=Words(
            "已办结并记下层级的事项（警情和任务除外），按登记日。",
            "Settled matters whose level is known (without calls and tasks), by the day recorded.",
        ),
        row="Q6",
        where=~Q(settled_level=""),
        filters={"settled_level": "any"},
    ),
)
for _level in LEVELS.values():
    _code, _filters = f"settled_{_level.code}", {"settled_level": _level.code}
    MEASURES.add(
        _code,
        Measure(
            code=_code,
            words=Words(f"{_level.words.zh}办结", f"settled at {_level.words.en}"),
            unit=PIECES,
            meaning=Words(f"在{_level.words.zh}办结的事项。", f"Matters that were settled at the {_level.words.en}."),
            row="Q6",
            where=Q(settled_level=_level.code),
            filters=_filters,
        ),
    )
    MEASURES.add(
        f"{_code}_share",
        Measure(
            code=f"{_code}_share",
            words=Words(f"{_level.words.zh}办结率", f"share settled at {_level.words.en}"),
            unit=_NONE,
            meaning=Words(
                f"在{_level.words.zh}办结的占全部办结的比例。小事不出网格，大事不出警格，难事不出街道。",
                f"The share of settled matters that were settled at the {_level.words.en}.",
            ),
            row="Q6",
            part=_code,
            over="settled",
            filters=_filters,
        ),
    )

TIP_RESULTS = (
    "tips",
    "tips_resulted",
    "tips_no_finding",
    "tips_result_share",
    "sorties",
    "gangs",
    "held",
    "goods_yuan",
)
LEVEL_SHARES = tuple(f"settled_{level}_share" for level in LEVELS)
"""The figures of the page of results and levels, in its order."""
