"""`mlgate power`: how many rows settle it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from mlgate.cli.compare import column_options, named_columns
from mlgate.cli.output import option


@click.command()
@option("--metric", required=True, metavar="NAME", help="Metric that is to be judged.", show_default=False)
@option(
    "--tolerance",
    metavar="X",
    help="Accepted worsening: a number, or a share of the baseline as 2%; the metric's default unless given.",
    show_default=False,
)
@option("--drop", type=float, help="True worsening to be found; twice the tolerance unless given.", show_default=False)
@option(
    "--disagreement",
    type=float,
    help="Of accuracy and the like: share of rows that exactly one model gets right; a range unless given.",
    show_default=False,
)
@option("--sd", type=float, help="Of a mean: standard deviation of the difference per row.", show_default=False)
@option("--baseline-value", type=float, help="The metric of the baseline.", show_default=False)
@option("--positive-fraction", type=float, help="Of roc_auc: share of positive rows.", show_default=False)
@option(
    "--correlation", type=float, help="Of roc_auc: of the two models' areas; a range unless given.", show_default=False
)
@option("--alpha", type=float, default=0.05, help="One-sided error.")
@option("--power", type=float, default=0.8, help="Chance of the wanted answer.")
@option(
    "--comparisons",
    type=click.IntRange(min=1, max=1_000_000),
    default=1,
    help="Metrics times (overall and slices) that are decided together.",
)
@option("--group-size", type=float, help="Rows per group that are not independent.", show_default=False)
@option("--icc", type=float, help="Correlation of the difference within a group.", show_default=False)
@option(
    "--pilot",
    nargs=2,
    metavar="BASELINE CANDIDATE",
    help="Predictions of both models on a first batch, in place of assumptions.",
    show_default=False,
)
@column_options
@option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help="How it is written to stdout.")
@click.pass_context
def power(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    /,
    metric: str,
    tolerance: str | None,
    drop: float | None,
    disagreement: float | None,
    sd: float | None,
    baseline_value: float | None,
    positive_fraction: float | None,
    correlation: float | None,
    alpha: float,
    power: float,
    comparisons: int,
    group_size: float | None,
    icc: float | None,
    pilot: tuple[str, str] | None,
    positive: str | None,
    fmt: str,
    **columns: Any,
) -> None:
    """How many rows are needed before a comparison can tell?

    Two answers: rows at which a model that did not change passes, and rows at which a true drop is found. Ask before
    anyone labels data.
    """
    from mlgate.gate.power import PowerRequest, plan_rows

    request = PowerRequest(
        metric=metric,
        tolerance=tolerance,
        drop=drop,
        disagreement=disagreement,
        sd=sd,
        correlation=correlation,
        baseline_value=baseline_value,
        positive_fraction=positive_fraction,
        alpha=alpha,
        power=power,
        comparisons=comparisons,
        group_size=group_size,
        icc=icc,
        pilot=pilot,
        columns=named_columns(columns),
        positive=positive,
        start=Path.cwd(),
    )
    found = plan_rows(request, now=dt.datetime.now(dt.UTC))
    click.echo(found.as_json() if fmt == "json" else found.as_text())
    ctx.exit(0)
