"""The week's doors on days and in walking order: pure.

A vehicle routing problem with one walk a day from the room and back; OR-Tools solves it. A door after its date costs
as much as :data:`LATE_S` more walking for each day, so what is due soon comes early in the week and the rest lies where
it is near. The search goes down to a local optimum and no further: no clock in it, the same doors give the same week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linli.kernel.geo import distance_m
from linli.kernel.late import late

if TYPE_CHECKING:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2
else:
    pywrapcp = late("ortools.constraint_solver.pywrapcp")
    routing_enums_pb2 = late("ortools.constraint_solver.routing_enums_pb2")

DOOR_S = 900
"""A quarter of an hour at a door."""
LATE_S = 1_200
FAR_S = 6 * 3600
"""What stands for "no way on foot": such a door is walked last, and its walk is unknown."""
WALK_M_S = 5_000 / 3600
DETOUR = 1.3
"""Ways in villages and towns are so much longer than the straight line (a usual figure, used only without roads)."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One day: the doors (index from 0) in their order, the seconds on foot to each, and back to the room."""

    doors: tuple[int, ...]
    legs_s: tuple[int, ...]
    back_s: int

    @property
    def walk_s(self) -> int:
        return sum(self.legs_s) + self.back_s


def crow_s(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Seconds on foot between two points (lon, lat) where no road is known."""
    return round(distance_m(*one, *other) * DETOUR / WALK_M_S)


def walks(matrix_s: Sequence[Sequence[int]], *, due_day: Sequence[int], days: int, most: int) -> list[Walk]:
    """Put doors on days. ``matrix_s``: seconds on foot, row and column 0 the room, then the doors. ``due_day``: by
    which day (index) each door is due; beyond the week when it has time. At most ``most`` doors a day; there must be
    room for all. Returns a walk for each day.
    """
    doors = len(matrix_s) - 1
    if doors == 0 or days == 0:
        return [Walk((), (), 0) for _ in range(days)]
    manager = pywrapcp.RoutingIndexManager(doors + 1, days, 0)
    routing = pywrapcp.RoutingModel(manager)
    for day in range(days):
        late = [0, *(max(0, day - due) * LATE_S for due in due_day)]
        costs = [[int(walk_s) + more for walk_s, more in zip(row, late, strict=True)] for row in matrix_s]
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(costs), day)
    one_door = routing.RegisterUnaryTransitVector([0] + [1] * doors)
    routing.AddDimension(one_door, 0, most, True, "doors")
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    solution = routing.SolveWithParameters(asked)
    return [_walk(matrix_s, _turns(routing, manager, solution, day)) for day in range(days)]


def _turns(
    routing: pywrapcp.RoutingModel, manager: pywrapcp.RoutingIndexManager, solution: object, day: int
) -> list[int]:
    index, found = routing.Start(day), []
    while not routing.IsEnd(index):
        node = manager.IndexToNode(index)
        if node:
            found.append(node)
        index = solution.Value(routing.NextVar(index))  # type: ignore[attr-defined]  # an Assignment of an untyped library
    return found


def _walk(matrix_s: Sequence[Sequence[int]], nodes: Sequence[int]) -> Walk:
    at, legs = 0, []
    for node in nodes:
        legs.append(int(matrix_s[at][node]))
        at = node
    return Walk(tuple(node - 1 for node in nodes), tuple(legs), int(matrix_s[at][0]) if nodes else 0)


def naive_s(matrix_s: Sequence[Sequence[int]], order: Sequence[int], most: int) -> int:
    """All the walking when the doors are taken in the given order (index from 0), ``most`` a day: what a paper list
    by date costs. For comparison only.
    """
    total = 0
    for start in range(0, len(order), most):
        total += _walk(matrix_s, [door + 1 for door in order[start : start + most]]).walk_s
    return total
