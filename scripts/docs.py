"""Writes the pages of docs/ that are made from the code: checks, metrics, commands, inputs of the Action.

`--check` writes nothing and exits 1 where a page is not what the code says.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from mlgate.cli import cli
from mlgate.config.evaluation import MetricPolicy
from mlgate.config.metric_rules import required_roles
from mlgate.config.metric_specs import METRICS, MetricSpec
from mlgate.config.project_file import project_json_schema
from mlgate.config.schema_file import schema_json_schema
from mlgate.lint.families import FAMILIES
from mlgate.lint.rules import BY_FAMILY
from mlgate.metrics.kernels.catalogue import FAMILY_OF, kernel_of
from mlgate.metrics.kernels.kernel import PointKernel, QuantileKernel, RankKernel, SumsKernel, TableKernel
from mlgate.metrics.kernels.labelsets import LABELSET_KERNELS
from mlgate.metrics.methods import POINT_ROWS
from mlgate.metrics.replicate import LINEAR_ROWS
from mlgate.outcome import TIERS, Location
from mlgate.registry import CHECKS, OF_THE_RUN, Check

ROOT = Path(__file__).parents[1]
NOTE = "<!-- Made from the code by `make docs`: edit the code, not this page. -->"

METRIC_GROUPS = {
    "Classes": ("tables",),
    "Label sets": ("labelsets",),
    "Probabilities": ("probabilities", "ranks", "calibration"),
    "Numbers and forecasts": ("numbers",),
    "Rankings": ("queries",),
    "Texts": ("texts", "bertscore"),
    "System": ("latency", ""),
}
"""Families of `FAMILY_OF` by heading; a metric without rows has none."""

INTERVALS = {
    "tango-score": "Tango's score interval of the paired table of right and wrong rows",
    "delong": "the standard error of DeLong, DeLong and Clarke-Pearson, with the covariance of the two areas",
    "cell-multinomial": "a bootstrap that draws the cells (label, baseline, candidate) in place of the rows",
    "bootstrap": "a bootstrap of the rows, dealt into bags",
    "stratified-bootstrap": "the same within either class; `bootstrap` where there are more than two classes",
    "query-bootstrap": "a bootstrap of the queries",
    "order-statistics": "order statistics of either side, combined with their correlation",
    "grouped-...": "groups are drawn in place of rows",
    "block-...": "blocks of time are drawn in place of rows",
    "linear-...": f"of an order of scores from {LINEAR_ROWS:,} rows: its linear part is resampled",
    "grouped-jackknife": "a function of yours, from its values without each of 100 bags of rows",
    "seeds-and-rows": "several runs a side: the spread of the rows and that of the seeds",
    "zero-variance": "no row shows a difference from another; what no row has shown is allowed for",
    "point": "none: the values are compared as they are",
}
"""How a change is measured, by the name that a report shows."""

METRICS_HEAD = """\
`NAME` stands in mlgate.yaml under `metrics`, and after `--metric`. `NAME@NUMBER` sets the parameter of a metric that
has one; its default is shown. *Columns* are keys of `columns`; `positive` is the label of the positive class.

A tolerance is in the metric's unit (of a `fraction`, 0.01 is one point) or, written as `2%`, a share of the baseline's
value. The one shown is used where none is written. A definition is recorded with a baseline; one that was recorded
under another is not comparable.

The interval is that of rows which are independent and weigh the same. With a weight, a group or a time, shares of rows,
areas and cells are resampled too; a quantile takes no weights. [statistics.md](statistics.md) says how each is made."""

METRICS_OF_YOURS = f"""\

## Your own

Any other name is a metric of yours. It names its direction (`higher_is_better`) and one source; its default tolerance
is 2% of the baseline's value.

| key | value | interval |
|---|---|---|
| `column` | mean of a numeric column of the predictions | `bootstrap` |
| `function` | `module:function` of the project, columns by role to a number; trusted runs only | `bootstrap`; from \
{POINT_ROWS:,} rows `grouped-jackknife` |
| `key` | a value of `metrics_file`, by its dotted name | `point` |
"""


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", r"\|")


def told(check: Check) -> str:
    """A check's documentation for its users: without its own name in front, and without sections for callers."""
    text = re.split(r"\n\n[A-Z][a-z]+\n-{4,}\n", inspect.cleandoc(check.doc))[0].strip()
    text = text.removeprefix(f"`{check.name}`: ")
    return text[0].upper() + text[1:]


