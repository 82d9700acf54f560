"""Made-up identity numbers: drawn at random until the library stdnum takes them, so that they are valid."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from importlib import import_module

from benchmarks.pii_true import digits, filled, letters


def drawn(module: str, make: Callable[[], str]) -> str:
    check = import_module(f"stdnum.{module}").is_valid
    while True:
        value = make()
        if check(value):
            return value


def birth_date(rng: random.Random, form: str) -> str:
    parts = {
        "Y": f"{rng.randrange(1930, 2004)}",
        "m": f"{rng.randrange(1, 13):02d}",
        "d": f"{rng.randrange(1, 29):02d}",
    }
    parts["y"] = parts["Y"][2:]
    return "".join(parts[mark] for mark in form)


def national_id(rng: random.Random) -> tuple[str, str]:
    """A number, and the words that name it; empty for those that are told by their form."""
    make: list[Callable[[], tuple[str, str]]] = [
        lambda: (f"{rng.randrange(1, 600):03d}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}", ""),
        lambda: (drawn("us.ssn", lambda: digits(rng, 9, "12345")), "SSN"),
        lambda: (drawn("es.dni", lambda: digits(rng, 8) + rng.choice(string.ascii_uppercase)), ""),
        lambda: (drawn("es.nie", lambda: rng.choice("XYZ") + digits(rng, 7) + rng.choice(string.ascii_uppercase)), ""),
        lambda: (drawn("ch.ssn", lambda: f"756.{digits(rng, 4)}.{digits(rng, 4)}.{digits(rng, 2)}"), ""),
        lambda: (drawn("br.cpf", lambda: f"{digits(rng, 3)}.{digits(rng, 3)}.{digits(rng, 3)}-{digits(rng, 2)}"), ""),
        lambda: (drawn("nl.bsn", lambda: digits(rng, 9, "12")), "BSN"),
        lambda: (drawn("pl.pesel", lambda: birth_date(rng, "ymd") + digits(rng, 5)), "PESEL"),
        lambda: (
            drawn(
                "fi.hetu",
                lambda: filled(rng, f"{birth_date(rng, 'dmy')}-###") + rng.choice("0123456789ABCDEFHJKLMNPRSTUVWXY"),
            ),
            "",
        ),
        lambda: (drawn("se.personnummer", lambda: f"{birth_date(rng, 'ymd')}-{digits(rng, 4)}"), ""),
        lambda: (drawn("no.fodselsnummer", lambda: birth_date(rng, "dmy") + digits(rng, 5)), "fødselsnummer"),
        lambda: (
            drawn(
                "be.nn",
                lambda: filled(rng, f"{birth_date(rng, 'y')}.{birth_date(rng, 'm')}.{birth_date(rng, 'd')}-###.##"),
            ),
            "",
        ),
        lambda: (
            drawn(
                "fr.nir",
                lambda: filled(
                    rng, f"{rng.choice('12')} ## {birth_date(rng, 'm')} {rng.randrange(1, 95):02d} ### ### ##"
                ),
            ),
            "",
        ),
        lambda: (
            drawn(
                "it.codicefiscale",
                lambda: (
                    letters(rng, 6, "BCDFGLMNPRSTV")
                    + birth_date(rng, "y")
                    + rng.choice("ABCDEHLMPRST")
                    + birth_date(rng, "d")
                    + rng.choice("ABCDEFGHL")
                    + digits(rng, 3)
                    + rng.choice(string.ascii_uppercase)
                ),
            ),
            "",
        ),
        lambda: (drawn("de.idnr", lambda: digits(rng, 11, "123456789")), "Steuer-ID"),
        lambda: (drawn("gb.nhs", lambda: f"{digits(rng, 3, '4')} {digits(rng, 3)} {digits(rng, 4)}"), "NHS"),
        lambda: (
            filled(rng, f"{rng.choice(['AB', 'CE', 'JY', 'AA', 'HJ'])} ## ## ## {rng.choice('ABCD')}"),
            "",
        ),
        lambda: (drawn("ca.sin", lambda: f"{digits(rng, 3, '1234567')} {digits(rng, 3)} {digits(rng, 3)}"), "SIN"),
        lambda: (
            drawn("in_.aadhaar", lambda: f"{digits(rng, 4, '23456789')} {digits(rng, 4)} {digits(rng, 4)}"),
            "Aadhaar",
        ),
        lambda: (drawn("kr.rrn", lambda: f"{birth_date(rng, 'ymd')}-{rng.choice('12')}{digits(rng, 6)}"), ""),
        lambda: (drawn("cz.rc", lambda: f"{birth_date(rng, 'ymd')}/{digits(rng, 4)}"), ""),
        lambda: (
            drawn(
                "cl.rut",
                lambda: f"{rng.randrange(5, 25)}.{digits(rng, 3)}.{digits(rng, 3)}-{rng.choice('0123456789K')}",
            ),
            "",
        ),
        lambda: (
            drawn("za.idnr", lambda: birth_date(rng, "ymd") + digits(rng, 4) + "08" + digits(rng, 1)),
            "ID number",
        ),
        lambda: (
            drawn("cn.ric", lambda: "110101" + birth_date(rng, "Ymd") + digits(rng, 3) + rng.choice("0123456789X")),
            "",
        ),
    ]
    return rng.choice(make)()
