"""Reports that a run without trust uploaded. Everything about them is hostile until it was checked here.

Nothing is extracted, imported, unpickled or executed, and only `report.json` is read: text in its renderings is not.
What passes is plain data of the published JSON Schema, within the limits below; who shows it escapes it.
"""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import SourceError
from mlgate.outcome import Report, report_from_dict
from mlgate.sources.one_line import printable
from mlgate.sources.strict_json import strict_json

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

MAX_ARCHIVE_BYTES = 20_000_000
MAX_FILES = 100
MAX_REPORTS = 20
MAX_REPORT_BYTES = 16_000_000
MAX_OUTCOMES = 20_000
MAX_NAME = 100
REPORT = "report.json"

_DIRECTORY_ENTRY = b"PK\x01\x02"
_HINT = "nothing of it is shown; see the log of the run that wrote it"


def uploaded_in(path: Path) -> list[Callable[[], Report]]:
    """A call for each report of a ZIP archive, of a folder with a report, or of a folder of such folders.

    Raises
    ------
    SourceError
        There is no report, or it lies behind a link. Each call raises it for its own report: see `parse_reported`.
    """
    try:
        if path.is_symlink():
            raise _refused(path.name, "it is a link")
        if path.is_file():
            return [partial(_load, path, MAX_ARCHIVE_BYTES, report_in_zip, path.name)]
        entries = _entries(path)
        folders = {path: entries} if path / REPORT in entries else {f: _entries(f) for f in entries if f.is_dir()}
        found = [folder for folder, inside in sorted(folders.items()) if folder / REPORT in inside]
    except OSError as problem:
        raise _unreadable(path, problem) from None
    if not found:
        raise _refused(path.name, f"it holds no {REPORT}")
    if len(found) > MAX_REPORTS:
        raise _refused(path.name, f"it holds {len(found)} reports, more than {MAX_REPORTS}")
    return [partial(_load, folder / REPORT, MAX_REPORT_BYTES, parse_reported, folder.name) for folder in found]


def _load(path: Path, most: int, parse: Callable[[str, bytes], Report], name: str) -> Report:
    """Read a regular file, and no more of it than is accepted."""
    try:
        if not path.is_file():
            raise _refused(name, f"{path.name} is not a file")
        with path.open("rb") as stream:
            return parse(name, stream.read(most + 1))
    except OSError as problem:
        raise _unreadable(path, problem) from None


def _entries(folder: Path) -> set[Path]:
    found = set()
    for entry in folder.iterdir():
        if entry.is_symlink():
            raise _refused(folder.name, f"{printable(entry.name)} is a link")
        found.add(entry)
        if len(found) > MAX_FILES:
            raise _refused(folder.name, f"it holds more than {MAX_FILES} files")
    return found


def report_in_zip(name: str, content: bytes) -> Report:
    """The report of a ZIP archive that holds `report.json`; `name` is what messages call it.

    Raises
    ------
    SourceError
        The archive is damaged, too large, packed too much or in a way that hides something: links, names that lead
        elsewhere, names that stand twice, encryption. Or its report is refused: see `parse_reported`.
    """
    if len(content) > MAX_ARCHIVE_BYTES:
        raise _refused(name, f"it has more than {MAX_ARCHIVE_BYTES} bytes")
    if content.count(_DIRECTORY_ENTRY) > 2 * MAX_FILES:  # before a list of a million names is made
        raise _refused(name, f"it holds more than {MAX_FILES} files")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_harmless(name, archive.infolist())
            with archive.open(REPORT) as stream:
                return parse_reported(name, stream.read(MAX_REPORT_BYTES + 1))
    except KeyError:
        raise _refused(name, f"it holds no {REPORT}") from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, RuntimeError):
        raise _refused(name, "it is no ZIP archive, or a damaged one") from None


def _require_harmless(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES:
        raise _refused(name, f"it holds {len(members)} files, more than {MAX_FILES}")
    for member in members:
        # `orig_filename` is what the archive says; `filename` was cut at a NUL.
        shown, said = printable(member.orig_filename)[:100], member.orig_filename
        parts = said.removesuffix("/").split("/")
        if not said.isprintable() or "\\" in said or ":" in said or any(part in ("", ".", "..") for part in parts):
            raise _refused(name, f"the name {shown!r} in it leads elsewhere")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(name, f"{shown} in it is a link or a device")
        if member.flag_bits & 0x1:
            raise _refused(name, f"{shown} in it is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(name, f"{shown} in it is packed in an unusual way")
        if member.orig_filename == REPORT and member.file_size > MAX_REPORT_BYTES:
            raise _refused(name, f"{REPORT} in it has {member.file_size} bytes, more than {MAX_REPORT_BYTES}")
    names = Counter(member.orig_filename.casefold() for member in members)
    if twice := [known for known, count in names.items() if count > 1]:
        raise _refused(name, f"the name {printable(twice[0])[:100]!r} stands in it more than once")


def parse_reported(name: str, content: bytes) -> Report:
    """A report of which every value was checked; its verdict is that of its outcomes.

    Raises
    ------
    SourceError
        It is larger than the limits of this module, no strict JSON, not what the published schema says, or its verdict
        does not follow from its outcomes.
    """
    try:
        report = checked_report(content)
        if not 0 < len(report.gate) <= MAX_NAME or not report.gate.isprintable():
            raise ValueError(f"its gate's name is not of 1 to {MAX_NAME} printable characters")
    except ValueError as problem:
        raise _refused(name, f"{REPORT} {problem}") from None
    return report


def checked_report(content: bytes, *, most_bytes: int = MAX_REPORT_BYTES, most_outcomes: int = MAX_OUTCOMES) -> Report:
    """A report of which every value was checked.

    Raises
    ------
    ValueError
        The rest of the sentence "report.json ...": what is wrong with it.
    """
    if len(content) > most_bytes:
        raise ValueError(f"has more than {most_bytes} bytes")
    try:
        return report_from_dict(_of_the_schema(strict_json(content), most_outcomes))
    except (ValueError, OverflowError) as problem:
        raise ValueError(f"is not a report: {printable(str(problem))}") from None


def _of_the_schema(raw: object, most_outcomes: int) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError("it is no JSON object")
    outcomes = raw.get("outcomes")
    if isinstance(outcomes, list) and len(outcomes) > most_outcomes:
        raise ValueError(f"it has {len(outcomes)} outcomes, more than the {most_outcomes} that are read of one report")
    for error in _validator().iter_errors(raw):
        place = "/".join(str(part) for part in error.absolute_path) or "the whole"
        raise ValueError(f"{place[:80]}: {error.message[:200]}")
    return raw


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator  # loads slowly

    text = resources.files("mlgate.sources").joinpath("report.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _refused(name: str, fact: str) -> SourceError:
    return SourceError(f"the uploaded report {printable(name)[:100]!r} is refused: {fact}", hint=_HINT)


def _unreadable(path: Path, problem: OSError) -> SourceError:
    return SourceError(f"{printable(path.name)} cannot be read: {problem.strerror}", hint="name the ZIP file or folder")
