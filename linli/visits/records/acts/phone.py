"""What a phone asks for when a visit is recorded: every field of the half minute, nothing compulsory but the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from linli.kernel import clock
from linli.kernel.inputs import Choice, Given, Input, Offline, Spot, asked
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.occupants.models import Occupant, Residence
from linli.places.premises.models import Premises
from linli.visits.plans.models import Stop
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.models import Visit
from linli.visits.records.rules import GIVEN, OPENS, OUTCOMES, SEALED, TOPICS

_FILES = "visit.attach_file"
_REGISTER = ("report.submit:moved_in", "report.submit:moved_out")
"""What has changed at the door goes into the register by its own forms, in the same sheet."""
_MET = ("outcome", ("met",))
_OPEN_WORDS = {
    "hazard": Words("发现隐患", "a hazard"),
    "tip": Words("得到线索", "a tip"),
    "dispute": Words("有纠纷", "a dispute"),
    "help_request": Words("有人求助", "a request for help"),
    "community_info": Words("社情信息", "community information"),
}


def reasons_offered() -> tuple[Choice, ...]:
    """The reasons in use today."""
    return tuple((one.code, one.words) for one in reasons_on(clock.today()).values() if one.code != "campaign")


def _choices(table: dict[str, Words]) -> tuple[Choice, ...]:
    return tuple(table.items())


OUTCOME = asked("outcome", "choice", "结果", "outcome", required=True, choices=_choices(OUTCOMES), default="met")
WHERE: tuple[Input, ...] = (
    asked("premises", "premises", "场所", "premises", of=Premises, typed=True),
    asked("place", "place", "地点", "place"),
    asked("room", "text", "户室", "flat", longest=20),
    asked("reason", "choice", "事由", "reason", required=True, choices=reasons_offered, default="plain_talk"),
)
TOLD: tuple[Input, ...] = (
    asked("people_met", "number", "见到几人", "people met", least=1, most=200, default=1, shown_if=_MET),
    asked(
        "people",
        "rows",
        "见到的登记人员",
        "who of the register",
        of=Occupant,
        most=30,
        personal=True,
        shown_if=_MET,
        hint=Words("从这一户的登记人员中选；没有登记的写在下面", "of those on record here; others go in words below"),
    ),
    asked("live_here", "flag", "他们仍住这里", "they still live here", shown_if=_MET),
    asked("topics", "choices", "谈了什么", "talked about", choices=_choices(TOPICS), shown_if=_MET),
    asked("given", "choices", "送了什么", "given", choices=_choices(GIVEN), shown_if=_MET),
    asked("met", "text", SEALED["met"].zh, SEALED["met"].en, personal=True, shown_if=_MET),
    asked("words", "long_text", SEALED["words"].zh, SEALED["words"].en, personal=True, shown_if=_MET),
    asked("seen", "long_text", SEALED["seen"].zh, SEALED["seen"].en, personal=True),
    asked("helped", "number", "帮扶几人", "people helped", least=0, most=200, shown_if=_MET),
    *(asked(kind, "long_text", words.zh, words.en, personal=True) for kind, words in _OPEN_WORDS.items()),
    asked("voice", "voice", "语音", "voice note"),
    asked("photos", "photo", "照片（自愿）", "pictures, if you like", most=6),
)


def told(values: dict[str, Any]) -> dict[str, Any]:
    """The values of the form as the act takes them."""
    facts: dict[str, Any] = {name: values[name] for name in ("outcome", "topics", "given") if name in values}
    for name in ("people_met", "helped"):
        if values.get(name) is not None:
            facts[name] = int(values[name])
    if facts.get("outcome", "met") != "met":
        # What was typed before "nobody at home" was chosen stays on the phone's form, and means nothing.
        facts |= {"people_met": 0, "helped": 0}
    elif values.get("people"):
        facts |= {"people": values["people"], "live_here": bool(values.get("live_here"))}
        # The one that the form begins with is nobody's count.
        facts["people_met"] = max(facts.get("people_met", 0), len(values["people"]))
    facts["said"] = {name: values[name] for name in SEALED if values.get(name)}
    facts["opens"] = {kind: values[kind] for kind in OPENS if values.get(kind)}
    return facts


def _free(actor: Actor, given: Given) -> dict[str, Any]:
    values = dict(given.values)
    facts = told(values) | {"reason": values.get("reason", "plain_talk"), "room": values.get("room", "")}
    spot = values.get("place")
    if isinstance(spot, Spot):
        facts |= {"lon": spot.lon, "lat": spot.lat, "place": spot.address}
    known = _home_of(actor, values.get("people") or ())
    if known is not None and not isinstance(values.get("premises"), Premises):
        facts |= {"address": known.address, "room": known.home.door if known.home else facts["room"]}
    named = values.get("premises")
    if isinstance(named, str):
        facts["place"] = named
    elif named is not None:
        facts["premises"] = named
    return facts


def _home_of(actor: Actor, people: Sequence[Occupant]) -> Residence | None:
    """The door that is meant when people of the register are named: where the first of them lives."""
    if not people:
        return None
    one = people[0].merged_into or people[0]
    rows = Residence.objects.visible_to(actor).filter(Q(occupant=one) | Q(occupant__merged_into=one))
    return rows.filter(until__isnull=True).select_related("address", "home").order_by("-since", "pk").first()


def _at_stop(actor: Actor, given: Given) -> dict[str, Any]:
    return {"told": told(dict(given.values))}


FREE = Offline(
    inputs=(OUTCOME, *WHERE, *TOLD),
    creates=Visit,
    prepare=_free,
    attach=_FILES,
    group="visit",
    order=10,
    icon="home",
    follows=_REGISTER,
)
AT_STOP = Offline(
    inputs=(OUTCOME, *TOLD),
    subject=Stop,
    states=("planned", "missed"),
    prepare=_at_stop,
    attach="visit.attach_at_stop",
    group="visit",
    order=1,
    icon="home",
    follows=_REGISTER,
)
