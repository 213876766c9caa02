"""What an inspection may say: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words
from linli.places.premises.rules import KINDS as PREMISES_KINDS

declare("inspection.outcome", zh="没有“{outcome}”这种检查结果。", en="There is no outcome {outcome}.")
declare("inspection.trade", zh="没有“{trade}”这类场所。", en="There is no kind of place {trade}.")
declare(
    "inspection.by_day",
    zh="限期整改须写明期限，且不早于检查日。",
    en="Give the day by which, not before the inspection.",
)
declare("inspection.value", zh="查获物品须写明品名和价值（元）。", en="Say what was seized and its value in yuan.")
declare("inspection.failed_item", zh="有不合格项的，结果不能是“未发现问题”。", en="An item failed: it is not in order.")
declare("inspection.item", zh="检查表中没有“{code}”这一项。", en="The checklist has no item {code}.")
declare(
    "inspection.result", zh="每项只能是合格、不合格或不适用。", en="An item passes, fails, or is not for this place."
)
declare("inspection.by_officer", zh="复查由民警进行。", en="An officer checks again.")
declare("inspection.no_recheck", zh="这次检查没有待复查的整改。", en="Nothing of this inspection waits for a re-check.")

OUTCOMES: dict[str, Words] = {
    "in_order": Words("未发现问题", "in order"),
    "put_right": Words("限期整改", "to be put right"),
    "on_the_spot": Words("当场整改", "put right on the spot"),
    "unlicensed": Words("取缔无证经营", "unlicensed, closed down"),
    "seized": Words("查获假冒物品", "fakes seized"),
    "handed_on": Words("移交有关部门", "handed on"),
}

RESULTS: dict[str, Words] = {
    "pass": Words("合格", "passed"),
    "fail": Words("不合格", "failed"),
    "na": Words("不适用", "not for this place"),
}

TRADES: dict[str, Words] = {
    **PREMISES_KINDS,
    "game_room": Words("游戏机室", "game room"),
    "workshop": Words("作坊", "workshop"),
    "stall": Words("摊点", "stall"),
}
"""What kind of place it is; one without a licence is in no register."""


def check_inspection(
    *,
    outcome: str,
    trade: str,
    on: date,
    put_right_by: date | None,
    seized_yuan: int | None,
    seized_what: str,
    findings: Mapping[str, str],
    items: frozenset[str],
) -> None:
    """Raise Invalid for the first value that cannot be. ``findings``: result by item; ``items``: the checklist's."""
    if outcome not in OUTCOMES:
        raise Invalid("inspection.outcome", outcome=outcome, field="outcome")
    if trade not in TRADES:
        raise Invalid("inspection.trade", trade=trade, field="trade")
    if outcome == "put_right" and (put_right_by is None or put_right_by < on):
        raise Invalid("inspection.by_day", field="put_right_by")
    if outcome == "seized" and (not seized_what.strip() or seized_yuan is None):
        raise Invalid("inspection.value", field="seized_yuan")
    for code, result in findings.items():
        if code not in items:
            raise Invalid("inspection.item", code=code, field="findings")
        if result not in RESULTS:
            raise Invalid("inspection.result", field="findings")
    if outcome == "in_order" and "fail" in findings.values():
        raise Invalid("inspection.failed_item", field="outcome")


def state_after(outcome: str, *, signed: bool) -> str:
    """The state in which an inspection begins."""
    if not signed:
        return "waiting"
    return "to_put_right" if outcome == "put_right" else "closed"
