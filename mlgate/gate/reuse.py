"""Results of earlier runs, for what has not changed since."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.config.project import Project, Tier
from mlgate.gate.project_graph import reuse_folder
from mlgate.gate.reuse_inputs import PHRASES, TierInputs, facts_of, is_below, tier_inputs
from mlgate.gate.reuse_state import ProjectState, Snapshot
from mlgate.outcome import Outcome
from mlgate.pyramid.proofs import (
    Proof,
    changed_input,
    digest_of,
    may_be_kept,
    proof_from_dict,
    proof_to_dict,
    reused,
)
from mlgate.pyramid.touches import Touched, Traces, is_trace
from mlgate.sources import files
from mlgate.sources.proof_store import ProofStore

_COMING_AND_GOING = ("names", "existence", "sizes")
_THRESHOLDS = ("fail_under", "fail-under")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What of a tier's tests need not run.

    Parameters
    ----------
    proven : results by test file, marked as reused
    whole : whether these are all test files of the tier, so that nothing is left to run
    why : for each other file of tests that is known, why it must run
    """

    proven: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    whole: bool = False
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for path in sorted(self.proven) for outcome in self.proven[path]]


@dataclass(slots=True)
class _Begun:
    """A tier that is about to run: what everything was when it began."""

    inputs: TierInputs
    decided: Decided
    moment_ns: int
    snapshot: Snapshot
    before: dict[str, dict[str, str] | None]


