"""Registers through the ordinary imports; a scheme of grades as a bureau might name it, and places in it."""

from __future__ import annotations

import csv
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from linli.demo.county import County
from linli.demo.plane import chance
from linli.demo.registers import DEVICES_HEADER, PREMISES_HEADER, VOLUNTEERS_HEADER, Row, registers
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.org.rooms.models import Responsibility
from linli.places.grading.acts import GradeFacts, declare_scheme, grade_premises
from linli.places.grading.models import Grade, Scheme
from linli.places.premises.models import Premises
from linli.works.tables.acts import run_import

GRADES = [
    GradeFacts("one", "一级（平稳）", "first: calm", "ok", "一年内无警情、无隐患", "每半年走访一次", 180),
    GradeFacts(
        "two",
        "二级（关注）",
        "second: watched",
        "watch",
        "有一处隐患未整改，或半年内有两起警情",
        "每月走访，核对整改",
        30,
    ),
    GradeFacts(
        "three",
        "三级（整治）",
        "third: being mended",
        "danger",
        "隐患逾期未整改，或同类警情反复",
        "限期整改，每周复查",
        7,
    ),
]
REASONS = {
    "one": ("一年来无警情，消防设施完好。", "走访未见隐患，门禁、值守正常。"),
    "two": ("后门通道堆放杂物，已责令清理。", "夜间无人值守，监控有一处盲区。", "半年内两起因噪音引发的纠纷。"),
    "three": ("电线私拉乱接，逾期未改。", "出租屋隔断间未拆除，逃生通道被锁。"),
}
GRADED_KINDS = ("rental", "internet_cafe", "market", "petrol_station", "site", "school", "hospital", "firm")
MOST_GRADED = 60


def load_registers(actor: Actor, county: County, now: datetime) -> int:
    """Import premises, devices and volunteers, declare the scheme, grade some places over the last months. Returns how
    many places are on record.
    """
    held = Responsibility.objects.on(clock.shanghai(now).date()).filter(grid__kind="police")
    rooms = list(held.order_by("grid__code").values_list("agency__code", "grid__code"))
    rows = registers(county, rooms, clock.shanghai(now).date())
    for kind, header, lines in (
        ("premises", PREMISES_HEADER, rows.premises),
        ("devices", DEVICES_HEADER, rows.devices),
        ("volunteers", VOLUNTEERS_HEADER, rows.volunteers),
    ):
        _import(actor, kind, header, lines)
    scheme = declare_scheme(
        actor, code="three", zh="三分级三提升", en="three grades", grades=GRADES, kinds=list(GRADED_KINDS)
    )
    _grade(county, scheme, now)
    return Premises.objects.count()


def _import(actor: Actor, kind: str, header: list[str], rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory(prefix="linli-demo-") as folder:
        path = Path(folder) / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)
        outcome = run_import(actor, kind=kind, path=path)
    if outcome.rejected * 20 > outcome.rows:
        # A house at the very edge may lie in no room's grid: that few are left out as a real table's would be.
        raise RuntimeError(f"{outcome.rejected} of {outcome.rows} {kind} of the demo were rejected: {outcome.report}")


def _grade(county: County, scheme: Scheme, now: datetime) -> None:
    """Officers decide, each for the places of his own room, some weeks ago: so some reviews are due, some overdue."""
    rng = chance(county.seed, "grading")
    grades: dict[str, Grade] = {grade.code: grade for grade in scheme.grades.all()}
    posts = Post.objects.filter(code="community_officer", until__isnull=True).select_related("person", "agency")
    officers = {post.agency.path: post.person for post in posts}
    places = list(Premises.objects.filter(kind__in=GRADED_KINDS).order_by("code"))
    for place in rng.sample(places, min(MOST_GRADED, len(places))):
        officer = next((officers[path] for path in officers if place.agency_path.startswith(path)), None)
        code = rng.choices(("one", "two", "three"), weights=(5, 4, 1))[0]
        grade = grades[code]
        ago = timedelta(days=rng.uniform(0.1, 1.1) * grade.review_every_days)
        if officer is None:
            continue
        with clock.fixed(now - ago):
            grade_premises(
                person_actor(officer, door="page"), premises=place, grade=grade, reasons=rng.choice(REASONS[code])
            )
