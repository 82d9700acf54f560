"""What a comment's numbers rest on: the baseline, the data of either side, who made the candidate, seed and machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlgate.outcome import TIERS, Report, Status
from mlgate.render import facts, markdown_policy, origins, words
from mlgate.render.markdown_escape import code, inline
from mlgate.render.markdown_problems import ICONS
from mlgate.render.origins import Baseline

_MOST = 5
_PATH = re.compile(r"[\w./][\w./@+-]{0,100}", re.ASCII)
_COMMAND = re.compile(r"mlgate [a-z]+(?: [\w./=:,@+-]+){0,20}", re.ASCII)


def basis(report: Report) -> str:
    """One paragraph per fact; empty where nothing is known."""
    said = [_baseline(report, baseline) for baseline in origins.baselines(report)[:_MOST]]
    for candidate in origins.candidates(report)[:_MOST]:
        icon = "" if candidate.made_by in ("command", "stage") else f"{ICONS[Status.WARN]} "
        said.append(f"{icon}Candidate of {code(candidate.evaluation, 60)}: {words.maker(candidate.made_by)}.")
    said += [_run(report), markdown_policy.ruled(report), reproduce(report)]
    return "\n\n".join(filter(None, said))


def _baseline(report: Report, baseline: Baseline) -> str:
    """Which one, how it was found, how far away it is, and whether it has seen the same data."""
    name, reference = code(baseline.evaluation, 60), code(baseline.reference, 120)
    if not baseline.found:
        return f"Baseline of {name}: {reference} could not be loaded."
    commit = f"commit {code(baseline.commit[:12])}" if baseline.commit else ""
    commit = f"{commit}{words.uncommitted(dirty=baseline.dirty)}".strip()
    found = f"{inline(baseline.found, 150)} ({reference})" if baseline.reference else inline(baseline.found, 150)
    told = (found, commit, *words.distance(baseline))
    return f"Baseline of {name}: {', '.join(part for part in told if part)}.{_data(report, baseline)}"


def _data(report: Report, baseline: Baseline) -> str:
    """Whether the declared data are those that the baseline was recorded with; nothing where it did not say."""
    now = {dataset.name: dataset.digest for dataset in origins.datasets(report) if dataset.digest}
    both = [name for name in baseline.data if name in now]
    moved = [name for name in both if baseline.data[name] != now[name]]
    if not both:
        return ""
    if not moved:
        return f" Its data are those of this run ({words.count(len(both), 'dataset')})."
    shown = [f"{code(n, 60)} {code(baseline.data[n][:12])} \u2192 {code(now[n][:12])}" for n in moved[:_MOST]]
    more = f" and {len(moved) - _MOST:,} more" if len(moved) > _MOST else ""
    return f" {ICONS[Status.WARN]} It was recorded with other data: {', '.join(shown)}{more}."


def _run(report: Report) -> str:
    """`This run: commit 4f1c2d9a8b7e, seed 0, on linux x86_64, 4 processors, 1 x NVIDIA L4`; the parts that are known.

    The commit is the head that people see where that is known: a workflow runs on a merge of it. Seed and machine are
    told where predictions were made.
    """
    commit, dirty = (
        facts.as_text(report.provenance.get("head") or report.provenance.get("commit")),
        origins.is_dirty(report),
    )
    own = code(commit[:12])
    own = f"commit {own}" if own else "files" if dirty else ""
    parts = [f"{own}{words.uncommitted(dirty=dirty)}", *(_machine(report) if origins.candidates(report) else ())]
    told = ", ".join(part for part in parts if part)
    return f"{f'{ICONS[Status.WARN]} ' if dirty else ''}This run: {told}." if told else ""


def _machine(report: Report) -> list[str]:
    environment = report.provenance.get("environment")
    environment = environment if isinstance(environment, Mapping) else {}
    seed = facts.as_count(report.provenance.get("seed"))
    system = " ".join(facts.as_text(environment.get(key)) for key in ("platform", "machine")).strip()
    processors = facts.as_count(environment.get("processors"))
    return [
        "" if seed is None else f"seed {inline(str(seed))}",
        f"on {code(system, 80)}" if system else "",
        words.count(processors, "processor") if processors else "",
        code(facts.as_text(environment.get("gpu")), 80),
    ]


def overall(report: Report) -> str:
    """Where nothing blocks, what the change did on all rows: a reviewer wants a number for good news, too."""
    said: list[str] = []
    for comparison in facts.comparisons(report.outcomes):
        if comparison.measured and not comparison.where and len(said) < 3:
            moved = inline(words.moved(comparison).replace("->", "\u2192"), 150)
            sure = inline(words.how_sure(comparison), 150).replace("-", "\u2212")
            name = f"{code(comparison.metric, 60)} of {code(comparison.evaluation, 60)}"
            said.append(f"All rows: {name} {moved}, {sure}.")
    return "\n\n".join(said)


def reproduce(report: Report) -> str:
    """The command to run. It may come from a stranger's report, so only a plain `mlgate` command is repeated.

    One that is not plain because of a name in it is left out, unless it is that of the gate, which can be made anew.
    What `mlgate report` merged was found by `mlgate run`.
    """
    command, config = (facts.as_text(report.provenance.get(key)) for key in ("command", "config"))
    if not _COMMAND.fullmatch(command) or command.startswith("mlgate report"):
        if command.startswith(("mlgate data ", "mlgate config ")):
            return ""
        command = "mlgate run"
    if command.startswith("mlgate run"):
        if "--config" not in command and config != "mlgate.yaml" and _PATH.fullmatch(config):
            command += f" --config {config}"
        blocked = {outcome.tier for outcome in report.outcomes if outcome.status.blocks}
        if "--tier" not in command:
            command += "".join(f" --tier {tier}" for tier in TIERS if tier in blocked)
    folder = facts.folder_of(report).rstrip("/")
    return f"Reproduce locally: `{command}`" + (f" in {code(folder, 120)}" if folder else "")
