"""`mlgate compare`: two predictions files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mlgate.cli import say
from mlgate.cli.output import (
    Command,
    finish,
    format_option,
    option,
    output_option,
    require_writable,
    strict_option,
    write_files,
)
from mlgate.errors import SourceError, UsageError

MAX_WORKERS = 256

_COLUMNS = (
    ("--id", "ids", "Column that identifies an example: rows are paired by it.", "id"),
    ("--label", "label", "Column of the true label; repeated: the indicators of a label set.", "label"),
    ("--prediction", "prediction", "Column of the prediction, as --label.", "prediction"),
    ("--score", "score", "Column of the positive class's score; repeated, CLASS=COLUMN: one per class.", "score"),
    ("--weight", "weight", "Column of the row's weight.", ""),
    ("--group", "group", "Column of the group, e.g. a patient, whose rows are not independent.", ""),
    ("--query", "query", "Column of the query, whose rows form a ranking.", ""),
    ("--time", "time", "Column of the time of a forecast: rows near each other are not independent.", ""),
    ("--series", "series", "Column of the series of a forecast.", ""),
)
_SEVERAL = ("label", "prediction", "score")


def column_options(command: Command) -> Command:
    """The options that name columns; a role that is not named is the column of its own name, where it is needed."""
    command = option(
        "--positive", metavar="LABEL", help="Label of the positive class, as the file writes it.", show_default=False
    )(command)
    command = option(
        "--column",
        "others",
        metavar="ROLE=NAME",
        multiple=True,
        help="Another column: low, high, scale, latency, nll or tokens.",
        show_default=False,
    )(command)
    for name, parameter, text, default in reversed(_COLUMNS):
        shown = f"{text} `{default}` where it is needed and not named." if default else text
        command = option(
            name, parameter, metavar="COLUMN", multiple=parameter in _SEVERAL, help=shown, show_default=False
        )(command)
    return command


def named_columns(options: dict[str, Any]) -> dict[str, Any]:
    """Columns by role from the values of `column_options`.

    Raises
    ------
    UsageError
        A role that there is not, or scores of several classes without their class.
    """
    from mlgate.gate.compare_request import OPTIONS, ROLES

    named: dict[str, Any] = {
        "id" if parameter == "ids" else parameter: options[parameter]
        for _, parameter, _, _ in _COLUMNS
        if options[parameter]
    }
    for role in ("label", "prediction"):
        if role in named:
            named[role] = named[role][0] if len(named[role]) == 1 else named[role]
    if "score" in named:
        named["score"] = _score(named["score"])
    for text in options["others"]:
        role, _, name = text.partition("=")
        if role not in ROLES or role in OPTIONS or not name:
            known = ", ".join(role for role in ROLES if role not in OPTIONS)
            raise UsageError(f"--column {text} names no column", hint=f"write ROLE=NAME, ROLE one of {known}")
        named[role] = name
    return named


def _score(texts: tuple[str, ...]) -> str | dict[str, str]:
    if len(texts) == 1:
        return texts[0]
    columns = {}
    for text in texts:
        name, equals, column = text.partition("=")
        if not equals or not column or name in columns:
            raise UsageError(f"--score {text} names no class of its own", hint="write --score CLASS=COLUMN for each")
        columns[name] = column
    return columns


def compare_options(command: Command) -> Command:
    """Metrics, slices and how changes are measured."""
    declared: list[Callable[[Command], Command]] = [
        option(
            "--metric",
            "metrics",
            metavar="NAME[:TOLERANCE]",
            multiple=True,
            help="Metric and the worsening that is accepted, e.g. accuracy:0.01 or mae:2%; may be repeated. "
            "NAME may be module:function of your own.",
            show_default=False,
        ),
        option(
            "--higher-is-better",
            "higher",
            metavar="NAME",
            multiple=True,
            help="Direction of a function of your own.",
            show_default=False,
        ),
        option(
            "--lower-is-better",
            "lower",
            metavar="NAME",
            multiple=True,
            help="Direction of a function of your own.",
            show_default=False,
        ),
        option(
            "--slice",
            "slices",
            metavar="COLUMN",
            multiple=True,
            help="Column whose values are judged one by one; may be repeated.",
            show_default=False,
        ),
        option(
            "--inconclusive",
            type=click.Choice(["warn", "fail", "pass"]),
            help="Status of what cannot be told yet; warn unless declared.",
            show_default=False,
        ),
        option("--seed", type=click.IntRange(min=0, max=2**63 - 1), default=0, help="Of every draw."),
        option(
            "--resamples",
            type=click.IntRange(min=200, max=100_000),
            help="Bootstrap replicates; 2000 unless declared.",
            show_default=False,
        ),
        option(
            "--workers",
            type=click.IntRange(min=1, max=MAX_WORKERS),
            help="Threads, whose number moves no figure; as many as there are processors, at most 4, unless given.",
            show_default=False,
        ),
        option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", help="Where replicates are drawn."),
    ]
    for decorate in reversed(declared):
        command = decorate(command)
    return command


@click.command()
@click.argument("baseline")
@click.argument("candidate")
@compare_options
@column_options
@option("--runs", is_flag=True, default=False, show_default=False, help="Files of a glob are runs (seeds), not shards.")
@option("--evaluation", metavar="NAME", help="Take this evaluation of mlgate.yaml.", show_default=False)
@option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="mlgate.yaml of --evaluation; the nearest one unless given.",
    show_default=False,
)
@output_option
@option(
    "--privacy",
    type=click.Choice(["none", "masked", "full"]),
    help="What of single rows may appear, e.g. the ids of examples that turned wrong; masked unless declared.",
    show_default=False,
)
@strict_option
@format_option
@click.pass_context
def compare(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    /,
    baseline: str,
    candidate: str,
    metrics: tuple[str, ...],
    higher: tuple[str, ...],
    lower: tuple[str, ...],
    slices: tuple[str, ...],
    inconclusive: str | None,
    seed: int,
    resamples: int | None,
    workers: int | None,
    device: str,
    positive: str | None,
    runs: bool,
    evaluation: str | None,
    config: Path | None,
    output: Path | None,
    privacy: str | None,
    strict: bool,
    fmt: str,
    **columns: Any,
) -> None:
    """Is CANDIDATE worse than BASELINE, where, and how sure are we?

    Both are predictions with one row per example: CSV, TSV, JSON lines or Parquet (also .gz, .zst), a glob of the
    shards of one file, or a reference as in mlgate.yaml, e.g. git:main:out/predictions.csv, git (the merge base),
    dvc:v1.2 or mlflow:models:/NAME@champion.

    Without --metric the columns decide: accuracy of a prediction (mae where a label has a fraction), roc_auc of a score
    where --positive is given, log_loss of scores per class, ndcg of scores where --query is given.
    """
    from mlgate.gate.compare import CompareRequest, compare_files
    from mlgate.gate.compare_request import Asked, parse_metrics
    from mlgate.sources.environment import worker_count

    asked = Asked(
        metrics=tuple(parse_metrics(metrics, higher=higher, lower=lower)),
        slices=slices,
        columns=named_columns(columns),
        positive=positive,
        inconclusive=inconclusive,
        resamples=resamples,
    )
    request = CompareRequest(
        baseline=baseline,
        candidate=candidate,
        asked=asked,
        start=Path.cwd(),
        evaluation=evaluation,
        config=config,
        runs=runs,
        seed=seed,
        workers=workers or worker_count(),
        device=device,
        privacy=privacy,
        strict=strict,
    )
    if output is not None:
        require_writable(output)
    report = compare_files(request, progress=say, now=dt.datetime.now(dt.UTC))
    code = report.exit_code
    if output is not None:
        try:
            write_files(report, output)
        except SourceError as problem:  # what was found is still shown, and a verdict without its files is no pass
            say(f"mlgate: {problem}")
            code = code or problem.exit_code
    finish(ctx, report, fmt, exit_code=code)
