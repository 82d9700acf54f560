"""What a schema says of one column, from all that was found out about it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from mlgate.config.json_types import in_words
from mlgate.config.yaml_text import flow
from mlgate.data import words
from mlgate.data.infer_domains import Domain
from mlgate.data.infer_facts import Seen, words_of
from mlgate.data.infer_formats import Written
from mlgate.data.infer_personal import REASON, Personal
from mlgate.data.infer_ranges import date_range, epoch_bounds, epoch_unit, number_range
from mlgate.data.infer_text import Proposal

NULL_ERRORS = 3 * math.sqrt(2)
"""Three standard errors of the difference between two samples of one size."""
SHOWN_MEMBERS = 10
_MOMENTS = {"time", "timestamp", "date", "datetime", "at", "ts", "epoch", "created", "updated", "modified", "seconds"}
_YES_NO = ({"yes", "no"}, {"y", "n"}, {"t", "f"}, {"on", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a column beside its facts; None or empty where nothing is."""

    key: str = ""
    domain: Domain | None = None
    written: Written | None = None
    reading: str = ""
    personal: Personal | None = None


def propose_column(seen: Seen, found: Found, *, ranges: bool) -> Proposal:
    """Rules and remarks of one column; `ranges` makes the suggested interval a rule.

    Of a column with personal data no value is shown, nor made a rule: a schema is committed.
    """
    rules: dict[str, object] = {"type": seen.kind}
    if not seen.missing:
        rules["not_null"] = True
    else:
        rules["null_fraction"] = {"max": _short(upper_fraction(seen.missing, seen.rows))}
    if found.personal:
        return _personal_column(seen, found, found.personal, rules)
    above = [f"key: {found.key}"] if found.key else []
    above += [found.reading] if found.reading else []
    if found.key:
        rules["unique"] = True
    elif found.domain and found.domain.convincing:
        rules["in_set"] = list(found.domain.members)
    if found.written:
        above.append(found.written.remark)
        if found.written.rule and "in_set" not in rules:
            rules[found.written.rule[0]] = found.written.rule[1]
    above += _remarks(seen, found)
    beside = _beside(seen, found)
    bounds = None if found.key or "in_set" in rules or _tells_time(seen) else _bounds(seen)
    if (unit := _epoch(seen)) and _is_moment(seen):
        rules["between"] = list(epoch_bounds(unit))
    if bounds and ranges and not _odd_numbers(seen):
        rules["between"] = list(bounds)
    elif bounds and seen.is_numeric:
        beside += f"; suggested between: {flow(list(bounds))}"
    return Proposal(name=seen.name, rules=rules, above=above, beside=beside)


def _personal_column(seen: Seen, found: Found, personal: Personal, rules: dict[str, object]) -> Proposal:
    above = [personal.remark]
    if found.key:
        rules["unique"] = True
        above.append(f"key: {found.key}")
    if found.reading:
        above.append(found.reading)
    if found.written:
        above.append(found.written.remark)
        if found.written.rule:
            rules[found.written.rule[0]] = found.written.rule[1]
    if personal.allowed:
        rules |= {"pii": list(personal.allowed), "reason": REASON}
    return Proposal(name=seen.name, rules=rules, above=above)


def upper_fraction(missing: int, rows: int) -> float:
    """A share of missing values that another sample as large exceeds about once in a thousand.

    The upper end of Wilson's interval at three standard errors of a difference (3 times the root of 2, since the new
    sample varies as much as this one), rounded up to two digits.

    Examples
    --------
    >>> upper_fraction(5, 100), upper_fraction(2, 5000), upper_fraction(3, 3)
    (0.23, 0.0044, 1.0)
    """
    if missing >= rows:
        return 1.0
    z, share = NULL_ERRORS, missing / rows
    centre = share + z * z / (2 * rows)
    spread = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    upper = max(share, (centre + spread) / (1 + z * z / rows))
    digits = 1 - math.floor(math.log10(upper))
    return min(1.0, round(math.ceil(upper * 10.0**digits) / 10.0**digits, digits))


def _bounds(seen: Seen) -> tuple[Any, Any] | None:
    if seen.low is None or seen.high is None:
        return None
    if seen.kind in ("date", "datetime"):
        return date_range(seen.low, seen.high)
    if seen.is_numeric and seen.median is not None and math.isfinite(seen.low) and math.isfinite(seen.high):
        found = number_range(seen.low, seen.high, seen.median, seen.present, whole=seen.whole)
        return (_short(found[0]), _short(found[1])) if found else None
    return None


