"""Scenario 1: 50,000 pupils are closed on 31 August and enrolled again within 48 hours; only who truly left is a candidate on 1 October."""

from collections import Counter
from pathlib import Path

import pytest

from contracts.codes import LeaverOutcome
from contracts.education import LeaverDetected, LeaverReviewNeeded
from contracts.registration import RegistrationDeclined, RegistrationHeld, RegistrationLinked, RegistrationRegistered
from contracts.registry import EDUCATION_FEED, REGISTRATION, Event
from devkit.population import Pupil
from devkit.streams import everything_on
from tests.support.hub import Hub
from tests.support.school_year import CLIENTS, DECIDED, PHASES, PROOFS_KNOWN, SchoolYear

# Twenty decks; half a million come in `make endure`.
PUPILS = 50_000
_REST_S = 600.0
_ANSWERS = (RegistrationRegistered, RegistrationLinked, RegistrationDeclined, RegistrationHeld)


@pytest.mark.timeout(1800)
async def test_of_50_000_pupils_only_the_true_leavers_become_candidates_on_1_october(hub: Hub, tmp_path: Path) -> None:
    year = SchoolYear.written(tmp_path, seed=1, count=PUPILS)
    for phase in PHASES:
        await hub.starts_on(phase.isoformat())
        for client in CLIENTS:
            told = await year.tell(phase, hub.partners[client])
            assert told.total() == year.lines[phase, client]
            assert not told["parked"]
            await hub.clock.settled(_REST_S)

    await hub.starts_on("2026-09-30")
    before = await announced(hub, "before")
    assert len(before) == len(list(year.announced(told_by=PHASES[-1]))), "on 30 September only who left during the year is known"

    await hub.starts_on(DECIDED.isoformat())
    await hub.clock.settled(_REST_S)
    found = await announced(hub, "on the day")
    assert len(found) == len({event.person_id for event in found}) == len(list(year.announced(told_by=DECIDED)))
    assert await decided(hub, "on the day") == year.expected(told_by=DECIDED)

    await hub.starts_on(PROOFS_KNOWN.isoformat())
    await hub.clock.settled(_REST_S)
    assert await decided(hub, "in the end") == year.expected(told_by=PROOFS_KNOWN)
    for pupil in year.one_of_each():
        assert await stands(hub, pupil) == (str(pupil.expected.outcome), pupil.expected.rule, pupil.expected.registered), pupil.kind
    assert await current_outcomes(hub) == year.records, "records in are current outcomes"


async def announced(hub: Hub, when: str) -> list[LeaverDetected | LeaverReviewNeeded]:
    """Everyone the feed told registration of so far; one event each, for none is told anew."""
    events = await streamed(hub, EDUCATION_FEED.topic, when)
    assert all(isinstance(event, LeaverDetected | LeaverReviewNeeded) for event in events)
    return [event for event in events if isinstance(event, LeaverDetected | LeaverReviewNeeded)]


async def decided(hub: Hub, when: str) -> dict[tuple[str, str], int]:
    """What registration said of each case last: how many by outcome and rule."""
    last: dict[str, Event] = {}
    for event in await streamed(hub, REGISTRATION.topic, when):
        if isinstance(event, _ANSWERS):
            last[str(event.case_id)] = event
    return dict(Counter((event.outcome, event.rule_id) for event in last.values() if isinstance(event, _ANSWERS)))


async def streamed(hub: Hub, topic: str, when: str) -> list[Event]:
    return await everything_on(hub.work.ground.open_bus, [topic], f"{topic} {when}".replace(" ", "-"))


async def stands(hub: Hub, pupil: Pupil) -> tuple[str, str, bool]:
    """The last word about a pupil, of registration or else of the feed, and whether a letter went out."""
    who, operator = {"ssin": pupil.who.ssin}, hub.partners["operator1"]
    said = (await operator.post("/registration/v1/decisions/query", who))["items"]
    if not said:
        said = (await operator.post("/educationFeed/v1/decisions/query", who))["items"]
    notices = (await operator.post("/notification/v1/notices/query", who))["items"]
    assert pupil.expected.feed is not LeaverOutcome.CONTINUES
    return said[-1]["outcome"], said[-1]["rule"], bool(notices)


async def current_outcomes(hub: Hub) -> int:
    """How many records Education has a current outcome of: those that none supersedes, one a record."""
    current: dict[str, tuple[str, str]] = {}
    for told in await hub.schools.outcomes():
        current.pop(told.get("supersedes", ""), None)
        current[told["id"]] = told["kind"], told["reference"]
    assert len(set(current.values())) == len(current)
    return len(current)
