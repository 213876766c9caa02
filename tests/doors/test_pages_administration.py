"""The administrator's pages: people and posts, agencies, roads, channels and peers, failed jobs, who looked at whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from linli.command.main import main
from linli.kernel import clock
from linli.kernel.scope import system
from linli.org.agencies.models import Agency
from linli.org.people.acts import open_account
from linli.org.people.models import Account, Person
from linli.org.people.queries import has_second_factor
from linli.org.posts.models import Post
from linli.places.roads.models import RoadClosure, Roads
from linli.trail.entries.models import Entry
from linli.trail.reads.acts import note_read
from linli.works.channels.acts.setting import set_channel
from linli.works.channels.models import ChannelConfig
from linli.works.channels.rules.breaker import LEFT_ALONE
from linli.works.exchange.models import Peer
from linli.works.jobs.models import Job
from linli.works.outbox.models import Message
from tests.reading import whole as told
from tests.town import SETUP, Town

Enter = Callable[[str], Client]


@pytest.fixture
def enter(town: Town) -> Enter:
    """``enter("administrator")``: a signed-in browser of this person."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(open_account(SETUP, username=name, person=town.people[name]))
        return client

    return signed_in


def test_each_page_is_for_who_looks_after_it(enter: Enter) -> None:
    administrator, officer, auditor = enter("administrator"), enter("community_officer"), enter("auditor")
    for path in (
        "/people",
        "/people/new",
        "/administration",
        "/administration/jobs",
        "/administration/gateways",
        "/roads",
    ):
        assert administrator.get(path).status_code == 200, path
    for path in ("/people/new", "/administration/jobs", "/administration/gateways", "/organisation/new"):
        assert officer.get(path).status_code == 403, path
    for path in ("/administration", "/administration/jobs", "/administration/gateways", "/administration/reads"):
        assert auditor.get(path).status_code == 200, path
    assert enter("grid_worker").get("/people").status_code == 403


def test_a_person_is_taken_on_with_a_post(town: Town, enter: Enter) -> None:
    client = enter("administrator")
    facts = {"staff_no": "N1", "name": "演新", "agency": "R2", "code": "auxiliary", "since": "2026-11-01"}
    assert client.post("/people/new", {**facts, "skills": ["driver"], "phone": "13900000001"}).status_code == 302
    made = Person.objects.get(staff_no="N1")
    post = made.posts.get()
    assert (made.name, made.skills, post.agency, post.code) == ("演新", ["driver"], town.rooms[1], "auxiliary")
    assert set(
        Entry.objects.filter(act__in=("post.appoint", "post.give", "person.take_on")).values_list("act", flat=True)
    )
    again = client.post("/people/new", {**facts, "name": "另一人", "wecom_id": "w-other"})
    shown = told(again)
    assert again.status_code == 422
    assert "工号“N1”已被使用" in shown and 'id="id_staff_no-bad"' in shown, "the refusal stands at its field"
    assert "另一人" in shown and "w-other" in shown, "nothing that was typed is lost"
    english = Client()
    english.force_login(Account.objects.get(username="administrator"))
    english.post("/i18n/set", {"language": "en"})
    assert "The staff number N1 is taken." in told(english.post("/people/new", facts))
    page = told(client.get("/people/N1"))
    assert "13900000001" not in page and "加密保存" in page
    assert "演新" in told(client.get("/people?q=演新"))
    assert "演新" not in told(enter("other_officer").get("/people?agency=R1"))


def test_posts_are_given_and_ended(town: Town, enter: Enter) -> None:
    client, officer = enter("administrator"), town.people["other_officer"]
    path = f"/people/{officer.staff_no}"
    clash = client.post(f"{path}/posts", {"agency": "R3", "code": "assistant", "since": "2026-01-01", "main": "on"})
    assert clash.status_code == 422 and "一人不能同时在两处任主职" in told(clash)
    beside = {"agency": "R3", "code": "assistant", "since": "2026-01-01"}
    assert client.post(f"{path}/posts", beside).status_code == 302
    post = Post.objects.get(person=officer, code="assistant")
    assert not post.main
    early = client.post(f"{path}/posts/{post.pk}/end", {"on": "2025-01-01"})
    assert early.status_code == 422 and "不能早于任职日期" in told(early)
    assert client.post(f"{path}/posts/{post.pk}/end", {"on": "2026-11-01"}).status_code == 302
    post.refresh_from_db()
    assert post.until == date(2026, 11, 1)
    assert client.get(f"{path}/posts/{post.pk}/end").status_code == 404, "ended already"
    chief = enter("station_chief")
    assert chief.post(f"{path}/posts", beside).status_code == 403
    assert "免职" not in told(chief.get(path)).replace("免职日期", "")


