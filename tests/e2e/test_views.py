"""What each partner reads at its outcomes door, for every outcome code in use: Education never a person's status at VDAB."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import pytest

from contracts.codes import LeaverOutcome, NewcomerOutcome
from tests.e2e.doors.stand import FAMILY_NAME, GIVEN_NAME, residence
from tests.e2e.views import HELD_AT_VDAB, NEWCOMERS, OF_EDUCATION, OF_VDAB, REPORTED_ON, TODAY, Leaver, Newcomer
from tests.support.hub import Body, Hub, Person

LEAVERS = (*OF_VDAB, *OF_EDUCATION)
ALL_NEWCOMERS = (*NEWCOMERS, *HELD_AT_VDAB)
Case: TypeAlias = Leaver | Newcomer
# What an entry says of its place and time; everything else two records of the same fate share.
_WHERE = {"id", "reference", "recordedAt", "supersedes"}
_ENTRY = {"kind": "enrolment", "sourceVersion": 1}


def test_every_outcome_code_in_use_has_a_line() -> None:
    of_leavers = {code for one in LEAVERS for code in (one.feed, one.registration)}
    assert of_leavers - {None} == set(LeaverOutcome), "a new outcome of leavers: say in tests/e2e/views.py what Education reads of it"
    of_newcomers = {code for one in ALL_NEWCOMERS for code in (one.feed, one.registration)}
    assert of_newcomers - {None} == set(NewcomerOutcome), "a new outcome of newcomers: say in tests/e2e/views.py what an agency reads of it"


def test_education_waits_or_is_held_only_by_what_it_reported_itself() -> None:
    assert {one.told for one in OF_VDAB} == {("accepted", None)}
    assert {one.told[0] for one in LEAVERS} <= {"accepted", "duplicate", "waiting", "held", "withdrawn", "parked"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("hub", ["postgres"], indirect=True)
async def test_each_partner_reads_of_every_outcome_what_is_its_own_and_operators_read_all_of_it(hub: Hub) -> None:
    await hub.starts_on(REPORTED_ON)
    await hub.sources_are_complete(TODAY)
    people = await everybody(hub)

    await education_reads(hub, people)
    await the_agency_reads(hub, people)
    await operators_read(hub, people)
    for client, api in (("education", "educationFeed"), ("education", "registration"), ("agii", "registration")):
        asked = await hub.partners[client].answer("POST", f"/{api}/v1/decisions/query", {"ssin": people[OF_VDAB[0]].ssin})
        assert asked.status_code in {401, 403}, (client, api, asked.text)
    assert [await door.parked() for door in hub.inside] == [[]] * len(hub.inside)


async def everybody(hub: Hub) -> Mapping[Case, Person]:
    """One person for each line, brought to its outcome."""
    people = {one: hub.someone(born=one.born if isinstance(one, Leaver) else "1990-05-17") for one in (*LEAVERS, *ALL_NEWCOMERS)}
    await asyncio.gather(*(_lives(hub, one, person) for one, person in people.items()))
    await hub.settled()
    for one, person in people.items():
        await one.before(hub, person)
    await hub.settled()
    answers = await _report(hub, people, LEAVERS)
    told = [_apart(answers[one]) for one in OF_VDAB if one in answers]
    assert told == [told[0]] * len(told), "the answer to a record tells the fates of two people apart"
    await hub.clock.advance_to(f"{TODAY}T08:00")
    await _report(hub, people, ALL_NEWCOMERS)
    for one, person in people.items():
        await one.after(hub, person)
    await hub.settled()
    for one, person in people.items():
        if one.silent:
            await _falls_silent(hub, one.silent)
            await _reports(hub, one, person)
            await hub.settled()
    return people


async def education_reads(hub: Hub, people: Mapping[Case, Person]) -> None:
    """The same of everyone whose fate VDAB decided, entry by entry; of the others what follows from its own reports."""
    entries = _by_record(await hub.schools.outcomes(), "enrolment")
    read = {one: entries[people[one].reference] for one in LEAVERS}
    assert {one.name: _said(read[one]) for one in LEAVERS} == {one.name: one.told for one in LEAVERS}
    whole = [[_apart(entry) for entry in read[one]] for one in OF_VDAB if not one.silent]
    assert whole == [[_ENTRY | {"result": "waiting", "reason": "waitingWindow"}, _ENTRY | {"result": "accepted"}]] * len(whole)
    assert all(_apart(read[one][-1]) == whole[0][-1] for one in OF_VDAB)
    _tells_no_names(entries)


async def the_agency_reads(hub: Hub, people: Mapping[Case, Person]) -> None:
    """The obligation, and whether and when somebody was registered; why registration holds a case it does not."""
    entries = _by_record(await hub.agency.outcomes(), "contract")
    read = {one: entries[people[one].reference] for one in ALL_NEWCOMERS}
    assert {one.name: _said(read[one]) for one in ALL_NEWCOMERS} == {one.name: one.told for one in ALL_NEWCOMERS}
    for one in ALL_NEWCOMERS:
        details = read[one][-1].get("details", {})
        assert {*details} <= {"obligationId", "registered", "registeredOn"}, one.name
        assert (details.get("registered", False), "registeredOn" in details) == (one.registered, one.registered), one.name
    held = [await _obligation(hub, "agii", people[one]) for one in HELD_AT_VDAB]
    assert all(one == held[0] for one in held), "what an agency reads of an obligation tells the reasons of registration apart"
    _tells_no_names(entries)


async def operators_read(hub: Hub, people: Mapping[Case, Person]) -> None:
    """The outcome itself, at the doors of VDAB's operators only."""
    found = {one.name: await _decided(hub, people[one]) for one in LEAVERS}
    assert found == {one.name: (one.feed, one.registration) for one in LEAVERS}
    owed = {one.name: await _owed(hub, people[one]) for one in ALL_NEWCOMERS}
    assert owed == {one.name: (one.feed, one.registration) for one in ALL_NEWCOMERS}