def _short(value: float) -> float | int:
    return int(value) if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15) else value


def _odd_numbers(seen: Seen) -> bool:
    """Whether a range of the column's usual values would not hold for its own file."""
    return bool(seen.nan or seen.infinite or seen.small_missing or seen.large_missing)


def _beside(seen: Seen, found: Found) -> str:
    if not seen.present:
        return "every value is missing"
    if seen.low is not None and seen.high is not None and (found.domain is None or not seen.is_numeric):
        low, high = _end(seen.low), _end(seen.high)
        return f"always {low}" if low == high else f"seen {low} to {high}"
    if found.domain and not found.domain.convincing and not found.key and 2 * len(found.domain.members) <= seen.present:
        members = found.domain.members
        few = f"suggested in_set: {flow(list(members))}"
        return few if len(members) <= SHOWN_MEMBERS and len(few) <= 80 else f"{len(members)} different values"
    return ""


def _end(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}" if isinstance(value, float) else str(words.plain(value))


def _remarks(seen: Seen, found: Found) -> list[str]:
    """What a reader should know, as sentences."""
    told = _json_types(seen)
    if seen.kind == "string" and seen.codes and not found.written:
        told.append("codes with leading zeros, so text")
    if seen.kind == "string" and not seen.codes and not found.written and not found.reading:
        told += _nearly_numbers(seen)
    if found.domain and {str(member).lower() for member in found.domain.members} in _YES_NO:
        told.append("yes or no as text; type: boolean reads true, false, 1 and 0")
    if seen.nan:
        told.append(f"{seen.nan:,} NaN, which count as missing; the column is not checked for being finite")
    if seen.infinite:
        told.append(f"{words.counted(seen.infinite, 'value')} {words.verb(seen.infinite)} infinite")
    if seen.small_missing or seen.large_missing:
        number = f"{_end(seen.lowest)}" if seen.small_missing else f"{_end(seen.highest)}"
        count = seen.small_missing + seen.large_missing
        told.append(
            f"{words.counted(count, 'value')} {words.verb(count)} {number} or the like, far from the others: if that "
            "means missing, write it so; the range leaves them out"
        )
    if _looks_like_days(seen):
        told.append("looks like dates (year, month and day as one number)")
    if unit := _epoch(seen):
        told.append(f"looks like {unit} since 1970" + (", of the years 2000 to 2049" if _is_moment(seen) else ""))
    elif _is_moment(seen) and (units := _mixed_epochs(seen)):
        told.append(f"looks like {units[0]} and {units[1]} since 1970, mixed: correct the file")
    return told


def _json_types(seen: Seen) -> list[str]:
    """A remark on values of JSON that have no type together."""
    types = in_words(seen.field.json_types)
    if seen.kind != "any" or not seen.present or not types:
        return []
    return [f"of the JSON types {types}" if "," in types else f"every one is a {types} of JSON"]


def _nearly_numbers(seen: Seen) -> list[str]:
    """A remark where all but a few texts are of one type."""
    kind, count = max(seen.texts_of_kind.items(), key=lambda item: item[1], default=("", 0))
    odd = seen.present - count
    if not count or odd > seen.present / 2:
        return []
    return [f"all but {words.counted(odd, 'value')} could be read as {kind}"]


def _tells_time(seen: Seen) -> bool:
    """Whether numbers are moments: a range of those that were seen would end before the next file."""
    return _looks_like_days(seen) or bool(_epoch(seen))


def _looks_like_days(seen: Seen) -> bool:
    if not (seen.is_numeric and seen.whole and seen.low >= 19000101 and seen.high <= 21001231):
        return False
    try:
        return all(dt.datetime.strptime(str(int(end)), "%Y%m%d") for end in (seen.low, seen.high))  # noqa: DTZ007  # days
    except ValueError:
        return False


def _is_moment(seen: Seen) -> bool:
    """Whether the name says that the column holds moments."""
    return bool(_MOMENTS.intersection(words_of(seen.name)))


def _epoch(seen: Seen) -> str | None:
    """The unit of whole numbers that are moments since 1970; None of others."""
    return epoch_unit(seen.lowest, seen.highest) if seen.is_numeric and seen.whole else None


def _mixed_epochs(seen: Seen) -> tuple[str, str] | None:
    """The units of the smallest and the largest number, where both are moments since 1970 and the units differ."""
    if not (seen.is_numeric and seen.whole):
        return None
    first, last = epoch_unit(seen.lowest, seen.lowest), epoch_unit(seen.highest, seen.highest)
    return (first, last) if first and last and first != last else None