def test_changed_let_go_and_a_lost_key(town: Town, enter: Enter) -> None:
    client, officer = enter("administrator"), town.people["other_officer"]
    account = open_account(SETUP, username="lost", person=officer)
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    path = f"/people/{officer.staff_no}"
    phone = officer.phone
    assert client.post(f"{path}/change", {"name": "演改", "phone": "", "skills": ["drone"]}).status_code == 302
    officer.refresh_from_db()
    assert (officer.name, officer.skills, officer.phone) == ("演改", ["drone"], phone)
    assert client.post(f"{path}/second-factor").status_code == 302
    assert not has_second_factor(account)
    assert Entry.objects.filter(act="account.reset_factor", subject_id=str(officer.pk)).exists()
    assert client.post(f"{path}/let-go", {"on": "1999-01-01"}).status_code == 422
    assert client.post(f"{path}/let-go", {"on": clock.today().isoformat()}).status_code == 302
    officer.refresh_from_db()
    account.refresh_from_db()
    assert officer.left_on == clock.today() and not account.is_active
    assert not Post.objects.filter(person=officer, until__isnull=True).exists()


def test_agencies_are_opened_changed_and_closed(town: Town, enter: Enter) -> None:
    client = enter("administrator")
    facts = {"name": "溪北派出所", "code": "S2", "kind": "station", "parent": "B", "zone": "village"}
    assert client.post("/organisation/new", facts).status_code == 302
    made = Agency.objects.get(code="S2")
    assert made.path == "/B/S2/"
    wrong = client.post("/organisation/new", {**facts, "code": "S3", "kind": "village_room"})
    assert wrong.status_code == 422 and 'id="id_parent-bad"' in told(wrong)
    change = {"name": "溪北中心派出所", "zone": "town", "phone": "0000-200"}
    assert client.post("/organisation/S2/change", change).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.zone, made.phone) == ("溪北中心派出所", "town", "0000-200")
    full = client.post("/organisation/S1/close", {"on": "2026-11-22"})
    assert full.status_code == 422 and "其下还有3个单位" in told(full)
    assert client.post("/organisation/S2/close", {"on": "2026-11-22"}).status_code == 302
    assert "/organisation/S2/change" not in told(client.get("/organisation"))
    assert enter("station_chief").post("/organisation/S1/close", {"on": "2026-11-22"}).status_code == 403


def test_a_road_is_closed_and_reopened(town: Town, enter: Enter) -> None:
    client, (lon, lat) = enter("station_chief"), town.spot(0)
    facts = {"reason": "路面塌陷", "lon": lon, "lat": lat, "kinds": ["car", "motorcycle"]}
    far = client.post("/roads", {**facts, "lon": 100.0, "lat": 20.0})
    assert far.status_code == 422 and "米内没有道路" in told(far) and "路面塌陷" in told(far)
    assert not RoadClosure.objects.exists()
    assert client.post("/roads", facts).status_code == 302
    closure = RoadClosure.objects.get()
    shown = told(client.get("/roads"))
    assert "路面塌陷" in shown and town.people["station_chief"].name in shown and "直到恢复" in shown
    backwards = client.post("/roads", {**facts, "begins_at": "2026-11-22T10:00", "ends_at": "2026-11-22T09:00"})
    assert backwards.status_code == 422 and 'id="id_ends_at-bad"' in told(backwards)
    assert enter("community_officer").post("/roads", facts).status_code == 422, "no right: said on the form"
    assert client.post(f"/roads/closures/{closure.pk}/reopen").status_code == 302
    closure.refresh_from_db()
    assert closure.ends_at is not None and closure.ends_at <= clock.now()
    again = client.post(f"/roads/closures/{closure.pk}/reopen")
    assert "已恢复通行" in told(again)
    other = Roads.objects.create(name="旧网", sha256="0" * 64, nodes=1, edges=1, imported_at=clock.now())
    assert enter("dispatcher").post(f"/roads/networks/{other.pk}/activate").status_code == 403


def test_channels_say_how_they_do(town: Town, enter: Enter) -> None:
    client = enter("administrator")
    facts = {"channel": "sms", "kind": "sms", "url": "nowhere", "secret": "long-enough-secret", "place": 1}
    wrong = client.post("/administration/channels/new", facts)
    assert wrong.status_code == 422 and 'id="id_url-bad"' in told(wrong)
    assert "long-enough-secret" not in told(wrong)
    half = {**facts, "url": "http://127.0.0.1:9", "quiet_from": "22:00", "enabled": "on"}
    assert client.post("/administration/channels/new", half).status_code == 422
    whole = {**half, "quiet_until": "07:00"}
    assert client.post("/administration/channels/new", whole).status_code == 302
    held = ChannelConfig.objects.get(name="sms")
    assert (held.secret, held.enabled, str(held.quiet_from)) == ("long-enough-secret", True, "22:00:00")
    assert client.post("/administration/channels/sms", {"address": "13900000000"}).status_code == 302
    message = Message.objects.get()
    assert (message.template, message.state) == ("channel.test", "queued")
    shown = told(client.get("/administration/channels/sms"))
    assert "channel.test" in shown and "13900000000" not in shown
    assert "正常" in told(client.get("/administration/gateways"))
    Message.objects.update(last_error=LEFT_ALONE)
    assert "暂停：网关没有应答" in told(client.get("/administration/gateways"))
    assert client.post("/administration/channels/sms/change", {**whole, "secret": "", "enabled": ""}).status_code == 302
    held.refresh_from_db()
    assert (held.secret, held.enabled) == ("long-enough-secret", False), "a blank secret leaves the one that is there"
    auditor = enter("auditor")
    assert auditor.get("/administration/channels/sms").status_code == 200
    assert auditor.post("/administration/channels/sms", {"address": "1"}).status_code == 422
    set_channel(system("setup"), channel="mail", kind="mail", secret="mailto://x")
    assert "mail" in told(auditor.get("/administration/gateways"))