def cases_of(check: Check) -> list[str]:
    """A link to the files that a check passes and those that it must not, where there are any."""
    folder = f"tests/cases/{check.tier}/{check.name}"
    return ["", f"[Files that it passes, and files that it must not](../{folder}/)"] if (ROOT / folder).is_dir() else []


def render_checks() -> str:
    """`docs/checks.md`: every check by tier, with the whole of its documentation."""
    lines = ["# Checks", "", NOTE, ""]
    lines.append("An outcome names its check. What each one looks at, and when it is which status:")
    for tier in TIERS:
        checks = sorted((check for check in CHECKS.values() if check.tier == tier), key=lambda check: check.name)
        if not checks:
            continue
        lines += ["", f"## {tier.capitalize()}", "", "| check | in one sentence |", "|---|---|"]
        lines += [f"| [`{check.name}`](#{check.name}) | {cell(told(check).splitlines()[0])} |" for check in checks]
        for check in checks:
            lines += ["", f"### `{check.name}`", "", told(check), *cases_of(check)]
    lines += ["", "## Of `mlgate lint`", "", LINT_CHECKS, "", "| check | in one sentence |", "|---|---|"]
    lines += [f"| `{name}` | {cell(meaning)} |" for name, meaning in FAMILIES.items()]
    lines += ["", "## Of the run itself", "", "| check | in one sentence |", "|---|---|"]
    lines += [f"| `{name}` | {cell(meaning)} |" for name, meaning in OF_THE_RUN.items()]
    return "\n".join(lines) + "\n"


LINT_CHECKS = """\
A finding of `mlgate lint` names its rule: [rules.md](rules.md) has all of them. A file in which the rules of a family
find nothing passes under the family's name:"""

RULES_HEAD = """\
`mlgate lint PATH...` judges Python files and notebooks; nothing of them is executed. The hooks `mlgate-seeds` and
`mlgate-tests` ask the rules of their family about the files of a commit, and `mlgate run` asks all rules about what
`lint.paths` of mlgate.yaml names.

For randomness, a script is judged as `python script.py` runs it, without options: on the path that is executed, through
the functions that are called and the project modules that are imported, a seed that the repository fixes (a literal, a
constant, the default of an option, a value of a config) must come before the first draw. A notebook is run from its
first cell to its last. A module that only defines things is called by code that nobody sees.

A finding of randomness has a verdict in its `evidence`: `uncontrolled`, two runs with the same inputs and no options
may differ (`fail`); `conditional`, it is fixed only with an option, a variable or on one branch (`warn`); `unknown`, it
hangs on code that cannot be seen, such as an unknown caller (`warn`). Where several entry points reach one place, the
worst that is known counts. A draw from a generator that all share, in a module that a script imports, is told in the
script, at the call that leads there: the seed is missing there. What only an option reaches is `conditional`.

Not seen: code that is made at run time (`eval`, `importlib`, `%run`), libraries that this version does not know, and
what a library does inside without saying so.

`# mlgate: ignore[rule] reason` ignores a finding in its line, in the statement that starts or ends there or, alone on a
line, in the statement below; `# mlgate: ignore-file[rule] reason` in the file. `lint.ignore` of mlgate.yaml leaves out
files, or rules in files. `--fix` mends what has one safe change."""

FAMILY_TITLES = {"seeds": "Randomness", "tests": "Tests", "notebooks": "Notebooks", "ignores": "Ignored findings"}


def render_rules() -> str:
    """`docs/rules.md`: every rule of `mlgate lint` with what, why, a bad and a good example, and the fix."""
    lines = ["# Rules of `mlgate lint`", "", NOTE, "", RULES_HEAD]
    for family, rules in BY_FAMILY.items():
        lines += [
            "",
            f"## {FAMILY_TITLES[family]}",
            "",
            FAMILIES[family],
            "",
            "| rule | finds | fix |",
            "|---|---|---|",
        ]
        lines += [f"| [`{rule.id}`](#{rule.id}) | {cell(rule.what)} | {cell(rule.fix)} |" for rule in rules]
        for rule in rules:
            lines += ["", f"### `{rule.id}`"]
            lines += [
                "",
                *map(filled, (rule.what, f"**Why.** {rule.why}", f"**Fix.** {rule.fix[0].upper()}{rule.fix[1:]}.")),
            ]
            for word in ("bad", "good"):
                lines += [
                    *([""] * (word == "good")),
                    f"{word.capitalize()}:",
                    "",
                    "```python",
                    example(rule.id, word),
                    "```",
                ]
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """Paragraphs in lines of the page's width, with an empty line after them."""
    parts = text.split("\n\n")
    lines = (textwrap.fill(part, 120, break_long_words=False, break_on_hyphens=False) for part in parts)
    return "\n\n".join(lines) + "\n"


