"""How likely a unit is on scene in time.

The time on scene is taken as lognormal with the estimate as its median: it cannot be negative, being late has a
longer tail than being early, and errors multiply. The standard deviation of its logarithm grows with the age of the
position fix and with the road still to drive. The three numbers are declared in :class:`given.Limits` and are
assumptions until replay against a bureau's own arrivals replaces them; what is shown is their consequence, not a
measurement.
"""

from __future__ import annotations

import math

from linli.operations.dispatch.rules.given import Limits

_FIX_UNIT_S = 120.0
_ROAD_UNIT_S = 600.0


def within(eta_s: float, travel_s: float, fix_age_s: float, limits: Limits) -> float:
    """P(on scene ≤ ``limits.target_s``) for a unit expected after ``eta_s``, of which ``travel_s`` on the road."""
    spread = math.sqrt(
        limits.spread**2
        + (limits.spread_fix * fix_age_s / _FIX_UNIT_S) ** 2
        + (limits.spread_road * travel_s / _ROAD_UNIT_S) ** 2
    )
    z = (math.log(max(limits.target_s, 1e-3)) - math.log(max(eta_s, 1e-3))) / max(spread, 1e-6)
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
