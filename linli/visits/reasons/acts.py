"""Setting a reason: the version before it ends."""

from __future__ import annotations

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor
from linli.visits.reasons.models import ReasonVersion
from linli.visits.reasons.rules import ReasonFacts


@act("visit.set_reason", zh="设定走访事由", en="set a reason for visits", keeps=("code",))
def set_reason(actor: Actor, *, code: str, facts: ReasonFacts) -> ReasonVersion:
    """Set how a reason works from today on: its words, intervals, ground, which doors come by themselves, who may go.

    What was planned or recorded before stays as it was. Raises Invalid naming the field.
    """
    facts.check()
    today = clock.today()
    values = {
        "zh": facts.words.zh.strip(),
        "en": facts.words.en.strip(),
        "every_days": facts.every_days,
        "first_within_days": facts.first_within_days,
        "retry_days": facts.retry_days,
        "lasts_days": facts.lasts_days,
        "ground": facts.ground,
        "premises_kinds": list(facts.premises_kinds),
        "categories": list(facts.categories),
        "helpers": facts.helpers,
        "in_use": facts.in_use,
    }
    ReasonVersion.objects.filter(code=code, until__isnull=True).update(until=today, version=F("version") + 1)
    return ReasonVersion.objects.create(code=code, since=today, set_by_name=actor.name, **values)
