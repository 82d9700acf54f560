"""Whole columns, with personal data and without, judged as `mlgate data check` judges a table without a schema."""

from __future__ import annotations

import random
import string
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import pii_lookalikes as alike
from benchmarks import pii_true as true
from benchmarks import pii_true_ids as ids
from benchmarks.pii_true import digits, filled, letters
from mlgate.outcome import Outcome

ROWS = 400
Make = Callable[[random.Random], Any]

PROSE = (
    "the parcel came late but the product works well",
    "battery lasts 12 hours, screen is 5.5 inches, paid 249.99",
    "ordered on 2024-01-31, arrived 2024-02-03, order 4711-2210",
    "would buy again, 5/5",
    "version 2.4.1 fixed the crash after 3 restarts at 10:15:30",
    "patient reports pain for 3 weeks, BP 120/80, temp 37.2",
    "see ticket #20231123 and build 1.0.0.12 for the details",
)


def prose(rng: random.Random) -> str:
    return f"{rng.choice(PROSE)} ({rng.randrange(10**6)})"


def _whole(make: Callable[[random.Random], str]) -> Make:
    return lambda rng: int("".join(filter(str.isdigit, make(rng))))


def _plain_card(rng: random.Random) -> str:
    return "".join(filter(str.isdigit, true.card(rng)))


def _scheme(module: str, make: Make) -> Make:
    return lambda rng: ids.drawn(module, lambda: make(rng))


def _among(make: Make, count: int) -> Callable[[random.Random], list[Any]]:
    """Prose with so many values of something in it."""

    def column(rng: random.Random) -> list[Any]:
        values = [prose(rng) for _ in range(ROWS)]
        for row in rng.sample(range(ROWS), count):
            values[row] = f"{values[row]}, contact {make(rng)} please"
        return values

    return column


def _all(make: Make, nulls: float = 0.0) -> Callable[[random.Random], list[Any]]:
    return lambda rng: [None if rng.random() < nulls else make(rng) for _ in range(ROWS)]


def _dated(rng: random.Random) -> str:
    return ids.birth_date(rng, "ymd") + digits(rng, 5)


