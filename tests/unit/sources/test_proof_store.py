from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlgate.sources import proof_store
from mlgate.sources.proof_store import ProofStore


def proof(subject: str, number: int) -> dict[str, object]:
    return {"subject": subject, "proven_at": f"2026-11-{number:02d}", "number": number}


def numbers(store: ProofStore, subject: str) -> list[object]:
    return [found["number"] for found in store.find(subject)]


def test_the_newest_proof_of_a_subject_comes_first(tmp_path: Path) -> None:
    store = ProofStore(tmp_path)
    assert store.find("a") == []
    for number in (1, 3, 2):
        store.keep(proof("a", number), str(number))
    store.keep(proof("b", 9), "9")
    assert numbers(store, "a") == numbers(ProofStore(tmp_path), "a") == [3, 2, 1]


@pytest.mark.parametrize("damage", [b"", b"x", b"{}"])
def test_a_damaged_file_counts_as_none(damage: bytes, tmp_path: Path) -> None:
    ProofStore(tmp_path).keep(proof("a", 1), "1")
    (path,) = (tmp_path / "proofs").iterdir()
    whole = path.read_bytes()
    for text in (damage, whole[:-1], whole.replace(b'"number":1', b'"number":2')):
        path.write_bytes(text)
        assert ProofStore(tmp_path).find("a") == []


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ProofStore(tmp_path).keep(proof("a", 1), "1")
    monkeypatch.setattr(proof_store, "MOST_OF_PROOF", 20)
    assert ProofStore(tmp_path).find("a") == []


def test_a_file_under_a_foreign_name_counts_as_none(tmp_path: Path) -> None:
    store = ProofStore(tmp_path)
    store.keep(proof("a", 1), "1")
    store.keep(proof("b", 2), "1")
    one, two = sorted((tmp_path / "proofs").iterdir())
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    assert ProofStore(tmp_path).find("a") == ProofStore(tmp_path).find("b") == []


def test_the_store_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ProofStore(tmp_path)
    for number in range(1, 13):
        store.keep(proof("a", number), str(number))
        newest = max((tmp_path / "proofs").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    store.keep(proof("b", 1), "1")
    store.prune()
    assert numbers(ProofStore(tmp_path), "a") == [12, 11, 10, 9, 8, 7, 6, 5]
    monkeypatch.setattr(proof_store, "MOST_BYTES", 300)
    store.prune()
    assert numbers(ProofStore(tmp_path), "b") == [1]
    assert sum(path.stat().st_size for path in (tmp_path / "proofs").iterdir()) <= 300


def test_several_may_write_at_once(tmp_path: Path) -> None:
    def keep(number: int) -> None:
        store = ProofStore(tmp_path)
        for _ in range(5):
            store.keep(proof("a", 1), "same")
            store.keep(proof("a", number), str(number))
            assert 1 in numbers(store, "a")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(2, 6)))
    assert numbers(ProofStore(tmp_path), "a") == [5, 4, 3, 2, 1]


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = ProofStore(tmp_path / "file")
    store.keep(proof("a", 1), "1")
    store.prune()
    assert store.find("a") == []
