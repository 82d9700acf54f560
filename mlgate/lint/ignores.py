"""Comments that say why a finding is not one: `# mlgate: ignore[unseeded-split] the order is the point`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from mlgate.lint.finding import Finding
from mlgate.lint.module import Module
from mlgate.lint.rule import Rule
from mlgate.outcome import Status

_FORM = re.compile(
    r"(?:^|\s)#\s*mlgate:\s*ignore(?P<file>-file)?\b\s*(?:\[(?P<rules>[^\]]*)\])?[ \t:,\u2013\u2014-]*(?P<reason>.*)"
)
_MENTION = re.compile(r"#\s*mlgate:\s*ignore")
UNEXPLAINED, UNUSED = "unexplained-ignore", "unused-ignore"

RULES = (
    Rule(
        UNEXPLAINED,
        "A comment `# mlgate: ignore[...]` has no reason, names no rule, or names one that does not exist.",
        "Such a comment ignores nothing. Nobody can tell later whether it still holds, and a misspelt name would hide "
        "nothing while it looks as if it did. A comment counts for its line, for the whole of a statement that starts "
        "or ends there, or, alone on a line, for the statement below it; `ignore-file` counts for the file.",
        "write `# mlgate: ignore[rule] reason`",
    ),
    Rule(
        UNUSED,
        "A comment `# mlgate: ignore[...]` ignores nothing: no rule that it names finds anything there.",
        "What it excused was mended, or moved elsewhere; it would hide the next finding that happens to stand there.",
        "remove the comment, or the rule from its list",
    ),
)


class Ignore(NamedTuple):
    """A comment, and the lines that it covers.

    Parameters
    ----------
    line : of the comment, in the module's text
    rules : that it names
    reason : as written; without one the comment counts for nothing
    first, last : lines that it covers; of the whole file, 0 and 0
    cell, line_in_cell : place in a notebook
    """

    line: int
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    cell: int | None = None
    line_in_cell: int = 0

    def covers(self, rule: str, line: int) -> bool:
        """Whether a finding of a rule in a line is ignored."""
        return bool(self.reason) and rule in self.rules and (not self.first or self.first <= line <= self.last)


def mentions_ignore(text: str) -> bool:
    """Whether a text may hold such a comment, so that it is worth reading."""
    return "mlgate:" in text and _MENTION.search(text) is not None


def ignores_of(module: Module) -> tuple[Ignore, ...]:
    """The comments of a module that ignore something, or try to. The text is only read where it mentions one."""
    if not mentions_ignore(module.text):
        return ()
    statements = _extents(module.tree)
    lines = module.text.splitlines()
    return tuple(
        _ignore(module, match, line, _covered(lines, statements, line, alone=alone))
        for line, alone, match in _comments(module.text)
    )


def _comments(text: str) -> Iterator[tuple[int, bool, re.Match[str]]]:
    """Line of each such comment, whether it stands alone there, and its parts."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and (match := _FORM.search(token.string)):
                yield token.start[0], not token.line[: token.start[1]].strip(), match
    except (tokenize.TokenError, SyntaxError):
        return  # the parser has told what is wrong


def _ignore(module: Module, match: re.Match[str], line: int, covered: tuple[int, int]) -> Ignore:
    first, last = (0, 0) if match["file"] else covered
    cell, within = module.place(line)
    rules = tuple(dict.fromkeys(name.strip() for name in (match["rules"] or "").split(",") if name.strip()))
    return Ignore(
        line=line, rules=rules, reason=match["reason"].strip(), first=first, last=last, cell=cell, line_in_cell=within
    )


def _extents(tree: ast.Module) -> list[tuple[int, int]]:
    """First and last line of every statement; of one that holds others, of its head."""
    found = []
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                stack.append(child)
            if isinstance(child, ast.stmt):
                body = getattr(child, "body", None)
                last = body[0].lineno - 1 if isinstance(body, list) and body else child.end_lineno or child.lineno
                first = min([child.lineno, *(item.lineno for item in getattr(child, "decorator_list", ()))])
                found.append((first, max(first, last)))
    return found


def _covered(
    lines: Sequence[str], statements: Collection[tuple[int, int]], line: int, *, alone: bool
) -> tuple[int, int]:
    """The lines that a comment covers: the statement that starts or ends at its place, else the line alone."""
    at = _next_code(lines, line) if alone else line
    ends = [extent for extent in statements if at == extent[0] or (not alone and at == extent[1])]
    return min(ends, key=lambda extent: extent[1] - extent[0]) if ends else (at, at)


def _next_code(lines: Sequence[str], line: int) -> int:
    """The line below a comment that holds code; further comments may stand between."""
    below = (number for number in range(line + 1, len(lines) + 1) if not lines[number - 1].lstrip().startswith("#"))
    return next((number for number in below if lines[number - 1].strip()), line)


def judge_ignores(
    path: str,
    ignores: Sequence[Ignore],
    used: Collection[tuple[int, str]],
    known: Collection[str],
    judged: Collection[str],
) -> Iterator[Finding]:
    """Comments without a reason or with an unknown rule, and those that ignore nothing.

    Parameters
    ----------
    used : line of a comment and rule, where it ignored a finding
    known : ids of all rules
    judged : ids of the rules that were asked; only of these it is known that they found nothing
    """
    for ignore in ignores:
        mistakes = list(_mistakes(ignore, known))
        for fact, hint in mistakes:
            yield _finding(UNEXPLAINED, path, ignore, fact, hint)
        idle = [rule for rule in ignore.rules if rule in judged and (ignore.line, rule) not in used]
        if idle and not mistakes:
            fact = f"nothing is found here that `ignore[{', '.join(idle)}]` could ignore"
            yield _finding(UNUSED, path, ignore, fact, RULES[1].fix)


def _mistakes(ignore: Ignore, known: Collection[str]) -> Iterator[tuple[str, str]]:
    if not ignore.rules:
        yield "the comment names no rule, so it ignores nothing", RULES[0].fix
    for name in ignore.rules:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, list(known), 1)
            hint = f"did you mean {near[0]}?" if near else "`mlgate lint --help` and docs/rules.md list the rules"
            yield f"there is no rule {name!r}, so nothing is ignored by it", hint
    if ignore.rules and not ignore.reason:
        yield "the comment gives no reason, so it ignores nothing", RULES[0].fix


def _finding(rule: str, path: str, ignore: Ignore, fact: str, hint: str) -> Finding:
    place = {"cell": ignore.cell, "line": ignore.line_in_cell} if ignore.cell is not None else {}
    return Finding(rule=rule, path=path, line=ignore.line, message=fact, hint=hint, status=Status.WARN, evidence=place)
