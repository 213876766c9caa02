"""Finding divisions."""

from __future__ import annotations

from collections.abc import Iterable

from linli.places.divisions.models import Division


def by_codes(codes: Iterable[str]) -> dict[str, Division]:
    """The stored divisions among these 12-digit codes."""
    wanted = sorted(set(codes))
    found: dict[str, Division] = {}
    for start in range(0, len(wanted), 400):
        found |= {row.code: row for row in Division.objects.filter(code__in=wanted[start : start + 400])}
    return found


def successor(division: Division) -> Division:
    """The division that stands where this one stood: itself, or the end of its line of successors."""
    seen = {division.pk}
    while division.succeeded_by is not None and division.succeeded_by_id not in seen:
        division = division.succeeded_by
        seen.add(division.pk)
    return division
