"""The checklists as the house ships them: pure."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import Invalid, declare
from linli.kernel.words import Words

declare("checklist.unknown", zh="没有“{code}”这张检查表。", en="There is no checklist {code}.")
declare("checklist.empty", zh="检查表须有名称、依据和至少一项。", en="A checklist has a name, a basis and an item.")
declare("checklist.twice", zh="检查表里“{code}”出现两次，或代码不合规。", en="The item {code} is there twice, or odd.")

MOST_ITEMS = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at, and the article that asks for it."""

    code: str
    words: Words
    article: str


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """A checklist in force. ``edition`` 0 is the one that ships; ``premises_kinds`` empty: for every place."""

    code: str
    edition: int
    words: Words
    basis: str
    items: tuple[Item, ...]
    premises_kinds: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise Invalid for the first thing that cannot be."""
        if not self.words.zh.strip() or not self.basis.strip() or not 1 <= len(self.items) <= MOST_ITEMS:
            raise Invalid("checklist.empty", field="items")
        seen: set[str] = set()
        for item in self.items:
            odd = not item.code.isascii() or not item.code.replace("_", "").isalnum() or len(item.code) > 24
            if item.code in seen or odd or not item.words.zh.strip():
                raise Invalid("checklist.twice", code=item.code, field="items")
            seen.add(item.code)


_ORDER = "企业事业单位内部治安保卫条例（国务院令第421号）"

SHIPPED: tuple[ChecklistFacts, ...] = (
    ChecklistFacts(
        code="inner_security",
        edition=0,
        words=Words("单位内部治安保卫检查", "security inside firms and bodies"),
        basis=_ORDER + "；公安机关监督检查企业事业单位内部治安保卫工作规定（公安部令第93号）第四条",
        items=(
            Item("rules", Words("治安保卫制度健全并落实", "rules are made and kept"), "令93第四条(一)"),
            Item("principal", Words("主要负责人治安保卫责任落实", "the principal answers for it"), "令93第四条(二)"),
            Item("staff", Words("治安保卫机构、人员配备", "an office and staff for it"), "令93第四条(三)"),
            Item("guarding", Words("出入登记、守卫看护、巡逻检查", "entry, guarding, patrols"), "令93第四条(四)"),
            Item("key_parts", Words("重要部位保护", "key parts are protected"), "令93第四条(四)"),
            Item("hazards", Words("治安隐患排查处理有记录", "hazards are found and dealt with"), "令93第四条(四)"),
            Item("devices", Words("技防设施建设、使用、维护", "devices are there and work"), "令93第四条(五)"),
            Item("duties", Words("治安保卫人员依法履职", "staff do their duty"), "令93第四条(六)"),
            Item("people", Words("管理内部人员遵守制度", "people keep the rules"), "令93第四条(七)"),
            Item("training", Words("治安保卫人员培训", "staff are trained"), "令93第四条(八)"),
            Item("plan", Words("处置预案和演练", "a plan, and drills"), "令421第十五条"),
        ),
        premises_kinds=("firm", "factory", "school", "kindergarten", "hospital", "bank", "market", "care_home"),
    ),
)
"""Other trades (hotels, internet cafes, rented rooms) stand under local rules: the bureau declares their lists."""
