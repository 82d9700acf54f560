from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Outcome, Status
from mlgate.pyramid.proofs import Proof, changed_input, digest_of, may_be_kept, proof_from_dict, proof_to_dict, reused


def outcome(status: Status = Status.PASS, check: str = "test", node: str = "t.py::a") -> Outcome:
    evidence = {"node": node}
    return Outcome(
        id=f"unit/{node}",
        check=check,
        tier="unit",
        subject=node,
        status=status,
        message="passed",
        evidence=evidence,
        duration_s=2.0,
    )


PROOF = Proof(
    subject="tests unit t.py",
    run="42.1",
    proven_at="2026-11-26T12:00:00Z",
    inputs={"code": "c", "files": "f"},
    facts={"files": ["a.csv"]},
    outcomes=(outcome(),),
)


def test_a_proof_survives_json() -> None:
    assert proof_from_dict(json.loads(json.dumps(proof_to_dict(PROOF)))) == PROOF


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"inputs": []}, {"outcomes": [{}]}, {"facts": None}, {"outcomes": [{"status": "good"}]}]
)
def test_what_is_no_proof_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        proof_from_dict({**proof_to_dict(PROOF), **change})


@given(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
)
def test_a_proof_holds_for_equal_inputs_alone(then: dict[str, str], now: dict[str, str]) -> None:
    proof = Proof(subject="s", run="r", proven_at="t", inputs=then)
    changed = changed_input(proof, now)
    assert (changed is None) == (then == now)
    if changed is not None:
        assert then.get(changed) != now.get(changed)


def test_reused_results_say_of_which_run_they_are() -> None:
    (found,) = reused(PROOF)
    assert (found.status, found.message, found.reused_from, found.duration_s) == (Status.PASS, "passed", "42.1", 0.0)
    assert found.evidence["reused"] == {"run": "42.1", "proven_at": "2026-11-26T12:00:00Z", "duration_s": 2.0}


@pytest.mark.parametrize(
    ("outcomes", "kept"),
    [
        ([outcome(), outcome(node="t.py::b")], True),
        ([outcome(), outcome(Status.SKIP, node="t.py::marked")], True),
        ([outcome(), outcome(Status.SKIP, node="t.py::b")], False),
        ([outcome(), outcome(Status.WARN)], False),
        ([outcome(), outcome(Status.FAIL)], False),
        ([outcome(), outcome(Status.ERROR)], False),
        ([outcome(Status.SKIP, check="collection")], False),
        ([], False),
    ],
)
def test_only_what_passed_or_a_mark_skipped_is_a_proof(outcomes: list[Outcome], kept: bool) -> None:
    assert (may_be_kept(outcomes, frozenset({"t.py::marked"})) == "") == kept


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_digests_are_of_the_value(value: object) -> None:
    assert digest_of(value) == digest_of(json.loads(json.dumps(value)))
    assert digest_of([value]) != digest_of([value, value])
