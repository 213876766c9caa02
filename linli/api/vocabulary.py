"""The words of the house: what may be sent and what may come back, in both languages."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.shown import Shown, bilingual
from linli.kernel.errors import CODES
from linli.kernel.words import Words
from linli.kernel.workflow import Workflow
from linli.matters.handovers.models import TICKET
from linli.matters.kinds import KINDS
from linli.matters.kinds.rules import Field
from linli.matters.ledger.rules import MILESTONES
from linli.matters.links.models import Link
from linli.matters.routing.queries import categories
from linli.operations.dispatch.models import ORDER_LIFE
from linli.operations.units.models import Unit
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS

router = Router(tags=["vocabulary"])

PRIORITIES = {
    1: Words("特急", "most urgent"),
    2: Words("紧急", "urgent"),
    3: Words("一般", "ordinary"),
    4: Words("可缓", "can wait"),
}


@router.get("/vocabulary", summary="Words, codes and workflows")
def vocabulary(request: ApiRequest) -> HttpResponse:
    """Categories, priorities, kinds with their states and moves, orders, tickets, units, agencies, posts, error
    codes.
    """
    agencies = Agency.objects.visible_to(request.auth).at_work()
    answer = answered(
        {
            "categories": _categories(),
            "priorities": [{"value": value, **bilingual(words)} for value, words in PRIORITIES.items()],
            "kinds": _kinds(),
            "orders": _life(ORDER_LIFE),
            "handovers": _life(TICKET),
            "milestones": list(MILESTONES),
            "units": {
                "kinds": _terms(Unit.KINDS),
                "availabilities": _terms(Unit.AVAILABILITIES),
                "activities": _terms(Unit.ACTIVITIES),
            },
            "relations": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in Link.RELATIONS.items()],
            "posts": _terms(POSTS),
            "agencies": [
                {"id": row.pk, "code": row.code, "name": row.name, "kind": row.kind, "service": row.partner_service}
                for row in agencies
            ],
            "errors": _terms(dict(CODES)),
        }
    )
    answer.headers["Cache-Control"] = "private, max-age=30"
    return answer


def _categories() -> list[Shown]:
    return [
        {
            "code": row.code,
            "zh": row.zh,
            "en": row.en,
            "parent": row.parent or None,
            "priority": row.priority,
            "taken_by": row.taken_by,
            "automatic": row.automatic,
            "ask_along": row.ask_along,
            "words": row.words,
        }
        for row in categories()
    ]


def _kinds() -> list[Shown]:
    return [
        {
            "code": kind.code,
            **bilingual(kind.words),
            "icon": kind.icon,
            "prefix": kind.prefix,
            **_life(kind.workflow),
            "details": [_field(item) for item in kind.details],
            "asks": [_field(item) for item in kind.asks],
        }
        for kind in KINDS.values()
    ]


def _life(life: Workflow) -> Shown:
    return {
        "states": [{"name": state.name, **bilingual(state.words), "final": state.final} for state in life.states],
        "moves": [
            {
                "name": move.name,
                **bilingual(move.words),
                "from": list(move.sources),
                "to": move.target,
                "needs": list(move.needs),
                "also": list(move.also),
                "machine": move.machine,
            }
            for move in life.moves
        ],
    }


def _field(item: Field) -> Shown:
    return {
        "name": item.name,
        **bilingual(item.words),
        "kind": item.kind,
        "required": item.required,
        "choices": [{"code": code, **bilingual(words)} for code, words in item.choices],
    }


def _terms(terms: dict[str, Words]) -> list[Shown]:
    return [{"code": code, **bilingual(words)} for code, words in terms.items()]
