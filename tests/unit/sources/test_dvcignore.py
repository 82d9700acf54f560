from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.errors import SourceError
from mlgate.sources.dvchash import hash_file, walk_folder
from mlgate.sources.dvcignore import is_ignored, parse_rules, rules_for

dvc_ignore = pytest.importorskip("dvc.ignore")

PARTS = ["a", "b", "ab", "x.tmp", "a.tmp", "[b", "#c", "!d", "a b"]
PATTERNS = [
    *("a", "/a", "a/", "/a/", "a/b", "/a/b", "a/b/", "*", "*.tmp", "a*", "?", "??", "a?b", "**/a", "a/**", "a/**/b"),
    *("**/a/", "**", "/**/b", "*/b", "[ab]", "[!a]", "[^a]*", "[a-b].tmp", "!a", "!*.tmp", "!a/", "!/a/b", "\\#c"),
    *("\\!d", "# comment", "", "/", "a b", "[b", "a\\b", "  a.tmp  "),
]


def ignored_by_dvc(patterns: list[str], path: str, *, is_folder: bool) -> bool:
    """The last rule that DVC's engine finds for a path, its folders not asked."""
    lines = [line for line in map(str.strip, patterns) if line and not line.startswith("#")]
    engine = dvc_ignore.DvcIgnorePatterns(lines, "/r", "/")
    return bool(engine.find_matching_pattern(path, is_folder)[0])


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map("/".join),
    st.booleans(),
)
def test_patterns_mean_what_dvc_means(patterns: list[str], path: str, is_folder: bool) -> None:
    ours = is_ignored(path, parse_rules("\n".join(patterns)), is_folder=is_folder)
    assert ours == ignored_by_dvc(patterns, path, is_folder=is_folder)


@given(st.text(max_size=12))
def test_any_pattern_is_read_or_refused(pattern: str) -> None:
    try:
        parse_rules(pattern)
    except SourceError as refusal:
        assert "cannot tell" in refusal.message


@pytest.mark.parametrize("pattern", ["[b-a]", "a\\"])
def test_a_pattern_without_meaning_is_refused(pattern: str) -> None:
    with pytest.raises(SourceError, match="cannot tell"):
        parse_rules(pattern)


def test_files_of_folders_below_add_to_those_above(tmp_path: Path) -> None:
    data = tmp_path / "data" / "raw"
    (data / "keep").mkdir(parents=True)
    (data / ".git").mkdir()
    (data / "nested" / ".dvc").mkdir(parents=True)
    for name in ("a.tmp", "b.tmp", "c.csv", "keep/d.csv", ".git/config", "nested/e.csv"):
        (data / name).write_text(name)
    (tmp_path / ".dvcignore").write_text("*.tmp\n")
    (tmp_path / "data" / ".dvcignore").write_text("!b.tmp\n/raw/c.csv\n")
    found = sorted(file.relative_to(data).as_posix() for file in walk_folder(data, tmp_path, rules_for(tmp_path, data)))
    assert found == ["b.tmp", "keep/d.csv"]


def test_old_text_is_hashed_with_line_feeds(tmp_path: Path) -> None:
    text, binary = tmp_path / "t", tmp_path / "b"
    text.write_bytes(b"a\r\nb\r\n")
    binary.write_bytes(b"a\r\n\0")
    assert hash_file(text, legacy_text=True) == "dd8c6a395b5dd36c56d23275028f526c"
    assert hash_file(text) != hash_file(text, legacy_text=True)
    assert hash_file(binary) == hash_file(binary, legacy_text=True)
