"""How far a long query is: told while it runs, and only then."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from mlgate.sources.scan_progress import progress_told
from mlgate.sources.tables import open_table

LONG = "SELECT sum(hash(a.range) % 7) FROM range(60_000_000) a"


@pytest.mark.skipif(not hasattr(duckdb.DuckDBPyConnection, "query_progress"), reason="this engine tells no progress")
def test_a_long_query_tells_its_share_to_a_thread_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    said: list[tuple[str, bool]] = []
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        with progress_told(
            connection,
            lambda line: said.append((line, threading.current_thread() is threading.main_thread())),
            every_s=0.02,
        ):
            while not said:
                connection.execute(LONG).fetchall()
    assert all(line.endswith(" %") and 0 <= int(line.removesuffix(" %")) <= 100 for line, _ in said)
    assert not any(on_main for _, on_main in said)
    assert capfd.readouterr().out == ""


def test_nothing_is_told_between_queries_or_afterwards() -> None:
    said: list[str] = []
    waited = threading.Event()
    with duckdb.connect(":memory:") as connection:
        with progress_told(connection, said.append, every_s=0.01):
            waited.wait(0.1)
        before = threading.active_count()
        connection.execute(LONG.replace("60", "1")).fetchall()
        assert threading.active_count() == before
    assert said == []


def test_nobody_who_listens_costs_no_thread() -> None:
    before = threading.active_count()
    with duckdb.connect(":memory:") as connection, progress_told(connection, None):
        assert threading.active_count() == before


def test_an_error_ends_the_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(RuntimeError), open_table([path], shown="t", progress=lambda _: None):
        raise RuntimeError
    assert threading.active_count() == before


def test_settings_are_locked_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with open_table([path], shown="t", progress=lambda _: None) as table, pytest.raises(duckdb.Error):
        table.connection.execute("SET enable_progress_bar = false")
