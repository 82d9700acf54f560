"""Whom a changed path may concern, by its name and by what mlgate.yaml says of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.pyramid.change import Kind, covers, kind_of


def kind(path: str, *declared: str) -> Kind:
    names = ("mlgate.yaml", "shared/base.yaml")
    return kind_of(path, rules=names, declared=lambda name: any(covers(place, name) for place in declared))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README.md", Kind.DOCS),
        ("clinic/README.rst", Kind.DOCS),
        ("clinic/prompts/system.md", Kind.OTHER),
        ("prompt.md", Kind.OTHER),
        ("ROADMAP.md", Kind.DOCS),
        ("readme.md", Kind.DOCS),
        ("CITATION.cff", Kind.DOCS),
        (".github/pull_request_template.md", Kind.DOCS),
        ("docs/samples/rows.jsonl", Kind.OTHER),
        ("NOTICE_classifier.pkl", Kind.OTHER),
        ("../other/prompt.md", Kind.OUTSIDE),
        ("docs/images/a.png", Kind.DOCS),
        ("LICENSE", Kind.DOCS),
        ("LICENSE.txt", Kind.OTHER),
        ("../README.md", Kind.DOCS),
        ("docs/conf.py", Kind.PYTHON),
        ("docs/data.csv", Kind.OTHER),
        ("docs/requirements.txt", Kind.ENVIRONMENT),
        ("mlgate.yaml", Kind.RULES),
        ("shared/base.yaml", Kind.RULES),
        ("sub/mlgate.yaml", Kind.OTHER),
        ("requirements.txt", Kind.ENVIRONMENT),
        ("requirements-dev.in", Kind.ENVIRONMENT),
        ("requirements/test.txt", Kind.ENVIRONMENT),
        ("uv.lock", Kind.ENVIRONMENT),
        ("requirements.lock", Kind.ENVIRONMENT),
        ("pyproject.toml", Kind.ENVIRONMENT),
        ("sub/setup.py", Kind.ENVIRONMENT),
        ("tests/pytest.ini", Kind.ENVIRONMENT),
        ("dvc.lock", Kind.OTHER),
        ("../shared/a.py", Kind.OUTSIDE),
        ("../pyproject.toml", Kind.OUTSIDE),
        ("clinic/model.py", Kind.PYTHON),
        ("train.ipynb", Kind.OTHER),
        ("Makefile", Kind.OTHER),
        ("data/a.csv", Kind.OTHER),
    ],
)
def test_the_kind_of_a_path(path: str, expected: Kind) -> None:
    assert kind(path) is expected


def test_documentation_that_is_declared_as_an_input_is_none() -> None:
    assert kind("docs/examples.md", "docs/*.md") is Kind.OTHER
    assert kind("tests/data/case.md", "tests") is Kind.OTHER


@pytest.mark.parametrize(
    ("declared", "path", "expected"),
    [
        ("data", "data", True),
        ("data", "data/a/b.csv", True),
        ("data", "database.csv", False),
        ("data/a.csv", "data", True),
        ("data/*.csv", "data/a.csv", True),
        ("data/*.csv", "data/sub/a.csv", False),
        ("data/**/*.csv", "data/sub/a.csv", True),
        ("data/part-*", "data/part-1/x.csv", True),
        ("data/part-*/x.csv", "data", True),
        ("data/part-*/x.csv", "data/part-1", True),
        ("data/*.csv", "other", False),
        (".", "anything.csv", True),
    ],
)
def test_what_a_declared_path_covers(declared: str, path: str, expected: bool) -> None:
    assert covers(declared, path) is expected


@given(parts=st.lists(st.sampled_from(["a", "b", "c.csv"]), min_size=1, max_size=4), cut=st.integers(1, 4))
def test_a_path_covers_itself_what_is_in_it_and_what_is_around_it(parts: list[str], cut: int) -> None:
    path, folder = "/".join(parts), "/".join(parts[:cut])
    assert covers(path, path)
    assert covers(folder, path)
    assert covers(path, folder)
