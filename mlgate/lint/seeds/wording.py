"""Sites as findings: one for a file and generator, or one for a place, in words that people act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, Finding
from mlgate.lint.seeds.fixes import edits_for
from mlgate.lint.seeds.rules import RULES
from mlgate.lint.seeds.sites import Site
from mlgate.outcome import Status

_FIX = {rule.id: rule.fix for rule in RULES}

_ONCE_PER_GENERATOR = ("late-seed", "unseeded-environment")
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


def findings(sites: Iterable[Site], settled: Iterable[tuple[str, int, int, str]] = ()) -> Iterator[Finding]:
    """One finding for each site; of one generator that was seeded too late, the first of a file.

    Parameters
    ----------
    settled : path, line, column and rule of places that are told elsewhere: nothing stays unknown of them
    """
    for path, line, column, rule in sorted(settled):
        yield Finding(rule=rule, path=path, line=line, column=column, message="", hint="", verdict=CONTROLLED)
    once: dict[tuple[str, str, str], list[Site]] = {}
    for site in sites:
        if rule_of(site) in _ONCE_PER_GENERATOR and not site.is_harmless and site.verdict != CONTROLLED:
            once.setdefault((site.path, rule_of(site), site.generator or ""), []).append(site)
        else:
            yield _finding(site)
    for group in once.values():
        group.sort(key=lambda site: (site.line, site.column))
        yield _finding(group[0], [site.line for site in group[1:]])


def rule_of(site: Site) -> str:
    """The rule that a site breaks: `late-seed` where the seed came after the draw."""
    return "late-seed" if site.late and site.verdict == UNCONTROLLED and site.generator else site.rule


def _finding(site: Site, others: Iterable[int] = ()) -> Finding:
    rule = rule_of(site)
    verdict = CONTROLLED if site.is_harmless else site.verdict
    is_sure = verdict == UNCONTROLLED
    lines = sorted(set(others) - {site.line})
    return Finding(
        rule=rule,
        path=site.path,
        line=site.line,
        column=site.column,
        message="" if verdict == CONTROLLED else _message(site, rule),
        hint=_FIX.get(rule, ""),
        status=Status.FAIL if is_sure else Status.WARN,
        verdict=verdict,
        scope=site.scope,
        edits=edits_for(site, rule) if is_sure else (),
        evidence={"lines": lines} if lines else {},
    )


def _message(site: Site, rule: str) -> str:
    what = site.what
    for long, short in _SHORT.items():
        if what.startswith(long):
            what = short + what.removeprefix(long)
    if site.via:
        what = f"{what} ({site.via})"
    why = f": {site.why}" if site.why else ""
    return _MESSAGES.get(rule, _of_generator)(site, what, why)


def _generator_of(site: Site) -> str:
    return _GENERATORS.get(site.generator or "", "a generator")


def _late(site: Site, what: str, _why: str) -> str:
    return f"{what} draws from {_generator_of(site)} before it is seeded"


def _of_environment(site: Site, what: str, why: str) -> str:
    if site.verdict == UNCONTROLLED:
        return f"{what}: {_generator_of(site)} is not seeded"
    return f"{what} may not be seeded{why}"


def _of_own_generator(site: Site, what: str, why: str) -> str:
    return f"{what} has no seed" if site.verdict == UNCONTROLLED else f"{what} may have no seed{why}"


def _of_entropy(site: Site, what: str, why: str) -> str:
    sometimes = ", unless an option is given" if site.verdict == CONDITIONAL else ""
    return f"the seed of {what} differs in every run{sometimes}{why}"


def _unused(_site: Site, what: str, why: str) -> str:
    return f"{what} fixes nothing{why}"


def _unsorted(site: Site, what: str, _why: str) -> str:
    return f"the order of {what} is that of the file system and reaches data ({site.why})"


def _hashed(site: Site, what: str, _why: str) -> str:
    return f"the order of {what} differs between processes and reaches data ({site.why})"


def _of_setting(_site: Site, what: str, why: str) -> str:
    return f"{what} is set so that results may differ between runs{why}"


def _of_state(site: Site, what: str, why: str) -> str:
    short = what
    if what.startswith(("sklearn", "imblearn")):
        name, _, place = what.partition(" ")
        short = f"{name.rpartition('.')[2]} {place}".strip()
    if site.verdict == UNCONTROLLED:
        return f"{short} draws without random_state, and numpy's global generator is not seeded"
    return f"{short} may draw unseeded{why}"


def _of_generator(site: Site, what: str, why: str) -> str:
    generator = _generator_of(site)
    if site.verdict == UNCONTROLLED:
        return f"{what} draws from {generator}, which nothing seeds before"
    if site.verdict == CONDITIONAL:
        return f"{what} draws from {generator}, which is not seeded in every run{why}"
    return f"{what} draws from {generator}{why}"


_MESSAGES: dict[str, Callable[[Site, str, str], str]] = {
    "late-seed": _late,
    **dict.fromkeys(("unseeded-split", "unseeded-estimator", "unseeded-sample"), _of_state),
    "unseeded-environment": _of_environment,
    **dict.fromkeys(("unseeded-generator", "unseeded-search"), _of_own_generator),
    "entropy-seed": _of_entropy,
    "unused-seed": _unused,
    "unsorted-listing": _unsorted,
    "hash-order": _hashed,
    "nondeterministic-cudnn": _of_setting,
}
"""The words of a rule; of any other, those of a generator that all share."""
