"""The figures' declarations, their periods, and how intervals and changes are made: pure."""

from __future__ import annotations

from linli.insight.measures.rules.declared import MEASURES, Measure, counts
from linli.insight.measures.rules.intervals import (
    OVER_S,
    Group,
    Interval,
    Leg,
    change,
    grouped,
    percentile,
    share,
)
from linli.insight.measures.rules.line import LINE_FIGURES
from linli.insight.measures.rules.outcomes import LEVEL_SHARES, TIP_RESULTS
from linli.insight.measures.rules.periods import PERIODS, Period, next_month, period_of, same_day_last_year
from linli.insight.measures.rules.reading import Doubt, Figure, Sums, figure_of

__all__ = [
    "LEVEL_SHARES",
    "LINE_FIGURES",
    "MEASURES",
    "OVER_S",
    "PERIODS",
    "TIP_RESULTS",
    "Doubt",
    "Figure",
    "Group",
    "Interval",
    "Leg",
    "Measure",
    "Period",
    "Sums",
    "change",
    "counts",
    "figure_of",
    "grouped",
    "next_month",
    "percentile",
    "period_of",
    "same_day_last_year",
    "share",
]
