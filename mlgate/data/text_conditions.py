"""Conditions on texts that take more than one function of the engine."""

from __future__ import annotations

import re

from mlgate.data.aggregates import all_of, matches, text_literal
from mlgate.data.dialect import spelled
from mlgate.late import compiled

_DIRECTIVE = compiled(r"%-?.", re.DOTALL)
_ZONE = "(Z|[+-][0-9]{2}:?[0-5][0-9])"
_LOOSE = r"(?i)nan|inf|,\s*[\]}]"
"""What the engine takes for JSON and the standard does not: NaN, Infinity, a comma before the end."""
_STRING = r'"(\\.|[^"\\])*"'


def written_as(value: str, form: str) -> str:
    """Condition that a text is what strftime writes for some moment.

    The engine's parser alone takes more: spaces around the text, digits that are missing, a wrong day of the week. So
    what it read is written again and compared. Without a year the 29th of February is a day.

    Parameters
    ----------
    form : strftime directives and text between them; `%z` only at the end
    """
    found = _DIRECTIVE.findall(form)
    if found and found[-1] == "%z" and form.endswith("%z"):
        rest = spelled("replaced match", value, text_literal(f"{_ZONE}$"), "''")
        return all_of([matches(value, f"{_ZONE}$"), f"({written_as(rest, form[:-2])})"])
    if not set(found) - {"%%"}:
        return f"{value} = {text_literal(form.replace('%%', '%'))}"
    whole, parsed = form, value
    if not {"%Y", "%y"} & set(found):
        whole, parsed = f"{form} %Y", f"({value} || ' 2000')"
    moment = spelled("text as moment", parsed, text_literal(whole))
    return f"{spelled('moment as text', moment, text_literal(form))} = {value}"


def is_json(value: str) -> str:
    """Condition that a text is one JSON value (RFC 8259): objects, arrays, texts, numbers, true, false or null."""
    outside_strings = spelled("replaced matches", value, text_literal(_STRING), "'0'")  # a value stays where one stood
    strict = f"(NOT {matches(value, _LOOSE)} OR NOT {matches(outside_strings, _LOOSE)})"
    return all_of([spelled("is json", value), strict])
