"""Kinds of premises, and what each column is for: pure."""

from __future__ import annotations

from linli.kernel.words import Words

KINDS: dict[str, Words] = {
    "firm": Words("企业", "firm"),
    "factory": Words("厂房", "factory"),
    "shop": Words("商铺", "shop"),
    "market": Words("市场", "market"),
    "school": Words("学校", "school"),
    "kindergarten": Words("幼儿园", "kindergarten"),
    "hospital": Words("医院", "hospital"),
    "care_home": Words("养老院", "care home"),
    "site": Words("工地", "building site"),
    "rental": Words("出租房屋", "rented building"),
    "hotel": Words("旅馆", "hotel"),
    "internet_cafe": Words("网吧", "internet cafe"),
    "entertainment": Words("娱乐场所", "place of entertainment"),
    "petrol_station": Words("加油站", "petrol station"),
    "hazardous_store": Words("危险物品场所", "store of dangerous goods"),
    "bank": Words("银行网点", "bank"),
    "public_place": Words("公共场所", "public place"),
    "other": Words("其他场所", "other premises"),
}

PURPOSES: dict[str, Words] = {
    "code": Words("与本地登记簿对应", "matches the local register"),
    "name": Words("知道去哪里", "says where to go"),
    "kind": Words("图层、清单和走访按类别", "layers, lists and visits go by it"),
    "operator": Words("整改时找经营单位", "which firm or body is asked to put something right"),
    "address_text": Words("出警和走访找得到", "how to find it"),
    "address": Words("同址事项并看", "matters at the same address are seen together"),
    "grid_code": Words("归哪个警格", "in which grid it lies"),
    "lon": Words("上图、算路程", "on the map, and for the way there"),
    "lat": Words("上图、算路程", "on the map, and for the way there"),
    "agency_path": Words("由谁负责、谁能看", "who answers for it, who may see it"),
    "usual_people": Words("处置时要疏散多少人", "how many may have to be led out"),
    "hazard_note": Words("到场前须知的危险", "what is dangerous for who arrives"),
    "closed_on": Words("停业后不再列入", "a place that has closed is listed no more"),
}
"""Why each column is kept; a column without a purpose is not kept (``tests/contracts``)."""
