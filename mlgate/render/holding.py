"""What holds, sentence by sentence: for a report whose passes are the answer, such as that no patient is shared."""

from __future__ import annotations

from mlgate.outcome import Report, Status
from mlgate.render.headline import title
from mlgate.render.markdown_escape import code, sentence
from mlgate.render.visible import no_commands, one_line

MOST = 200


def holding_text(report: Report) -> str:
    """The messages of all passes for a terminal; empty where nothing holds."""
    held = [outcome for outcome in report.outcomes if outcome.status is Status.PASS]
    if not held:
        return ""
    lines = []
    for outcome in held[:MOST]:
        lines += [f"  {title(outcome)}", f"        {one_line(outcome.message, 600)}"]
    return "\n".join(no_commands(line) for line in [f"holds ({len(held):,})", *lines, *_more(len(held))]) + "\n"


def holding_markdown(report: Report) -> str:
    """The messages of all passes as a table; empty where nothing holds."""
    held = [outcome for outcome in report.outcomes if outcome.status is Status.PASS]
    if not held:
        return ""
    rows = [
        f"| {code(outcome.subject, 100)} | {code(outcome.check, 60)} | {sentence(outcome.message, 600)} |"
        for outcome in held[:MOST]
    ]
    table = "\n".join(["| Where | Check | What holds |", "|---|---|---|", *rows])
    more = "".join(f"\n\n{line.strip()}" for line in _more(len(held)))
    return f"<details><summary><b>What holds</b>: {len(held):,}</summary>\n\n{table}{more}\n\n</details>\n"


def _more(held: int) -> list[str]:
    return [f"  ... and {held - MOST:,} more in --format json"] if held > MOST else []
