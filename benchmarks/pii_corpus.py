"""Precision and recall of the detectors of personal data on labelled texts and columns, made by code with fixed seeds.

A finding counts where it has the label's entity and overlaps its place; every other finding is a false one. The part
that is held out was written after the detectors were final.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks import pii_true as true
from benchmarks.pii_columns import judged_columns
from benchmarks.pii_hand import BY_HAND
from benchmarks.pii_held_out import HELD_OUT, held_out_items
from benchmarks.pii_lookalikes import look_alikes
from benchmarks.pii_true import Item
from benchmarks.pii_true_ids import national_id
from mlgate.config.personal_data import ENTITIES
from mlgate.data.pii import findings_in_text

SEED = 20_260_101
FRAMES = (
    "{}",
    "{}",
    "please note: {}",
    "Contact {} before Friday, thanks",
    '{{"value": "{}", "n": 3}}',
    "2024-01-31 10:00:00 INFO user={} status=200",
    "x;{};y",
    "<td>{}</td>",
    "Kontakt: {}.",
    "({})",
    "first line\n{}\nlast line",
)
MAKERS = {
    "email": true.email,
    "phone": true.phone,
    "payment_card": true.card,
    "iban": true.iban,
    "ip_address": true.ip_address,
    "mac_address": true.mac_address,
    "secret": true.secret,
    "private_key": true.private_key,
    "jwt": true.jwt,
}


@dataclass(slots=True)
class Score:
    """Counts of one entity."""

    found: int = 0
    missed: int = 0
    false: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else float("nan")

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else float("nan")


def made_items(rng: random.Random, each: int) -> list[Item]:
    """So many texts of each entity."""
    items = []
    for entity in ENTITIES:
        for _ in range(each):
            frame = rng.choice(FRAMES)
            name = ""
            if entity == "national_id":
                value, words = national_id(rng)
                told = f"{words}: {value}" if words and rng.random() < 0.7 else value
                name = words if words and told == value else ""
                text = frame.format(told)
            else:
                value = MAKERS[entity](rng)
                text = frame.format(value)
            items.append(Item(text, entity, value, name=name, group=entity))
    return items


def score(items: Iterable[Item]) -> dict[str, Score]:
    """Counts by entity."""
    scores = {entity: Score() for entity in ENTITIES}
    for item in items:
        hit = False
        for found in findings_in_text(item.text, name=item.name):
            start, end = item.span if item.entity else (-1, -1)
            if found.entity == item.entity and found.start < end and start < found.end:
                hit = True
            else:
                scores[found.entity].false += 1
                scores[found.entity].wrong.append(f"false {found.entity} ({found.kind}) in {item.group}: {item.text!r}")
        if item.entity:
            scores[item.entity].found += hit
            scores[item.entity].missed += not hit
            if not hit:
                scores[item.entity].wrong.append(f"missed {item.entity}: {item.name} {item.text!r}")
    return scores


def total(scores: Iterable[Score]) -> Score:
    every = list(scores)
    return Score(*(sum(getattr(one, name) for one in every) for name in ("found", "missed", "false")))


def show(title: str, items: Sequence[Item], *, every: bool) -> Score:
    """Print a table; the sum of its counts."""
    scores = score(items)
    count = Counter("true" if item.entity else "look-alike" for item in items)
    print(f"\n{title}: {count['true']} true texts, {count['look-alike']} look-alikes")
    print("  entity         found  missed  false  precision  recall")
    whole = total(scores.values())
    for name, one in [*scores.items(), ("all", whole)]:
        print(f"  {name:13} {one.found:6} {one.missed:7} {one.false:6} {one.precision:10.3f} {one.recall:7.3f}")
    if every:
        for one in scores.values():
            print(*(f"    {line}" for line in one.wrong), sep="\n")
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=80, help="texts of each entity, and of each kind of look-alike")
    parser.add_argument("--wrong", action="store_true", help="print what was missed or falsely found")
    options = parser.parse_args()
    rng, other, third = (random.Random(SEED + place) for place in range(3))  # noqa: S311  # the same on every run
    built = [*made_items(rng, options.each), *look_alikes(rng, options.each), *BY_HAND]
    held = [*held_out_items(other, options.each), *HELD_OUT]
    wholes = [show("Built", built, every=options.wrong), show("Held out", held, every=options.wrong)]
    columns = judged_columns(third, every=options.wrong)
    good = all(one.precision >= 0.98 and one.recall >= 0.95 for one in wholes) and columns
    print("\nprecision >= 0.98 and recall >= 0.95, on both and on columns:", "yes" if good else "NO")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
