"""What the hub made of each invented newcomer, read at its doors and compared with what was expected."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any
from uuid import UUID

from devkit import evidence
from devkit.journey import Evidence, Journey, told, with_evidence
from devkit.partners import Partner
from devkit.population import Expected, Newcomer
from devkit.sandbox.inner import InnerDoors

_AT_ONCE = 6
_INTENT = "DispatchIntended"


@dataclass(frozen=True, slots=True)
class Finding:
    """One newcomer: what was expected, what was decided, and everything the services tell."""

    newcomer: Newcomer
    outcome: str
    rule: str
    reasons: tuple[str, ...]
    terms: tuple[str, ...]
    notices: Sequence[Mapping[str, Any]]
    journey: Journey

    @property
    def expected(self) -> Expected:
        """What the population says should come of it."""
        return self.newcomer.expected

    @property
    def as_expected(self) -> bool:
        """Whether outcome, rule and letter are those that were expected."""
        return (self.outcome, self.rule) == (self.expected.outcome, self.expected.rule) and self.notified == self.expected.registered

    @property
    def notified(self) -> bool:
        """Whether a letter tells of the registration."""
        return any(notice["purpose"] == "registrationConfirmation" for notice in self.notices)

    @property
    def intended_at(self) -> datetime | None:
        """When the intent to send the first letter was put in the log."""
        for one in self.journey.evidence:
            for event in one.report.events if one.report else ():
                if event.name == _INTENT:
                    return event.leaf.at
        return None


async def find(people: Sequence[Newcomer], operator: Partner, doors: Sequence[InnerDoors], policy: bytes) -> list[Finding]:
    """Look everyone up, through the doors only."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(person: Newcomer) -> Finding:
        async with gate:
            return await _look_up(person, operator, doors, policy)

    return await asyncio.gather(*(one(person) for person in people))


async def _look_up(person: Newcomer, operator: Partner, doors: Sequence[InnerDoors], policy: bytes) -> Finding:
    who = {"ssin": person.contract.ssin}
    decided = await operator.post("/registration/v1/decisions/query", who)
    owed = await operator.post("/integrationFeed/v1/obligations/query", who)
    notices = (await operator.post("/notification/v1/notices/query", who))["items"]
    journey = await told(doors, UUID(decided["personId"]))
    journey = await with_evidence(journey, operator, policy) if notices else journey
    last = (decided["items"] or journey.about("obligationDecided") or [{}])[-1]
    return Finding(
        newcomer=person,
        outcome=str(last.get("outcome", "nothing")),
        rule=str(last.get("rule", "-")),
        reasons=tuple(last.get("reasons", ())),
        terms=tuple(str(term["state"]) for obligation in owed["items"] for term in obligation["terms"]),
        notices=notices,
        journey=journey,
    )


def latency_ms(findings: Sequence[Finding], posted_at: Mapping[str, datetime]) -> tuple[int, float, float]:
    """How many contracts posted by themselves led to a letter, and p50 and p95 from the post to the letter's intent in the log."""
    spans = [
        (found.intended_at - posted_at[found.newcomer.contract.ssin]).total_seconds() * 1000
        for found in findings
        if found.intended_at is not None and found.newcomer.contract.ssin in posted_at
    ]
    if len(spans) < 2:  # noqa: PLR2004 - quantiles need two
        return len(spans), 0.0, 0.0
    cuts = quantiles(spans, n=20, method="inclusive")
    return len(spans), cuts[9], cuts[18]


def channels(findings: Sequence[Finding]) -> Counter[tuple[str, str, str]]:
    """Notices by purpose, channel and state."""
    return Counter((notice["purpose"], notice["channel"], notice["state"]) for found in findings for notice in found.notices)


def bundles(findings: Sequence[Finding]) -> list[Evidence]:
    """The evidence of every notice."""
    return [one for found in findings for one in found.journey.evidence]


def refused_when_changed(one: Evidence, policy: bytes) -> bool:
    """Whether the same bundle with one byte changed is refused."""
    return evidence.refused(evidence.changed_one_byte(one.bundle), policy)
