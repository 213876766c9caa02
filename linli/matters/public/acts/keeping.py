"""What was not meant for the people of the room does not come to them."""

from __future__ import annotations

from linli.kernel import clock, news
from linli.kernel.errors import NotAllowed
from linli.matters.ledger.models import MatterShare, MattersRewritten
from linli.matters.public.models import PublicReport
from linli.org.agencies.models import Agency
from linli.org.posts.models import Post

_KEYS = frozenset({"agency", "agency_id", "assignee", "assignee_id"})
_POLICE = ("community_officer", "station_desk", "station_chief", "bureau_leader", "dispatcher", "tip_reader")


@news.listen(MattersRewritten)
def keep_readers(told: MattersRewritten) -> None:
    """What was not meant for the people of the room does not come to them, whoever gives it away."""
    if not _KEYS & told.columns:
        return
    rows = PublicReport.objects.filter(matter__line__in=told.lines).exclude(readers="room")
    for row in rows.select_related("matter__agency", "matter__assignee"):
        matter = row.matter
        shared = MatterShare.objects.filter(matter=matter, agency__kind__in=Agency.ROOM_KINDS).exists()
        if shared or (matter.agency is not None and matter.agency.is_room):
            raise NotAllowed("public.kept_from_room")
        if matter.assignee_id is None:
            continue
        held = Post.objects.held_on(clock.today()).filter(person_id=matter.assignee_id, code__in=_POLICE)
        if not held.exists():
            raise NotAllowed("public.kept_from_room")
