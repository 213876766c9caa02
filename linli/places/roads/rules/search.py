"""The search itself: backwards from the call until the k-th best unit cannot be beaten any more.

Measured: about 0.1 µs a settled vertex, and k · v / N vertices are settled before k of N units are found. Labels
carry the number of the search in their upper half, counting down, so that a label of an earlier search is larger than
any new one: nothing needs clearing, and one comparison decides. Ties are broken by the units themselves, never by the
order of the search.
"""

from __future__ import annotations

import threading

import numpy as np

from linli.places.roads.rules.compiled import compiled
from linli.places.roads.rules.network import FAR, I32, I64, U8

_LOW = 0xFFFFFFFF


class Labels:
    """Working arrays of one thread for one network size. ``next_search`` numbers the searches downwards."""

    def __init__(self, vertices: int, arcs: int) -> None:
        self.label: I64 = np.full(vertices, np.iinfo(np.int64).max, np.int64)
        self.heap: I64 = np.empty(arcs + vertices + 1024, np.int64)
        self._search = 2**30

    def next_search(self, count: int = 1) -> int:
        """The first of ``count`` numbers that are free from there downwards."""
        if self._search <= count:
            self.label[:] = np.iinfo(np.int64).max
            self._search = 2**30
        first = self._search - 1
        self._search -= count
        return first


_own = threading.local()


def labels_for(vertices: int, arcs: int) -> Labels:
    """This thread's labels for a graph of that size."""
    kept: dict[tuple[int, int], Labels] = _own.__dict__.setdefault("kept", {})
    found = kept.get((vertices, arcs))
    if found is None:
        if len(kept) > 8:  # networks come and go in a long-lived process
            kept.clear()
        found = kept[vertices, arcs] = Labels(vertices, arcs)
    return found


@compiled
def _push(heap: I64, size: int, item: int) -> int:
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent] <= item:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = item
    return size + 1


@compiled
def _pop(heap: I64, size: int) -> int:
    """Remove the least item, which the caller has read at ``heap[0]``; returns the new size."""
    size -= 1
    item = heap[size]
    i = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= item:
            break
        heap[i] = heap[child]
        i = child
        child = 2 * i + 1
    heap[i] = item
    return size


@compiled
def _before(a: int, b: int, tie: I64) -> bool:
    """Whether unit ``a`` wins a tie against ``b``: the first column of ``tie`` in which they differ decides."""
    for column in range(tie.shape[1]):
        if tie[a, column] != tie[b, column]:
            return bool(tie[a, column] < tie[b, column])
    return False


@compiled
def _offer(unit: int, key: int, k: int, found: int, best: I64, tie: I64) -> int:
    """Put a unit with this key among the best ``k``, kept sorted; returns how many there are."""
    at = -1
    for i in range(found):
        if best[i, 0] == unit:
            at = i
            break
    if at >= 0:
        if key >= best[at, 1]:
            return found
    elif found < k:
        at = found
        found += 1
    else:
        at = k - 1
        if key > best[at, 1] or (key == best[at, 1] and not _before(unit, best[at, 0], tie)):
            return found
    while at > 0 and (key < best[at - 1, 1] or (key == best[at - 1, 1] and _before(unit, best[at - 1, 0], tie))):
        best[at, 0] = best[at - 1, 0]
        best[at, 1] = best[at - 1, 1]
        at -= 1
    best[at, 0] = unit
    best[at, 1] = key
    return found


@compiled
def _enter(seed: I64, start: int, end: int, base: int, label: I64, heap: I64) -> int:
    """Put the seeds from ``start`` to ``end`` on the empty heap; returns its size."""
    size = 0
    for i in range(start, end):
        vertex, ms = seed[i, 0], seed[i, 1]
        if base | ms < label[vertex]:
            label[vertex] = base | ms
            size = _push(heap, size, (ms << 32) | vertex)
    return size


@compiled
def _relax(
    first: I32, pack: I64, vertex: int, here: int, base: int, label: I64, heap: I64, size: int
) -> int:  # fmt: skip
    """Go one arc on from a settled vertex; returns the heap's size."""
    for i in range(first[vertex], first[vertex + 1]):
        arc = pack[i]
        there = here + (arc >> 32)
        tail = arc & _LOW
        if base | there < label[tail]:
            label[tail] = base | there
            size = _push(heap, size, (there << 32) | tail)
    return size


@compiled
def _meet(
    slot: int, here: int, slots: I32, at_home: I32, delay: I32, but: int, k: int, found: int, best: I64, tie: I64
) -> int:  # fmt: skip
    """Offer the units of a vertex's list, from ``slot`` on, that many milliseconds away."""
    while slot >= 0:
        unit = slot >> 2
        if delay[unit] < FAR and at_home[unit] == (slot >> 1 & 1) and unit != but:
            found = _offer(unit, here + delay[unit] + slots[slot, 1], k, found, best, tie)
        slot = slots[slot, 0]
    return found


