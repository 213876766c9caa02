"""Care: who sees what of a plan, how it is handed on, how it ends and is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from linli.org.posts.acts import end_post
from linli.org.posts.models import Post
from linli.visits.care import acts
from linli.visits.care.models import CarePlan, CareVisit, Promise
from linli.visits.care.queries import counts_for, plan_seen, plans_of
from linli.visits.care.rules import KEEP, PlanFacts
from linli.works.files.models import StoredFile
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db


def child(town: Town, **more: Any) -> CarePlan:
    facts: dict[str, Any] = {
        "agency": town.rooms[0],
        "called": "果子",
        "reason": "left_behind_child",
        "ground": "minors_law",
        "name": "石小果",
        "phone": "13977776666",
        "address": "青石弄7号",
        "situation": "夜里一个人",
        "birth_year": 2016,
        "guardian_name": "石婆婆",
        "guardian_relation": "grandparent",
    }
    facts |= more
    agency, paper = facts.pop("agency"), facts.pop("consent_paper", None)
    officer = town.actor("community_officer")
    return acts.open_plan(officer, agency=agency, facts=PlanFacts(**facts), consent_paper=paper)


def lived(town: Town) -> CarePlan:
    """A plan with all that can hang on one."""
    plan = child(town)
    officer = town.actor("community_officer")
    acts.visit_for_care(officer, plan=plan, kind="home", note="夜里一个人，送了灯", minutes=30)
    acts.make_promise(officer, plan=plan, what="给果子找晚托", due_on=clock.today() + timedelta(days=5))
    return plan


def test_a_partner_sees_what_she_was_given_and_of_a_child_nothing_else() -> None:
    town = build_town(rooms=1)
    officer, partner = town.actor("community_officer"), town.actor("partner_officer")
    plan = child(town)
    every = frozenset({"name", "phone", "address", "situation"})
    with pytest.raises(Invalid):
        acts.name_carer(officer, plan=plan, person=town.people["partner_officer"], role="carer", sees=every)
    acts.name_carer(officer, plan=plan, person=town.people["partner_officer"], role="partner", sees=every)
    seen = plan_seen(partner, plan.pk)
    assert (seen.told("situation"), seen.told("name"), seen.told("address")) == ("夜里一个人", "", "")
    assert (seen.told("guardian_name"), seen.masked) == ("", "")
    with pytest.raises(NotAllowed):
        acts.name_carer(partner, plan=plan, person=town.people["grid_worker"], role="partner", sees=frozenset())
    with pytest.raises(NotAllowed):
        acts.end_plan(partner, plan=plan, reason="goal_reached")
    acts.release_carer(partner, plan=plan, person=town.people["partner_officer"])
    assert not plans_of(partner).exists()
    with pytest.raises(NotFound):
        acts.visit_for_care(partner, plan=plan, kind="home")


def test_the_lead_is_handed_on_and_a_chief_is_told_numbers_only() -> None:
    town = build_town(rooms=1)
    officer, chief = town.actor("community_officer"), town.actor("station_chief")
    plan = child(town)
    with pytest.raises(Conflict):
        acts.release_carer(officer, plan=plan, person=town.people["community_officer"])
    assert [(one.running, one.overdue) for one in counts_for(chief)] == [("<5", "0")]
    assert counts_for(officer) == []
    acts.name_carer(officer, plan=plan, person=town.people["station_chief"], role="lead")
    assert plan_seen(chief, plan.pk).leads
    assert not plan_seen(officer, plan.pk).leads
    acts.review_plan(chief, plan=plan, next_on=clock.today() + timedelta(days=30))
    with pytest.raises(Conflict):
        acts.change_plan(chief, plan=plan, version=1, called="果子", situation="好些")
    plan.refresh_from_db()
    with pytest.raises(Invalid):
        acts.change_plan(chief, plan=plan, version=plan.version, called="石小果", situation="好些")
    acts.change_plan(chief, plan=plan, version=plan.version, called="果子", situation="好些", address="别处")
    assert plan_seen(chief, plan.pk).told("address") == "别处"


def test_it_ends_and_what_is_personal_goes() -> None:
    town = build_town(rooms=1)
    officer = town.actor("community_officer")
    plan = lived(town)
    with pytest.raises(Conflict):
        acts.withdraw_consent(officer, plan=plan)
    acts.end_plan(officer, plan=plan, reason="handed_over")
    assert Promise.objects.get(plan=plan).state == "dropped"
    with pytest.raises(Conflict):
        acts.visit_for_care(officer, plan=plan, kind="home")
    acts.forget_ended({})
    plan.refresh_from_db()
    assert plan.told("name") == "石小果", "kept for its time"
    with clock.fixed(clock.now() + KEEP + timedelta(days=1)):
        acts.forget_ended({})
    plan.refresh_from_db()
    assert {plan.told(field) for field in CarePlan.SEALED} == {""}
    assert (plan.called, Promise.objects.get(plan=plan).what, CareVisit.objects.get(plan=plan).note) == ("—", "", "")


def test_withdrawn_consent_erases_at_once_with_its_paper() -> None:
    town = build_town(rooms=1)
    officer = town.actor("community_officer")
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
    plan = child(
        town,
        ground="consent",
        consent_by="石婆婆",
        consent_on=clock.today(),
        consent_way="guardian_paper",
        consent_paper=(jpeg, "paper.jpg"),
        child_heard=True,
    )
    assert StoredFile.objects.filter(pk=plan.consent_file_id).exists()
    digest = plan.consent_file_id
    acts.withdraw_consent(officer, plan=plan)
    assert (plan.state, plan.told("name"), plan.keep_until) == ("withdrawn", "", clock.today())
    assert not StoredFile.objects.filter(pk=digest).exists()


def test_a_lead_who_has_gone_is_followed_by_the_chief() -> None:
    town = build_town(rooms=1)
    plan = child(town)
    chief = town.actor("station_chief")
    with pytest.raises(Conflict):
        acts.take_over(chief, station=town.station)
    assert not counts_for(chief)[0].leaderless
    with pytest.raises(NotAllowed):
        acts.take_over(town.actor("other_officer"), station=town.station)
    end_post(SETUP, post=Post.objects.get(person=town.people["community_officer"], until=None), on=clock.today())
    assert counts_for(chief)[0].leaderless
    assert not plans_of(chief).exists(), "to know that there is one is not to see it"
    assert acts.take_over(chief, station=town.station) == 1
    assert plan_seen(chief, plan.pk).leads
    with pytest.raises(NotFound):
        plan_seen(town.actor("community_officer"), plan.pk)
