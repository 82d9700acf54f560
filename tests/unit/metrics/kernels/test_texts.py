"""Metrics of texts that need no corpus statistics: SQuAD's two, and perplexity."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.metric_specs import METRICS
from mlgate.metrics.kernels import bertscore, texts
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.tokens import split_squad
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample


def kernel_of(name: str) -> SumsKernel:
    kernel = texts.KERNELS[name](METRICS[name])
    assert isinstance(kernel, SumsKernel)
    return kernel


def value_of(name: str, reference: str, hypothesis: str) -> float:
    sample = Sample(n_rows=1, references=np.array([reference], object), hypotheses=np.array([hypothesis], object))
    return compute_value(kernel_of(name), sample)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "exact", "f1"),
    [
        ("The Eiffel Tower", "eiffel tower!", 1.0, 1.0),
        ("the Eiffel Tower", "Tower of Paris", 0.0, 2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2)),
        ("to be or not to be", "to be", 0.0, 0.5),
        ("yes", "no", 0.0, 0.0),
        ("", "", 1.0, 1.0),
        ("the", "", 1.0, 1.0),
        ("word", "", 0.0, 0.0),
        ("", "word", 0.0, 0.0),
        ("1,000", "1000", 1.0, 1.0),
        ("l'été", "L\u2019ÉTÉ", 0.0, 0.0),
    ],
)
def test_known_answers(reference: str, hypothesis: str, exact: float, f1: float) -> None:
    assert value_of("exact_match", reference, hypothesis) == exact
    assert value_of("token_f1", reference, hypothesis) == pytest.approx(f1, abs=1e-15)


ANSWERS = st.lists(st.sampled_from(["a", "The", "cat", "cats", "sat", "!", "3.5", "é"]), max_size=6).map(" ".join)


@given(rows=st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=5))
def test_token_f1_of_bags(rows: list[tuple[str, str]]) -> None:
    expected = []
    for row in rows:
        reference, hypothesis = (Counter(split_squad(text)) for text in row)
        n_words = reference.total() + hypothesis.total()
        expected.append(2 * (reference & hypothesis).total() / n_words if n_words else 1.0)
    references, hypotheses = (np.array([row[side] for row in rows], object) for side in (0, 1))
    sample = Sample(n_rows=len(rows), references=references, hypotheses=hypotheses)
    columns = kernel_of("token_f1").columns(sample)
    assert columns[:, 0] == pytest.approx(expected, abs=1e-15)
    same = kernel_of("exact_match").columns(sample)
    assert set(same[:, 0]) <= {0.0, 1.0}
    assert (columns[same[:, 0] == 1.0, 0] == 1.0).all()


def perplexity(nll: list[float], tokens: list[float], weights: list[float] | None = None) -> float:
    sample = Sample(
        n_rows=len(nll),
        columns={"nll": np.array(nll), "tokens": np.array(tokens)},
        weights=None if weights is None else np.array(weights),
    )
    return compute_value(kernel_of("perplexity"), sample)


def test_perplexity_is_per_token_and_not_per_row() -> None:
    assert perplexity([2.0, 10.0], [1.0, 9.0]) == pytest.approx(math.exp(1.2), rel=1e-15)
    assert perplexity([2.0, 10.0], [1.0, 9.0], [3.0, 1.0]) == pytest.approx(math.exp(16 / 12), rel=1e-15)
    assert perplexity([math.log(50) * 7], [7.0]) == pytest.approx(50, rel=1e-14)


def test_perplexity_edges() -> None:
    assert math.isnan(perplexity([], []))
    assert math.isnan(perplexity([0.0], [0.0]))
    assert perplexity([-1e-8, 0.0], [1.0, 0.0]) == pytest.approx(1.0)
    assert perplexity([1e5], [1.0]) == math.inf


@pytest.mark.parametrize(
    ("nll", "tokens", "message"),
    [
        ([-3.0, 1.0], [2.0, 2.0], "1 of 2 rows have a negative log-likelihood below 0"),
        ([1.0, 1.0], [-2.0, 2.0], "1 of 2 rows have a number of tokens below 0"),
        ([1.0, 1.0], [0.0, 2.0], "1 of 2 rows have a likelihood without a token"),
        ([math.nan, 1.0], [1.0, 2.0], "'nll' that is not"),
    ],
)
def test_perplexity_refuses_what_is_no_likelihood(nll: list[float], tokens: list[float], message: str) -> None:
    with pytest.raises(UndefinedMetricError, match=message):
        perplexity(nll, tokens)


def test_perplexity_needs_both_columns() -> None:
    with pytest.raises(UndefinedMetricError, match="tokens"):
        compute_value(kernel_of("perplexity"), Sample(n_rows=1, columns={"nll": np.ones(1)}))


def test_every_text_metric_has_a_kernel() -> None:
    declared = {name for name, spec in METRICS.items() if {"text", "nll"} & set(spec.needs)}
    assert texts.KERNELS.keys() | bertscore.KERNELS.keys() == declared
    assert not texts.KERNELS.keys() & bertscore.KERNELS.keys()
    assert kernel_of("exact_match").shares
    assert all(kernel_of(name).mean for name in ("rouge_1", "rouge_2", "rouge_l", "token_f1"))


def test_the_reference_implementations_are_not_imported() -> None:
    code = "import sys, mlgate.metrics.kernels.texts, mlgate.metrics.kernels.bertscore; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not {"sacrebleu", "rouge_score", "nltk", "torch", "transformers", "scipy"} & set(done.stdout.split())
