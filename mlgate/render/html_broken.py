"""What broke, in the HTML report: examples that changed, moved cells, groups, found slices."""

from __future__ import annotations

from collections.abc import Mapping

from mlgate.outcome import Outcome, Report
from mlgate.render import words
from mlgate.render.facts import as_count, as_number, as_text, slice_text
from mlgate.render.flips import Example, Flips, all_flips, behind, counts, harm_title, heading, moved
from mlgate.render.html_parts import SECTION_BYTES, Look, Section, badge, code, plain, table

_MOST_FLIPS = 20
_MOST_LISTS = 20
_MOST_ROWS = 50
_ARROW = "\u2192"


def broken(report: Report) -> Section:
    """The section; what lies behind a regression comes first. Empty where nothing is known of single examples."""
    every = all_flips(report)
    worse = behind(report) if every else {}
    flips = sorted(every, key=lambda each: (each.evaluation, each.where) not in worse)[:_MOST_FLIPS]
    lists = [found for outcome in report.outcomes if (found := _list(outcome))][:_MOST_LISTS]
    budget = SECTION_BYTES // (3 * max(1, len(flips)) + max(1, len(lists)))
    parts = [_flips(each, budget) for each in flips] + [_listing(*each, budget) for each in lists]
    return Section(key="examples", title="What broke", body="\n".join(parts))


def _flips(flips: Flips, budget: int) -> str:
    where = f" in {code(flips.where, 100)}" if flips.where else ""
    title = f"<h3>{code(flips.evaluation, 60)}{where}</h3>\n<p>{plain(counts(flips))}</p>"
    parts = []
    if flips.worst:
        parts.append(_examples(heading(flips), flips, flips.worst, budget))
    if flips.best:
        gained = {"numbers": "Error shrank most", "scores": "Label gained most probability"}
        parts.append(_examples(gained.get(flips.kind, "Turned from wrong to right"), flips, flips.best, budget))
    if flips.cells:
        more = flips.cells_moved - len(flips.cells)
        caption = "Cells of the confusion table that changed" + (f" ({more:,} more did)" if more > 0 else "")
        rows = [
            (code(c.label, 60), code(c.prediction, 60), f"{c.before:,}", f"{c.after:,}", f"{c.delta:+,}")
            for c in flips.cells
        ]
        header = ("Label", "Prediction", "Baseline", "Candidate", "Change")
        parts.append(table(caption, header, rows, Look(numbers=(2, 3, 4), budget=budget)))
    return f'{title}\n<div class="pair">{chr(10).join(f"<div>{part}</div>" for part in parts if part)}</div>'


def _examples(caption: str, flips: Flips, examples: tuple[Example, ...], budget: int) -> str:
    harm = harm_title(flips)
    columns = {
        "Example": [code(each.name, 100) for each in examples],
        "Label": [code(each.label, 100) for each in examples],
        "Prediction": [code(_arrow(moved(each)), 200) for each in examples],
        "Score": [plain(_arrow(each.scores), 60) for each in examples],
        harm.capitalize(): ["" if each.harm is None else words.short_number(each.harm) for each in examples],
    }
    kept = {title: cells for title, cells in columns.items() if title and any(cells)}
    if not kept:
        return ""
    numbers = [place for place, title in enumerate(kept) if title in ("Score", harm.capitalize())]
    return table(caption, tuple(kept), zip(*kept.values(), strict=True), Look(numbers=numbers, budget=budget))


def _arrow(text: str) -> str:
    return text.replace(" -> ", f" {_ARROW} ")


def _list(outcome: Outcome) -> tuple[Outcome, tuple[str, ...], list[tuple[str, ...]]] | None:
    """Title row and rows of an outcome that lists groups or slices; None for any other."""
    match outcome.check:
        case "demographic_parity_ratio" | "equalized_odds_difference":
            header: tuple[str, ...] = ("Group", "Rate", "Rows", "Baseline", "Candidate", "Interval")
            rows = [_rate(entry) for entry in _entries(outcome, "groups")]
        case "slice_discovery":
            header = ("Slice", "Tested rows", "Worse by", "Interval", "Adjusted p-value")
            rows = [_found_slice(entry) for entry in _entries(outcome, "slices")]
        case _:
            return None
    return (outcome, header, rows) if rows else None


def _listing(outcome: Outcome, header: tuple[str, ...], rows: list[tuple[str, ...]], budget: int) -> str:
    name = f"{code(outcome.subject, 100)} {plain(outcome.check, 60)}"
    title = f"<h3>{badge(outcome.status)} {name}</h3>"
    return f"{title}\n{table(plain(outcome.message, 400), header, rows, Look(numbers=range(2, 6), budget=budget))}"


def _entries(outcome: Outcome, key: str) -> list[Mapping[str, object]]:
    value = outcome.evidence.get(key)
    return [each for each in value[:_MOST_ROWS] if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def _rate(entry: Mapping[str, object]) -> tuple[str, ...]:
    return (
        code(as_text(entry.get("group")), 60),
        plain(as_text(entry.get("rate")).replace("_", " "), 40),
        _count(entry.get("n")),
        _number(entry.get("baseline")),
        _number(entry.get("candidate")),
        _ends(entry),
    )


def _found_slice(entry: Mapping[str, object]) -> tuple[str, ...]:
    return (
        code(slice_text(entry.get("slice")), 100),
        _count(entry.get("n")),
        _number(entry.get("worse_by")),
        _ends(entry),
        _number(entry.get("p_adjusted")),
    )


def _ends(entry: Mapping[str, object]) -> str:
    low, high = _number(entry.get("low")), _number(entry.get("high"))
    return f"{low} to {high}" if low and high else ""


def _number(value: object) -> str:
    number = as_number(value)
    return "" if number is None else words.short_number(number)


def _count(value: object) -> str:
    n = as_count(value)
    return "" if n is None else f"{n:,}"
