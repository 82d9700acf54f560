"""Declarations tried as the gate will judge them, before they are written: none of the repository's code is run."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.errors import MlgateError
from mlgate.gate.datasets import check_datasets
from mlgate.gate.load import Loaded, load_all, read_project
from mlgate.gate.pull import Pulled
from mlgate.gate.record import Record
from mlgate.gate.starter_text import Entry, section_lines
from mlgate.outcome import Outcome
from mlgate.sources import files


@dataclass(frozen=True, slots=True)
class Trial:
    """A repository with the files that `init` will write.

    Parameters
    ----------
    root : folder of the mlgate.yaml
    texts : new files by their paths
    """

    root: Path
    texts: dict[str, str] = field(default_factory=dict)

    def loaded(self, *entries: Entry) -> Loaded:
        """The project that holds these entries alone.

        Raises
        ------
        MlgateError
            They are not valid.
        """
        sections = list(dict.fromkeys(entry.section for entry in entries))
        lines = ["version: 1"]
        for section in sections:
            lines += section_lines(section, [entry for entry in entries if entry.section == section])
        texts: Mapping[str, str] = {**self.texts, files.CONFIG_NAME: "\n".join(lines) + "\n"}

        def read(path: str) -> str:
            return texts[path] if path in texts else files.read_config_text(self.root, path)

        return load_all(read_project(self.root, files.CONFIG_NAME, read), read)

    def record(self, judge: Callable[[Loaded, Record], None], *entries: Entry) -> Record | str:
        """What a check finds of the entries, or the first thing that would block."""
        record = Record()
        try:
            judge(self.loaded(*entries), record)
        except MlgateError as problem:
            return problem.message
        blocking = next((outcome for outcome in record.outcomes if outcome.status.blocks), None)
        return record if blocking is None else what_blocks(blocking)

    def blocked(self, judge: Callable[[Loaded, Record], None], *entries: Entry) -> str:
        """What of the entries would block; empty where nothing would."""
        found = self.record(judge, *entries)
        return found if isinstance(found, str) else ""


def what_blocks(outcome: Outcome) -> str:
    return f"{outcome.subject}: {outcome.message}" if outcome.subject not in outcome.message else outcome.message


def judge_data(loaded: Loaded, record: Record) -> None:
    check_datasets(loaded, Pulled(), record, now=dt.datetime.now(dt.UTC))


def judge_splits(loaded: Loaded, record: Record) -> None:
    from mlgate.gate.data_splits import check_declared_splits

    check_declared_splits(loaded, Pulled(), record)


def judge_configs(loaded: Loaded, record: Record) -> None:
    from mlgate.gate.configs import check_configs

    record.add(*check_configs(loaded, record))


def judge_code(loaded: Loaded, record: Record) -> None:
    from mlgate.gate.lint import check_lint

    check_lint(loaded.project, record)


def judge_models(loaded: Loaded, record: Record) -> None:
    """Evaluations without a command or stage: the predictions that are there, against their baselines."""
    from mlgate.gate.evaluations import check_evaluations, require_distinct

    require_distinct(loaded.project)
    with tempfile.TemporaryDirectory(prefix="mlgate-") as work:
        check_evaluations(loaded.project, record, Path(work), seed=0, now=dt.datetime.now(dt.UTC))
