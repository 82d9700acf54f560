"""Detectors on texts: addresses, phones, keys, and what looks like them."""

from __future__ import annotations

import base64
import json
import string
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.pii import Finding, findings_in_text
from mlgate.data.pii.secrets import entropy

TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=12)


def shown(text: str, name: str = "") -> list[tuple[str, str]]:
    return [(found.entity, text[found.start : found.end]) for found in findings_in_text(text, name=name)]


class TestEmails:
    @given(local=st.from_regex(r"[a-z][a-z0-9]{0,9}([._+-][a-z0-9]{1,8}){0,2}", fullmatch=True), domain=WORDS,
           tld=st.sampled_from(["com", "org", "de", "co.uk", "io", "example", "museum"]),
           around=st.sampled_from(["{}", "Ann <{}>", "to {}, please", '{{"a": "{}"}}', "x;{};y", "mailto:{}", "\u00fc {} \u4fe1"]))  # fmt: skip
    def test_every_address_is_found_whole(self, local: str, domain: str, tld: str, around: str) -> None:
        address = f"{local}@{domain}.{tld}"
        if local not in ("git", "hg", "svn"):
            assert shown(around.format(address)) == [("email", address)]

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "ann@host",
                "@example.com",
                "ann@",
                "icon@2x.png",
                "react@18.2.0",
                "git@github.com:a/b.git",
                "ssh://ann@host.example/x",
            ),
            *(
                "@ann@mastodon.social",
                "root@server.example:/var/log",
                "a..b@example.com",
                f"{'a' * 65}@example.com",
                "ann@example.notatld",
            ),
            *(
                "<20240101120000.1A2B3C4D@mail.example.com>",
                "Message-ID: <CAF=h3v9T5Lq2Qm@mail.gmail.com>",
                "image@sha256:abc.def",
            ),
        ],
    )
    def test_what_only_looks_so(self, text: str) -> None:
        assert shown(text) == []

    def test_examples_are_marked_and_a_sentence_ends_the_domain(self) -> None:
        assert shown("ann@example.com.Please answer") == [("email", "ann@example.com")]
        assert [found.documented for found in findings_in_text("a@example.com b@sub.example.org c@x.test d@posteo.de")] == [
            *[True] * 3, False]  # fmt: skip

    def test_column_of_message_ids(self) -> None:
        assert shown("a1b2c3d4e5f6@mx.example.org", name="message_id") == []
        assert shown("a1b2c3d4e5f6@mx.example.org", name="user") == [("email", "a1b2c3d4e5f6@mx.example.org")]

    @pytest.mark.parametrize(
        "address",
        ["anna.huber\uff20gmail.com", "anna\uff0ehuber\uff20gmail\uff0ecom", "anna\ufe6bgmail\ufe52com", "anna@gmail\uff0ecom",
         "".join(chr(ord(c) + 0xFEE0) for c in "anna7@gmail.com")],
    )  # fmt: skip
    def test_full_width(self, address: str) -> None:
        for around in ("{}", "an {} heute", "\u8054\u7cfb\uff1a {}\uff0c\u8c22\u8c22"):
            assert shown(around.format(address)) == [("email", address)]
        assert not shown(address.replace("com", "").replace("\uff43\uff4f\uff4d", ""))


