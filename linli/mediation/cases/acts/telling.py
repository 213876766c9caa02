"""Who must be told of a colour (Q15): the posts that the table's row names, where the dispute lies or above it."""

from __future__ import annotations

import uuid

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.mediation.cases.models import MediationCase
from linli.mediation.notices.queries import CASE
from linli.mediation.notices.rules import key_of, said_day
from linli.mediation.schemes.rules import Row
from linli.org.posts.models import Post
from linli.org.reach.acts import let_know


def tell_of_colour(actor: Actor, case: MediationCase, row: Row, decision_id: uuid.UUID) -> int:
    """Whom the colour's row names (Q15) is told: number, colour and day. Those are told who hold such a post where the
    dispute lies or above it, and see its face there. Inside the act that decides it; returns how many.
    """
    matter, today = case.matter, clock.today()
    home = matter.agency or matter.station
    if home is None or not row.told:
        return 0
    above = [home.path[:end] for end in range(1, len(home.path) + 1) if home.path[end - 1] == "/"]
    held = Post.objects.held_on(today).filter(code__in=row.told, agency__path__in=above, person__left_on__isnull=True)
    people = {post.person_id: post.person for post in held.select_related("person") if post.person_id != actor.id}
    due = said_day(case.colour_due_on) if case.colour_due_on else ""
    body = {"number": matter.number, "what": row.words.zh, "what_en": row.words.en, "due": due}
    for person in people.values():
        let_know(
            person,
            template="mediation.coloured",
            body=body | {"link": f"/matters/{matter.number}"},
            subject_type=CASE,
            subject_id=str(case.pk),
            key=key_of("mediation.coloured", decision_id, person.pk, ""),
        )
    return len(people)
