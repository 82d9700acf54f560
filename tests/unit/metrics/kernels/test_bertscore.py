"""BERTScore on embeddings made by hand; with a real model in tests/unit/sources/test_embeddings.py."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.metric_specs import METRICS
from mlgate.errors import SourceError
from mlgate.metrics.kernels.bertscore import KERNELS, Embedding, bertscore_kernel, bertscores, greedy_f1
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

VECTORS: dict[str, tuple[float, ...]] = {
    "[CLS]": (0.2, 0.2, 0.9),
    "cat": (1.0, 0.0, 0.0),
    "kitten": (0.8, 0.6, 0.0),
    "runs": (0.0, 3.0, 4.0),
    "flees": (0.0, 4.0, 3.0),
    "void": (0.0, 0.0, 0.0),
}


def embedding(text: str) -> Embedding:
    tokens = ["[CLS]", *text.split()]
    vectors = np.array([VECTORS[token] for token in tokens], dtype=np.float32)
    return vectors, np.array([token != "[CLS]" for token in tokens])


def embed(texts: Sequence[str]) -> list[Embedding]:
    return [embedding(text) for text in texts]


def sample_of(rows: Sequence[tuple[str, str]]) -> Sample:
    references, hypotheses = (np.array([row[side] for row in rows], dtype=object) for side in (0, 1))
    return Sample(n_rows=len(rows), references=references, hypotheses=hypotheses)


def counted(*vectors: tuple[float, ...]) -> Embedding:
    return np.array(vectors), np.ones(len(vectors), dtype=bool)


def test_known_matches() -> None:
    # cat-kitten 0.8; runs-flees 24 / 25: each token has one good match, so precision and recall are their mean.
    assert greedy_f1(embedding("cat runs"), embedding("flees kitten")) == pytest.approx((0.8 + 0.96) / 2, abs=1e-7)
    # A token may be matched twice: recall is 1, precision is (1 + 0.8) / 2.
    expected = 2 * 1 * 0.9 / 1.9
    assert greedy_f1(embedding("cat"), embedding("cat kitten")) == pytest.approx(expected, abs=1e-7)


def test_a_token_that_does_not_count_can_still_be_matched() -> None:
    # flees-[CLS]: (0.8 + 2.7) / (5 * |[CLS]|), better than flees-cat, 0.
    near = (4 * 0.2 + 3 * 0.9) / (5 * math.sqrt(0.89))
    to_cls = 0.2 / math.sqrt(0.89)
    assert greedy_f1(embedding("cat"), embedding("flees")) == pytest.approx(
        2 * near * to_cls / (near + to_cls), abs=1e-7
    )


NUMBERS = st.floats(-4, 4, width=32).filter(lambda number: abs(number) > 1e-3 or number == 0)
EMBEDDINGS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=5).map(lambda rows: counted(*rows))


def plain_f1(reference: Embedding, hypothesis: Embedding) -> float:
    """The definition, one pair of tokens after the other."""

    def cosine(one: Any, other: Any) -> float:
        lengths = math.hypot(*one) * math.hypot(*other)
        return math.fsum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0

    sides = reference[0].tolist(), hypothesis[0].tolist()
    recall = sum(max(cosine(token, match) for match in sides[1]) for token in sides[0]) / len(sides[0])
    precision = sum(max(cosine(token, match) for match in sides[0]) for token in sides[1]) / len(sides[1])
    return 2 * precision * recall / (precision + recall) if precision * recall > 1e-12 else 0.0


@given(reference=EMBEDDINGS, hypothesis=EMBEDDINGS)
def test_f1_equals_the_plain_definition(reference: Embedding, hypothesis: Embedding) -> None:
    found = greedy_f1(reference, hypothesis)
    assert found == pytest.approx(plain_f1(reference, hypothesis), abs=1e-6)
    assert -1 - 1e-12 <= found <= 1 + 1e-12
    assert greedy_f1(hypothesis, reference) == pytest.approx(found, abs=1e-12)
    assert greedy_f1((reference[0] * 7, reference[1]), hypothesis) == pytest.approx(found, abs=1e-12)


def test_texts_without_tokens_and_opposite_signs_are_worth_0() -> None:
    assert greedy_f1(embedding(""), embedding("cat")) == 0.0
    assert greedy_f1(embedding("cat"), embedding("")) == 0.0
    assert greedy_f1(embedding(""), embedding("")) == 0.0
    assert greedy_f1(counted((1.0, 0.0)), counted((0.0, 0.0))) == 0.0
    assert greedy_f1(counted((1.0, 0.0)), counted((-1.0, 0.0))) == -1.0


def test_mean_over_rows_in_chunks_embeds_a_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.metrics.kernels.bertscore._ROWS_AT_ONCE", 3)
    calls: list[list[str]] = []

    def recording(texts: Sequence[str]) -> list[Embedding]:
        calls.append(list(texts))
        return embed(texts)

    rows = [("cat", "cat"), ("cat", "kitten"), ("cat", ""), ("runs", "flees"), ("cat runs", "cat runs")]
    kernel = bertscore_kernel(recording)
    columns = kernel.columns(sample_of(rows))
    assert columns[:, 0] == pytest.approx([1.0, 0.8, 0.0, 0.96, 1.0], abs=1e-7)
    assert columns[:, 1].tolist() == [1.0] * 5
    assert kernel.mean
    assert calls == [["cat"], ["cat", "kitten", ""], ["runs", "cat runs"], ["flees", "cat runs"]]
    assert compute_value(kernel, sample_of(rows)) == pytest.approx(3.76 / 5, abs=1e-7)
    assert math.isnan(compute_value(kernel, sample_of([])))


def failing(texts: Sequence[str]) -> list[Embedding]:
    raise SourceError("no model in models/bert", hint="name its folder")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (failing, "no model in models/bert; name its folder"),
        (lambda texts: embed(texts)[:-1], "0 embeddings of 1 texts"),
        (lambda texts: [(np.ones(3), np.ones(3, bool)) for _ in texts], "one vector per token"),
        (lambda texts: [(np.ones((3, 2)), np.ones(2, bool)) for _ in texts], "one vector per token"),
        (lambda texts: [(np.full((1, 2), np.nan), np.ones(1, bool)) for _ in texts], "not finite"),
    ],
)
def test_a_model_that_fails_costs_the_metric_and_says_why(model: Callable[..., Any], message: str) -> None:
    with pytest.raises(UndefinedMetricError, match=message):
        bertscores(sample_of([("cat", "cat")]), model)


def test_without_a_model_or_texts_it_is_refused() -> None:
    kernel = KERNELS["bertscore"](METRICS["bertscore"])
    assert isinstance(kernel, SumsKernel)
    with pytest.raises(UndefinedMetricError, match=r"mlgate\[bertscore\]"):
        compute_value(kernel, sample_of([("cat", "cat")]))
    for sought in (kernel, bertscore_kernel(embed)):
        with pytest.raises(UndefinedMetricError, match="no text"):
            compute_value(sought, Sample(n_rows=1))
