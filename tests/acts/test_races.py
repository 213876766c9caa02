"""Races with real threads: one winner and one clear answer; the mutant (read, check, save) must lose."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from linli.kernel.errors import Conflict
from linli.kernel.workflow import take
from linli.operations.dispatch.acts import give_order, sign_order
from linli.operations.dispatch.models import ORDER_LIFE, Order
from linli.operations.units.models import Unit
from linli.org.rooms.models import EQUIPMENT_LIFE, Equipment
from tests.racing import race
from tests.town import build_town, call

ROUNDS = 12
HANDS = 6


@pytest.mark.django_db(transaction=True)
def test_many_desks_one_unit() -> None:
    town = build_town()
    desk = town.actor("dispatcher")
    calls = [call(desk, town) for _ in range(HANDS)]

    def order(n: int) -> Order:
        return give_order(desk, matter=calls[n], unit=Unit.objects.select_related("agency").get(pk=town.units[0].pk))

    answers = race(HANDS, order)
    won = [answer for answer in answers if isinstance(answer, Order)]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, HANDS - 1)
    assert {answer.code for answer in lost} == {"order.unit_taken"}
    assert {answer.facts["number"] for answer in lost} == {won[0].matter.number}
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_signed_once_whoever_taps() -> None:
    town = build_town(rooms=1)
    order = give_order(town.actor("dispatcher"), matter=call(town.actor("dispatcher"), town), unit=town.units[0])
    officer = town.actor("community_officer")
    answers = race(
        HANDS,
        lambda n: sign_order(
            officer, order=Order.objects.select_related("unit__agency", "matter__agency").get(pk=order.pk)
        ),
    )
    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert ORDER_LIFE.state(Order.objects.get().state).name == "signed"


@pytest.mark.django_db(transaction=True)
def test_compare_and_swap_has_one_winner_each_round() -> None:
    town = build_town(rooms=1)
    thing = Equipment.objects.filter(kind="body_recorder").get()
    holder = town.people["auxiliary"].pk
    for _ in range(ROUNDS):
        Equipment.objects.update(state="in_room")
        rows = [Equipment.objects.get(pk=thing.pk) for _ in range(HANDS)]

        def hand_out(n: int, rows: list[Equipment] = rows) -> bool:
            with transaction.atomic():
                take(rows[n], EQUIPMENT_LIFE, "hand_out", holder_id=holder)
            return True

        assert race(HANDS, hand_out).count(True) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite's writers stand in line: the mutant cannot lose there"
)
def test_the_mutant_loses_on_postgresql() -> None:
    """Read, check, save: two threads that both read 'in_room' both win. Else the race above proves nothing."""
    build_town(rooms=1)
    thing = Equipment.objects.filter(kind="body_recorder").get()
    doubled = 0
    for _ in range(ROUNDS):
        Equipment.objects.update(state="in_room")
        gate = threading.Barrier(2)

        def naive(n: int, gate: threading.Barrier = gate) -> bool:
            with transaction.atomic():
                row = Equipment.objects.get(pk=thing.pk)
                gate.wait()
                if row.state != "in_room":
                    return False
                row.state = "handed_out"
                row.save()
                return True

        doubled += race(2, naive).count(True) == 2
    assert doubled > 0