TRUE: Sequence[tuple[str, str, Callable[[random.Random], list[Any]]]] = (
    ("email", "email", _all(true.email)),
    ("email", "user", _all(true.email, nulls=0.6)),
    ("email", "comment", _among(true.email, 1)),
    ("email", "notes", _among(true.email, 40)),
    ("phone", "phone", _all(true.phone)),
    ("phone", "contact", _all(lambda rng: f"+1 415 555 {digits(rng, 4)}")),
    ("phone", "mobile_number", _all(lambda rng: f"415555{digits(rng, 4)}")),
    ("phone", "phone_no", _all(lambda rng: int(f"1415555{digits(rng, 4)}"))),
    ("phone", "review", _among(lambda rng: f"(415) 555-{digits(rng, 4)}", 3)),
    ("phone", "telefon", _all(lambda rng: f"030 23125{digits(rng, 3)}")),
    ("payment_card", "x", _all(true.card)),
    ("payment_card", "card_number", _all(_whole(_plain_card))),
    ("payment_card", "account", _all(_whole(_plain_card))),
    ("payment_card", "c16", _all(lambda rng: float(_plain_card(rng)) if rng.random() < 0.9 else None)),
    ("payment_card", "comment", _among(true.card, 3)),
    ("payment_card", "message", _among(lambda rng: f"card {_plain_card(rng)}", 1)),
    ("payment_card", "chat", _among(lambda _: "4111 1111 1111 1111", 2)),
    ("iban", "iban", _all(true.iban)),
    ("iban", "field7", _all(true.iban, nulls=0.5)),
    ("iban", "purpose", _among(true.iban, 1)),
    (
        "national_id",
        "ssn",
        _all(lambda rng: f"{rng.randrange(1, 600):03d}-{rng.randrange(1, 99):02d}-{rng.randrange(1, 9999):04d}"),
    ),
    ("national_id", "SSN", _all(_whole(lambda rng: ids.drawn("us.ssn", lambda: digits(rng, 9, "1234"))))),
    ("national_id", "bsn", _all(_scheme("nl.bsn", lambda rng: digits(rng, 9, "012")))),
    ("national_id", "citizen_bsn", _all(_whole(_scheme("nl.bsn", lambda rng: digits(rng, 9, "012"))))),
    ("national_id", "pesel", _all(_scheme("pl.pesel", _dated))),
    ("national_id", "key", _all(_scheme("pl.pesel", _dated))),
    (
        "national_id",
        "id",
        _all(_whole(_scheme("no.fodselsnummer", lambda rng: ids.birth_date(rng, "dmy") + digits(rng, 5)))),
    ),
    ("national_id", "doc", _all(_scheme("br.cpf", lambda rng: digits(rng, 11)))),
    (
        "national_id",
        "documento",
        _all(_scheme("es.dni", lambda rng: digits(rng, 8) + rng.choice(string.ascii_uppercase))),
    ),
    (
        "national_id",
        "remark",
        _among(_scheme("es.dni", lambda rng: digits(rng, 8) + rng.choice(string.ascii_uppercase)), 3),
    ),
    (
        "national_id",
        "cf",
        _all(
            _scheme(
                "it.codicefiscale",
                lambda rng: (
                    letters(rng, 6, "BCDFGLMNPRST")
                    + ids.birth_date(rng, "y")
                    + "A01H501"
                    + rng.choice(string.ascii_uppercase)
                ),
            )
        ),
    ),
    (
        "national_id",
        "k",
        _all(
            _scheme(
                "cn.ric", lambda rng: "110101" + ids.birth_date(rng, "Ymd") + digits(rng, 3) + rng.choice("0123456789X")
            )
        ),
    ),
    ("ip_address", "client_ip", _all(true.ip_address)),
    ("ip_address", "host", _all(lambda rng: f"203.0.113.{rng.randrange(256)}")),
    (
        "ip_address",
        "line",
        _all(
            lambda rng: filled(
                rng, f'203.0.113.{rng.randrange(256)} - - [10/Oct/2026:13:55:##] "GET / HTTP/1.1" 200 ####'
            )
        ),
    ),
    ("mac_address", "device", _all(true.mac_address)),
    ("mac_address", "text", _among(lambda _: "00:1B:44:11:3A:B7", 2)),
    ("secret", "cell", _among(true.secret, 1)),
    ("secret", "token", _all(lambda rng: f"ghp_{letters(rng, 36)}")),
    ("secret", "config", _among(lambda rng: f"postgres://app:{letters(rng, 12)}@db.example.org/x", 1)),
    ("jwt", "session", _all(true.jwt)),
    ("jwt", "log", _among(true.jwt, 1)),
    ("private_key", "output", _among(true.private_key, 1)),
)


def _siret(rng: random.Random) -> str:
    siren = true.with_luhn(digits(rng, 8, "345678"))
    return true.with_luhn(siren + f"{rng.randrange(40):04d}")


