from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.references import Reference, checked_path, parse_reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", Reference("none")),
        ("file:out/base.parquet", Reference("file", "out/base.parquet")),
        ("file:./out//base.csv", Reference("file", "out/base.csv")),
        (
            "mlflow:models:/readmission@champion",
            Reference("mlflow", "models:/readmission@champion", model="readmission", alias="champion"),
        ),
        ("mlflow:models:/a@b@c", Reference("mlflow", "models:/a@b@c", model="a@b", alias="c")),
        ("mlflow:models:/x/12", Reference("mlflow", "models:/x/12", model="x", version="12")),
        ("mlflow:runs:/1f0c", Reference("mlflow", "runs:/1f0c", run_id="1f0c")),
        ("dvc:v1.2", Reference("dvc", "v1.2")),
        ("dvc:HEAD~1:out/p.csv", Reference("dvc", "HEAD~1", "out/p.csv")),
        ("git:origin/main:out/p.csv", Reference("git", "origin/main", "out/p.csv")),
        ("git:main@{1}", Reference("git", "main@{1}")),
        ("git", Reference("git")),
        ("dvc", Reference("dvc")),
        ("git::out/p.csv", Reference("git", "", "out/p.csv")),
        ("dvc:main:out/seed-*.csv", Reference("dvc", "main", "out/seed-*.csv")),
        ("file:base/seed-*.csv", Reference("file", "base/seed-*.csv")),
        ("mlflow:search:nightly", Reference("mlflow", "search:nightly", experiment="nightly")),
        (
            "mlflow:search:/Users/ann/x:tags.`a:b` = 'main' and metrics.auc > 0.5",
            Reference(
                "mlflow",
                "search:/Users/ann/x:tags.`a:b` = 'main' and metrics.auc > 0.5",
                experiment="/Users/ann/x",
                filter="tags.`a:b` = 'main' and metrics.auc > 0.5",
            ),
        ),
    ],
)
def test_known_forms(text: str, expected: Reference) -> None:
    assert parse_reference(text) == expected


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "not a baseline"),
        ("none:x", "takes nothing"),
        ("s3:bucket", "not a baseline"),
        ("file:", "not a baseline"),
        ("file:/etc/passwd", "absolute"),
        ("file:C:/x.csv", "absolute"),
        ("file:../x.csv", "stay inside the project"),
        ("file:a/../../x.csv", "stay inside the project"),
        ("file:~/x.csv", "does not name a file"),
        ("file:.", "does not name a file"),
        ("file:a\\b.csv", "backslash"),
        ("file:a\nb.csv", "control character"),
        ("file:https://host/x.csv", "URL"),
        ("mlflow:models:/x/Production", "stages are deprecated, use an alias"),
        ("mlflow:models:/x/staging", "stages are deprecated, use an alias"),
        ("mlflow:models:/x/latest", "'latest' moves"),
        ("mlflow:models:/x@latest", "is not an alias"),
        ("mlflow:models:/x@v3", "is not an alias"),
        ("mlflow:models:/x@", "is not an alias"),
        ("mlflow:models:/x", "no alias and no version"),
        ("mlflow:models:/@champion", "names no registered model"),
        ("mlflow:models:/a:b@champion", "names no registered model"),
        ("mlflow:models:/x/1/2", "not a version number"),
        ("mlflow:models:/x/0", "not a version number"),
        ("mlflow:runs:/", "only the id"),
        ("mlflow:runs:/abc/model", "only the id"),
        ("mlflow:mlruns", "not an MLflow reference"),
        ("git:-x", "must not start with '-'"),
        ("dvc:--output=x:p.csv", "must not start with '-'"),
        ("git:a..b", "not one Git revision"),
        ("git:a b", "not one Git revision"),
        ("git:", "ends with a colon"),
        ("dvc::", "ends with a colon"),
        ("git::../p.csv", "stay inside the project"),
        ("mlflow:search:", "names no experiment"),
        ("mlflow:search: :tags.x = 'y'", "names no experiment"),
        ("mlflow:search:a\nb", "names no experiment"),
        ("mlflow:search:a:", "ends with a colon"),
        ("mlflow:search:a:x = 'y'\n", "one line"),
        ("mlflow:search:a:" + "x" * 3000, "one line of at most 2,000"),
        ("git:main:", "ends with a colon"),
        ("dvc:main:../p.csv", "stay inside the project"),
    ],
)
def test_bad_text_is_refused_with_the_reason(text: str, fact: str) -> None:
    with pytest.raises(ValueError, match=fact):
        parse_reference(text)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for prefix in ("", "file:", "git:", "dvc:main:", "git::", "mlflow:models:/", "mlflow:runs:/", "mlflow:search:"):
        try:
            reference = parse_reference(prefix + text)
        except ValueError:
            continue
        assert parse_reference(str(reference)) == reference


@given(st.lists(st.sampled_from(["a", "b.csv", "..", ".", ""]), max_size=5).map("/".join))
def test_a_path_never_leaves_the_project(path: str) -> None:
    try:
        assert ".." not in checked_path(path).split("/")
    except ValueError:
        assert ".." in path.split("/") or path.startswith("/") or not path.replace("/", "").strip(".")
