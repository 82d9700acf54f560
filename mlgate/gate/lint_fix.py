"""Mends what can be mended safely: the edits of findings, in files that are still what was judged."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate.errors import SourceError
from mlgate.gate.lint_modules import digest_of
from mlgate.gate.lint_outcomes import ignores_by_path
from mlgate.lint.finding import CONTROLLED, Edit, Finding
from mlgate.lint.merging import merge
from mlgate.sources.source_text import read_source, write_source

if TYPE_CHECKING:
    from mlgate.gate.lint import LintRequest
    from mlgate.gate.lint_areas import Area, Areas
    from mlgate.gate.lint_worker import Worked
    from mlgate.gate.record import Progress
    from mlgate.sources.lint_files import Named

MAX_ROUNDS = 5
"""An edit may stand in the way of another, which comes in the next round."""


def fix_files(areas: Areas, files: Sequence[Named], request: LintRequest) -> None:
    """Mend the named files until no finding can be mended; each change is said. Notebooks are not changed."""
    from mlgate.gate.lint import judge_files

    request = replace(request, progress=_once(request.progress))
    for area, group in areas.grouped(files):
        for number in range(MAX_ROUNDS):
            _, worked = judge_files(area, group, request)
            if not _mend(area, worked, request, is_first=number == 0):
                break


def _once(progress: Progress) -> Progress:
    """The same, but what was said is not said again: a round meets what the one before it met."""
    said: set[str] = set()

    def say(line: str) -> None:
        if line not in said:
            said.add(line)
            progress(line)

    return say


def _mend(area: Area, worked: Sequence[Worked], request: LintRequest, *, is_first: bool) -> bool:
    """One round over all files; whether anything was changed."""
    findings = [finding for item in worked for finding in item.judged.findings]
    merged = merge(findings, ignores_by_path([item.judged for item in worked]), ())
    wanted = area.wanted(request.families, request.rules)
    changed = False
    for item in worked:
        path = item.judged.path
        found = merged[path].findings if path in merged else []
        told = [
            finding
            for finding in found
            if finding.edits
            and finding.verdict != CONTROLLED
            and (not request.rules or finding.rule in request.rules)
            and wanted.entry_for(path, finding.rule) is None
        ]
        if told and path.endswith(".ipynb"):
            if is_first:
                request.progress(f"{path}: a notebook is not changed: mend {len(told)} of its findings by hand")
        elif told:
            changed |= _mend_file(area, item, told, request)
    return changed


def _mend_file(area: Area, item: Worked, findings: Sequence[Finding], request: LintRequest) -> bool:
    path = item.judged.path
    whole = f"{area.root}/{path}"
    try:
        source = read_source(whole)
        if digest_of(source.raw) != item.digest:
            raise SourceError("changed while it was judged: left as it is", hint="run again")
        taken = list(_compatible(findings))
        end = _line_end(source.text)
        edits = [edit for finding in taken for edit in finding.edits]
        text = apply_edits(source.text, [Edit(edit.start, edit.end, edit.new.replace("\n", end)) for edit in edits])
        ast.parse(text)
        if text == source.text or not write_source(whole, source, text):
            return False
    except SourceError as problem:
        request.progress(f"{path}: {problem.message}")
        return False
    except (SyntaxError, ValueError):
        request.progress(f"{path}: left as it is: the change would not be Python")
        return False
    for finding in taken:
        request.progress(f"{path}:{finding.line}: mended {finding.rule}: {finding.message}")
    return True


def _line_end(text: str) -> str:
    """How the lines of a text end: as its first one does."""
    place = text.find("\n")
    if place < 0:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if text[place - 1 : place] == "\r" else "\n"


def _compatible(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Findings whose edits do not touch those of an earlier one; the same edit for two findings is one edit."""
    taken: set[Edit] = set()
    for finding in findings:
        new = [edit for edit in finding.edits if edit not in taken]
        if all(not _touch(edit, other) for edit in new for other in taken):
            taken.update(new)
            yield finding


def _touch(first: Edit, second: Edit) -> bool:
    return first.start <= second.end and second.start <= first.end


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """A text with edits applied, each once; they do not overlap.

    Examples
    --------
    >>> apply_edits("f(x)", [Edit(3, 3, ", seed=1"), Edit(0, 1, "g"), Edit(0, 1, "g")])
    'g(x, seed=1)'
    """
    for edit in sorted(set(edits), key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text
