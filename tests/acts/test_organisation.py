"""Rooms, roster, posts, equipment: P1, P12, F4."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.org.agencies.acts import close_agency, open_agency
from linli.org.people.acts import let_go_person, make_token, open_account
from linli.org.people.models import Token
from linli.org.posts.acts import end_post, give_post
from linli.org.posts.models import Post
from linli.org.rooms.acts import Thing, move_equipment, open_room
from linli.org.rooms.models import Equipment
from linli.org.rooms.queries import responsible_for
from linli.org.roster.acts import cancel_shift, plan_shift
from linli.org.roster.queries import who_answers
from linli.places.grid.models import Grid
from tests.town import SETUP, SINCE, Town, build_town

NIGHT = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


def test_one_more_room_is_one_act(town: Town) -> None:
    chief = town.actor("station_chief")
    grid = Grid.objects.get(code="G1")
    room = open_room(
        chief,
        code="R9",
        name="新警务站",
        kind="village_room",
        parent=town.station,
        hours="周一至周五 08:30-17:30",
        services=["户口咨询"],
        equipment=[Thing("radio", "A1")],
        grids=[grid],
    )
    assert room.path == "/B/S1/R9/"
    assert (room.hours.count(), room.services.count(), room.equipment.count()) == (5, 1, 1)
    held = responsible_for(grid.pk, date(2099, 1, 1))
    assert held is not None
    assert held.agency == room


def test_a_room_that_is_wrong_leaves_nothing(town: Town) -> None:
    with pytest.raises(Invalid):
        open_room(SETUP, code="R9", name="x", kind="village_room", parent=town.station, hours="从不")
    assert not town.station.children.filter(code="R9").exists()


def test_tree_rules(town: Town) -> None:
    with pytest.raises(Invalid) as refused:
        open_agency(SETUP, code="S2", name="x", kind="station", parent=town.rooms[0])
    assert refused.value.code == "agency.wrong_parent"
    with pytest.raises(Conflict):
        open_agency(SETUP, code="S1", name="x", kind="station", parent=town.bureau)
    with pytest.raises(Conflict) as busy:
        close_agency(SETUP, agency=town.station, on=SINCE)
    assert busy.value.facts["count"] == 3
    with pytest.raises(NotAllowed):
        open_agency(town.actor("station_chief"), code="S3", name="x", kind="station", parent=town.bureau)


def test_the_rooms_telephone_follows_the_roster(town: Town) -> None:
    room, officer, desk = town.rooms[0], town.people["community_officer"], town.people["station_desk"]
    plan_shift(
        SETUP, agency=town.station, person=desk, begins_at=NIGHT, ends_at=NIGHT + timedelta(hours=12), duty="lead"
    )
    shift = plan_shift(
        SETUP, agency=room, person=officer, begins_at=NIGHT, ends_at=NIGHT + timedelta(hours=10), duty="member"
    )
    past_midnight = NIGHT + timedelta(hours=5)
    assert (who_answers(room, past_midnight).person, who_answers(room, past_midnight).passed_up) == (officer, 0)
    assert who_answers(room, NIGHT + timedelta(hours=10)).person == desk
    cancel_shift(SETUP, shift=shift)
    answer = who_answers(room, past_midnight)
    assert (answer.agency, answer.person, answer.passed_up) == (town.station, desk, 1)
    assert who_answers(room, NIGHT + timedelta(days=3)).person is None


def test_nobody_is_in_two_places(town: Town) -> None:
    officer = town.people["community_officer"]
    with pytest.raises(Conflict) as refused:
        give_post(SETUP, person=officer, agency=town.rooms[1], code="community_officer", since=SINCE)
    assert refused.value.code == "post.two_places"
    plan_shift(SETUP, agency=town.rooms[0], person=officer, begins_at=NIGHT, ends_at=NIGHT + timedelta(hours=8))
    with pytest.raises(Conflict) as clash:
        plan_shift(
            SETUP,
            agency=town.rooms[1],
            person=officer,
            begins_at=NIGHT + timedelta(hours=7),
            ends_at=NIGHT + timedelta(hours=15),
        )
    assert clash.value.code == "shift.two_places"
    plan_shift(
        SETUP,
        agency=town.rooms[1],
        person=officer,
        begins_at=NIGHT + timedelta(hours=8),
        ends_at=NIGHT + timedelta(hours=15),
    )


def test_moving_to_another_room(town: Town) -> None:
    officer = town.people["community_officer"]
    post = Post.objects.get(person=officer)
    end_post(SETUP, post=post, on=date(2026, 6, 1))
    give_post(SETUP, person=officer, agency=town.rooms[1], code="community_officer", since=date(2026, 6, 1))
    assert Post.objects.held_on(date(2026, 5, 31)).get(person=officer).agency == town.rooms[0]
    assert Post.objects.held_on(date(2026, 6, 1)).get(person=officer).agency == town.rooms[1]


def test_one_radio_two_hands(town: Town) -> None:
    thing = Equipment.objects.filter(agency=town.rooms[0], kind="body_recorder").get()
    stale = Equipment.objects.get(pk=thing.pk)
    officer = town.actor("community_officer")
    move_equipment(officer, equipment=thing, move="hand_out", holder=town.people["auxiliary"])
    with pytest.raises(Conflict):
        move_equipment(officer, equipment=stale, move="hand_out", holder=town.people["community_officer"])
    thing.refresh_from_db()
    assert thing.holder == town.people["auxiliary"]
    move_equipment(officer, equipment=thing, move="report_broken", note="屏碎")
    move_equipment(officer, equipment=thing, move="repair")
    assert thing.state == "in_room"


def test_letting_go_ends_rights_at_once(town: Town) -> None:
    person = town.people["community_officer"]
    account = open_account(SETUP, username="officer", person=person, password="x")
    make_token(SETUP, account=account, days=30)
    let_go_person(SETUP, person=person, on=date(2020, 1, 2))
    assert not Token.objects.exists()
    assert town.actor("community_officer").posts == ()
