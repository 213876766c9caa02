"""From what somebody reports to what came of it: D3, D4, P8, P11, Q3, Q6, Q10, D11, W3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from linli.insight.measures.queries import figures_of
from linli.insight.measures.rules import Period, period_of
from linli.kernel import clock
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.matters.handovers.acts import chase_handover, move_handover, open_handover, record_answer, take_file
from linli.matters.handovers.models import Handover
from linli.matters.handovers.queries import file_of
from linli.matters.helping.acts import join_help
from linli.matters.helping.models import Helper
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import Placed, assign_matter, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matters_where
from linli.matters.levels.acts import lift_matter, push_back
from linli.matters.thanks.acts import give_thanks, pay_reward, try_code
from linli.matters.thanks.queries import told_to_giver
from linli.matters.turning.acts import turn_matter
from linli.operations.dispatch.acts import sign_order
from linli.operations.dispatch.models import Order
from linli.operations.sorties.acts import call_off, report_sortie, send_sortie
from linli.operations.sorties.models import Sortie
from linli.operations.sorties.rules import Result
from linli.operations.units.models import Unit
from linli.org.agencies.acts import open_agency
from linli.org.agencies.models import Agency
from linli.org.people.models import Account
from linli.org.roster.acts import plan_shift
from linli.works.channels.acts.setting import set_channel
from linli.works.outbox.models import Message
from tests.town import SETUP, Town, build_town, person

FOUR_AM = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
"""Four in the morning of the third at Shanghai."""


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    with clock.fixed(FOUR_AM):
        yield build_town()


def opened(town: Town, kind: str, by: str = "grid_worker") -> Matter:
    lon, lat = town.spot()
    room = town.rooms[0]
    place = Placed(lon, lat, "集市后巷", None, "desk", None, room, town.station)
    seed = dict(KINDS[kind].seed)
    matter = open_matter(town.actor(by), kind=kind, title=str(seed.pop("title")), details=seed, place=place)
    return Matter.objects.select_related("agency", "station").get(pk=matter.pk)


def page_of(town: Town, name: str) -> Client:
    account = Account.objects.get_or_create(username=name, defaults={"person": town.people[name]})[0]
    client = Client()
    client.force_login(account)
    return client


def month() -> Period:
    return period_of("month", clock.today())


def test_a_tip_at_four_in_the_morning_a_team_a_result_and_an_answer_to_who_gave_it(town: Town) -> None:
    officer, auxiliary = town.actor("community_officer"), town.people["auxiliary"]
    plan_shift(
        officer, agency=town.rooms[0], person=auxiliary, duty="member",
        begins_at=FOUR_AM - timedelta(hours=4), ends_at=FOUR_AM + timedelta(hours=4),
    )  # fmt: skip
    tip = opened(town, "tip")
    assert (tip.level, tip.state) == ("grid", "open")
    with pytest.raises(NotAllowed):
        send_sortie(town.actor("auxiliary"), matter=tip)
    move_matter(officer, matter=tip, move="check", facts={"checked": "摄像头旁有两人"})
    sortie = send_sortie(officer, matter=tip, plain_clothes=True)
    assert tip.state == "acting"
    went = {member.person_id: member.call_sign for member in sortie.team.all()}
    assert went == {town.people["community_officer"].pk: "警101", auxiliary.pk: ""}
    with pytest.raises(Conflict):
        send_sortie(officer, matter=tip)
    order = Order.objects.get(matter=tip)
    sign_order(officer, order=order)
    tip.refresh_from_db()
    assert tip.state == "acting", "an order on a tip does not move it: its sortie does"
    for wrong in (Result("caught", "经过"), Result("no_finding", "经过", held=2), Result("sold", "经过"), Result("caught", " ", held=1)):  # fmt: skip  # noqa: E501
        with pytest.raises(Invalid):
            report_sortie(officer, sortie=sortie, result=wrong)
    result = Result("caught", "四人正在撬车，当场控制。", 4, 1, "电动车三辆", 9_000, "撬棍", "刑警大队")
    report_sortie(officer, sortie=sortie, result=result)
    with pytest.raises(Conflict):
        report_sortie(officer, sortie=sortie, result=result)
    tip.refresh_from_db()
    assert (tip.state, tip.settled_level, tip.details["finding"]) == ("settled", "grid", "caught")
    assert Unit.objects.get(call_sign="警101").order_id is None, "free again"
    give_thanks(officer, matter=tip, text="您的线索帮了大忙。", reward_yuan=500)
    move_matter(officer, matter=tip, move="close", facts={"answer": "四人已被抓获，谢谢您。"})
    _the_giver_reads_and_claims(town, tip)
    assert tip.state == "closed"
    figures = figures_of(officer, places=[town.rooms[0]], period=month())[town.rooms[0].pk].sums.today
    assert [figures.get(code, 0) for code in ("tips", "tips_resulted", "sorties", "held", "gangs", "goods_yuan")] == [1, 1, 1, 4, 1, 9_000]  # fmt: skip  # noqa: E501
    chief = town.actor("station_chief")
    assert [row.pk for row in matters_where(chief, {"finding": "caught,seized"})] == [tip.pk]
    assert not matters_where(chief, {"finding": "no_finding"}).exists()


def _the_giver_reads_and_claims(town: Town, tip: Matter) -> None:
    """Whoever follows the matter reads the answer and the code; the counter pays without asking who he is."""
    desk = town.actor("station_desk")
    told = told_to_giver(tip)
    assert told.answer.startswith("四人") and told.thanks[0].reward_yuan == 500
    code = told.thanks[0].claim_code
    assert len(code) == 8
    assert try_code(desk, matter=tip, code="12") is None
    found = try_code(desk, matter=tip, code=f"{code[:4]} {code[4:]}")
    assert found is not None and found.wrong_tries == 1
    pay_reward(desk, thanks=found)
    with pytest.raises(Conflict):
        pay_reward(desk, thanks=found)
    assert told_to_giver(tip).thanks[0].claim_code == "", "paid"
    with pytest.raises(Conflict):
        try_code(desk, matter=tip, code=code)
    tip.refresh_from_db()


def test_guessing_a_code_ends_after_five_and_a_sortie_called_off_leaves_the_tip_waiting(town: Town) -> None:
    officer = town.actor("community_officer")
    tip = opened(town, "tip")
    give_thanks(officer, matter=tip, text="谢谢", reward_yuan=100)
    for _ in range(5):
        assert try_code(officer, matter=tip, code="no") is None
    with pytest.raises(Conflict):
        try_code(officer, matter=tip, code=told_to_giver(tip).thanks[0].claim_code)
    sortie = send_sortie(officer, matter=tip)
    call_off(officer, sortie=sortie, reason="人已离开")
    tip.refresh_from_db()
    assert (tip.state, sortie.state) == ("checked", "called_off")
    assert Order.objects.get(matter=tip).state == "recalled"
    Unit.objects.update(availability="unavailable")
    with pytest.raises(Conflict):
        send_sortie(officer, matter=tip)
    assert Sortie.objects.count() == 1


def test_a_dark_lamp_goes_from_the_grid_worker_to_the_street_is_put_right_and_kept(town: Town) -> None:
    worker, officer, desk = (town.actor(name) for name in ("grid_worker", "community_officer", "station_desk"))
    street = open_agency(SETUP, code="STREET", name="城东街道办", kind="partner", parent=town.bureau)
    town.people["street"] = person("partner_officer", street, staff_no="street")
    lamp = opened(town, "hazard")
    assert (lamp.level, lamp.due_at) == ("grid", FOUR_AM + timedelta(hours=72))
    move_matter(worker, matter=lamp, move="demand", facts={"holder": "street", "due_at": "2026-03-06"})
    assert lamp.state == "to_put_right" and clock.shanghai(lamp.due_at).day == 6  # type: ignore[arg-type]  # set by the step
    with pytest.raises(NotAllowed):
        push_back(worker, matter=lamp, reason="不该我办")
    for by, level, agency in (
        (worker, "police_grid", town.rooms[0]),
        (officer, "street", town.station),
        (desk, "bureau", town.bureau),
    ):
        lift_matter(by, matter=lamp, reason="本级解决不了")
        assert (lamp.level, lamp.agency) == (level, agency)
    push_back(town.actor("dispatcher"), matter=lamp, reason="街道能办")
    assert (lamp.level, lamp.agency, lamp.level_changes.count()) == ("street", town.station, 4)
    ticket = open_handover(desk, matter=lamp, to_agency=street, mode="hand_over", text="请修路灯")
    assert ticket.due_at == clock.now() + timedelta(days=3), "days, not the minutes of a call"
    there = town.actor("street")
    move_handover(there, handover=ticket, move="accept")
    lamp.refresh_from_db()
    assert lamp.state == "handed_over"
    move_handover(there, handover=ticket, move="answer", answer="灯泡已换")
    lamp.refresh_from_db()
    assert (lamp.state, lamp.settled_level, lamp.details["outcome"]) == ("settled", "street", "灯泡已换")
    move_matter(desk, matter=lamp, move="not_right", facts={"reason": "还是不亮", "due_at": "2026-03-09"})
    move_matter(desk, matter=lamp, move="put_right", facts={"done": "线路已修"})
    move_matter(desk, matter=lamp, move="settle", facts={"outcome": "夜里看过，亮了"})
    move_matter(desk, matter=lamp, move="close")
    chief = town.actor("station_chief")
    assert [row.pk for row in matters_where(chief, {"settled_level": "street"})] == [lamp.pk]
    sums = figures_of(chief, places=[town.station], period=month())[town.station.pk].sums.today
    assert (sums["settled"], sums["settled_street"]) == (1, 1)


def test_help_is_taken_by_a_named_helper_done_again_and_thanked_and_information_is_turned(town: Town) -> None:
    worker, officer = town.actor("grid_worker"), town.actor("community_officer")
    cadre = person("liaison_cadre", town.rooms[0])
    town.people["liaison_cadre"] = cadre
    asked = opened(town, "help_request", by="community_officer")
    helper = town.actor("liaison_cadre")
    with pytest.raises(NotAllowed):
        move_matter(helper, matter=asked, move="reopen", facts={"reason": "x"})
    move_matter(helper, matter=asked, move="take_on")
    assert (asked.state, asked.assignee_id) == ("helping", cadre.pk)
    move_matter(helper, matter=asked, move="help_once", facts={"done": "代取药一次"})
    assert asked.due_at == clock.now() + timedelta(days=7)
    assign_matter(officer, matter=asked, assignee=town.people["grid_worker"])
    move_matter(worker, matter=asked, move="settle", facts={"outcome": "子女已接手"})
    move_matter(officer, matter=asked, move="close", facts={"thanks": "老人说谢谢"})
    assert (asked.state, asked.details["thanks"]) == ("closed", "老人说谢谢")

    told = opened(town, "community_info")
    assert clock.shanghai(told.due_at).hour == 10  # type: ignore[arg-type]  # the next morning
    with pytest.raises(NotAllowed):
        move_matter(worker, matter=told, move="sort", facts={"worth": "go"})
    move_matter(officer, matter=told, move="sort", facts={"worth": "go", "plan": "上午同网格员去"})
    move_matter(worker, matter=told, move="go_and_see", facts={"seen": "工地宿舍飞线充电"})
    made = turn_matter(officer, matter=told, kind="hazard")
    told.refresh_from_db()
    assert (told.state, made.kind, made.agency, made.details["what"]) == (
        "settled",
        "hazard",
        told.agency,
        "约四十人入住",
    )
    assert made.number in told.details["outcome"]
    with pytest.raises(Invalid):
        turn_matter(officer, matter=made, kind="tip")


def test_several_named_helpers_each_do_a_part_and_are_thanked(town: Town) -> None:
    set_channel(SETUP, channel="app", kind="wecom_app", url="http://127.0.0.1", secret="s" * 16)
    town.people["liaison_cadre"] = person("liaison_cadre", town.rooms[0])
    asked = opened(town, "help_request", by="community_officer")
    officer = town.actor("community_officer")
    first, second, third = (page_of(town, name) for name in ("grid_worker", "liaison_cadre", "auxiliary"))
    path = f"/matters/{asked.number}"
    assert first.get(path).status_code == second.get(path).status_code == 404, "not asked yet"
    assign_matter(officer, matter=asked, assignee=town.people["grid_worker"])
    assert "我来帮" in first.get(path).content.decode()
    assert first.post(f"{path}/help").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.assignee_id) == ("helping", town.people["grid_worker"].pk), "the first takes it on"
    assign_matter(officer, matter=asked, assignee=town.people["liaison_cadre"])
    assert [one.post(f"{path}/help").status_code for one in (second, third)] == [302, 302]
    assert second.post(f"{path}/help").status_code == 409, "at it already"
    assert first.get(path).status_code == 200, "still at it"
    assign_matter(officer, matter=asked, assignee=town.people["grid_worker"])
    asked.refresh_from_db()
    assert asked.assignee_id == town.people["grid_worker"].pk
    _parts_done(town, asked, second, third)
    _handed_back_settled_and_thanked(town, asked)
    assert "老人说谢谢" in second.get(path).content.decode()
    assert page_of(town, "other_officer").get(path).status_code == 404


def _parts_done(town: Town, asked: Matter, second: Client, third: Client) -> None:
    """Each ends what he took on, with a word; nobody ends another's part."""
    path = f"/matters/{asked.number}"
    rows = {row.person_id: row for row in Helper.objects.filter(matter=asked)}
    cadre, walker = rows[town.people["liaison_cadre"].pk], rows[town.people["auxiliary"].pk]
    assert second.post(f"/helpers/{walker.pk}/done", {"word": "不是我"}).status_code == 403
    assert second.post(f"/helpers/{cadre.pk}/done", {"word": " "}).status_code == 422
    assert second.post(f"/helpers/{cadre.pk}/done", {"word": "联系了药店"}).status_code == 302
    assert third.post(f"/helpers/{walker.pk}/leave", {"word": "换班"}).status_code == 302
    html = second.get(path).content.decode()
    assert "联系了药店" in html and "已退出" in html and html.index("演grid_worker") < html.index("联系了药店")


