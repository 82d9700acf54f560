"""The verdict in words: one heading and one line of counts, the same in every medium."""

from __future__ import annotations

from collections import Counter

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import words
from mlgate.render.facts import (
    Comparison,
    as_text,
    by_importance,
    comparison_of,
    comparisons,
    id_part,
    in_tier_order,
    is_test,
    undecided,
)
from mlgate.render.origins import baselines, candidates, is_dirty, not_selected
from mlgate.render.policy_facts import policy_of
from mlgate.render.visible import label, one_line


def headline(report: Report) -> str:
    """What a reviewer must know first, e.g. `mlgate: readmission is worse in health=fair, accuracy down 6.1 points`.

    Plain text on one line; names in it come from data and are not yet escaped for a medium.
    """
    remarks = [report.gate] if report.gate not in ("", "default") else []
    remarks += ["advisory"] if report.mode == "advisory" else []
    name = f"mlgate ({', '.join(label(part, 40) for part in remarks)})" if remarks else "mlgate"
    match report.verdict:
        case Status.FAIL:
            return f"{name}: {_failed(report)}"
        case Status.ERROR:
            return f"{name} {_not_checked(report)}"
        case Status.WARN:
            return f"{name}: {_to_look_at(report)}"
    return f"{name}: {_nothing_worse(report)}"


def counts(report: Report) -> str:
    """`2 block the merge, 1 to look at, 214 hold, 3 skipped.`, what a mode or an error means, and what did not run."""
    left_out = [label(name, 30) for name in not_selected(report)]
    return _counts(report) + (f" Not selected: {words.listed(left_out, 5, 'tier')}." if left_out else "")


def _counts(report: Report) -> str:
    number = Counter(outcome.status for outcome in report.outcomes)
    blocking = number[Status.FAIL] + number[Status.ERROR]
    advisory = report.mode == "advisory"
    parts = []
    if blocking:
        verb = "would block" if advisory else "blocks" if blocking == 1 else "block"
        parts.append(f"{blocking:,} {verb} the merge")
    waiting = undecided(report.outcomes)
    if number[Status.WARN] > len(waiting):
        parts.append(f"{number[Status.WARN] - len(waiting):,} to look at")
    if waiting:
        needed = max(map(words.more_rows, waiting))
        rows = f" ({'up to' if len(waiting) > 1 else 'about'} {needed:,} rows needed)" if needed else ""
        parts.append(f"{len(waiting):,} cannot tell yet{rows}")
    if number[Status.PASS]:
        parts.append(f"{number[Status.PASS]:,} {'holds' if number[Status.PASS] == 1 else 'hold'}")
    if number[Status.SKIP]:
        parts.append(f"{number[Status.SKIP]:,} skipped")
    text = ", ".join(parts) + "." if parts else "No check was asked for."
    if advisory:
        return f"{text} Advisory mode: nothing here blocks the merge."
    if report.strict and report.verdict is Status.WARN:
        return f"{text} Strict mode: warnings block the merge."
    if blocking and report.verdict is Status.ERROR:
        return f"{text} Nothing was found to be worse, but what could not be checked blocks until it can be."
    return text


def basis(report: Report) -> list[str]:
    """What the candidate was compared with, who made its predictions, and the time: plain sentences."""
    said = []
    for baseline in baselines(report)[:10]:
        told = (
            label(baseline.found, 150),
            label(baseline.reference, 120),
            _commit(baseline.commit, dirty=baseline.dirty),
        )
        known = ", ".join(part for part in (*told, *words.distance(baseline)) if part)
        missing = "" if baseline.found else ", could not be loaded"
        said.append(f"Baseline of {label(baseline.evaluation, 60)}: {known}{missing}.")
    said += _loosened(report)
    said += [f"Candidate of {label(c.evaluation, 60)}: {words.maker(c.made_by)}." for c in candidates(report)[:10]]
    took = words.duration(report.duration_s)
    commit = _commit(as_text(report.provenance.get("commit")), dirty=is_dirty(report))
    when = (label(report.started_at, 40), f"took {took}" if took else "", commit)
    said.append(f"Started {', '.join(part for part in when if part)}.")
    return [one_line(line, 600) for line in said]


def _loosened(report: Report) -> list[str]:
    """What the change made looser: the first few settings, and whether that counted."""
    policy = policy_of(report)
    if policy is None:
        return []
    settings = [f"{label(s.place, 100)} ({label(s.before, 40)} to {label(s.after, 40)})" for s in policy.of("looser")]
    number = policy.number("looser")
    listed = words.listed(settings, 3, "setting") or words.count(number, "setting")
    said = [f"This change loosens the gate: {listed}."] if number else []
    return [*said, "The policy of the merge base ruled."] if policy.by_base else said


