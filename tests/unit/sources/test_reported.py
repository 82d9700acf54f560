"""What a stranger uploads: an archive, a folder, a report. What is odd about it is refused, and nothing is extracted."""

from __future__ import annotations

import io
import json
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlgate.errors import SourceError
from mlgate.outcome import Outcome, Report, Status, report_to_dict
from mlgate.sources.reported import MAX_FILES, MAX_OUTCOMES, MAX_REPORTS, parse_reported, report_in_zip, uploaded_in


def outcome(**fields: Any) -> Outcome:
    known = {
        "id": "data/a/between",
        "check": "between",
        "tier": "data",
        "subject": "a",
        "status": Status.FAIL,
        "message": "m",
    }
    return Outcome(**{**known, **fields})


def document(*outcomes: Outcome, **fields: Any) -> dict[str, Any]:
    report = Report(
        gate="default", outcomes=outcomes or (outcome(),), started_at="2026-11-21T10:00:00Z", duration_s=1.0, provenance={}
    )  # fmt: skip
    return {**report_to_dict(report), **fields}


GOOD = json.dumps(document()).encode()


def archive(*members: tuple[str | zipfile.ZipInfo, bytes], packed: bool = True) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as writer:
        for member, text in members:
            writer.writestr(member, text)
    return content.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.create_system = 3
    member.external_attr = mode << 16
    return member


def refused(content: bytes) -> str:
    with pytest.raises(SourceError, match="is refused: ") as caught:
        report_in_zip("mlgate-report", content)
    assert caught.value.exit_code == 3
    assert caught.value.message.isprintable()
    assert caught.value.hint
    return caught.value.message.partition("is refused: ")[2]


# --- the archive ----------------------------------------------------------------------------------------------------


def test_a_report_is_read_and_its_renderings_are_not(tmp_path: Path) -> None:
    content = archive(("report.json", GOOD), ("report.html", b"<script>"), ("folder/x.pkl", b"cos\nsystem\n"))
    assert report_in_zip("a", content).verdict is Status.FAIL
    (tmp_path / "a.zip").write_bytes(content)
    (load,) = uploaded_in(tmp_path / "a.zip")
    assert load().gate == "default"
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../x", "C:x", "a\\x", "./x", "a//x", "x\n::error::y", "\u202ex", "a:b", "..", "/"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "leads elsewhere" in refused(archive(("report.json", GOOD), (name, b"")))


def test_a_name_cut_at_a_nul_is_refused() -> None:
    content = archive(("report.json", GOOD), ("report.jsonX.txt", b"{}"))
    assert "leads elsewhere" in refused(content.replace(b"report.jsonX", b"report.json\x00"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
@pytest.mark.parametrize("name", ["report.json", "other"])
def test_links_and_devices_are_refused(name: str, kind: int) -> None:
    members: list[tuple[str | zipfile.ZipInfo, bytes]] = [(special(name, kind | 0o777), b"/etc/passwd")]
    assert "link or a device" in refused(archive(*members, ("a", b"")))


@pytest.mark.parametrize("second", ["report.json", "REPORT.JSON"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(second: str) -> None:
    assert "more than once" in refused(archive(("report.json", GOOD), (second, b"{}")))


def test_encryption_and_unusual_packing_are_refused() -> None:
    content = bytearray(archive(("report.json", GOOD)))
    place = content.index(b"PK\x01\x02")
    for offset, value, fact in ((8, 1, "encrypted"), (10, 12, "unusual"), (10, 99, "unusual")):
        changed = content.copy()
        changed[place + offset : place + offset + 2] = struct.pack("<H", value)
        assert fact in refused(bytes(changed))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = archive(("report.json", bytes(60_000_000)))
    assert len(bomb) < 100_000
    tracemalloc.start()
    assert "60000000 bytes, more than" in refused(bomb)
    lying = bytearray(bomb)  # now the archive says that it is small
    struct.pack_into("<I", lying, lying.index(b"PK\x01\x02") + 24, 1000)
    assert refused(bytes(lying))
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_too_many_files_are_refused_before_they_are_listed() -> None:
    few = archive(*((f"f{n}", b"") for n in range(MAX_FILES)), ("report.json", GOOD))
    many = archive(*((f"f{n}", b"") for n in range(3 * MAX_FILES)), ("report.json", GOOD))
    assert "101 files, more than 100" in refused(few)
    assert "more than 100 files" in refused(many)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x05\x06", b"no archive", GOOD, archive(), archive(("a/report.json", GOOD))]
)
def test_what_holds_no_report_is_refused(content: bytes) -> None:
    assert refused(content)


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=4))
@example(0, b"\x00")
def test_a_damaged_archive_is_refused_or_read_right(place: int, damage: bytes) -> None:
    content = bytearray(archive(("report.json", GOOD), ("x", b"y"), packed=place % 2 == 0))
    place %= len(content)
    content[place : place + len(damage)] = damage
    try:
        report = report_in_zip("a", bytes(content))
    except SourceError as problem:
        assert "is refused" in problem.message
    else:
        assert report_to_dict(report) == document()


# --- the folder -----------------------------------------------------------------------------------------------------


def test_a_folder_of_folders_gives_each_report(tmp_path: Path) -> None:
    for name in ("cpu", "gpu", "empty"):
        (tmp_path / name).mkdir()
    for name in ("cpu", "gpu"):
        (tmp_path / name / "report.json").write_text(json.dumps(document(gate=name)), encoding="utf-8")
    assert [load().gate for load in uploaded_in(tmp_path)] == ["cpu", "gpu"]
    (tmp_path / "report.json").write_bytes(GOOD)
    assert [load().gate for load in uploaded_in(tmp_path)] == ["default"]


def test_a_folder_of_more_reports_than_a_run_leaves_is_refused(tmp_path: Path) -> None:
    for number in range(MAX_REPORTS + 1):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "report.json").write_bytes(GOOD)
    with pytest.raises(SourceError, match="21 reports, more than 20"):
        uploaded_in(tmp_path)
    for number in range(MAX_REPORTS + 1, MAX_FILES + 1):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(SourceError, match="more than 100 files"):
        uploaded_in(tmp_path)


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_bytes(GOOD)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "report.json").symlink_to(secret)
    (tmp_path / "b" / "nested").symlink_to(tmp_path)
    (tmp_path / "c").symlink_to(tmp_path / "a")
    for name in ("a", "b", "c"):
        with pytest.raises(SourceError, match="is a link"):
            uploaded_in(tmp_path / name)


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    for path, fact in ((tmp_path, "holds no report.json"), (tmp_path / "absent", "cannot be read")):
        with pytest.raises(SourceError, match=fact):
            uploaded_in(path)
    (tmp_path / "report.json").mkdir()
    with pytest.raises(SourceError, match="is not a file"):
        uploaded_in(tmp_path)[0]()


