"""The other way to the same answer, for few units on a large network: a customisable contraction hierarchy.

A backward search settles about k · v / N vertices, so six units among 264,000 vertices cost it milliseconds; the
hierarchy answers in 0.1 ms whatever the distance, but for each eligible unit. Closures change a few weights; the
hierarchy is then customised in part. Two sets of weights are kept per kind, so that a recommendation before and one
after a closure do not take turns rebuilding.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import routingkit_cch

from linli.places.roads.rules.network import FAR, I32, I64, RoadNetwork

_KEPT = 2
_PARTIAL_AT_MOST = 2_000  # above, customising everything anew is faster (measured)


@dataclass(slots=True, eq=False)
class _Weighted:
    """One customised set of weights. ``lock``: a query and a customisation must not meet."""

    ms: I32
    metric: routingkit_cch.CCHMetric
    lock: threading.Lock = field(default_factory=threading.Lock)
    used: int = 0


class Hierarchy:
    """One per network and process; shared by every state of its closures."""

    def __init__(self, network: RoadNetwork) -> None:
        tail = np.repeat(np.arange(network.vertices, dtype=np.int32), np.diff(network.out_first))
        self._cch = routingkit_cch.CCH(network.rank.tolist(), tail.tolist(), network.out_head.tolist(), False)
        self._kept: dict[int, list[_Weighted]] = {}
        self._lock = threading.Lock()
        self._turn = 0

    def many_to_one(self, kind: int, ms: I32, sources: I32, seeds: I64) -> I64:
        """Milliseconds from each of ``sources`` to the call (FAR: no way). ``seeds``: rows (vertex, ms). ``ms``:
        weights of the vertex graph's arcs.
        """
        weighted = self._for(kind, ms)
        with weighted.lock:
            if weighted.ms is not ms:
                self._change(weighted, ms)
            # Made and dropped here: the library refuses a query outside the thread that made it.
            query = routingkit_cch.CCHManyToOne(weighted.metric, sources.tolist())
            found = query.distances_to_multi([(vertex, ms) for vertex, ms in seeds.tolist()])
            del query  # weights may not change under a living query
        return np.array([FAR if ms is None else ms for ms in found], np.int64)

    def _for(self, kind: int, ms: I32) -> _Weighted:
        with self._lock:
            self._turn += 1
            kept = self._kept.setdefault(kind, [])
            found = next((w for w in kept if w.ms is ms), None)
            if found is None and len(kept) < _KEPT:
                found = _Weighted(ms, routingkit_cch.CCHMetric(self._cch, ms.tolist()))
                kept.append(found)
            if found is None:
                found = min(kept, key=lambda w: w.used)
            found.used = self._turn
            return found

    def _change(self, weighted: _Weighted, ms: I32) -> None:
        changed: npt.NDArray[np.intp] = np.flatnonzero(weighted.ms != ms)
        if len(changed) > _PARTIAL_AT_MOST:
            weighted.metric.reset(ms.tolist())
        elif len(changed):
            updater = routingkit_cch.CCHMetricPartialUpdater(self._cch)  # like a query, for this thread only
            updater.apply(weighted.metric, dict(zip(changed.tolist(), ms[changed].tolist(), strict=True)))
        weighted.ms = ms
