"""What the bus may bring in an order nobody meant: closings before openings, answers after the end, two cases at once."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.bus.port import Outgoing
from chassis.ids import uuid7
from contracts.codes import Category, Cause, RegistrationState
from contracts.envelope import Envelope, encode
from contracts.identifiers import IncompleteDate, PersonId, Ssin
from contracts.integration import ObligationClosed, ObligationOpened
from contracts.people import FeedDecision, PersonFacts
from contracts.protocols import protocol_id
from contracts.registration import RegistrationRegistered
from contracts.registry import Event
from services.registration.store import known
from services.registration.usecases import weigh
from tests.integration.house import Person
from tests.integration.newcomers.house import House
from tests.support.eventually import eventually
from vault.client import Vault
from vault.values import DataClass

DAY = date(2026, 10, 20)
_WAITS = text("""
    SELECT EXISTS (SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
                   WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted)
""")


async def publish(house: House, *events: Event) -> None:
    """Put these on the bus, one after the other, as their service would."""
    now = datetime(2026, 10, 20, 6, tzinfo=UTC)
    protocols = [protocol_id(event.needed_flows()[0]) for event in events]
    records = [Envelope(uuid7(), now, event, protocol_id=protocol) for event, protocol in zip(events, protocols, strict=True)]
    producer = await house.feed.parts.bus.producer()
    await producer.publish([Outgoing(one.data.topic, str(one.data.key).encode(), encode(one)) for one in records])
    await producer.close()
    await house.settled()


async def person_id(house: House, who: Person) -> PersonId:
    """The hub's own name for a person."""
    return (await house.feed.parts.get(Vault).people([Ssin(who.ssin)]))[Ssin(who.ssin)].person_id


async def opened(house: House, who: Person, case: UUID) -> ObligationOpened:
    """An obligation as the feed announces it."""
    person = await person_id(house, who)
    facts = PersonFacts(ssin=Ssin(who.ssin), family_name="Zorianyk", given_name="Oles", birth_date=IncompleteDate.of(who.born))
    decided = FeedDecision(outcome="required", rule_id="N13", rule_set="newcomers-2022.1", due_on=DAY)
    vault = house.feed.parts.get(Vault)
    boxes = await vault.seal([(person, DataClass.DOSSIER, facts), (person, DataClass.DOSSIER, decided)])
    return ObligationOpened(
        person_id=person,
        obligation_id=case,
        contract_id=uuid7(),
        agency="agii",
        version=1,
        effective_on=DAY,
        anchor_on=DAY,
        outcome="required",
        rule_id="N13",
        rule_set="newcomers-2022.1",
        terms=(),
        person=boxes[0],
        decision=boxes[1],
    )


async def test_an_opening_that_is_read_after_its_closing_registers_nobody(house: House) -> None:
    who, case = house.someone(), uuid7()
    opening = await opened(house, who, case)
    closing = ObligationClosed(
        **opening.model_dump(include={"person_id", "obligation_id", "contract_id", "agency", "effective_on", "rule_id"}),
        version=2,
        outcome="closed",
        reasons=("contractStopped",),
    )
    await publish(house, closing, opening)
    assert await house.registrations(who) == []


async def test_of_two_cases_of_one_person_in_one_batch_one_is_registered_and_the_other_linked(house: House) -> None:
    who = house.someone()
    await publish(house, await opened(house, who, uuid7()), await opened(house, who, uuid7()))
    assert [one["state"] for one in await house.registrations(who)] == ["registered", "linked"]


async def test_people_of_one_batch_are_decided_each_as_of_their_own_day(house: House) -> None:
    today, earlier = house.someone(), house.someone()
    before = (await opened(house, earlier, uuid7())).model_copy(update={"effective_on": DAY - timedelta(days=3)})
    await publish(house, await opened(house, today, uuid7()), before)
    assert (await house.registered(today), await house.registered(earlier)) == (["2026-10-20"], ["2026-10-17"])


