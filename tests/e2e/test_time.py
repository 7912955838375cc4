"""Time: two clocks, the steps of the movable one, and what it means to be at rest (`mechanics.md` 21-23)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from chassis.clock import local_midnight, technical_now
from devkit.errors import ClockAhead, NotSettled
from devkit.sandbox.inner import Snapshot
from tests.support.hub import Body, Hub, Person

SIGNED = "2026-03-02"
DUE = date(2026, 5, 1)  # day 60 after the signature: the last day of the statutory term


async def _owes_but_cannot_be_registered(hub: Hub) -> Person:
    """A newcomer without whom nobody decides: the basis for registering by itself is switched off, so reminders and terms run."""
    await hub.starts_on(SIGNED)
    await hub.switch_rule_row("autoRegistrationBasis", active=False)
    return await hub.newcomer(signed_on=SIGNED)


async def _snapshots(hub: Hub) -> Sequence[Snapshot]:
    return [await door.snapshot() for door in hub.inside]


def _at(said: Body, key: str) -> datetime:
    return datetime.fromisoformat(said[key])


async def test_m21_years_of_business_time_leave_tokens_and_recorded_times_alone(hub: Hub) -> None:
    began = technical_now()
    await hub.starts_on(SIGNED)
    await hub.clock.advance_to("2031-03-03T08:00")  # five years later the same tokens, minutes old, still open the doors
    await hub.sources_are_complete("2031-03-03")

    newcomer = await hub.newcomer(signed_on="2031-03-03")
    await hub.settled()

    [registration] = await hub.vdab.registrations_of(newcomer)
    assert (registration["state"], registration["effectiveOn"]) == ("registered", "2031-03-03")
    assert began <= _at(registration, "recordedAt") <= technical_now()


async def test_m22_the_clock_stops_at_every_instant_something_is_due_and_each_thing_happens_at_its_own(hub: Hub) -> None:
    newcomer = await _owes_but_cannot_be_registered(hub)
    await hub.sources_are_complete("2026-06-01")  # else nobody would be told overdue on an absence
    await hub.settled()
    before = {one.service: one.generation for one in await _snapshots(hub)}

    await hub.clock.advance_to("2026-05-04T08:00")
    await hub.settled()

    after = await _snapshots(hub)
    submitted = {notice["purpose"]: _at(notice, "submittedAt") for notice in await hub.notices_for(newcomer)}
    assert submitted["obligationReminder30"] == local_midnight(date(2026, 4, 1))
    assert submitted["obligationReminder45"] == local_midnight(date(2026, 4, 16))
    obligation = await hub.agency.obligation_of(newcomer)
    assert obligation is not None
    [statutory] = [term for term in obligation["terms"] if term["dueOn"] == DUE.isoformat()]
    assert _at(statutory, "overdueSince") == local_midnight(DUE + timedelta(days=1))
    # Four dates of this newcomer lie on the way, and every service stood at each of them; retries are the technical clock's.
    assert len({one.generation for one in after}) == 1
    assert 4 <= after[0].generation - max(before.values()) <= 10
    assert {one.now for one in after} == {datetime(2026, 5, 4, 6, tzinfo=UTC)}


async def test_m22_backwards_is_refused_and_leaves_everything_where_it_was(hub: Hub) -> None:
    await hub.starts_on(SIGNED)
    before = await _snapshots(hub)

    with pytest.raises(ClockAhead):
        await hub.clock.advance_to("2026-03-01T08:00")

    assert [(one.now, one.generation) for one in await _snapshots(hub)] == [(one.now, one.generation) for one in before]


async def test_m23_waiting_for_a_source_is_rest(hub: Hub) -> None:
    await hub.clock.advance_to(f"{SIGNED}T08:00")  # no register ever said how complete it is
    newcomer = await hub.newcomer(signed_on=SIGNED)

    await hub.settled()

    assert (await hub.agency.outcome_of(newcomer))["result"] == "waiting"
    first = await _snapshots(hub)
    await hub.settled()
    assert [one.counters for one in await _snapshots(hub)] == [one.counters for one in first]


async def test_m23_who_does_not_come_to_rest_is_named(hub: Hub) -> None:
    await hub.starts_on(SIGNED)
    newcomer = hub.someone()
    await hub.vdab.knows_residence(newcomer)
    await hub.agency.reports_participant(newcomer)
    await hub.settled()
    database = await asyncpg.connect(hub.work.ground.urls.owner("registration"))
    try:
        async with database.transaction():
            await database.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
            await hub.agency.reports_contract(newcomer, signed_on=SIGNED)
            with pytest.raises(NotSettled, match="registration consumer"):
                await hub.clock.settled(timeout_s=0.5)
    finally:
        await database.close()

    await hub.settled()
    assert [one["state"] for one in await hub.vdab.registrations_of(newcomer)] == ["registered"]