# --- the report -----------------------------------------------------------------------------------------------------


def test_what_we_write_is_accepted() -> None:
    evidence = {"metric": "m", "verdict": "pass"}
    with pytest.raises(SourceError, match="slice"):  # a comparison needs all of its facts
        parse_reported("a", json.dumps(document(outcome(evidence=evidence))).encode())
    assert parse_reported("a", GOOD).outcomes[0].message == "m"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (b"", "not a report"),
        (b"[]", "no JSON object"),
        (GOOD.replace(b"1.0", b"NaN"), "NaN is not JSON"),
        (GOOD.replace(b"1.0", b"1e999"), "not finite"),
        (GOOD.replace(b"1.0", b"9" * 30), "64 bits"),
        (GOOD.replace(b"1.0", b"9" * 5000), "not a report"),
        (GOOD.replace(b"1.0", b"true"), "duration_s"),
        (GOOD.replace(b'"default"', b'"default", "gate": "other"'), "a key stands twice"),
        (GOOD.replace(b'"default"', b'""'), "gate"),
        (GOOD.replace(b'"default"', b'"a\\n<!-- mlgate:gpu -->"'), "gate"),
        (GOOD.replace(b'"default"', b'"' + b"g" * 101 + b'"'), "gate"),
        (GOOD.replace(b'"verdict": "fail"', b'"verdict": "pass"'), "does not follow from the outcomes"),
        (GOOD.replace(b'"status": "fail"', b'"status": "great"'), "outcomes/0/status"),
        (GOOD.replace(b'"mode": "enforce"', b'"mode": "ignore"'), "mode"),
        (GOOD.replace(b'"evidence": {}', b'"evidence": ' + b'{"a":' * 60 + b"1" + b"}" * 60), "nested more than 40"),
        (GOOD.replace(b'"evidence": {}', b'"evidence": ' + b"[" * 100_000), "not a report"),
        (GOOD.replace(b'"m"', b'"' + b"m" * 100_001 + b'"'), "100001 characters"),
        (GOOD.replace(b'"m"', b"5"), "outcomes/0/message"),
        (GOOD.replace(b'"location": null', b'"location": {"path": "x", "line": 0}'), "outcomes/0/location/line"),
        (
            GOOD.replace(b'"evidence": {}', b'"evidence": {"a": [' + b"0," * 2_000_000 + b"0]}"),
            "more than 2000000 values",
        ),
        (b" " * 16_000_001, "has more than 16000000 bytes"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_no_report_of_the_schema_is_refused(text: bytes, fact: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_reported("a", text)
    assert "is refused" in caught.value.message
    assert fact in caught.value.message
    assert len(caught.value.message) < 600


def test_more_outcomes_than_are_read_from_a_stranger_are_told_apart_from_nothing() -> None:
    raw = document()
    raw["outcomes"] = [{}] * (MAX_OUTCOMES + 1)
    with pytest.raises(SourceError, match="20001 outcomes, more than the 20000"):
        parse_reported("a", json.dumps(raw).encode())


def test_a_name_of_an_upload_cannot_write_into_the_log() -> None:
    with pytest.raises(SourceError) as caught:
        parse_reported("a\n::error::forged\x1b[31m" + "x" * 10_000, b"")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 600
