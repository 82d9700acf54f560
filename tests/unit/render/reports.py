"""Sample reports as the gate would make them, shared by the tests of all renderers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from mlgate.outcome import Location, Outcome, Report, Status
from tests.unit.render import broken_reports

HOSTILE = (
    '| a | b |\n\n## forged <b onclick="x">\n```\n<!-- mlgate:default --><details><summary>s</summary>\n@octocat #12 GH-7\n'
    "![i](http://x.example/i.png) [l](javascript:alert(1)) <https://x.example> www.x.example https://x.example/\n"
    "- item\n1. item\n> quote\n***\n:tada: $x^2$ ~~gone~~ __bold__ `code` \\| &lt;\n"
    "\x1b[31mred\x1b[0m\u202egnp.exe\u200b\x00\ud800\r::error::forged%0A]]></testcase>"
)
"""What a stranger might write into a name, a slice value or a message."""

PROVENANCE: dict[str, Any] = {
    "commit": "4f1c2d9a8b7e6f5d4c3b2a190817263544536271",
    "base": "9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b",
    "dirty": False,
    "branch": "wider-features",
    "mlgate": "0.1.0",
    "python": "3.12.7",
    "environment": {"platform": "Linux", "machine": "x86_64", "packages": {"numpy": "2.4.0", "scikit-learn": "1.8.0"}},
    "seed": 0,
    "command": "mlgate run --config mlgate.yaml",
    "baselines": [
        {
            "evaluation": "readmission",
            "reference": "mlflow:models:/readmission@champion",
            "found": "registry alias champion of readmission, version 3",
            "version": "3",
            "run_id": "b1946ac92492d2347c6235b4d2611184",
            "commit": "77aa0c3d5e6f718293a4b5c6d7e8f90112233445",
            "created_at": "2026-11-09T08:00:00Z",
            "age_s": 12 * 86400 + 5000,
            "rows": 5230,
            "commits_behind": 34,
            "data": "md5:0cc175b9c0f1b6a831c399e269772661",
        }
    ],
    "candidates": [
        {"evaluation": "readmission", "predictions": "outputs/predictions.parquet", "made_by": "command", "rows": 5230}
    ],
    "datasets": [
        {
            "name": "train",
            "path": "data/train.parquet",
            "rows": 20920,
            "columns": 12,
            "digest": "0cc175b9c0f1b6a831c399e269772661",
            "source": "dvc",
        },
        {
            "name": "test",
            "path": "data/test.parquet",
            "rows": 5230,
            "columns": 12,
            "digest": "92eb5ffee6ae2fec3ad71c777531578f",
            "source": "dvc",
        },
    ],
    "tiers": [
        {"tier": "static", "status": "pass", "duration_s": 0.21, "reason": None},
        {"tier": "unit", "status": "pass", "duration_s": 14.2, "reason": None},
        {"tier": "data", "status": "pass", "duration_s": 1.4, "reason": None},
        {"tier": "model", "status": "fail", "duration_s": 96.0, "reason": None},
    ],
}


def outcome(name: str, status: Status = Status.PASS, **fields: Any) -> Outcome:
    tier, *rest = name.split("/")
    defaults = {"check": rest[-1], "tier": tier, "subject": ".".join(rest[:-1]) or tier, "message": "holds"}
    return Outcome(id=name, status=status, **{**defaults, **fields})


def report(*outcomes: Outcome, **fields: Any) -> Report:
    defaults: dict[str, Any] = {
        "gate": "default",
        "started_at": "2026-11-21T09:23:20Z",
        "duration_s": 112.4,
        "provenance": PROVENANCE,
    }
    return Report(outcomes=outcomes, **{**defaults, **fields})


def comparison(
    metric: str, where: dict[str, Any] | None, numbers: tuple[float, ...], verdict: str, status: Status, **fields: Any
) -> Outcome:
    """`numbers` are baseline, candidate, low, high, tolerance and n."""
    baseline, candidate, low, high, tolerance, n = numbers
    name = "" if where is None else "/" + ",".join(f"{column}={level}" for column, level in where.items())
    evidence = {
        "evaluation": "readmission",
        "metric": metric,
        "slice": where,
        "n": int(n),
        "baseline": baseline,
        "candidate": candidate,
        "delta": candidate - baseline,
        "low": low,
        "high": high,
        "confidence": 0.9,
        "tolerance": tolerance,
        "method": "tango-score" if metric == "accuracy" else "delong",
        "seed": 0,
        "p_value": 0.00003,
        "p_adjusted": 0.0004 if verdict == "regression" else 0.41,
        "family_size": 12,
        "verdict": verdict,
        "minimum_detectable_effect": 0.0125,
        "rows_needed": 14200 if verdict == "inconclusive" else 5100,
        "higher_is_better": True,
        "unit": "fraction" if metric == "accuracy" else "1",
        "discordant": 120,
        **fields.pop("evidence", {}),
    }
    return outcome(
        f"model/readmission/{metric}{name}",
        status,
        check="metric_change",
        subject=f"readmission {metric}",
        message=fields.pop("message", f"{metric} moved from {baseline} to {candidate}"),
        location=Location("mlgate.yaml", 24),
        evidence=evidence,
        **fields,
    )


def accuracy(where: dict[str, Any] | None, baseline: float, candidate: float, half: float, *, n: int = 5230) -> Outcome:
    """A comparison of accuracy with tolerance 0.005, judged from an interval of `half` to either side."""
    delta = candidate - baseline
    low, high = delta - half, delta + half
    verdict, status, hint = "inconclusive", Status.WARN, "more labelled rows of this slice would settle it"
    if low > -0.005:
        verdict, status, hint = "pass", Status.PASS if high > 0 else Status.WARN, ""
    if low > 0:
        verdict = "improved"
    if high < -0.005:
        verdict, status = "regression", Status.FAIL
        hint = "look at the rows that turned wrong: `mlgate compare BASELINE CANDIDATE --slice health`"
    return comparison("accuracy", where, (baseline, candidate, low, high, 0.005, n), verdict, status, hint=hint)


def from_test(node: str, status: Status = Status.PASS, **fields: Any) -> Outcome:
    path = node.split("::", maxsplit=1)[0]
    evidence = {"node": node, "when": "call", "setup": 0.001, "call": 0.03, **fields.pop("evidence", {})}
    defaults = {
        "check": "test",
        "subject": node,
        "location": Location(path, 12),
        "duration_s": 0.031,
        "message": "passed",
    }
    return outcome(f"unit/{node}", status, evidence=evidence, **{**defaults, **fields})


def holding() -> tuple[Outcome, ...]:
    return (
        outcome(
            "static/configs/train.yaml/config", subject="configs/train.yaml", location=Location("configs/train.yaml")
        ),
        *(from_test(f"tests/unit/test_features.py::test_scaling[{n}]") for n in range(18)),
        from_test("tests/unit/test_gpu.py::test_half", Status.SKIP, message="no GPU on this machine"),
        outcome(
            "data/train/age/between",
            subject="train.age",
            evidence={"judged": 20920, "failing": 0, "null": 0},
            observed=97,
            expected="between 0 and 120",
        ),
        outcome("data/train/sex/in_set", subject="train.sex", evidence={"judged": 20920, "failing": 0, "null": 0}),
        outcome("data/test/age/between", subject="test.age", evidence={"judged": 5230, "failing": 0, "null": 4}),
    )


def passing() -> Report:
    return report(
        *holding(),
        accuracy(None, 0.873, 0.874, 0.004),
        accuracy({"sex": "F"}, 0.871, 0.873, 0.0065, n=2700),
        accuracy({"sex": "M"}, 0.875, 0.875, 0.0045, n=2530),
        comparison("roc_auc", None, (0.9121, 0.9133, -0.0011, 0.0035, 0.01, 5230), "pass", Status.PASS),
    )


def regressed() -> Report:
    """The overall metric holds; one slice is clearly worse; one cannot tell yet; one is a little worse."""
    return report(
        *holding(),
        accuracy(None, 0.873, 0.8716, 0.0034),
        accuracy({"health": "good"}, 0.881, 0.8845, 0.0041, n=3614),
        accuracy({"health": "fair"}, 0.8732, 0.8122, 0.0295, n=1204),
        accuracy({"health": "poor"}, 0.8019, 0.7985, 0.0222, n=412),
        comparison(
            "roc_auc",
            None,
            (0.9121, 0.9073, -0.0077, -0.0019, 0.01, 5230),
            "pass",
            Status.WARN,
            hint="within what is accepted; worth a look",
        ),
        comparison(
            "roc_auc", {"health": "fair"}, (0.901, 0.894, -0.0190, 0.0050, 0.01, 1204), "inconclusive", Status.WARN
        ),
        broken_reports.flips(),
        broken_reports.flips({"health": "fair"}),
    )


def broken() -> Report:
    """A slice is worse, single examples may be shown, and more than metrics broke."""
    return report(
        *holding()[:1],
        accuracy(None, 0.873, 0.8716, 0.0034),
        accuracy({"health": "fair"}, 0.8732, 0.8122, 0.0295, n=1204),
        broken_reports.flips(privacy="full"),
        broken_reports.flips({"health": "fair"}, privacy="full"),
        *broken_reports.others(),
    )


def schema_patches() -> list[dict[str, Any]]:
    """Two proposed changes as the gate keeps them: one that is short enough for a comment, and one that is not."""
    short = (
        "--- a/schemas/patients.yaml\n+++ b/schemas/patients.yaml\n@@ -11,3 +11,3 @@\n   # in years\n"
        '-  age: {type: integer, between: [0, 120]}\n+  age: {type: integer, between: [0, "<hidden>"]}\n   sex: {}\n'
    )
    long = "--- a/schemas/wards.yaml\n+++ b/schemas/wards.yaml\n@@ -1,40 +1,40 @@\n" + "".join(
        f"-  w{number}: {{type: integer}}\n+  w{number}: {{type: number}}\n" for number in range(20)
    )
    refused = {"outcome": "data/train/ward/column_exists", "reason": "the file is another table", "instead": ""}
    changed = {"outcome": "data/train/age/between", "change": "age: between [0, 120] becomes [0, 131]"}
    kept = {"changes": [changed], "applied": False}
    return [
        {
            "schema": "schemas/patients.yaml",
            "diff": short,
            "hidden_values": 1,
            "not_proposed": [refused],
            "settles": False,
            "commands": ["mlgate data check data/train.parquet", "mlgate data check 'data/te st.parquet'"],
            **kept,
        },
        {
            "schema": "schemas/wards.yaml",
            "diff": long,
            "hidden_values": 0,
            "not_proposed": [],
            "settles": True,
            "commands": ["mlgate data check data/wards.csv"],
            **kept,
        },
    ]


def data_failure() -> Report:
    bad_rows = [{"row": 17, "value": "***", "key": None}, {"row": 4210, "value": "***", "key": None}]
    return report(
        *holding()[:-3],
        outcome(
            "data/train/age/between",
            Status.FAIL,
            subject="train.age",
            observed=131,
            expected="between 0 and 120",
            message="2 of 20,920 values are not between 0 and 120; the largest is 131",
            hint="correct the rows, or the schema if the values are right; `mlgate data check data/train.parquet` shows "
            "the change of schemas/patients.yaml that accepts this, `--accept` writes it",
            location=Location("schemas/patients.yaml", 12),
            evidence={"judged": 20920, "failing": 2, "null": 31, "rows": bad_rows},
        ),
        outcome(
            "data/train/ward/column_exists",
            Status.FAIL,
            subject="train.ward",
            message="column ward is declared and absent",
            hint="add it to the export",
            location=Location("schemas/patients.yaml", 31),
        ),
        outcome("data/train/ward/in_set", Status.SKIP, subject="train.ward", message="column absent"),
        outcome(
            "data/train/email/pii",
            Status.WARN,
            subject="train.email",
            message="312 values look like e-mail addresses",
            hint="drop the column or declare `pii: allowed` with a reason",
            evidence={"judged": 20920, "failing": 312},
        ),
        from_test(
            "tests/unit/test_features.py::test_age_is_scaled",
            Status.FAIL,
            message="AssertionError: assert 1.31 <= 1.0",
            evidence={
                "traceback": [
                    "    def test_age_is_scaled():",
                    ">       assert scaled.max() <= 1.0",
                    "E       assert 1.31 <= 1.0",
                    "E        +  where 1.31 = max(scaled)",
                    "",
                    "tests/unit/test_features.py:12: AssertionError",
                ]
            },
        ),
        provenance={**PROVENANCE, "schema_patches": schema_patches()},
    )


def baseline_gone() -> Report:
    provenance = {
        **PROVENANCE,
        "baselines": [],
        "tiers": [*PROVENANCE["tiers"][:3], {"tier": "model", "status": "error", "duration_s": 20.1, "reason": None}],
    }
    return report(
        *holding(),
        outcome(
            "model/readmission",
            Status.ERROR,
            check="baseline",
            subject="readmission",
            message="MLflow at http://mlflow.example:5000 did not answer within 20 s",
            hint="check that the server is up and that MLFLOW_TRACKING_URI is right, then run again",
            location=Location("mlgate.yaml", 19),
        ),
        provenance=provenance,
    )


def stopped() -> Report:
    """A unit test fails, so nothing was compared; the baseline and this run both had uncommitted changes."""
    failing = from_test("tests/unit/test_features.py::test_age_is_scaled", Status.FAIL, message="assert 1.31 <= 1.0")
    reason = "not run: unit failed"
    known = {**PROVENANCE["baselines"][0], "rows": None, "dirty": True, "compared": False}
    lost = {"evaluation": "length_of_stay", "reference": "git:main", "found": None, "compared": False}
    provenance = {
        **PROVENANCE,
        "dirty": True,
        "baselines": [known, lost],
        "candidates": [],
        "tiers": [*PROVENANCE["tiers"][:2], {"tier": "model", "status": "skip", "duration_s": 0.0, "reason": reason}],
        "not_selected": ["integration", "serving"],
    }
    skipped = outcome("model/tier", Status.SKIP, subject="model", message=reason)
    return report(*holding(), failing, skipped, provenance=provenance)


def named() -> Report:
    """Names as people write them, percent-encoded in the ids; one regression is accepted for a while."""
    compared = accuracy({"stra\u00dfe": "\u6771\u4eac [1]"}, 0.873, 0.812, 0.03, n=1204)
    slice_id = "model/readmission/accuracy/stra%C3%9Fe=%E6%9D%B1%E4%BA%AC%20%5B1%5D"
    worse = accuracy({"sex": "F"}, 0.867, 0.812, 0.03, n=900)
    agreed = {"status": "fail", "reason": "known, being worked on", "until": "2026-12-31"}
    return report(
        replace(compared, id=slice_id),
        replace(
            worse,
            status=Status.WARN,
            message="accepted until 2026-12-31 (known, being worked on): accuracy in sex=F fell by 5.5 points",
            evidence={**worse.evidence, "accepted": agreed},
        ),
        outcome(
            "data/train/caf%C3%A9%20%231/between",
            Status.FAIL,
            subject="train.caf\u00e9 #1",
            message="2 of 20,920 values are not between 0 and 120",
        ),
    )


def undecided() -> Report:
    """Nothing but comparisons that cannot tell yet: the usual answer on a small test set."""
    return report(
        *holding(),
        accuracy(None, 0.873, 0.871, 0.0091, n=900),
        accuracy({"sex": "F"}, 0.871, 0.868, 0.0133, n=460),
    )


def advisory() -> Report:
    return replace(regressed(), mode="advisory", gate="nightly")


def empty() -> Report:
    return report(provenance={})


def all_skipped() -> Report:
    return report(
        *(from_test(f"tests/gpu/test_{n}.py::test_it", Status.SKIP, message="no GPU on this machine") for n in range(3))
    )


def hostile(text: str = HOSTILE) -> Report:
    """Every field that data can reach holds `text`."""
    numbers = (0.9, 0.8, -0.12, -0.08, 0.01, 100)
    wrong = {"evaluation": text, "metric": text, "unit": text, "slice": {text: text}, "method": text}
    odd = {**wrong, "verdict": text + "!", "delta": None}
    agreed = {**wrong, "accepted": {"status": "fail", "reason": text, "until": text}}
    bad = from_test(
        text,
        Status.FAIL,
        check=text,
        message=text,
        hint=text,
        subject=text,
        location=Location(text, 3),
        evidence={"traceback": ["E  " + text]},
    )
    rows = {"judged": 10, "failing": 3, "rows": [{"row": text, "value": text}]}
    return Report(
        gate=text,
        outcomes=(
            comparison("accuracy", {"a": "b"}, numbers, "regression", Status.FAIL, evidence=wrong, hint=text),
            comparison("accuracy", {"a": "b"}, numbers, "", Status.WARN, evidence=odd, hint=text, message=text),
            comparison("accuracy", {"a": "b"}, numbers, "regression", Status.WARN, evidence=agreed, message=text),
            comparison("accuracy", None, numbers, "pass", Status.PASS, evidence={**wrong, "slice": None}),
            bad,
            replace(bad, id="data/other/x", tier="data", status=Status.ERROR, evidence=rows),
            replace(bad, id="x", tier=text + "!", subject="", status=Status.SKIP, observed=text, expected=text),
            replace(bad, id=text, status=Status.WARN, evidence={}),
            replace(bad, status=Status.PASS, reused_from=text, evidence=hostile_tries(text)),
            *broken_reports.hostile(text),
        ),
        started_at=text,
        duration_s=math.nan,
        provenance={
            **dict.fromkeys(("commit", "base", "branch", "mlgate", "python", "seed", "command", "config"), text),
            "environment": {"platform": text, "machine": text, "packages": {text: text}},
            "dirty": True,
            "not_selected": [text],
            "baselines": [
                dict.fromkeys(
                    ("evaluation", "reference", "found", "version", "run_id", "commit", "age_s", "rows"), text
                )
                | {"dirty": True, "compared": False}
            ],
            "candidates": [{"evaluation": text, "predictions": text, "made_by": "given", "rows": text}],
            "datasets": [dict.fromkeys(("name", "path", "source", "digest", "rows"), text)],
            "tiers": [{"tier": text, "status": text, "duration_s": text, "reason": text}],
            "policy": hostile_policy(text),
            **hostile_pyramid(text),
            "tests_changed": {"commit": text, "failing": [text], "skipped": [text, text], "removed": [text]},
            "data_changes": [{"dataset": text, "problem": text}, {"dataset": text, "diff": text}],
            "schema_patches": [
                {
                    "schema": text,
                    "diff": "\n".join(["```", "+<b>", *[*text.split("\n"), *[""] * 30][:30], ""]),
                    "hidden_values": text,
                    "changes": [dict.fromkeys(("outcome", "change"), text)],
                    "not_proposed": [dict.fromkeys(("outcome", "reason", "instead"), text)],
                    "settles": text,
                    "applied": text,
                    "commands": [
                        text,
                        f"mlgate data check {text}; x",
                        "mlgate data check '<b>`|.csv'",
                        "mlgate data check '$(x) @octocat #1.csv'",
                    ],
                }
            ],
        },
    )


def hostile_policy(text: str) -> dict[str, Any]:
    change = dict.fromkeys(("place", "before", "after", "path"), text) | {"line": text}
    return {
        "ruled_by": "base",
        "base": text,
        "counts": {text: text, "looser": 1},
        "problems": [text, text],
        "changes": [change | {"effect": effect} for effect in ("looser", "either", "tighter", text)],
    }


def hostile_tries(text: str) -> dict[str, Any]:
    tries = [{"try": text, "status": text, "duration_s": text, "traceback": [text]}, {"status": text}, text]
    gpu = {"device": text, "libraries": [text], "peak_mib": 20.0, "added_mib": text, "seconds": text}
    return {
        "node": text,
        "tries": tries,
        "flaky": True,
        "quarantined": {"until": text},
        "priority": text,
        "gpu": gpu,
        "reused": {"proven_at": text},
    }


def hostile_pyramid(text: str) -> dict[str, Any]:
    counts = {"tests": 3, "ran": 2, "seconds": 1.5, "flaky": 1}
    return {
        "pyramid": {
            "tiers": [{"tier": text, **counts, "unchanged": True}, {"tier": "unit", **dict.fromkeys(counts, text)}],
            "upside_down": True,
            "why": text,
            "priorities": {"P0": {"passed": 1, "failed": text, "not_run": 3}, text: {"not_run": 1}, "P2": text},
            "unproven": [{"id": text, "why": text}, {"id": text * 2, "why": text}, text],
        },
        "fingerprint": [
            {"tier": text, "gpu": {"devices": [{"name": text}]}, "settings": {text: text}, "applied": [text]},
            {"tier": "unit", "gpu": {"devices": text, "missing": text}, "settings": text, "applied": text},
        ],
        "reused": [{"tier": text, "runs": [text], "run_again": {text: text}}, {"run_again": text}, text],
    }


def huge(n: int = 20_000) -> Report:
    """`n` failing outcomes, half of them comparisons, each with a message of its own."""
    compared = (accuracy({"ward": f"w{i}"}, 0.9, 0.8 - i / 1e6, 0.01, n=500) for i in range(n // 2))
    tests = (
        from_test(f"tests/unit/test_{i % 50}.py::test_{i}", Status.FAIL, message=f"assert {i} == {i + 1}")
        for i in range(n // 2)
    )
    return report(*compared, *tests)


def megabyte() -> Report:
    long = "<|`@" * 250_000
    return report(
        from_test(
            "tests/unit/test_x.py::test_long",
            Status.FAIL,
            message=long,
            hint=long,
            subject=long,
            evidence={"traceback": long},
        )
    )


def pyramid() -> Report:
    """Flaky, quarantined, over a budget, reused, unchanged, on a GPU, important without a result, and upside down."""
    traceback = ["    def test_lock():", ">       assert lock.free", "E       assert False"]
    tries = [{"try": 1, "status": "fail", "message": "assert False", "duration_s": 0.4, "traceback": traceback}]
    until = {"reason": "port of the old exporter", "until": "2026-12-01", "status": "fail"}
    proven = {"run": "4f1c2d9", "proven_at": "2026-11-20T08:00:12Z", "duration_s": 0.4}
    gpu = {"device": "NVIDIA L4", "libraries": ["torch"], "peak_mib": 2048.0, "added_mib": 1536.0, "seconds": 3.1}
    outcomes = (
        outcome("static/unchanged", message="nothing that this tier reads differs from the merge base 9a0b1c2"),
        from_test(
            "tests/unit/test_a.py::test_reused", reused_from="4f1c2d9", evidence={"priority": "P1", "reused": proven}
        ),
        from_test(
            "tests/unit/test_a.py::test_lock",
            Status.WARN,
            message="flaky: passed on try 2 of 3; before: assert False (flaky in 3 of the 12 runs before)",
            hint="it passes in another process: look for shared state, order, time, threads and the network",
            evidence={"flaky": True, "passed_on_try": 2, "tries": tries, "traceback": []},
        ),
        from_test(
            "tests/unit/test_b.py::test_export",
            Status.WARN,
            message="quarantined until 2026-12-01 (port of the old exporter): assert 3 == 4",
            evidence={"quarantined": until, "priority": "P2"},
        ),
        from_test(
            "tests/unit/test_b.py::test_slow",
            Status.WARN,
            message="passed, but took 6.1 s: more than 5s (test_budget)",
            hint="make it faster, or raise tiers.unit.test_budget",
            evidence={"over_test_budget": True},
        ),
        from_test(
            "tests/unit/test_b.py::test_refund",
            Status.SKIP,
            message="skipped: the test needs a GPU: there is no NVIDIA device",
            evidence={"priority": "P0"},
        ),
        replace(
            from_test("tests/model/test_m.py::test_half", evidence={"priority": "P0", "gpu": gpu}, duration_s=3.2),
            id="model/tests/model/test_m.py::test_half",
            tier="model",
        ),
        outcome(
            "model/budget",
            Status.WARN,
            subject="model",
            message="took 672.0 s, more than the budget of 10m",
            hint="make the tests faster, or raise tiers.model.budget",
        ),
    )
    none = dict.fromkeys(("tests", "ran", "seconds", "flaky", "quarantined", "reused"), 0)
    tiers = [
        {"tier": "static", **none, "unchanged": True},
        {"tier": "unit", **none, "tests": 5, "ran": 3, "seconds": 7.2, "flaky": 1, "quarantined": 1, "reused": 1},
        {"tier": "model", **none, "tests": 6, "ran": 6, "seconds": 19.2},
    ]
    shape = {
        "tiers": tiers,
        "upside_down": True,
        "why": "the model tier has 6 tests, all cheaper tiers together 5: what a cheaper test can find is found late",
        "priorities": {
            "P0": {"passed": 1, "failed": 0, "not_run": 1},
            "P1": {"passed": 1, "failed": 0, "not_run": 0},
            "P2": {"passed": 0, "failed": 1, "not_run": 0},
        },
        "unproven": [
            {
                "id": "unit/tests/unit/test_b.py::test_refund",
                "why": "skipped: the test needs a GPU: there is no NVIDIA device",
            }
        ],
    }
    fingerprint = {
        "tier": "model",
        "python": "3.12.3",
        "packages": {"torch": "2.11.0+cu130"},
        "settings": {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "PYTHONHASHSEED": "7"},
        "applied": ["CUBLAS_WORKSPACE_CONFIG"],
        "gpu": {
            "devices": [{"name": "NVIDIA L4", "memory_mib": 23034}] * 2,
            "driver": "535.129.03",
            "cuda": "12.2",
            "missing": None,
        },
        "workers": ["0", "1"],
    }
    more = {
        "pyramid": shape,
        "fingerprint": [fingerprint],
        "reused": [
            {
                "tier": "unit",
                "files": 1,
                "tests": 1,
                "runs": ["4f1c2d9"],
                "since": "2026-11-20T08:00:12Z",
                "run_again": {"tests/unit/test_b.py": "clinic/export.py, which it imports, changed"},
                "not_kept": {},
            }
        ],
    }
    return report(*outcomes, provenance={**PROVENANCE, **more, "baselines": []})


SAMPLES = {
    "pass": passing,
    "regressed": regressed,
    "broken": broken,
    "data_failure": data_failure,
    "baseline_gone": baseline_gone,
    "undecided": undecided,
    "stopped": stopped,
    "named": named,
    "advisory": advisory,
    "pyramid": pyramid,
    "empty": empty,
    "all_skipped": all_skipped,
    "hostile": hostile,
}
"""Reports small enough to be kept as stored text."""
