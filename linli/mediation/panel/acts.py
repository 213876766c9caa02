"""Writing who is on the panel, and taking somebody off it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, NotAllowed
from linli.kernel.scope import Actor
from linli.mediation.cases.rules import CAUSES, TAKES_PART
from linli.mediation.panel.models import Expert
from linli.mediation.panel.rules import MOST_INTERESTS, MOST_LANGUAGES
from linli.org.people.models import Person
from linli.org.posts.models import Post

CHIEFS = ("bureau_leader", "administrator", "station_chief")


@act("expert.write", zh="登记智囊团专家", en="write an entry of the expert panel", keeps=("skills", "languages"))
def write_expert(
    actor: Actor,
    *,
    person: Person,
    skills: Sequence[str],
    languages: Sequence[str] = (),
    interests: Sequence[str] | None = None,
) -> Expert:
    """What somebody knows and speaks, and with whom he has an interest (None leaves what he declared). Written by
    himself or by a chief; interests by himself alone. Raises Invalid for an unknown subject.
    """
    own = person.pk == actor.id
    if not own and (interests is not None or not actor.holds(*CHIEFS)):
        raise NotAllowed("expert.not_yours")
    if not Post.objects.held_on(clock.today()).filter(person=person, code__in=TAKES_PART).exists():
        raise Invalid("expert.no_post", who=person.name, field="person")
    if not skills or not set(skills) <= set(CAUSES):
        raise Invalid("fact.wrong", field="skills", why="、".join(skills)[:40])
    spoken = list(dict.fromkeys(one.strip()[:16] for one in languages if one.strip()))[:MOST_LANGUAGES]
    row = Expert.objects.filter(person=person).first() or Expert(person=person, since=clock.now())
    declared = row.interests if interests is None else _plain(interests)
    values = {
        "skills": sorted(set(skills)),
        "languages": spoken,
        "interests_sealed": row.sealed_interests(declared),
        "until": None,
    }
    if not Expert.objects.filter(pk=row.pk).update(version=F("version") + 1, **values):
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)
    row.refresh_from_db()
    return row


def _plain(interests: Sequence[str]) -> list[str]:
    return [one.strip()[:60] for one in interests if one.strip()][:MOST_INTERESTS]


@act("expert.end", zh="移出智囊团", en="take somebody off the panel", about="expert")
def end_expert(actor: Actor, *, expert: Expert) -> Expert:
    """By himself or a chief; cases that name him stay his."""
    if expert.person_id != actor.id and not actor.holds(*CHIEFS):
        raise NotAllowed("expert.not_yours")
    Expert.objects.filter(pk=expert.pk).update(until=clock.now(), version=F("version") + 1)
    expert.refresh_from_db()
    return expert