class TestPhones:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("call +1 (202) 555-0143 now", "+1 (202) 555-0143"), ("(202) 555-0143", "(202) 555-0143"), ("202.555.0143", "202.555.0143"),
            ("+44 (0) 20 7946 0958", "+44 (0) 20 7946 0958"), ("020 7946 0958", "020 7946 0958"), ("01 99 00 12 34", "01 99 00 12 34"),
            ("+12025550143 2024-01-31", "+12025550143"), ("+1\u00a0202\u2011555\u20110143", "+1\u00a0202\u2011555\u20110143"),
            ("Tel. 0044 20 7946 0958", "0044 20 7946 0958"), ("phone: 2025550143", "2025550143"),
        ],
    )  # fmt: skip
    def test_numbers(self, text: str, number: str) -> None:
        assert shown(text) == [("phone", number)]

    def test_a_name_is_needed_where_digits_are_plain(self) -> None:
        assert shown("2025550143") == []
        assert shown("2025550143", name="customerPhone") == [("phone", "2025550143")]
        assert shown("ordered 3 times, 5/5 (424604)", name="cell") == []

    @pytest.mark.parametrize(
        "text",
        [
            *("2024-01-31 10:15:00", "1706692500123", "3.14159265358979", "+4.36755379", "order 202-555-0143", "+1 800 555 0100"),
            *("192.168.100.200", "200-300-4000", "978-3-16-148410-0", "0x00 03 ff 05 00 01 02 03 04", "call stack 2147483647 >=2147483647"),
            *("phone team, 2024-2025", "-1202555014", "202-555-0143-7", "10:415-555-0143"),
        ],
    )  # fmt: skip
    def test_other_numbers(self, text: str) -> None:
        assert [entity for entity, _ in shown(text) if entity == "phone"] == [] or "stack" in text

    def test_the_library_agrees(self) -> None:
        import phonenumbers

        from mlgate.data.pii.phone_plans import is_international

        for region in sorted(phonenumbers.SUPPORTED_REGIONS):
            example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
            if example is not None:
                written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
                assert is_international(written[1:]), region
                assert not is_international(written[1:] + "00000"), region


class TestMachines:
    def test_addresses(self) -> None:
        assert shown("203.0.113.7 and [2001:db8::ff00:42:8329]:443 at 00:1B:44:11:3A:B7, 001b.4411.3ab7") == [
            ("ip_address", "203.0.113.7"), ("ip_address", "2001:db8::ff00:42:8329"),
            ("mac_address", "00:1B:44:11:3A:B7"), ("mac_address", "001b.4411.3ab7")]  # fmt: skip

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "10.1.2.3",
                "127.0.0.1",
                "192.168.0.9",
                "224.0.0.1",
                "256.1.1.1",
                "1.2.3.4",
                "v93.184.216.34",
                "Chrome/120.0.66.99",
            ),
            *(
                "version 93.184.216.34",
                "1.3.6.1.4.1.99",
                "198.51.100.0/24",
                "fe80::1",
                "::1",
                "a::b",
                "12:30:45",
                "01-02-03-04-05-06",
            ),
            *(
                "ff:ff:ff:ff:ff:ff",
                "01:00:5e:00:00:fb",
                "de:ad:be:ef",
                "ab:cd:ef:01:23:45:67:89",
                "08.8.8.8",
                "dead.beef.cafe",
            ),
        ],
    )
    def test_what_names_no_device_of_a_person(self, text: str) -> None:
        assert shown(text) == []


class TestKeys:
    @pytest.mark.parametrize(
        "text", [TOKEN, f"token={TOKEN}", f"https://{TOKEN}@github.com/x", f'"{TOKEN}"', f"{TOKEN}\\n"]
    )
    def test_a_token_is_found_wherever_it_stands(self, text: str) -> None:
        assert ("secret", TOKEN) in shown(text)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                f"x{TOKEN}",
                f"{TOKEN}x",
                TOKEN[:-1],
                "ghp_" + "x" * 36,
                "ghp_" + "a" * 36,
                "AKIAXXXXXXXXXXXXXXXX",
                "sk-...",
            ),
            *(
                "postgres://user:password@host/db",
                "https://u:${TOKEN}@host/x",
                "redis://:6379",
                "pg://postgres:postgres@localhost/x",
            ),
            *(
                "-----BEGIN PRIVATE KEY-----\n...\n",
                "-----BEGIN PUBLIC KEY-----\n" + "QUJD" * 30,
                "eyJhbGciOiJIUzI1NiJ9",
                "eyJ4IjoxfQ." * 9,
            ),
        ],
    )
    def test_placeholders_and_parts_are_none(self, text: str) -> None:
        assert [entity for entity, _ in shown(text) if entity in ("secret", "private_key", "jwt")] == []

    def test_tokens_blocks_and_passwords(self) -> None:
        block = "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join(
            ["MIIEpAIBAAKCAQEA04up8hoqzS1JPZ4Yw0YhwZ7rQkLx2vBnM3sD5fG7hJ9k"] * 5
        )
        assert [entity for entity, _ in shown(f"{JWT}\n{block}\npg://app:Xk4-mZ9qLw@db.example/x")] == [
            "jwt",
            "private_key",
            "secret",
        ]
        assert [entity for entity, _ in shown(json.dumps({"key": block}))] == ["private_key"]

    def test_entropy(self) -> None:
        assert entropy("") == entropy("aaa") == 0
        assert entropy("abcd" * 5) == pytest.approx(2)