def _handed_back_settled_and_thanked(town: Town, asked: Matter) -> None:
    """Whoever hands it back is out; who comes again and settles it is thanked once."""
    move_matter(town.actor("grid_worker"), matter=asked, move="hand_back", facts={"reason": "老人转院"})
    assert asked.state == "open" and Helper.objects.get(person=town.people["grid_worker"]).state == "left"
    assign_matter(town.actor("community_officer"), matter=asked, assignee=town.people["liaison_cadre"])
    join_help(town.actor("liaison_cadre"), matter=asked)
    asked.refresh_from_db()
    move_matter(town.actor("liaison_cadre"), matter=asked, move="settle", facts={"outcome": "药已送到"})
    move_matter(town.actor("community_officer"), matter=asked, move="close", facts={"thanks": "老人说谢谢"})
    assert sorted(Helper.objects.filter(matter=asked).values_list("state", flat=True)) == [
        "done",
        "done",
        "left",
        "left",
    ]
    [told] = Message.objects.filter(template="help.thanked")
    assert told.recipient == town.people["liaison_cadre"].pk, "each who helped once, however often he came"


def test_an_agency_without_a_login_answers_by_a_signed_file_and_another_on_paper(town: Town) -> None:
    officer = town.actor("community_officer")
    village = open_agency(SETUP, code="VILLAGE", name="东村村委会", kind="partner", parent=town.bureau)
    lamp = opened(town, "hazard")
    ticket = open_handover(officer, matter=lamp, to_agency=village, mode="ask_along", text="请派人看看")
    raw = file_of(ticket)
    back = json.loads(raw)
    assert back["ticket"]["title"] == "路灯不亮" and "caller" not in raw.decode()
    for wrong in (raw, b"{", b"[]", json.dumps({**back, "ticket": {**back["ticket"], "text": "x"}}).encode()):
        with pytest.raises(Invalid):
            take_file(officer, handover=ticket, raw=wrong)
    chase_handover(SETUP, handover=ticket)
    assert (ticket.chased, ticket.due_at) == (1, clock.now() + timedelta(days=1))
    back["answer"] = {"state": "answered", "text": "已看过，灯杆要换"}
    take_file(officer, handover=ticket, raw=json.dumps(back).encode())
    assert (ticket.state, ticket.answer_via, ticket.answer) == ("answered", "file", "已看过，灯杆要换")
    again = open_handover(officer, matter=lamp, to_agency=village, mode="hand_over")
    with pytest.raises(Invalid):
        take_file(officer, handover=again, raw=json.dumps(back).encode())
    record_answer(officer, handover=again, move="decline", answer="不是我们的灯", via="telephone")
    lamp.refresh_from_db()
    assert (lamp.state, lamp.agency, again.answer_via) == ("open", town.rooms[0], "telephone"), "it stays here"
    assert not lamp.shares.filter(agency=village).exists(), "who declined sees it no longer"


