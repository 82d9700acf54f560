"""A data frame that a caller holds, against a schema."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.errors import MlgateError, UsageError
from mlgate.gate.load import load_schema, require_environment, require_key, with_json_schemas
from mlgate.gate.record import could_not_check, timed
from mlgate.outcome import Location, Outcome, Report
from mlgate.sources.frames import open_frame
from mlgate.sources.memory import memory_limit

PRIVACY = ("none", "masked", "full")


def check_frame(  # noqa: PLR0913  (all but the frame and its schema by name)
    frame: Any,
    schema: Schema | Path | str | None,
    *,
    name: str,
    environment: str | None,
    key: tuple[str, ...],
    privacy: str,
    now: dt.datetime | None,
    strict: bool,
    memory: str | None,
) -> Report:
    """Report of one frame; what is wrong with the arguments is raised, what is wrong with the data is an outcome."""
    import mlgate
    from mlgate.data import check_hygiene, check_table
    from mlgate.sources.environment import python_version

    if privacy not in PRIVACY:
        raise UsageError(f"privacy {privacy!r} is not known", hint=f"write one of {', '.join(PRIVACY)}")
    if not isinstance(memory, str | None):
        raise UsageError(f"the memory limit {memory!r} is no text", hint='write a size, e.g. "512MiB"')
    declared = _schema_of(schema)
    if declared is not None:
        require_environment(declared, environment)
        require_key(declared, key)
    limit = memory_limit(memory)
    started = dt.datetime.now(dt.UTC)
    with timed() as elapsed:
        outcomes: list[Outcome]
        try:
            with open_frame(frame, shown=name, memory_limit=limit) as table:
                if declared is None:
                    outcomes = check_hygiene(table, dataset=name, key=key, privacy=privacy)
                else:
                    outcomes = check_table(
                        table,
                        declared,
                        dataset=name,
                        environment=environment,
                        key=key,
                        privacy=privacy,
                        now=now or started,
                    )
        except UsageError:
            raise
        except MlgateError as problem:
            place = Location(declared.path if declared else name)
            identity = f"data/{name}/readable"
            outcomes = [
                could_not_check(problem, id=identity, check="readable", tier="data", subject=name, location=place)
            ]
        return Report(
            gate="data check",
            outcomes=tuple(outcomes),
            started_at=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            duration_s=round(elapsed(), 3),
            provenance={"mlgate": mlgate.__version__, "python": python_version()},
            strict=strict,
        )


def _schema_of(given: object) -> Schema | None:
    if given is None or isinstance(given, Schema):
        return given
    if isinstance(given, str) and "\n" in given:
        return with_json_schemas(parse_schema(given, "schema"), Path.cwd())
    if not isinstance(given, str | Path):
        fact = f"a {type(given).__name__} is no schema"
        raise UsageError(fact, hint="give the path of a schema file, or its text of several lines")
    path = Path(given)
    return load_schema(path.parent, path.name)