def example(rule: str, word: str) -> str:
    """The first example file of a rule, without the notes of what is found; of a notebook, its code cells."""
    folder = ROOT / "tests" / "cases" / "lint" / rule
    path = min(folder.glob(f"{word}*"), key=lambda path: (path.suffix != ".py", path.name))
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n\n".join(cell_text(number, found) for number, found in enumerate(json.loads(text)["cells"], 1))
    kept = [
        re.sub(r"\s*# finds: .*", "", line) for line in text.splitlines() if not line.lstrip().startswith("# finds:")
    ]
    return "\n".join(kept).strip()


def cell_text(number: int, found: dict[str, Any]) -> str:
    """A cell of a notebook with what stands beside and below it."""
    source = "".join(found["source"])
    if found["cell_type"] != "code":
        return "\n".join(f"# {line}".rstrip() for line in source.splitlines())
    count = found.get("execution_count")
    outputs = [json.dumps(output, sort_keys=True)[:200] for output in found.get("outputs", [])]
    return "\n".join([f"# cell {number}, In [{count or ' '}]", source, *(f"# shows {output}" for output in outputs)])


def render_metrics() -> str:
    """`docs/metrics.md`: every metric by group."""
    lines = ["# Metrics", "", NOTE, "", METRICS_HEAD]
    family = {name: FAMILY_OF.get(name, "") for name in METRICS}
    for heading, families in METRIC_GROUPS.items():
        lines += ["", f"## {heading}", ""]
        lines += ["| metric | better | unit | range | tolerance | columns | interval | definition |"]
        lines += ["|---|---|---|---|---|---|---|---|"]
        lines += [metric_row(METRICS[name]) for wanted in families for name in METRICS if family[name] == wanted]
        if heading == "Label sets":
            others = ", ".join(f"`{name}`" for name in LABELSET_KERNELS if family[name] != "labelsets")
            lines += ["", f"Of label sets there are also {others}. `accuracy` is then the share of equal sets."]
    lines += ["", "## Intervals", "", "| interval | made by |", "|---|---|"]
    lines += [f"| `{name}` | {words} |" for name, words in INTERVALS.items()]
    return "\n".join([*lines, METRICS_OF_YOURS])


def metric_row(spec: MetricSpec) -> str:
    """One line of a table."""
    name = f"`{spec.name}@{spec.parameter}`" if spec.parameter else f"`{spec.name}`"
    if spec.value is not None:
        name += " (all unless written)" if math.isinf(spec.value) else f" ({spec.value:g} unless written)"
    cells = (
        name,
        "higher" if spec.higher_is_better else "lower",
        spec.unit,
        range_of(spec),
        f"{spec.default_tolerance:.0%}" if spec.relative else f"{spec.default_tolerance:g}",
        columns_of(spec),
        f"`{interval_of(spec)}`",
        cell(spec.definition.partition(": ")[2]),
    )
    return f"| {' | '.join(cells)} |"


def range_of(spec: MetricSpec) -> str:
    """The values that the metric can have."""
    if math.isinf(spec.low):
        return "any" if math.isinf(spec.high) else f"at most {spec.high:g}"
    return f"at least {spec.low:g}" if math.isinf(spec.high) else f"{spec.low:g} to {spec.high:g}"


def columns_of(spec: MetricSpec) -> str:
    """What the metric reads besides the id."""
    if spec.needs == ("scalar",):
        return "a value of `metrics_file`"
    roles = [*(["label"] if "label" in spec.needs else []), *required_roles(policy_of(spec))]
    form = {"number": "numbers", "text": "texts", "labelset": "indicators"}
    words = next((f" ({form[need]})" for need in spec.needs if need in form), "")
    words += "; `positive`" if spec.positive else ""
    words += "; the key `model`" if spec.name == "bertscore" else ""
    return ", ".join(f"`{role}`" for role in roles) + words


