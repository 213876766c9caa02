"""Code cards: a card, a PIN and one phone open the door; a lost card, another phone, ten wrong PINs do not (F2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.org.codecards.acts import DOOR, bind_card, count_try, is_pin, issue_card, renew_card, revoke_card, try_card
from linli.org.codecards.models import CodeCard
from linli.org.codecards.queries import code_shown, narrowed
from linli.org.codecards.rules import BIND_DAYS, CARD_ACTS, TRIES
from linli.org.people.acts import open_account
from tests.town import SETUP, Town, build_town, person

STARTER, OWN = "730518", "846203"


@pytest.fixture
def town(db: None) -> Town:
    made = build_town(rooms=1)
    made.people["information_officer"] = person("information_officer", made.rooms[0])
    return made


def given(town: Town) -> CodeCard:
    return issue_card(SETUP, person=town.people["information_officer"], starter=STARTER)


def signed(client: Client, code: str, pin: str) -> int:
    return client.post("/sign-in/card", {"code": code, "pin": pin}).status_code


def bound(town: Town) -> tuple[CodeCard, Client]:
    """A card, and the phone that it was bound to by its holder."""
    card, phone = given(town), Client()
    answer = phone.post("/sign-in/card", {"code": code_shown(card).lower(), "pin": STARTER})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/card/pin")
    assert phone.post("/sign-in/card/pin", {"pin": OWN, "again": OWN[::-1]}).status_code == 422
    assert phone.post("/sign-in/card/pin", {"pin": "123456", "again": "123456"}).status_code == 422
    assert phone.post("/sign-in/card/pin", {"pin": STARTER, "again": STARTER}).status_code == 422
    answer = phone.post("/sign-in/card/pin", {"pin": OWN, "again": OWN})
    assert (answer.status_code, answer["Location"]) == (302, "/field/")
    card.refresh_from_db()
    return card, phone


def test_card_pin_and_phone_lead_into_the_field_app(town: Town) -> None:
    card, phone = bound(town)
    told = phone.get("/field/session").json()
    assert (told["name"], told["posts"]) == ("演information_officer", ["information_officer"])
    forms = phone.get("/api/v1/field/forms").json()["forms"]
    acts = {form["act"].partition(":")[0] for form in forms}
    assert "matter.open" in acts
    assert acts <= CARD_ACTS, "a card lets do little, whatever its post carries"
    actor = narrowed(town.actor("information_officer"), {"code_card": "x"})
    assert not may(actor, "care.visit", None)
    assert may(town.actor("information_officer"), "care.visit", None)
    phone.post("/account/logout/")
    assert "演information_officer" in phone.get("/sign-in/card").content.decode(), "the phone knows its card"
    assert signed(phone, "", OWN) == 302
    assert signed(Client(), code_shown(card), OWN) == 403, "another phone"
    assert signed(phone, code_shown(card), STARTER) == 403
    stored = CodeCard.objects.values().get(pk=card.pk)
    assert stored["pin_hash"].startswith("$argon2id$")
    assert is_pin(OWN, stored["pin_hash"])
    assert not is_pin(STARTER, stored["pin_hash"])
    assert code_shown(card).replace("-", "").encode() not in bytes(stored["code_sealed"])


def test_a_lost_card_opens_nothing_and_its_session_ends(town: Town) -> None:
    card, phone = bound(town)
    revoke_card(town.actor("station_chief"), card=card, why="lost")
    assert phone.get("/field/session").json() == {"person": None}
    assert phone.get("/mine").status_code == 302
    assert signed(phone, code_shown(card), OWN) == 403
    with pytest.raises(Conflict):
        renew_card(SETUP, card=card, starter=STARTER)
    assert given(town).pk != card.pk, "another card may be given"


def test_ten_wrong_pins_lock_it_whoever_tries_and_the_room_begins_it_anew(town: Town) -> None:
    card, phone = bound(town)
    stranger = Client()
    for _ in range(TRIES):
        assert signed(stranger, code_shown(card), "000000") == 403
    card.refresh_from_db()
    assert (card.state, card.fails) == ("locked", TRIES)
    assert signed(phone, code_shown(card), OWN) == 403
    assert phone.get("/field/session").json() == {"person": None}
    assert not count_try(DOOR, card=card), "there is no eleventh"
    renew_card(town.actor("community_officer"), card=card, starter=STARTER)
    assert signed(phone, "", OWN) == 403, "the old phone and PIN are forgotten"
    assert signed(Client(), code_shown(card), STARTER) == 302


def test_a_right_pin_gives_the_tries_back_and_a_wrong_code_sounds_like_a_wrong_pin(town: Town) -> None:
    card, phone = bound(town)
    for _ in range(TRIES - 1):
        signed(phone, "", "000000")
    assert signed(phone, "", OWN) == 302
    card.refresh_from_db()
    assert card.fails == 0
    with pytest.raises(NotAllowed) as wrong_code:
        try_card("ABCDEFGH", OWN, device="")
    with pytest.raises(NotAllowed) as wrong_pin:
        try_card(code_shown(card), "000000", device="")
    assert wrong_code.value.code == wrong_pin.value.code == "code_card.wrong"


def test_who_may_have_one_and_for_how_long_it_waits(town: Town) -> None:
    with pytest.raises(Invalid):
        issue_card(SETUP, person=town.people["community_officer"], starter=STARTER)
    card = given(town)
    with pytest.raises(Conflict):
        given(town)
    with clock.fixed(card.bind_until), pytest.raises(NotAllowed, match=r"too_late"):
        try_card(code_shown(card), STARTER, device="")
    assert (card.bind_until - card.issued_at).days == BIND_DAYS
    bind_card(DOOR, card=card, pin=OWN, device="d")
    with pytest.raises(Conflict):
        bind_card(DOOR, card=card, pin="592841", device="another")
    with pytest.raises(NotAllowed):
        revoke_card(town.actor("grid_worker"), card=card, why="lost")


def test_the_room_prints_and_tells_the_pin_once(town: Town, settings: Any) -> None:
    settings.LINLI_DEMO = True
    account = open_account(SETUP, username="chief", person=town.people["station_chief"])
    office = Client()
    office.force_login(account)
    assert "演information_officer" in office.get("/code-cards").content.decode()
    office.post("/code-cards/issue", {"person": [str(town.people["information_officer"].pk)]})
    shown = office.get("/code-cards").content.decode()
    assert re.search(r"<b>\d{6}</b>", shown)
    assert not re.search(r"<b>\d{6}</b>", office.get("/code-cards").content.decode())
    assert office.get("/code-cards/sheet.pdf").content.startswith(b"%PDF")
