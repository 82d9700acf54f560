"""What the work under review changed of the policy, as a report's provenance says it; nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Mapping

from mlgate.late import dataclass
from mlgate.outcome import Report
from mlgate.render.facts import as_count, as_text

EFFECTS = ("looser", "either", "tighter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting that changed; `before` or `after` is empty where it is not written on that side."""

    effect: str
    place: str
    before: str
    after: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """Which policy ruled, how many settings of each effect changed, and some of each."""

    by_base: bool
    base: str
    settings: tuple[Setting, ...]
    counts: Mapping[str, int]
    problems: tuple[str, ...]

    def of(self, *effects: str) -> list[Setting]:
        return [setting for setting in self.settings if setting.effect in effects]

    def number(self, *effects: str) -> int:
        return sum(self.counts.get(effect, 0) for effect in effects)


def policy_of(report: Report) -> PolicyFacts | None:
    """None where the report says nothing of it."""
    raw = report.provenance.get("policy")
    if not isinstance(raw, Mapping):
        return None
    listed = raw.get("changes")
    settings = tuple(_setting(item) for item in listed if isinstance(item, Mapping)) if isinstance(listed, list) else ()
    given = raw.get("counts")
    counted: Mapping[object, object] = given if isinstance(given, Mapping) else {}
    counts = {
        effect: max(as_count(counted.get(effect)) or 0, sum(one.effect == effect for one in settings))
        for effect in EFFECTS
    }
    problems = raw.get("problems")
    return PolicyFacts(
        by_base=raw.get("ruled_by") == "base",
        base=as_text(raw.get("base")),
        settings=settings,
        counts=counts,
        problems=tuple(map(as_text, problems)) if isinstance(problems, list | tuple) else (),
    )


def _setting(raw: Mapping[str, object]) -> Setting:
    effect = as_text(raw.get("effect"))
    line = as_count(raw.get("line"))
    return Setting(
        effect=effect if effect in EFFECTS else "either",
        place=as_text(raw.get("place")),
        before=as_text(raw.get("before")),
        after=as_text(raw.get("after")),
        path=as_text(raw.get("path")),
        line=line or None,
    )
