"""The check `pii` of a table: what it asks in the scan, and what a closer look at a few columns adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from mlgate.config.personal_data import ENTITIES
from mlgate.config.schema import Column
from mlgate.data import words
from mlgate.data.asking import first_broken, reason
from mlgate.data.failing_rows import with_rows
from mlgate.data.measure import FEW_ROWS
from mlgate.data.own_queries import in_rows
from mlgate.data.pii.looking import Looked, look, look_at_few
from mlgate.data.pii.questions import NUMBER_KINDS, TEXT_KINDS, Scanned
from mlgate.data.pii.rules import OF_THE_COLUMN, Found, decide
from mlgate.data.pii.text import findings_in_text
from mlgate.data.pii.wording import evidence_of, hint_for, sentence
from mlgate.data.plan import MAX_ROWS, Field, Plan, Verdict
from mlgate.data.table import Table
from mlgate.errors import MlgateError
from mlgate.outcome import Status

CHECK = "pii"
EXPECTED = "no personal data and no credentials"


def pii(field: Field, column: Column) -> Scanned | None:
    """`pii`: no column holds personal data or secrets that the schema does not allow.

    Looked for are e-mail addresses, phone numbers, payment cards, IBANs, national identity numbers, IP and MAC
    addresses, API keys, private keys and JSON web tokens, in every value that is not null. What has check digits, or a
    prefix that nothing else has, is `fail`; what only looks so is `warn`. Both count as a column of such data, from
    half of its values on, and as single values that hold them: of check digits that chance could explain (one card
    number in ten thousand order numbers) nothing is said. A column's name and type are evidence and never proof.

    `pii: allowed` or `pii: [email, phone]` with a `reason` says what a column may hold: it is `skip`, with the reason,
    or judged for the rest. No value is ever shown: rows have the value's first character and its length.
    """
    entities = tuple(entity for entity in ENTITIES if column.personal is None or entity not in column.personal.entities)
    kinds = (*TEXT_KINDS, *NUMBER_KINDS)
    if not entities or field.kind not in kinds or field.engine_type == "UUID":
        return None
    return Scanned(field, entities)


@dataclass(slots=True)
class PiiScan:
    """The columns of a table in which personal data are looked for.

    Parameters
    ----------
    table : open
    declared : whether it has a schema
    left_out : columns that are not looked at, since the schema ignores what it does not declare
    """

    table: Table
    declared: bool = False
    columns: dict[str, Scanned] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def add(self, item: Field, column: Column) -> Plan | None:
        """The first question about a column; None where there is none to ask."""
        if column.personal is not None and column.personal.everything:
            self.skipped[item.name] = f"personal data are allowed: {words.short(column.personal.reason)}"
            return None
        found = pii(item, column)
        if found is None:
            return None
        self.columns[item.name] = found
        return Plan(fields=(item,), aggregates=self._first(found), judge=_never_asked)

    @property
    def _is_small(self) -> bool:
        return self.table.known_rows is not None and self.table.known_rows <= FEW_ROWS

    def _first(self, column: Scanned) -> dict[str, str]:
        """What is asked in the scan; the texts of a small table are asked together afterwards."""
        later = self._is_small and not column.is_number
        return column.counts if later else column.counts | column.candidates

    def verdicts(
        self, facts: Mapping[str, Any], key: Sequence[str], privacy: str
    ) -> Iterator[tuple[str | None, Verdict]]:
        """Of each column in which something was found or not decided, and one of the table.

        Parameters
        ----------
        facts : answers to the first questions
        key : columns that name a row to a person
        privacy : `none` shows no rows; values are masked whatever it says
        """
        for name, message in self.skipped.items():
            yield name, Verdict(status=Status.SKIP, message=message)
        told = len(self.skipped)
        few = self._few(facts)
        for name, column in self.columns.items():
            first = {label: facts[text] for label, text in self._first(column).items()}
            verdict = self._verdict(column, first, few.get(name), key, privacy)
            if verdict is not None:
                told += 1
                yield name, verdict
        verdict = self._of_table(told)
        if verdict is not None:
            yield None, verdict

    def _few(self, facts: Mapping[str, Any]) -> dict[str, Looked]:
        """What is found in a small table, by column; nothing of another, or where the engine refuses."""
        import duckdb

        asked = [column for column in self.columns.values() if self._may_hold(column, facts)]
        if not self._is_small or not asked:
            return {}
        with suppress(duckdb.Error, MlgateError):  # then each column is asked by itself, which says what is wrong
            every = look_at_few(self.table, asked) or []
            return {column.field.name: found for column, found in zip(asked, every, strict=False)}
        return {}

    def _may_hold(self, column: Scanned, facts: Mapping[str, Any]) -> bool:
        """Whether the scan leaves it open that something is in the column."""
        first = {label: facts[text] for label, text in self._first(column).items()}
        return not first_broken(first) and bool(first["present"]) and bool(first.get("candidates", 1))

    def _verdict(
        self, column: Scanned, first: Mapping[str, Any], few: Looked | None, key: Sequence[str], privacy: str
    ) -> Verdict | None:
        import duckdb

        broken = first_broken(first)
        if broken is not None:
            return _error(broken.reason, "the file may be broken, or the work too large for the memory limit")
        if not first["present"] or not first.get("candidates", 1):
            return None
        try:
            found = self._found(column, first, few)
        except duckdb.Error as problem:
            return _error(reason(problem), "the work may be too large for the memory limit")
        except MlgateError as problem:
            return _error(problem.message, problem.hint)
        if not found:
            return None
        verdict = Verdict(
            status=Status.FAIL if any(item.status is Status.FAIL for item in found) else Status.WARN,
            message="; ".join(sentence(item, first["present"]) for item in found),
            observed=max(item.rows for item in found),
            expected=EXPECTED,
            hint=hint_for(found, declared=self.declared),
            evidence=evidence_of(found, first["present"], first["rows"]),
        )
        return self._with_rows(column, found, verdict, key, privacy)

    def _found(self, column: Scanned, first: Mapping[str, Any], few: Looked | None) -> list[Found]:
        """What a closer look finds; a longer one where it leaves open what most of a column's values are."""
        present = first["present"]
        gates = first.get("candidates")
        looked = few or look(self.table, column, gates, present)
        found = decide(looked, present)
        if looked.hasty - {item.entity for item in found if item.rule == OF_THE_COLUMN}:
            found = decide(look(self.table, column, gates, present, thorough=True), present)
        return found

    def _with_rows(
        self, column: Scanned, found: Sequence[Found], verdict: Verdict, key: Sequence[str], privacy: str
    ) -> Verdict:
        rows = sorted({row for item in found for row in item.first_rows})[:MAX_ROWS]
        plan = Plan(
            fields=(column.field,),
            aggregates={},
            judge=_never_asked,
            failing=in_rows(rows),
            shown=column.field.raw,
        )
        (shown,) = with_rows(self.table, [(plan, verdict)], key, "masked" if privacy == "full" else privacy)
        entities = {row: item.entity for item in reversed(found) for row in item.first_rows}
        listed = shown.evidence.get("rows")
        if not listed:
            return shown
        told = [{**row, "entity": entities.get(row["row"])} for row in listed]
        return replace(shown, evidence={**shown.evidence, "rows": told})

    def _of_table(self, told: int) -> Verdict | None:
        """Of the names of columns, and what can be said of the columns that have no verdict of their own."""
        names = [findings_in_text(name) for name in self.table.columns]
        places = [place for place, found in enumerate(names, start=1) if found]
        if places:
            sure = any(item.checked for found in names for item in found)
            return Verdict(
                status=Status.FAIL if sure else Status.WARN,
                message=f"names of columns hold personal data or credentials: number {words.listed(places)}",
                observed=len(places),
                expected=EXPECTED,
                hint="write a header, or name the columns after what they hold",
            )
        clean = len(dict.fromkeys(self.table.columns)) - told - len(self.left_out)
        if not clean:
            return None
        message = f"{words.counted(clean, 'column')} looked at, none with personal data or credentials"
        if self.left_out:
            message += f"; {len(self.left_out):,} that the schema does not declare {words.verb(len(self.left_out))} not"
        return Verdict(status=Status.PASS, message=message, observed=0, expected=EXPECTED)


def _never_asked(_: Mapping[str, Any]) -> Verdict:
    raise AssertionError("the scan judges")


def _error(fact: str, hint: str) -> Verdict:
    return Verdict(status=Status.ERROR, message=f"could not be computed: {fact}", expected=EXPECTED, hint=hint)
