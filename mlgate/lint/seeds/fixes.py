"""Safe edits: a literal seed where a call takes one."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from mlgate.lint.finding import Edit
from mlgate.lint.module import Module
from mlgate.lint.seeds.sites import Site

_SEED = "42"


def edits_for(site: Site, rule: str) -> tuple[Edit, ...]:
    """The edit that mends a finding, or nothing where none is safe."""
    node = site.node
    if not isinstance(node, ast.Call):
        return ()
    text: str = site.module.text
    if rule in ("unseeded-split", "unseeded-estimator", "unseeded-sample") and site.via:
        return ()
    if rule in ("unseeded-split", "unseeded-estimator", "unseeded-sample"):
        return _with_argument(text, node, f"random_state={_SEED}", "random_state")
    if rule == "unseeded-generator" and site.what.rpartition(".")[2] in (
        "default_rng",
        "RandomState",
        "Random",
        "SeedSequence",
    ):
        return _with_argument(text, node, _SEED, "seed") if not node.args and not node.keywords else ()
    if rule == "unseeded-search" and site.what.startswith("optuna.samplers."):
        return _with_argument(text, node, f"seed={_SEED}", "seed")
    if site.generator in _SEEDERS and rule.startswith("unseeded-") and not site.is_emptied:
        return _at_the_start(site)
    return ()


def _with_argument(text: str, node: ast.Call, argument: str, name: str) -> tuple[Edit, ...]:
    if any(word.arg is None or word.arg == name for word in node.keywords) or node.end_lineno is None:
        return ()
    close = offset(text, node.end_lineno, node.end_col_offset or 0) - 1
    if text[close : close + 1] != ")":
        return ()
    inside = text[:close].rstrip()
    if not node.args and not node.keywords:
        return (Edit(close, close, argument),)
    given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    last = max(given, key=lambda item: (item.end_lineno or 0, item.end_col_offset or 0))
    end = offset(text, last.end_lineno or 1, last.end_col_offset or 0)
    if "#" in text[end:close]:
        return ()  # a comment after the last argument: a person decides
    if inside.endswith(","):
        place = len(inside)
        return (Edit(place, place, f" {argument},"),)
    if isinstance(last, ast.GeneratorExp) and len(node.args) == 1 and not node.keywords:
        return ()
    return (Edit(end, end, f", {argument}"),)


_SEEDERS = {"random": "random", "numpy": "numpy", "torch": "torch"}
_CALLS = {"random": "seed", "numpy": "random.seed", "torch": "manual_seed"}


def _at_the_start(site: Site) -> tuple[Edit, ...]:
    """A seeding call as the first statement under `if __name__ == "__main__":`, or after the imports of a script.

    What draws at the top before that place is not mended by it.
    """
    found = _seed_first(site.module, site.generator or "")
    if found is None or (not site.scope and not site.via and site.line < found[0]):
        return ()
    return (found[1],)


@lru_cache(8)
def _seed_first(module: Module, generator: str) -> tuple[int, Edit] | None:
    """The line and the same edit for all draws of a module from a generator."""
    name = _imported_as(module.tree, _SEEDERS[generator])
    place = _first_statement(module.tree)
    if name is None or place is None:
        return None
    decorators = getattr(place, "decorator_list", ())
    line = min([place.lineno, *(decorator.lineno for decorator in decorators)])
    start = offset(module.text, line, place.col_offset)
    indent = module.text[module.text.rfind("\n", 0, start) + 1 : start]
    call = f"{name}.{_CALLS[generator]}({_SEED})\n"
    if indent.strip() or module.text.startswith(call, start):
        return None  # behind other code; or it is there already, and something stands in its way
    return line, Edit(start, start, call + indent)


def _imported_as(tree: ast.Module, library: str) -> str | None:
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name == library:
                    return alias.asname or alias.name
    return None


def _first_statement(tree: ast.Module) -> ast.stmt | None:
    for statement in tree.body:
        match statement:
            case ast.If(
                test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])
                | ast.Compare(ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]),
                body=[first, *_],
            ):
                return first if first.lineno > statement.lineno else None
    imports = [number for number, item in enumerate(tree.body) if isinstance(item, (ast.Import, ast.ImportFrom))]
    after = imports[-1] + 1 if imports else 0
    return tree.body[after] if after < len(tree.body) else None


def offset(text: str, line: int, column: int) -> int:
    """Index in the text of a line (1-based) and a column in bytes of UTF-8, as `ast` gives them."""
    starts = _line_starts(text)
    start = starts[line - 1]
    row = text[start : starts[line] if line < len(starts) else None]
    return start + len(row.encode("utf-8")[:column].decode("utf-8", "ignore"))


@lru_cache(8)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]
