"""`mlgate plan`: what must run for this change, why, and in which jobs."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.project import Tier
from mlgate.errors import SourceError
from mlgate.gate.load import Loaded, declared_tiers, load_all, load_project, require_something
from mlgate.gate.plan_inputs import (
    dataset_inputs,
    declared_data,
    evaluation_inputs,
    evaluations_s,
    files_of_module,
    together,
)
from mlgate.outcome import TIERS
from mlgate.pyramid.change import Change, Kind, covers, kind_of
from mlgate.pyramid.closure import Graph
from mlgate.pyramid.decide import Known
from mlgate.pyramid.matrix import Sharding, jobs_of
from mlgate.pyramid.plan import Declared, plan_tiers
from mlgate.pyramid.plan_file import Plan
from mlgate.pyramid.withheld import with_secrets, withhold

if TYPE_CHECKING:
    from mlgate.config.project import Project
    from mlgate.sources.git_base import Base
    from mlgate.sources.git_changes import FileChange

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What was asked for: the nearest `mlgate.yaml` from `start` upwards where `config` is None, and the merge base
    where `base` is. `fork` and `draft` withhold jobs, see `withhold`."""

    start: Path
    config: Path | None = None
    base: str | None = None
    name: str = "default"
    strict: bool = False
    mode: str | None = None
    reuse: bool = True
    cache: Path | None = None
    output: Path | None = None
    fork: bool = False
    draft: bool = False
    sharding: Sharding = field(default_factory=Sharding)


def make_plan(request: PlanRequest, *, clock: Clock) -> Plan:
    """The plan for the files as they are.

    Where the merge base, or what differs from it, cannot be told, everything runs, and the plan says why.

    Raises
    ------
    UsageError
        Wrong usage or a mistake in our YAML files.
    """
    import mlgate
    from mlgate.sources import git

    loaded = _ruling(load_all(load_project(request.config, request.start)))
    project = loaded.project
    require_something(project)
    digest, rules = config_digest(loaded)
    base, found, differing = _differing(project.root, request)
    declared = _declared(loaded)
    known = None if base is None else _known(loaded, declared, _kinds(loaded, base.commit, rules, differing), differing)
    declared = replace(declared, evaluations=evaluation_inputs(project, known.graph if known else Graph()))
    started = (inputs.starts or () for inputs in declared.evaluations.values())
    known = known and replace(known, starts=frozenset[str]().union(*started))
    declared, known = _with_proofs(request, loaded, declared, known, clock())
    tiers = plan_tiers(declared, known, f"everything runs: {found}")
    made = Plan(
        gate=request.name,
        mode=request.mode or project.mode,
        strict=request.strict,
        config=project.path,
        config_digest=digest,
        head=git.head(project.root),
        base=base.commit if base is not None else None,
        found=found,
        created_at=clock().isoformat(timespec="seconds").replace("+00:00", "Z"),
        mlgate=mlgate.__version__,
        changed=tuple(change.path for change in differing),
        tiers=tiers,
        jobs=jobs_of(tiers, project.tiers, request.sharding, evaluations_s=evaluations_s(project)),
    )
    return _for_this_run(made, project, request)


def _with_proofs(
    request: PlanRequest, loaded: Loaded, declared: Declared, known: Known | None, now: dt.datetime
) -> tuple[Declared, Known | None]:
    """The same with what earlier runs have shown, where anything has changed and results may be reused."""
    from mlgate.gate.plan_proofs import as_they_were_read, folder_of, proven_now

    project = loaded.project
    folder = folder_of(project, request.cache) if request.reuse else None
    if folder is None or (known is not None and not known.changes):
        return declared, known
    if known is not None and known.graph.files:
        known = replace(known, settled=as_they_were_read(project, declared.tests, folder))
    return replace(declared, proven=proven_now(project, declared.tiers, folder, now=now)), known


def _for_this_run(plan: Plan, project: Project, request: PlanRequest) -> Plan:
    """Which jobs need credentials, and which are not started in this run."""
    if not plan.jobs:
        return plan
    from mlgate.gate.plan_secrets import tiers_with_secrets

    needing = tiers_with_secrets(project, [tier.tier for tier in plan.tiers])
    return withhold(with_secrets(plan, needing), fork=request.fork, draft=request.draft)


def config_digest(loaded: Loaded) -> tuple[str, tuple[str, ...]]:
    """Digest of the files that rule a run (mlgate.yaml, what it extends, schemas), and the names of all but schemas."""
    project = loaded.project
    rules = list(_chain(project))
    seen = hashlib.sha256()
    for path in sorted({*rules, *loaded.schemas, *loaded.json_schemas}):
        content = (project.root / path).read_bytes() if (project.root / path).is_file() else b"absent"
        seen.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return f"sha256:{seen.hexdigest()}", tuple(rules)


