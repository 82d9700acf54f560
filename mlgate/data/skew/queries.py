"""SQL over two tables that are joined by a key: how many rows match in each feature, and what the others hold.

Like `own_queries`, this is a place that another engine replaces. A side is a SELECT of the rows that have a key:
`t_row`, `k0`, ... and of each feature `tv0`, its value, and `tx0`, the text of a value that is not of the kind; of the
served table `s_row`, `sv0`, `sx0`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlgate.config.skew_rules import Tolerance
from mlgate.data import aggregates as sql
from mlgate.data.across import joined_text
from mlgate.data.own_queries import Repeats, repeats_of_long
from mlgate.data.plan import Field, scanned
from mlgate.data.skew.sides import Feature, Side

SAMPLE = 1_000
"""Differences of a feature that are looked at for what they have in common; drawn by their key."""
MAX_SHOWN = 10
_LARGE = 10**37
"""Differences of whole numbers up to here are exact."""
_NUMBERS = ("integer", "number")
_MOMENTS = ("date", "datetime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two tables and the key that joins their rows.

    Parameters
    ----------
    keys : columns of the key
    tolerances : of features, by name
    repeated : whether some key stands twice in a table: rows with such a key are left out on both sides
    """

    training: Side
    serving: Side
    keys: Sequence[Feature]
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    repeated: bool = False

    def source(self, side: Side, features: Sequence[Feature] = (), *, unread: bool = False) -> str:
        """The rows of a side: its number, the key (also as it is stored, in `q0`, ..., where asked), the features."""
        p, of_training = ("t", True) if side is self.training else ("s", False)
        key_fields = [_field(one, of_training) for one in self.keys]
        fields = [_field(one, of_training) for one in features]
        keys = [_values(one, of_training) for one in self.keys]
        parts = [f'"row" AS {p}_row', *(f"{key} AS k{place}" for place, key in enumerate(keys))]
        if unread:
            parts += [f"{one.raw} AS q{place}" for place, one in enumerate(key_fields)]
        for place, (feature, one) in enumerate(zip(features, fields, strict=True)):
            value = _values(feature, of_training)
            parts.append(f"{value} AS {p}v{place}")
            if any(feature.misfits):
                parts.append(f"{sql.only_where(f'{value} IS NULL', sql.as_text(one.raw))} AS {p}x{place}")
        return f"SELECT {', '.join(parts)} FROM ({scanned(side.table, [*key_fields, *fields])}) AS scanned"  # noqa: S608  # made by aggregates

    @property
    def names(self) -> list[str]:
        return [f"k{place}" for place in range(len(self.keys))]

    @property
    def has_key(self) -> str:
        """Condition that a row has a whole key: no part is null, or NaN, or of another kind."""
        nan = [f"NOT {sql.is_nan(f'k{place}')}" for place, one in enumerate(self.keys) if one.kind == "number"]
        return sql.all_of([*(f"{name} IS NOT NULL" for name in self.names), *nan])

    def counts(self, side: Side) -> str:
        """Of a side: rows, those with a key, and those whose key is there, and partly of another type."""
        stored = [f"q{place} IS NOT NULL" for place in range(len(self.keys))]
        none = " OR ".join(f"{name} IS NULL" for name in self.names)
        unlike = sql.count_where(f"{sql.all_of(stored)} AND ({none})")
        source = self.source(side, unread=True)
        return f"SELECT {sql.ROWS}, {sql.count_where(self.has_key)}, {unlike} FROM ({source}) AS side"  # noqa: S608  # names of ours

    def with_key(self, side: Side) -> str:
        """The rows of a side that have a key."""
        return f"SELECT * FROM ({self.source(side)}) AS side WHERE {self.has_key}"  # noqa: S608  # names of ours

    def repeats(self) -> Repeats:
        """How many rows of `with_key` repeat a key."""
        return repeats_of_long(*self.names)

    def ambiguous(self, side: Side) -> str:
        """Rows of a side whose key stands more than once in one of the tables, and the first of them."""
        p = "t" if side is self.training else "s"
        return (
            f"SELECT {sql.ROWS}, min({p}_row, {MAX_SHOWN}) "  # noqa: S608  # names of ours
            f"FROM ({self.source(side)}) AS side SEMI JOIN ({self._twice()}) AS twice "
            f"ON {_equal('side', 'twice', self.names)}"
        )

    def _twice(self) -> str:
        """Keys that stand more than once in either table."""
        keys = ", ".join(self.names)
        each = (
            f"SELECT {keys} FROM ({self.with_key(side)}) AS known GROUP BY {keys} HAVING {sql.ROWS} > 1"  # noqa: S608  # names of ours
            for side in (self.training, self.serving)
        )
        return " UNION ".join(each)

    def _usable(self, side: Side, features: Sequence[Feature] = ()) -> str:
        usable = f"SELECT * FROM ({self.source(side, features)}) AS side WHERE {self.has_key}"  # noqa: S608  # names of ours
        if not self.repeated:
            return usable
        alone = f"ANTI JOIN ({self._twice()}) AS twice ON {_equal('usable', 'twice', self.names)}"
        return f"SELECT usable.* FROM ({usable}) AS usable {alone}"  # noqa: S608  # names of ours

    def joined(self, features: Sequence[Feature]) -> str:
        """Rows that both tables have."""
        both = f"({self._usable(self.training, features)}) AS t JOIN ({self._usable(self.serving, features)}) AS s"
        return f"{both} ON {_equal('t', 's', self.names)}"

    def alone(self, side: Side) -> str:
        """The first rows of a side that the other one lacks."""
        other = self.serving if side is self.training else self.training
        p = "t" if side is self.training else "s"
        return (
            f"SELECT min({p}_row, {MAX_SHOWN}) FROM ({self._usable(side)}) AS here "  # noqa: S608  # names of ours
            f"ANTI JOIN ({self._usable(other)}) AS there ON {_equal('here', 'there', self.names)}"
        )

    def compared(self, features: Sequence[Feature]) -> str:
        """The number of joined rows, and of each feature: rows that differ; in how many of them only training or only

        serving has a value, or only training or only serving has a number that is none (NaN); the largest difference.
        """
        parts = [sql.ROWS]
        for place, feature in enumerate(features):
            differs = f"NOT {self._match(feature, place)}"
            trained, served = _stored(feature, "t", place), _stored(feature, "s", place)
            parts += [
                sql.count_where(differs),
                sql.count_where(f"({trained}) AND NOT ({served})"),
                sql.count_where(f"({served}) AND NOT ({trained})"),
                *_only_nan(feature, place),
                _largest(feature, place, differs),
            ]
        return f"SELECT {', '.join(parts)} FROM {self.joined(features)}"  # noqa: S608  # names of ours

    def differences(self, features: Sequence[Feature]) -> str:
        """Of each feature a sample of the rows that differ, and the first ones in the file of serving."""
        parts = []
        for place, feature in enumerate(features):
            values = {
                f"{p}{kind}": f"{p}{kind}{place}" for p in "ts" for kind in ("vx" if any(feature.misfits) else "v")
            }
            drawn = {"h": sql.hashed(*(f"t.{name}" for name in self.names)), "row": "s_row", **values}
            first = {
                "row": "s_row",
                "trained_row": "t_row",
                **values,
                "key": joined_text([f"t.{n}" for n in self.names]),
            }
            differs = f"NOT {self._match(feature, place)}"
            parts += [
                f"min({sql.only_where(differs, _struct(drawn))}, {SAMPLE})",
                f"min({sql.only_where(differs, _struct(first))}, {MAX_SHOWN})",
            ]
        return f"SELECT {', '.join(parts)} FROM {self.joined(features)}"  # noqa: S608  # names of ours

    def _match(self, feature: Feature, place: int) -> str:
        """Condition, never null, that a feature matches."""
        t, s = f"tv{place}", f"sv{place}"
        neither = f"{t} IS NULL AND {s} IS NULL"
        if any(feature.misfits):
            neither += f" AND tx{place} IS NOT DISTINCT FROM sx{place}"
        near = _near(feature, t, s, self.tolerances.get(feature.name, Tolerance()))
        return f"coalesce({near}, {neither})"