NONE: Sequence[tuple[str, Callable[[random.Random], list[Any]]]] = (
    ("order_id", _all(lambda rng: digits(rng, 16))),
    ("id", _all(lambda rng: int(digits(rng, 16, "123456")))),
    ("id", _all(lambda rng: int(f"4{digits(rng, 15)}"))),
    ("key", _all(lambda rng: int(digits(rng, 11, "123456789")))),
    ("key", _all(lambda rng: int(digits(rng, 9, "123456789")))),
    ("key", _all(lambda rng: digits(rng, 10, "23456789"))),
    ("key", _all(lambda rng: digits(rng, 12, "123456789"))),
    ("serial", _all(lambda rng: digits(rng, 13, "123456789"))),
    ("serial", _all(lambda rng: digits(rng, 15, "123456789"))),
    ("serial", _all(lambda rng: f"{digits(rng, 8)}{rng.choice(string.ascii_uppercase)}")),
    ("sequence", lambda _: list(range(10_000_000_000, 10_000_000_000 + ROWS))),
    ("sequence", lambda _: list(range(4_000_000_000_000_000, 4_000_000_000_000_000 + ROWS))),
    ("sequence", lambda _: [f"{n:09d}" for n in range(123_456_000, 123_456_000 + ROWS)]),
    ("ts", _all(lambda rng: int(alike.day(rng).timestamp()))),
    ("ts", _all(lambda rng: int(alike.day(rng).timestamp() * 1000))),
    ("ts", _all(lambda rng: int(alike.day(rng).timestamp() * 1e6))),
    ("ts", _all(lambda rng: int(alike.day(rng).timestamp()) * 10**9)),
    ("ts", _all(lambda rng: f"{alike.day(rng):%Y%m%d%H%M%S}")),
    ("ts", _all(lambda rng: f"{alike.day(rng):%Y%m%d%H%M%S%f}")),
    ("ts", _all(lambda rng: f"{alike.day(rng):%y%m%d-%H%M}")),
    ("ts", _all(lambda rng: f"{alike.day(rng):%Y-%m-%d %H:%M:%S}")),
    ("ts", _all(lambda rng: f"{alike.day(rng):%d.%m.%Y}")),
    ("ean", _all(alike.ean)),
    ("code", _all(alike.ean)),
    ("isbn", _all(alike.isbn13)),
    ("book", _all(alike.isbn10)),
    ("book", _all(lambda rng: alike.isbn13(rng).replace("-", ""))),
    ("siret", _all(_siret)),
    ("company", _all(_siret)),
    ("imei", _all(lambda rng: true.with_luhn("35" + digits(rng, 12)))),
    ("device", _all(lambda rng: true.with_luhn("35" + digits(rng, 12)))),
    ("iccid", _all(lambda rng: true.with_luhn("8949" + digits(rng, 14)))),
    ("snowflake", _all(lambda rng: rng.randrange(10**17, 2 * 10**18))),
    ("uuid", _all(lambda rng: "-".join(letters(rng, size, alike.HEXA) for size in (8, 4, 4, 4, 12)))),
    ("sha", _all(lambda rng: letters(rng, 64, alike.HEXA))),
    ("md5", _all(lambda rng: letters(rng, 32, alike.HEXA))),
    ("commit", _all(lambda rng: letters(rng, 40, alike.HEXA))),
    ("blob", _all(lambda rng: letters(rng, 60, string.ascii_letters + string.digits + "+/"))),
    ("version", _all(alike.version)),
    ("release", _all(lambda rng: ".".join(str(rng.randrange(12)) for _ in range(4)))),
    ("message_id", _all(alike.message_id)),
    ("header", _all(alike.message_id)),
    ("lat", _all(lambda rng: rng.uniform(-90, 90))),
    ("latlon", _all(lambda rng: f"{rng.uniform(-90, 90):.12f},{rng.uniform(-180, 180):.12f}")),
    ("p", _all(lambda rng: f"{rng.random():.17f}")),
    ("amount", _all(lambda rng: round(rng.uniform(0, 1e12), 2))),
    ("amount", _all(lambda rng: float(rng.randrange(10**11, 10**12)))),
    ("bytes", _all(lambda rng: rng.randrange(10**10, 10**15))),
    ("hash_code", _all(lambda rng: rng.getrandbits(63))),
    ("review", _all(prose)),
    ("abstract", _all(lambda rng: f"{prose(rng)}. {prose(rng)}. doi:10.1000/{digits(rng, 8)}")),
    ("tracking", _all(lambda rng: f"1Z{letters(rng, 16, string.ascii_uppercase + string.digits)}")),
    ("parcel", _all(lambda rng: f"{digits(rng, 4)} {digits(rng, 4)} {digits(rng, 4)}")),
    ("licence", _all(lambda rng: "-".join(letters(rng, 5, string.ascii_uppercase + string.digits) for _ in range(5)))),
    ("part", _all(lambda rng: f"{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 4)}")),
    ("part", _all(lambda rng: f"{digits(rng, 3)}-{digits(rng, 3)}-{digits(rng, 4)}")),
    ("grid", _all(lambda rng: f"{digits(rng, 2)} {letters(rng, 2, string.ascii_uppercase)} {digits(rng, 4)}")),
    ("gene", _all(lambda rng: f"ENSG{digits(rng, 11)}.{rng.randrange(20)}")),
    (
        "agent",
        _all(lambda rng: filled(rng, f"Mozilla/5.0 (X11) Chrome/12#.0.{rng.randrange(255)}.## Safari/537.36")),
    ),
    ("url", _all(lambda rng: f"https://shop.example.com/item/{digits(rng, 16)}?ref={letters(rng, 8)}")),
    ("path", _all(lambda rng: f"/data/{digits(rng, 12)}/{letters(rng, 8)}@2x.png")),
    ("handle", _all(lambda rng: f"@{letters(rng, 8, string.ascii_lowercase)}")),
    ("zip", _all(lambda rng: f"{digits(rng, 5)}-{digits(rng, 4)}")),
    ("vector", _all(lambda rng: str([round(rng.random(), 6) for _ in range(8)]))),
    ("json", _all(lambda rng: f'{{"id": {digits(rng, 13)}, "ts": {int(alike.day(rng).timestamp())}}}')),
    (
        "log",
        _all(
            lambda rng: filled(rng, f"{alike.day(rng):%Y-%m-%d %H:%M:%S} INFO worker-# step ####### loss 0.#########")
        ),
    ),
    ("email_count", _all(lambda rng: rng.randrange(90))),
    ("phone_model", _all(lambda rng: f"SM-G{digits(rng, 3)}F")),
    ("card_type", _all(lambda rng: rng.choice(["visa", "mastercard"]))),
    ("local_ip", _all(lambda rng: f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}")),
    ("time", _all(lambda rng: f"{alike.day(rng):%H:%M:%S}:{rng.randrange(10, 60)}")),
    ("duration", _all(lambda rng: f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}")),
    ("flag", _all(lambda rng: rng.choice([0, 1]))),
    ("empty", _all(lambda _: None)),
)


def judge(columns: Mapping[str, list[Any]]) -> dict[str, Outcome]:
    """The outcome `pii` of each column in which something was found."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from mlgate.data import check_hygiene
    from mlgate.sources.tables import open_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        pq.write_table(pa.table(dict(columns)), path)
        with open_table([path], shown="t.parquet") as table:
            found = check_hygiene(table, dataset="t")
    return {
        outcome.subject.removeprefix("t."): outcome
        for outcome in found
        if outcome.check == "pii" and outcome.subject != "t"
    }


def judged_columns(rng: random.Random, *, every: bool) -> bool:
    """Print how many columns are judged right; whether precision and recall are good enough."""
    tables = [{name: make(rng)} for _, name, make in TRUE], [{name: make(rng)} for name, make in NONE]
    right = wrong = 0
    for (entity, name, _), table in zip(TRUE, tables[0], strict=True):
        found = judge(table).get(name)
        entities = [one["entity"] for one in found.evidence["found"]] if found else []
        right += entity in entities
        wrong += len(set(entities) - {entity})
        if every and entities != [entity]:
            print(f"    column {name} of {entity}: found {entities or 'nothing'}")
    alarms = 0
    for (name, _), table in zip(NONE, tables[1], strict=True):
        found = judge(table).get(name)
        alarms += found is not None
        if found is not None and every:
            print(f"    column {name} of nothing: {found.status.value} {found.message}")
    precision, recall = right / (right + wrong + alarms), right / len(TRUE)
    print(f"\nColumns of {ROWS} rows: {len(TRUE)} with personal data, {len(NONE)} without")
    print(f"  found {right}, missed {len(TRUE) - right}, false {wrong + alarms}")
    print(f"  precision {precision:.3f}, recall {recall:.3f}")
    return precision >= 0.98 and recall >= 0.95
