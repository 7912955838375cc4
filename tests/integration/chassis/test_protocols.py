"""No data flows without a legal basis (`mechanics.md` 20)."""

from tests.support.shop import FLOW, Ordered, Shipped, Shop, number_in, somebody

_SWITCH = """
    INSERT INTO data_protocol (flow, active) VALUES (:flow, :active)
    ON CONFLICT (flow) DO UPDATE SET active = excluded.active RETURNING flow
"""


async def _switch(shop: Shop, *, active: bool) -> None:
    await shop.rows(_SWITCH, flow=FLOW, active=active)
    shop.units.protocols.forget()


async def _sent(shop: Shop) -> list[int | None]:
    return [number_in(value) for (value,) in await shop.rows("SELECT value FROM outbox ORDER BY id")]


async def test_m20_an_event_without_a_valid_protocol_is_parked_and_the_unit_commits(shop: Shop) -> None:
    [anne] = somebody()
    await _switch(shop, active=False)
    async with shop.units.open() as uow:
        await uow.take([anne])
        uow.publish([Shipped(person_id=anne, number=1), Ordered(person_id=anne, number=2)])

    assert await _sent(shop) == [2]
    assert await shop.parked() == [("protocolMissing", 1)]


async def test_m20_redrive_sends_it_once_the_protocol_is_valid_in_the_order_of_the_person(shop: Shop) -> None:
    [anne] = somebody()
    await _switch(shop, active=False)
    for number in range(5):
        async with shop.units.open() as uow:
            await uow.take([anne])
            uow.publish([Shipped(person_id=anne, number=2 * number), Shipped(person_id=anne, number=2 * number + 1)])

    still = await shop.redrive.redrive(await shop.parked_id(4), "operator")
    assert (still.redriven, await _sent(shop)) == (0, [])
    assert FLOW in str(still.stopped)
    assert {cause for cause, _ in await shop.parked()} == {"protocolMissing"}

    await _switch(shop, active=True)
    await shop.units.outbox_wake.wait(0)
    done = await shop.redrive.redrive(await shop.parked_id(4), "operator")

    assert done.redriven == 10
    assert await _sent(shop) == list(range(10))
    assert await shop.parked() == []
    assert await shop.units.outbox_wake.wait(0)


async def test_m20_what_waits_to_leave_does_not_block_what_comes_in(shop: Shop) -> None:
    [anne] = somebody()
    await _switch(shop, active=False)
    async with shop.units.open() as uow:
        await uow.take([anne])
        uow.publish([Shipped(person_id=anne, number=1)])
    async with shop.units.open() as uow:
        await uow.take([anne])

        assert not uow.blocked(anne)


async def test_m20_the_envelope_names_the_protocol(shop: Shop) -> None:
    [anne] = somebody()
    async with shop.units.open() as uow:
        uow.publish([Shipped(person_id=anne, number=1)])

    [(value,)] = await shop.rows("SELECT value FROM outbox")
    assert f'"protocolid":"hub:{FLOW}:1"'.encode() in value
