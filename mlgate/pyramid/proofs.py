"""Proofs: results together with digests of all that they hang on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from mlgate.outcome import Outcome, Status, outcome_from_dict, outcome_to_dict

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Results that hold as long as nothing changes that they hang on.

    Parameters
    ----------
    subject : what was judged, e.g. `test unit tests/unit/test_a.py`
    run : id of the run that proved it
    proven_at : UTC time of that run
    inputs : digest of each kind of input, by its name; see docs/reuse.md
    facts : what is needed to take the digests again: paths that were touched, and how widely was read
    outcomes : what was found
    """

    subject: str
    run: str
    proven_at: str
    inputs: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()


def changed_input(proof: Proof, inputs: Mapping[str, str]) -> str | None:
    """The first kind of input that is not as it was; None where the proof holds."""
    if proof.inputs.keys() != inputs.keys():
        return next(iter(sorted(proof.inputs.keys() ^ inputs.keys())))
    return next((name for name, digest in inputs.items() if proof.inputs[name] != digest), None)


def digest_of(value: Any) -> str:
    """Digest of plain data; equal for equal data alone."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=True)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def reused(proof: Proof) -> tuple[Outcome, ...]:
    """The results of a proof, marked as those of its run. They took no time now; what they took is kept as evidence."""
    return tuple(
        replace(
            outcome,
            reused_from=proof.run,
            duration_s=0.0,
            evidence={
                **outcome.evidence,
                "reused": {"run": proof.run, "proven_at": proof.proven_at, "duration_s": outcome.duration_s},
            },
        )
        for outcome in proof.outcomes
    )


def may_be_kept(outcomes: Iterable[Outcome], marked: frozenset[str]) -> str:
    """Why results are no proof; empty where they are one: every test passed, or is skipped by its mark."""
    found = list(outcomes)
    for outcome in found:
        if outcome.check != "test" or outcome.status.blocks:
            return f"{outcome.subject} is {outcome.status.value}"
        if outcome.status is Status.WARN:
            return f"{outcome.subject} is a warning"
        if outcome.status is Status.SKIP and outcome.evidence.get("node", outcome.subject) not in marked:
            return f"{outcome.subject} was skipped while it ran"
    return "" if found else "no test was run"


def proof_to_dict(proof: Proof) -> dict[str, Any]:
    """A proof as strict JSON."""
    return {
        "format": FORMAT,
        "subject": proof.subject,
        "run": proof.run,
        "proven_at": proof.proven_at,
        "inputs": dict(proof.inputs),
        "facts": dict(proof.facts),
        "outcomes": [outcome_to_dict(outcome) for outcome in proof.outcomes],
    }


def proof_from_dict(raw: Mapping[str, Any]) -> Proof:
    """Read back what `proof_to_dict` wrote.

    Raises
    ------
    ValueError
        It is no proof of this format.
    """
    if raw.get("format") != FORMAT:
        raise ValueError(f"format {raw.get('format')!r} is not known")
    try:
        inputs = {str(name): str(digest) for name, digest in raw["inputs"].items()}
        outcomes = tuple(outcome_from_dict(item) for item in raw["outcomes"])
        return Proof(
            subject=str(raw["subject"]),
            run=str(raw["run"]),
            proven_at=str(raw["proven_at"]),
            inputs=inputs,
            facts=dict(raw["facts"]),
            outcomes=outcomes,
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"not a proof: {problem!r}") from problem
