"""Mediation by its pages: the whole way in a browser's forms, and nobody else's eyes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.cases.models import MediationCase
from linli.mediation.parties.models import Disputant
from linli.mediation.sessions.models import MediationSession
from linli.org.people.acts import open_account
from tests.journeys.test_mediation import PNG, dispute, mediation_town
from tests.town import SETUP, Town

pytestmark = pytest.mark.django_db
DRAWN = "data:image/png;base64," + base64.b64encode(PNG).decode()


def signed_in(town: Town, who: str) -> Client:
    client = Client()
    client.force_login(open_account(SETUP, username=who, person=town.people[who]))
    return client


Do = Callable[..., Any]
"""A button of the case's page, with what its form sends."""


def test_a_dispute_from_the_ledger_to_kept_by_its_page() -> None:
    town = mediation_town()
    matter = dispute(town)
    client = signed_in(town, "community_officer")
    assert f"/mediation/new/{matter.number}" in client.get(f"/matters/{matter.number}").content.decode()
    begun = client.post(f"/mediation/new/{matter.number}", {"cause": "neighbour", "source": "visit"})
    case = MediationCase.objects.get()
    assert begun.status_code == 302 and begun["Location"] == f"/mediation/{case.pk}"

    def do(what: str, **sent: Any) -> Any:
        return client.post(f"/mediation/{case.pk}/{what}", dict(sent))

    _until_accepted(do, case)
    _one_session(do)
    agreement = _signed_by_all(do)
    _kept_and_closed(do, case)
    assert client.get(f"/mediation/{case.pk}/papers/file.pdf").content.startswith(b"%PDF")
    assert client.get(f"/mediation/{case.pk}/papers/people_agreement.pdf").status_code == 422
    assert agreement.state == "in_effect"
    for address in ("/mediation", "/mediation?show=over", "/mediation/calendar", "/mediation/tables"):
        assert client.get(address).status_code == 200, address
    chief = signed_in(town, "station_chief")
    assert chief.get(f"/mediation/{case.pk}").status_code == 404
    assert "石甲" not in chief.get("/mediation").content.decode()
    assert "双方说开了" not in chief.get(f"/matters/{matter.number}").content.decode()


def _until_accepted(do: Do, case: MediationCase) -> None:
    for side, name in (("a", "石甲"), ("b", "水乙")):
        do("party", side=side, name=name, phone="13911110000" if side == "a" else "13922220000")
    early = do("accept", procedure="public_order")
    assert early.status_code == 422 and "石甲" in early.content.decode()
    for one in Disputant.objects.all():
        do("rights", party=one.pk, way="spoken")
        do("consent", party=one.pk, consent="agreed")
    do("grade", version=case.version, colour="blue")
    do("accept", procedure="public_order")


def _one_session(do: Do) -> None:
    do("session", begins_at="2099-01-05T09:00", minutes=60, room="R1")
    session = MediationSession.objects.get()
    do("session-move", session=session.pk, move="begin")
    do("record", session=session.pk, upon=0, words="双方说开了")
    do("session-move", session=session.pk, move="finish")


def _signed_by_all(do: Do) -> Agreement:
    told = dict.fromkeys(("facts", "points", "responsibility", "agreed", "manner"), "写清楚")
    kept = do("agreement", **told, perform_by="2099-03-01", instalments="2099-02-30 四千元")
    assert kept.status_code == 422 and "写清楚" in kept.content.decode(), "what was typed is still there"
    do("agreement", **told, perform_by="2099-03-01", instalments="2099-02-01 四千元\n2099-03-01 四千元")
    agreement = Agreement.objects.get()
    keys = [*(f"party:{one.pk}" for one in Disputant.objects.all()), "mediator", "seal"]
    for key in keys:
        do("sign", agreement=agreement.pk, key=key, way="screen", digest=agreement.digest, drawn=DRAWN)
    agreement.refresh_from_db()
    return agreement


def _kept_and_closed(do: Do, case: MediationCase) -> None:
    for part in Instalment.objects.all():
        do("perform", instalment=part.pk)
    for look in FollowUp.objects.all():
        do("look", look=look.pk, holds="on", words="好")
    do("close")
    case.refresh_from_db()
    assert case.state == "closed"
