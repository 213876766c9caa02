"""Open disputes as a layer of grids with the colours that lie in each: a grid is the smallest place that is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.mediation.cases.queries.figures import colours_by_grid
from linli.mediation.cases.rules import SEES_COLOURS_BY_GRID
from linli.mediation.schemes.rules import TONES
from linli.places.grid.models import Grid
from linli.places.map.queries import in_order
from linli.places.map.rules import LAYERS, Choice, Feature, Filter, Layer, LayerQuery

UNGRADED = "ungraded"
_WORDS = {
    "blue": Words("蓝色", "blue"),
    "yellow": Words("黄色", "yellow"),
    "red": Words("红色", "red"),
    UNGRADED: Words("未定级", "not graded"),
}


def worst_of(counts: Mapping[str, int]) -> str:
    """The most urgent colour that lies in a grid, or ``ungraded``."""
    return next((tone for tone in reversed(TONES) if counts[tone]), UNGRADED)


def _by_code(actor: Actor) -> dict[str, dict[str, int]]:
    """How many of each colour by the grid's code: a grid that got another name is one grid."""
    found: dict[str, dict[str, int]] = {}
    for one in colours_by_grid(actor):
        counts = found.setdefault(one.code, dict.fromkeys((*TONES, UNGRADED), 0))
        for tone in counts:
            counts[tone] += getattr(one, tone)
    return found


def _disputes(actor: Actor, query: LayerQuery) -> Iterator[Feature]:
    """Grids of today in which disputes are open that the actor's reach holds, with how many of each colour. No dispute,
    no address and no name is said; a grid that was drawn anew keeps its code, and so its disputes.
    """
    if not (actor.is_system or actor.holds(*SEES_COLOURS_BY_GRID)):
        return
    by_code = _by_code(actor)
    rows = Grid.objects.visible_to(actor).on(clock.today()).filter(kind="police", code__in=by_code)
    if query.box is not None:
        rows = rows.touching(query.box)
    for row in in_order(rows, query):
        counts, shape = by_code[row.code], row.shape
        worst = worst_of(counts)
        if query.takes("worst", worst) and query.meets(shape):
            yield Feature(str(row.pk), shape, {"name": row.name, "code": row.code, "worst": worst, **counts})


LAYERS.add(
    "disputes",
    Layer(
        code="disputes",
        words=Words("纠纷分级（按网格）", "disputes by grid"),
        geometry="polygon",
        icon="scale",
        order=45,
        source=_disputes,
        filters=(Filter("worst", Words("最高颜色", "highest colour"), tuple(Choice(*one) for one in _WORDS.items())),),
        live=True,
        by="worst",
    ),
)
