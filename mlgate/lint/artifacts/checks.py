"""Checks of model files: what was seen in, outcomes out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mlgate.lint.artifacts.allowed import is_allowed, may_be_called, may_be_referred_to
from mlgate.lint.artifacts.dangers import danger_of
from mlgate.lint.artifacts.facts import CALLED, NAMED, Facts, Import
from mlgate.outcome import Location, Outcome, Status

SHOWN = 20
_SAFE = "save the weights alone (safetensors, ONNX, the model's own format)"
_DESCRIBED_INSIDE = frozenset({"keras", "npy", "safetensors", "GGUF"})


@dataclass(frozen=True, slots=True)
class Trust:
    """Names beyond the built-in list: those that the user allows, and modules of the repository itself.

    `allowed` holds `module.name`, or `package.*` for everything below a package.
    """

    allowed: Collection[str] = ()
    is_own: Callable[[str], bool] = lambda _module: False

    def allows(self, item: Import) -> bool:
        return item.full in self.allowed or any(
            entry.endswith(".*") and item.full.startswith(entry[:-1]) and "." not in item.name for entry in self.allowed
        )


def artifact_code(facts: Facts, path: str, trust: Trust) -> Outcome:
    """Loading the file runs nothing but functions that are known to be harmless.

    A pickle (also inside joblib, torch, `.npy` with objects) imports names and calls them. Its opcodes are followed
    without loading it, and every name must be on the list of `mlgate/lint/artifacts/allowed.py`; any other is
    `fail`, with the byte at which it stands. So is what no list can judge: a name that is put together while
    loading, a call of an object that was made while loading, the registry of extensions, a change of an imported
    class, a Lambda layer or a foreign module in a Keras configuration, an operation of TensorFlow or ONNX that runs
    Python or touches files. What stands before a damaged byte counts, since a loader has run it by then. A class of
    the repository's own modules is `warn` (the file breaks when the module moves), and `fail` where the file calls
    it with arguments of its own. `--allow` and `artifacts: {allow: [...]}` in mlgate.yaml add names.
    """
    refused, own = _judged(facts, trust)
    reasons = [_why(item) for item in refused] + [_placed(act.message, act.offset, act.member) for act in facts.actions]
    evidence = {"formats": facts.formats, "imports": _listed(facts)}
    if reasons:
        hint = _next_step(refused[0]) if refused else f"do not load it; {_SAFE}"
        message = f"loading it {reasons[0]}{_more(len(reasons))}"
        return _outcome(path, "artifact_code", Status.FAIL, message, hint, {**evidence, "reasons": reasons[:SHOWN]})
    if own:
        message = f"loading it imports {own[0].full} of this repository{_more(len(own))}: it breaks when that moves"
        return _outcome(path, "artifact_code", Status.WARN, message, _SAFE, evidence)
    if facts.problems:
        message = "not known what loading it runs: it could not be read to its end"
        return _outcome(path, "artifact_code", Status.ERROR, message, facts.problems[0].hint, evidence)
    formats = ", ".join(facts.formats)
    return _outcome(path, "artifact_code", Status.PASS, f"{formats}: loading it runs nothing unknown", "", evidence)


def _judged(facts: Facts, trust: Trust) -> tuple[list[Import], list[Import]]:
    """Imports that are refused, the dangerous ones first, and those of the repository."""
    refused: list[Import] = []
    own: list[Import] = []
    script = "TorchScript" in facts.formats
    for item in facts.imports.values():
        callable_too = item.use != CALLED or may_be_called(item.module, item.name)
        if (is_allowed(item.module, item.name) and callable_too) or trust.allows(item):
            continue
        if item.use == NAMED and may_be_referred_to(item.module, item.name):
            continue
        if script and item.module.startswith("__torch__"):
            continue  # the name of a type inside the archive: no module of Python
        local = not danger_of(item.module, item.name) and (item.module == "__main__" or trust.is_own(item.module))
        (own if local and item.use != CALLED and "." not in item.name else refused).append(item)
    return sorted(refused, key=lambda item: not danger_of(item.module, item.name)), own


def _next_step(item: Import) -> str:
    if danger_of(item.module, item.name):
        return f"do not load it; if it is your own: {_SAFE}"
    return f"{_SAFE}; if you know what {item.full} does: --allow {item.full}, or artifacts.allow in mlgate.yaml"


def _why(item: Import) -> str:
    does = "calls" if item.use == CALLED else "imports"
    reason = danger_of(item.module, item.name) or "is not on the list of harmless names"
    return _placed(f"{does} {item.full}, which {reason}", item.offset or None, item.member)


def _placed(message: str, offset: int | None, member: str) -> str:
    where = [*([f"byte {offset:,}"] if offset is not None else []), *([f"in {member}"] if member else [])]
    return f"{message} ({' '.join(where)})" if where else message


def _listed(facts: Facts) -> list[dict[str, Any]]:
    return [
        {"name": item.full, "offset": item.offset, "member": item.member, "use": item.use}
        for item in list(facts.imports.values())[:SHOWN]
    ]


def artifact_format(facts: Facts, path: str) -> Outcome:
    """The file is one model of a known format, from its first byte to its last.

    A stream that ends early, bytes behind the end, an unknown format or compression, an encrypted or exploding
    archive are `error`: what a loader makes of them is not known. A file that two readers would read differently (a
    pickle that is also a zip archive, two members of one name, bytes before or behind an archive) is `fail`: nobody
    writes one by mistake.
    """
    if not facts.problems:
        return _outcome(path, "artifact_format", Status.PASS, f"one model: {', '.join(facts.formats)}")
    problems = sorted(facts.problems, key=lambda problem: not problem.forged)
    first = problems[0]
    status = Status.FAIL if first.forged else Status.ERROR
    evidence = {"problems": [problem.message for problem in problems[:SHOWN]]}
    return _outcome(path, "artifact_format", status, first.message + _more(len(problems)), first.hint, evidence)


def artifact_paths(facts: Facts, path: str) -> Outcome | None:
    """No path inside the file leads out of its folder.

    External data of ONNX and members of an archive name files; with `..` or an absolute path they read or overwrite
    others. Silent where the format names no files.
    """
    if facts.strange_paths:
        first = facts.strange_paths[0]
        message = f"names {first!r}, which leads out of its folder{_more(len(facts.strange_paths))}"
        evidence = {"paths": facts.strange_paths[:SHOWN]}
        return _outcome(path, "artifact_paths", Status.FAIL, message, "save it with paths beside the file", evidence)
    if {"ONNX", "zip"} & set(facts.formats):
        return _outcome(path, "artifact_paths", Status.PASS, "no path leads out of its folder")
    return None


def artifact_dependencies(facts: Facts, path: str) -> Outcome | None:
    """The file needs nothing of the program that loads it that nobody can see: `warn` where it does.

    Registered objects of Keras, operator libraries of ONNX, the TorchScript program's operations on files.
    """
    if not facts.notes:
        return None
    return _outcome(
        path, "artifact_dependencies", Status.WARN, facts.notes[0] + _more(len(facts.notes)),
        "say in the model's card what a loader needs", {"notes": facts.notes[:SHOWN]},
    )  # fmt: skip


def model_metadata(facts: Facts, path: str, beside: Collection[str]) -> Outcome | None:
    """Beside a model stands what made it: versions of the framework, digest of the training data, commit.

    `warn` without an MLmodel, a model card (README.md, MODEL_CARD.md) or `NAME.json`, `.yaml`, `.md` in the same
    folder. Formats that carry such facts inside are not asked; neither are plain arrays.
    """
    if not facts.formats or _DESCRIBED_INSIDE & set(facts.formats):
        return None
    if beside:
        return _outcome(path, "model_metadata", Status.PASS, f"described in {min(beside)}")
    return _outcome(
        path, "model_metadata", Status.WARN, "nothing beside it says which data, commit and versions made it",
        "write a model card (README.md) or a sidecar beside it, log it with MLflow, or track it with DVC",
    )  # fmt: skip


def judge_artifact(facts: Facts, path: str, trust: Trust, beside: Collection[str]) -> Iterator[Outcome]:
    """Everything that is to be said of one file."""
    yield artifact_code(facts, path, trust)
    yield artifact_format(facts, path)
    for outcome in (
        artifact_paths(facts, path),
        artifact_dependencies(facts, path),
        model_metadata(facts, path, beside),
    ):
        if outcome is not None:
            yield outcome


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""


def _outcome(  # the facts of a finding; a class would only repeat Outcome
    path: str, check: str, status: Status, message: str, hint: str = "", evidence: dict[str, Any] | None = None
) -> Outcome:
    return Outcome(
        id=f"static/{quote(path, safe='/=._-')}/{check}",
        check=check,
        tier="static",
        subject=path,
        status=status,
        message=message,
        hint=hint,
        location=Location(path),
        evidence=evidence or {},
    )


CATALOGUE = (
    ("artifact_code", "static", artifact_code),
    ("artifact_format", "static", artifact_format),
    ("artifact_paths", "static", artifact_paths),
    ("artifact_dependencies", "static", artifact_dependencies),
    ("model_metadata", "static", model_metadata),
)
