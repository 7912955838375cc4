"""What the hub made of each invented person, read at its doors and compared with what was expected."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any
from uuid import UUID

from devkit import evidence
from devkit.journey import Evidence, Journey, told, with_evidence
from devkit.partners import Partner
from devkit.population import Newcomer, Pupil
from devkit.sandbox.inner import InnerDoors

_AT_ONCE = 6
_INTENT = "DispatchIntended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody of the population, and what the hub should make of them."""

    ssin: str
    kind: str
    outcome: str
    rule: str
    registered: bool

    @classmethod
    def of_newcomer(cls, one: Newcomer) -> "Wanted":
        """A newcomer."""
        return cls(one.contract.ssin, one.kind, one.expected.outcome, one.expected.rule, one.expected.registered)

    @classmethod
    def of_pupil(cls, one: Pupil) -> "Wanted":
        """A pupil."""
        return cls(one.who.ssin, one.kind, one.expected.outcome, one.expected.rule, one.expected.registered)


@dataclass(frozen=True, slots=True)
class Finding:
    """One person: what was expected, what was decided, and everything the services tell."""

    wanted: Wanted
    outcome: str
    rule: str
    reasons: tuple[str, ...]
    terms: tuple[str, ...]
    notices: Sequence[Mapping[str, Any]]
    journey: Journey

    @property
    def as_expected(self) -> bool:
        """Whether outcome, rule and letter are those that were expected."""
        wanted = self.wanted
        return (self.outcome, self.rule, self.notified) == (wanted.outcome, wanted.rule, wanted.registered)

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


@dataclass(frozen=True, slots=True)
class Looking:
    """Where findings are read: the public doors as an operator, the inner ones, and whom a verifier trusts."""

    operator: Partner
    doors: Sequence[InnerDoors]
    policy: bytes

    async def at_newcomers(self, people: Iterable[Newcomer]) -> list[Finding]:
        """Look every newcomer up, through the doors only."""
        return await _each(self._newcomer, (Wanted.of_newcomer(one) for one in people))

    async def at_pupils(self, people: Iterable[Pupil]) -> list[Finding]:
        """The same of pupils."""
        return await _each(self._pupil, (Wanted.of_pupil(one) for one in people))

    async def _newcomer(self, wanted: Wanted) -> Finding:
        who = {"ssin": wanted.ssin}
        decided = await self._ask("registration", "decisions", who)
        owed = (await self._ask("integrationFeed", "obligations", who))["items"]
        notices, journey = await self._told(who, decided["personId"])
        last = (decided["items"] or journey.about("obligationDecided") or [{}])[-1]
        terms = tuple(str(term["state"]) for obligation in owed for term in obligation["terms"])
        return _finding(wanted, last, terms, notices, journey)

    async def _pupil(self, wanted: Wanted) -> Finding:
        """What registration decided last, else the feed: of those who never leave it registration knows no case."""
        who = {"ssin": wanted.ssin}
        decided = await self._ask("registration", "decisions", who)
        if not decided["items"]:
            decided = await self._ask("educationFeed", "decisions", who)
        notices, journey = await self._told(who, decided["personId"])
        return _finding(wanted, (decided["items"] or [{}])[-1], (), notices, journey)

    async def _told(self, who: Mapping[str, str], person_id: str) -> tuple[Sequence[Mapping[str, Any]], Journey]:
        notices = (await self._ask("notification", "notices", who))["items"]
        journey = await told(self.doors, UUID(person_id))
        return notices, await with_evidence(journey, self.operator, self.policy) if notices else journey

    async def _ask(self, api: str, what: str, who: Mapping[str, str]) -> Any:
        return await self.operator.post(f"/{api}/v1/{what}/query", who)


def _finding(
    wanted: Wanted, last: Mapping[str, Any], terms: tuple[str, ...], notices: Sequence[Mapping[str, Any]], journey: Journey
) -> Finding:
    outcome, rule = str(last.get("outcome", "nothing")), str(last.get("rule", "-"))
    return Finding(wanted, outcome, rule, tuple(last.get("reasons", ())), terms, notices, journey)


async def _each(look: Callable[[Wanted], Awaitable[Finding]], people: Iterable[Wanted]) -> list[Finding]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(wanted: Wanted) -> Finding:
        async with gate:
            return await look(wanted)

    return await asyncio.gather(*(one(wanted) for wanted in people))


def latency_ms(findings: Sequence[Finding], posted_at: Mapping[str, datetime]) -> tuple[int, float, float]:
    """How many contracts posted by themselves led to a letter, and p50 and p95 from the post to the letter's intent in the log."""
    spans = [
        (found.intended_at - posted_at[found.wanted.ssin]).total_seconds() * 1000
        for found in findings
        if found.intended_at is not None and found.wanted.ssin in posted_at
    ]
    if len(spans) < 2:  # noqa: PLR2004 - quantiles need two
        return len(spans), 0.0, 0.0
    cuts = quantiles(spans, n=20, method="inclusive")
    return len(spans), cuts[9], cuts[18]


def channels(findings: Iterable[Finding]) -> Counter[tuple[str, str, str]]:
    """Notices by purpose, channel and state."""
    return Counter((notice["purpose"], notice["channel"], notice["state"]) for found in findings for notice in found.notices)


def bundles(findings: Iterable[Finding]) -> list[Evidence]:
    """The evidence of every notice."""
    return [one for found in findings for one in found.journey.evidence]


def refused_when_changed(one: Evidence, policy: bytes) -> bool:
    """Whether the same bundle with one byte changed is refused."""
    return evidence.refused(evidence.changed_one_byte(one.bundle), policy)
