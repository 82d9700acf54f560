"""Made-up personal data and secrets that are valid by their own rules, in the texts that they stand in.

No person is behind any of them: domains, numbers of phones and networks are those that are set aside for examples or
unassigned; accounts, cards and identity numbers are drawn at random and given their check digits.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Mapping
from dataclasses import dataclass

WORDS = [
    "water",
    "stone",
    "light",
    "garden",
    "river",
    "paper",
    "window",
    "market",
    "engine",
    "signal",
    "copper",
    "harbor",
    "meadow",
    "silver",
    "cloud",
    "forest",
]


@dataclass(frozen=True, slots=True)
class Item:
    """A text, what is in it, and where; `entity` is None where nothing is."""

    text: str
    entity: str | None
    value: str = ""
    name: str = ""
    """Of the column that it stands in."""
    group: str = ""

    @property
    def span(self) -> tuple[int, int]:
        start = self.text.index(self.value)
        return start, start + len(self.value)


def digits(rng: random.Random, count: int, first: str = string.digits) -> str:
    return rng.choice(first) + "".join(rng.choices(string.digits, k=count - 1)) if count else ""


def letters(rng: random.Random, count: int, of: str = string.ascii_letters + string.digits) -> str:
    return "".join(rng.choices(of, k=count))


def filled(rng: random.Random, form: str) -> str:
    """The form with a digit for each `#`, a capital letter for each `^` and a hexadecimal digit for each `~`."""
    pools = {"#": string.digits, "^": string.ascii_uppercase, "~": "0123456789abcdef"}
    return "".join(rng.choice(pools[mark]) if mark in pools else mark for mark in form)


def with_luhn(number: str) -> str:
    """A number with its Luhn digit, worked out by trying all ten: on purpose not as the detector does it."""

    def holds(text: str) -> bool:
        total = 0
        for place, digit in enumerate(reversed(text)):
            value = int(digit) * (1 + place % 2)
            total += value // 10 + value % 10
        return total % 10 == 0

    return next(number + digit for digit in string.digits if holds(number + digit))


def card(rng: random.Random) -> str:
    start, size = rng.choice(
        [
            ("4", 16),
            ("51", 16),
            ("55", 16),
            ("2223", 16),
            ("2711", 16),
            ("34", 15),
            ("37", 15),
            ("6011", 16),
            ("65", 16),
            ("3530", 16),
            ("36", 14),
            ("38", 14),
            ("305", 14),
            ("62", 16),
            ("2202", 16),
        ]
    )
    number = with_luhn(start + digits(rng, size - 1 - len(start)))
    way = rng.random()
    if way < 0.45:
        return number
    mark = " " if way < 0.8 else "-"
    cuts = [4, 8, 12] if size == 16 else [4, 10]
    return mark.join(number[low:high] for low, high in zip([0, *cuts], [*cuts, size], strict=True))


_BBAN = {
    "DE": "18n",
    "AT": "16n",
    "CH": "5n12c",
    "FR": "10n11c2n",
    "ES": "20n",
    "NL": "4a10n",
    "GB": "4a14n",
    "BE": "12n",
    "PL": "24n",
    "SE": "20n",
    "NO": "11n",
    "DK": "14n",
    "IE": "4a14n",
    "PT": "21n",
    "LU": "3n13c",
    "RO": "4a16c",
    "GR": "7n16c",
    "TR": "6n16c",
    "SA": "2n18c",
    "AE": "19n",
    "LT": "16n",
    "MT": "4a5n18c",
}
_OWN_CHECKS = ("FR", "ES", "BE", "NO", "PT", "PL", "NL", "SE", "DK")


def iban(rng: random.Random) -> str:
    """An IBAN whose account also has its country's own check digits, where it has some."""
    from stdnum import iban as known

    while True:
        country, form = rng.choice(sorted(_BBAN.items()))
        bban, count = "", ""
        for mark in form:
            if mark.isdigit():
                count += mark
                continue
            pool = {"n": string.digits, "a": string.ascii_uppercase, "c": string.digits + string.ascii_uppercase}[mark]
            bban += letters(rng, int(count), pool)
            count = ""
        moved = "".join(str(int(mark, 36)) for mark in f"{bban}{country}00")
        code = f"{country}{98 - int(moved) % 97:02d}{bban}"
        if known.is_valid(code):
            break
    return code if rng.random() < 0.5 else " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def email(rng: random.Random) -> str:
    first, last = rng.choice(WORDS), rng.choice(WORDS)
    local = rng.choice(
        [
            f"{first}.{last}",
            f"{first}_{last}{rng.randrange(100)}",
            f"{first[0]}{last}",
            f"{first}+{last}",
            f"{first}-{last}",
            f"{first}{rng.randrange(1950, 2010)}",
            f"{first.title()}.{last.title()}",
            digits(rng, rng.randrange(5, 11), "123456789"),
            f"{first}.o'{last}",
            f"jürgen.{last}",
        ]
    )
    domain = rng.choice(
        [
            f"{last}.example",
            "example.com",
            "example.org",
            "mail.example.net",
            f"{first}-{last}-{rng.randrange(1000)}.test",
        ]
        + [
            f"{letters(rng, 9, string.ascii_lowercase)}.{tld}"
            for tld in ("de", "co.uk", "fr", "io", "com.br", "health")
        ]
    )
    return f"{local}@{domain}"