class TestWholeTexts:
    def test_findings_do_not_overlap_and_are_in_order(self) -> None:
        text = "ann@example.org, 4111 1111 1111 1111, +12025550143, 203.0.113.7, 536-90-4399, DE89370400440532013000"
        found = findings_in_text(text)
        assert [one.entity for one in found] == ["email", "payment_card", "phone", "ip_address", "national_id", "iban"]
        assert all(one.end <= two.start for one, two in pairwise(found))

    @given(text=st.text(max_size=200))
    def test_no_text_breaks_it(self, text: str) -> None:
        for found in findings_in_text(text, name=text[:20]):
            assert isinstance(found, Finding)
            assert 0 <= found.start < found.end <= len(text)
            assert found.valid

    @pytest.mark.parametrize(
        "text", ["\udc80 ann@example.org", "\x00ann@example.org", "ann@example.org\r\n", "\ufeffann@example.org"]
    )
    def test_odd_characters(self, text: str) -> None:
        assert [found.entity for found in findings_in_text(text)] == ["email"]

    @pytest.mark.parametrize(
        "piece",
        [
            "a",
            "@",
            "a@",
            "a.",
            "+1 ",
            "1-",
            "1 ",
            "eyJ",
            "ab:",
            "SK-",
            "://a:b",
            "1.1.1.1.",
            "-----BEGIN PRIVATE KEY-----\n",
            "0.123 ",
            "'",
        ],
    )
    def test_time_grows_with_the_length(self, piece: str) -> None:
        def took(size: int) -> float:
            text = (piece * (size // len(piece) + 1))[:size]
            start = time.process_time()
            findings_in_text(text)
            return time.process_time() - start

        took(1000)
        assert took(160_000) < 40 * max(took(10_000), 0.005)

    def test_a_notebook_as_json(self) -> None:
        image = base64.b64encode(bytes(range(256)) * 400).decode()
        cell = {"outputs": [{"text": ["step 1 loss 0.123456789\n", "ann@example.org\n"], "data": {"image/png": image}}]}
        text = json.dumps({"cells": [cell], "metadata": {"id": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}})
        assert shown(text) == [("email", "ann@example.org")]

    def test_a_missing_library_is_said_where_it_is_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import sys

        from mlgate.data.pii import phone_plans, stdnum_checks
        from mlgate.errors import MlgateError

        for cached in (phone_plans._library, phone_plans._codes, phone_plans._patterns, stdnum_checks._module):
            cached.cache_clear()
        monkeypatch.setitem(sys.modules, "phonenumbers", None)
        monkeypatch.setitem(sys.modules, "stdnum", None)
        monkeypatch.setitem(sys.modules, "stdnum.iban", None)
        assert shown("ann@example.org 4111 1111 1111 1111 no phone") == [
            ("email", "ann@example.org"),
            ("payment_card", "4111 1111 1111 1111"),
        ]
        for text, library in (("+1 202 555 0143", "phonenumbers"), ("DE89370400440532013000", "stdnum")):
            with pytest.raises(MlgateError, match=library) as caught:
                findings_in_text(text)
            assert "additional_dependencies" in caught.value.hint
