"""A layer of the map, declared in one place: its words, its geometry, its filters, and where its features come from.

``LAYERS.add(code, Layer(…))`` beside the query that reads the rows, in a module that the floor's ``AppConfig.ready()``
imports; list, tiles, OGC collection, area search, documents and contract tests follow (docs/how-to/add-a-layer.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from linli.kernel.geo import Box, box_of
from linli.kernel.registry import Registry
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.map.rules.tiles import Mark, Tile


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter takes, as users read it."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Filter:
    """A property by which a layer is narrowed: several values are joined by "or". Without choices any text is taken."""

    name: str
    words: Words
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map: ``id`` is stable and unique in its layer, ``geometry`` WGS-84, ``properties`` JSON values
    without personal data.
    """

    id: str
    geometry: BaseGeometry
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LayerQuery:
    """What is asked of a layer; what is empty does not narrow it.

    ``at``: as things stood then (dated layers). ``since``, ``until``: what existed at some moment between, both ends
    included. ``begun_since``, ``begun_until``: what began between. ``where``: filter name → values. ``area``: only what
    meets this shape. ``only``: the one with this id; ``among``: those with these. ``after``: only ids behind this one,
    in ascending order of ids, so that pages follow each other. ``limit``: the asker reads no more than that; a source
    may stop there.
    """

    bbox: Box | None = None
    at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    begun_since: datetime | None = None
    begun_until: datetime | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    area: BaseGeometry | None = None
    only: str = ""
    among: tuple[str, ...] = ()
    after: str = ""
    limit: int = 1000

    @property
    def box(self) -> Box | None:
        """The box that a feature must meet: of the area when one is drawn."""
        return self.bbox if self.area is None else box_of(self.area)

    def narrowed(self, **where: tuple[str, ...]) -> LayerQuery:
        """The same query with further filters."""
        return replace(self, where={**self.where, **where})

    def takes(self, name: str, value: str) -> bool:
        """Whether a filter lets this value through."""
        wanted = self.where.get(name)
        return not wanted or value in wanted

    def meets(self, shape: BaseGeometry) -> bool:
        """Whether a shape lies in what is asked for. The area should be prepared."""
        if self.bbox is not None and not shapely.box(*self.bbox).intersects(shape):
            return False
        return self.area is None or bool(self.area.intersects(shape))


@dataclass(frozen=True, slots=True)
class Totals:
    """How many features answer a query, in all and by the value of one property."""

    count: int
    by: Mapping[str, int] = field(default_factory=dict)


Source = Callable[[Actor, LayerQuery], Iterable[Feature]]
"""Features for an actor, ascending by id, always by way of the model's ``visible_to``."""
Counted = Callable[[Actor, LayerQuery], Totals]
Marked = Callable[[Actor, LayerQuery, Tile], Iterable[Mark]]
Rows = Callable[[Actor, LayerQuery], Any]
"""A queryset."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A declared layer.

    ``geometry``: point, line or polygon. ``clustered``: at low zooms near points are drawn as one with their number.
    ``dated``: it can be asked how things stood (``at``). ``by``: the property by which totals are told apart.
    ``counted`` and ``marked`` are for layers so large that reading every feature would be slow; without them the
    features themselves are counted and drawn. ``rows`` are the rows of a query with ``lon`` and ``lat`` as columns:
    with them a tile of very many points is added up by the database, and nothing is left out. ``people``: a feature
    says where somebody is or lives, so that an area's read is noted with its purpose.
    """

    code: str
    words: Words
    geometry: str
    icon: str
    order: int
    source: Source
    filters: tuple[Filter, ...] = ()
    clustered: bool = False
    dated: bool = False
    min_zoom: int = 0
    by: str = ""
    people: bool = False
    live: bool = False
    """It changes from moment to moment: clients should ask again."""
    counted: Counted | None = None
    marked: Marked | None = None
    rows: Rows | None = None
    whole: Callable[[], bool] | None = None
    """Whether all is read: a layer that is held in memory is drawn in part while its process starts."""


LAYERS: Registry[Layer] = Registry("layers of the map")
