"""The pull-request comment. GitHub sees text from a stranger's branch here: everything from data is escaped.

The comment stays within a number of bytes by shedding whole sections, least needed first (`SHED`), never
by cutting a table. What was left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from mlgate.outcome import TIERS, Report, Status
from mlgate.render import facts, markdown_details, markdown_policy, origins, words
from mlgate.render.headline import counts, headline
from mlgate.render.markdown_escape import code, inline
from mlgate.render.markdown_problems import ICONS, blocking, to_look_at
from mlgate.render.schema_patch import section_markdown

MIN_BYTES = 4000
SHED = (
    "provenance",
    "stricter settings",
    "skipped checks",
    "data",
    "checks by tier",
    "changes of schemas",
    "what broke",
    "some slices",
    "all metrics",
    "what to look at",
)
"""What goes first if the comment is too long; after these only the number of blocking rows shrinks."""

_PATH = re.compile(r"[\w./][\w./@+-]{0,100}", re.ASCII)
_COMMAND = re.compile(r"mlgate [a-z]+(?: [\w./=:,@+-]+){0,20}", re.ASCII)


def render_markdown(report: Report, *, max_bytes: int = 60_000) -> str:
    """The report as one GitHub comment of at most `max_bytes` bytes of UTF-8.

    The first line is the verdict in words. Then what blocks, what to look at, the changes of schemas that would accept
    the data, the baseline, and, folded, what broke, the metrics, the checks by tier, the data, what was skipped and the
    provenance. Single rows of data are never shown, only counts; single examples of an evaluation, and values of rows
    that a schema would list, only where the report holds them in full.

    Parameters
    ----------
    report : the run
    max_bytes : at least `MIN_BYTES`. GitHub refuses a comment above 65,536

    Raises
    ------
    ValueError
        `max_bytes` is under `MIN_BYTES`.
    """
    if max_bytes < MIN_BYTES:
        raise ValueError(f"a comment needs at least {MIN_BYTES} bytes, got {max_bytes}")
    text = ""
    for text in _attempts(report):
        if len(text.encode()) <= max_bytes:
            return text
    return text


def _attempts(report: Report) -> Iterator[str]:
    """The comment, complete first, then with less and less; the last one is bounded by construction.

    Each section is written once, for all attempts.
    """
    sections = _sections(report)
    rows, metrics = cache(partial(blocking, report)), cache(partial(markdown_details.metrics, report))
    policy = cache(partial(markdown_policy.loosened, report))

    def comment(*without: str, most: int = 20) -> str:
        slices = 0 if "all metrics" in without else 12 if "some slices" in without else 60
        sections["loosened"], sections["blocking"] = policy(most), rows(most)
        sections["metrics"] = metrics(slices) if slices else ""
        return _comment(sections, without)

    for shed in range(len(SHED) + 1):
        yield comment(*SHED[:shed])
    for most in (10, 5, 2):
        yield comment(*SHED, most=most)
    yield comment(*SHED, "basis", most=0)


def _sections(report: Report) -> dict[str, str]:
    """The sections in their order; what blocks and the metrics are still to be filled in."""
    return {
        "head": f"## {ICONS[report.verdict]} {inline(headline(report), 250)}\n\n{inline(counts(report), 400)}",
        "loosened": "",
        "blocking": "",
        "what to look at": to_look_at(report, 10),
        "changes of schemas": section_markdown(report),
        "overall": "" if report.verdict.blocks else _overall(report),
        "basis": "\n\n".join(filter(None, [*_basis(report), markdown_policy.ruled(report), _reproduce(report)])),
        "what broke": markdown_details.what_broke(report),
        "metrics": "",
        "checks by tier": markdown_details.tiers(report),
        "data": markdown_details.data(report),
        "skipped checks": markdown_details.skipped(report),
        "stricter settings": markdown_policy.tightened(report),
        "provenance": markdown_details.provenance(report),
    }


def _comment(sections: Mapping[str, str], without: Sequence[str]) -> str:
    parts = [text for name, text in sections.items() if text and name not in without]
    left_out = [name for name in SHED if name in without and _matters(name, sections, without)]
    if left_out:
        parts.append(f"Left out to keep this comment short: {', '.join(left_out)}. The full report has them.")
    return "\n\n".join(parts) + "\n"


def _matters(name: str, sections: Mapping[str, str], without: Sequence[str]) -> bool:
    """Whether leaving out `name` took something away; of the two steps of the metrics only the last is told."""
    if name == "some slices":
        return "all metrics" not in without
    return name == "all metrics" or bool(sections.get(name))


def _overall(report: Report) -> str:
    """Where nothing blocks, what the change did on all rows: a reviewer wants a number for good news, too."""
    said: list[str] = []
    for comparison in facts.comparisons(report.outcomes):
        if comparison.measured and not comparison.where and len(said) < 3:
            moved = inline(words.moved(comparison).replace("->", "\u2192"), 150)
            sure = inline(words.how_sure(comparison), 150).replace("-", "\u2212")
            name = f"{code(comparison.metric, 60)} of {code(comparison.evaluation, 60)}"
            said.append(f"All rows: {name} {moved}, {sure}.")
    return "\n\n".join(said)


def _basis(report: Report) -> list[str]:
    """What the candidate was compared with, and who made its predictions: one sentence per evaluation."""
    said: list[str] = []
    for baseline in origins.baselines(report)[:5]:
        name, reference = code(baseline.evaluation, 60), code(baseline.reference, 120)
        if not baseline.found:
            said.append(f"Baseline of {name}: {reference} could not be loaded.")
            continue
        commit = f"commit {code(baseline.commit[:12])}" if baseline.commit else ""
        commit = f"{commit}{words.uncommitted(dirty=baseline.dirty)}".strip()
        found = f"{inline(baseline.found, 150)} ({reference})" if baseline.reference else inline(baseline.found, 150)
        told = (found, commit, *words.distance(baseline))
        said.append(f"Baseline of {name}: {', '.join(part for part in told if part)}.")
    for candidate in origins.candidates(report)[:5]:
        icon = "" if candidate.made_by in ("command", "stage") else f"{ICONS[Status.WARN]} "
        said.append(f"{icon}Candidate of {code(candidate.evaluation, 60)}: {words.maker(candidate.made_by)}.")
    if origins.is_dirty(report):
        own = code(facts.as_text(report.provenance.get("commit"))[:12])
        said.append(f"{ICONS[Status.WARN]} This run: {f'commit {own}' if own else 'files'} with uncommitted changes.")
    return said


def _reproduce(report: Report) -> str:
    """The command to run. It may come from a stranger's report, so only a plain `mlgate` command is repeated.

    One that is not plain because of a name in it is left out, unless it is that of the gate, which can be made anew.
    """
    command, config = (facts.as_text(report.provenance.get(key)) for key in ("command", "config"))
    if not _COMMAND.fullmatch(command):
        if command.startswith(("mlgate data ", "mlgate config ")):
            return ""
        command = "mlgate run"
    if command.startswith("mlgate run"):
        if "--config" not in command and config != "mlgate.yaml" and _PATH.fullmatch(config):
            command += f" --config {config}"
        blocked = {outcome.tier for outcome in report.outcomes if outcome.status.blocks}
        if "--tier" not in command:
            command += "".join(f" --tier {tier}" for tier in TIERS if tier in blocked)
    return f"Reproduce locally: `{command}`"
