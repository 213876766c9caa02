"""The tools that guard the house guard it: each gate sees what it is there for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.workshop import bench, sizes, suite, tracked
from tools.workshop.paths import ROOT, digest


def test_a_function_of_41_lines_is_seen_and_one_of_40_is_not() -> None:
    body = "\n".join(f"    x{i} = {i}" for i in range(40))
    assert list(sizes.long_functions(Path("a.py"), f"def f():\n{body}\n"))
    assert not list(sizes.long_functions(Path("a.py"), f"def f():\n{body[: body.rindex(chr(10))]}\n"))


def test_a_docstring_is_not_counted() -> None:
    said = '    """One.\n\n    Two.\n    """\n'
    node = ast.parse(f"def f():\n{said}    return 1\n").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert sizes.docstring_lines(node) == 4


def test_tracked_files_are_those_of_git() -> None:
    names = {path.as_posix() for path in tracked.files(".toml")}
    assert "pyproject.toml" in names


def test_a_digest_depends_on_content_and_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.workshop.paths.ROOT", tmp_path)
    (tmp_path / "a").write_text("1")
    first = digest([tmp_path / "a"])
    (tmp_path / "a").write_text("2")
    second = digest([tmp_path / "a"])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, digest([tmp_path / "b"])}) == 3


def test_a_word_stands_for_the_benchmarks_below_it() -> None:
    known = {"recommend.ny": "a", "recommend.edmonton": "a", "recommended": "b"}
    assert set(bench.chosen(["recommend"], known)) == {"recommend.ny", "recommend.edmonton"}
    assert bench.chosen([], known) == known


def test_the_locks_name_no_host_and_hash_every_package() -> None:
    for name in ("base", "dev", "node"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        blocks = [block for block in text.split("\n") if "==" in block]
        assert blocks
        assert text.count("--hash=sha256:") >= len(blocks)


def test_the_dev_lock_contains_the_base_lock() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line}

    assert pins("base") <= pins("dev")


def test_every_folder_of_tests_is_in_a_lane_of_each_database_it_concerns() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    lanes = {
        database: [name for lane in suite.LANES if lane.database == database for name in lane.folders]
        for database in suite.ONCE
    }
    assert sorted(lanes["sqlite"]) == sorted(folders)
    assert sorted(lanes["postgres"]) == sorted(folders - {"rules", "contracts", "browser"})


def test_named_parts_are_one_lane_a_database() -> None:
    assert suite.chosen(["-k", "order"]) == suite.LANES
    assert [lane.folders for lane in suite.chosen(["tests/acts", "-q"])] == [(), ()]
