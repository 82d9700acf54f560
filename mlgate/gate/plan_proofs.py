"""What earlier runs have shown of test files: what they read, and what is proven for things as they are now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import SourceError
from mlgate.gate.project_graph import reuse_folder

if TYPE_CHECKING:
    from mlgate.config.project import Project, Tier
    from mlgate.gate.reuse_inputs import TierInputs
    from mlgate.outcome import Outcome
    from mlgate.sources.proof_store import ProofStore

READ = ("code", "files", "folders", "breadth")
"""Inputs of a proof that say what a test file read; the environment in which it ran is no part of them."""


def folder_of(project: Project, cache: Path | None) -> Path | None:
    """Where proofs are kept; None where there are none."""
    folder = reuse_folder(project.root) if cache is None else cache.absolute()
    try:
        return folder if any((folder / "proofs").iterdir()) else None
    except OSError:
        return None


def as_they_were_read(project: Project, tests: Mapping[str, Iterable[str]], folder: Path) -> frozenset[str]:
    """Test files that ran before and of which all is as it was that they read then: code, files and folders.

    What else has changed they do not read. Files whose tests started processes, or read by libraries in machine code,
    are not among them.

    Parameters
    ----------
    tests : test files by tier
    """
    from mlgate.gate.reuse_inputs import TierInputs
    from mlgate.gate.reuse_state import ProjectState
    from mlgate.sources.proof_store import ProofStore

    store, state = ProofStore(folder), ProjectState(project.root, folder)
    now = dt.datetime.now(dt.UTC)
    found: set[str] = set()
    for name, paths in tests.items():
        inputs = TierInputs(state, project.tiers[name], now, {})
        found.update(path for path in paths if _is_as_it_was(store, inputs, path))
    state.digests.save()
    return frozenset(found)


def _is_as_it_was(store: ProofStore, inputs: TierInputs, path: str) -> bool:
    from mlgate.gate.reuse import subject_of
    from mlgate.pyramid.proofs import proof_from_dict

    for raw in store.find(f"{subject_of(inputs.tier)} {path}"):
        try:
            proof = proof_from_dict(raw)
            if proof.facts["breadth"] != "traced":
                continue
            now = inputs.of(path, proof.facts)
        except (ValueError, KeyError, TypeError):
            continue
        if now is not None and all(name in proof.inputs and proof.inputs[name] == now[name] for name in READ):
            return True
    return False


def proven_now(
    project: Project, tiers: Iterable[Tier], folder: Path, *, now: dt.datetime
) -> dict[tuple[str, str], tuple[Outcome, ...]]:
    """Results of test files that hold for things as they are, by tier and path.

    Nothing holds of a tier that runs on a runner of its own, or that asks for a GPU: this machine is not that one; nor
    where the interpreter of the tests is not here.
    """
    from mlgate.gate.reuse import Reuse
    from mlgate.sources import processes

    reuse = Reuse(project, run="plan", now=now, folder=folder)
    found: dict[tuple[str, str], tuple[Outcome, ...]] = {}
    for tier in tiers:
        if not tier.tests or tier.runner or tier.gpu is not None:
            continue
        try:
            launcher = processes.find_launcher(project.root, tier.python)
        except SourceError:
            continue
        for path, outcomes in reuse.decide(tier, launcher).proven.items():
            found[tier.name, path] = outcomes
    return found