def test_peers_are_registered(town: Town, enter: Enter, tmp_path: Path) -> None:
    client = enter("administrator")
    facts = {
        "peer": "cad",
        "kind": "files",
        "our_name": "linli",
        "key": "short",
        "inbox": str(tmp_path),
        "enabled": "on",
    }
    refused = client.post("/administration/peers/new", facts)
    assert refused.status_code == 422 and 'id="id_key-bad"' in told(refused)
    assert client.post("/administration/peers/new", {**facts, "key": "k" * 20}).status_code == 302
    peer = Peer.objects.get(name="cad")
    assert peer.key == "k" * 20
    assert "cad" in told(client.get("/administration/gateways"))
    assert "kkkkkkkk" not in told(client.get("/administration/peers/cad"))
    assert client.post("/administration/peers/cad", {**facts, "key": "", "inbox": "", "enabled": ""}).status_code == 302
    peer.refresh_from_db()
    assert (peer.key, peer.enabled) == ("k" * 20, False)


def test_failed_jobs_are_tried_again_or_given_up(town: Town, enter: Enter) -> None:
    client, now = enter("administrator"), clock.now()

    def failed(name: str, key: str = "") -> Job:
        return Job.objects.create(
            name=name, key=key, due_at=now, state=Job.FAILED, attempts=8, created_at=now, last_error="OSError: x"
        )

    again, given_up, twin = failed("jobs.sweep"), failed("outbox.sweep"), failed("jobs.sweep", key="k")
    Job.objects.create(name="jobs.sweep", key="k", due_at=now + timedelta(days=1), created_at=now)
    shown = told(client.get("/administration/jobs"))
    assert "OSError: x" in shown and shown.count("data-job=") == 3
    assert client.post(f"/administration/jobs/{again.pk}", {"what": "retry"}).status_code == 302
    assert client.post(f"/administration/jobs/{given_up.pk}", {"what": "forget"}).status_code == 302
    for row in (again, given_up, twin):
        row.refresh_from_db()
    assert (again.state, again.attempts, given_up.state) == (Job.WAITING, 0, Job.DONE)
    assert client.post(f"/administration/jobs/{again.pk}", {"what": "retry"}).status_code == 409
    assert client.post(f"/administration/jobs/{twin.pk}", {"what": "retry"}).status_code == 409, "the same job waits"
    assert enter("auditor").post(f"/administration/jobs/{twin.pk}", {"what": "retry"}).status_code == 403
    assert Entry.objects.filter(act="job.retry", subject_id=str(again.pk)).exists()


def test_the_auditor_sees_who_looked(town: Town, enter: Enter, capsys: pytest.CaptureFixture[str]) -> None:
    desk, officer = town.actor("dispatcher"), town.actor("community_officer")
    note_read(desk, subject_type="matters.party", subject_id="p-1", purpose="回拨报警人")
    note_read(officer, subject_type="matters.party", subject_id="p-2", purpose="上门走访")
    auditor = enter("auditor")
    everything = told(auditor.get("/administration/reads"))
    assert "回拨报警人" in everything and "上门走访" in everything
    narrowed = told(auditor.get("/administration/reads?q=回拨"))
    assert "回拨报警人" in narrowed and "上门走访" not in narrowed
    today = clock.today()
    inside = f"/administration/reads?since={today}&until={today}"
    assert "回拨报警人" in told(auditor.get(inside))
    assert "回拨报警人" not in told(auditor.get(f"/administration/reads?until={today - timedelta(days=1)}"))
    assert "p-1" in told(auditor.get("/administration/reads?subject=p-1"))
    own = told(enter("community_officer").get("/administration/reads"))
    assert "上门走访" in own and "回拨报警人" not in own, "everybody else sees his own looks"
    assert main(["trail", "reads", "--by", "回拨", "--json"]) == 0
    printed = capsys.readouterr().out
    assert '"count": 1' in printed and "回拨报警人" in printed
    assert main(["trail", "reads", "--from", "yesterday"]) == 2
