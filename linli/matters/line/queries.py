"""Who stands above whom today, what waits for whose signature, and the way of one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight, waiting
from linli.kernel.errors import NotFound
from linli.kernel.kept import Kept
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor, HeldPost
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.line.models import HOP, Hop, LevelClock
from linli.matters.line.rules import LEVELS, OWN_HANDS, Clock, Held, Step, level_of, steps_above
from linli.org.posts.models import Post
from linli.org.rooms.queries import held_on

ON_LINE = tuple(post for level in LEVELS for post in level.posts)
SIGNERS = tuple(post for level in LEVELS[1:] for post in level.posts)
REPORTERS_OF_LINE = tuple(post for level in LEVELS[:OWN_HANDS] for post in level.posts)

_CLOCKS: Kept[dict[int, Clock]] = Kept(
    lambda: {row.level: Clock(row.minutes, row.least_minutes) for row in LevelClock.objects.all()},
    changed_by=("line.set_clock", "demo."),
)


def clock_of_level(level: int) -> Clock:
    """How long a level has."""
    return _CLOCKS.get().get(level, Clock())


def held_above(path: str, day: date) -> list[Held]:
    """The posts of the line that are held on a day at the agency of this path and above it: one query."""
    codes = path.strip("/").split("/")
    paths = ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    rows = Post.objects.held_on(day).filter(agency__path__in=paths, code__in=SIGNERS, person__left_on__isnull=True)
    return [
        Held(person, code, agency, kind, place.count("/"))
        for person, code, agency, kind, place in rows.values_list(
            "person_id", "code", "agency_id", "agency__kind", "agency__path"
        )
    ]


def line_above(path: str, level: int, day: date) -> list[Step]:
    """The manned levels above ``level`` for what lies at ``path``, lowest first."""
    return steps_above(level, held_above(path, day))


def post_on_line(actor: Actor, matter: Matter) -> HeldPost | None:
    """The post in which somebody reports: of those on the line the one nearest to the place; None beside the line."""
    place = matter.agency.path if matter.agency else ""
    mine = [post for post in actor.posts if level_of(post.code) is not None]
    over = [post for post in mine if place.startswith(post.path)] or mine
    return max(over, key=lambda post: (len(post.path), -(level_of(post.code) or 0)), default=None)


def one_person(step: Step, matter: Matter) -> UUID | None:
    """Who exactly is meant: the only one on the level, or the officer named for the grid."""
    if len(step.people) == 1:
        return step.people[0]
    held = held_on(matter.grid_id, clock.today()) if matter.grid_id else None
    officer = held.responsibility.officer_id if held else None
    return officer if officer in step.people else None


def _of_posts(actor: Actor) -> Q:
    found = Q(pk__in=[])
    for post in actor.posts:
        level = level_of(post.code)
        if level:
            found |= Q(agency_id=post.agency_id, level=level)
    return found


def waiting_for(actor: Actor, *, only_mine: bool = False) -> QuerySet[Hop]:
    """What waits for a signature of the actor's level, soonest first. ``only_mine``: not what is another's by name."""
    rows = Hop.objects.visible_to(actor).filter(_of_posts(actor), state="waiting")
    if only_mine:
        rows = rows.filter(Q(person__isnull=True) | Q(person_id=actor.id))
    return rows.select_related("matter", "matter__grid", "agency", "person").order_by("due_at", "pk")


def held_by(actor: Actor) -> QuerySet[Hop]:
    """What the actor has signed and not yet settled or sent on."""
    rows = Hop.objects.visible_to(actor).filter(state="signed", by_id=actor.id)
    return rows.select_related("matter", "matter__grid", "agency").order_by("-signed_at", "pk")


def own_reports(actor: Actor) -> QuerySet[Hop]:
    """Where the actor's own reports are now, or how they ended: the last hop of each, newest first."""
    rows = Hop.objects.filter(matter__opened_by=actor.id).filter(Q(state__in=("waiting", "signed", "back", "settled")))
    return rows.select_related("matter", "agency").order_by("-matter__received_at", "-number")


def sent_back_to(actor: Actor) -> QuerySet[Hop]:
    """The actor's reports that want to be completed."""
    return own_reports(actor).filter(state="back")


def hop_by_id(actor: Actor, key: UUID) -> Hop:
    """A hop in reach; raises NotFound."""
    found = (
        Hop.objects.visible_to(actor)
        .filter(pk=key)
        .select_related("matter", "matter__agency", "matter__station", "agency", "person")
        .first()
    )
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def hops_of(actor: Actor, matter: Matter) -> list[Hop]:
    """The way of a report, first hop first."""
    rows = Hop.objects.visible_to(actor).filter(matter=matter)
    return list(rows.select_related("agency", "person").order_by("number"))


@dataclass(frozen=True, slots=True)
class Rung:
    """One level on the ladder of a report: the hop that stood there, or who will be asked next (no hop)."""

    level: int
    words: Words
    agency: str
    hop: Hop | None


def ladder_of(actor: Actor, matter: Matter, hops: Sequence[Hop] | None = None) -> list[Rung]:
    """The ladder: each hop in order, and above the current one the manned levels that are left."""
    done = list(hops) if hops is not None else hops_of(actor, matter)
    return [Rung(hop.level, LEVELS[hop.level].words, hop.agency.name, hop) for hop in done]


