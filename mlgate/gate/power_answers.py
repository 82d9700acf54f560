"""Answers of `mlgate power`, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlgate.config.metric_specs import MetricSpec

if TYPE_CHECKING:
    from mlgate.metrics.power import Question, RowsNeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows under one set of assumptions.

    Parameters
    ----------
    assumed : what differs between the answers, e.g. `{"disagreement": 0.06}`
    rows : for either question
    """

    assumed: Mapping[str, float]
    rows: RowsNeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Answers to one question.

    Parameters
    ----------
    assumed : what all answers assume
    notes : sentences that a person should read
    """

    spec: MetricSpec
    question: Question
    answers: tuple[Answer, ...]
    assumed: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        """What is counted: a ranking is judged by its queries."""
        return "queries" if "query" in self.spec.needs else "rows"

    def as_json(self) -> str:
        """Strict JSON; an answer that no number of rows gives is null."""
        question = self.question
        document = {
            "metric": self.spec.name,
            "unit": self.unit,
            "tolerance": question.tolerance,
            "drop": question.drop,
            "alpha": question.alpha,
            "power": question.power,
            "comparisons": question.comparisons,
            "design_effect": question.design_effect,
            "assumed": dict(self.assumed),
            "answers": [
                {**answer.assumed, "to_pass": answer.rows.to_pass, "to_detect": answer.rows.to_detect}
                for answer in self.answers
            ],
            "notes": list(self.notes),
        }
        return json.dumps(document, indent=2, allow_nan=False)

    def as_text(self) -> str:
        """A table: one line per set of assumptions."""
        question = self.question
        chance = f"{question.power * 100:g} %"
        told = [f"tolerance {question.tolerance:g}", f"drop {question.drop:g}", f"alpha {question.alpha:g} one-sided"]
        told += [
            f"power {question.power:.0%}",
            f"{question.comparisons:,} comparison{'s' * (question.comparisons > 1)}",
        ]
        told += [f"{name.replace('_', ' ')} {value:g}" for name, value in self.assumed.items()]
        names = list(self.answers[0].assumed)
        header = [*(name.replace("_", " ") for name in names), f"{self.unit} to pass", f"{self.unit} to detect"]
        body = [
            [*(_shown(name, answer.assumed[name]) for name in names), *map(_rows, _both(answer.rows))]
            for answer in self.answers
        ]
        widths = [max(map(len, column)) for column in zip(header, *body, strict=True)]
        table = [
            "  " + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in (header, *body)
        ]
        legend = [
            f"to pass: an unchanged model is shown to be within the tolerance, {chance} of the time",
            f"to detect: a true worsening of {question.drop:g} is called a regression, {chance} of the time",
        ]
        return "\n".join([f"{self.spec.name}: {', '.join(told)}", "", *table, "", *legend, *self.notes])


def _both(rows: RowsNeeded) -> tuple[int | None, int | None]:
    return rows.to_pass, rows.to_detect


def _rows(count: int | None) -> str:
    return "never" if count is None else f"{count:,}"


def _shown(name: str, value: float) -> str:
    return f"{value * 100:.3g} %" if name == "disagreement" else f"{value:.4g}"
