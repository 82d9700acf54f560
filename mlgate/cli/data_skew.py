"""`mlgate data skew`: whether a model is served what it was trained on."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli import say
from mlgate.cli.output import finish, format_option, memory_option, option, strict_option


@click.command(short_help="Compare training data with what was served.")
@click.argument("training")
@click.argument("serving")
@option(
    "--key",
    multiple=True,
    metavar="COLUMN",
    help="Column that names a request, or an example, in both; repeated, the columns name it together.",
    show_default=False,
)
@option(
    "--columns",
    multiple=True,
    metavar="COLUMN",
    help="Feature that is compared; may be repeated. All that both have unless given.",
    show_default=False,
)
@option(
    "--ignore",
    multiple=True,
    metavar="COLUMN",
    help="Column that is no feature; may be repeated.",
    show_default=False,
)
@option(
    "--absolute",
    multiple=True,
    metavar="[COLUMN:]X",
    help="How far numbers may differ, in their unit; may be repeated, for one column each.",
    show_default=False,
)
@option(
    "--relative",
    multiple=True,
    metavar="[COLUMN:]X",
    help="How far numbers may differ, as a share of the trained value; may be repeated.  [default: 1e-6]",
    show_default=False,
)
@option(
    "--mostly",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    help="Share of the joined rows in which a feature has to match.",
)
@option(
    "--joined",
    type=click.FloatRange(0, 1, min_open=True),
    help="Share of the served rows that training has to have.",
    show_default=False,
)
@option("--distribution/--no-distribution", default=True, help="Compare the distributions of the features.")
@option(
    "--schema",
    type=click.Path(path_type=Path),
    help="Schema file of both; what mlgate.yaml declares for each unless given.",
    show_default=False,
)
@option(
    "--privacy",
    type=click.Choice(["none", "masked", "full"]),
    default="masked",
    help="What of single rows may appear.",
)
@memory_option
@strict_option
@format_option
@click.pass_context
def skew(  # noqa: PLR0913, PLR0917  # click hands over one parameter per option
    ctx: click.Context,
    training: str,
    serving: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    ignore: tuple[str, ...],
    absolute: tuple[str, ...],
    relative: tuple[str, ...],
    mostly: float,
    joined: float | None,
    distribution: bool,
    schema: Path | None,
    privacy: str,
    memory_limit: str | None,
    strict: bool,
    fmt: str,
) -> None:
    """Compare what a model was trained on with what it was served: TRAINING and SERVING are paths or globs.

    Features that only one has, types, distributions; and with --key every feature of every row that both have, the
    worst feature first, with what most of its differences have in common.
    """
    from mlgate.gate.data_skew import SkewRequest, check_skew_files, declare_rules

    request = SkewRequest(
        training=training,
        serving=serving,
        rules=declare_rules(
            key=key,
            columns=columns,
            ignore=ignore,
            absolute=absolute,
            relative=relative,
            mostly=mostly,
            joined=joined,
            distribution=distribution,
        ),
        start=Path.cwd(),
        schema=schema,
        privacy=privacy,
        strict=strict,
        memory_limit=memory_limit,
        progress=say,
    )
    finish(ctx, check_skew_files(request), fmt)
