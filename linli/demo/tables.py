"""The category table and the shares, rhythms and words from which the demo county's incidents are drawn."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

HOURS = {
    "day": (5, 3, 2, 2, 2, 3, 8, 18, 30, 40, 44, 40, 30, 30, 36, 38, 38, 36, 30, 24, 20, 14, 10, 7),
    "evening": (22, 14, 9, 6, 4, 3, 4, 7, 10, 13, 15, 17, 18, 16, 16, 18, 20, 26, 32, 40, 46, 46, 40, 31),
    "night": (30, 28, 26, 22, 16, 9, 5, 4, 4, 5, 5, 6, 7, 6, 6, 7, 8, 10, 14, 20, 28, 34, 36, 34),
    "road": (6, 4, 3, 2, 3, 6, 16, 38, 40, 30, 28, 28, 24, 22, 26, 28, 34, 44, 40, 28, 20, 16, 12, 9),
}
"""Weights of the 24 hours of a day in Shanghai."""

WEEKDAYS = {
    "day": (1.10, 1.05, 1.02, 1.02, 1.06, 0.92, 0.88),
    "evening": (0.92, 0.92, 0.94, 0.97, 1.12, 1.20, 1.05),
    "night": (0.85, 0.85, 0.88, 0.95, 1.20, 1.32, 1.02),
    "road": (1.04, 0.98, 0.98, 1.00, 1.12, 1.00, 0.92),
}
"""Weights from Monday to Sunday."""

SEASONS = {
    "even": (1.0,) * 12,
    "summer": (0.75, 0.78, 0.88, 0.97, 1.08, 1.22, 1.35, 1.32, 1.12, 0.98, 0.85, 0.76),
    "winter": (1.30, 1.34, 1.08, 0.92, 0.86, 0.82, 0.82, 0.84, 0.90, 0.98, 1.06, 1.20),
    "flood": (0.1, 0.1, 0.3, 0.6, 1.2, 2.2, 3.4, 2.8, 1.2, 0.4, 0.1, 0.1),
}
"""Weights from January to December: quarrels and drowning in summer, fires and falls in winter."""

SHARES: dict[str, tuple[float, str, str, str]] = {
    # code: (share, rhythm of the day, season, where: any | town | village)
    "1010": (0.01, "night", "even", "any"),
    "1020": (0.5, "night", "summer", "any"),
    "1030": (0.15, "night", "even", "town"),
    "1031": (0.25, "evening", "even", "town"),
    "1040": (0.12, "night", "summer", "any"),
    "1060": (2.2, "night", "winter", "any"),
    "1061": (4.2, "evening", "summer", "any"),
    "1062": (2.4, "day", "winter", "town"),
    "1063": (1.0, "night", "winter", "village"),
    "1069": (3.4, "day", "even", "any"),
    "1070": (5.2, "day", "even", "any"),
    "1071": (1.0, "day", "even", "any"),
    "1080": (1.1, "evening", "even", "any"),
    "1085": (0.1, "night", "even", "any"),
    "2010": (4.2, "night", "summer", "any"),
    "2020": (7.4, "evening", "summer", "any"),
    "2021": (6.0, "evening", "even", "any"),
    "2022": (1.9, "night", "even", "any"),
    "2023": (5.0, "day", "even", "town"),
    "2024": (1.6, "day", "winter", "any"),
    "2025": (2.2, "day", "even", "village"),
    "2026": (0.3, "day", "even", "town"),
    "2027": (3.0, "evening", "even", "town"),
    "2029": (2.6, "day", "even", "any"),
    "2030": (1.0, "night", "summer", "any"),
    "2031": (2.3, "night", "summer", "any"),
    "2035": (0.4, "day", "even", "town"),
    "2040": (4.4, "night", "summer", "town"),
    "2045": (0.9, "night", "winter", "any"),
    "2046": (0.1, "night", "even", "town"),
    "2050": (1.6, "evening", "even", "any"),
    "2055": (0.5, "evening", "even", "any"),
    "2060": (0.05, "day", "even", "any"),
    "2065": (1.2, "day", "summer", "any"),
    "2070": (1.2, "night", "even", "any"),
    "3010": (2.6, "road", "even", "any"),
    "3020": (6.2, "road", "even", "any"),
    "3030": (0.5, "road", "even", "any"),
    "3040": (1.0, "road", "even", "town"),
    "3050": (0.7, "road", "flood", "any"),
    "3060": (0.3, "night", "even", "any"),
    "3070": (1.9, "day", "even", "town"),
    "4010": (0.5, "evening", "winter", "any"),
    "4020": (0.1, "road", "summer", "any"),
    "4030": (0.4, "day", "winter", "village"),
    "4040": (0.15, "evening", "winter", "town"),
    "4050": (0.4, "day", "even", "town"),
    "4099": (0.3, "day", "summer", "any"),
    "5010": (1.5, "day", "even", "any"),
    "5011": (0.4, "day", "summer", "any"),
    "5020": (0.35, "night", "even", "any"),
    "5021": (0.2, "day", "flood", "any"),
    "5030": (1.0, "day", "winter", "any"),
    "5031": (0.6, "day", "even", "any"),
    "5040": (0.8, "day", "winter", "any"),
    "5041": (0.4, "evening", "winter", "town"),
    "5042": (0.7, "evening", "summer", "any"),
    "5050": (3.2, "day", "even", "town"),
    "5060": (1.6, "evening", "even", "town"),
    "5070": (0.9, "evening", "winter", "any"),
    "5080": (1.8, "day", "even", "any"),
    "5099": (2.4, "day", "even", "any"),
    "6010": (0.4, "day", "winter", "any"),
    "6011": (0.7, "day", "flood", "any"),
    "6020": (0.6, "evening", "even", "town"),
    "6030": (0.4, "day", "summer", "any"),
    "6040": (0.5, "day", "even", "town"),
    "6050": (0.4, "day", "even", "town"),
    "6060": (0.5, "day", "summer", "village"),
    "7010": (0.08, "day", "even", "any"),
    "7020": (0.08, "night", "summer", "any"),
    "8010": (0.1, "day", "flood", "village"),
    "8020": (0.05, "day", "flood", "village"),
    "8040": (0.1, "day", "even", "any"),
    "8050": (0.1, "evening", "winter", "any"),
    "9010": (0.6, "day", "even", "any"),
    "9040": (0.4, "day", "even", "any"),
    "9520": (0.1, "day", "even", "any"),
    "9530": (0.1, "day", "even", "any"),
    "9910": (3.0, "evening", "even", "any"),
    "9920": (1.2, "evening", "even", "any"),
    "9990": (0.5, "day", "even", "any"),
}

WORDS: dict[str, tuple[str, ...]] = {
    "1060": ("报警人称家中被撬门盗窃，少了现金和首饰。", "早上起来发现后窗被撬，屋里被翻乱。"),
    "1061": ("停在楼下的电动车不见了。", "电动车电瓶被人卸走。"),
    "1062": ("在集市买菜时钱包被掏。", "在公交站发现手机被偷，怀疑是刚才挤过来的人。"),
    "1063": ("夜里羊圈被盗，少了三只羊。", "地里的药材被人连夜挖走。"),
    "1070": ("接到自称客服的电话，转账后对方失联。", "刷单返利，被骗后无法提现。"),
    "2010": ("有人打架，已有人倒地。", "饭店门口两伙人打起来了。"),
    "2020": ("邻居因滴水吵起来，双方情绪激动。", "两家为宅基地边界争吵。", "楼上楼下因漏水起争执。"),
    "2021": ("夫妻吵架，摔东西。", "婆媳争吵，老人要离家。"),
    "2022": ("女子称被丈夫殴打，正躲在邻居家。", "听到隔壁女人呼救，孩子在哭。"),
    "2023": ("因退货与店主争吵。", "因借款不还在门口争执。"),
    "2025": ("两家因地界争执，已经动手推搡。", "上下游抢水浇地起争执。"),
    "2027": ("车位被占，双方争吵。", "车辆堵住消防通道，联系不上车主。"),
    "2031": ("醉酒男子躺在路边，拉扯路人。", "喝醉的客人不肯离开，砸杯子。"),
    "2040": ("楼下烧烤摊深夜喧哗。", "工地夜间施工，影响休息。", "广场舞音响太大。"),
    "2065": ("流浪狗咬伤小孩。", "大狗没有拴绳，追人。"),
    "2070": ("有陌生男子在楼道里挨家试门。", "一人在停车处拉车门。"),
    "3010": ("电动车与小车相撞，骑车人受伤。", "摩托车摔倒，人不能动。"),
    "3020": ("两车追尾，无人受伤，堵了路。", "倒车时刮蹭，双方说不清。"),
    "4010": ("二楼窗户冒黑烟。", "厨房起火，已切断电源。"),
    "4030": ("坡上烧荒，火往林子里走。",),
    "5010": ("家中老人早上出门未归。", "患病的父亲走失，穿蓝色外套。"),
    "5020": ("有人站在楼顶边上。", "家人说要喝农药，锁着门。"),
    "5021": ("有人掉进河里，正在呼救。",),
    "5030": ("路边一人昏倒，叫不醒。", "老人胸口痛，家里没有人。"),
    "5060": ("小孩反锁在家，灶上有火。", "忘带钥匙，屋里有老人。"),
    "5070": ("联系不上独居的母亲，请求上门看看。",),
    "6011": ("大风刮断电线，落在路上。",),
}
"""What callers say; other categories use the name of the category itself."""

BUSY_MINUTES = {"1": 55, "2": 28, "3": 35, "4": 38, "5": 30, "6": 25, "7": 80, "8": 90, "9": 12}
"""Minutes at the scene, typical, by the first digit of the category."""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One row of ``linli/matters/data/categories.csv``."""

    code: str
    zh: str
    priority: int
    taken_by: str
    automatic: bool
    services: tuple[str, ...]


@cache
def categories() -> dict[str, CategoryRow]:
    """The category tree that the product ships, by code."""
    text = (resources.files("linli.matters") / "data" / "categories.csv").read_text(encoding="utf-8")
    return {
        row["code"]: CategoryRow(
            code=row["code"],
            zh=row["zh"],
            priority=int(row["priority"]),
            taken_by=row["taken_by"],
            automatic=row["automatic"] == "yes",
            services=tuple(filter(None, row["ask_along"].split(";"))),
        )
        for row in csv.DictReader(text.splitlines())
    }
