"""Several calls and too few units: who goes where, so that all together are served best.

Each call's m soonest units are enough for m calls: a plan that uses a later one for some call can swap it for one of
the m that is free, and is no worse. So m exact searches give the whole matrix that matters, however large the fleet.
The assignment minimises weighted time on scene, a call that stays unserved counting as ``unserved_s``; weights are by
priority.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linli.kernel.late import late
from linli.operations.dispatch.rules.fleet import Fleet
from linli.operations.dispatch.rules.given import Incident, Limits
from linli.operations.dispatch.rules.ranking import Recommendation, Suggestion, recommend
from linli.operations.dispatch.rules.reasons import Reason
from linli.places.roads.rules.open_roads import OpenRoads

if TYPE_CHECKING:
    from scipy import optimize
else:
    optimize = late("scipy.optimize")


@dataclass(frozen=True, slots=True)
class Assigned:
    """One call's part of the plan; ``suggestion`` None: nobody is left for it."""

    incident: Incident
    suggestion: Suggestion | None
    reasons: tuple[Reason, ...]
    recommendation: Recommendation

    def as_json(self) -> dict[str, object]:
        return {
            "incident": self.incident.id,
            "suggestion": None if self.suggestion is None else self.suggestion.as_json(),
            "reasons": [reason.as_json() for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class JointPlan:
    """The plan, calls in the order given. ``cost`` is weighted seconds; ``greedy_cost`` what serving the most urgent
    call first, then the next, each by its best unit left, would have cost.
    """

    assigned: tuple[Assigned, ...]
    cost: float
    greedy_cost: float

    def as_json(self) -> dict[str, object]:
        return {
            "assigned": [one.as_json() for one in self.assigned],
            "cost": round(self.cost, 3),
            "greedy_cost": round(self.greedy_cost, 3),
        }


def assign_jointly(
    incidents: Sequence[Incident], fleet: Fleet, roads: OpenRoads, limits: Limits, at: datetime
) -> JointPlan:
    """One unit for each call where there are enough, at the least weighted time on scene; explained call by call.

    As in :func:`ranking.recommend` another room's unit counts ``margin_s`` later than its time. Ties go to the
    earlier call in the list and to the unit ranked first.
    """
    count = len(incidents)
    answers = [recommend(incident, fleet, roads, limits, at, max(count, 1)) for incident in incidents]
    weights = np.array([limits.priority_weight.get(incident.priority, 1.0) for incident in incidents])
    options, columns = _options(answers)
    cost = _costs(options, columns, weights, limits)
    rows, chosen = optimize.linear_sum_assignment(cost) if count else (np.zeros(0, int), np.zeros(0, int))
    pick = {int(row): options[row].get(int(column)) for row, column in zip(rows, chosen, strict=True)}
    total = float(cost[rows, chosen].sum())
    assigned = tuple(_explained(row, incidents, answers, pick, limits, weights, total, cost) for row in range(count))
    return JointPlan(assigned, total, _greedy(cost, weights))


def _options(answers: Sequence[Recommendation]) -> tuple[list[dict[int, Suggestion]], int]:
    """For each call its suggestions by column; a column is a unit."""
    column: dict[object, int] = {}
    options = [
        {column.setdefault(item.unit.id, len(column)): item for item in answer.suggestions} for answer in answers
    ]
    return options, len(column)


def _key_s(item: Suggestion, limits: Limits) -> float:
    incident = item.situation.incident
    own = incident.agency_id is None or item.unit.agency_id == incident.agency_id
    return item.eta_s if own else item.eta_s + limits.margin_s


def _costs(
    options: list[dict[int, Suggestion]], columns: int, weights: npt.NDArray[np.float64], limits: Limits
) -> npt.NDArray[np.float64]:
    """[calls, units + calls]; the last columns leave a call unserved, each its own."""
    calls = len(options)
    unserved = weights * limits.unserved_s
    cost = np.full((calls, columns + calls), 1e6 * max(float(unserved.max(initial=1.0)), 1.0))
    for row, found in enumerate(options):
        for column, item in found.items():
            cost[row, column] = weights[row] * min(_key_s(item, limits), limits.unserved_s)
        cost[row, columns + row] = unserved[row]
    return cost


def _greedy(cost: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> float:
    """Most urgent call first, each takes the best that is left."""
    left = cost.copy()
    total = 0.0
    for row in np.argsort(-weights, kind="stable"):
        column = int(left[row].argmin())
        total += float(left[row, column])
        left[:, column] = np.inf
    return total


def _explained(
    row: int, incidents: Sequence[Incident], answers: Sequence[Recommendation], pick: dict[int, Suggestion | None],
    limits: Limits, weights: npt.NDArray[np.float64], total: float, cost: npt.NDArray[np.float64],
) -> Assigned:  # fmt: skip
    answer, chosen = answers[row], pick.get(row)
    if chosen is None:
        code = "joint_unserved" if answer.suggestions else "nobody"
        return Assigned(incidents[row], None, (Reason(code, {}),), answer)
    first = answer.suggestions[0]
    if chosen.unit.id == first.unit.id or round(chosen.eta_s - first.eta_s) <= 0:
        return Assigned(incidents[row], chosen, (Reason("joint_own_best", {}),), answer)
    taker = next((other for other, item in pick.items() if item is not None and item.unit.id == first.unit.id), None)
    if taker is None:  # an equally good plan that leaves its first choice free
        return Assigned(incidents[row], chosen, (), answer)
    # What it would cost to insist: this call keeps its first choice, the others do their best without it.
    rest = np.delete(cost, row, axis=0).copy()
    rest[:, _column_of(answers, first)] = np.inf
    others = optimize.linear_sum_assignment(np.where(np.isinf(rest), 1e12, rest))
    insisted = float(rest[others].sum()) + float(weights[row]) * _key_s(first, limits)
    facts = {
        "call_sign": first.unit.call_sign,
        "other": incidents[taker].id or str(taker + 1),
        "later_s": round(chosen.eta_s - first.eta_s),
        "saved_s": round(max(insisted - total, 0.0)),
    }
    return Assigned(incidents[row], chosen, (Reason("joint_yields", facts),), answer)


def _column_of(answers: Sequence[Recommendation], wanted: Suggestion) -> int:
    column: dict[object, int] = {}
    for answer in answers:
        for item in answer.suggestions:
            column.setdefault(item.unit.id, len(column))
    return column[wanted.unit.id]