async def test_of_two_cases_of_one_person_that_waited_together_one_is_registered_and_the_other_linked(house: House) -> None:
    await house.registers_complete("2026-10-20", "workRegister", state="notFresh")
    who = house.someone()
    await publish(house, await opened(house, who, uuid7()), await opened(house, who, uuid7()))
    assert [one["state"] for one in await house.registrations(who)] == ["waiting", "waiting"]
    await house.registers_complete("2026-10-20", "workRegister")
    await house.settled()
    assert sorted(one["state"] for one in await house.registrations(who)) == ["linked", "registered"]


async def test_a_case_whose_person_was_erased_is_declined_and_stops_nothing(house: House) -> None:
    await house.registers_complete("2026-10-20", "workRegister", state="notFresh")
    who, other = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    vault = house.registration.parts.get(Vault)
    await vault.erase(await person_id(house, who), [DataClass.DOSSIER], "request")
    await house.registers_complete("2026-10-20", "workRegister")
    await house.settled()
    assert [(one["state"], one["rule"]) for one in await house.registrations(who)] == [("declined", "N2")]
    assert await house.registered(other) == ["2026-10-20"]


async def test_an_answer_that_comes_after_the_end_reopens_nothing_and_disturbs_no_new_obligation(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.ends(who, "stopped", "2026-10-19")
    await house.settled()
    await house.contract(who, "2026-10-19", by="atlas")
    await house.participant(who, by="atlas")
    await house.settled()
    first, second = await house.obligations(who)
    assert (first["state"], second["state"]) == ("closed", "open")
    facts = await opened(house, who, UUID(first["id"]))
    late = RegistrationRegistered(
        person_id=await person_id(house, who),
        registration_id=uuid7(),
        case_id=UUID(first["id"]),
        cause=Cause.NEWCOMER,
        state=RegistrationState.REGISTERED,
        outcome="required",
        rule_id="N13",
        rule_set="newcomers-2022.1",
        effective_on=DAY,
        version=9,
        category=Category.JOBSEEKER,
        period="x",
        person=facts.person,
    )
    await publish(house, late)
    first, second = await house.obligations(who)
    assert (first["state"], first["registered"], second["state"]) == ("closed", True, "open")


async def test_a_register_that_speaks_while_many_begin_to_wait_leaves_nobody_behind(house: House) -> None:
    await house.registers_complete("2026-10-20", "workRegister", state="notFresh")
    people = [house.someone() for _ in range(20)]
    await asyncio.gather(*(house.lives(who) for who in people), *(house.participant(who) for who in people))
    await house.settled()

    async def speaks() -> None:
        for state in ("notFresh", "available", "notFresh", "available"):
            await house.registers_complete("2026-10-20", "workRegister", state=state)

    await asyncio.gather(*(house.contract(who, "2026-10-19") for who in people), speaks())
    await house.settled()
    assert [await house.registered(who) for who in people] == [["2026-10-20"]] * len(people)


async def test_a_register_speaks_only_after_who_is_about_to_wait_for_it_has_said_so(house: House) -> None:
    await house.registers_complete("2026-10-20", "workRegister", state="notFresh")
    parts = house.registration.parts

    async def waits() -> bool:
        async with parts.database.transaction() as connection:
            return bool((await connection.execute(_WAITS)).scalar_one())

    async with parts.units.open() as about_to_wait:
        await weigh.sources_and_switches(about_to_wait, await known.said(about_to_wait), [DAY])
        speaking = asyncio.create_task(house.registers_complete("2026-10-20", "workRegister"))
        await eventually(waits)
    await speaking


async def test_everything_sent_twice_at_once_has_one_effect(house: House) -> None:
    who = house.someone()
    await asyncio.gather(house.lives(who), house.lives(who), house.participant(who), house.participant(who))
    await asyncio.gather(*(house.contract(who, "2026-10-19") for _ in range(4)))
    await house.settled()
    assert len(await house.obligations(who)) == 1
    assert await house.registered(who) == ["2026-10-20"]
    assert len([one for one in await house.outcomes(who) if one["result"] == "registered"]) == 1