def phone(rng: random.Random) -> str:
    """Numbers kept free for fiction, and numbers of areas in their national forms."""
    line = f"{rng.randrange(100, 200):04d}"
    area = rng.choice(["201", "212", "303", "415", "512", "617", "702", "808"])
    return rng.choice(
        [
            f"+1 {area} 555 {line}",
            f"+1{area}555{line}",
            f"({area}) 555-{line}",
            f"{area}-555-{line}",
            f"{area}.555.{line}",
            f"+1 ({area}) 555-{line}",
            f"1-{area}-555-{line}",
            f"+44 20 7946 0{digits(rng, 3)}",
            f"020 7946 0{digits(rng, 3)}",
            f"+44 (0)20 7946 0{digits(rng, 3)}",
            f"+49 30 23125 {digits(rng, 3)}",
            f"+49 (0) 171 39200{digits(rng, 2)}",
            f"+33 1 99 00 {digits(rng, 2)} {digits(rng, 2)}",
            f"01 99 00 {digits(rng, 2)} {digits(rng, 2)}",
            f"06.39.98.{digits(rng, 2)}.{digits(rng, 2)}",
            f"+61 491 570 {digits(rng, 3)}",
            f"0491 570 {digits(rng, 3)}",
            f"+41 44 668 18 {digits(rng, 2)}",
            f"+81 3-5555-{digits(rng, 4)}",
            f"+91 98765 4{digits(rng, 4)}",
            f"+55 11 95555-{digits(rng, 4)}",
            f"+48 22 555 {digits(rng, 2)} {digits(rng, 2)}",
        ]
    )


def ip_address(rng: random.Random) -> str:
    return rng.choice(
        [f"{net}.{rng.randrange(1, 255)}" for net in ("192.0.2", "198.51.100", "203.0.113")]
        + [f"{rng.randrange(31, 100)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"]
        + [f"2001:db8:{letters(rng, 4, '123456789abcdef')}::{letters(rng, 4, '123456789abcdef')}"]
        + ["2001:db8:" + ":".join(letters(rng, 4, "123456789abcdef") for _ in range(6))]
    )


def mac_address(rng: random.Random) -> str:
    pairs = ["00", "00", "5E", "00", "53", f"{rng.randrange(256):02X}"]
    if rng.random() < 0.7:
        pairs = [
            f"{rng.randrange(64) * 4:02X}",
            *(f"{rng.randrange(256):02X}" for _ in range(4)),
            rng.choice(["AB", "C4", "F0", "1E"]),
        ]
    text = rng.choice([":", "-"]).join(pairs)
    return text.lower() if rng.random() < 0.5 else text


def secret(rng: random.Random) -> str:
    hexa = "0123456789abcdef"
    url = string.ascii_letters + string.digits + "-_"
    return rng.choice(
        [
            f"AKIA{letters(rng, 16, string.ascii_uppercase + '234567')}",
            f"ghp_{letters(rng, 36)}",
            f"gho_{letters(rng, 36)}",
            f"github_pat_{letters(rng, 22)}_{letters(rng, 59)}",
            f"glpat-{letters(rng, 20)}",
            f"hf_{letters(rng, 34, string.ascii_letters)}",
            f"xoxb-{digits(rng, 12)}-{digits(rng, 12)}-{letters(rng, 24)}",
            f"sk_live_{letters(rng, 24)}",
            f"AIza{letters(rng, 35, url[:-2])}",
            f"sk-proj-{letters(rng, 48)}T3BlbkFJ{letters(rng, 48)}",
            f"sk-ant-api03-{letters(rng, 93)}AA",
            f"dapi{letters(rng, 32, hexa)}",
            f"npm_{letters(rng, 36)}",
            f"pypi-AgEIcHlwaS5vcmc{letters(rng, 120)}",
            f"SG.{letters(rng, 22)}.{letters(rng, 43)}",
            f"postgres://app:{letters(rng, 14)}@db.example.org:5432/shop",
            f"https://ci:{letters(rng, 20)}@git.example.com/team/repo.git",
            f"aws_secret_access_key = {letters(rng, 40)}",
            f"WANDB_API_KEY={letters(rng, 40, hexa)}",
            f"{digits(rng, 9)}:AA{letters(rng, 33)}",
            f"AccountKey={letters(rng, 86)}==",
            f"shpat_{letters(rng, 32, hexa)}",
            f"dop_v1_{letters(rng, 64, hexa)}",
            f"glsa_{letters(rng, 32)}_{letters(rng, 8, hexa)}",
        ]
    )


def private_key(rng: random.Random) -> str:
    kind = rng.choice(["RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED ", "DSA "])
    body = base64.b64encode(rng.randbytes(rng.choice([48, 300, 1200]))).decode()
    lines = "\n".join(body[place : place + 64] for place in range(0, len(body), 64))
    text = f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"
    return text if rng.random() < 0.7 else text.replace("\n", "\\n")


def jwt(rng: random.Random) -> str:
    def part(value: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    header = {"alg": rng.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"}
    body = {"sub": letters(rng, 10), "iat": rng.randrange(1_600_000_000, 1_800_000_000)}
    signature = base64.urlsafe_b64encode(rng.randbytes(32)).decode().rstrip("=")
    return f"{part(header)}.{part(body)}.{signature}"