def test_pages_of_tip_levels_tickets_and_results(town: Town) -> None:
    officer, partner, chief = (page_of(town, name) for name in ("community_officer", "partner_officer", "station_chief"))  # fmt: skip  # noqa: E501
    tip = opened(town, "tip")
    html = officer.get(f"/matters/{tip.number}").content.decode()
    assert "派队行动" in html and "提级到" in html
    assert officer.post(f"/matters/{tip.number}/level/up", {"reason": "要警格办"}).status_code == 302
    assert officer.post(f"/matters/{tip.number}/level/up", {"reason": ""}).status_code == 422
    assert officer.post(f"/matters/{tip.number}/send", {"plain_clothes": "1"}).status_code == 302
    sortie = Sortie.objects.get()
    bad = officer.post(f"/sorties/{sortie.pk}/report", {"finding": "caught", "account": "x", "held": "many"})
    assert bad.status_code == 422
    said = {"finding": "seized", "account": "起获电瓶", "goods": "电瓶", "goods_yuan": "800"}
    assert officer.post(f"/sorties/{sortie.pk}/report", said).status_code == 302
    assert officer.post(f"/matters/{tip.number}/thank", {"text": "谢谢您", "reward_yuan": "50"}).status_code == 302
    html = officer.get(f"/matters/{tip.number}").content.decode()
    code = told_to_giver(Matter.objects.get(pk=tip.pk)).thanks[0].claim_code
    assert "起获电瓶" in html and "谢谢您" in html and code not in html
    assert officer.post(f"/matters/{tip.number}/pay", {"code": "1"}).status_code == 422
    assert officer.post(f"/matters/{tip.number}/pay", {"code": code}).status_code == 302
    results = chief.get("/results").content.decode()
    assert tip.number in results and "派出所" in results and re.search(r"finding=caught", results)
    assert partner.get("/results").status_code == 403
    _tickets(town, officer, partner)


