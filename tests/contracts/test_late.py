"""Heavy libraries stay out of processes that do not use them (ADR 0150)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from linli.kernel.late import LATE, bring, late

HEAVY = {"apprise", "docx", "docxtpl", "llvmlite", "numba", "ortools", "osmium", "pypinyin", "scipy", "typst"}
_IMPORTS = """
import json, sys
import django
django.setup()
import linli.command.main, linli.command.imports
from linli.kernel.late import LATE, bring
before = sorted({name.partition(".")[0] for name in sys.modules})
bring("pypinyin")
print(json.dumps({"loaded": before, "late": sorted(LATE), "brought": "pypinyin" in sys.modules}))
"""


def test_an_import_of_a_table_brings_no_library_that_it_does_not_use() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert HEAVY.isdisjoint(told["loaded"]), sorted(HEAVY.intersection(told["loaded"]))
    declared = {name.partition(".")[0] for name in told["late"]}
    assert HEAVY - {"llvmlite"} <= declared and told["brought"]
    assert {"django", "numpy", "shapely", "python_calamine"} <= set(told["loaded"])  # the question is put rightly


def test_a_late_module_is_loaded_at_its_first_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "linli_late_one.py").write_text("here = [1]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    one = late("linli_late_one")
    try:
        assert "linli_late_one" not in sys.modules and not hasattr(one, "__path__")
        assert "linli_late_one" not in sys.modules
        assert one.here == [1] and one.here is sys.modules["linli_late_one"].here
        assert late("linli_late_one") is one
        with pytest.raises(AttributeError):
            one.there  # noqa: B018  (asking is the test)
    finally:
        LATE.pop("linli_late_one", None)
        sys.modules.pop("linli_late_one", None)
    missing = late("linli_late_two")
    try:
        with pytest.raises(ImportError):
            missing.here  # noqa: B018  (asking is the test)
        with pytest.raises(ImportError):
            bring("linli_late_two")
    finally:
        LATE.pop("linli_late_two", None)
    with pytest.raises(KeyError):
        bring("linli_late_three")
