"""Every figure, declared once: what it is called, what it counts, what it leaves out, where it comes from.

Figures are of places and periods. There is none of a person: none counts by officer, caller or household, so that none
can be ordered by them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from linli.kernel.registry import Registry
from linli.kernel.words import Words

CASES = Words("起", "calls")
PIECES = Words("件", "matters")
GRAINS = ("agency", "grid")

_CALL = Q(kind="incident") & ~Q(state="void")
_CALL_LIST = {"kind": "incident", "void": "0"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measure:
    """A declared figure.

    A count: ``where`` chooses the matters that count, by the day they were received; it may name the annotations of
    ``measures.queries.proofs``. ``amount``: the annotation that is added up over those matters instead of counting them
    (people held, gangs); the ledger filter then lists the matters that it comes from.
    ``own_rooms``: only what a room of the place itself has settled. A share has no
    ``where``: ``part`` and ``over`` are the codes of its numerator and denominator. ``doubts``: codes that count what
    is uncertain about it. ``filters``: the ledger filter with exactly these rows (of a share: its part); place and days
    are added. ``row``: of the practice.
    """

    code: str
    words: Words
    unit: Words
    meaning: Words
    row: str
    where: Q | None = None
    filters: dict[str, str]
    amount: str = ""
    own_rooms: bool = False
    part: str = ""
    over: str = ""
    doubts: tuple[str, ...] = ()
    grains: tuple[str, ...] = field(default=GRAINS)
    on_board: bool = False


MEASURES: Registry[Measure] = Registry("figures")


def _declare(*measures: Measure) -> None:
    for measure in measures:
        MEASURES.add(measure.code, measure)


def counts() -> list[Measure]:
    """The figures that are counted; shares are made of them."""
    return [measure for measure in MEASURES.values() if measure.where is not None]


_declare(
    Measure(
        code="incidents",
        words=Words("警情", "incidents"),
        unit=CASES,
        meaning=Words(
            "在该地接到的警情，按报警时间归日，无效警情不计。地点无法确定的归上级单位。",
            "Calls from this place by the day they were received; void ones are none. "
            "What cannot be placed counts for the agency above.",
        ),
        row="P4 D1",
        where=_CALL,
        filters=_CALL_LIST,
        doubts=("no_point", "imported"),
        on_board=True,
    ),
    Measure(
        code="criminal",
        words=Words("刑事警情", "criminal incidents"),
        unit=CASES,
        meaning=Words(
            "现行类别以10开头的警情；类别改过的按改后的算。",
            "Incidents whose present category begins with 10; a corrected category counts as corrected.",
        ),
        row="P4",
        where=_CALL & Q(category__gte="10", category__lt="11"),
        filters={**_CALL_LIST, "category": "10"},
        on_board=True,
    ),
    Measure(
        code="diverted",
        words=Words("警务室处置", "settled by rooms"),
        unit=CASES,
        meaning=Words(
            "由本地自己的警务室（站）警力处置完毕的警情。",
            "Incidents that a unit of the place's own rooms has settled.",
        ),
        row="P3",
        where=_CALL,
        own_rooms=True,
        filters=_CALL_LIST,
        grains=("agency",),
    ),
    Measure(
        code="diverted_share",
        words=Words("分流率", "diverted share"),
        unit=Words("", ""),
        meaning=Words("警务室处置的警情占本地警情的比例。", "The share of a place's incidents that its rooms settled."),
        row="P3",
        own_rooms=True,
        part="diverted",
        over="incidents",
        filters=_CALL_LIST,
        grains=("agency",),
        on_board=True,
    ),
)
_declare(
    Measure(
        code="timed",
        words=Words("有承诺且有到场时间", "promised and arrived"),
        unit=CASES,
        meaning=Words(
            "下达过指令、有到场承诺、也有到场时间（本人报告或定位证明）的警情。",
            "Incidents with an order, a promised arrival and an arrival that somebody claimed or a position proved.",
        ),
        row="P2",
        where=_CALL & Q(was_timed=True),
        filters={**_CALL_LIST, "arrival": "known"},
    ),
    Measure(
        code="in_time",
        words=Words("按时到场", "on scene in time"),
        unit=CASES,
        meaning=Words("在承诺时限内到场的警情。", "Incidents with an arrival within the promise."),
        row="P2",
        where=_CALL & Q(was_in_time=True),
        filters={**_CALL_LIST, "arrival": "in_time"},
    ),
    Measure(
        code="in_time_share",
        words=Words("按时到场率", "share on scene in time"),
        unit=Words("", ""),
        meaning=Words(
            "有承诺且有到场时间的警情中，在承诺时限内到场的比例。缺到场时间的不推算，另行列出。",
            "Of the incidents promised and arrived, the share on scene within the promise. "
            "A missing arrival is never guessed; it stands beside.",
        ),
        row="P2",
        part="in_time",
        over="timed",
        filters={**_CALL_LIST, "arrival": "in_time"},
        doubts=("no_arrival",),
        on_board=True,
    ),
    Measure(
        code="no_arrival",
        words=Words("缺到场时间", "arrival missing"),
        unit=CASES,
        meaning=Words(
            "已办完却没有到场时间的警情：没有按键，也没有定位证明，或外部系统没有给出。",
            "Incidents that are over without any arrival: nobody said so, no position shows it, no system sent it.",
        ),
        row="P2",
        where=_CALL & Q(has_no_arrival=True),
        filters={**_CALL_LIST, "arrival": "missing"},
    ),
    Measure(
        code="no_point",
        words=Words("没有坐标", "without a point"),
        unit=CASES,
        meaning=Words(
            "没有坐标的警情，可能归错了地方，地图上也没有。",
            "Incidents without coordinates: they may count for the wrong place and are missing on the map.",
        ),
        row="Q8",
        where=_CALL & Q(lon__isnull=True),
        filters={**_CALL_LIST, "no_point": "1"},
    ),
    Measure(
        code="imported",
        words=Words("外部导入", "taken over"),
        unit=CASES,
        meaning=Words(
            "由其他系统导入的警情，时间和类别以其为准，未经本系统核对。",
            "Incidents taken over from another system: their times and categories are that system's, unchecked here.",
        ),
        row="P4",
        where=_CALL & Q(source="import"),
        filters={**_CALL_LIST, "source": "import"},
    ),
)


def _reports(code: str, kind: str, words: Words, meaning: Words, row: str) -> Measure:
    return Measure(
        code=code,
        words=words,
        unit=PIECES,
        meaning=meaning,
        row=row,
        where=Q(kind=kind),
        filters={"kind": kind},
        on_board=code in ("disputes", "tips"),
    )


_declare(
    _reports(
        "disputes",
        "dispute",
        Words("纠纷", "disputes"),
        Words("登记的纠纷，按登记日。多登记不是坏事。", "Disputes by the day recorded. Recording more is no fault."),
        "P9 Q15",
    ),
    _reports(
        "tips",
        "tip",
        Words("线索", "tips"),
        Words("群众和网格报来的线索。", "Tips from residents and grid workers."),
        "P8 W3",
    ),
    _reports(
        "hazards",
        "hazard",
        Words("隐患", "hazards"),
        Words("登记的隐患。", "Hazards that were recorded."),
        "Q3",
    ),
    _reports(
        "help_requests",
        "help_request",
        Words("求助", "requests for help"),
        Words("登记的求助。", "Requests for help that were recorded."),
        "Q7 Q10",
    ),
    _reports(
        "community_info",
        "community_info",
        Words("社情信息", "community information"),
        Words("网格报来的社情信息。", "What grid workers report of their community."),
        "Q3",
    ),
)
