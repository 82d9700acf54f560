"""`mlgate data drift`: does newer data look like a reference? `mlgate data profile`: a reference to commit."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import finish, format_option, memory_option, option, strict_option
from mlgate.config.drift_rules import STATISTICS, THRESHOLDS


class NumberByName(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic from click 8.2 on
    """`NAME:NUMBER`, where NAME is one of `known`; without a number it is that of `known`."""

    name = "NAME[:NUMBER]"

    def __init__(self, known: dict[str, float], *, least: float = 0.0) -> None:
        self.known, self.least = known, least

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, text = value.partition(":")
        if name not in self.known:
            self.fail(f"{name!r} is not one of {', '.join(self.known)}", param, ctx)
        try:
            number = float(text) if text else self.known[name]
        except ValueError:
            self.fail(f"{text!r} is no number", param, ctx)
        if not self.least < number < float("inf"):
            self.fail(f"{text} is not above {self.least:g}", param, ctx)
        return name, number


@click.command(short_help="Judge whether CURRENT is still like REFERENCE.")
@click.argument("reference")
@click.argument("current")
@option(
    "--columns",
    multiple=True,
    metavar="COLUMN",
    help="Compare this column only; may be repeated. Identifiers and timestamps are compared where they are named.",
    show_default=False,
)
@option("--label", metavar="COLUMN", help="Column of the label; that of the schema unless given.", show_default=False)
@option(
    "--group",
    metavar="COLUMN",
    help="Column of what rows belong to, e.g. a patient: rows of one are not independent.",
    show_default=False,
)
@option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.01,
    help="Probability of a false alarm over all columns.",
)
@option(
    "--threshold",
    "thresholds",
    multiple=True,
    type=NumberByName(dict(THRESHOLDS)),
    help="How large a change must be to matter: share:0.02, distance:0.05, auc:0.55 unless given; may be repeated.",
    show_default=False,
)
@option("--minimum-rows", type=click.IntRange(20), default=100, help="Rows under which nothing is said of drift.")
@option(
    "--statistic",
    "statistics",
    multiple=True,
    type=NumberByName(dict(STATISTICS)),
    help=f"Judge this statistic, too: {', '.join(STATISTICS)}; a number after a colon is what it must exceed.",
    show_default=False,
)
@option("--multivariate", is_flag=True, help="Let a classifier try to tell both apart.")
@option(
    "--schema",
    type=click.Path(path_type=Path),
    help="Schema file: how text is read, and the label. What mlgate.yaml declares unless given.",
    show_default=False,
)
@option(
    "--privacy",
    type=click.Choice(["none", "masked", "full"]),
    default="masked",
    help="With none no value is named; with masked those that many rows share.",
)
@option("--seed", type=int, default=0, help="Seed of what is drawn at random: groups, and rows for the classifier.")
@memory_option
@strict_option
@format_option
@click.pass_context
def drift(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    reference: str,
    current: str,
    columns: tuple[str, ...],
    label: str | None,
    group: str | None,
    alpha: float,
    thresholds: tuple[tuple[str, float], ...],
    minimum_rows: int,
    statistics: tuple[tuple[str, float], ...],
    multivariate: bool,
    schema: Path | None,
    privacy: str,
    seed: int,
    memory_limit: str | None,
    strict: bool,
    fmt: str,
) -> None:
    """Compare CURRENT with REFERENCE: is it still the same data, column by column?

    Each is a path or glob of CSV, TSV, JSON lines or Parquet; REFERENCE may be a profile (.yaml) that `mlgate data
    profile` wrote. A change fails where it is both more than chance and large enough to matter.
    """
    from mlgate.config.drift_rules import DriftRules, Thresholds
    from mlgate.gate.data_drift import DriftRequest, drift_report

    rules = DriftRules(
        columns=columns,
        label=label,
        group=group,
        alpha=alpha,
        thresholds=Thresholds(**dict(thresholds)),
        statistics=dict(statistics),
        multivariate=multivariate,
        minimum_rows=minimum_rows,
    )
    request = DriftRequest(
        reference=reference,
        current=current,
        rules=rules,
        start=Path.cwd(),
        schema=schema,
        privacy=privacy,
        strict=strict,
        memory_limit=memory_limit,
        progress=say,
        seed=seed,
    )
    finish(ctx, drift_report(request), fmt)


@click.command(short_help="Write a profile that newer data is compared with.")
@click.argument("file")
@option(
    "--profile-file",
    "-o",
    "output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Profile to write, over an older one; stdout unless given.",
    show_default=False,
)
@option(
    "--columns",
    multiple=True,
    metavar="COLUMN",
    help="Keep this column although it looks like an identifier or is a timestamp; may be repeated.",
    show_default=False,
)
@option("--floor", type=click.IntRange(2), default=5, help="Rows that must share a value before it is named.")
@option(
    "--schema",
    type=click.Path(path_type=Path),
    help="Schema file: how text is read. What mlgate.yaml declares unless given.",
    show_default=False,
)
@memory_option
@click.pass_context
def profile(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    file: str,
    output: Path | None,
    columns: tuple[str, ...],
    floor: int,
    schema: Path | None,
    memory_limit: str | None,
) -> None:
    """Write what newer data is compared with: a small text file of counts that can be committed in place of FILE.

    It holds no row, and no value that fewer than --floor rows share; of columns that look like identifiers or hold
    personal data no value at all.
    """
    from mlgate.errors import UsageError
    from mlgate.gate.data_drift import ProfileRequest, profile_of
    from mlgate.sources.files import write_text

    if output is not None and output.suffix not in (".yaml", ".yml"):
        raise UsageError(f"{output} is no profile's name", hint="end it in .yaml: that tells a profile from data")
    request = ProfileRequest(
        file=file,
        start=Path.cwd(),
        columns=columns,
        schema=schema,
        floor=floor,
        memory_limit=memory_limit,
        progress=say,
    )
    text = profile_of(request)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
        click.echo(f"wrote {output}", err=True)
    ctx.exit(0)
