"""The section `lint` of `mlgate.yaml`: which files the static rules judge, and what they leave out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.outcome import Location

RULE_NAMES = (
    # randomness
    "unseeded-random",
    "unseeded-numpy",
    "unseeded-torch",
    "unseeded-tensorflow",
    "unseeded-cupy",
    "unseeded-mxnet",
    "unseeded-paddle",
    "unseeded-generator",
    "unseeded-split",
    "unseeded-estimator",
    "unseeded-sample",
    "unseeded-search",
    "unseeded-environment",
    "entropy-seed",
    "unused-seed",
    "late-seed",
    "unsorted-listing",
    "hash-order",
    "nondeterministic-cudnn",
    # tests
    "always-skipped-test",
    "test-without-assertion",
    "assertion-that-cannot-fail",
    "exact-float-equality",
    "unseeded-test-data",
    "production-host-in-test",
    "sleep-in-test",
    "test-outside-tiers",
    # notebooks
    "hidden-state",
    "personal-data-in-output",
    "credential-in-output",
    "absolute-path-in-output",
    # comments that ignore
    "unexplained-ignore",
    "unused-ignore",
)
"""Ids of the rules of `mlgate.lint.rules`, which this file's layer may not import; a test compares the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Files (a path or glob) that are not judged, or in which `rules` are not told, with the reason."""

    files: str
    rules: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What `mlgate run` judges by the static rules.

    Parameters
    ----------
    paths : files and folders, relative to the project's root
    ignore : what is left out, also by `mlgate lint` and the hooks
    hosts : production hosts, which no test may talk to; a name also stands for all below it
    """

    paths: tuple[str, ...] = ()
    ignore: tuple[Ignored, ...] = ()
    hosts: tuple[str, ...] = ()
    location: Location = field(default_factory=lambda: Location("mlgate.yaml"))


class _IgnoredKind:
    """A path or glob, or `{files: legacy/**, rules: [unseeded-numpy], reason: not trained any more}`."""

    _KEYS = f.Struct(
        "an entry of ignore",
        {
            "files": f.Key(f.FilePath(), "files, a path, folder or glob", required=True),
            "rules": f.Key(f.ListOf(f.Text(choices=RULE_NAMES), single=True, least=1), "rules not told", required=True),
            "reason": f.Key(f.Text(), "why", required=True),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> Ignored | None:
        if isinstance(node.value, dict):
            values = self._KEYS.parse(node, reading)
            return Ignored(**values) if values.keys() == self._KEYS.keys.keys() else None
        return Ignored(files=f.FilePath().parse(node, reading))

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [f.FilePath().json_schema(), self._KEYS.json_schema()]}


class LintKind:
    """`{paths: [src, tests], ignore: ["src/vendor/**"]}`."""

    _KEYS = f.Struct(
        "lint",
        {
            "paths": f.Key(
                f.ListOf(f.FilePath(), single=True), "files and folders that `mlgate run` judges by the static rules"
            ),
            "ignore": f.Key(
                f.ListOf(_IgnoredKind()),
                "files that are not judged, also by `mlgate lint` and the hooks; with `rules`, only these are not told",
            ),
            "hosts": f.Key(f.ListOf(f.Text(), single=True), "production hosts, which no test may talk to"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> Lint:
        values = self._KEYS.parse(node, reading)
        values["ignore"] = tuple(entry for entry in values.get("ignore", ()) if entry is not None)
        return Lint(**values, location=f.place(node))

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()
