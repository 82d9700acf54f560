"""Curves in the HTML report: ROC, calibration and rows by score, baseline against candidate."""

from __future__ import annotations

from typing import Any

from mlgate.outcome import Report
from mlgate.render import calibration
from mlgate.render.curves import Counts, Curves, Roc
from mlgate.render.flips import Flips, all_flips, behind
from mlgate.render.html_parts import Look, Section, chart, code, plain, table
from mlgate.render.visible import label
from mlgate.render.words import count, share, short_number

MOST = 12
_BYTES = 10_000
_AT = (0.01, 0.05, 0.1, 0.2, 0.5)

_LEGEND = (
    'Dashed is the <span class="key before">baseline</span>, solid the <span class="key after">candidate</span>. '
    "A curve is drawn from at most 100 points, and only where 20 rows or more of either class are behind it."
)


def curves(report: Report) -> Section:
    """The curves of each evaluation, then of slices that are worse; the numbers in tables below them."""
    found = [each for each in all_flips(report) if each.curves or each.calibration]
    worse = behind(report) if found else {}
    found.sort(key=lambda each: (each.where != "", (each.evaluation, each.where) not in worse))
    drawn: list[dict[str, Any]] = []
    parts = [_of(each, drawn) for each in found[:MOST]]
    hidden = len(found) - MOST
    more = f'<p class="soft">... and those of {count(hidden, "slice")} more in report.json.</p>' if hidden > 0 else ""
    body = f'<p class="soft">{_LEGEND}</p>\n{chr(10).join(parts)}{more}' if parts else ""
    return Section(key="curves", title="Curves and scores", body=body, charts={"curves": drawn})


def _of(flips: Flips, drawn: list[dict[str, Any]]) -> str:
    where = f" in {code(flips.where, 100)}" if flips.where else ""
    figures, tables = [], []
    kept = flips.curves
    if kept is not None and kept.roc is not None:
        figures.append(_figure("roc", _drawn_roc(kept.roc), _told_roc(kept.roc), drawn))
        tables.append(_roc_table(kept.roc))
    if flips.calibration is not None:
        points = _drawn_calibration(flips.calibration)
        figures.append(_figure("calibration", points, f"Calibration: {calibration.told(flips.calibration)}", drawn))
        tables.append(_calibration_table(flips.calibration))
    if kept is not None and kept.scores is not None:
        figures.append(_figure("scores", _drawn_scores(kept), _told_scores(kept), drawn))
        tables.append(_scores_table(kept, kept.scores))
    rows = f"{count(flips.n, 'row')}"
    if kept is not None:
        rows = f"{count(flips.n, 'row')}, {kept.positive:,} of them {plain(label(kept.of, 60))}"
    told = "\n".join(f"<p>{sentence}</p>" for sentence in _sentences(flips))
    return (
        f'<h3>{code(flips.evaluation, 60)}{where} <span class="soft">{rows}</span></h3>\n'
        f'<div class="figures">{"".join(figures)}</div>\n{told}\n'
        f"<details><summary>The curves in numbers</summary>\n{chr(10).join(tables)}</details>"
    )


def _sentences(flips: Flips) -> list[str]:
    told = []
    if flips.curves is not None and flips.curves.roc is not None:
        told.append(plain(f"{_told_roc(flips.curves.roc)}."))
    if flips.calibration is not None:
        told.append(plain(f"Calibration: {calibration.told(flips.calibration)}.", 500))
    return told


def _figure(name: str, data: dict[str, Any], told: str, drawn: list[dict[str, Any]]) -> str:
    drawn.append(data)
    return chart(name, len(drawn) - 1, told)


# --- ROC -------------------------------------------------------------------------------------------------------------


def _told_roc(roc: tuple[Roc, Roc]) -> str:
    before, after = (side.found_at(0.1) for side in roc)
    return (
        f"ROC: the area under the curve goes from {roc[0].area:.3f} to {roc[1].area:.3f}; where 10 % of the negatives "
        f"are taken for positives, {share(before)} and then {share(after)} of the positives are found"
    )


def _drawn_roc(roc: tuple[Roc, Roc]) -> dict[str, Any]:
    return {
        name: [[round(x, 4), round(y, 4)] for x, y in zip(side.false_positive, side.true_positive, strict=True)]
        for name, side in zip(("before", "after"), roc, strict=True)
    }


def _roc_table(roc: tuple[Roc, Roc]) -> str:
    rows = [(share(at), *(share(side.found_at(at)) for side in roc)) for at in _AT]
    rows.append(("area under the curve", *(f"{side.area:.4f}" for side in roc)))
    header = ("Negatives taken for positives", "Found by baseline", "Found by candidate")
    return table("ROC: positives found", header, rows, Look(numbers=(1, 2), budget=_BYTES))


# --- calibration -----------------------------------------------------------------------------------------------------


def _drawn_calibration(curves: calibration.Calibration) -> dict[str, Any]:
    return {"of": calibration.subject(curves)} | {
        name: [
            [round(p.score, 4), round(p.frequency, 4), p.n]
            for p in points
            if p.score is not None and p.frequency is not None
        ]
        for name, points in (("before", curves.baseline), ("after", curves.candidate))
    }


def _calibration_table(curves: calibration.Calibration) -> str:
    header = (
        "Scores",
        "Baseline rows",
        "Baseline mean",
        "Baseline frequency",
        "Candidate rows",
        "Candidate mean",
        "Candidate frequency",
    )
    caption = f"Scores of {plain(calibration.subject(curves), 100)} and how often it was so"
    return table(caption, header, calibration.curve_rows(curves), Look(numbers=range(1, 7), budget=_BYTES))


# --- rows by score ---------------------------------------------------------------------------------------------------


def _told_scores(kept: Curves) -> str:
    return f"Rows by score, of {label(kept.of, 60)} and of all others, in equally wide bins from 0 to 1"


def _drawn_scores(kept: Curves) -> dict[str, Any]:
    before, after = kept.scores or (Counts((), ()), Counts((), ()))
    names = (label(kept.of, 30), f"not {label(kept.of, 30)}")
    return {
        "classes": [
            {"name": names[0], "before": before.positive, "after": after.positive},
            {"name": names[1], "before": before.negative, "after": after.negative},
        ]
    }


def _scores_table(kept: Curves, scores: tuple[Counts, Counts]) -> str:
    before, after = scores
    width = 1 / len(before.positive)
    rows = [
        (f"{short_number(place * width)} to {short_number((place + 1) * width)}", *(f"{n:,}" for n in counts))
        for place, counts in enumerate(
            zip(before.positive, after.positive, before.negative, after.negative, strict=True)
        )
        if any(counts)
    ]
    name = plain(label(kept.of, 40))
    header = ("Scores", f"{name}, baseline", f"{name}, candidate", f"not {name}, baseline", f"not {name}, candidate")
    return table("Rows by score", header, rows, Look(numbers=range(1, 5), budget=_BYTES))