def signs_for(actor: Actor, hop: Hop) -> bool:
    """Whether the actor stands on the level of a hop, or above it over the same place."""
    return actor.is_system or any(
        (level_of(post.code) or -1) >= hop.level and hop.agency.path.startswith(post.path) for post in actor.posts
    )


def answer_of(matter: Matter) -> str:
    """What whoever reported is told: the answer that was written for him, else the outcome."""
    return str(matter.details.get("answer") or matter.details.get("outcome") or "")


_MOST_TO_SIGN, _MOST_OWN = 60, 40
_OWN_SHOWN = timedelta(days=30)
"""One's own reports stay on the phone so long: whoever reported sees what became of it, also without a line."""


def _due(actor: Actor) -> list[tuple[UUID, str]]:
    """What waits for one's signature, what one holds of others, and one's own reports in other hands (what is in one's
    own is along as the matter itself). The version is that of hop and matter, because both are read.
    """
    own = own_reports(actor).filter(matter__received_at__gte=clock.now() - _OWN_SHOWN).exclude(by_id=actor.id)
    found: dict[UUID, str] = {}
    for rows, most in (
        (waiting_for(actor, only_mine=True), _MOST_TO_SIGN),
        (held_by(actor).exclude(matter__opened_by=actor.id), _MOST_TO_SIGN),
        (own, _MOST_OWN),
    ):
        for key, version, told in rows.values_list("pk", "version", "matter__version")[:most]:
            found.setdefault(key, f"{version}.{told}")
    return list(found.items())


def _shown(actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Shown]:
    rows = Hop.objects.visible_to(actor).filter(pk__in=keys).select_related("matter", "agency")
    return {row.pk: _on_phone(actor, row) for row in rows}


def _on_phone(actor: Actor, hop: Hop) -> Shown:
    """A report as its signer, its holder or its reporter has it in hand (``kind``: sign, held, mine)."""
    matter, state = hop.matter, HOP.state(hop.state)
    mine = matter.opened_by == actor.id
    kind = "held" if hop.state == "signed" and hop.by_id == actor.id else "mine"
    if hop.state == "waiting" and not mine and signs_for(actor, hop):
        kind = "sign"
    asks = kind == "sign" or (kind == "mine" and hop.state == "back")
    return {
        "group": "today" if asks else "mine" if kind == "mine" else "along",
        "kind": kind,
        "title": matter.title or KINDS[matter.kind].words.zh,
        "lines": [*_said_with(hop), *([answer_of(matter)] if mine and hop.word != answer_of(matter) else [])],
        "state": hop.state,
        "state_words": state.words.as_json(),
        "at": matter.received_at,
        "due_at": hop.due_at if kind == "sign" else None,
        "lon": matter.lon,
        "lat": matter.lat,
        "address": matter.address,
        "number": matter.number,
    }


def _said_with(hop: Hop) -> list[str | dict[str, str]]:
    """What it is, what was written, where it stands, and the last word that was said with it."""
    matter, state, level = hop.matter, HOP.state(hop.state).words, LEVELS[hop.level].words
    kind, place = KINDS[matter.kind], hop.agency.name
    written = [str(matter.details.get(one.name, "")) for one in kind.details if one.kind == "text"]
    stands = {"zh": f"{level.zh}（{place}）{state.zh}", "en": f"{level.en} ({place}): {state.en}"}
    said: list[str | dict[str, str]] = [kind.words.as_json(), *written, stands, hop.word]
    return [one for one in said if one]


part(Part("hop", Hop, Words("上报", "reports on the line"), 16, _due, _shown, most=2 * _MOST_TO_SIGN + _MOST_OWN))


def _claims(actor: Actor, at: datetime, most: int) -> Waiting:
    return waiting(waiting_for(actor, only_mine=True), most, _claim)


def _claim(row: Hop) -> Claim:
    kind = KINDS[row.matter.kind].words
    return Claim(
        key=f"matter:{row.matter_id}",
        title=row.matter.title or kind.zh,
        url=f"/matters/{row.matter.number}",
        why=Words(f"{kind.zh}，待您当日签收", f"{kind.en}, waits for your signature today"),
        by_at=row.due_at,
        number=row.matter.number,
        where=row.matter.address or (row.matter.grid.name if row.matter.grid else ""),
    )


def _backs(actor: Actor, at: datetime, most: int) -> Waiting:
    return waiting(sent_back_to(actor), most, _back)


def _back(row: Hop) -> Claim:
    return Claim(
        key=f"matter:{row.matter_id}",
        title=row.matter.title or KINDS[row.matter.kind].words.zh,
        url="/line",
        why=Words(f"退回补充：{row.word}", f"sent back: {row.word}"),
        number=row.matter.number,
    )


CLAIM_SOURCES = (
    ClaimSource(
        code="line.sign",
        words=Words("待签收的上报", "reports that wait for a signature"),
        weight=Weight.PROMISE,
        posts=SIGNERS,
        find=_claims,
        rest="/line",
    ),
    ClaimSource(
        code="line.back",
        words=Words("退回给我补充的", "sent back to me"),
        weight=Weight.PROMISE,
        posts=REPORTERS_OF_LINE,
        find=_backs,
        rest="/line",
        police=False,
    ),
)
