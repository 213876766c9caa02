"""Putting doors on the list, campaigns, weeks."""

from __future__ import annotations

from linli.visits.plans.acts.campaigns import end_campaign, open_campaign
from linli.visits.plans.acts.doors import end_due, open_due
from linli.visits.plans.acts.gathering import gather
from linli.visits.plans.acts.weeks import change_stop, make_week

__all__ = ["change_stop", "end_campaign", "end_due", "gather", "make_week", "open_campaign", "open_due"]
