"""Two people of the bureau's tips desk, a reader's key for the demo's officer, two tips told without a name."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel import clock
from linli.kernel.scope import Actor, system
from linli.org.agencies.models import Agency
from linli.org.people.models import Account
from linli.org.posts.acts import appoint_person
from linli.org.posts.models import Post
from linli.org.posts.queries import person_actor
from linli.tips.readers.acts import make_key
from linli.tips.readers.rules import DEMO_WORDS
from linli.tips.receipts.queries import keys_of
from linli.tips.receipts.rules import DEMO_RECEIPTS
from linli.tips.talk.acts import answer_tip, give_tip
from linli.tips.talk.rules import Told

_GIVER = system("residents' door")
_DESK = (("T00001", "骆宁"), ("T00002", "阮青禾"))


def load_tips(actor: Actor, now: datetime) -> int:
    """Put them into the database. Returns how many tips; none where the demo has no officer in a room."""
    account = Account.objects.filter(username="demo-community_officer").select_related("person").first()
    bureau = Agency.objects.filter(kind="bureau").first()
    if account is None or account.person is None or bureau is None:
        return 0
    held = Post.objects.filter(person=account.person, code="community_officer").select_related("agency").first()
    if held is None:
        return 0
    officer = person_actor(account.person, door="page")
    with clock.fixed(now - timedelta(days=3)):
        since = clock.today() - timedelta(days=200)
        desk = [
            appoint_person(actor, staff_no=number, name=name, agency=bureau, code="tips_desk", since=since)
            for number, name in _DESK
        ]
        for reader in (officer, person_actor(desk[0], door="page")):
            make_key(reader, passphrase=DEMO_WORDS, again=DEMO_WORDS)
        room = held.agency.code
        first = Told(
            what="集市后面的巷子，夜里常有两个人看停着的电动车。",
            where="集市后巷",
            when="often",
            part="night",
            room=room,
        )
        second = Told(
            what="物流园三号库房这几天夜里有人搬油桶，没有灯。", where="物流园", when="days", part="night", room=room
        )
        tip = give_tip(_GIVER, keys=keys_of(DEMO_RECEIPTS[0]), told=first).tip
        give_tip(_GIVER, keys=keys_of(DEMO_RECEIPTS[1]), told=second)
    with clock.fixed(now - timedelta(days=1)):
        answer_tip(officer, tip=tip, text="谢谢您。他们一般几点来，往哪个方向走？")
    return 2
