"""Which policy rules a run, and what the work under review has loosened of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import ConfigError, MlgateError, SourceError
from mlgate.gate.load import Loaded, load_all, load_schema, read_project

if TYPE_CHECKING:
    from mlgate.config.policy_diff import PolicyChange
    from mlgate.config.project import Project
    from mlgate.sources.git_base import Base

MOST = 200
"""Changes of each kind that a report lists; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a run is judged by, and what the report says of that; no `facts` where there is nothing to say.

    `base` is the merge base; None where HEAD is a part of the branch that it would be merged into, or it is not known.
    """

    loaded: Loaded
    facts: dict[str, Any] = field(default_factory=dict)
    base: str | None = None


def resolve_policy(loaded: Loaded) -> Policy:
    """The policy of a run: the files as they are, or, under `policy: base`, as they are in the merge base.

    The merge base's files rule if either side says so, so that work under review cannot take itself out of it. Where
    the merge base has no such file yet, or HEAD is a part of the branch that it would be merged into, the files rule
    as they are. Unless the merge base rules, what cannot be read of it is said and decides nothing.

    Raises
    ------
    SourceError
        The merge base should rule, and its files cannot be read.
    """
    project = loaded.project
    try:
        base = _find(project)
    except SourceError as problem:
        if project.policy == "base":
            raise _unreadable(problem) from None
        if _in_pull_request():
            return Policy(loaded=loaded, facts=_facts("head", None, (), [problem.message]))
        return Policy(loaded=loaded)  # outside of a repository, say: there is nothing to hold the files against
    if base is None:
        return Policy(loaded=loaded)
    texts = _BaseTexts(project.root, base.commit)
    try:
        if texts.absent(project.path):
            return Policy(loaded=loaded, base=base.commit)
        before = read_project(project.root, project.path, texts)
    except MlgateError as problem:
        if project.policy == "base":
            raise _unreadable(problem) from None
        return Policy(loaded=loaded, facts=_facts("head", base, (), [problem.message]), base=base.commit)
    if "base" not in (before.policy, project.policy):
        changes, problems = _compare(before, loaded, texts)
        return Policy(loaded=loaded, facts=_facts("head", base, changes, problems), base=base.commit)
    try:
        ruling = load_all(before, texts)
    except MlgateError as problem:
        raise _unreadable(problem) from None
    changes, problems = _compare(before, loaded, texts)
    return Policy(loaded=ruling, facts=_facts("base", base, changes, problems, always=True), base=base.commit)


class _BaseTexts:
    """Texts of the project's files in a commit."""

    def __init__(self, root: Path, commit: str) -> None:
        self._root, self._commit = root, commit
        self._read: dict[str, str | None] = {}

    def absent(self, path: str) -> bool:
        return self._text(path) is None

    def __call__(self, path: str) -> str:
        text = self._text(path)
        if text is None:
            hint = "commit it on the branch that this work goes to"
            raise ConfigError(f"is not in the merge base {self._commit[:12]}", hint=hint, path=path)
        return text

    def _text(self, path: str) -> str | None:
        from mlgate.sources.git_text import text_in

        if path not in self._read:
            self._read[path] = text_in(self._root, self._commit, path)
        return self._read[path]


def _find(project: Project) -> Base | None:
    from mlgate.sources.git_text import find_merge_base

    return find_merge_base(project.root, fetch=project.policy == "base" or _in_pull_request())


def _in_pull_request() -> bool:
    return bool(os.environ.get("GITHUB_BASE_REF"))


def _compare(before: Project, loaded: Loaded, texts: _BaseTexts) -> tuple[list[PolicyChange], list[str]]:
    """What changed in the project file, in the schemas of its datasets, and in its JSON Schemas."""
    from mlgate.config.policy_diff import policy_changes

    after = loaded.project
    changes, problems = list(policy_changes(before, after, after.path)), []
    for old, new in _schemas_of(before, after):
        try:
            changes += policy_changes(load_schema(before.root, old, texts), loaded.schemas[new], new)
        except MlgateError as problem:
            problems.append(f"{old}: {problem.message}")
    try:
        changes += _changed_json_schemas(before, loaded, texts)
    except MlgateError as problem:
        problems.append(problem.message)
    order = ("looser", "either", "tighter")
    return sorted(changes, key=lambda change: order.index(change.effect.value)), problems


def _schemas_of(before: Project, after: Project) -> list[tuple[str, str]]:
    """The schema of each dataset before and after, each pair once: renaming a schema hides nothing."""
    pairs: dict[tuple[str, str], None] = {}
    for name, dataset in after.datasets.items():
        old = before.datasets[name].schema if name in before.datasets else None
        if old and dataset.schema:
            pairs[old, dataset.schema] = None
    return list(pairs)


def _changed_json_schemas(before: Project, loaded: Loaded, texts: _BaseTexts) -> Iterator[PolicyChange]:
    """A JSON Schema whose content is another one may be looser or tighter: its language is too rich to tell."""
    from mlgate.config.policy_diff import PolicyChange
    from mlgate.config.policy_values import Effect
    from mlgate.gate.json_schemas import parse_json_schema

    used = {entry.schema for entry in before.configs}
    for path, content in loaded.json_schemas.items():
        if path in used and parse_json_schema(texts(path), path) != content:
            yield PolicyChange(effect=Effect.EITHER, place="JSON Schema", before="changed", after="changed", path=path)


def _facts(
    ruled_by: str, base: Base | None, changes: Iterable[PolicyChange], problems: list[str], *, always: bool = False
) -> dict[str, Any]:
    found = list(changes)
    if not (found or problems or always):
        return {}
    counted = Counter(change.effect.value for change in found)
    kept = [change for effect in counted for change in islice((c for c in found if c.effect.value == effect), MOST)]
    return {
        "ruled_by": ruled_by,
        "base": base.commit if base else None,
        "found": base.phrase if base else None,
        "problems": problems[:20],
        "counts": dict(counted),
        "changes": [asdict(change) | {"effect": change.effect.value} for change in kept],
    }


def _unreadable(problem: MlgateError) -> SourceError:
    return SourceError(
        f"`policy: base` is set, and the policy of the merge base cannot be read: {problem.message}",
        hint=problem.hint or "fetch the whole history: `fetch-depth: 0` in the checkout step",
    )
