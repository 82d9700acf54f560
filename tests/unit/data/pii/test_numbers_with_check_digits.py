"""Cards, accounts and identity numbers: every valid one is found, and none with another check digit."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.pii import findings_in_text
from mlgate.data.pii.cards import ISSUERS, has_luhn_digit, issuer_of
from mlgate.data.pii.ibans import LENGTHS, is_iban
from mlgate.data.pii.identity_schemes import SCHEMES
from mlgate.data.pii.text import candidates_in_text

STARTS = [
    (brand, start, int(size)) for brand, starts, sizes in ISSUERS for start in starts.split() for size in sizes.split()
]


def entities(text: str, name: str = "") -> list[str]:
    return [found.entity for found in findings_in_text(text, name=name)]


def luhn(body: str) -> str:
    """The check digit, worked out from the sum of doubled digits."""
    total = sum(
        sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(body))
    )
    return str(-total % 10)


@st.composite
def cards(draw: st.DrawFn) -> str:
    _, start, size = draw(st.sampled_from(STARTS))
    low, _, high = start.partition("-")
    first = str(draw(st.integers(int(low), int(high or low))))
    body = first + draw(st.text(string.digits, min_size=size - 1 - len(first), max_size=size - 1 - len(first)))
    return body + luhn(body)


class TestCards:
    @given(number=cards())
    def test_every_card_is_found_and_a_wrong_check_digit_is_not(self, number: str) -> None:
        assert issuer_of(number)
        if len(set(number)) > 1:
            assert "payment_card" in entities(f"card {number}")
        other = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert not has_luhn_digit(other)
        assert "payment_card" not in entities(f"card {other}")

    @given(number=cards(), mark=st.sampled_from(" -"))
    def test_groups_of_four_are_one_number(self, number: str, mark: str) -> None:
        if len(number) == 16 and len(set(number)) > 1:
            text = mark.join(number[place : place + 4] for place in range(0, 16, 4))
            (found,) = [one for one in findings_in_text(f"x {text} y") if one.entity == "payment_card"]
            assert (found.start, found.end, found.checked) == (2, 2 + len(text), True)
            assert found.supported

    @given(number=cards(), place=st.integers(0, 18), step=st.integers(1, 9))
    def test_every_single_wrong_digit_breaks_the_check(self, number: str, place: int, step: int) -> None:
        place %= len(number)
        other = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
        assert not has_luhn_digit(other)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "order 4111111111111111",
                "0.4111111111111111",
                "4111111111111111.5",
                "a4111111111111111",
                "/x/4111111111111111",
            ),
            *(
                "4111111111111111-1",
                "1-4111111111111111",
                "4111 1111-1111 1111",
                "0000 0000 0000 0000",
                "1234567812345670",
            ),
            *("4111111111111111@x", "#4111111111111111", "$4111111111111111"),
        ],
    )
    def test_other_numbers(self, text: str) -> None:
        assert "payment_card" not in entities(text)

    def test_a_word_for_a_card_wins_over_one_against(self) -> None:
        assert entities("charge card 4111111111111111 for order 7") == ["payment_card"]

    def test_numbers_of_manuals_are_marked(self) -> None:
        assert [found.documented for found in findings_in_text("4111111111111111, 4539578763621486")] == [True, False]


class TestIbans:
    @given(data=st.data())
    def test_what_the_library_takes_is_found_and_other_check_digits_are_not(self, data: st.DataObject) -> None:
        country = data.draw(st.sampled_from(["DE", "AT", "GB", "CH", "SA", "LU", "DK", "AE"]))
        letters = {"GB": "WEST", "SA": "80", "LU": "001", "CH": "00762"}.get(country, "")
        size = LENGTHS[country] - 4 - len(letters)
        bban = letters + data.draw(st.text(string.digits, min_size=size, max_size=size))
        number = int("".join(str(int(mark, 36)) for mark in f"{bban}{country}00"))
        code = f"{country}{98 - number % 97:02d}{bban}"
        if is_iban(code):
            spaced = " ".join(code[place : place + 4] for place in range(0, len(code), 4))
            for text in (code, spaced, f"pay to {spaced} today", f"IBAN:{code}."):
                assert entities(text) == ["iban"]
            wrong = f"{country}{(98 - number % 97) % 97 + 2:02d}{bban}"
            assert wrong == code or "iban" not in entities(wrong)

    def test_lengths_are_those_of_the_library(self) -> None:
        from stdnum import iban

        for country, size in LENGTHS.items():
            known = iban._ibandb.info(f"{country}00")[0][1].get("bban")
            if known:
                assert sum(map(int, re.findall(r"\d+", known))) + 4 == size, country

    def test_small_letters_only_as_a_whole_value(self) -> None:
        assert entities(" de89370400440532013000 ") == ["iban"]
        assert entities("pay de89370400440532013000") == []

    def test_words_in_capitals_behind_it_do_not_belong_to_it(self) -> None:
        (found,) = findings_in_text("DE89 3704 0044 0532 0130 00 BIC COBADEFF")
        assert (found.start, found.end) == (0, 27)


TELLING = [
    ("12345678Z", "12345678A"), ("X1234567L", "X1234567M"), ("756.9217.0769.85", "756.9217.0769.84"), ("529.982.247-25", "529.982.247-26"),
    ("131052-308T", "131052-308U"), ("RSSMRA85T10A562S", "RSSMRA85T10A562T"), ("11010519491231002X", "110105194912310021"),
    ("85.07.30-033.28", "85.07.30-033.29"), ("2 95 10 99 126 111 93", "2 95 10 99 126 111 94"), ("BOXW310820HNERXN09", "BOXW310820HNERXN08"),
]  # fmt: skip
NAMED = [
    ("bsn", "111222333", "111222334"), ("PESEL", "44051401359", "44051401358"), ("SIN", "123456782", "123456783"),
    ("NHS number", "943 476 5919", "943 476 5918"), ("Steuer-ID", "36574261809", "36574261890"), ("cpf", "52998224725", "52998224726"),
    ("CNP", "1630615123457", "1630615123458"), ("ID number", "7503305044089", "7503305044088"), ("Aadhaar", "2341 2341 2346", "2341 2341 2347"),
]  # fmt: skip


class TestIdentityNumbers:
    @pytest.mark.parametrize(("good", "bad"), TELLING)
    def test_a_form_of_its_own_is_enough(self, good: str, bad: str) -> None:
        assert [(found.entity, found.checked) for found in findings_in_text(f"x {good} y")] == [("national_id", True)]
        assert entities(bad) == []

    @pytest.mark.parametrize(("word", "good", "bad"), NAMED)
    def test_plain_digits_need_a_word_or_the_name_of_the_column(self, word: str, good: str, bad: str) -> None:
        assert entities(f"{word}: {good}") == ["national_id"]
        assert entities(good, name=word.lower().replace(" ", "_")) == ["national_id"]
        assert entities(good) == []
        assert "national_id" not in entities(f"{word}: {bad}")

    def test_numbers_without_check_digits_only_look_so(self) -> None:
        for text in ("536-90-4399", "SSN 536904399", "AB 12 34 56 C", "nino: AB123456C", "my.nric 770305-02-1234"):
            assert [(found.entity, found.checked) for found in findings_in_text(text)] == [("national_id", False)], text

    @pytest.mark.parametrize(
        "text", ["000-12-3456", "666-12-3456", "123-00-4567", "part 536-90-4399", "BG 12 34 56 A", "170131-1015"]
    )
    def test_ranges_that_nobody_has_and_other_things(self, text: str) -> None:
        assert entities(text) == []

    def test_the_scheme_that_words_name_is_meant(self) -> None:
        kinds = {found.kind for found in candidates_in_text("SSN 123456782") if found.entity == "national_id"}
        assert kinds == {"US social security number"}

    def test_every_scheme_is_known_to_the_library_and_has_a_form(self) -> None:
        from importlib import import_module

        for scheme in SCHEMES:
            assert callable(import_module(f"stdnum.{scheme.module}").is_valid)
            assert scheme.form or scheme.named
            assert 0 < scheme.chance <= 1
            assert scheme.form or scheme.words, scheme.module
            assert not scheme.telling or (scheme.digits and scheme.chance <= 0.11)
