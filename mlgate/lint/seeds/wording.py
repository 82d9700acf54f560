"""Sites as findings: one for a file and generator, or one for a place, in words that people act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN, Finding
from mlgate.lint.seeds.fixes import edits_for
from mlgate.lint.seeds.rules import RULES
from mlgate.lint.seeds.sites import Site
from mlgate.outcome import Status

_FIX = {rule.id: rule.fix for rule in RULES}
_ONCE = {rule.id for rule in RULES if rule.once_per_file} | {"late-seed"}
_SURE = {UNCONTROLLED: 3, CONDITIONAL: 2, UNKNOWN: 1, CONTROLLED: 0}

_GENERATORS = {
    "random": "Python's global generator",
    "numpy": "numpy's global generator",
    "torch": "torch's global generator",
    "tensorflow": "TensorFlow's global generator",
    "cupy": "CuPy's global generator",
    "mxnet": "MXNet's global generator",
    "paddle": "Paddle's global generator",
    "gymnasium": "the environment's generator",
    "gymnasium.action_space": "the action space's generator",
}
_SHORT = {"numpy.": "np.", "tensorflow.": "tf.", "torch.nn.": "nn."}


def merge(groups: Iterable[Iterable[Site]]) -> list[Site]:
    """The sites of several entries: of one place the worst that an entry saw; what no entry reached stays unknown."""
    merged: dict[tuple[str, int, int, str], Site] = {}
    for group in groups:
        for site in group:
            key = (site.path, site.line, site.column, site.rule)
            known = merged.get(key)
            if known is None or _weight(site) > _weight(known):
                merged[key] = site
    return list(merged.values())


def _weight(site: Site) -> int:
    """What an entry saw weighs more than what nobody reached, also where it found nothing wrong."""
    return {UNCONTROLLED: 4, CONDITIONAL: 3, CONTROLLED: 2, UNKNOWN: 1}[site.verdict]


def findings(sites: Iterable[Site]) -> Iterator[Finding]:
    """What to tell of the sites, in the order of files and lines."""
    grouped: dict[tuple[str, str, str], list[Site]] = {}
    single: list[list[Site]] = []
    for site in sites:
        if site.verdict == CONTROLLED or site.is_seed:
            continue
        rule = rule_of(site)
        if rule in _ONCE:
            kind = "late" if rule == "late-seed" else "told"
            grouped.setdefault((site.path, site.generator or rule, kind), []).append(site)
        else:
            single.append([site])
    found = [_finding(group) for group in [*grouped.values(), *single]]
    yield from sorted(found, key=lambda item: (item.path, item.line, item.column, item.rule))


def rule_of(site: Site) -> str:
    """The rule that a site breaks: `late-seed` where the seed came after the draw."""
    return "late-seed" if site.late and site.verdict == UNCONTROLLED and site.generator else site.rule


def _finding(group: list[Site]) -> Finding:
    worst = max(_SURE[site.verdict] for site in group)
    first = min((site for site in group if _SURE[site.verdict] == worst), key=lambda site: (site.line, site.column))
    rule = rule_of(first)
    lines = sorted({site.line for site in group})
    others = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return Finding(
        rule=rule,
        path=first.path,
        line=first.line,
        column=first.column,
        message=_message(first, rule) + others,
        hint=_FIX.get(rule, ""),
        status=Status.FAIL if first.verdict == UNCONTROLLED else Status.WARN,
        verdict=first.verdict,
        scope=first.scope,
        edits=edits_for(first, rule) if first.verdict == UNCONTROLLED else (),
        evidence={"lines": lines},
    )


def _message(site: Site, rule: str) -> str:
    what = site.what
    for long, short in _SHORT.items():
        if what.startswith(long):
            what = short + what.removeprefix(long)
    generator = _GENERATORS.get(site.generator or "", "a generator")
    why = f": {site.why}" if site.why else ""
    if rule == "late-seed":
        return f"{what} draws from {generator} before it is seeded"
    if rule in ("unseeded-split", "unseeded-estimator", "unseeded-sample"):
        return _of_state(site, what, why)
    if rule == "unseeded-environment":
        return (
            f"{what}: {generator} is not seeded" if site.verdict == UNCONTROLLED else f"{what} may not be seeded{why}"
        )
    if rule in ("unseeded-generator", "unseeded-search"):
        return f"{what} has no seed" if site.verdict == UNCONTROLLED else f"{what} may have no seed{why}"
    if rule == "entropy-seed":
        sometimes = ", unless an option is given" if site.verdict == CONDITIONAL else ""
        return f"the seed of {what} differs in every run{sometimes}{why}"
    if rule == "unused-seed":
        return f"{what} fixes nothing{why}"
    if rule == "unsorted-listing":
        return f"the order of {what} is that of the file system and reaches data ({site.why})"
    if rule == "hash-order":
        return f"the order of {what} differs between processes and reaches data ({site.why})"
    if rule == "nondeterministic-cudnn":
        return f"{what} is set so that results may differ between runs{why}"
    return _of_generator(site, what, generator, why)


def _of_state(site: Site, what: str, why: str) -> str:
    short = what.rpartition(".")[2] if what.startswith(("sklearn", "imblearn")) else what
    if site.verdict == UNCONTROLLED:
        return f"{short} draws without random_state, and numpy's global generator is not seeded"
    return f"{short} may draw unseeded{why}"


def _of_generator(site: Site, what: str, generator: str, why: str) -> str:
    if site.verdict == UNCONTROLLED:
        return f"{what} draws from {generator}, which nothing seeds before"
    if site.verdict == CONDITIONAL:
        return f"{what} draws from {generator}, which is not seeded in every run{why}"
    return f"{what} draws from {generator}{why}"
