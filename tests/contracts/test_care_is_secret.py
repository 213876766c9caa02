"""Care: a stranger's every door shows nothing. Mutants of each guard are seen, or the sweep guards nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from linli.org.people.acts import open_account
from linli.trail.entries.models import Entry
from linli.visits.care import models
from linli.visits.care.models import CarePlan, Carer, CareVisit, Promise
from tests.acts.test_care import lived
from tests.contracts.test_doors import ROUTES, is_open
from tests.town import SETUP, Town, build_town

pytestmark = pytest.mark.django_db
SECRETS = ("石小果", "石婆婆", "13977776666", "果子", "青石弄7号", "夜里一个人")
"""Name, guardian, telephone, alias, home, situation: none of these is ever before a stranger."""
SHOWS_NO_ROWS = (
    *("sign-in/", "account/", "wall", "metrics", "field/", "map", "ogc/", "components", "limits", "figures", "desk"),
    *("phone", "roads", "grading", "lists/naming", "board.xlsx", "administration/gateways", "administration/jobs"),
    *("api/v1/grids", "api/v1/map/coverage", "api/v1/places", "api/v1/vocabulary", "api/v1/field/forms"),
)
"""Shells, geography and settings: nothing that anybody wrote stands there."""


def doors(plan: CarePlan) -> Iterator[str]:
    """Every address without a name in it, the plan's own, and searches for what is secret."""
    for route in ROUTES:
        if "<" not in route and "(" not in route and not is_open(route) and not route.endswith("/new"):
            if route.startswith(SHOWS_NO_ROWS):
                continue
            yield f"/{route}"
    for pattern in get_resolver().url_patterns:
        name = getattr(pattern, "name", None) or ""
        if name.startswith("care_"):
            yield f"/{pattern.pattern}".replace("<uuid:plan>", str(plan.pk)).split("<")[0]
    yield f"/api/v1/care/{plan.pk}"
    yield f"/api/v1/care/{plan.pk}?purpose=visit"
    for word in ("石小果", "果子", "青石弄"):
        yield f"/api/v1/search?q={word}"
        yield f"/matters?q={word}"
        yield f"/api/v1/matters?q={word}"
    yield "/administration/reads?q=visits.care"


def leaks(client: Client, town: Town, who: str, plan: CarePlan, addresses: list[str]) -> list[str]:
    """What a stranger could read of the plan, and where."""
    found = []
    for address in addresses:
        answer: Any = client.get(address)
        body = (answer.getvalue() if answer.streaming else answer.content).decode(errors="replace")
        found += [f"{address}: {word}" for word in SECRETS if word in body and f"q={word}" not in address]
        if str(plan.pk) in body and str(plan.pk) not in address and "reads" not in address:
            found.append(f"{address}: its key")
        if str(plan.pk) in address and answer.status_code == 200:
            found.append(f"{address}: it exists")
    actor = town.actor(who)
    entries = Entry.objects.visible_to(actor)
    found += [f"trail: {one.act}" for one in entries if one.act.startswith("care.") or str(plan.pk) in str(one.facts)]
    for model in (CarePlan, Carer, Promise, CareVisit):
        found += [f"{model.__name__}" for _ in model.objects.visible_to(actor)]
    return found


def stranger(town: Town, who: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(open_account(SETUP, username=who, person=town.people[who]))
    return client


def test_a_strangers_every_door_shows_nothing() -> None:
    town = build_town()
    plan = lived(town)
    every = list(doors(plan))
    assert len(every) > 60
    assert leaks(stranger(town, "station_chief"), town, "station_chief", plan, every) == []
    few = [address for address in every if "care" in address or "search" in address or "reads" in address]
    for who in ("auditor", "bureau_leader", "administrator", "other_officer", "partner_officer", "grid_worker"):
        assert leaks(stranger(town, who), town, who, plan, few) == []
    assert {one.act for one in Entry.objects.filter(actor_id=town.people["community_officer"].pk)} >= {"care.open"}


MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a chief's reach opens plans": lambda patch: patch.setattr(
        models.CarePlanQuery, "visible_to", lambda self, actor: self.all()
    ),
    "the trail tells by the room's path": lambda patch: patch.setattr(models, "unseen", lambda plan_id: ("/B/S1/R1/",)),
    "promises are anybody's": lambda patch: patch.setattr(
        models.PromiseQuery, "visible_to", lambda self, actor: self.all()
    ),
    "whoever is not named stands as a lead": lambda patch: patch.setattr(
        CarePlan.objects, "visible_to", lambda actor: CarePlan.objects.all()
    ),
}


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_the_sweep_sees(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each guard taken away is seen by the sweep."""
    town = build_town(rooms=1)
    MUTANTS[name](monkeypatch)
    plan = lived(town)
    who = "station_chief"
    assert leaks(stranger(town, who), town, who, plan, ["/care", f"/care/{plan.pk}", "/api/v1/care"])