def interval_of(spec: MetricSpec) -> str:
    """The method of the interval where rows are independent and weigh the same, by the form of the metric."""
    exact = {"roc_auc": "delong"} | {name: "point" for name in METRICS if name not in FAMILY_OF}
    if spec.name in exact:
        return exact[spec.name]
    match kernel_of(policy_of(spec), label_sets=False):
        case TableKernel():
            return "cell-multinomial"
        case SumsKernel(shares=True):
            return "tango-score"
        case SumsKernel(per_query=True):
            return "query-bootstrap"
        case QuantileKernel():
            return "order-statistics"
        case PointKernel():
            return "point"
        case RankKernel() if not spec.positive:
            return "bootstrap"
    return "stratified-bootstrap" if spec.method == "stratified-bootstrap" else "bootstrap"


def policy_of(spec: MetricSpec) -> MetricPolicy:
    return MetricPolicy(name=spec.name, location=Location(""))


def commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group by what a user types, the groups themselves left out."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield from commands(command, f"{path} {name}")


def render_command(path: str, command: click.Command) -> list[str]:
    """One section: usage, help, table of options."""
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = ["", f"## `{path}`", "", "```", usage, "```", "", inspect.cleandoc(command.help or "")]
    rows = [
        option_row(parameter)
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    if rows:
        lines += ["", "| option | means | default | environment |", "|---|---|---|---|", *rows]
    return lines


def option_row(option: click.Option) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    default = option.to_info_dict()["default"]
    shown = f"`{default}`" if isinstance(default, (str, int, float)) and not option.is_flag else ""
    variable = f"`{option.envvar}`" if isinstance(option.envvar, str) else ""
    return f"| `{cell(names + value_of(option))}` | {cell(option.help or '')} | {shown} | {variable} |"


def value_of(option: click.Option) -> str:
    """What stands behind an option's name; spelled here, since releases of click spell it differently."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return f" [{'|'.join(option.type.choices)}]"
    return f" {option.metavar or option.type.name.upper()}"


def render_cli() -> str:
    """`docs/cli.md`: every command with its options."""
    lines = ["# Commands", "", NOTE, "", inspect.cleandoc(cli.help or ""), ""]
    lines += [
        "Exit codes: 0 nothing blocks, 1 a failure, 3 something could not be checked, 2 wrong usage, 130 interrupted."
    ]
    for path, command in commands(cli, "mlgate"):
        lines += render_command(path, command)
    return "\n".join(lines) + "\n"


def render_action() -> str:
    """`docs/action.md`: its text as it is, with the tables of inputs and outputs made anew."""
    text = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
    head, start, rest = text.partition(ACTION_TABLES)
    _, end, tail = rest.partition(ACTION_END)
    if not start or not end:
        raise ValueError(f"docs/action.md has lost the lines between which its tables stand: {ACTION_TABLES}")
    return f"{head}{start}\n\n{action_tables()}\n\n{end}{tail}"


ACTION_TABLES = "<!-- Made from action.yml by `make docs`: edit that file, not these tables. -->"
ACTION_END = "<!-- End of what is made. -->"


def action_tables() -> str:
    """Inputs and outputs of the GitHub Action."""
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    lines = ["| input | means | default |", "|---|---|---|"]
    for name, spec in action["inputs"].items():
        default = f"`{spec['default']}`" if spec.get("default") else ""
        lines.append(f"| `{name}` | {cell(spec['description'])} | {default} |")
    lines += ["", "| output | means |", "|---|---|"]
    lines += [f"| `{name}` | {cell(spec['description'])} |" for name, spec in action["outputs"].items()]
    return "\n".join(lines)


def render_json_schema(schema: dict[str, Any]) -> str:
    """The JSON Schema of one of our YAML formats, for editors."""
    return json.dumps(schema, indent=2, allow_nan=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/mlgate.schema.json": lambda: render_json_schema(project_json_schema()),
    "docs/data.schema.json": lambda: render_json_schema(schema_json_schema()),
    "mlgate/sources/report.schema.json": lambda: (ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"),
    "docs/checks.md": render_checks,
    "docs/rules.md": render_rules,
    "docs/metrics.md": render_metrics,
    "docs/cli.md": render_cli,
    "docs/action.md": render_action,
}


def main(argv: list[str] | None = None) -> int:
    """Write the pages, or with `--check` compare them; the number of pages that differ decides the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is out of date")
    check = parser.parse_args(argv).check
    stale = 0
    for name, render in PAGES.items():
        path, text = ROOT / name, render()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"{name} is not what the code says: run `make docs`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
