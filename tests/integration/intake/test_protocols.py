"""Without a valid protocol a fact does not even come in (`mechanics.md` 20)."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.intake.kinds import Command
from chassis.intake.take import Refused, Told
from tests.integration.intake.conftest import TOY, House, delete, put, stop
from tests.support.figures import Figure, Guarantee

FLOW = "integrationToRegistration"
UNDER_A_FLOW = replace(TOY, flow=FLOW)
PARKED = Told("parked", "protocolMissing")
_SWITCH = "INSERT INTO data_protocol (flow, active) VALUES (:flow, :on) ON CONFLICT (flow) DO UPDATE SET active = :on RETURNING flow"


async def _switch(house: House, *, on: bool) -> None:
    await house.rows(_SWITCH, flow=FLOW, on=on)
    house.units.protocols.forget()


def _under(command: Command) -> Command:
    return replace(command, kind=UNDER_A_FLOW)


async def _kept(house: House) -> Sequence[tuple[object, ...]]:
    return await house.rows("SELECT reference FROM fact UNION ALL SELECT reference FROM toy")


async def test_m20_a_fact_is_not_taken_in_and_its_sender_is_told(house: House, figure: Figure) -> None:
    await _switch(house, on=False)

    assert await house.take(_under(put(1))) == [PARKED]

    assert await house.outcomes("r1") == [(1, "parked", "protocolMissing")]
    assert await _kept(house) == []
    assert await house.rows("SELECT 1 FROM person") == []  # nobody was looked up
    figure(Guarantee.PROTOCOLS, "a fact without a protocol: 0 kept, 0 people looked up, its sender told `parked`, `protocolMissing`")


async def test_m20_the_same_version_comes_in_once_there_is_a_protocol(house: House) -> None:
    await _switch(house, on=False)
    await house.take(_under(put(1)))
    await _switch(house, on=True)

    assert await house.take(_under(put(1))) == [Told("accepted", first=True)]
    assert await house.outcomes("r1") == [(1, "accepted", None)]


async def test_m20_what_takes_back_or_ends_is_always_heard(house: House) -> None:
    await house.take(_under(put(1)), _under(put(1, reference="r2")))
    await _switch(house, on=False)

    assert await house.take(_under(stop(2)), _under(delete(2, reference="r2"))) == [Told("accepted"), Told("withdrawn")]


async def test_m20_a_record_known_before_keeps_what_stands(house: House) -> None:
    await house.take(_under(put(1)))
    await _switch(house, on=False)

    [repeated] = await house.take(_under(put(1)))
    [newer] = await house.take(_under(put(2, "Brugge")))
    [other] = await house.take(_under(put(1, "Aalst")))

    assert (repeated, newer) == (Told("duplicate"), PARKED)
    assert isinstance(other, Refused)
    assert await house.state("r1") == ("Gent", None)
    assert await house.outcomes("r1") == [(2, "parked", "protocolMissing")]


async def test_m20_kinds_under_no_flow_come_in_beside_those_that_lack_their_protocol(house: House) -> None:
    await _switch(house, on=False)

    replies = await house.take(_under(put(1)), put(1, reference="r2"), _under(put(1, reference="r3")))

    assert replies == [PARKED, Told("accepted", first=True), PARKED]
