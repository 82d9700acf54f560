"""BLEU, chrF and ROUGE: against sacrebleu and rouge-score, with resampled rows and weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]  # it ships no types
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from mlgate.config.metric_specs import METRICS
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.ngrams import character_symbols, count_matches
from mlgate.metrics.kernels.rouge import longest_common_subsequence
from mlgate.metrics.kernels.texts import KERNELS
from mlgate.metrics.kernels.values import compute_value
from mlgate.metrics.sample import Sample

Pair = tuple[str, str]  # reference, hypothesis

WORDS = st.sampled_from(
    ["the", "cat", "sat", "on", "a", "mat", "1,5", "3-4", ".", ",", "Ünï", "😀", "&lt;", "\u3000", "-"]
)
SENTENCES = st.lists(WORDS, max_size=9).map(" ".join)


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    """Hypotheses that share much with their reference, or nothing; texts may be empty."""
    found = []
    for reference in draw(st.lists(SENTENCES, min_size=1, max_size=6)):
        start, stop = draw(st.integers(0, 4)), draw(st.integers(2, 9))
        kept = " ".join(reference.split(" ")[start:stop])
        found.append(
            (
                reference,
                kept + draw(st.sampled_from(["", " mat", " 😀.", "x"])) if draw(st.booleans()) else draw(SENTENCES),
            )
        )
    return found


def sample_of(rows: Sequence[Pair], weights: Sequence[float] | None = None) -> Sample:
    references, hypotheses = (np.array([row[side] for row in rows], dtype=object) for side in (0, 1))
    return Sample(
        n_rows=len(rows),
        references=references,
        hypotheses=hypotheses,
        weights=None if weights is None else np.array(weights),
    )


def kernel_of(name: str) -> SumsKernel:
    kernel = KERNELS[name](METRICS[name])
    assert isinstance(kernel, SumsKernel)
    return kernel


def value_of(name: str, rows: Sequence[Pair], weights: Sequence[float] | None = None) -> float:
    return compute_value(kernel_of(name), sample_of(rows, weights))


def sacrebleu_of(name: str, rows: Sequence[Pair]) -> float:
    references, hypotheses = [row[0] for row in rows], [row[1] for row in rows]
    metric = BLEU() if name == "bleu" else CHRF()
    return float(metric.corpus_score(hypotheses, [references]).score)


@pytest.mark.parametrize("name", ["bleu", "chrf"])
@settings(max_examples=200)
@given(rows=pairs())
@example([("", "")])
@example([("a b c d e", ""), ("", "a b c d e")])
@example([("a b c d e", "a b c d e")])
@example([("a b c d e", "a x b x c")])
def test_corpus_score_equals_sacrebleu(name: str, rows: list[Pair]) -> None:
    assert value_of(name, rows) == pytest.approx(sacrebleu_of(name, rows), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["bleu", "chrf"])
@settings(max_examples=60)
@given(rows=st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), min_size=1, max_size=4))
def test_corpus_score_of_any_text_equals_sacrebleu(name: str, rows: list[Pair]) -> None:
    assert value_of(name, rows) == pytest.approx(sacrebleu_of(name, rows), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["bleu", "chrf"])
@settings(max_examples=60)
@given(rows=pairs(), data=st.data())
def test_resampled_sums_are_the_score_of_the_resampled_rows(name: str, rows: list[Pair], data: st.DataObject) -> None:
    counts = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    drawn = [row for row, count in zip(rows, counts, strict=True) for _ in range(count)]
    kernel = kernel_of(name)
    sums = np.array([counts, [1] * len(rows), [0] * len(rows)], dtype=np.float64) @ kernel.columns(sample_of(rows))
    values = kernel.value(sums)
    assert values.tobytes() == np.array([kernel.value(one) for one in sums]).tobytes()
    assert values[1] == value_of(name, rows)
    assert math.isnan(values[2])
    if drawn:
        assert values[0] == pytest.approx(sacrebleu_of(name, drawn), rel=1e-12, abs=1e-12)
        assert value_of(name, rows, [float(count) for count in counts]) == values[0]


@pytest.mark.parametrize("name", ["bleu", "chrf"])
def test_long_texts_in_several_blocks_equal_sacrebleu(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.metrics.kernels.ngrams._AT_ONCE", 500)
    rng = np.random.default_rng(5)
    words = np.array(["alpha", "beta,", "gamma.", "3.5", "delta-", "你好", "the"])
    rows = []
    for length in [900, 0, 1, 30, 30, 700, 3, 30]:
        reference = rng.choice(words, size=length)
        hypothesis = np.where(rng.random(length) < 0.7, reference, rng.choice(words, size=length))
        rows.append((" ".join(reference), " ".join(hypothesis[rng.random(length) < 0.9])))
    assert value_of(name, rows) == pytest.approx(sacrebleu_of(name, rows), rel=1e-12)


@given(rows=st.lists(st.tuples(st.text("ab", max_size=9), st.text("abc", max_size=9)), min_size=1, max_size=5))
def test_matches_are_the_clipped_counts(rows: list[Pair]) -> None:
    sides = [character_symbols([row[side] for row in rows]) for side in (0, 1)]
    for row, found in zip(rows, count_matches(sides[0], sides[1], 3).tolist(), strict=True):
        for order in (1, 2, 3):
            bags = [Counter(text[at : at + order] for at in range(len(text) - order + 1)) for text in row]
            assert found[order - 1] == (bags[0] & bags[1]).total()


@settings(max_examples=200)
@given(rows=pairs())
@example([("", "")])
def test_rouge_equals_rouge_score(rows: list[Pair]) -> None:
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    expected = [scorer.score(*row) for row in rows]
    for name in ("rouge_1", "rouge_2", "rouge_l"):
        theirs = [score[name.replace("_", "").replace("l", "L")].fmeasure for score in expected]
        columns = kernel_of(name).columns(sample_of(rows))
        assert columns[:, 0] == pytest.approx(theirs, abs=1e-12)
        assert value_of(name, rows) == pytest.approx(sum(theirs) / len(rows), abs=1e-12)


@given(first=st.text("abc", max_size=8), second=st.text("abcd", max_size=8))
def test_common_subsequence_is_the_longest(first: str, second: str) -> None:
    def parts(text: str) -> set[str]:
        return {"".join(part) for size in range(len(text) + 1) for part in combinations(text, size)}

    assert longest_common_subsequence(first, second) == max(map(len, parts(first) & parts(second)))


def test_common_subsequence_of_long_texts() -> None:
    first = [str(number) for number in range(1000)]
    assert longest_common_subsequence(first, first[::3]) == 334
    assert longest_common_subsequence(first, first[::-1]) == 1


@pytest.mark.parametrize("name", ["bleu", "chrf", "rouge_1", "rouge_2", "rouge_l"])
def test_edges(name: str) -> None:
    top = 100.0 if name in {"bleu", "chrf"} else 1.0
    text = "one two three four five"
    assert value_of(name, [(text, text)]) == pytest.approx(top, rel=1e-15)
    assert value_of(name, [(text, "")]) == 0.0
    assert value_of(name, [("", text)]) == 0.0
    assert value_of(name, [(text, "zqj")]) == 0.0
    assert math.isnan(value_of(name, []))
    assert math.isnan(value_of(name, [(text, text)], [0.0]))
    with pytest.raises(UndefinedMetricError, match="no text"):
        compute_value(kernel_of(name), Sample(n_rows=1))


def test_a_lone_surrogate_is_a_character() -> None:
    assert value_of("chrf", [("ab\ud800", "ab\ud800")]) == 100.0
