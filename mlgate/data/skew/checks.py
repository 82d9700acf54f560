"""The checks of skew: what a model was trained on against what it was served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.skew_rules import SkewRules, Tolerance
from mlgate.data import words
from mlgate.data.drift.sentences import percent
from mlgate.data.moments import spoken
from mlgate.data.other_tables import shown_as
from mlgate.data.plan import Verdict
from mlgate.data.skew.header import Header
from mlgate.data.skew.names import listed, shown
from mlgate.data.skew.patterns import pattern_of, typical_difference
from mlgate.data.skew.rows import Differences, Keys, RowsFound
from mlgate.data.skew.sides import Feature
from mlgate.outcome import Status

FEW_JOINED = 0.5
ZONES_HINT = "write all moments with a time zone, or all in UTC without one"
_KINDS = {"string": "text", "other": "nested values", "": "nothing"}


def skew_columns(header: Header) -> Verdict:
    """`skew_columns`: what a model was trained on and what it was served have the same features.

    The columns of the key, those under `ignore` and labels are no features. A column that one side lacks is no finding
    where a schema expects it in other environments only. With `columns`, the named features have to be in both.
    """
    parts = (
        (header.not_served, "missing in serving"),
        (header.not_trained, "in serving only"),
        (header.nowhere, "in neither"),
    )
    told = [f"{words.counted(len(names), 'feature')} {what}: {listed(names)}" for names, what in parts if names]
    excused = "".join(f"; {shown(name)} is {reason}" for name, reason in header.excused)
    every = f"all {words.counted(len(header.shared), 'feature')} are in both"
    if not header.shared and not told:
        told = ["no feature is in both"]
    return Verdict(
        status=Status.FAIL if told else Status.PASS,
        message=("; ".join(told) or every) + words.short(excused),
        observed=[shown(name) for names, _ in parts for name in names],
        expected="the same features in training and serving",
        hint="serve what was trained on; name what is no feature under `ignore`" if told else "",
        evidence={"shared": len(header.shared)} | {what: [*map(shown, names)] for names, what in parts if names},
    )


def skew_types(features: Sequence[Feature]) -> Verdict:
    """`skew_types`: every feature is of one type in training and in serving.

    A schema says of which type a column is, else the file, else the type that all texts of a column have. Whole numbers
    and others are one type, so are dates and datetimes, and 0 and 1 are booleans: what libraries make of one another
    when a value is missing is no skew. Found are values that are not of the type of the training column, and text in a
    file that has types where the other one has something else. `007` is text, and no number. A column without values is
    of no type. Moments of which some have a time zone and others have none are an `error`: what is the same moment
    cannot be told.
    """
    told = [text for feature in features if (text := _unlike(feature))]
    zones = any(feature.zones for feature in features)
    return Verdict(
        status=Status.ERROR if zones else Status.FAIL if told else Status.PASS,
        message="; ".join(told[:10]) + (f" and {len(told) - 10:,} more" if len(told) > 10 else "")
        or f"all {words.counted(len(features), 'feature')} are of the same type",
        observed=[shown(feature.name) for feature in features if _unlike(feature)],
        expected="the same types in training and serving",
        hint=ZONES_HINT if zones else "write both with the same types" if told else "",
        evidence={
            "types": {
                shown(feature.name): {
                    "training": feature.kinds[0] or None,
                    "serving": feature.kinds[1] or None,
                    "not_of_type": list(feature.misfits),
                }
                for feature in features
                if _unlike(feature)
            }
        }
        if told
        else {},
    )


def _unlike(feature: Feature) -> str:
    """How the types of a feature differ; empty where they do not."""
    name, kind = shown(feature.name), _KINDS.get(feature.kind, feature.kind)
    trained, served = (_KINDS.get(one, one) for one in feature.kinds)
    for place, where in ((0, "training"), (1, "serving")):
        misfits, present = feature.misfits[place], feature.present[place]
        if misfits == present > 0:
            return f"{name} is {trained} in training and {served} in serving"
        if misfits:
            return f"{misfits:,} of {present:,} values of {name} in {where} {words.verb(misfits)} not of type {kind}"
    if feature.stored_otherwise:
        return f"{name} is {trained} in training and {served} in serving"
    return f"{name}: {feature.zones}" if feature.zones else ""


def skew_join(found: RowsFound, rules: SkewRules) -> Verdict:
    """`skew_join`: rows of training and of serving can be told by the key, and enough of them are in both.

    Rows in which a part of the key is null, NaN or not of its type are counted and join nothing; `7`, `7.0`, `007` and
    the text of one of them are one key where the other side has numbers. A key that stands more than once in one table
    is a `fail`: its rows cannot be told apart, and are left out on both sides. Rows that only one side has are counted.
    With `joined` it is a `fail` if training lacks more of the served rows; without, it is a warning if less than half
    of the smaller side is in the other. If nothing is joined it is an `error`.
    """
    key, joined = listed(rules.key), found.joined
    sides = (("serving", found.serving), ("training", found.training))
    expected = f"{key} names a row" + (f", and training has {rules.joined:.6g} of serving" if rules.joined else "")
    evidence = {"joined": joined} | {name: _counts(keys) for name, keys in sides}
    shares = {name: joined / keys.keyed if keys.keyed else 0.0 for name, keys in sides}
    beside = _beside(sides)
    if not joined:
        hint = "is it the same key, written in the same way? look at the rows in the evidence"
        empty = [name for name, keys in reversed(sides) if not keys.rows]
        message = f"nothing to compare: no row of serving has a row of training with its {key}{beside}"
        message = no_rows(empty) if empty else message
        return Verdict(
            status=Status.ERROR, message=message, observed=0, expected=expected, hint=hint, evidence=evidence
        )
    told = ", ".join(f"{percent(share)} of {name}" for name, share in shares.items())
    status, hint = Status.PASS, ""
    if any(keys.repeats for _, keys in sides):
        status, hint = Status.FAIL, "log each request once, or add the column to the key that tells the rows apart"
    elif rules.joined is not None and not shares["serving"] >= rules.joined:
        status, hint = Status.FAIL, "find out which requests are not in training, or lower `joined`"
    elif rules.joined is None and not max(shares.values()) >= FEW_JOINED:
        status, hint = Status.WARN, "what is compared may not stand for the rest; say with `joined` what is enough"
    return Verdict(
        status=status,
        message=f"{words.counted(joined, 'row')} joined by {key}, {told}{beside}",
        observed=joined,
        expected=expected,
        hint=hint,
        evidence=evidence,
    )


def no_rows(sides: Sequence[str]) -> str:
    """Examples
    --------
    >>> no_rows(["serving"])
    'nothing to compare: serving has no rows'
    """
    return f"nothing to compare: {' and '.join(sides)} {'has' if len(sides) == 1 else 'have'} no rows"


def _beside(sides: Sequence[tuple[str, Keys]]) -> str:
    """Rows that take no part, in words."""
    alone = {name: keys.only for name, keys in sides}
    keyless = {name: keys.without_key for name, keys in sides}
    unlike = {name: keys.unlike for name, keys in sides}
    repeated = {name: keys.repeats for name, keys in sides}
    left_out = {name: keys.ambiguous for name, keys in sides}
    parts = (
        (alone, "without a partner"),
        (keyless, "without a key"),
        (unlike, "with a key of another type"),
        (repeated, "with the key of an earlier one"),
    )
    told = [f"; {_of_sides(counts)} {what}" for counts, what in parts if any(counts.values())]
    if any(left_out.values()):
        told.append(f", whose partners are left out too: {_of_sides(left_out)} in all")
    return "".join(told)


def _of_sides(counts: Mapping[str, int]) -> str:
    (first, count), *rest = [(name, count) for name, count in counts.items() if count]
    return " and ".join([f"{words.counted(count, 'row')} of {first}", *(f"{more:,} of {name}" for name, more in rest)])


def _counts(keys: Keys) -> dict[str, Any]:
    counts: dict[str, Any] = {
        "rows": keys.rows,
        "without_key": keys.without_key,
        "repeated": keys.repeats,
        "left_out": keys.ambiguous,
        "only_here": keys.only,
    }
    counts |= {"key_of_another_type": keys.unlike} if keys.unlike else {}
    first = {"first_left_out": list(keys.first_ambiguous), "first_only_here": list(keys.first_only)}
    return counts | {name: rows for name, rows in first.items() if rows}


def skew_values(found: Differences, rules: SkewRules, privacy: str) -> Verdict:
    """`skew_values`: a feature has the same value in training and in serving, in every row that both have.

    Numbers may differ by the absolute or the relative tolerance, whichever is wider; by 1e-6 of the trained value
    unless one is written, and whole numbers by nothing. What binary notation makes of a decimal number does not count.
    Dates and datetimes may differ by a duration that is written for the column. All else is equal or is not. Null
    equals null and NaN equals NaN; null against a value differs. `mostly` is the share of the joined rows that has to
    match.

    Up to 1,000 of the rows that differ, drawn by their key, are looked at for what more than nine in ten of them have
    in common: a factor, an offset, another unit, rounding, a logarithm, a default in place of what was missing, a cap,
    a time zone, the case of letters, another code.
    """
    feature, judged = found.feature, found.joined
    expected = _expected(found.tolerance) + (
        "" if rules.mostly == 1 else f" in at least {rules.mostly:.6g} of the rows"
    )
    if found.misused:
        hint = ZONES_HINT if feature.zones else "correct `tolerance`, or the type of the column"
        return Verdict(status=Status.ERROR, message=found.misused, expected=expected, hint=hint)
    if not judged:
        return Verdict(status=Status.SKIP, message="no row was joined: see the check `skew_join`", expected=expected)
    holds = (judged - found.differing) / judged >= rules.mostly
    evidence: dict[str, Any] = {"judged": judged, "failing": found.differing, "share": found.differing / judged}
    if not found.differing:
        message = f"{words.counted(judged, 'joined row')}, every one with {_expected(found.tolerance)}"
        return Verdict(status=Status.PASS, message=message, observed=0, expected=expected, evidence=evidence)
    pattern = pattern_of(found.pairs, show=privacy == "full")
    told = f"{pattern.told} in {_of(pattern.count, found)}" if pattern else _apart(found)
    share = found.differing / judged
    verb = "differs" if found.differing == 1 else "differ"
    message = f"{found.differing:,} of {words.counted(judged, 'joined row')} {verb}"
    return Verdict(
        status=Status.PASS if holds else Status.FAIL,
        message=f"{message} ({percent(share)}){told and f': {told}'}" + ("; that many may" if holds else ""),
        observed=found.differing,
        expected=expected,
        hint="" if holds else _hint(feature),
        evidence=evidence | _differences(found, pattern.told if pattern else None) | _rows(found, rules, privacy),
    )


def _hint(feature: Feature) -> str:
    or_else = ", or write a tolerance" if feature.kind in ("integer", "number", "date", "datetime") else ""
    return f"compute `{shown(feature.name)}` with the same code on both sides{or_else}"


def _expected(tolerance: Tolerance) -> str:
    parts = [words.number(tolerance.absolute)] * bool(tolerance.absolute)
    parts += [f"{words.number(tolerance.relative)} of it"] * bool(tolerance.relative)
    parts += [spoken(tolerance.seconds)] * bool(tolerance.seconds)
    return f"the same value, give or take {' or '.join(parts)}" if parts else "the same value"


def _of(count: int, found: Differences) -> str:
    looked_at = len(found.pairs)
    if looked_at == found.differing:
        return f"all {count:,}" if count == looked_at else f"{count:,} of them"
    return f"{count:,} of {looked_at:,} that were looked at"


def _apart(found: Differences) -> str:
    """How far values typically are apart, and where there are none."""
    typical = typical_difference(found.pairs)
    is_time = found.feature.kind in ("date", "datetime")
    parts = []
    if typical is not None and found.largest is not None:
        near, far = (spoken(value) if is_time else words.number(float(value)) for value in (typical, found.largest))
        parts.append(f"typically by {near}, at most by {far}")
    if found.not_served:
        parts.append(f"nothing is served in {found.not_served:,}")
    if found.nan_served:
        parts.append(f"NaN is served in {found.nan_served:,}")
    if found.nan_trained:
        parts.append(f"training has NaN in {found.nan_trained:,}")
    if found.not_trained:
        parts.append(f"only serving has a value in {found.not_trained:,}")
    return "; ".join(parts)


def _differences(found: Differences, pattern: str | None) -> dict[str, Any]:
    numbers = {
        "not_served": found.not_served or None,
        "not_trained": found.not_trained or None,
        "nan_served": found.nan_served or None,
        "nan_trained": found.nan_trained or None,
        "typical_difference": typical_difference(found.pairs),
        "largest_difference": found.largest,
        "pattern": pattern,
    }
    return {name: value for name, value in numbers.items() if value is not None}


def _rows(found: Differences, rules: SkewRules, privacy: str) -> dict[str, Any]:
    if privacy == "none" or not found.first:
        return {}

    def shown(item: Mapping[str, Any]) -> dict[str, Any]:
        trained, served = (words.exact(shown_as(item[side], privacy)) for side in "ts")
        key = {"+".join(rules.key): shown_as(item["key"], privacy)}
        return {
            "row": item["row"],
            "value": f"training: {trained}, serving: {served}",
            "key": key,
            "training_row": item["trained_row"],
        }

    return {"rows": [shown(item) for item in found.first]}
