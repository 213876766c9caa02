"""Mediation by its pages: the whole way in a browser's forms, and nobody else's eyes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from linli.mediation.agreements.models import Agreement, FollowUp, Instalment
from linli.mediation.cases.models import MediationCase
from linli.mediation.hours.models import LawyerBooking
from linli.mediation.hours.queries import in_residence
from linli.mediation.parties.models import Disputant
from linli.mediation.schemes.queries import in_force, shipped
from linli.mediation.schemes.rules import as_plain
from linli.mediation.sessions.models import MediationSession
from linli.org.people.acts import open_account
from linli.org.people.models import Account
from linli.org.rooms.models import Service
from tests.journeys.test_mediation import PNG, accepted, dispute, mediation_town
from tests.town import SETUP, Town

pytestmark = pytest.mark.django_db
DRAWN = "data:image/png;base64," + base64.b64encode(PNG).decode()


def signed_in(town: Town, who: str) -> Client:
    client = Client()
    known = Account.objects.filter(username=who).first()
    client.force_login(known or open_account(SETUP, username=who, person=town.people[who]))
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


def test_the_office_pages_and_the_api_show_each_exactly_what_is_his() -> None:
    """Patrol, volunteer's contact, bureau leader: colour, lead, danger; parties and words nowhere, by page or API."""
    town = mediation_town()
    _, case = accepted(town)
    number = case.matter.number
    mediator, chief = signed_in(town, "mediator"), signed_in(town, "station_chief")
    leader, patrol = signed_in(town, "bureau_leader"), signed_in(town, "auxiliary")
    assert "石甲" in mediator.get(f"/api/v1/mediation/cases/{case.pk}").content.decode()
    assert [one["number"] for one in mediator.get("/api/v1/mediation/cases").json()["items"]] == [number]
    for client in (chief, leader, patrol):
        assert client.get(f"/api/v1/mediation/cases/{case.pk}").status_code == 404
        assert client.get("/api/v1/mediation/cases").json()["items"] == []
        face = client.get(f"/api/v1/matters/{number}/mediation").json()
        assert (face["tone"], face["lead"]) == ("blue", town.people["mediator"].name)
        assert "石甲" not in str(face) + client.get("/api/v1/matters?q=石甲").content.decode()
    grid = signed_in(town, "grid_worker")
    assert grid.get(f"/api/v1/matters/{number}/mediation").status_code == 404
    once: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "colour-once"}
    sent = {"version": case.version, "colour": "red", "why": "人多"}
    made = mediator.post(f"/api/v1/mediation/cases/{case.pk}/colour", sent, "application/json", **once)
    assert made.status_code == 201 and made.json()["tone"] == "red"
    assert [one["number"] for one in chief.get("/api/v1/mediation/attention").json()["items"]] == [number]
    assert patrol.get("/api/v1/mediation/attention").json()["items"] == []
    for client, address, status in (
        (chief, "/mediation/outcomes", 200), (leader, "/mediation/outcomes?since=x&until=2020-01-01", 200),
        (mediator, "/mediation/outcomes", 403), (patrol, "/mediation/panel", 403), (mediator, "/mediation/panel", 200),
        (leader, "/mediation/panel", 200), (leader, "/mediation/tables/three", 200),
        (chief, "/mediation/tables/three", 403),
        (chief, "/mediation/lawyers", 200), (mediator, "/mediation/lawyers", 403),
    ):  # fmt: skip
        assert client.get(address).status_code == status, address
    _panel_and_lawyers(town, case)
    _the_table_is_written_anew(leader)


def _panel_and_lawyers(town: Town, case: MediationCase) -> None:
    lawyer, mediator, room = signed_in(town, "lawyer"), signed_in(town, "mediator"), town.rooms[0]
    assert lawyer.post("/mediation/panel", {"languages": "瑶话"}).status_code == 422, "nothing that he knows"
    told = {"skills": ["daylight"], "languages": "瑶话、客家话", "interests": "某开发公司"}
    assert lawyer.post("/mediation/panel", told).status_code == 302
    assert "某开发公司" in lawyer.get("/mediation/panel").content.decode()
    assert "某开发公司" not in mediator.get("/mediation/panel").content.decode()
    html = mediator.get(f"/mediation/{case.pk}").content.decode()
    assert town.people["lawyer"].name in html and "熟悉采光" in html
    hours = {"what": "hours", "person": str(town.people["lawyer"].pk), "room": room.code, "weekday": "2"}
    assert lawyer.post("/mediation/lawyers", {**hours, "begins": "11:00", "until": "09:00"}).status_code == 422
    Service.objects.create(agency=room, name="联合调解")
    there = lawyer.post("/mediation/lawyers", {**hours, "begins": "09:00", "until": "11:00"})
    assert there.status_code == 302
    address = f"/mediation/lawyers/{room.code}/{town.people['lawyer'].pk}"
    slot = in_residence(room)[0].free[0].isoformat()
    assert lawyer.get(address).status_code == 200
    assert lawyer.post(address, {"begins_at": slot, "name": "来访甲"}).status_code == 302
    assert lawyer.post(address, {"begins_at": slot, "name": "来访乙"}).status_code == 422
    assert "来访甲" in lawyer.get("/mediation/lawyers").content.decode()
    assert "来访甲" not in signed_in(town, "station_desk").get("/mediation/lawyers").content.decode()
    booking = LawyerBooking.objects.get()
    assert lawyer.post(f"/mediation/lawyers/{booking.pk}", {"move": "hold"}).status_code == 302


def _the_table_is_written_anew(leader: Client) -> None:
    html = leader.get("/mediation/tables/three").content.decode()
    assert 'name="row1-sign_repeats"' in html
    sent: dict[str, Any] = {"zh": "本县三色"}
    for n, row in enumerate(shipped()["three"].rows):
        plain = as_plain(row)
        sent |= {
            f"row{n}-{name}": plain[name] for name in ("code", "zh", "en", "tone", "deadline_days", "handlers", "told")
        }
        sent[f"row{n}-follow_up"] = "、".join(str(days) for days in row.follow_up)
    sent |= {"row1-sign_repeats": "2", "row2-sign_threat": "on", "row3-deadline_days": "15", "row3-tone": "blue"}
    assert leader.post("/mediation/tables/three", {**sent, "row1-deadline_days": "x"}).status_code == 422
    assert leader.post("/mediation/tables/three", {**sent, "row0-sign_threat": "on"}).status_code == 422, "a first row"
    assert leader.post("/mediation/tables/three", sent).status_code == 302
    table = in_force()
    assert table.words.zh == "本县三色" and [one.sign for one in table.rows[1].criteria] == ["repeats"]
    assert table.rows[1].criteria[0].at_least == 2 and len(table.rows) == 3
