"""Texts that are something else: dates that are not ISO 8601, percentages, amounts of money, codes, addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.infer_facts import Seen, ask
from mlgate.data.infer_samples import sample_texts
from mlgate.data.table import Table
from mlgate.data.text_conditions import written_as

LEAST_ROWS = 20
"""So many values of one format make it a rule."""
NEARLY = 0.8
"""A format that so many values have, but not all, is worth a remark."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write something.

    Parameters
    ----------
    what : what it is
    pattern : of a whole text
    directives : of a date; what the pattern finds must then also be one
    is_number : whether digits alone are written so, too
    names_rows : whether a column of such values may well be a key
    advice : what to do about it
    """

    what: str
    pattern: str
    directives: str = ""
    is_number: bool = False
    names_rows: bool = False
    advice: str = ""

    def holds(self, text: str) -> str:
        """Condition that an SQL text is written so."""
        return written_as(text, self.directives) if self.directives else sql.full_match(text, self.pattern)


@dataclass(frozen=True, slots=True)
class Written:
    """How the texts of a column are written: a remark, and the rule that follows, if any."""

    remark: str
    rule: tuple[str, str] | None = None
    names_rows: bool = False


_PARTS = {
    **dict.fromkeys(("%d", "%m", "%H", "%M", "%S", "%y"), "[0-9]{2}"),
    **dict.fromkeys(("%-d", "%-m"), "[1-9][0-9]?"),
    "%Y": "[0-9]{4}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
}
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d", "%d/%m/%y",
         "%m/%d/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y")  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", "T%H:%M:%SZ")


def _moments() -> list[Format]:
    padded = [day + clock for day in _DAYS for clock in _CLOCKS]
    bare = [form.replace("%d", "%-d").replace("%m", "%-m") for form in padded if not form.startswith("%Y-")]
    return [
        Format(
            f"dates like {form}",
            re.sub("%-?[A-Za-z]", lambda part: _PARTS[part[0]], form.replace(".", r"\.")),
            form,
        )
        for form in (*padded, *bare)
    ]


_PLAIN = "write plain numbers to have them checked as such"
_AMOUNT = "[+-]?[0-9][0-9.,]*"
_CURRENCIES = ("$", "€", "£", "¥", "AUD", "BRL", "CAD", "CHF", "CNY", "DKK", "EUR", "GBP", "INR", "JPY", "NOK", "PLN",
               "SEK", "USD")  # fmt: skip


def _amounts() -> list[Format]:
    signs = [(currency, re.escape(currency)) for currency in _CURRENCIES]
    before = [Format(f"amounts in {name}", f"[+-]?{sign} ?{_AMOUNT}", advice=_PLAIN) for name, sign in signs]
    return before + [Format(f"amounts in {name}", f"{_AMOUNT} ?{sign}", advice=_PLAIN) for name, sign in signs]


FORMATS = (
    *_moments(),
    *_amounts(),
    Format("percentages", "[+-]?[0-9]+([.,][0-9]+)? ?%", advice=_PLAIN),
    Format(
        "numbers with commas between thousands",
        r"[+-]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?",
        is_number=True,
        advice=_PLAIN,
    ),
    Format(
        "numbers with a decimal comma",
        "[+-]?[0-9]+(,[0-9]+)?",
        is_number=True,
        advice="others of this file have a point",
    ),
    Format("UUIDs", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", names_rows=True),
    Format("e-mail addresses", r"[^@\s]+@[^@\s]+\.[^@\s]+", names_rows=True),
)


def find_formats(table: Table, columns: Sequence[Seen], *, path: str) -> dict[str, Written]:
    """How texts are written, by column name; a column without a known format is not in the result.

    A format is a candidate if most of some 200 evenly spaced values have it, and a rule if all values of the column do
    and there are 20 or more. Digits with leading zeros are one too, if all are equally long.
    """
    texts = [seen for seen in columns if seen.kind == "string" and seen.present]
    samples = sample_texts(table, [seen.field for seen in texts])
    candidates = {seen.name: _candidates(seen, samples[seen.name]) for seen in texts}
    asked = [
        (
            [seen.field],
            {str(place): sql.count_where(form.holds(seen.field.value)) for place, form in enumerate(forms)},
        )
        for seen in texts
        if (forms := candidates[seen.name])
    ]
    counts = {fields[0].name: list(found.values()) for fields, found in ask(table, asked, path)}
    found = {
        seen.name: _written(seen, list(zip(candidates[seen.name], counts[seen.name], strict=True)))
        for seen in texts
        if seen.name in counts
    }
    return {name: written for name, written in found.items() if written}


def _candidates(seen: Seen, sample: Sequence[str]) -> list[Format]:
    """Formats that most values of a sample have, and one of the first three: trying all on each would take long."""
    no_numbers = seen.codes or seen.field.json_types  # which JSON does not write as text
    formats = [form for form in FORMATS if not (form.is_number and no_numbers)]
    if seen.codes and seen.shortest == seen.longest:
        formats.append(Format("codes with leading zeros", f"[0-9]{{{seen.shortest}}}", names_rows=True))

    def count(form: Format, texts: Sequence[str]) -> int:
        return sum(re.fullmatch(form.pattern, text) is not None for text in texts)

    return [form for form in formats if count(form, sample[:3]) and 2 * count(form, sample) > len(sample)]


def _written(seen: Seen, counts: Sequence[tuple[Format, int]]) -> Written | None:
    """The format of all values, or a remark on the one that most have."""
    whole = [form for form, count in counts if count == seen.present]
    if not whole:
        form, count = max(counts, key=lambda pair: -1 if pair[0].is_number else pair[1])
        odd = words.counted(seen.present - count, "value")
        remark = f"all but {odd} are {form.what}: text as long as the others stand here"
        return Written(remark) if count >= NEARLY * seen.present and not form.is_number else None
    form, enough = whole[0], seen.present >= LEAST_ROWS
    orders = list(dict.fromkeys(moment.directives.replace("-", "") for moment in whole if moment.directives))
    if len(orders) > 1:
        remark = f"dates that can be read as {' and '.join(orders)}, so text: say which with datetime_format"
        return Written(remark, ("fullmatch", form.pattern) if enough else None)
    remark = form.what + (
        f", so text; {form.advice}" if form.advice else ", so text" * (not form.names_rows or seen.codes > 0)
    )
    rule = ("datetime_format", form.directives) if form.directives else ("fullmatch", form.pattern)
    return Written(remark, rule if enough else None, form.names_rows)
