"""How old the content of a dataset may be, as `refreshed` of mlgate.yaml says."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.config.spans import Span, SpanKind
from mlgate.outcome import Location, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The content of a dataset is at most so old, by the history of its repository; `severity` is `WARN` or `FAIL`."""

    max_age: Span
    severity: Status = Status.WARN
    location: Location


class RefreshedKind:
    """`{max_age: 180d, severity: fail}`."""

    _KEYS = f.Struct(
        "refreshed",
        {
            "max_age": f.Key(SpanKind(), "how long ago its content may have come into the repository", required=True),
            "severity": f.Key(f.Text(choices=("fail", "warn")), "warn unless written: time alone must not block"),
        },
    )

    def parse(self, node: Node, reading: f.Reading) -> Refreshed | None:
        values = self._KEYS.parse(node, reading)
        if "max_age" not in values:
            return None
        severity = Status(values.get("severity", "warn"))
        return Refreshed(max_age=values["max_age"], severity=severity, location=f.place(node))

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()