@compiled
def _meet_behind(
    slot: int, arc: int, rest: int, slots: I32, at_home: I32, delay: I32, but: int, k: int, found: int, best: I64,
    tie: I64,
) -> int:  # fmt: skip
    """Offer the units on the call's own road behind it: they come along it without a junction."""
    while slot >= 0:
        unit = slot >> 2
        ahead = slots[slot, 1] - rest
        wanted = delay[unit] < FAR and unit != but and at_home[unit] == (slot >> 1 & 1)
        if wanted and slots[slot, 2] == arc and ahead >= 0:
            found = _offer(unit, delay[unit] + ahead, k, found, best, tie)
        slot = slots[slot, 0]
    return found


@compiled
def k_soonest(
    first: I32, pack: I64, label: I64, heap: I64, search: int, seed: I64, seed_first: I64, road: I64, road_first: I64,
    chain_head: I32, slots: I32, at_home: I32, delay: I32, least_ms: I64, like: U8, but: int, k: int, best: I64,
    tie: I64,
) -> tuple[int, int]:  # fmt: skip
    """The best ``k`` units by delay plus road, into ``best`` [k, 2] as (unit, key in ms), one kind of vehicle after
    the other.

    ``first`` [kinds, v + 1], ``pack``: reverse graph of each kind, arcs packed as (milliseconds << 32 | tail).
    ``seed`` rows (vertex, ms) say where the call's road is entered, those of a kind from ``seed_first`` on. ``road``
    rows (arc, vertex it leads to, ms that remain behind the call) are the call's own road. ``chain_head`` [kinds, v],
    ``slots`` rows (next, ms, arc): units by vertex as linked lists; slot ``4 u + i`` is unit ``u`` at its position (i
    < 2) or at its home. Kinds that drive alike are one: their seeds and lists stand under the first of them, ``like``.
    ``delay[u]``: ms before it drives, FAR when not to be sent; ``least_ms`` by kind the least of them. ``but``: a unit
    left out. ``search`` and the numbers below it, one a kind, are this search's own. Returns
    (units found, vertices settled).
    """
    found, settled = 0, 0
    for kind in range(first.shape[0]):
        for row in range(road_first[kind], road_first[kind + 1]):
            slot = chain_head[kind, road[row, 1]]
            found = _meet_behind(slot, road[row, 0], road[row, 2], slots, at_home, delay, but, k, found, best, tie)
        least = least_ms[kind]
        for other in range(len(like)):
            if like[other] == kind and least_ms[other] < least:
                least = least_ms[other]
        base = (search - kind) << 32
        size = _enter(seed, seed_first[kind], seed_first[kind + 1], base, label, heap)
        while size > 0:
            top = heap[0]
            size = _pop(heap, size)
            vertex, here = top & _LOW, top >> 32
            if label[vertex] & _LOW != here:
                continue
            if found == k and here + least > best[k - 1, 1]:  # an equal one may still win the tie
                break
            settled += 1
            found = _meet(chain_head[kind, vertex], here, slots, at_home, delay, but, k, found, best, tie)
            size = _relax(first[kind], pack, vertex, here, base, label, heap, size)
    return found, settled


@compiled
def travel_all(
    first: I32, pack: I64, label: I64, heap: I64, search: int, seed: I64, within_ms: int, out_ms: I32
) -> int:  # fmt: skip
    """Milliseconds between the seeds (vertex, ms) and every vertex within ``within_ms``; ``out_ms`` comes filled with
    FAR.
    """
    base = search << 32
    size = _enter(seed, 0, len(seed), base, label, heap)
    settled = 0
    while size > 0:
        top = heap[0]
        size = _pop(heap, size)
        vertex, here = top & _LOW, top >> 32
        if label[vertex] & _LOW != here:
            continue
        if here > within_ms:
            break
        settled += 1
        out_ms[vertex] = here
        size = _relax(first, pack, vertex, here, base, label, heap, size)
    return settled


@compiled
def pack_graph(vertices: int, tail: I32, head: I32, ms: I32, start: int, first: I32, pack: I64) -> int:
    """Sort arcs by ``head`` into ``pack`` from ``start`` on, ``first`` [v + 1] pointing there; arcs of FAR are left
    out.

    Returns where the next free place is.
    """
    first[0] = start
    for i in range(len(tail)):
        if ms[i] < FAR:
            first[head[i] + 1] += 1
    for vertex in range(vertices):
        first[vertex + 1] += first[vertex]
    fill = first[:vertices].copy()
    for i in range(len(tail)):
        if ms[i] < FAR:
            pack[fill[head[i]]] = (np.int64(ms[i]) << 32) | tail[i]
            fill[head[i]] += 1
    return int(first[vertices])
