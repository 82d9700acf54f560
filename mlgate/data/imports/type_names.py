"""Types of pandas, numpy, Python, SQL and Spark by our names."""

from __future__ import annotations

import re

_NAMES = {
    "integer": (
        "int integer int8 int16 int32 int64 uint8 uint16 uint32 uint64 long short byte bigint smallint tinyint "
        "mediumint hugeint ubigint uinteger usmallint utinyint serial bigserial int2 int4 byteint"
    ),
    "number": (
        "float float16 float32 float64 float4 float8 double doubleprecision real decimal numeric number "
        "bignumeric decimal128"
    ),
    "boolean": "bool boolean bit",
    "string": (
        "str string unicode varchar nvarchar char nchar text ntext tinytext mediumtext longtext clob utf8 "
        "largestring charactervarying character uuid uniqueidentifier"
    ),
    "date": "date date32 date64",
    "datetime": (
        "datetime datetime64 datetime2 timestamp timestamptz timestampntz timestampltz timestamptzns datetimetz "
        "timestampwithtimezone timestampwithouttimezone smalldatetime datetimeoffset"
    ),
    "time": "time time32 time64",
    "duration": "timedelta timedelta64 interval duration daytimeinterval",
    "binary": "bytes binary varbinary blob bytea largebinary",
}
_BY_NAME = {name: type_ for type_, names in _NAMES.items() for name in names.split()}
_PARAMETERS = re.compile(r"[(\[].*[)\]]$")
WIDTHS = "The width of a type (int32, float64) is not judged: what can be read as an integer or a number is one."
_SIZED = re.compile(r"u?int\d+|float\d+", re.IGNORECASE)


def type_named(name: str) -> str | None:
    """Our type for another tool's name; None where that says nothing of the values, or is not known.

    Examples
    --------
    >>> [type_named(name) for name in ("Int64", "VARCHAR(20)", "datetime64[ns, UTC]", "StringType()", "object")]
    ['integer', 'string', 'datetime', 'string', None]
    """
    bare = _PARAMETERS.sub("", name.strip()).strip().lower().replace(" ", "").replace("_", "")
    for form in (bare, bare.removesuffix("type"), bare.removesuffix("dtype")):
        found = _BY_NAME.get(form)
        if found:
            return found
    return None


def is_sized(name: str) -> bool:
    """Whether a name says how many bits a value has, which is not judged here."""
    return _SIZED.fullmatch(name.strip()) is not None
