"""`duplicates`: what our suggestion "this may be the same" finds among real reports, beside the plain way.

200 pairs were drawn with a fixed seed from all pairs of reports at most 200 m and 30 days apart, so many from each
stratum of distance, time and category, and read by hand: the same thing, different, or unclear. Only keys and
judgements are kept here (`data/duplicates_labels.csv`), no text. `precision` and `recall` weigh each pair by how many
pairs of its stratum it stands for; unclear pairs are left out of both, and `precision_strict` counts them as different.
Recall is of duplicates within 200 m and 30 days: what lies farther apart nobody drew. The plain way is the same
category within 50 m and 7 days.
"""

from __future__ import annotations

import csv
import gzip
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from linli.matters.links.rules import REPORT_WORTH_SHOWING, ReportFacts, report_likeness, telling_words
from linli.matters.search.rules.grams import text_grams

NAMES = ("duplicates",)
ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT.parent / "shared" / "data" / "reports" / "fixmystreet_london_2025-06_2025-10.csv.gz"
LABELS = Path(__file__).parent / "data" / "duplicates_labels.csv"
METRE = 1 / 111_195
FAR_M, LONG_S, DAY_S = 200.0, 30 * 86_400, 86_400
CELL_LAT, CELL_LON = 0.0018, 0.0029
"""A little more than 200 m each way in London."""
Stratum = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the file."""

    id: str
    at: datetime
    lat: float
    lon: float
    category: str
    said: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair with what the hand says and what its stratum weighs."""

    one: Report
    other: Report
    label: str
    weight: float


def run(name: str) -> Iterator[dict[str, object]]:
    """Precision and recall of the suggestion, the plain way's in the same run, and what one comparison costs."""
    if not REPORTS.exists():
        raise SystemExit("the reports are not here")
    reports = read()
    judged = judge(reports, sizes(reports))
    ours, plain = score(judged, suggested), score(judged, plainly)
    against = "same category within 50 m and 7 days"
    for metric in ("precision", "recall", "precision_strict"):
        ratio = round(ours[metric] / plain[metric], 2) if plain[metric] else None
        yield {
            "metric": metric,
            "value": round(ours[metric], 3),
            "unit": "share",
            "ratio": ratio,
            "against": against,
            "n": len(judged),
        }
        yield {"metric": f"plain_{metric}", "value": round(plain[metric], 3), "unit": "share", "n": len(judged)}
    for label, n in Counter(pair.label for pair in judged).items():
        yield {"metric": f"pairs_{label}", "value": n, "unit": "pairs", "n": len(judged)}
    for metric in ("sample_precision", "sample_recall"):
        yield {"metric": metric, "value": round(ours[metric], 3), "unit": "share", "n": len(judged)}
    began = time.perf_counter()
    for pair in judged:
        suggested(pair.one, pair.other)
    yield {"metric": "pair_us", "value": round((time.perf_counter() - began) / len(judged) * 1e6, 1), "unit": "us"}


def read() -> dict[str, Report]:
    """The reports by their key, oldest first."""
    with gzip.open(REPORTS, "rt", encoding="utf-8", newline="") as source:
        rows = [
            Report(
                row["report_id"],
                datetime.fromisoformat(row["published_at"]),
                float(row["lat"]),
                float(row["lon"]),
                row["category"],
                f"{row['title']} {row['description']}",
            )
            for row in csv.DictReader(source)
        ]
    return {row.id: row for row in sorted(rows, key=lambda row: (row.at, int(row.id)))}


def sizes(reports: dict[str, Report]) -> Counter[Stratum]:
    """How many pairs each stratum has."""
    cells: dict[tuple[int, int], list[Report]] = defaultdict(list)
    found: Counter[Stratum] = Counter()
    for new in reports.values():
        across, up = math.floor(new.lon / CELL_LON), math.floor(new.lat / CELL_LAT)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for old in reversed(cells[across + dx, up + dy]):
                    if (new.at - old.at).total_seconds() > LONG_S:
                        break
                    if apart_m(new, old) <= FAR_M:
                        found[stratum(new, old)] += 1
        cells[across, up].append(new)
    return found


def apart_m(one: Report, other: Report) -> float:
    """Metres between two reports, on a plane: they are near."""
    across = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return math.hypot(one.lat - other.lat, across) / METRE


def stratum(one: Report, other: Report) -> Stratum:
    """Up to 15, 50, 200 m; a day, a week, 30 days; the same category or not."""
    metres, apart_s = apart_m(one, other), abs((one.at - other.at).total_seconds())
    far = 0 if metres <= 15 else 1 if metres <= 50 else 2
    late = 0 if apart_s <= DAY_S else 1 if apart_s <= 7 * DAY_S else 2
    return far, late, one.category == other.category


def judge(reports: dict[str, Report], population: Counter[Stratum]) -> list[Judged]:
    """The pairs that were read, each with its weight."""
    with LABELS.open(encoding="utf-8", newline="") as source:
        rows = [(reports[row["one"]], reports[row["other"]], row["label"]) for row in csv.DictReader(source)]
    drawn = Counter(stratum(one, other) for one, other, _ in rows)
    if set(drawn) != set(population):
        raise SystemExit("the sample does not stand for every stratum")
    weights = {key: population[key] / drawn[key] for key in drawn}
    return [Judged(one, other, label, weights[stratum(one, other)]) for one, other, label in rows]


def suggested(one: Report, other: Report) -> bool:
    """Whether the house would suggest it."""
    new, old = (
        ReportFacts(row.at, row.lon, row.lat, row.category, telling_words(text_grams(row.said))) for row in (one, other)
    )
    return report_likeness(new, old)[0] >= REPORT_WORTH_SHOWING


def plainly(one: Report, other: Report) -> bool:
    """The plain way."""
    apart_s = abs((one.at - other.at).total_seconds())
    return one.category == other.category and apart_m(one, other) <= 50 and apart_s <= 7 * DAY_S


def score(judged: list[Judged], says: Callable[[Report, Report], bool]) -> dict[str, float]:
    """Precision and recall, weighted and in the sample; a share of nothing is 0."""
    said = {id(pair): says(pair.one, pair.other) for pair in judged}

    def weigh(*labels: str, only: bool, plain: bool = False) -> float:
        chosen = [pair for pair in judged if pair.label in labels and (said[id(pair)] or not only)]
        return sum(1.0 if plain else pair.weight for pair in chosen)

    hits, every = weigh("same", only=True), weigh("same", only=False)
    false, doubtful = weigh("different", only=True), weigh("unclear", only=True)
    near_hits, near_false = weigh("same", only=True, plain=True), weigh("different", only=True, plain=True)
    return {
        "precision": hits / (hits + false or 1),
        "precision_strict": hits / (hits + false + doubtful or 1),
        "recall": hits / (every or 1),
        "sample_precision": near_hits / (near_hits + near_false or 1),
        "sample_recall": near_hits / (weigh("same", only=False, plain=True) or 1),
    }