def _chain(project: Project) -> Iterable[str]:
    """mlgate.yaml, and the files that it extends."""
    from mlgate.config.document import load_document
    from mlgate.sources.files import read_config_text

    path: object = project.path
    seen: set[str] = set()
    while isinstance(path, str) and path not in seen:
        seen.add(path)
        yield path
        raw = load_document(read_config_text(project.root, path), path).plain_data()
        path = raw.get("extends") if isinstance(raw, dict) else None


def _ruling(loaded: Loaded) -> Loaded:
    """What rules the run; where that cannot be told, the run says so, and the plan takes the files as they are."""
    from mlgate.gate.policy import resolve_policy

    try:
        return resolve_policy(loaded).loaded
    except SourceError:
        return loaded


def _differing(root: Path, request: PlanRequest) -> tuple[Base | None, str, tuple[FileChange, ...]]:
    """The commit to compare with, how it was found or why there is none, and all files that differ from it."""
    from mlgate.sources.git import resolve_commit
    from mlgate.sources.git_base import Base, resolve_base
    from mlgate.sources.git_changes import changes_since

    named = request.base
    try:
        base = resolve_base(root) if named is None else Base(resolve_commit(root, named)[0], f"named as {named}")
        return base, base.phrase, changes_since(root, base.commit, left_out=request.output)
    except SourceError as problem:
        return None, problem.message, ()


def _kinds(loaded: Loaded, commit: str, rules: Iterable[str], differing: Iterable[FileChange]) -> tuple[Change, ...]:
    """What differs, each with its kind; of data under DVC their paths stand for their pointer files."""
    from mlgate.sources.dvc_changes import data_changes

    project = loaded.project
    places = [place for tier in project.tiers.values() for place in tier.tests if place != "."]
    declared = [*places, *declared_data(project), *(entry.files for entry in project.configs)]
    data, _ = data_changes(project.root, commit, differing)
    pointers = {change.pointer for change in data}
    names = tuple(rules)

    def kind(path: str) -> Kind:
        return kind_of(path, rules=names, declared=lambda path: any(covers(name, path) for name in declared))

    found = [Change(path=change.path, how=change.how, kind=Kind.DATA) for change in data]
    found += [Change(path=c.path, how=c.how, kind=kind(c.path)) for c in differing if c.path not in pointers]
    return tuple(sorted([*found, *_linked(project.root, found, kind)]))


def _linked(root: Path, changes: Sequence[Change], kind: Callable[[str], Kind]) -> Iterator[Change]:
    """Symbolic links of the project that lead to something that changed: a link to a file changed with it.

    What is documentation by its own name may be something else by that of the link.
    """
    from mlgate.sources.project_tree import links_of

    for link, (target, is_folder) in (links_of(root) if changes else {}).items():
        for change in changes:
            documents = change.kind is Kind.DOCS
            if is_folder and covers(target, change.path):
                if not documents or kind(link + change.path.removeprefix(target)) is not Kind.DOCS:
                    yield Change(path=change.path, how=change.how, kind=Kind.LINKED)
            elif target == change.path or target.startswith(f"{change.path}/"):
                yield Change(path=link, how=change.how, kind=kind(link) if documents else change.kind)


def _declared(loaded: Loaded) -> Declared:
    from mlgate.sources.durations import durations_folder, read_durations
    from mlgate.sources.project_tree import list_project
    from mlgate.sources.pytest_settings import collected, files_of_tests, own_plugins

    project = loaded.project
    names = declared_tiers(project)
    tiers = tuple(project.tiers.get(name) or Tier(name=name) for name in TIERS if name in names)
    listed = list_project(project.root)
    found = {tier.name: collected(project.root, tier.tests) for tier in tiers if tier.tests}
    return Declared(
        tiers=tiers,
        listed=listed,
        tests={tier.name: files_of_tests(listed, tier.tests, found[tier.name]) for tier in tiers if tier.tests},
        plugins=(*own_plugins(project.root), *(name for what in found.values() for name in what.plugins)),
        datasets=dataset_inputs(loaded),
        together=together(project),
        seconds=read_durations(durations_folder(project.root)),
    )


def _known(loaded: Loaded, declared: Declared, changes: tuple[Change, ...], differing: Iterable[FileChange]) -> Known:
    project = loaded.project
    counted = tuple(change for change in changes if change.kind is not Kind.DOCS)
    removed = [change.path for change in differing if change.how == "was removed" and change.path.endswith(".py")]
    known = Known(
        changes=counted,
        graph=Graph(),
        tests=frozenset(path for files in declared.tests.values() for path in files),
        places=tuple(place for tier in declared.tiers for place in tier.tests),
        data=declared_data(project),
        documents=tuple(change for change in changes if change.kind is Kind.DOCS),
    )
    if not changes or known.of_everything:
        return known  # the imports of 2,000 files decide nothing then
    from mlgate.gate.project_graph import project_graph

    graph = project_graph(project.root, listed=[*declared.listed, *removed])
    plugins = tuple(path for name in declared.plugins for path in files_of_module(name, graph))
    return replace(known, graph=graph, plugins=plugins)
