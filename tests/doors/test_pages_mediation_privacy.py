"""Patrol, volunteer and bureau leader at every door of a dispute: each sees exactly what he may. Mutants of each guard
are seen, or the sweep guards nothing.
"""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch
from uuid import UUID

import pytest
from django.test import Client

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.mediation.cases import acts as cases
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.queries.own import CaseSeen
from linli.mediation.sessions import acts as sessions
from tests.doors.test_pages_mediation import signed_in
from tests.journeys.test_mediation import DAY_ONE, accepted, mediation_town
from tests.town import Town, person

pytestmark = pytest.mark.django_db
SECRETS = ("石甲", "水乙", "13911110000", "双方谈了采光时间", "对方松口了", "另有隐情")
"""Parties, their telephone, the record, a private note, how it ended: for who works in the case."""


def doors(case: MediationCase) -> list[str]:
    """Everything that could show a dispute."""
    number = case.matter.number
    own = [f"/mediation/{case.pk}", f"/mediation/{case.pk}/papers/record.pdf", f"/api/v1/mediation/cases/{case.pk}"]
    lists = ["/mediation", "/mediation/outcomes", "/mediation/calendar", "/mediation/lawyers", "/today", "/matters"]
    api = ["mediation/cases", "mediation/attention", f"matters/{number}", f"matters/{number}/mediation"]
    searched = [f"/api/v1/matters?q={word}" for word in SECRETS]
    ogc = [f"/ogc/collections/{layer}/items" for layer in ("disputes", "matters")]
    return [*own, *lists, f"/matters/{number}", *(f"/api/v1/{one}" for one in api), *searched, *ogc]


def leaks(client: Client, case: MediationCase) -> list[str]:
    """The doors at which a secret stands, and those of the case itself that open at all."""
    found = []
    client.raise_request_exception = False
    for address in doors(case):
        answer = client.get(address)
        told = answer.content.decode(errors="replace") if not answer.streaming else ""
        opens = str(case.pk) in address and answer.status_code == 200
        word = address.partition("?q=")[2]
        if opens or any(secret in told for secret in SECRETS if secret != word) or (word and '"number"' in told):
            found.append(address)
    return found


@pytest.fixture
def led() -> tuple[Town, MediationCase]:
    """A case with parties, a record, a note; somebody in every post that looks at it."""
    with clock.fixed(DAY_ONE):
        town = mediation_town()
        town.people["safety_watcher"] = person("safety_watcher", town.rooms[0])
        lead, case = accepted(town)
        session = sessions.plan_session(lead, case=case, begins_at=DAY_ONE + timedelta(minutes=1), room=town.rooms[0])
        sessions.move_session(lead, session=session, move="begin")
        sessions.write_record(lead, session=session, words="双方谈了采光时间")
        sessions.keep_private_note(lead, case=case, words="对方松口了")
        sessions.move_session(lead, session=session, move="finish")
        cases.end_case(lead, case=case, reason="failed", words="另有隐情")
    return town, MediationCase.objects.get(pk=case.pk)


def test_patrol_volunteer_and_leader_see_exactly_what_they_may(led: tuple[Town, MediationCase]) -> None:
    town, case = led
    patrol, watcher = signed_in(town, "auxiliary"), signed_in(town, "safety_watcher")
    leader, mediator = signed_in(town, "bureau_leader"), signed_in(town, "mediator")
    for client in (patrol, watcher, leader):
        assert leaks(client, case) == []
    assert leaks(mediator, case), "who works in it reads it: the sweep looks where it stands"
    face = f"/api/v1/matters/{case.matter.number}/mediation"
    for client in (patrol, leader):
        told = client.get(face).json()
        assert set(told) == {"number", "title", "tone", "state", "lead", "danger", "due_on", "late", "why"}
        assert told["tone"] == "blue" and told["lead"] == town.people["mediator"].name
    assert watcher.get(face).status_code == 404, "a volunteer does not even learn that there is one"
    assert watcher.get(f"/matters/{case.matter.number}").status_code in (403, 404)
    for client, status in ((leader, 200), (patrol, 403), (watcher, 403)):
        assert client.get("/mediation/outcomes").status_code == status


def _whoever_asks(_actor: Actor, key: UUID) -> CaseSeen:
    """The guard of the page, gone: it finds the case and says that one works in it."""
    return CaseSeen(MediationCase.objects.get(pk=key), CaseMember.objects.now().filter(case=key)[0])


def test_a_guard_that_is_gone_is_seen(led: tuple[Town, MediationCase]) -> None:
    town, case = led
    town.people["another"] = person("mediator", town.rooms[1], staff_no="another")
    another = signed_in(town, "another")
    assert leaks(another, case) == [], "a mediator who does not work in it"
    with patch("linli.web.mediation.pages.case_seen", _whoever_asks):
        assert f"/mediation/{case.pk}" in leaks(another, case)