def _commit(commit: str, *, dirty: bool) -> str:
    """`commit 4f1c2d9a8b7e with uncommitted changes`; nothing if neither is known."""
    return f"{f'commit {label(commit[:12])}' if commit else ''}{words.uncommitted(dirty=dirty)}".strip()


def comparison_title(comparison: Comparison) -> str:
    """`accuracy of readmission in health=fair`."""
    where = f" in {comparison.where}" if comparison.where else ""
    return label(f"{comparison.metric} of {comparison.evaluation}{where}", 200)


def name_of(outcome: Outcome) -> tuple[str, str]:
    """What was checked and by which check, of an outcome that is no comparison: `("train.age", "between")`.

    Of a test its name without the file, and its tier: `("test_scaling", "unit test")`. The second text is empty where
    it would repeat the first.
    """
    subject = outcome.subject or outcome.id
    if is_test(outcome):
        return subject.split("::", maxsplit=1)[-1], f"{label(outcome.tier, 30)} test"
    return subject, "" if outcome.check == subject else outcome.check


def title(outcome: Outcome) -> str:
    """The outcome in words for a medium without type faces: `accuracy of readmission in sex=F`, `train.age between`."""
    comparison = comparison_of(outcome)
    if comparison is not None:
        return comparison_title(comparison)
    subject, check = name_of(outcome)
    return f"{label(subject, 160)} {label(check, 60)}".rstrip()


def _failed(report: Report) -> str:
    failed = by_importance(report.outcomes, Status.FAIL)
    regressions = [c for c in comparisons(failed) if c.verdict == "regression"]
    phrases = [_worse(regressions)] if regressions else []
    others = [outcome for outcome in failed if (c := comparison_of(outcome)) is None or c.verdict != "regression"]
    for tier in in_tier_order(outcome.tier for outcome in others):
        mine = [outcome for outcome in others if outcome.tier == tier]
        tests = [outcome for outcome in mine if is_test(outcome)]
        kind = label(tier, 30)
        phrases += [_fails(len(tests), f"{kind} test")] if tests else []
        phrases += [_fails(len(mine) - len(tests), f"{kind} check")] if len(mine) > len(tests) else []
    errors = sum(outcome.status is Status.ERROR for outcome in report.outcomes)
    text = ", ".join(phrases[:3]) + (", and more" if len(phrases) > 3 else "")
    return f"{text}; {errors:,} could not be checked" if errors else text


def _worse(regressions: list[Comparison]) -> str:
    """`readmission is worse in health=fair, accuracy down 6.1 points`, from regressions sorted worst first."""
    evaluations = list(dict.fromkeys(label(c.evaluation, 40) for c in regressions))
    if len(evaluations) > 1:
        return f"{words.listed(evaluations, 2, 'model')} are worse"
    overall = [c for c in regressions if not c.where]
    slices = list(dict.fromkeys(label(c.where, 60) for c in regressions if c.where))
    named = overall[0] if overall else regressions[0]
    size = ""
    if named.delta is not None:
        direction = "down" if named.delta < 0 else "up"
        size = f", {label(named.metric, 40)} {direction} {words.amount(named, abs(named.delta))}"
    where = f"in {words.listed(slices, 1, 'slice')}" if slices else ""
    if overall:
        where = f"overall and {where}" if where else ""
    return " ".join(part for part in (evaluations[0], "is worse", where) if part) + size


def _fails(number: int, noun: str) -> str:
    return f"{words.count(number, noun)} {'fails' if number == 1 else 'fail'}"


def _not_checked(report: Report) -> str:
    errors = by_importance(report.outcomes, Status.ERROR)
    if not errors:
        skipped = len(report.outcomes)
        return f"checked nothing: {'every check was skipped' if skipped else 'no check was asked for'}"
    names = list(dict.fromkeys(label(_subject(outcome), 60) for outcome in errors))
    return f"could not check {words.listed(names, 2, 'subject')}"


def _subject(outcome: Outcome) -> str:
    comparison = comparison_of(outcome)
    if comparison is not None:
        return comparison.evaluation
    return (id_part(outcome, 1) if outcome.id.startswith("model/") else "") or outcome.subject or outcome.id


def _to_look_at(report: Report) -> str:
    warned = [outcome for outcome in report.outcomes if outcome.status is Status.WARN]
    waiting = len(undecided(warned))
    if waiting == len(warned):
        return f"nothing is shown to be worse, but {words.count(waiting, 'comparison')} cannot tell yet"
    return f"nothing blocks, {words.count(len(warned) - waiting, 'thing')} to look at"


def _nothing_worse(report: Report) -> str:
    compared = comparisons(report.outcomes)
    if not compared:
        return "every check holds"
    better = list(dict.fromkeys(label(c.evaluation, 40) for c in compared if c.verdict == "improved"))
    return f"{words.listed(better, 2, 'model')} got better, nothing got worse" if better else "nothing got worse"
