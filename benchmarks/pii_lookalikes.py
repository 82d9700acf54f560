"""Texts that look like personal data or secrets and are none."""

from __future__ import annotations

import base64
import datetime as dt
import random
import string
import uuid
from collections.abc import Callable

from benchmarks.pii_true import Item, digits, filled, letters

HEXA = "0123456789abcdef"


def day(rng: random.Random) -> dt.datetime:
    return dt.datetime(2015, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=rng.randrange(300_000_000))


def isbn13(rng: random.Random) -> str:
    body = f"978{digits(rng, 9)}"
    check = -sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body)) % 10
    return f"978-{body[3]}-{body[4:7]}-{body[7:12]}-{check}" if rng.random() < 0.6 else f"{body}{check}"


def isbn10(rng: random.Random) -> str:
    body = digits(rng, 9)
    check = sum(int(digit) * (place + 1) for place, digit in enumerate(body)) % 11
    return f"{body[0]}-{body[1:5]}-{body[5:]}-{'X' if check == 10 else check}"


def ean(rng: random.Random) -> str:
    body = digits(rng, 12, "45678")
    return body + str(-sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body)) % 10)


def message_id(rng: random.Random) -> str:
    stamp = day(rng).strftime("%Y%m%d%H%M%S")
    local = rng.choice(
        [
            f"{stamp}.{letters(rng, 8, string.hexdigits.upper())}",
            f"CA{rng.choice('+k_')}{letters(rng, 30)}={letters(rng, 12)}",
            f"{uuid.UUID(int=rng.getrandbits(128))}",
            f"{digits(rng, 10)}.{digits(rng, 6)}.{digits(rng, 13)}.JavaMail.app",
            f"{letters(rng, 16, HEXA)}-{letters(rng, 12, HEXA)}-000000",
        ]
    )
    host = rng.choice(["mail.example.com", "mx1.example.org", "email.amazonses.com", "mail.gmail.com"])
    return rng.choice(["Message-ID: <{}@{}>", "<{}@{}>", "In-Reply-To: <{}@{}>", "References: <{}@{}>"]).format(
        local, host
    )


def version(rng: random.Random) -> str:
    small = [rng.randrange(30) for _ in range(4)]
    return (
        rng.choice(
            [
                "v{}.{}.{}.{}",
                "{}.{}.{}.{}",
                "numpy=={}.{}.{}.{}",
                "Version: {}.{}.{}.{}",
                "build {}.{}.{}.{}",
                "app/{}.{}.{}.{}",
            ]
        ).format(*small)
        if rng.random() < 0.5
        else rng.choice(
            [
                f"Chrome/{rng.randrange(90, 130)}.0.{rng.randrange(4000, 7000)}.{rng.randrange(200)}",
                f"10.0.{rng.randrange(10000, 22621)}.{rng.randrange(3000)}",
                f"firmware {rng.randrange(100, 250)}.{rng.randrange(99)}.{rng.randrange(99)}.{rng.randrange(99)}",
                f"1.2.840.113549.1.1.{rng.randrange(20)}",
                f"Edge version {rng.randrange(90, 130)}.0.{rng.randrange(256)}.{rng.randrange(99)}",
                f"lodash@{rng.randrange(9)}.{rng.randrange(30)}.{rng.randrange(30)}",
            ]
        )
    )


def _order(rng: random.Random) -> str:
    return rng.choice(
        [
            f"order {digits(rng, 16)}",
            f"Order #{digits(rng, 12)}",
            f"{digits(rng, 3)}-{digits(rng, 7)}-{digits(rng, 7)}",
            f"INV-{digits(rng, 10)}",
            f"PO{digits(rng, 9)}",
            f"invoice no. {digits(rng, 13)}",
            f"ORD-{day(rng):%Y%m%d}-{digits(rng, 6)}",
            digits(rng, 10, "123456789"),
            f"tracking 1Z{letters(rng, 16, string.ascii_uppercase + string.digits)}",
            f"Bestellung {digits(rng, 11)}",
            f"ticket {digits(rng, 9)}",
            f"SKU {digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 4)}",
            f"case {digits(rng, 3)}-{digits(rng, 3)}-{digits(rng, 4)}",
            f"RMA{digits(rng, 8)}",
        ]
    )


