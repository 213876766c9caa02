"""Starting a run, carrying it on in short steps, saying for each row what became of it."""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act, may
from linli.kernel.errors import Conflict, Invalid, Refusal, declare
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import assign_matter, move_matter
from linli.matters.ledger.models import Matter
from linli.matters.links.acts import link_matters
from linli.matters.notes.acts import write_note
from linli.matters.runs.models import Run
from linli.matters.runs.rules import AT_ONCE, MOST_ROWS, VERBS, Verb, digest_of
from linli.org.people.models import Person
from linli.org.posts.queries import person_actor
from linli.works.jobs.acts import job, schedule

declare(
    "run.too_many",
    zh="一次最多处理{most}件，请先缩小范围。",
    en="At most {most} matters at once; narrow the list first.",
)
declare("run.nothing", zh="没有选中任何事项。", en="No matter is chosen.")
STEP_S = 0.04
"""A step is one short write, so that a call taker never waits for it."""


@act("matter.bulk", zh="批量办理", en="act on many matters", keeps=("verb", "rows", "digest"))
def start_run(actor: Actor, *, verb: str, lines: list[int], facts: dict[str, Any], rows: int, digest: str) -> Run:
    """Begin one act on many matters; a few are done at once, more in the background. One entry of the trail holds how
    many and the digest of their numbers; what is done to each stands below it in the matter's own timeline.

    ``rows`` and ``digest`` are those of ``lines`` (:func:`chosen_rows`).
    """
    if verb not in VERBS:
        raise Invalid("fact.wrong", field="verb", why=verb[:20])
    for need in VERBS[verb].needs:
        if not str(facts.get(need) or "").strip():
            raise Invalid("fact.missing", field=need)
    run = Run.objects.create(
        owner_id=actor.id, verb=verb, facts={**facts, "digest": digest}, lines=lines, total=rows, made_at=clock.now()
    )
    if rows <= AT_ONCE:
        _step(actor, run, longest_s=float("inf"))
    else:
        schedule("matters.run", due_at=clock.now(), payload={"run": str(run.pk)}, key=f"matters.run:{run.pk}")
    return run


def chosen_rows(actor: Actor, numbers: list[str]) -> tuple[list[int], list[str], str]:
    """Lines of the chosen numbers that the actor sees, the numbers he does not, and the digest of all."""
    if not numbers:
        raise Invalid("run.nothing")
    if len(numbers) > MOST_ROWS:
        raise Invalid("run.too_many", most=MOST_ROWS)
    found: dict[str, Any] = {}
    for start in range(0, len(numbers), 400):
        seen = Matter.objects.visible_to(actor).filter(number__in=numbers[start : start + 400])
        found.update(seen.values_list("number", "line"))
    return (
        [found[number] for number in dict.fromkeys(numbers) if number in found],
        [number for number in dict.fromkeys(numbers) if number not in found],
        digest_of(numbers),
    )


@job("matters.run")
def carry_on(payload: dict[str, Any]) -> None:
    """One step of a run, and the next one planned, in the same transaction."""
    run = Run.objects.filter(pk=payload["run"]).first()
    person = Person.objects.filter(pk=run.owner_id).first() if run else None
    if run is None or person is None or run.state in (Run.DONE, Run.FAILED):
        return
    step_run(person_actor(person, door="page"), run=run)
    if run.state != Run.DONE:
        schedule("matters.run", due_at=clock.now(), payload={"run": str(run.pk)})


@act("matter.bulk_step", zh="继续批量办理", en="carry a bulk act on", about="run")
def step_run(actor: Actor, *, run: Run) -> Run:
    """Do the next rows of a run, for about 40 ms. Raises Conflict when another worker did them meanwhile."""
    _step(actor, run, longest_s=STEP_S)
    return run


def _step(actor: Actor, run: Run, *, longest_s: float) -> None:
    began_s = time.monotonic()
    outcome = list(run.outcome)
    verb = VERBS[run.verb]
    for line in run.lines[run.done :]:
        outcome.append(_row(actor, verb, run.facts, line))
        if time.monotonic() - began_s > longest_s:
            break
    done = len(outcome)
    ended = done >= run.total
    changed = Run.objects.filter(pk=run.pk, version=run.version).update(
        outcome=outcome,
        done=done,
        refused=sum(1 for one in outcome if one[2] != "done"),
        state=Run.DONE if ended else Run.RUNNING,
        ended_at=clock.now() if ended else None,
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict("workflow.moved_on", state_zh="办理中", state_en="running", state=run.state, move="step")
    run.refresh_from_db()


def _row(actor: Actor, verb: Verb, facts: dict[str, Any], line: int) -> list[Any]:
    """Do one row, behind a savepoint of its own: a refusal takes no neighbour along."""
    matter = Matter.objects.visible_to(actor).select_related("agency", "station").filter(line=line).first()
    if matter is None:
        return [line, "", "unknown", "row.unknown", {}]
    if not may(actor, verb.act, matter.scope_paths()[0]):
        return [line, matter.number, "refused", "right.missing", {"act_zh": verb.words.zh, "act_en": verb.words.en}]
    try:
        with transaction.atomic():
            _do(actor, verb.name, facts, matter)
    except Refusal as refusal:
        return [line, matter.number, "refused", refusal.code, {"zh": refusal.words.zh, "en": refusal.words.en}]
    return [line, matter.number, "done", "", {}]


def _do(actor: Actor, verb: str, facts: dict[str, Any], matter: Matter) -> None:
    if verb == "assign":
        assign_matter(actor, matter=matter, assignee=Person.objects.get(pk=facts["assignee"]))
    elif verb == "note":
        write_note(actor, matter=matter, text=str(facts["text"]))
    elif verb == "link":
        main = Matter.objects.visible_to(actor).select_related("agency", "station").get(number=facts["main"])
        link_matters(actor, one=main, other=matter, relation=str(facts.get("relation") or "related"))
    else:
        move_matter(actor, matter=matter, move=verb, facts={"outcome": facts.get("outcome", "")})
