"""Sites as findings, one each, so that what several processes saw can be put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mlgate.lint.finding import CONTROLLED, Finding
from mlgate.lint.seeds.sites import Site
from mlgate.lint.seeds.wording import findings, rule_of


def places(sites: Iterable[Site]) -> Iterator[Finding]:
    """A finding for every site, also for the controlled ones; `evidence` names the generator that it draws from."""
    for site in sites:
        if site.is_seed:
            continue
        evidence = {"generator": site.generator} if site.generator else {}
        if site.verdict == CONTROLLED:
            yield Finding(
                rule=rule_of(site),
                path=site.path,
                line=site.line,
                column=site.column,
                message="",
                hint="",
                verdict=CONTROLLED,
                scope=site.scope,
                evidence=evidence,
            )
        for finding in findings([site]):
            yield replace(finding, evidence=evidence)
