"""Word lists from which the demo county's names are combined. No combination means a person or a place that exists."""

from __future__ import annotations

import random
from collections.abc import Callable

COUNTY = ("临溪县", "Linxi County")
COUNTY_CODE = "990523"
"""99 is assigned to no province (GB/T 2260 ends at 82)."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_FIRST = "建国志明晓春海永玉文德成立荣家振广俊思雨嘉梓宏少新学庆书世宗长正光云凤秀桂兰小亚彦景向守万保树延兴"
GIVEN_SECOND = (
    "华平军强勇伟刚峰林涛斌辉鹏飞超波宁生福田山川河清泉松柏梅莲芳霞燕娟敏静婷蕊琴菊娥香云月芝兰英玲萍红洁安泰和顺康乐"
)

TOWN_FIRST = "柳石白青双龙云茶竹松枫沙金银桃梅盐铁古新上中下前长"
TOWN_SECOND = "河桥泉岭坪川塘坝口湾沟店集峪滩渡沱浦汀溪"
VILLAGE_FIRST = "大小上下东西南北前后新老高低长红白青黄石土沙柳杨槐榆枣桃杏梨松竹龙凤马牛羊鹤雁井塔桥庙窑磨油盐茶麻药"
VILLAGE_MIDDLE = "家王李张刘陈杨赵河沟坡岭湾塘岗坪岩泉树林园田地洼崖峪"
VILLAGE_LAST = ("村", "庄村", "沟村", "湾村", "坪村", "寨村", "堡村", "岭村", "店村", "营村", "铺村", "坡村")
COMMUNITIES = (
    "东关", "西关", "南关", "北关", "文化", "建设", "滨河", "桥头", "钟楼", "新城", "车站", "迎春",
    "和平", "光明", "朝阳", "民主", "幸福", "团结", "胜利", "前进", "望江", "柳荫", "槐荫", "兴隆",
    "安居", "双井", "书院", "鼓楼", "菜园", "水塔", "园丁", "纺织", "机械", "粮站", "药市", "桑园",
)  # fmt: skip
STREETS_EAST = (
    "北环路", "文化路", "人民路", "东风路", "中心大街", "滨河北路", "滨河南路", "建设路", "富强路", "南环路",
    "学府路", "迎宾大道", "工业路", "桑园路", "茶市街", "书院路", "望江路", "菜园路", "柳荫路", "兴隆路",
)  # fmt: skip
STREETS_NORTH = (
    "西环路", "朝阳路", "新华路", "解放路", "和平路", "健康路", "车站路", "东环路", "体育路", "光明路",
    "幸福路", "团结路", "胜利路", "园丁路", "商贸路", "桥西路", "桥东路", "水塔路", "粮站路", "双井路",
)  # fmt: skip
LANE_FIRST = "槐柳梅兰竹菊松柏桂荷井磨灯布米盐油茶药书墨笔糖酒铁铜石木"
LANE_SECOND = ("巷", "街", "胡同", "里", "弄")
SEAT_TOWNS = (
    "城东", "城西", "城南", "城北", "新城", "桥东", "桥西", "河湾",
    "滨江", "东园",
)  # fmt: skip
ESTATES = "锦华安康瑞祥福泰和盛景丽嘉兴翠云金玉"
ESTATE_LAST = ("小区", "家园", "花园", "苑", "新村")
SHOPS = (
    "超市", "五金店", "早餐店", "理发店", "药店", "网吧", "烟酒店", "家电维修部",
    "农资店", "快递站", "手机店", "饭店",
)  # fmt: skip
LANDMARKS_TOWN = (
    "县人民医院", "县第一中学", "县第二中学", "县实验小学", "汽车客运站", "县人民广场", "滨河公园", "农贸市场",
    "县政府", "县文化馆", "县图书馆", "体育场", "中医院", "妇幼保健院", "人民商场", "县职业中学", "烈士陵园",
    "加油站", "电影院", "自来水厂", "供电公司", "建材市场", "客运东站", "养老院", "会展中心",
)  # fmt: skip
LANDMARKS_SEAT_OF_TOWN = ("中心小学", "中学", "卫生院", "集市", "加油站", "镇政府", "敬老院", "信用社", "粮站")
LANDMARKS_VILLAGE = (
    "村委会", "小学", "文化广场", "卫生室", "水塔", "老戏台", "土地庙", "采石场",
    "养殖场", "抽水站", "村口牌坊",
)  # fmt: skip


def person_name(rng: random.Random) -> str:
    """An invented name: a surname and one or two given characters, combined at random."""
    first, second = rng.choice(GIVEN_FIRST), rng.choice(GIVEN_SECOND)
    given = first + second if rng.random() < 0.8 else second
    return rng.choice(SURNAMES) + given


def telephone(rng: random.Random) -> str:
    """A mobile number in the segment 154, which no carrier has been given."""
    return f"154{rng.randrange(10**8):08d}"


def distinct(rng: random.Random, count: int, make: Callable[[random.Random], str]) -> list[str]:
    """``count`` different names from ``make``; a numeral is added when the words run out."""
    names: dict[str, None] = {}
    tries = 0
    while len(names) < count:
        name = make(rng)
        tries += 1
        if name in names and tries > count * 20:
            name = f"{name}{len(names)}"
        names.setdefault(name)
    return list(names)


def town_name(rng: random.Random) -> str:
    """The bare name of a town, without 镇."""
    return rng.choice(TOWN_FIRST) + rng.choice(TOWN_SECOND)


def village_name(rng: random.Random) -> str:
    """The name of a village, with its last word 村."""
    return rng.choice(VILLAGE_FIRST) + rng.choice(VILLAGE_MIDDLE) + rng.choice(VILLAGE_LAST)


def lane_name(rng: random.Random) -> str:
    """The name of a lane in a town."""
    return rng.choice(LANE_FIRST) + rng.choice(LANE_FIRST) + rng.choice(LANE_SECOND)


def estate_name(rng: random.Random) -> str:
    """The name of a housing estate."""
    return "".join(rng.sample(ESTATES, 2)) + rng.choice(ESTATE_LAST)