def _tickets(town: Town, officer: Client, partner: Client) -> None:
    lamp = opened(town, "hazard")
    Matter.objects.filter(pk=lamp.pk).update(details={**lamp.details, "outcome": "内部意见"})
    assert partner.get(f"/matters/{lamp.number}").status_code == 404
    lamp.refresh_from_db()
    ticket = open_handover(town.actor("community_officer"), matter=lamp, to_agency=town.partner, mode="share", text="请知悉")  # fmt: skip  # noqa: E501
    html = partner.get("/tickets").content.decode()
    assert "请知悉" in html and "村口第三盏路灯不亮" in html and "内部意见" not in html
    shown = partner.get(f"/api/v1/matters/{lamp.number}").json()
    assert (shown["caller"], shown["moves"], shown["details"], len(shown["handovers"])) == (None, [], {}, 1)
    assert partner.get(f"/api/v1/matters/{lamp.number}/caller").status_code == 404
    assert partner.get(f"/api/v1/matters/{lamp.number}/files").json()["items"] == []
    assert partner.post(f"/tickets/{ticket.pk}/moves/answer", {"answer": ""}).status_code == 422
    assert partner.post(f"/tickets/{ticket.pk}/moves/answer", {"answer": "收到"}).status_code == 302
    assert "收到" in officer.get("/tickets?side=out").content.decode()
    assert officer.get(f"/tickets/{ticket.pk}/file").json()["ticket"]["number"] == lamp.number
    other = open_handover(town.actor("community_officer"), matter=lamp, to_agency=town.partner, mode="hand_over")
    assert officer.post(f"/tickets/{other.pk}/record", {"move": "accept", "via": "paper"}).status_code == 302
    assert Handover.objects.get(pk=other.pk).state == "accepted"
    assert Agency.objects.get(pk=town.partner.pk).kind == "partner"
