"""Dividing a grid and joining several: from a day on other grids cover the same land, until then the old ones stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from shapely.geometry.base import BaseGeometry

from linli.kernel import geo
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.news import announce
from linli.kernel.scope import Actor
from linli.places.grid.acts.boundaries import GridsRedrawn, active, laid, retire, take_sheet
from linli.places.grid.models import Grid
from linli.places.grid.rules.drawing import MOST_PARTS, divided, joined

declare(
    "grid.not_divided",
    zh="这条线没有把网格{code}从一侧边界画到另一侧，分不成两块",
    en="the line does not run from border to border of the grid {code}: there are no two parts",
)
declare("grid.line", zh="请用一条线拆分网格：{why}", en="a grid is divided by a line: {why}")
declare(
    "grid.too_many_parts",
    zh="这条线把网格切成了{parts}块，最多{most}块",
    en="the line cuts the grid into {parts} parts; at most {most}",
)
declare(
    "grid.names_missing",
    zh="分成了{parts}块，请为每一块填写编号和名称",
    en="there are {parts} parts: give a code and a name for each",
)
declare("grid.codes_repeat", zh="各块的编号不能相同", en="the parts' codes must differ")
declare("grid.too_few", zh="请选择至少两个同类网格合并", en="choose at least two grids of one kind to join")
declare("grid.apart", zh="这些网格不相邻，不能合并", en="these grids are not neighbours and cannot be joined")


def parts_of(grid: Grid, line: BaseGeometry | dict[str, Any]) -> list[BaseGeometry]:
    """The parts into which a line (Shapely, or GeoJSON) would divide a grid, the largest first; the same each time.

    Raises ``Invalid`` when it is no line, does not run from border to border, or makes more than eight parts.
    """
    try:
        drawn = geo.from_geojson(line) if isinstance(line, dict) else line
        found = divided(grid.shape, drawn)
    except ValueError as fault:
        raise Invalid("grid.line", field="line", why=str(fault)) from fault
    if len(found) < 2:
        raise Invalid("grid.not_divided", field="line", code=grid.code)
    if len(found) > MOST_PARTS:
        raise Invalid("grid.too_many_parts", field="line", parts=len(found), most=MOST_PARTS)
    return found


def whole_of(grids: Sequence[Grid]) -> BaseGeometry:
    """The land of several grids of one kind as one polygon. Raises ``Invalid`` when they are not neighbours."""
    if len({grid.pk for grid in grids}) < 2 or len({grid.kind for grid in grids}) > 1:
        raise Invalid("grid.too_few", field="grids")
    whole = joined([grid.shape for grid in grids])
    if whole is None:
        raise Invalid("grid.apart", field="grids")
    return whole


@act(
    "grid.split",
    zh="拆分网格",
    en="divide a grid",
    keeps=("version", "valid_from", "codes", "answered_by"),
    about="grid",
)
def split_grid(
    actor: Actor,
    *,
    grid: Grid,
    version: int,
    line: BaseGeometry | dict[str, Any],
    valid_from: date,
    codes: Sequence[str],
    names: Sequence[str],
    answered_by: Sequence[str] = (),
) -> list[Grid]:
    """Divide a grid along a line from a day on; until then the old one stays.

    ``codes`` and ``names`` are for the parts in the order of ``parts_of``; one part may keep the old code.
    ``answered_by``: the agency that shall answer for each part, empty for whoever does now.
    """
    old = active(grid.pk, version=version)
    take_sheet(old.kind)
    parts = parts_of(old, line)
    wanted = tuple(answered_by) or ("",) * len(parts)
    if not len(codes) == len(names) == len(parts) == len(wanted) or not all((*codes, *names)):
        raise Invalid("grid.names_missing", field="codes", parts=len(parts))
    if len(set(codes)) < len(codes):
        raise Invalid("grid.codes_repeat", field="codes")
    retire(old, valid_from)
    made = []
    for code, name, shape in zip(codes, names, parts, strict=True):
        new = Grid(code=code, name=name, kind=old.kind, division_id=old.division_id, valid_from=valid_from)
        new.valid_to, new.version = old.valid_to, old.version + 1 if code == old.code else 1
        made.append(laid(new, shape))
    announce(GridsRedrawn(actor, (old,), tuple(made), valid_from, wanted))
    return made


@act("grid.merge", zh="合并网格", en="join grids", keeps=("grids", "versions", "valid_from", "code", "answered_by"))
def merge_grids(
    actor: Actor,
    *,
    grids: Sequence[Grid],
    versions: Sequence[int],
    valid_from: date,
    code: str,
    name: str,
    answered_by: str = "",
) -> Grid:
    """Join neighbouring grids of one kind from a day on; ``code`` may be one of theirs. Until then the old ones stay.

    Where different rooms answer for them, ``answered_by`` must say which one shall (``Conflict`` names them).
    """
    old = [active(grid.pk, version=version) for grid, version in zip(grids, versions, strict=True)]
    whole = whole_of(old)
    take_sheet(old[0].kind)
    for grid in old:
        retire(grid, valid_from)
    divisions = {grid.division_id for grid in old}
    new = Grid(code=code, name=name, kind=old[0].kind, valid_from=valid_from)
    new.division_id = divisions.pop() if len(divisions) == 1 else None
    new.version = max((grid.version for grid in old if grid.code == code), default=0) + 1
    laid(new, whole)
    announce(GridsRedrawn(actor, tuple(old), (new,), valid_from, (answered_by,)))
    return new
