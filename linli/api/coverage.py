"""Where the promised minutes hold, and what would restore them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import AwareDatetime

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered
from linli.api.shown import Shown, bilingual
from linli.kernel.errors import Invalid
from linli.kernel.words import Words
from linli.operations.coverage.queries import Coverage, Restoring, coverage

router = Router(tags=["map"])


@router.get("/map/coverage", summary="Coverage of the promise")
def covered(request: ApiRequest, at: AwareDatetime | None = None, basis: str = "") -> HttpResponse:
    """The share of roads and addresses that is reached within the promised minutes, by grid (worst first), and the
    steps that would restore most. ``basis``: units (as they stand; the default for now) or rooms (by their hours).
    """
    if basis not in ("", "units", "rooms"):
        raise Invalid("fact.wrong", field="basis", why=basis[:20])
    return answered(_shown(coverage(request.auth, at=at, basis=basis)))


def _shown(found: Coverage) -> Shown:
    return {
        "at": found.at,
        "basis": found.basis,
        "why": found.why,
        "target_s": found.target_s,
        "took_ms": round(found.took_ms, 1),
        "share": {"road": found.share_road, "addresses": found.share_addresses},
        "road_m": dict(zip(("covered", "all"), found.road_m, strict=True)),
        "addresses": dict(zip(("covered", "all"), found.addresses, strict=True)),
        "grids": [
            {
                "id": row.id,
                "code": row.code,
                "name": row.name,
                "road_m": row.road_m,
                "share": row.road_share,
                "addresses": row.addresses,
                "address_share": row.address_share,
            }
            for row in found.grids
        ],
        "from": [
            {"what": item.what, "name": item.name, "kind": item.kind, "lon": item.lon, "lat": item.lat}
            for item in found.standing
        ],
        "restore": [_step_shown(found, item) for item in found.restore],
    }


def _step_shown(found: Coverage, item: Restoring) -> Shown:
    step, base = item.step, item.base
    whole_m, doors = found.road_m[1], found.addresses[1]
    after: Shown = {
        "road": round(step.after_m / whole_m, 4) if whole_m else None,
        "addresses": round(step.after_doors / doors, 4) if doors else None,
    }
    return {
        "move": "unit" if item.unit else "room",
        "unit": item.unit.pk if item.unit else None,
        "call_sign": item.unit.call_sign if item.unit else None,
        "own": list(item.own),
        "to": {"code": base.code, "name": base.name, "lon": base.lon, "lat": base.lat},
        "drive_s": round(step.drive_ms / 1000) if item.unit else None,
        "gains": {"road_m": round(step.gain_m), "addresses": step.gain_doors},
        "share_after": after,
        "reason": bilingual(_reason(item, doors)),
    }


def _reason(item: Restoring, doors: int) -> Words:
    """Why this step: who, where to, how far, and what it adds after the hole that it leaves is subtracted."""
    step, base = item.step, item.base
    km = f"{step.gain_m / 1000:.1f}"
    gain_zh = f"多覆盖道路{km}公里" + (f"、门牌{step.gain_doors}个" if doors else "")
    gain_en = f"{km} km of road" + (f" and {step.gain_doors} addresses" if doors else "") + " more in time"
    facts: dict[str, Any] = {
        "base": base.name,
        "gain_zh": gain_zh,
        "gain_en": gain_en,
        "unit": item.unit.call_sign if item.unit else "",
        "minutes": max(1, round(step.drive_ms / 60_000)),
        "own": "、".join(item.own[:3]),
    }
    if item.unit:
        words = Words(
            "{unit}移至{base}待命（约{minutes}分钟车程），{gain_zh}；已扣除原处减少的覆盖",
            "Move {unit} to {base} (about {minutes} min): {gain_en}, less what it leaves",
        )
    else:
        words = Words("请{base}的{own}上勤，{gain_zh}", "Call in {own} at {base}: {gain_en}")
    return words.filled(facts)
