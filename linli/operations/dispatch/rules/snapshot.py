"""What a recommendation was known from, as stored beside it."""

from __future__ import annotations

from linli.operations.dispatch.rules.ranking import Recommendation


def snapshot_of(answer: Recommendation) -> dict[str, object]:
    """The moment, the roads and closures, and who was left out and why; bounded in size whatever the fleet's."""
    stated = answer.as_json()
    return {
        "at": answer.situation.at.isoformat(),
        "network": answer.network,
        "closed": [[list(arcs), kinds] for arcs, kinds in answer.closed],
        "target_s": answer.situation.limits.target_s,
        "shortfall": stated["shortfall"],
        "warnings": stated["warnings"],
    }
