"""Turn restrictions by copies of nodes, so that the search stays a plain search over vertices.

Forbidden sequences of arcs form a tree of prefixes (Aho and Corasick, 1975). A vertex is a node together with the
longest prefix that ends in it; "no prefix" is the node itself. Driving an arc moves to the next prefix, and
completing a sequence is barred for the kinds of vehicle that it binds. So via-node and via-way restrictions, "only"
turns (every other turn is forbidden) and bollards (every passage is forbidden) are one mechanism, and n restrictions
cost about n more vertices.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from linli.places.roads.rules.hours import Spans
from linli.places.roads.rules.network import I32, U8
from linli.places.roads.rules.raw import Ban


@dataclass(slots=True)
class Expanded:
    """The vertex graph. Arcs are sorted by tail. ``by_hour``: (index of an arc of the graph, kinds barred, hours)."""

    vertex_node: I32
    tail: I32
    head: I32
    arc: I32
    bar: U8
    arc_lands: I32
    by_hour: list[tuple[int, int, Spans]]


@dataclass(slots=True)
class _Prefixes:
    """The automaton. State 0 is "no prefix"; a state with children becomes a vertex."""

    step: list[dict[int, int]] = field(default_factory=lambda: [{}])
    last_arc: list[int] = field(default_factory=lambda: [-1])
    fall: list[int] = field(default_factory=lambda: [0])
    bars: list[dict[Spans, int]] = field(default_factory=lambda: [{}])
    """Kinds barred by hours of the week, () being always."""

    def add(self, ban: Ban) -> None:
        state = 0
        for arc in ban.arcs:
            if arc not in self.step[state]:
                self.step[state][arc] = len(self.step)
                self.step.append({})
                self.last_arc.append(arc)
                self.fall.append(0)
                self.bars.append({})
            state = self.step[state][arc]
        self._bar(state, ban.hours, ban.kinds)

    def _bar(self, state: int, hours: Spans, kinds: int) -> None:
        self.bars[state][hours] = self.bars[state].get(hours, 0) | kinds

    def link(self) -> None:
        """Set for each state where a mismatch falls back to, shortest prefixes first."""
        queue = list(self.step[0].values())
        for state in queue:
            for arc, after in self.step[state].items():
                queue.append(after)
                self.fall[after] = self.after(self.fall[state], arc)
                for hours, kinds in self.bars[self.fall[after]].items():
                    self._bar(after, hours, kinds)

    def after(self, state: int, arc: int) -> int:
        while True:
            found = self.step[state].get(arc)
            if found is not None:
                return found
            if state == 0:
                return 0
            state = self.fall[state]

    def kept(self, state: int) -> int:
        """The state to remember: a finished sequence needs no memory of its own."""
        while state and not self.step[state]:
            state = self.fall[state]
        return state


def expand(nodes: int, arc_tail: I32, arc_head: I32, usable: I32, bans: list[Ban]) -> Expanded:
    """Build the vertex graph of ``nodes`` nodes from the arcs ``usable`` (indices) and the bans."""
    arc_lands = arc_head.astype(np.int32).copy()
    vertex_node = np.arange(nodes, dtype=np.int32)
    tail, head, arc = arc_tail[usable], arc_head[usable], usable.astype(np.int32)
    bar = np.zeros(len(arc), np.uint8)
    by_hour: list[tuple[int, int, Spans]] = []
    if bans:
        prefixes = _Prefixes()
        for ban in bans:
            prefixes.add(ban)
        prefixes.link()
        vertex_of = _vertices(prefixes, nodes, arc_head)
        vertex_node = np.concatenate([vertex_node, _nodes_of(prefixes, vertex_of, arc_head)])
        for first, state in prefixes.step[0].items():
            arc_lands[first] = vertex_of.get(prefixes.kept(state), arc_head[first])
        head = arc_lands[arc]
        extra, hourly = _copied_arcs(prefixes, vertex_of, arc_tail, arc_head, usable)
        by_hour = [(len(arc) + row, kinds, hours) for row, kinds, hours in hourly]
        tail, head, arc = (np.concatenate([a, b]) for a, b in zip((tail, head, arc), extra[:3], strict=True))
        bar = np.concatenate([bar, extra[3].astype(np.uint8)])
    order = np.lexsort((head, tail))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Expanded(
        vertex_node.astype(np.int32),
        tail[order].astype(np.int32),
        head[order].astype(np.int32),
        arc[order].astype(np.int32),
        bar[order],
        arc_lands,
        [(int(place[row]), kinds, hours) for row, kinds, hours in by_hour],
    )


def _vertices(prefixes: _Prefixes, nodes: int, arc_head: I32) -> dict[int, int]:
    states = [state for state in range(1, len(prefixes.step)) if prefixes.step[state]]
    # Copies of one node lie side by side.
    states.sort(key=lambda state: int(arc_head[prefixes.last_arc[state]]))
    return {state: nodes + index for index, state in enumerate(states)}


def _nodes_of(prefixes: _Prefixes, vertex_of: dict[int, int], arc_head: I32) -> I32:
    return np.array([arc_head[prefixes.last_arc[state]] for state in vertex_of], np.int32)


def _copied_arcs(
    prefixes: _Prefixes, vertex_of: dict[int, int], arc_tail: I32, arc_head: I32, usable: I32
) -> tuple[tuple[I32, I32, I32, I32], list[tuple[int, int, Spans]]]:
    """Arcs out of the copies (tail, head, arc, kinds barred always), and what is barred by the hour: (row, kinds,
    hours).
    """
    by_tail = usable[np.argsort(arc_tail[usable], kind="stable")]
    tails = arc_tail[by_tail]
    rows: list[tuple[int, int, int, int]] = []
    by_hour: list[tuple[int, int, Spans]] = []
    for state, vertex in vertex_of.items():
        node = arc_head[prefixes.last_arc[state]]
        for arc in by_tail[np.searchsorted(tails, node) : np.searchsorted(tails, node, "right")]:
            after = prefixes.after(state, int(arc))
            kept = prefixes.kept(after)
            bars = prefixes.bars[after]
            by_hour += [(len(rows), kinds, hours) for hours, kinds in bars.items() if hours]
            rows.append((vertex, vertex_of.get(kept, int(arc_head[arc])), int(arc), bars.get((), 0)))
    table = np.array(rows, np.int32).reshape(-1, 4)
    return (table[:, 0], table[:, 1], table[:, 2], table[:, 3]), by_hour
