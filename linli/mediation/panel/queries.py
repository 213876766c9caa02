"""Whom the panel offers for a case, with reasons."""

from __future__ import annotations

import uuid
from collections import Counter

from linli.kernel import clock
from linli.matters.parties.rules import plain_phone
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.rules import CAUSES, LIFE, TAKES_PART
from linli.mediation.panel.models import Expert
from linli.mediation.panel.rules import Candidate, Suggestion, has_interest, suggested
from linli.mediation.parties.models import Disputant, index_of
from linli.org.posts.models import Post

_OVER = tuple(state.name for state in LIFE.states if state.final)


def experts_for(case: MediationCase) -> tuple[list[Suggestion], int]:
    """Who of the panel fits and may, with reasons; and how many are not offered for an interest of theirs (only their
    number: with whom stands in no list).
    """
    rows = Expert.objects.now().exclude(person__in=_there(case)).select_related("person")
    offices = _offices()
    held = [row for row in rows if row.person_id in offices]
    loads = _loads()
    names = [one.told("name") for one in Disputant.objects.filter(case=case)]
    taken = _party_indexes(case)
    found = [
        Candidate(
            person_id=row.person_id,
            name=row.person.name,
            office=offices[row.person_id],
            skills=frozenset(row.skills),
            languages=frozenset(row.languages),
            load=loads.get(row.person_id, 0),
            interest=_is_party(row, taken) or has_interest(row.interests, names, offices[row.person_id]),
        )
        for row in held
    ]
    cause = CAUSES[case.cause]
    offered = suggested(found, cause=case.cause, cause_words=cause, language=case.language)
    return offered, sum(one.interest for one in found)


def _there(case: MediationCase) -> list[uuid.UUID]:
    return list(CaseMember.objects.now().filter(case=case).values_list("person_id", flat=True))


def _offices() -> dict[uuid.UUID, str]:
    rows = Post.objects.held_on(clock.today()).filter(code__in=TAKES_PART, person__left_on__isnull=True)
    return dict(rows.values_list("person_id", "agency__name"))


def _loads() -> dict[uuid.UUID, int]:
    rows = CaseMember.objects.now().exclude(case__state__in=_OVER)
    return Counter(rows.values_list("person_id", flat=True))


def _party_indexes(case: MediationCase) -> set[str]:
    rows = Disputant.objects.filter(case=case, is_body=False).values_list("name_index", "phone_index")
    return {index for pair in rows for index in pair if index}


def _is_party(row: Expert, taken: set[str]) -> bool:
    phone = plain_phone(row.person.phone)
    own = {index_of("name", row.person.name)} | ({index_of("phone", phone)} if phone else set())
    return bool(own & taken)
