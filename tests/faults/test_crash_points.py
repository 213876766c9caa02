"""A crash between any two statements of an order's life loses nothing and repeats nothing, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from unittest import mock
from uuid import UUID

import pytest

from linli.kernel.errors import Refusal
from linli.matters.ledger.models import Matter, Stamp
from linli.operations.dispatch import acts
from linli.operations.dispatch.models import ACTIVE, Order
from linli.operations.units.models import Unit
from linli.trail.models import Entry
from tests.faults.crash import crashes
from tests.town import Town, build_town, call

pytestmark = pytest.mark.django_db(transaction=True)

WROTE = {
    "delivered_at": ("order.deliver", "delivered"),
    "signed_at": ("order.sign", "signed"),
    "under_way_at": ("order.set_out", "under_way"),
    "arrived_at": ("order.arrive", "arrived"),
    "done_at": ("order.finish", "done"),
    "declined_at": ("order.decline", "declined"),
    "recalled_at": ("order.recall", ""),
}
"""A column of the order, the act that alone writes it, and the stamp that goes with it."""


class Life:
    """One call and one unit, and what is wrong with what the database holds of them."""

    def __init__(self) -> None:
        self.town: Town = build_town()
        self.desk = self.town.actor("dispatcher")
        self.officer = self.town.actor("community_officer")
        self.unit = self.town.units[0]

    @property
    def order(self) -> Order:
        return Order.objects.select_related("matter", "unit", "unit__agency").get()

    def take(self) -> None:
        call(self.desk, self.town)

    def give(self) -> None:
        acts.give_order(self.desk, matter=Matter.objects.get(), unit=Unit.objects.get(pk=self.unit.pk))

    def deliver(self) -> None:
        acts.deliver_order(self.officer, order=self.order)

    def sign(self) -> None:
        acts.sign_order(self.officer, order=self.order)

    def set_out(self) -> None:
        acts.set_out(self.officer, order=self.order)

    def arrive(self) -> None:
        acts.arrive(self.officer, order=self.order)

    def finish(self) -> None:
        acts.finish_order(self.officer, order=self.order, result="找到老人")

    def feed_back(self) -> None:
        acts.feed_back(self.officer, matter=Matter.objects.get(), outcome="已送回家")

    def decline(self) -> None:
        acts.decline_order(self.officer, order=self.order, reason="车辆故障")

    def recall(self) -> None:
        acts.recall_order(self.desk, order=self.order, reason="已有他人到场")

    def problems(self) -> list[str]:
        """What does not fit together: rows without their entry, entries without their row, a unit that is lost."""
        told = Counter(Entry.objects.values_list("act", "subject_id"))
        stamps = Counter(Stamp.objects.exclude(order_id=None).values_list("order_id", "milestone"))
        found = [f"{key} told {n} times" for key, n in told.items() if key[0].startswith("order.") and n > 1]
        found += [f"{key} stamped {n} times" for key, n in stamps.items() if n > 1]
        for matter in Matter.objects.all():
            taken = told["incident.take", str(matter.pk)]
            found += [] if taken == 1 else [f"{matter.number} is there and told {taken} times"]
        for order in Order.objects.all():
            found += self._of_order(order, told, stamps)
        given = sum(n for (act, _), n in told.items() if act == "order.give")
        found += [] if given == Order.objects.count() else ["orders given and orders there differ"]
        return found + self._of_unit()

    def _of_order(
        self, order: Order, told: Counter[tuple[str, str]], stamps: Counter[tuple[UUID | None, str]]
    ) -> list[str]:
        found = []
        for column, (act, milestone) in WROTE.items():
            written = getattr(order, column) is not None
            if written != bool(told[act, str(order.pk)]):
                found.append(f"{column} and the trail's {act} disagree")
            if milestone and written != bool(stamps[order.pk, milestone]):
                found.append(f"{column} and the stamp {milestone} disagree")
        return found

    def _of_unit(self) -> list[str]:
        unit = Unit.objects.get(pk=self.unit.pk)
        active = list(Order.objects.filter(unit=unit, state__in=ACTIVE).values_list("pk", flat=True))
        expected = active[0] if active else None
        found = [] if unit.order_id == expected else [f"the unit says order {unit.order_id}, the orders say {expected}"]
        matter = Matter.objects.first()
        if matter is not None and (matter.state in ("ordered", "on_scene")) != bool(active):
            found.append(f"the call is {matter.state} with {len(active)} active orders")
        return found

    def digest(self) -> tuple[object, ...]:
        """What changes when a step was taken."""
        orders = tuple(Order.objects.values_list("pk", "state"))
        return (*Matter.objects.values_list("number", "state"), orders, Entry.objects.count())


@pytest.fixture
def life() -> Life:
    return Life()


LIFE = ("take", "give", "deliver", "sign", "set_out", "arrive", "finish", "feed_back")
AGAIN = {"take": "another call is another call", "deliver": "said twice it changes nothing"}
"""Steps that may be done again without a refusal."""


def survive(life: Life, name: str) -> int:
    """Crash at every point of a step until it is done; how many points there were."""
    deed: Callable[[], None] = getattr(life, name)
    before, points = life.digest(), 0
    for point in crashes(deed):
        points = point
        assert not life.problems(), f"after a crash at point {point} of {name}"
        if life.digest() != before:
            break
    assert life.digest() != before, f"{name} was never done"
    if name not in AGAIN:
        after = life.digest()
        with pytest.raises(Refusal):
            deed()
        assert life.digest() == after, f"{name} was done twice"
    return points


def test_a_whole_life_with_a_crash_at_every_point(life: Life) -> None:
    points = {name: survive(life, name) for name in LIFE}
    assert all(seen >= 4 for seen in points.values()), f"too few points to mean anything: {points}"
    assert Matter.objects.get().state == "fed_back"


@pytest.mark.parametrize("name", ["decline", "recall"])
def test_a_crash_while_a_unit_is_freed(life: Life, name: str) -> None:
    for step in ("take", "give", "deliver"):
        getattr(life, step)()
    survive(life, name)
    assert Matter.objects.get().state == "waiting"
    assert Unit.objects.get(pk=life.unit.pk).order_id is None


@pytest.mark.parametrize("name", ["give", "sign", "finish"])
def test_the_mutant_without_transactions_is_caught(life: Life, name: str) -> None:
    """Were the steps of an act not one transaction, these tests must say so."""
    for step in LIFE[: LIFE.index(name)]:
        getattr(life, step)()
    deed: Callable[[], None] = getattr(life, name)

    def mutant() -> None:
        with mock.patch("django.db.transaction.atomic", return_value=nullcontext()):
            deed()

    before = life.digest()
    for _ in crashes(mutant):
        if life.problems():
            return
        if life.digest() != before:
            break
    raise AssertionError("an act without a transaction went unnoticed")