async def _lives(hub: Hub, one: Case, person: Person) -> None:
    if one.nis is not None:
        path = f"/registration/v1/personChanges/{person.reference}-home"
        await hub.partners["vdab"].put(path, residence(person.ssin, nis=one.nis))
    if isinstance(one, Newcomer):
        await hub.agency.partner.put(f"/integrationFeed/v1/participants/{person.reference}", one.participant_of(person))


async def _report(hub: Hub, people: Mapping[Case, Person], of: Sequence[Case]) -> Mapping[Case, Body]:
    """What is said at the door of these records."""
    some = [one for one in of if not one.silent]
    answers = await asyncio.gather(*(_reports(hub, one, people[one]) for one in some))
    await hub.settled()
    return dict(zip(some, answers, strict=True))


async def _reports(hub: Hub, one: Case, person: Person) -> Body:
    """The record that everything is about."""
    if isinstance(one, Leaver):
        return dict(await hub.schools.partner.put(f"/educationFeed/v1/enrolments/{person.reference}", one.body(person)))
    return dict(await hub.agency.partner.put(f"/integrationFeed/v1/contracts/{person.reference}", one.contract_of(person)))


async def _falls_silent(hub: Hub, source: str) -> None:
    client, api = ("education", "educationFeed") if source.startswith("enrolments") else ("vdab", "registration")
    body = {"sourceVersion": date.fromisoformat(TODAY).toordinal() + 1, "state": "unavailable"}
    await hub.partners[client].put(f"/{api}/v1/sourceStates/{source}", body)


async def _decided(hub: Hub, person: Person) -> tuple[str | None, str | None]:
    """The last words of feed and registration."""
    last = []
    for api in ("educationFeed", "registration"):
        items = (await hub.partners["operator1"].post(f"/{api}/v1/decisions/query", {"ssin": person.ssin}))["items"]
        last.append(items[-1]["outcome"] if items else None)
    return last[0], last[1]


async def _owed(hub: Hub, person: Person) -> tuple[str | None, str | None]:
    obligation = await _obligation(hub, "operator1", person)
    _, registration = await _decided(hub, person)
    return obligation["outcome"], registration


async def _obligation(hub: Hub, client: str, person: Person) -> dict[str, Any]:
    [found] = (await hub.partners[client].post("/integrationFeed/v1/obligations/query", {"ssin": person.ssin}))["items"]
    return {name: value for name, value in found.items() if name not in {"id", "version"}}


def _by_record(entries: Sequence[Body], kind: str) -> Mapping[str, list[Body]]:
    """The entries of each record of a kind, oldest first."""
    found: dict[str, list[Body]] = {}
    for one in entries:
        if one["kind"] == kind:
            found.setdefault(one["reference"], []).append(one)
    return found


def _said(entries: Sequence[Body]) -> tuple[str, str | None]:
    return entries[-1]["result"], entries[-1].get("reason")


def _apart(entry: Body) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in _WHERE}


def _tells_no_names(entries: object) -> None:
    assert not [name for name in (FAMILY_NAME, GIVEN_NAME) if name in str(entries)]
