"""A column with personal data allows what it holds, shows none of it, and never allows a credential."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.data.infer_personal import REASON
from tests.unit.data.infer_cases import csv_of, findings, proposed, rules

Save = Callable[..., Path]
KEY = "AKIA" + "Z4MVWQ7RT2KX5NPH"
MAILS = [f"ann.{'abcde'[row % 5]}@firm.com" for row in range(60)]
CARDS = ["4111 1111 1111 1111", "5555 5555 5555 4444"] * 30


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        (MAILS, ("email",)),
        (CARDS, ("payment_card",)),
        (["+49 30 901820"] * 60, ("phone",)),
        (
            [f"see {MAILS[0]}, paid by {CARDS[0]}" if row == 7 else f"note {row}" for row in range(60)],
            ("email", "payment_card"),
        ),
    ],
)
def test_what_is_found_is_allowed_with_a_reason_to_confirm(
    save: Save, values: list[str], allowed: tuple[str, ...]
) -> None:
    path = save(csv_of(n=list(range(60)), x=[f'"{value}"' for value in values]))
    text, schema = proposed(path)
    personal = schema.columns["x"].personal
    assert personal is not None
    assert (personal.entities, personal.reason) == (allowed, REASON)
    assert findings(path, schema) == []
    assert not any(value in text for value in values)  # the set of few values would be in the repository
    assert schema.columns["n"].personal is None


def test_numbers_of_phones_show_no_range(save: Save) -> None:
    path = save(csv_of(n=list(range(60)), phone=[4930901820 + 7 * row for row in range(60)]))
    text, schema = proposed(path, ranges=True)
    assert schema.columns["phone"].personal is not None
    assert "between" not in rules(schema.columns["phone"])
    assert "4930901820" not in text
    assert findings(path, schema) == []


def test_a_credential_is_never_allowed(save: Save) -> None:
    values: list[Any] = [f"note {row}" for row in range(60)]
    values[3] = f"key {KEY} of {MAILS[0]}"
    path = save(csv_of(n=list(range(60)), x=values))
    text, schema = proposed(path)
    personal = schema.columns["x"].personal
    assert personal is not None
    assert personal.entities == ("email",)
    assert "keys are not allowed here: revoke them" in " ".join(text.replace("#", "").split())
    assert KEY not in text
    assert [found.split(": ")[0] for found in findings(path, schema)] == ["data/t/x/pii"]


def test_a_library_that_is_missing_is_an_error_with_the_line_to_add(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlgate.data.pii import phone_plans
    from mlgate.errors import MlgateError, SourceError

    def absent() -> Any:
        raise MlgateError("phone numbers cannot be judged without phonenumbers", hint="add it")

    monkeypatch.setattr(phone_plans, "_codes", absent)
    with pytest.raises(SourceError, match="without phonenumbers") as problem:
        proposed(save(csv_of(x=["+49 30 901820"] * 60)))
    assert problem.value.hint == "add it"