def _timestamp(rng: random.Random) -> str:
    moment = day(rng)
    stamp = int(moment.timestamp())
    return rng.choice(
        [
            str(stamp),
            str(stamp * 1000 + rng.randrange(1000)),
            str(stamp * 10**6 + rng.randrange(10**6)),
            str(stamp * 10**9),
            moment.strftime("%Y-%m-%d %H:%M:%S"),
            moment.strftime("%Y%m%d%H%M%S"),
            moment.strftime("%d.%m.%Y %H:%M"),
            moment.isoformat(),
            moment.strftime("%Y%m%d-%H%M%S"),
            moment.strftime("%d/%m/%Y"),
            moment.strftime("%y%m%d-%H%M"),
            moment.strftime("%H:%M:%S.%f"),
            moment.strftime("%Y-%m-%dT%H-%M-%S"),
            f"{moment:%H:%M:%S}-{day(rng):%H:%M:%S}",
            moment.strftime("%d-%m-%y-%H-%M-%S"),
        ]
    )


def _coordinates(rng: random.Random) -> str:
    lat, lon = rng.uniform(-90, 90), rng.uniform(-180, 180)
    return rng.choice(
        [
            f"{lat:.6f}, {lon:.6f}",
            f"{lat:.14f},{lon:.14f}",
            f"{abs(lat):.4f}° N, {abs(lon):.4f}° W",
            f"POINT({lon:.8f} {lat:.8f})",
            f"geo:{lat:.5f},{lon:.5f}",
            f'{{"lat": {lat:.7f}, "lng": {lon:.7f}}}',
            f"{abs(lat):.15f}",
        ]
    )


def _hash(rng: random.Random) -> str:
    return rng.choice(
        [letters(rng, size, HEXA) for size in (7, 12, 32, 40, 64, 128)]
        + [
            str(uuid.UUID(int=rng.getrandbits(128))),
            f"sha256:{letters(rng, 64, HEXA)}",
            f"urn:uuid:{uuid.UUID(int=rng.getrandbits(128))}",
        ]
        + [
            base64.b64encode(rng.randbytes(33)).decode(),
            f"{letters(rng, 40, HEXA)}  data.csv",
            f"md5-{letters(rng, 22)}==",
            f"0x{letters(rng, 40, HEXA)}",
        ]
        + [
            ":".join(letters(rng, 2, HEXA) for _ in range(16)),
            ":".join(letters(rng, 2, HEXA) for _ in range(20)),
            f'etag W/"{letters(rng, 32, HEXA)}"',
        ]
    )


def _number(rng: random.Random) -> str:
    return rng.choice(
        [
            f"0.{digits(rng, 16)}",
            f"{rng.random():.17f}",
            f"${rng.randrange(10**9):,}",
            f"{digits(rng, 15, '1')}",
            f"-{digits(rng, 4)}.{digits(rng, 9)}",
            f"{digits(rng, 3)}-{digits(rng, 3)}",
            f"{rng.randrange(1900, 2000)}-{rng.randrange(2000, 2030)}",
            f"{digits(rng, 3)} {digits(rng, 3)} {digits(rng, 3)} EUR",
            f"pixels {digits(rng, 4)}x{digits(rng, 4)}",
            f"{digits(rng, 20)}",
            f"{digits(rng, 24)}",
            f"1e{digits(rng, 2)} {digits(rng, 10)}e-05",
            f"{digits(rng, 2)}:{digits(rng, 2)}:{digits(rng, 2)}:{digits(rng, 2)}",
            f"array([{', '.join(digits(rng, 4) for _ in range(6))}])",
        ]
    )


