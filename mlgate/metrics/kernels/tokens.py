"""How texts are cut into tokens: one function per convention."""

from __future__ import annotations

import re
import string

_SYMBOLS = re.compile("([" + re.escape("".join(sorted(set(string.punctuation) - set("'-.,")))) + "])")
_SEPARATORS = re.compile("[.,]+")
_DASH_AFTER_DIGIT = re.compile("(?<=[0-9])-")
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_DIGITS = frozenset("0123456789")

_LETTERS_AND_DIGITS = re.compile("[a-z0-9]+")

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:an?|the)\b")


def split_13a(text: str) -> list[str]:
    """Tokens by the rules `13a` of NIST's mteval, as sacrebleu applies them.

    Trailing white space, `<skipped>` and a hyphen at the end of a line go; `&quot; &amp; &lt; &gt;` are read in that
    order. ASCII punctuation is a token of its own, except an apostrophe, a dash that follows no digit, and a full stop
    or comma as `_spaced_separators` says. Nothing is lowercased; what is not ASCII is not punctuation.

    Notes
    -----
    Source: NIST, mteval-v13a (2009); Post, *WMT* (2018), 186-191.

    Examples
    --------
    >>> split_13a('He said: "1,000.5 km", 3-4 well-known U.S. towns.')
    ['He', 'said', ':', '"', '1,000.5', 'km', '"', ',', '3', '-', '4', 'well-known', 'U', '.', 'S', '.', 'towns', '.']
    """
    text = text.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    text = _SEPARATORS.sub(_spaced_separators, text)
    text = _DASH_AFTER_DIGIT.sub(" - ", text)
    return _SYMBOLS.sub(r" \1 ", text).split()


def _spaced_separators(run: re.Match[str]) -> str:
    """A run of full stops and commas with spaces wherever tokens end.

    Each is a token of its own, with two exceptions before a digit. One between two digits belongs to their number.
    The last of several stays with the number that it leads unless the rule "after what is no digit" takes it, and that
    rule looks at pairs: after a digit it takes every second one, from the second on, else from the first on.
    """
    separators, text = run.group(), run.string
    spaced = f" {' '.join(separators)} "
    if run.end() == len(text) or text[run.end()] not in _DIGITS:
        return spaced
    after_digit = run.start() > 0 and text[run.start() - 1] in _DIGITS
    if after_digit and len(separators) == 1:
        return separators
    taken = len(separators) % 2 == (0 if after_digit else 1)
    return spaced if taken else spaced[:-1]


def split_rouge(text: str) -> list[str]:
    """Runs of ASCII letters and digits of the lowercased text; all else separates. No stemming.

    Notes
    -----
    As the package rouge-score does, so a text without ASCII letters and digits has no token.

    Examples
    --------
    >>> split_rouge("The U.S. won't pay 3.5 €")
    ['the', 'u', 's', 'won', 't', 'pay', '3', '5']
    """
    return _LETTERS_AND_DIGITS.findall(text.lower())


def split_squad(text: str) -> list[str]:
    """Words after the normalisation of SQuAD: lowercased, without ASCII punctuation and the articles a, an, the.

    Notes
    -----
    Punctuation goes before articles, so `a.` is an article and `the-end` one word.
    Source: Rajpurkar et al., *EMNLP* (2016), 2383-2392, and their evaluation script.

    Examples
    --------
    >>> split_squad("The Who, a band: it's great!")
    ['who', 'band', 'its', 'great']
    """
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()