def _field(feature: Feature, of_training: bool) -> Field:  # noqa: FBT001  # which side
    return feature.trained if of_training else feature.served


def _values(feature: Feature, of_training: bool) -> str:  # noqa: FBT001  # which side
    if feature.kind == "other" and feature.trained.engine_type != feature.served.engine_type:
        return sql.as_text(_field(feature, of_training).raw)
    return feature.values[0 if of_training else 1]


def _stored(feature: Feature, p: str, place: int) -> str:
    """Condition that a side has a value, of the kind or not."""
    return f"{p}v{place} IS NOT NULL" + (f" OR {p}x{place} IS NOT NULL" if any(feature.misfits) else "")


def _only_nan(feature: Feature, place: int) -> tuple[str, str]:
    """In how many rows training has a number and serving NaN, and the other way round."""
    if feature.kind != "number":
        return "0", "0"
    trained, served = (sql.is_nan(sql.in_double(f"{p}v{place}")) for p in "ts")
    return sql.count_where(f"{served} AND NOT {trained}"), sql.count_where(f"{trained} AND NOT {served}")


def _near(feature: Feature, t: str, s: str, tolerance: Tolerance) -> str:
    """Condition that two values are the same, as far as the tolerance says; null where one is missing. NaN is NaN."""
    equal = f"{t} = {s}"
    if feature.kind in _NUMBERS and (tolerance.absolute or tolerance.relative):
        trained, served = sql.in_double(t), sql.in_double(s)
        absolute, relative = sql.number_literal(tolerance.absolute), sql.number_literal(tolerance.relative)
        slack = f"greatest({absolute}, {relative} * abs({trained}))"
        noise = sql.number_literal(_noise(feature))
        finite = f"{sql.is_finite(trained)} AND {sql.is_finite(served)}"
        within = f"{_apart(feature, t, s)} <= {slack} + {noise} * greatest(abs({trained}), abs({served}))"
        if feature.kind == "integer":
            within = f"{_apart(feature, t, s)} <= {slack} * (1 + {noise})"
        return f"({equal} OR ({finite} AND {within}))"
    if feature.kind in _MOMENTS and tolerance.seconds:
        apart = f"abs({sql.microseconds(s)} - {sql.microseconds(t)})"
        return f"({equal} OR {apart} <= {round(tolerance.seconds * 1_000_000)})"
    return f"({equal})"


