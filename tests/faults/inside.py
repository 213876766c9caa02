"""Runs inside an installation under test (`python -m tests.faults.inside WHAT`): fills it, and says what it holds."""

from __future__ import annotations

import json
import os
import sys
from itertools import pairwise

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.embedded")
django.setup()

from linli.matters.ledger.models import Matter  # noqa: E402 - models need django.setup()
from linli.operations.dispatch.models import Escalation, Order  # noqa: E402
from linli.org.people.acts import make_token, open_account  # noqa: E402
from linli.trail.models import Entry  # noqa: E402
from tests.town import SETUP, build_town  # noqa: E402


def populate() -> dict[str, object]:
    """The town, and tokens for the 110 centre's machine and for the dispatcher."""
    town = build_town()
    machine = open_account(SETUP, username="centre", machine="centre-110")
    desk = open_account(SETUP, username="desk", person=town.people["dispatcher"])
    lon, lat = town.spot(0)
    return {
        "machine": make_token(SETUP, account=machine, days=1),
        "desk": make_token(SETUP, account=desk, days=1),
        "lon": lon,
        "lat": lat,
        "units": [str(unit.pk) for unit in town.units],
    }


def held() -> dict[str, object]:
    """What the database holds."""
    return {
        "numbers": sorted(Matter.objects.values_list("number", flat=True)),
        "taken": Entry.objects.filter(act="incident.take").count(),
        "orders": [str(key) for key in Order.objects.values_list("pk", flat=True)],
        "rungs": sorted(f"{order} {step}" for order, step in Escalation.objects.values_list("order_id", "step")),
    }


def sealed() -> dict[str, object]:
    """How many entries wait for the sealer, the farthest that one says an earlier time than one before it, and when the
    calls were received, in the order of their numbers.
    """
    times = list(Entry.objects.filter(position__isnull=False).order_by("position").values_list("at", flat=True))
    back_s = [(before - after).total_seconds() for before, after in pairwise(times)]
    calls = Matter.objects.order_by("number").values_list("received_at", flat=True)
    return {
        "open": Entry.objects.filter(position__isnull=True).count(),
        "longest_back_s": max(back_s, default=0.0),
        "calls": [at.isoformat() for at in calls],
    }


if __name__ == "__main__":
    print(json.dumps({"populate": populate, "held": held, "sealed": sealed}[sys.argv[1]]()))