def _product(rng: random.Random) -> str:
    return rng.choice(
        [
            isbn13(rng),
            isbn10(rng),
            f"ISBN {isbn13(rng)}",
            f"EAN {ean(rng)}",
            ean(rng),
            f"IMEI {digits(rng, 15, '3')}",
            f"ISSN {digits(rng, 4)}-{digits(rng, 4)}",
            f"doi:10.{digits(rng, 4)}/{digits(rng, 8)}.{digits(rng, 4)}.{digits(rng, 7)}",
            f"arXiv:{digits(rng, 4)}.{digits(rng, 5)}",
            f"0000-000{rng.randrange(1, 4)}-{digits(rng, 4)}-{digits(rng, 4)}",
            f"S/N {letters(rng, 12, string.ascii_uppercase + string.digits)}",
            filled(rng, "^^^^^-^#^#^-#####"),
            f"part {digits(rng, 4)}-{digits(rng, 5)}-{digits(rng, 2)}",
            f"VIN 1HG{letters(rng, 14, 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789')}",
            f"CAS {digits(rng, 4)}-{digits(rng, 2)}-{digits(rng, 1)}",
            f"NCT{digits(rng, 8)}",
            f"PMID {digits(rng, 8)}",
            f"GSM{digits(rng, 7)}",
            f"rs{digits(rng, 9)}",
            f"CHEMBL{digits(rng, 7)}",
            f"US{digits(rng, 10)}A1",
        ]
    )


def _address_like(rng: random.Random) -> str:
    name = letters(rng, 7, string.ascii_lowercase)
    return rng.choice(
        [
            f"{name}@2x.png",
            f"git@github.com:{name}/{name}.git",
            f"ssh://git@git.example.org/{name}",
            f"@{name}@mastodon.social",
            f"{name}@{digits(rng, 1)}.{digits(rng, 2)}.{digits(rng, 1)}",
            f"root@{name}:/var/log",
            f"scp {name}@build01:/tmp/x .",
            f"getty@tty{rng.randrange(9)}.service",
            f"{name}@localhost",
            "foo(a@b)",
            f"image@sha256:{letters(rng, 64, HEXA)}",
            f"user@{digits(rng, 2)}.{name}.py3",
            f"@{name} thanks @{name}",
            f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}",
            f"192.168.{rng.randrange(256)}.{rng.randrange(256)}",
            "127.0.0.1:8080",
            "0.0.0.0",  # noqa: S104  # a text
            "255.255.255.0",
            "::1",
            "std::vector<int>",
            f"{name}::{name}",
            "fe80::1ff:fe23:4567:890a",
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
            "01:00:5e:00:00:fb",
            f"http://{name}.example.com/orders/{digits(rng, 16)}",
            f"/data/{day(rng):%Y/%m/%d}/{digits(rng, 10)}.parquet",
            f"s3://bucket/{letters(rng, 20)}",
        ]
    )


def _key_like(rng: random.Random) -> str:
    return rng.choice(
        [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "AKIAXXXXXXXXXXXXXXXX",
            "sk-your-api-key-goes-here",
            "hf_your_token_here",
            "xoxb-your-token",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
            "postgres://user:password@localhost/db",
            "https://user:${TOKEN}@host.example/x",
            "eyJ.not.token",
            f"eyJ{letters(rng, 30)}",
            f"SK{digits(rng, 6)}",
            f"SKU{letters(rng, 32, HEXA)}",
            f"key-{letters(rng, 8)}",
            f"npm_config_{letters(rng, 9, string.ascii_lowercase)}",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDd",
            "Bearer <token>",
            f"pscale_branch_{letters(rng, 6)}",
            f"{letters(rng, 24)}",
            f"{letters(rng, 44)}=",
            f"sha512-{letters(rng, 86)}==",
            "password: hunter",
            "hvs.example",
            "AIzaSy_PLACEHOLDER_KEY_FOR_THE_DOCUMENTATION",
        ]
    )


KINDS: dict[str, Callable[[random.Random], str]] = {
    "orders": _order,
    "hashes": _hash,
    "versions": version,
    "message ids": message_id,
    "products": _product,
    "coordinates": _coordinates,
    "timestamps": _timestamp,
    "numbers": _number,
    "addresses": _address_like,
    "keys": _key_like,
}
FRAMES = ("{}", "{}", "see {} for details", "value={}", '{{"id": "{}"}}', "a,b,{},c", "[{}]", "ref {}\n")


def look_alikes(rng: random.Random, each: int) -> list[Item]:
    """So many texts of each kind."""
    return [
        Item(rng.choice(FRAMES).format(make(rng)), None, group=kind)
        for kind, make in KINDS.items()
        for _ in range(each)
    ]
