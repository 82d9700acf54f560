"""Checks of texts: patterns, length, dates as they are written, JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mlgate.config.column_arguments import JsonSchema, Patterns
from mlgate.config.schema import Bound, Rule
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.json_values import schema_judge
from mlgate.data.judging import Tally, Wording, judge_share
from mlgate.data.literals import length_bound, needs_text
from mlgate.data.own_queries import MAX_JUDGED, EachValue, in_rows
from mlgate.data.plan import Facts, Field, Plan, Verdict
from mlgate.data.text_conditions import is_json, written_as
from mlgate.data.value_checks import if_any_fails, value_plan
from mlgate.outcome import Status


def regex(field: Field, rule: Rule) -> Plan:
    """`regex`: the pattern (RE2 syntax) is found somewhere in every text.

    Of a list one pattern is enough; `{all: [...]}` asks for each of them. Anchor a pattern with `^` and `$`, or use
    `fullmatch`.
    """
    holds = _met(needs_text(field, rule.check).value, rule.argument, sql.matches)
    pattern = _told(rule.argument)
    return value_plan(field, rule, holds, Wording(f"with {pattern}", f"without {pattern}", f"contains {pattern}"))


def not_regex(field: Field, rule: Rule) -> Plan:
    """`not_regex`: the pattern (RE2 syntax), or each of a list, is found in no text."""
    found = _met(needs_text(field, rule.check).value, rule.argument, sql.matches)
    pattern = _told(rule.argument)
    wording = Wording(f"free of {pattern}", f"not free of {pattern}", f"free of {pattern}")
    return value_plan(field, rule, f"NOT ({found})", wording)


def fullmatch(field: Field, rule: Rule) -> Plan:
    """`fullmatch`: the pattern (RE2 syntax) matches every text from end to end.

    Of a list one pattern is enough; `{all: [...]}` asks for each of them.
    """
    holds = _met(needs_text(field, rule.check).value, rule.argument, sql.full_match)
    pattern = _told(rule.argument)
    wording = Wording(f"matched by {pattern}", f"not matched by {pattern}", f"matches {pattern}")
    return value_plan(field, rule, holds, wording)


def _met(value: str, argument: str | Patterns, condition: Callable[[str, str], str]) -> str:
    patterns = argument if isinstance(argument, Patterns) else Patterns((argument,))
    return (" AND " if patterns.every else " OR ").join(condition(value, text) for text in patterns.texts)


def _told(argument: str | Patterns) -> str:
    if isinstance(argument, str):
        return f"the pattern {words.short(argument)}"
    which = "all of" if argument.every else "any of"
    return f"{which} the patterns {words.listed(argument.texts)}"


def length(field: Field, rule: Rule) -> Plan:
    """`length`: the number of characters (code points) of every text lies in the interval, or is the number."""
    size = sql.text_length(needs_text(field, rule.check).value)
    bound: Bound = rule.argument
    holds = length_bound(size, bound)
    failing = f"{field.value} IS NOT NULL AND NOT ({holds})"
    extremes = {"low": sql.smallest(size, failing), "high": sql.largest(size, failing)}

    def told(facts: Facts) -> tuple[Any, str]:
        if facts["low"] is None:
            return None, ""
        return facts["high"], f"lengths from {facts['low']:,} to {facts['high']:,}"

    phrase = words.bound_of(bound, "character")
    plan = value_plan(field, rule, holds, Wording(f"{phrase} long", f"not {phrase} long", phrase), extremes, told)
    ends = [length_bound(extreme, bound) for extreme in (sql.smallest(size), sql.largest(size))]
    return if_any_fails(field, plan, sql.all_of(ends))


def datetime_format(field: Field, rule: Rule) -> Plan:
    """`datetime_format`: every text is a date or time as strftime writes it with these directives.

    Strictly so: every digit that a directive writes is there, nothing stands around it, the day exists, and a day of
    the week is that of the date. `%-d` and the like are without leading zeros, `%f` has six digits, names are English,
    and `%z`, which ends the format, is `Z`, `+0200` or `+02:00`. Directives: `%Y %y %m %-m %B %b %d %-d %j %-j %A %a
    %H %-H %I %-I %p %M %-M %S %-S %f %z %%`.
    """
    form: str = rule.argument
    holds = written_as(needs_text(field, rule.check).value, form)
    shown = words.short(form)
    wording = Wording(f"written as {shown}", f"not written as {shown}", f"written as {shown}")
    return value_plan(field, rule, holds, wording)


def json_text(field: Field, rule: Rule) -> Plan:
    """`json`: every text is one JSON value (RFC 8259); NaN, Infinity and a comma before the end are not JSON."""
    holds = is_json(needs_text(field, rule.check).value)
    return value_plan(field, rule, holds, Wording("JSON", "not JSON", "JSON"))


def json_schema(field: Field, rule: Rule) -> Plan:
    """`json_schema`: every text is JSON that satisfies a JSON Schema, written in place or in a file of the repository.

    Each distinct value is judged once, at most a million of them; more are an error. A `$ref` leads inside the schema;
    `format` is not judged. The evidence holds the places in the schema that values do not satisfy, with the number of
    rows, and the first row of each of ten such values.
    """
    argument: JsonSchema = rule.argument
    if argument.schema is None:
        raise ValueError(f"the JSON Schema {argument.path} was not loaded")
    query = EachValue(needs_text(field, rule.check).value, schema_judge(argument.schema), argument.digest)

    def judge(facts: Facts) -> Verdict:
        found = facts["found"]
        expected = f"JSON that satisfies {argument.path or 'the JSON Schema'}"
        if found["unfinished"]:
            message = f"not judged: the column holds more than {MAX_JUDGED:,} distinct values"
            hint = "judge some of the rows with `where`, or split the file"
            return Verdict(status=Status.ERROR, message=message, expected=expected, hint=hint)
        tally = Tally.of(field, facts, judged=facts["of_type"], failing=found["failing"])
        detail = ", ".join(f"{words.short(place)}: {count:,}" for place, count in list(found["reasons"].items())[:3])
        verdict = judge_share(tally, rule.mostly, Wording(expected, f"not {expected}", expected), detail)
        evidence = {"distinct_failing": found["distinct"], "reasons": dict(list(found["reasons"].items())[:10])}
        return replace(verdict, evidence={**verdict.evidence, **(evidence if found["failing"] else {})})

    plan = Plan(fields=(field,), aggregates=field.counts | {"found": query}, judge=judge, shown=field.raw)
    return replace(plan, then=lambda facts: replace(plan, failing=in_rows(facts["found"]["rows"])))
