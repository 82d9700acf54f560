"""The pull-request comment. GitHub sees text from a stranger's branch here: everything from data is escaped.

The comment stays within a number of bytes by shedding whole sections, least needed first (`SHED`), never
by cutting a table. What was left out is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from mlgate.outcome import Outcome, Report
from mlgate.render import (
    markdown_basis,
    markdown_changes,
    markdown_details,
    markdown_policy,
    markdown_problems,
    markdown_pyramid,
    markdown_state,
    markdown_tests,
)
from mlgate.render.headline import counts, headline
from mlgate.render.markdown_escape import inline
from mlgate.render.markdown_problems import ICONS
from mlgate.render.schema_patch import section_markdown

MIN_BYTES = 4000
SHED = (
    "provenance",
    "stricter settings",
    "skipped checks",
    "data",
    "checks by tier",
    "shape of the pyramid",
    "changes of data",
    "changes of schemas",
    "what broke",
    "some slices",
    "all metrics",
    "tests that changed",
    "what was resolved",
    "what to look at",
    "important tests without a result",
)
"""What goes first if the comment is too long; after these only the number of blocking rows shrinks."""


def render_markdown(report: Report, *, max_bytes: int = 60_000, resolved: Sequence[Outcome] = ()) -> str:
    """The report as one GitHub comment of at most `max_bytes` bytes of UTF-8.

    The first line is the verdict in words. Then what the change loosened of the policy, what blocks, important tests
    without a result, what to look at, what was resolved, the tests that changed, the changes of schemas that would
    accept the data, the baseline, and, folded, what broke, the metrics, the changes of data, the shape of the pyramid,
    the checks by tier, the data, what was skipped, what became stricter and the provenance.
    Single rows of data are never shown, only counts; single examples of an evaluation,
    and values of rows that a schema would list, only where the report holds them in full.

    Parameters
    ----------
    report : the run
    max_bytes : at least `MIN_BYTES`. GitHub refuses a comment above 65,536
    resolved : outcomes of the report that blocked an earlier push and hold now

    Raises
    ------
    ValueError
        `max_bytes` is under `MIN_BYTES`.
    """
    if max_bytes < MIN_BYTES:
        raise ValueError(f"a comment needs at least {MIN_BYTES} bytes, got {max_bytes}")
    text = ""
    for text in _attempts(report, resolved):
        if len(text.encode()) <= max_bytes:
            return text
    return text


def render_comment(report: Report, present: str, *, max_bytes: int = 60_000) -> str:
    """The report as the comment that stands in place of `present`, our own text of an earlier push.

    What blocked then and holds now is acknowledged. The last line is hidden: it tells the next push what blocked.

    Parameters
    ----------
    present : the text of our comment, empty where there is none; nothing in it is trusted
    max_bytes : at least `MIN_BYTES` more than `markdown_state.MAX_BYTES`
    """
    state = markdown_state.next_state(report, markdown_state.read_state(present))
    hidden = markdown_state.state_line(state)
    text = render_markdown(
        report, max_bytes=max_bytes - len(hidden) - 2, resolved=markdown_state.resolved(report, state)
    )
    return f"{text}\n{hidden}\n"


def _attempts(report: Report, resolved: Sequence[Outcome]) -> Iterator[str]:
    """The comment, complete first, then with less and less; the last one is bounded by construction.

    Each section is written once, for all attempts.
    """
    sections = _sections(report, resolved)
    rows = cache(partial(markdown_problems.blocking, report))
    metrics = cache(partial(markdown_details.metrics, report))
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


def _sections(report: Report, resolved: Sequence[Outcome]) -> dict[str, str]:
    """The sections in their order; what was loosened, what blocks and the metrics are still to be filled in."""
    return {
        "head": f"## {ICONS[report.verdict]} {inline(headline(report), 250)}\n\n{inline(counts(report), 400)}",
        "loosened": "",
        "blocking": "",
        "important tests without a result": markdown_pyramid.unproven(report),
        "what to look at": markdown_problems.to_look_at(report, 10),
        "what was resolved": markdown_problems.resolved(resolved),
        "tests that changed": markdown_tests.changed(report),
        "changes of schemas": section_markdown(report),
        "overall": "" if report.verdict.blocks else markdown_basis.overall(report),
        "basis": markdown_basis.basis(report),
        "what broke": markdown_details.what_broke(report),
        "metrics": "",
        "changes of data": markdown_changes.data_changes(report),
        "shape of the pyramid": markdown_pyramid.shape(report),
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
