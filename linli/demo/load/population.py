"""The register of the demo county: people through the ordinary import, then what waits for an officer through acts."""

from __future__ import annotations

import csv
import tempfile
from datetime import date, timedelta
from pathlib import Path

from linli.demo import words
from linli.demo.county import County
from linli.demo.plane import chance
from linli.demo.residents import HEADER, households
from linli.kernel import clock
from linli.kernel.errors import Refusal
from linli.kernel.scope import Actor, system
from linli.org.registers.queries import Whereabouts
from linli.places.divisions.acts import open_division, succeed_division
from linli.places.divisions.models import Division
from linli.places.occupants.acts import find_duplicates, register_occupant, submit_report
from linli.places.occupants.models import Occupant, Residence
from linli.places.plates.acts import print_plates
from linli.works.tables.acts import run_import

_PORTAL = system("residents' door")
_REPORTS = ("moved_in", "corrected", "let", "moved_out", "moved_in")


def load_population(actor: Actor, county: County) -> int:
    """People, a village that became a community this year, reports that wait, pairs to decide. Returns how many."""
    today = clock.today()
    with tempfile.TemporaryDirectory(prefix="linli-demo-") as folder:
        path = Path(folder) / "people.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(HEADER)
            writer.writerows(households(county, today))
        outcome = run_import(actor, kind="occupants", path=path)
    if outcome.rejected * 20 > outcome.rows:
        raise RuntimeError(f"{outcome.rejected} of {outcome.rows} people of the demo were rejected: {outcome.report}")
    _become_community(actor, today)
    _waiting(county, today)
    _twice(actor, county)
    return Occupant.objects.count()


def _become_community(actor: Actor, today: date) -> None:
    """撤村转居: the first village with people becomes a community on New Year's Day; its code stays, closed."""
    held = (
        Residence.objects.filter(division__level="village", division__name__endswith="村")
        .order_by("division__code")
        .first()
    )
    if held is None or held.division is None:
        return
    old, on = held.division, date(today.year, 1, 1)
    free = (f"{old.code[:9]}{n:03d}" for n in range(90, 100))
    code = next(one for one in free if not Division.objects.filter(code=one).exists())
    new = open_division(actor, code=code, name=old.name.removesuffix("村") + "社区", valid_from=on)
    succeed_division(actor, old=old, new=new, on=on)


def _waiting(county: County, today: date) -> None:
    """Plates on a few doors, and what was told there."""
    rng, where = chance(county.seed, "reports"), Whereabouts()
    homes = list(Residence.objects.filter(until__isnull=True).select_related("address").order_by("pk")[:400])
    for kind, one in zip(_REPORTS, rng.sample(homes, min(len(_REPORTS), len(homes))), strict=False):
        spot = where.at(one.address)
        plate = print_plates(_PORTAL, addresses=[one.address], agency_path=spot.agency_path).plates[0]
        told = {
            "name": words.person_name(rng), "phone": words.telephone(rng), "id_kind": "none",
            "kind": "migrant", "happened_on": (today - timedelta(days=rng.randrange(1, 14))).isoformat(),
            "landlord_name": words.person_name(rng), "landlord_phone": words.telephone(rng),
        }  # fmt: skip
        try:
            submit_report(
                _PORTAL, kind=kind, address=one.address, agency_path=spot.agency_path, told=told, plate=plate,
                grid_code=spot.grid_code,
            )  # fmt: skip
        except Refusal as refused:
            raise RuntimeError(f"a report of the demo was refused: {refused}") from refused


def _twice(actor: Actor, county: County) -> None:
    """Two people entered twice, once without a number, as it happens at two counters."""
    rng = chance(county.seed, "twice")
    living = Residence.objects.filter(until__isnull=True, occupant__id_index__gt="", kind="migrant")
    rows = list(living.select_related("occupant", "address").order_by("pk")[:300])
    adults = [one for one in rows if one.occupant.born_on and one.occupant.born_on.year < clock.today().year - 18]
    for one in rng.sample(adults, min(2, len(adults))):
        register_occupant(
            actor, address=one.address, agency_path=one.agency_path, grid_code=one.grid_code, name=one.occupant.name,
            born_on=one.occupant.born_on, kind="lodging", since=one.since, source="counter",
        )  # fmt: skip
    find_duplicates()
