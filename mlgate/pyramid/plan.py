"""What of each tier must run: the decisions about its tests, datasets and evaluations put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mlgate.config.project import Tier
from mlgate.outcome import Outcome
from mlgate.pyramid.decide import Known, why_tests
from mlgate.pyramid.decide_data import (
    DatasetInputs,
    EvaluationInputs,
    why_datasets,
    why_evaluations,
    why_static,
)
from mlgate.pyramid.plan_file import Decision, Part, PlannedTier

UNCHANGED = "nothing that it reads differs from the merge base"
REUSED = "proven before, with the same inputs"
NO_CHANGE = "nothing but documentation differs from the merge base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the project declares, as far as a plan needs it.

    Parameters
    ----------
    tiers : tiers for which something is declared, cheapest first
    listed : all files of the project
    tests : test files of each tier, as pytest would collect them
    plugins : modules that pytest loads for every test
    datasets, together : of the data tier; see `why_datasets`
    evaluations : of the model tier
    seconds : what a test file of a tier took when it last ran
    proven : outcomes of test files that are proven with the inputs that they have now, by tier and path
    """

    tiers: tuple[Tier, ...]
    listed: tuple[str, ...] = ()
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    datasets: Mapping[str, DatasetInputs] = field(default_factory=dict)
    together: tuple[Collection[str], ...] = ()
    evaluations: Mapping[str, EvaluationInputs] = field(default_factory=dict)
    seconds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    proven: Mapping[tuple[str, str], tuple[Outcome, ...]] = field(default_factory=dict)


def plan_tiers(declared: Declared, known: Known | None, everything: str) -> tuple[PlannedTier, ...]:
    """The decision about each tier.

    Parameters
    ----------
    known : the change; None where it is not known
    everything : why everything runs where the change is not known
    """
    return tuple(_plan(tier, declared, known, everything) for tier in declared.tiers)


def _plan(tier: Tier, declared: Declared, known: Known | None, everything: str) -> PlannedTier:
    files = declared.tests.get(tier.name, ())
    datasets = declared.datasets if tier.name == "data" else {}
    evaluations = declared.evaluations if tier.name == "model" else {}
    reasons: tuple[Mapping[str, str | None], ...]
    if known is None:
        reasons = tuple(dict.fromkeys(names, everything) for names in (files, datasets, evaluations))
    else:
        paths = {name: inputs.path for name, inputs in declared.datasets.items()}
        reasons = (
            why_tests(tier, files, known, paths),
            why_datasets(datasets, declared.together, known),
            why_evaluations(evaluations, known),
        )
    tests = [_test(tier.name, path, why, declared) for path, why in reasons[0].items()]
    others = [[_part(name, why) for name, why in reason.items()] for reason in reasons[1:]]
    decision, why = _decide(tier, (tests, *others), known, everything)
    spared = [part.name for part in tests if part.decision is Decision.REUSE]
    return PlannedTier(
        tier=tier.name,
        decision=decision,
        why=why,
        tests=tuple(tests),
        datasets=tuple(others[0]),
        evaluations=tuple(others[1]),
        reused=tuple(outcome for path in spared for outcome in declared.proven[tier.name, path]),
    )


def _test(tier: str, path: str, why: str | None, declared: Declared) -> Part:
    seconds = declared.seconds.get(tier, {}).get(path)
    if why is not None and (tier, path) in declared.proven:
        return Part(name=path, decision=Decision.REUSE, why=f"{REUSED} ({why})", expected_s=seconds)
    part = _part(path, why)
    return Part(name=path, decision=part.decision, why=part.why, expected_s=seconds)


def _part(name: str, why: str | None) -> Part:
    return Part(name=name, decision=Decision.UNCHANGED if why is None else Decision.RUN, why=why or UNCHANGED)


def _decide(tier: Tier, parts: Sequence[Sequence[Part]], known: Known | None, everything: str) -> tuple[Decision, str]:
    """The decision about the whole tier: it runs where one part does."""
    every = [part for of in parts for part in of]
    told = _told(parts)
    if told:
        return Decision.RUN, told
    if tier.name == "static":
        why = everything if known is None else why_static(known.changes)
        if why is not None:
            return Decision.RUN, why
    if tier.tests and not parts[0] and (known is None or known.changes):
        return Decision.RUN, f"no test file was found in {', '.join(tier.tests)}: pytest will tell"
    if any(part.decision is Decision.REUSE for part in every):
        return Decision.REUSE, REUSED
    return Decision.UNCHANGED, UNCHANGED if known is not None and known.changes else NO_CHANGE


def _told(parts: Sequence[Sequence[Part]]) -> str:
    """Such as "2 of 30 test files and 1 of 2 datasets"; empty where nothing runs."""
    found = []
    for kind, of in zip(("test file", "dataset", "evaluation"), parts, strict=True):
        running = sum(part.decision is Decision.RUN for part in of)
        if running:
            found.append(f"{running} of {len(of)} {kind}{'' if len(of) == 1 else 's'}")
    return " and ".join(found)
