"""Tokens by each convention: against sacrebleu, rouge-score and a plain form of SQuAD's rules, on nasty texts."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rouge_score import tokenize as rouge_tokenize  # type: ignore[import-untyped]  # it ships no types
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from mlgate.metrics.kernels.tokens import split_13a, split_rouge, split_squad

PIECES = [
    *string.punctuation,
    *(
        "a",
        "An",
        "THE",
        "the",
        "x",
        "7",
        "0",
        "\u0661",
        "Ⅷ",
        "é",
        "İ",
        "\u212a",
        "ß",
        "\u017f",
        "你好",
        "😀",
        "e\u0301",
        "\ud800",
    ),
    *(" ", "  ", "\t", "\n", "\r\n", "-\n", "\x0b", "\x1c", "\x85", "\u00a0", "\u2028", "\u3000", "\u200b", "\ufeff"),
    *("&quot;", "&amp;", "&lt;", "&gt;", "&amp;lt;", "&amp;amp;", "&apos;", "&", "<skipped>", "<skip-\nped>"),
    *("1,000.5", "3-4", "..", ",.", ".,5", "5..", "5.-6", "...7", "$.5", "well-known", "don't", "U.S.", "«»", "—", "…"),
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12).map("".join)
"""Texts of awkward pieces side by side."""

NUMBERS = st.text(alphabet="05a.,- $", max_size=14)
"""Runs of digits and separators, where the rules of 13a look at pairs."""


@settings(max_examples=400)
@given(text=st.one_of(TEXTS, NUMBERS))
@example("5.,6 a.,6 a..6 5...6 5....6 .5 5. ,5 -5 5--6 a-5-b")
@example("a hyphen at the very end stays-\n")
@example("&amp;quot; &amp;amp;lt; <skipped>. \n")
def test_13a_equals_sacrebleu(text: str) -> None:
    theirs = Tokenizer13a()  # type: ignore[no-untyped-call]  # it is typed in part
    assert split_13a(text) == theirs(text.rstrip()).split()


@settings(max_examples=300)
@given(text=TEXTS)
def test_rouge_tokens_equal_rouge_score(text: str) -> None:
    assert split_rouge(text) == rouge_tokenize.tokenize(text, None)


def plain_squad(text: str) -> str:
    """The normalisation of SQuAD step by step, with articles found as whole runs of word characters."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\w+", lambda word: " " if word[0] in {"a", "an", "the"} else word[0], bare).split())


@settings(max_examples=300)
@given(text=TEXTS)
@example("a.b the-end the end of an a.")
def test_squad_words_equal_the_plain_form(text: str) -> None:
    assert " ".join(split_squad(text)) == plain_squad(text)


@pytest.mark.parametrize("split", [split_13a, split_rouge, split_squad])
@pytest.mark.parametrize("text", ["", " ", "\n", "\u3000"])
def test_white_space_has_no_token(split: object, text: str) -> None:
    assert callable(split)
    assert split(text) == []
