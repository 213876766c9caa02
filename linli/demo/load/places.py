"""Roads, divisions, grids and addresses, through the ordinary imports."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from linli.demo import words
from linli.demo.county import County
from linli.demo.grids import Grid
from linli.demo.osm import write_osm_gz
from linli.kernel.scope import Actor
from linli.places.roads.acts import import_roads
from linli.works.tables.acts import run_import


def load_places(actor: Actor, county: County) -> None:
    """Import divisions, both kinds of grids and the address table. Raises RuntimeError when a row is rejected."""
    with tempfile.TemporaryDirectory(prefix="linli-demo-") as folder:
        home = Path(folder)
        _import(actor, "divisions", _divisions(home, county))
        _import(actor, "grids", _grids(home, county))
        _import(actor, "addresses", _addresses(home, county))


def _import(actor: Actor, kind: str, path: Path) -> None:
    outcome = run_import(actor, kind=kind, path=path)
    if outcome.rejected:
        raise RuntimeError(
            f"{outcome.rejected} of {outcome.rows} {kind} of the demo county were rejected: {outcome.report}"
        )


def _divisions(home: Path, county: County) -> Path:
    path = home / "divisions.csv"
    _write(path, ["code", "name"], ((row.code, row.name) for row in county.divisions))
    return path


def _addresses(home: Path, county: County) -> Path:
    path = home / "addresses.csv"
    header = ["code", "text", "kind", "division", "town", "village", "road", "name", "group", "number", "lon", "lat"]
    rows = (
        (
            row.code,
            row.text,
            row.kind,
            county.settlements[row.settlement].code,
            row.town,
            row.village,
            row.road,
            row.name if row.kind == "landmark" else "",
            row.group,
            row.number,
            row.at[0],
            row.at[1],
        )
        for row in county.addresses
    )
    _write(path, header, rows)
    return path


def _grids(home: Path, county: County) -> Path:
    path = home / "grids.geojson"
    features = [_feature(county, grid) for grid in county.police_grids + county.social_grids]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )
    return path


def _feature(county: County, grid: Grid) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {
            "code": grid.code,
            "name": grid.name,
            "kind": grid.kind,
            "division": county.settlements[grid.settlement].code,
        },
        "geometry": {"type": "Polygon", "coordinates": [grid.ring]},
    }


def _write(path: Path, header: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def load_roads(actor: Actor, county: County) -> None:
    """Import the road network as an OSM file."""
    with tempfile.TemporaryDirectory(prefix="linli-demo-") as folder:
        path = Path(folder) / "linxi.osm.gz"
        write_osm_gz(county.roads, path)
        import_roads(actor, path=path, name=words.COUNTY[0])
