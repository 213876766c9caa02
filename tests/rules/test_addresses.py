"""Half-heard addresses: parts apart, noise off, sounds together, and the place between two numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.geo import distance_m
from linli.places.addresses.rules import (
    Numbered,
    Parsed,
    folded,
    grams,
    initials,
    interpolated,
    likeness,
    likeness_latin,
    normal,
    parse,
    readings,
    sound,
)

ROADS = ("南大街", "人民路", "菊桂里", "五一路", "解放东路", "环城北路", "中山大道", "木柳街", "滨河巷")
ASIDES = ("", "附近", "对面", "旁边", "门口", "楼下", "斜对面", "隔壁")
LEADS = ("", "在", "我在", "喂你好", "我家住在", "位于", "现在在")


@given(
    lead=st.sampled_from(LEADS),
    road=st.sampled_from(ROADS),
    number=st.integers(1, 9999),
    sub=st.none() | st.integers(1, 20),
    aside=st.sampled_from(ASIDES),
    spaced=st.booleans(),
)
def test_noise_changes_nothing(lead: str, road: str, number: int, sub: int | None, aside: str, *, spaced: bool) -> None:
    gap = " " if spaced else ""
    heard = parse(f"{lead}{road}{gap}{number}{f'-{sub}' if sub else ''}号{aside}")
    assert (heard.name, heard.number, heard.sub) == (road, number, sub)
    assert heard.aside is bool(aside)


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    heard = parse(text)
    assert isinstance(heard, Parsed)
    assert heard.number is None or heard.number >= 0


@given(st.integers(1, 199))
def test_chinese_numerals_are_numbers(number: int) -> None:
    assert parse(f"南大街{_spoken(number)}号").number == number


def _spoken(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("十" if tens == 1 and not hundreds else f"{digits[tens]}十") + (digits[ones] if ones else "")
    elif ones:
        text += ("零" if hundreds else "") + digits[ones]
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("南大街12号楼3单元", {"name": "南大街", "building": 12, "unit": 3, "number": None}),
        ("翠苑小区3栋2单元501", {"name": "翠苑小区", "building": 3, "unit": 2, "number": None}),
        ("上山头村3组12号", {"name": "上山头村", "group": 3, "number": 12}),
        ("上山头村三组", {"name": "上山头村", "group": 3}),
        ("临溪县柳林镇柳林村3组12号附2号", {"name": "柳林村", "group": 3, "number": 12, "sub": 2, "town": "柳林镇"}),
        ("浙江省金华市浦江县黄宅镇上市村中心街8号小吃店", {"name": "中心街", "village": "上市村", "number": 8}),
        ("柳林村12号 两口子打架", {"name": "柳林村", "number": 12, "hints": ("两口子打架",)}),
        ("南大街与人民路交叉口", {"name": "南大街", "crossing": "人民路"}),
        ("人民路和谐小区", {"name": "人民路和谐小区", "crossing": ""}),
        ("人民医院门口有人打架", {"name": "人民医院", "aside": True}),
        ("东门社区居委会", {"name": "东门社区居委会"}),
        ("农贸市场东门", {"name": "农贸市场东门"}),
        ("第三中学", {"name": "第三中学"}),
        ("1号桥", {"name": "1号桥", "number": None}),
        ("105国道旁", {"name": "105国道", "aside": True}),
        ("五一路28号", {"name": "五一路", "number": 28}),
        ("城关镇派出所", {"name": "城关镇派出所"}),
        ("nanda jie 12", {"name": "nandajie", "number": 12, "latin": True}),
        ("ndj12", {"name": "ndj", "number": 12, "latin": True}),
        ("ndj12h", {"name": "ndj", "number": 12, "latin": True}),
        ("ndj12-3 hao", {"name": "ndj", "number": 12, "sub": 3, "latin": True}),
        ("llch", {"name": "llch", "latin": True}),
        ("南大街１２号", {"name": "南大街", "number": 12}),
        ("南大街12至3号", {"name": "南大街", "number": 12, "sub": 3}),
        ("", {"name": ""}),
    ],
)
def test_spoken_addresses(text: str, expected: dict[str, object]) -> None:
    heard = parse(text)
    assert {name: getattr(heard, name) for name in expected} == expected


def test_a_space_inside_a_name_is_read_both_ways() -> None:
    assert [heard.name for heard in readings("桃 花村")] == ["桃", "桃花村"]
    assert [heard.name for heard in readings("桃花村")] == ["桃花村"]
    assert readings("城西农贸市场　门口卖菜的")[0] == parse("城西农贸市场　门口卖菜的")


def test_two_characters_are_a_gram() -> None:
    assert grams("南大街") == ["南大", "大街"]
    assert grams("南") == ["南"]
    assert grams("") == []


@given(st.text(alphabet="南大街人民路东西北", min_size=2, max_size=12))
def test_a_piece_of_a_name_shares_its_grams(name: str) -> None:
    assert set(grams(name[:2])) <= set(grams(name))


def test_names_that_sound_alike_are_one_sound() -> None:
    assert sound("男大街") == sound("南大街") == "nandajie"
    assert sound("张村") == sound("赞村")
    assert folded("zhangshan") == "zansan"
    assert initials("南大街") == "ndj"


def test_likeness_puts_the_same_name_first() -> None:
    name = "南大街"
    heard = ["南大街", "南大", "男大街", "北大街", "人民路"]
    scores = [likeness(word, name)[0] for word in heard]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert likeness("县人民医院有人", "县人民医院")[1] == "within"
    assert likeness_latin("ndj", sound(name), initials(name)) == (0.90, "initials")
    assert likeness_latin("nanda", sound(name), initials(name))[1] == "sound"


@given(a=st.text(max_size=10), b=st.text(max_size=10))
def test_likeness_is_a_share(a: str, b: str) -> None:
    assert 0.0 <= likeness(normal(a), normal(b))[0] <= 1.0


def _street(numbers: list[int]) -> list[Numbered]:
    """A straight street: number n stands n × 10 m east, even numbers 15 m north."""
    return [Numbered(n, 120.0 + n * 0.0001, 30.0 + (n % 2 == 0) * 0.00015) for n in numbers]


def test_a_missing_number_lies_between_its_neighbours_on_its_side() -> None:
    between = interpolated(_street([2, 5, 7, 10, 11]), 6)
    assert between is not None
    assert (between.lower, between.upper) == (2, 10)
    assert between.lon == pytest.approx(120.0006) and between.lat == pytest.approx(30.00015)
    assert "插值" in between.words[0]


@given(numbers=st.sets(st.integers(1, 60), min_size=1), number=st.integers(1, 60))
def test_an_interpolated_point_lies_between(numbers: set[int], number: int) -> None:
    street = _street(sorted(numbers - {number}) or [61])
    between = interpolated(street, number)
    if between is None:
        return
    lons = [house.lon for house in street]
    assert min(lons) <= between.lon <= max(lons)
    assert distance_m(between.lon, between.lat, 120.0 + number * 0.0001, between.lat) <= 600.0


def test_beyond_the_street_the_last_house_or_nothing() -> None:
    assert interpolated(_street([2, 4]), 20).words[0] == "没有此号，取最近的4号"  # type: ignore[union-attr]  # it exists
    assert interpolated(_street([2, 4]), 500) is None
    assert interpolated([], 5) is None


def test_two_streets_of_one_name_are_not_joined() -> None:
    far_apart = [Numbered(2, 120.0, 30.0), Numbered(6, 121.0, 30.0)]
    between = interpolated(far_apart, 4)
    assert between is not None
    assert between.lower == between.upper
