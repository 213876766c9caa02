"""`tools/docs`: write docs/reference from what the code declares; `--check` says what is not current."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import django

from linli.kernel.workflow import Workflow

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
HEAD = "<!-- written by tools/docs from the code; do not edit -->\n\n"


def load() -> None:
    """Django and every module of the house, so that all registries are full."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings.test")
    django.setup()
    package = importlib.import_module("linli")
    for info in pkgutil.walk_packages(package.__path__, "linli."):
        if not {"settings", "migrations", "__main__", "urls", "wsgi", "asgi"} & set(info.name.split(".")):
            importlib.import_module(info.name)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    columns = list(head)
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += [
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def code(names: Iterable[object]) -> str:
    """Names in code type, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def acts() -> str:
    """Every verb: what it is called, its input, what the trail keeps, who may."""
    declared = importlib.import_module("linli.kernel.acts").ACTS
    access = importlib.import_module("linli.org.access.rules")
    text = "# Acts\n\nWhat can be done. Page, API, offline replay and command line call the same acts.\n"
    for name in sorted(declared):
        act = declared[name]
        run = inspect.unwrap(act.run)
        inputs = [p for p in inspect.signature(run).parameters.values() if p.name != "actor"]
        posts = sorted(post for post, rights in access.RIGHTS.items() if name in rights)
        text += f"\n## `{name}` {act.words.zh} · {act.words.en}\n\n{prose(run.__doc__)}\n\n"
        rows = [(f"`{p.name}`", f"`{shown(p)}`", "" if p.default is p.empty else f"`{p.default!r}`") for p in inputs]
        text += table(("input", "type", "default"), rows) if rows else "No input.\n"
        may = code(posts) or "the house's own machines only"
        offline = " May be done offline." if act.offline else ""
        text += f"\nTrail keeps: {code(act.keeps) or 'nothing but that it was done'}. May: {may}.{offline}\n"
    return text


def prose(docstring: str | None) -> str:
    """A docstring as a paragraph of Markdown: how it was wrapped in the code does not matter."""
    parts = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in parts if part.strip())


def shown(parameter: inspect.Parameter) -> str:
    """The type of an input as it stands in the code."""
    kind = parameter.annotation
    return kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))


def kinds() -> str:
    """Every kind of matter: its life as a diagram, its details, its number."""
    declared = importlib.import_module("linli.matters.kinds").KINDS
    text = "# Kinds of matter\n\nOne module each in `linli/matters/kinds/`.\n"
    for name, kind in declared.items():
        text += f"\n## `{name}` {kind.words.zh} · {kind.words.en}\n\nNumbers begin with {kind.prefix}. "
        text += f"Kept for {kind.keep_days} days. Opened by {code(sorted(kind.opens))}.\n\n{diagram(kind.workflow)}\n"
        rows = [
            (f"`{m.name}`", m.words.zh, code(m.sources), f"`{m.target}`", code(m.needs)) for m in kind.workflow.moves
        ]
        text += table(("move", "", "from", "to", "needs"), rows)
        if kind.details:
            marks = [(f"`{d.name}`", d.words.zh, d.kind, flags(d)) for d in kind.details]
            text += "\n" + table(("detail", "", "type", ""), marks)
    return text


def flags(detail: object) -> str:
    """The marks of a detail in words."""
    return ", ".join(mark for mark in ("required", "counted", "personal") if getattr(detail, mark))


def diagram(workflow: Workflow) -> str:
    """A workflow as a Mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {workflow.initial}"]
    lines += [f"    {state.name}: {state.words.zh}" for state in workflow.states]
    for move in workflow.moves:
        lines += [f"    {source} --> {move.target}: {move.words.zh}" for source in move.sources]
    return "\n".join([*lines, "```", ""])


def rights() -> str:
    """Which post may do what, as a table that everybody can read."""
    access = importlib.import_module("linli.org.access.rules")
    posts = list(access.RIGHTS)
    named = sorted(set().union(*access.RIGHTS.values()))
    rows = [(f"`{act}`", *("✓" if act in access.RIGHTS[post] else "" for post in posts)) for act in named]
    text = "# Rights\n\nA right is post × act × scope: a post held at an agency reaches everything below it.\n\n"
    text += table(("act", *(f"`{post}`" for post in posts)), rows)
    return text + f"\nOnly the house's own machines: {code(sorted(access.SYSTEM_ONLY))}.\n"


def errors() -> str:
    """Every error code with its two sentences."""
    codes = importlib.import_module("linli.kernel.errors").CODES
    text = "# Error codes\n\nThe `code` of an `application/problem+json` answer. `{…}` is filled from the facts.\n\n"
    return text + table(("code", "中文", "English"), [(f"`{c}`", codes[c].zh, codes[c].en) for c in sorted(codes)])


def layers() -> str:
    """Every layer of the map: what is drawn, from which zoom, and by what it is filtered."""
    declared = importlib.import_module("linli.places.map.rules").LAYERS
    text = "# Layers of the map\n\nEach has vector tiles, is a collection under `/ogc/`, and part of an area search.\n"
    for layer in sorted(declared.values(), key=lambda item: item.order):
        marks = [name for name in ("clustered", "dated", "live", "people") if getattr(layer, name)]
        text += f"\n## `{layer.code}` {layer.words.zh} · {layer.words.en}\n\nDrawn as {layer.geometry}s"
        text += f"{', ' + ', '.join(marks) if marks else ''}. {prose(layer.source.__doc__)}\n"
        rows = [(f"`{f.name}`", f.words.zh, code(choice.code for choice in f.choices) or "any") for f in layer.filters]
        text += "\n" + table(("filter", "", "values"), rows) if rows else ""
    return text


def settings() -> str:
    """Every setting that the environment gives."""
    text = "# Settings\n\nFrom the environment. Most sites set only `LINLI_DATABASE_URL` and `LINLI_HOME`.\n\n"
    return text + table(("variable", "type", "default", "meaning"), sorted(variables()))


def variables() -> Iterable[tuple[str, str, str, str]]:
    """`env.<type>("LINLI_…", default=…)` in the settings, with the sentence written below the assignment."""
    for path in sorted((ROOT / "linli" / "settings").glob("*.py")):
        body = list(ast.walk(ast.parse(path.read_text())))
        said = {id(a): b for block in body for a, b in pairs(getattr(block, "body", []))}
        for statement in body:
            for call in ast.walk(statement) if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return) else ():
                if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("env.") and call.args:
                    name = ast.literal_eval(call.args[0])
                    default = next((ast.unparse(k.value) for k in call.keywords if k.arg == "default"), "")
                    kind = ast.unparse(call.func).removeprefix("env.")
                    yield f"`{name}`", kind, f"`{default}`", said.get(id(statement), "")


def pairs(block: object) -> Iterable[tuple[ast.stmt, str]]:
    """Statements with the string that stands right below them."""
    statements = block if isinstance(block, list) else []
    for above, below in itertools.pairwise(statements):
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            yield above, " ".join(below.value.value.split())


PAGES: dict[str, Callable[[], str]] = {
    "acts.md": acts,
    "kinds.md": kinds,
    "rights.md": rights,
    "errors.md": errors,
    "layers.md": layers,
    "settings.md": settings,
}


def main(arguments: list[str]) -> int:
    """Write all pages, or with `--check` name those that are not current."""
    load()
    stale = []
    for name, write in PAGES.items():
        path, text = FOLDER / name, HEAD + write()
        if "--check" in arguments:
            stale += [name] if not path.is_file() or path.read_text() != text else []
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if stale:
        print(f"docs/reference is not current: {', '.join(stale)}. Write it anew with tools/docs.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
