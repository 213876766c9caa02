"""A blue dispute settled where it broke out, written down in a minute, without a network too (Q15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Offline, Spot, asked
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.ledger.acts import Placed, found_place, open_matter
from linli.mediation.agreements.acts.signing import put_in_effect
from linli.mediation.agreements.models import Agreement
from linli.mediation.agreements.rules import AGREEMENT_LIFE
from linli.mediation.cases.acts.grading import grade_case
from linli.mediation.cases.acts.opening import open_case
from linli.mediation.cases.acts.standing import LONGEST_TEXT
from linli.mediation.cases.models import MediationCase
from linli.mediation.cases.rules import CAUSES, LIFE, CaseFacts
from linli.mediation.parties.acts import add_party
from linli.mediation.parties.rules import SIDES, PartyFacts
from linli.mediation.procedures.rules import check_lead, procedure_of
from linli.mediation.schemes.queries import in_force

_SAID = ("what", "agreed", "cause", "side_a", "side_b")


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    values = dict(given.values)
    facts = {name: values[name] for name in _SAID if values.get(name)}
    return facts | {"place": found_place(actor, values.get("place") or Spot())}


@act(
    "mediation.settle_on_spot",
    zh="当场调解",
    en="settle a dispute on the spot",
    keeps=("cause",),
    offline=Offline(
        inputs=(
            asked("what", "long_text", "什么事", "what it was about", required=True, personal=True),
            asked("agreed", "long_text", "怎么说好的", "what was agreed", required=True, personal=True),
            asked("cause", "choice", "类型", "kind", choices=tuple(CAUSES.items()), default="neighbour"),
            asked("place", "place", "地点", "place"),
            asked("side_a", "text", "一方", "one side", longest=60, personal=True),
            asked("side_b", "text", "另一方", "the other side", longest=60, personal=True),
            asked("signature", "signature", "签字（自愿）", "a signature, if they like"),
            asked("photos", "photo", "照片（自愿）", "pictures, if they like", most=3),
        ),
        creates=MediationCase,
        prepare=_from_phone,
        attach="mediation.add_paper",
        group="report",
        order=20,
        icon="heart-handshake",
    ),
    within=lambda facts: facts["place"].agency.path if facts["place"].agency else None,
)
def settle_on_spot(
    actor: Actor,
    *,
    what: str,
    agreed: str,
    place: Placed,
    cause: str = "neighbour",
    side_a: str = "",
    side_b: str = "",
    device_at: datetime | None = None,
    row_id: Any = None,
) -> MediationCase:
    """One deed from the quarrel to the word given: the dispute in the ledger, its least urgent colour, what was agreed
    by word of mouth and kept at once, a look again when the colour's row says so. It prints as a record of mediation on
    the spot and as nothing else. Raises Invalid without words.
    """
    if not what.strip() or not agreed.strip():
        raise Invalid("fact.missing", field="agreed" if what.strip() else "what")
    check_lead(procedure_of("on_spot"), [post.code for post in actor.posts])
    kind = CAUSES[cause].zh if cause in CAUSES else CAUSES["other"].zh
    matter = open_matter(
        actor,
        kind="dispute",
        # What was said stays in the case: the ledger is read by many and searched.
        title=f"{kind}纠纷（当场调解）",
        details={"cause": kind},
        place=place,
        source="field" if device_at else "desk",
        device_at=device_at,
    )
    facts = CaseFacts(cause=cause, source="visit")
    case = open_case(actor, matter=matter, facts=facts, row_id=row_id)
    for side, name in zip(SIDES, (side_a, side_b), strict=True):
        if name.strip():
            add_party(actor, case=case, facts=PartyFacts(side=side, name=name))
    first = in_force().rows[0].code
    grade_case(actor, case=case, version=case.version, colour=first, why=procedure_of("on_spot").words.zh)
    take(case, LIFE, "accept", procedure="on_spot", accepted_on=clock.today(), tries=1)
    _word_given(case, what, agreed)
    case.refresh_from_db()
    return case


def _word_given(case: MediationCase, what: str, agreed: str) -> None:
    today = clock.today()
    row = Agreement(id=new_id(), case=case, procedure="on_spot", oral=True, drafted_at=clock.now(), perform_by=today)
    row.put(
        {
            "facts": what.strip()[:LONGEST_TEXT],
            "points": "—",
            "responsibility": "—",
            "agreed": agreed.strip()[:LONGEST_TEXT],
            "manner": "当场",
            "perform_by": today.isoformat(),
            "oral": True,
            "instalments": [],
        }
    )
    row.save(force_insert=True)
    put_in_effect(row)
    take(row, AGREEMENT_LIFE, "perform", performed_on=today)
    take(MediationCase.objects.get(pk=case.pk), LIFE, "perform")
