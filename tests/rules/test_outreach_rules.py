"""Reading a pasted chat, the texts of a warning, robots' addresses, one's own order of channels."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from linli.kernel.errors import Invalid
from linli.matters.pasting.rules import Line, read_paste
from linli.outreach.alerts.rules.cap import polygons_of
from linli.outreach.alerts.rules.declared import Said
from linli.outreach.alerts.rules.texts import called_off, led_line, loudspeaker, microblog, reading_s
from linli.outreach.groups.rules import robot_address
from linli.works.channels.rules.ordering import own_order

SAID = Said(
    "fraud", "Expected", "Severe", "Observed", "有人冒充民警要求转账", "已有三户接到电话", "挂断并拨打96110", drill=True
)


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        (
            "演甲 3/2 12:30\n村口路灯又不亮了\n[图片]\n\n演乙 3/2 12:31:05\n@演甲 是第三盏",
            [Line("3/2 12:30", "演甲", "村口路灯又不亮了", True), Line("3/2 12:31:05", "演乙", "是第三盏")],
        ),
        (
            "演甲:\n东头有陌生人\n\n演乙:\n我也看见了",
            [Line("", "演甲", "东头有陌生人"), Line("", "演乙", "我也看见了")],
        ),
        ("演甲：楼道停满电动车\n地点：三号楼", [Line("", "演甲", "楼道停满电动车\n地点：三号楼")]),
        (
            "—————  2026-03-02  —————\n演甲  20:15\n有人撬车\n[语音]",
            [Line("20:15", "演甲", "有人撬车", True)],
        ),
        ("昨天 晚上8:05\n桥上没有护栏", [Line("昨天 晚上8:05", "", "桥上没有护栏")]),
        ("见 https://example.org/a:b 的通知", [Line("", "", "见 https://example.org/a:b 的通知")]),
        ("[图片]", [Line("", "", "", True)]),
        (" \n\u200b\n", []),
    ],
    ids=["heads", "names above", "in one line", "days", "time alone", "an address", "a picture", "nothing"],
)
def test_a_pasted_chat_becomes_lines(pasted: str, read: list[Line]) -> None:
    assert read_paste(pasted) == read


def test_a_flood_of_text_is_cut() -> None:
    assert len(read_paste("演甲 12:00\n话\n" * 5_000)) <= 200


def test_loudspeaker_says_it_twice_and_the_line_fits() -> None:
    spoken = loudspeaker(SAID, by="溪东派出所")
    assert spoken.count("挂断并拨打96110。") == 2 and "演习" in spoken and reading_s(spoken) > 20
    assert len(led_line(SAID, by="溪东派出所")) <= 60 and led_line(SAID, by="x").startswith("【演习】【电信网络诈骗】")
    assert "已解除" in called_off(SAID, by="溪东派出所", reason="已抓获")
    assert microblog(SAID, link="https://x/y").endswith(" https://x/y")


def test_outlines_close_and_are_latitude_first() -> None:
    (ring,) = polygons_of(box(119.8, 29.4, 119.82, 29.42))
    points = ring.split()
    assert points[0] == points[-1] and all(29 < float(point.split(",")[0]) < 30 for point in points)


@pytest.mark.parametrize(
    ("kind", "pasted", "address"),
    [
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef12-34", "wecombot://abcdef12-34/"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abcdef1234", "dingtalk://abcdef1234/"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/abcdef-1234", "feishu://abcdef-1234/"),
        ("relay", "http://10.0.0.8:9000/say", "json://10.0.0.8:9000/say"),
    ],
)
def test_a_robots_address_as_the_group_shows_it(kind: str, pasted: str, address: str) -> None:
    assert robot_address(kind, f" {pasted} ") == address
    with pytest.raises(Invalid):
        robot_address(
            kind, "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key" if kind != "relay" else "x"
        )


def test_ones_own_order_moves_only_what_may_be_moved() -> None:
    channels = [("wecom", True), ("sms", False), ("voice", True), ("mail", True)]
    assert own_order(channels, ["voice"]) == ["voice", "sms", "wecom", "mail"]
    assert own_order(channels, ["sms", "mail", "gone", "voice"]) == ["mail", "sms", "voice", "wecom"]
    assert own_order(channels, []) == ["wecom", "sms", "voice", "mail"]
