"""What a phone asks for at an inspection: one form a checklist, and one without."""

from __future__ import annotations

from typing import Any

from linli.kernel import clock
from linli.kernel.inputs import Given, Input, Offline, Spot, Variant, asked
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.premises.models import Premises
from linli.visits.checklists.queries import checklists_on
from linli.visits.inspections.models import Inspection
from linli.visits.inspections.rules import OUTCOMES, RESULTS, TRADES

_ATTACH = "inspection.attach_file"
_ITEM = "item_"
_PHOTO = asked("photos", "photo", "照片（自愿）", "pictures, if you like", most=6)
_HEAD: tuple[Input, ...] = (
    asked("premises", "premises", "场所", "premises", of=Premises, typed=True),
    asked("place", "place", "地点", "place"),
    asked("trade", "choice", "类别", "kind of place", choices=tuple(TRADES.items())),
)
_REST: tuple[Input, ...] = (
    asked("outcome", "choice", "结果", "outcome", required=True, choices=tuple(OUTCOMES.items())),
    asked("put_right_by", "date", "整改期限", "put right by", shown_if=("outcome", ("put_right",))),
    asked(
        "notice_no", "text", "整改通知书编号", "number of the notice", longest=40, shown_if=("outcome", ("put_right",))
    ),
    asked("seized_what", "text", "查获物品", "what was seized", longest=120, shown_if=("outcome", ("seized",))),
    asked("seized_yuan", "number", "价值（元）", "value in yuan", least=0, shown_if=("outcome", ("seized",))),
    asked("remark", "long_text", "情况", "what was found"),
    asked(
        "signature",
        "signature",
        "被检查方签名",
        "signature of whoever was there",
        shown_if=("outcome", ("put_right", "on_the_spot", "seized")),
    ),
    _PHOTO,
)


def _forms() -> tuple[Variant, ...]:
    """A form without a list, and one for each list in force, its items between place and outcome."""
    plain = Variant("plain", Words("检查", "inspection"), (*_HEAD, *_REST), icon="clipboard-list")
    listed = [
        Variant(
            one.code,
            one.words,
            (
                *_HEAD,
                *(
                    Input(f"{_ITEM}{item.code}", "choice", item.words, choices=tuple(RESULTS.items()), default="pass")
                    for item in one.items
                ),
                *_REST,
            ),
            icon="clipboard-list",
        )
        for one in checklists_on(clock.today()).values()
    ]
    return (plain, *listed)


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    values = dict(given.values)
    plain = ("trade", "outcome", "put_right_by", "notice_no", "seized_what", "remark")
    facts: dict[str, Any] = {name: values[name] for name in plain if values.get(name) is not None}
    if values.get("seized_yuan") is not None:
        facts["seized_yuan"] = int(values["seized_yuan"])
    if isinstance(values.get("place"), Spot):
        spot: Spot = values["place"]
        facts |= {"lon": spot.lon, "lat": spot.lat, "place": spot.address}
    named = values.get("premises")
    if isinstance(named, str):
        facts["place"] = named
    elif named is not None:
        facts["premises"] = named
    if given.variant not in ("", "plain"):
        facts["checklist"] = given.variant
        facts["findings"] = {
            name.removeprefix(_ITEM): str(value) for name, value in values.items() if name.startswith(_ITEM)
        }
    return facts


def _file(actor: Actor, given: Given) -> dict[str, Any]:
    sent = given.values["file"]
    return {"file": sent.row, "title": given.values.get("title") or sent.name}


LOOKED = Offline(
    creates=Inspection,
    variants=_forms,
    prepare=_from_phone,
    attach=_ATTACH,
    group="visit",
    order=20,
    icon="clipboard-list",
)
AGAIN = Offline(
    inputs=(
        asked("passed", "flag", "已整改到位", "put right"),
        asked("put_right_by", "date", "新的期限", "new day, if not"),
        asked("remark", "long_text", "情况", "what was found"),
    ),
    subject=Inspection,
    states=("to_put_right",),
    prepare=lambda actor, given: {"passed": False, **given.values},
    group="visit",
    order=5,
    icon="list-check",
)
FILE = Offline(
    inputs=(
        asked("file", "file", "文件", "file", required=True),
        asked("title", "text", "名称", "name", longest=120),
    ),
    subject=Inspection,
    prepare=_file,
    icon="paperclip",
    order=70,
)
