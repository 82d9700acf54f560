"""Every outcome, and what the report was made from, in the HTML report."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import origins, words
from mlgate.render.facts import as_text
from mlgate.render.headline import title
from mlgate.render.html_parts import Links, Look, Section, code, framed, plain, table
from mlgate.render.visible import label

_ORDER = (Status.FAIL, Status.ERROR, Status.WARN, Status.PASS, Status.SKIP)
_HEADER = ("Outcome", "Status", "Tier", "Message", "Where", "Time")
_BYTES = 40_000
_FACTS = (
    ("Repository", "repository"),
    ("Compared with commit", "base"),
    ("Branch", "branch"),
    ("Command", "command"),
    ("Seed", "seed"),
    ("mlgate", "mlgate"),
    ("Python", "python"),
)


def every_outcome(report: Report, links: Links, budget: int) -> Section:
    """All outcomes as one table, folded: what blocks first, else in the order of the run; as many as fit."""
    found = sorted(report.outcomes, key=lambda outcome: _ORDER.index(outcome.status))
    head = "".join(f'<th scope="col"{" class=number" if cell == "Time" else ""}>{cell}</th>' for cell in _HEADER)
    said = words.count(len(found), "outcome")
    listing = framed(
        "What blocks first",
        head,
        found,
        lambda outcome: _row(outcome, links),
        Look(budget=budget, css="outcomes", sortable=True),
    )
    body = f'<details><summary>Show all {said}</summary>\n<div class="tools"></div>{listing}</details>' if found else ""
    return Section(key="outcomes", title="Every outcome", note=f"{len(found):,}", body=body)


def _row(outcome: Outcome, links: Links) -> str:
    seconds = outcome.duration_s or None
    took = words.duration(seconds)
    key = f' data-v="{seconds:.4g}"' if took and seconds else ""
    status = outcome.status.value
    return (
        f'<tr><th scope="row">{plain(title(outcome), 200)}<small>{escape(label(outcome.id, 200))}</small></th>'
        f'<td class="{status}">{status}</td><td>{plain(outcome.tier, 30)}</td><td>{plain(outcome.message, 200)}</td>'
        f"<td>{links.place(outcome, as_code=False)}</td><td{key}>{took}</td></tr>"
    )


def provenance(report: Report) -> Section:
    """What a person needs to make the same report again: facts, datasets, packages."""
    known = report.provenance
    environment = known.get("environment")
    environment = environment if isinstance(environment, Mapping) else {}
    packages = environment.get("packages")
    commit = as_text(known.get("commit"))
    facts_known = [
        ("Commit", f"{commit}{words.uncommitted(dirty=origins.is_dirty(report))}".strip()),
        *((name, as_text(known.get(key))) for name, key in _FACTS),
        ("Machine", " ".join(as_text(environment.get(key)) for key in ("platform", "machine")).strip()),
        *((f"Dataset {d.name}", _dataset(d)) for d in origins.datasets(report)[:50]),
        *((f"Package {name}", as_text(v)) for name, v in (packages.items() if isinstance(packages, Mapping) else ())),
    ]
    rows = [(plain(name, 80), code(value, 300)) for name, value in facts_known if value][:200]
    listing = table("What this report was made from", ("Fact", "Value"), rows, Look(budget=_BYTES)) if rows else ""
    return Section(key="provenance", title="Provenance", body=listing)


def _dataset(dataset: origins.Dataset) -> str:
    size = [(dataset.rows, "row"), (dataset.columns, "column")]
    told = [words.count(n, noun) for n, noun in size if n is not None]
    return ", ".join(part for part in (dataset.path, *told, f"{dataset.source} {dataset.digest}".strip()) if part)
