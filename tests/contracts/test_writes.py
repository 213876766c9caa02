"""Nothing is written outside an act. Where the machinery itself writes, a sentence says why it may."""

from __future__ import annotations

import ast
import re

from tests.contracts import house

MAY_WRITE = {
    "kernel/workflow.py": "take() is the one statement that changes a state; acts call it",
    "kernel/sqlite/": "the database backend itself",
    "trail/": "the trail writes what the acts did, in their transaction, and the sealer numbers it",
    "works/": "jobs, outbox and receipts are machinery: they write their own tables on behalf of an act",
    "matters/ledger/models/matter.py": "MatterQuery carries an act's own write on, and announces which rows it was",
    "demo/": "the year before is loaded in bulk by the rules of the acts; the last week goes through acts",
}
ROWS = re.compile(
    r"\.objects\b|_default_manager|_base_manager|\.visible_to\(|\.filter\(|\.exclude\(|\.all\(\)|select_for_update"
)
ALWAYS = {
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "aupdate",
    "acreate",
    "abulk_create",
    "asave",
}
ON_ROWS = {"create", "update", "delete"}
SQL = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|DROP|ALTER)\b", re.IGNORECASE)


def writes(node: ast.AST) -> bool:
    """Whether this call writes a row."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, owner = node.func.attr, ast.unparse(node.func.value)
    if name in ALWAYS:
        return True
    if name in ON_ROWS:
        return bool(ROWS.search(owner)) or (name == "delete" and not node.args and not node.keywords)
    if name == "save":
        return not node.args
    sql = node.args[0] if name in {"execute", "executemany", "raw"} and node.args else None
    return isinstance(sql, ast.Constant) and isinstance(sql.value, str) and bool(SQL.match(sql.value))


def is_act(path: str) -> bool:
    return path.endswith("/acts.py") or "/acts/" in path


def test_no_write_outside_acts() -> None:
    found = [
        f"{path}:{node.lineno}: {ast.unparse(node)[:100]}"
        for path, tree in house.sources()
        if not is_act(path) and not path.startswith(tuple(MAY_WRITE))
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and writes(node)
    ]
    assert not found, "write in an act (acts.py), or the trail will not know"


def test_the_sweep_sees_a_write() -> None:
    """The mutant: each of these must be seen, or the sweep guards nothing."""
    seen = [
        "Person.objects.create(name=name)",
        "Order.objects.filter(pk=1).update(state='done')",
        "row.save(update_fields=['x'])",
        "row.delete()",
        "Person.objects.bulk_create(rows)",
        "cursor.execute('UPDATE org_person SET name = 1')",
    ]
    unseen = ["digest.update(b'x')", "facts.update(other)", "book.save(path)", "cursor.execute('SELECT 1')"]
    assert all(writes(ast.parse(line, mode="eval").body) for line in seen)
    assert not any(writes(ast.parse(line, mode="eval").body) for line in unseen)