def _noise(feature: Feature) -> float:
    """How much of a number rounding of its decimal notation may be: some units in the last place of both sides."""
    single = any(sql.is_single(one.engine_type) for one in (feature.trained, feature.served))
    return 2.0**-23 if single else 2.0**-50


def _apart(feature: Feature, t: str, s: str) -> str:
    """How far two numbers are apart; whole ones exactly, as far as the engine's integers reach."""
    near = f"abs({sql.in_double(s)} - {sql.in_double(t)})"
    if feature.kind != "integer":
        return near
    whole = [f"TRY_CAST({one} AS HUGEINT)" for one in (t, s)]
    small = " AND ".join(f"{one} BETWEEN -{_LARGE} AND {_LARGE}" for one in whole)
    return f"CASE WHEN {small} THEN {sql.in_double(f'abs({whole[1]} - {whole[0]})')} ELSE {near} END"


def _largest(feature: Feature, place: int, differs: str) -> str:
    t, s = f"tv{place}", f"sv{place}"
    if feature.kind in _NUMBERS:
        trained, served = sql.in_double(t), sql.in_double(s)
        finite = f"{differs} AND {sql.is_finite(trained)} AND {sql.is_finite(served)}"
        return f"max({sql.only_where(finite, _apart(feature, t, s))})"
    if feature.kind in _MOMENTS:
        return f"max({sql.only_where(differs, f'abs({sql.microseconds(s)} - {sql.microseconds(t)}) / 1000000')})"
    return "NULL"


def _equal(one: str, other: str, names: Sequence[str]) -> str:
    return sql.all_of([f"{one}.{name} = {other}.{name}" for name in names])


def _struct(parts: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name!r}: {part}' for name, part in parts.items())}}}"