class Reuse:
    """Proofs of earlier runs, and those that this run makes.

    Parameters
    ----------
    run : id of this run
    folder : where proofs are kept; the project's own place unless given
    left_out : folder of this run's report
    """

    def __init__(
        self,
        project: Project,
        *,
        run: str,
        now: dt.datetime,
        seed: int = 0,
        folder: Path | None = None,
        left_out: Path | None = None,
    ) -> None:
        self.project, self.run, self.now, self.seed = project, run, now, seed
        folder = folder or reuse_folder(project.root)
        self.state = ProjectState(project.root, folder, left_out)
        self.store = ProofStore(folder)
        self._begun: dict[str, _Begun] = {}

    def decide(self, tier: Tier, launcher: Sequence[str]) -> Decided:
        """Which test files of a tier are proven for things as they are now.

        What was looked at before is not looked at again: who lets anything run that may change files says so by
        `state.forget`.
        """
        snapshot_files = self.state.snapshot().files
        moment = time.time_ns()
        inputs = tier_inputs(self.project, tier, self.state, launcher, seed=self.seed, now=self.now)
        decided = self._decide(inputs)
        below = [path for path in self.state.listed if is_below(path, tier.tests)]
        before = {} if decided.whole else {path: _static(inputs, path) for path in below if path not in decided.proven}
        snapshot = Snapshot(snapshot_files, self.state.digests.known())
        self._begun[tier.name] = _Begun(inputs, decided, moment, snapshot, before)
        self.state.digests.save()
        return decided

    def prove(
        self,
        tier: Tier,
        launcher: Sequence[str],
        outcomes: Iterable[Outcome],
        traces: Iterable[Any],
        *,
        all_tests: bool = True,
    ) -> dict[str, str]:
        """Keep the results of a tier that `decide` was asked about and that has run; each file's tests ran as a whole.

        Parameters
        ----------
        outcomes : of the tests that ran
        traces : what their processes left, see `read_traces`
        all_tests : whether all files ran that are not proven

        Returns
        -------
        dict
            Why the results of a test file are no proof, by its path; those that are kept are not in it.
        """
        self.state.forget()
        begun = self._begun.pop(tier.name)
        found = list(outcomes)
        by_path = _by_path(found)
        whole = next((item.message for item in found if item.check == "pytest" and item.status.blocks), "")
        if whole or begun.inputs.problem:
            return dict.fromkeys(by_path, begun.inputs.problem or f"the tier did not come to its end: {whole}")
        inputs = tier_inputs(self.project, tier, self.state, launcher, seed=self.seed, now=self.now)
        read = Traces([trace for trace in traces if is_trace(trace)], self._reaches, self._unexplained, self._unknown)
        refused = {path: self._prove_file(begun, inputs, path, results, read) for path, results in by_path.items()}
        tests = sorted({*by_path, *begun.decided.proven})
        tree = inputs.of_all(tests)
        if tests and all_tests and tree is not None:
            proof = self._proof(subject_of(tier), tree, {"files": tests}, ())
            self.store.keep(proof_to_dict(proof), digest_of(dict(proof.inputs)))
        self.state.digests.save()
        self.store.prune()
        return {path: why for path, why in refused.items() if why}

    def held(self, subject: str, inputs: Mapping[str, str]) -> Proof | None:
        """The newest proof of a subject that holds for these digests."""
        found = self._held(subject, lambda _facts: inputs)
        return found if isinstance(found, Proof) else None

    def keep(
        self, subject: str, inputs: Mapping[str, str], facts: Mapping[str, Any], outcomes: tuple[Outcome, ...]
    ) -> None:
        """Keep results of this run for the next."""
        proof = self._proof(subject, inputs, facts, outcomes)
        self.store.keep(proof_to_dict(proof), digest_of([dict(inputs), facts]))
        self.state.digests.save()

    def _decide(self, inputs: TierInputs) -> Decided:
        tier, state = inputs.tier, self.state
        if inputs.problem:
            return Decided(why=dict.fromkeys(tier.tests, inputs.problem))
        tests = self._tests(inputs)
        candidates = [path for path in state.listed if is_below(path, tier.tests)] if tests is None else tests
        proven: dict[str, tuple[Outcome, ...]] = {}
        why: dict[str, str] = {}
        for path in candidates:
            held = self._held(f"{subject_of(tier)} {path}", lambda facts, path=path: inputs.of(path, facts))
            if isinstance(held, Proof):
                proven[path] = reused(held)
            elif held:
                why[path] = held
        whole = tests is not None and proven.keys() >= set(tests) and bool(proven)
        if proven and not whole and self._needs_all(tier):
            return Decided(why=dict.fromkeys(candidates, "a threshold of coverage needs all tests"))
        return Decided(proven=proven, whole=whole, why=why)

    def _tests(self, inputs: TierInputs) -> list[str] | None:
        """The files of a tier that hold tests, where that is known without asking pytest."""
        held = self._held(subject_of(inputs.tier), lambda facts: inputs.of_all(facts.get("files", ())))
        return list(held.facts["files"]) if isinstance(held, Proof) else None

    def _held(self, subject: str, inputs_of: Any) -> Proof | str:
        """The newest proof of a subject that holds, or why none does; empty where there is none at all."""
        why = ""
        for raw in self.store.find(subject):
            try:
                proof = proof_from_dict(raw)
                inputs = inputs_of(proof.facts)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            changed = "breadth" if inputs is None else changed_input(proof, inputs)
            if changed is None:
                return proof
            why = why or PHRASES.get(changed, f"{changed} changed")
        return why

    def _needs_all(self, tier: Tier) -> bool:
        texts = [*(self.state.root.glob("*.toml")), *(self.state.root.glob("*.ini")), self.state.root / "setup.cfg"]
        texts.append(self.state.root / ".coveragerc")
        return any(word in files.text_of(path) for path in texts for word in _THRESHOLDS)

    def _prove_file(self, begun: _Begun, inputs: TierInputs, path: str, results: list[Outcome], traces: Traces) -> str:
        """Keep the results of one test file; or say why they are no proof."""
        touched = traces.of(path)
        if touched is None:
            return "it is not known what its tests touched"
        nodes = {str(outcome.evidence.get("node", outcome.subject)) for outcome in results}
        why = may_be_kept(results, touched.marked) or touched.never
        if why or not nodes <= touched.tests:
            return why or "some of its tests ran in a process that left no trace"
        facts = facts_of(touched, path, self.state)
        now = inputs.of(path, facts)
        if now is None:
            return "its processes or libraries may read more files than can be looked at"
        changed = self._changed(begun, inputs, path, touched, facts)
        if changed:
            return f"{changed} changed while the tests ran"
        proof = self._proof(f"{subject_of(inputs.tier)} {path}", now, facts, tuple(results))
        self.store.keep(proof_to_dict(proof), digest_of([dict(now), facts]))
        return ""

    def _changed(self, begun: _Begun, inputs: TierInputs, path: str, touched: Touched, facts: Mapping[str, Any]) -> str:
        """What changed between the start of the tier and now; empty where nothing did that the file hangs on."""
        if begun.before.get(path) != _static(inputs, path):
            return "something that it hangs on"
        state = self.state
        paths = {*facts["files"], *facts["code"]}
        if touched.breadth != "traced":
            paths.update(state.known_files())
        return state.touched_since(paths, begun.moment_ns, begun.snapshot)

    def _proof(
        self, subject: str, inputs: Mapping[str, str], facts: Mapping[str, Any], outcomes: tuple[Outcome, ...]
    ) -> Proof:
        moment = self.now.isoformat(timespec="seconds").replace("+00:00", "Z")
        return Proof(subject=subject, run=self.run, proven_at=moment, inputs=inputs, facts=facts, outcomes=outcomes)

    def _reaches(self, path: str, code: str) -> bool:
        return self.state.shown(code) in self.state.closure(path)

    def _unexplained(self, path: str, code: Iterable[str]) -> list[str]:
        explained = self.state.imports(path)
        return [name for name in code if self.state.shown(name) not in explained]

    def _unknown(self, path: str, code: str) -> bool:
        """Not known who else imports a source: the graph does not hold it, or no computed import explains it."""
        graph = self.state.graph
        return self.state.shown(code) not in graph.files or not self.state.imports(path) & graph.dynamic


def read_traces(folder: Path) -> list[Any]:
    """The traces that the processes of a tier left in a folder; one that is damaged is as good as none."""
    found: list[Any] = []
    for name in files.expand(folder, "trace-*.json"):
        try:
            found.append(json.loads(files.text_of(folder / name)))
        except ValueError:
            continue
    return found


def _static(inputs: TierInputs, path: str) -> dict[str, str] | None:
    """The digests of a test file that can be taken before it runs; names may come and go while it does."""
    found = inputs.of(path, {"breadth": "traced"})
    return None if found is None else {name: digest for name, digest in found.items() if name not in _COMING_AND_GOING}


def _by_path(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Results of tests by their file, reused ones left out; a module that was skipped or broke is one of them."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.check in ("test", "collection") and outcome.reused_from is None:
            node = str(outcome.evidence.get("node", outcome.subject))
            found.setdefault(node.partition("::")[0], []).append(outcome)
    return found


def subject_of(tier: Tier) -> str:
    return f"tests {tier.name}"
