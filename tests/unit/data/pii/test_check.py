"""The check `pii` of tables: which status, which rows, what may be held, and that no value is ever shown."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.personal_data import ENTITIES, Allowed
from mlgate.data import check_hygiene
from mlgate.data.pii import looking
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources.tables import open_table

Outcomes = Mapping[str, Outcome]
Run = Callable[..., Outcomes]

CARDS = ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"]
LUHN = {
    "4111111111111111",
    "4242424242424242",
    "4012888888881881",
    "4539578763621486",
    "4916338506082832",
    "4024007198964305",
}


def table(**columns: list[Any]) -> dict[str, list[Any]]:
    return columns


def entities(outcome: Outcome) -> dict[str, tuple[str, str, int]]:
    return {one["entity"]: (one["rule"], one["status"], one["rows"]) for one in outcome.evidence["found"]}


class TestStatus:
    def test_check_digits_fail_and_a_form_warns(self, hygiene: Run) -> None:
        found = hygiene(table(card=CARDS, mail=["a@x.example", "b@x.example", None, "c@x.example"]))
        assert found["card/pii"].status is Status.FAIL
        assert entities(found["card/pii"]) == {"payment_card": ("column", "fail", 4)}
        assert found["mail/pii"].status is Status.WARN
        assert found["mail/pii"].message.startswith("3 of 3 values look like e-mail addresses")
        assert found["mail/pii"].evidence["null"] == 1

    def test_a_few_values_among_others(self, hygiene: Run) -> None:
        texts = [f"the parcel came late, {n}/5" for n in range(200)]
        texts[41] = "pay to DE89 3704 0044 0532 0130 00 please"
        texts[7] = texts[90] = "write to ann@example.org"
        found = hygiene(table(comment=texts))["comment/pii"]
        assert found.status is Status.FAIL
        assert entities(found) == {"iban": ("values", "fail", 1), "email": ("values", "warn", 2)}
        rows = [(row["row"], row["entity"]) for row in found.evidence["rows"]]
        assert rows == [(8, "email"), (42, "iban")]  # the first row of each value
        assert "1 of 200 values holds IBANs with valid check digits" in found.message

    def test_clean_columns_are_said_to_be(self, hygiene: Run) -> None:
        found = hygiene(table(a=["x", "y"], b=[1, 2], c=[None, None]))
        assert found["pii"].status is Status.PASS
        assert found["pii"].message == "3 columns looked at, none with personal data or credentials"

    def test_names_of_columns_are_looked_at(self, hygiene: Run) -> None:
        found = hygiene("a,ann@example.org\n1,2\n")
        assert found["pii"].status is Status.WARN
        assert "number 2" in found["pii"].message
        assert "ann@" not in found["pii"].message

    @pytest.mark.parametrize(
        ("hits", "of", "status"), [(1, 1, "warn"), (2, 2, "fail"), (1, 12, None), (2, 40, None), (6, 8, "fail")]
    )
    def test_plain_card_numbers_need_more_than_chance(
        self, hygiene: Run, hits: int, of: int, status: str | None
    ) -> None:
        numbers = [*sorted(LUHN)[:hits], *(f"400000000000{n:03d}1" for n in range(100, 100 + of - hits))]
        texts = [f"we had {number} there" for number in numbers] + [f"nothing {n}" for n in range(50)]
        found = hygiene(table(t=texts)).get("t/pii")
        assert (found.status.value if found else None) == status

    def test_numbers_of_a_column_tell_themselves(self, hygiene: Run) -> None:
        rng = random.Random(5)
        random_ids = [rng.randrange(4 * 10**15, 5 * 10**15) for _ in range(300)]
        cards = [int(card) for card in LUHN]
        assert "n/pii" not in hygiene(table(n=random_ids))
        assert hygiene(table(n=cards))["n/pii"].status is Status.FAIL
        assert hygiene(table(n=[*map(float, cards), None]))["n/pii"].status is Status.FAIL
        assert "n/pii" not in hygiene(table(n=[*cards, *random_ids]))

    def test_identity_numbers_without_a_word(self, hygiene: Run) -> None:
        pesel = [
            "44051401359",
            "02070803628",
            "90090515836",
            "92071314764",
            "81100216357",
            "80072909146",
            "49040501580",
        ]
        assert hygiene(table(k=pesel))["k/pii"].status is Status.FAIL
        assert hygiene(table(k=[int(value) for value in pesel if value[0] != "0"]))["k/pii"].status is Status.FAIL
        assert "k/pii" not in hygiene(table(k=[f"{int(value) + 1:011d}" for value in pesel]))

    def test_zeros_that_a_number_lost(self, hygiene: Run) -> None:
        found = hygiene(table(bsn=[12345672, 10464554, 123456782, 111222333]))["bsn/pii"]
        assert found.evidence["found"][0]["kinds"] == {"Dutch BSN": 4}


class TestPrivacy:
    @pytest.mark.parametrize("privacy", ["none", "masked", "full"])
    def test_no_value_is_ever_shown(self, hygiene: Run, privacy: str) -> None:
        values = [
            "4111 1111 1111 1111",
            "ann.lee@example.org",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "+1 202 555 0143",
        ]
        found = hygiene(table(t=values, n=[4111111111111111, 5555555555554444, 1, 2]), privacy=privacy)
        told = repr({name: outcome for name, outcome in found.items() if name.endswith("pii")})
        for value in [*values, "4111111111111111", "5555", "ann"]:
            assert value not in told
        assert ("rows" in found["t/pii"].evidence) == (privacy != "none")
        if privacy != "none":
            assert found["t/pii"].evidence["rows"][1]["value"] == "a*** (19 characters)"

    def test_keys_are_masked_too(self, check: Run, schema: Any, column: Any) -> None:
        found = check(
            table(id=["k-777", "k-888"], c=CARDS[:2]), schema(column("id"), column("c")), key=("id",), privacy="full"
        )
        assert [row["key"] for row in found["c/pii"].evidence["rows"]] == [{"id": "k*** (5 characters)"}] * 2


class TestSchema:
    def test_what_is_allowed_is_skipped_with_its_reason(self, check: Run, schema: Any, column: Any) -> None:
        everything = Allowed(tuple(ENTITIES), "consented")
        found = check(table(c=CARDS, d=CARDS), schema(column("c", "string", personal=everything), column("d")))
        assert (found["c/pii"].status, found["c/pii"].message) == (Status.SKIP, "personal data are allowed: consented")
        assert found["d/pii"].status is Status.FAIL
        assert found["d/pii"].location == Location("schemas/s.yaml", 3)
        assert "`pii: [payment_card]`" in found["d/pii"].hint

    def test_one_kind_allowed_leaves_the_others(self, check: Run, schema: Any, column: Any) -> None:
        mails = Allowed(("email",), "newsletter")
        found = check(
            table(c=["a@x.example", "b@x.example", CARDS[0], CARDS[1]]), schema(column("c", "string", personal=mails))
        )
        assert set(entities(found["c/pii"])) == {"payment_card"}
        found = check(table(c=["a@x.example"] * 3), schema(column("c", "string", personal=mails)))
        assert "c/pii" not in found
        assert found["pii"].status is Status.PASS

    def test_columns_that_are_not_declared(self, check: Run, schema: Any, column: Any) -> None:
        data = table(a=["x"] * 4, c=CARDS)
        assert check(data, schema(column("a"), extra="warn"))["c/pii"].status is Status.FAIL
        found = check(data, schema(column("a"), extra="ignore"))
        assert "c/pii" not in found
        assert found["pii"].message.endswith("1 that the schema does not declare is not")

    @pytest.mark.parametrize("kind", ["date", "datetime", "boolean", "time", "duration"])
    def test_typed_columns_hold_none(self, check: Run, schema: Any, column: Any, kind: str) -> None:
        assert "x/pii" not in check("x\n4111111111111111\n5555555555554444\n", schema(column("x", kind)))

    @pytest.mark.parametrize("kind", ["integer", "number", "string", "any"])
    def test_numbers_in_a_text_file(self, check: Run, schema: Any, column: Any, kind: str) -> None:
        found = check("x\n4111111111111111\n5555555555554444\n", schema(column("x", kind)))
        assert found["x/pii"].status is Status.FAIL

    def test_no_rows(self, check: Run, schema: Any, column: Any) -> None:
        assert not [name for name in check("x\n", schema(column("x"))) if name.endswith("pii")]


class TestBadInput:
    def test_bytes_nested_values_nulls_and_uuids(self, hygiene: Run) -> None:
        import pyarrow as pa

        noise = bytes(range(256)) * 40
        found = hygiene(
            {
                "image": pa.array([noise, noise], pa.binary()),
                "text": pa.array([b"ann@example.org", b"bob@example.org"], pa.binary()),
                "nested": pa.array([{"a": ["ann@example.org"]}, {"a": []}]),
                "null": pa.array([None, None], pa.string()),
                "kind": pa.array(["ann@example.org", "x"]).dictionary_encode(),
            }
        )
        assert {name for name in found if name.endswith("/pii")} == {"text/pii", "nested/pii", "kind/pii"}

    def test_long_values(self, hygiene: Run) -> None:
        long = "lorem ipsum dolor " * 60_000
        found = hygiene(table(t=[long, f"{long} DE89370400440532013000 {long}", "x"]))["t/pii"]
        assert entities(found) == {"iban": ("values", "fail", 1)}
        assert found.evidence["rows"][0]["value"] == f"l*** ({2 * len(long) + 24:,} characters)"

    def test_text_that_is_not_utf_8(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_bytes(b"a,b\n1,ann@example.org\n2,\xff\xfe\n3,bob@example.org\n")
        with open_table([path], shown="t.csv") as opened:
            found = {one.id: one for one in check_hygiene(opened, dataset="t")}
        assert found["data/t/unparseable_rows"].status is Status.FAIL
        assert found["data/t/b/pii"].status is Status.WARN

    def test_json_lines(self, save: Callable[..., Path]) -> None:
        path = save('{"a": "ann@example.org", "b": {"card": "4111 1111 1111 1111"}}\n' * 3, "t.jsonl")
        with open_table([path], shown="t.jsonl") as opened:
            found = {one.id: one.status for one in check_hygiene(opened, dataset="t")}
        assert found["data/t/a/pii"] is Status.WARN
        assert found["data/t/b/pii"] is Status.FAIL

    def test_a_missing_library_is_an_error_with_the_line_to_add(
        self, hygiene: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from mlgate.data.pii import phone_plans
        from mlgate.errors import MlgateError

        def absent() -> Any:
            raise MlgateError("phone numbers cannot be judged without phonenumbers", hint="add it")

        monkeypatch.setattr(phone_plans, "_codes", absent)
        found = hygiene(table(t=["+1 202 555 0143", "x"], m=["ann@example.org", "y"]))
        assert (found["t/pii"].status, found["t/pii"].hint) == (Status.ERROR, "add it")
        assert found["m/pii"].status is Status.WARN


class TestManyValues:
    """The path of large tables, with small limits."""

    @pytest.fixture
    def large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in ("check", "looking"):
            monkeypatch.setattr(f"mlgate.data.pii.{module}.{'FEW_ROWS' if module == 'check' else 'MOST_OF_FEW'}", -1)

    def test_both_paths_say_the_same(self, save: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        rng = random.Random(2)
        from benchmarks.pii_columns import TRUE

        path = save({f"{place}_{name}": make(rng) for place, (_, name, make) in enumerate(TRUE[::3])})

        def judged() -> list[Outcome]:
            with open_table([path], shown="t.parquet") as opened:
                return [one for one in check_hygiene(opened, dataset="t") if one.check == "pii"]

        few = judged()
        assert len(few) > 10
        monkeypatch.setattr("mlgate.data.pii.check.FEW_ROWS", -1)
        assert judged() == few

    @pytest.mark.usefixtures("large")
    def test_more_than_the_limit_is_told(self, hygiene: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(looking, "MOST_VALUES", 100)
        found = hygiene(table(t=[f"person{n}@example.org" for n in range(2000)]))["t/pii"]
        assert found.status is Status.WARN
        (one,) = found.evidence["found"]
        assert one["every"] > 10
        assert 1500 < one["rows"] <= 2000
        assert found.message.startswith("about ")
        assert "were looked at closely" in found.message

    @pytest.mark.usefixtures("large")
    def test_rows_in_any_order_give_the_same(self, hygiene: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(looking, "MOST_VALUES", 50)
        texts = [f"a{n}@example.org, card {CARDS[n % 4]}" for n in range(500)]
        first = entities(hygiene(table(t=texts))["t/pii"])
        random.Random(1).shuffle(texts)
        assert entities(hygiene(table(t=texts))["t/pii"]) == first

    @pytest.mark.usefixtures("large")
    def test_rare_values_are_all_found_beside_many_of_another_kind(
        self, hygiene: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looking, "MOST_VALUES", 100)
        monkeypatch.setattr(looking, "MOST_AT_FIRST", 20)
        texts = [f"person{n}@example.org" for n in range(4000)]
        texts[1234], texts[3456] = "DE89 3704 0044 0532 0130 00", "pay 4111 1111 1111 1111 by phone"
        found = {one["entity"]: one for one in hygiene(table(t=texts))["t/pii"].evidence["found"]}
        assert (found["iban"]["rows"], found["iban"]["every"]) == (1, 1)
        assert (found["payment_card"]["rows"], found["payment_card"]["every"]) == (1, 1)
        assert found["email"]["every"] > 100

    @pytest.mark.usefixtures("large")
    def test_most_values_that_only_look_so_are_looked_at_again(
        self, hygiene: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looking, "MOST_VALUES", 1000)
        monkeypatch.setattr(looking, "MOST_AT_FIRST", 20)
        texts = [f"{n:04}@host.local" for n in range(900)]  # no top-level domain
        texts[77] = "ann@example.org"
        (one,) = hygiene(table(t=texts))["t/pii"].evidence["found"]
        assert (one["entity"], one["rows"], one["every"]) == ("email", 1, 1)
