"""The restore guard: nothing is signed below or beside what was published."""

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proof.checkpoints import Checkpoint
from proof.notes import NoteSigner
from services.notifications.evidence.errors import (
    BehindSecondStore,
    BesideSecondStore,
    LogDamaged,
    LogHalted,
    SecondStoreLost,
    SecondStoreMoved,
)
from tests.integration.evidence.house import House, until


async def grow(house: House, count: int) -> None:
    async with house.sequencing():
        await house.until_covered(await house.record(*(house.event(number % 40) for number in range(count))))


async def refusal(house: House) -> LogHalted:
    """Why the sequencer does not start; nothing may have been signed."""
    before = await house.rows("SELECT count(*) FROM log_checkpoint")
    with pytest.raises(LogHalted) as halt:
        await house.sequencer().run()
    assert await house.rows("SELECT count(*) FROM log_checkpoint") == before
    return halt.value


async def test_m27_a_restored_database_is_not_signed_below_the_published_checkpoint(house: House) -> None:
    await grow(house, 5)
    restored = await house.backup()
    await grow(house, 5)
    house.database = restored
    assert isinstance(await refusal(house), BehindSecondStore)


async def test_m27_a_restored_database_that_grew_again_is_recognised_as_another_history(house: House) -> None:
    await grow(house, 5)
    restored = await house.backup()
    shutil.copytree(house.store_folder, house.store_folder.with_name("old"))
    await grow(house, 5)
    published = house.store_folder
    house.database, house.store_folder = restored, published.with_name("old")
    await grow(house, 9)  # someone let it run beside an old copy of the second store
    house.store_folder = published
    assert isinstance(await refusal(house), BesideSecondStore)


async def test_m27_an_empty_database_does_not_begin_anew_under_a_published_log(house: House) -> None:
    note = Checkpoint(house.signer.origin, 7, bytes(32)).signed(house.signer.note)
    house.second().advance(None, note)
    assert isinstance(await refusal(house), BehindSecondStore)


async def test_m27_a_published_log_does_not_go_on_without_its_second_store(house: House) -> None:
    await grow(house, 3)
    shutil.rmtree(house.store_folder)
    assert isinstance(await refusal(house), SecondStoreLost)


async def test_m27_a_second_store_signed_by_a_stranger_is_not_believed(house: House) -> None:
    await grow(house, 3)
    stranger = NoteSigner(house.signer.origin, Ed25519PrivateKey.generate())
    (house.store_folder / "latest.checkpoint").write_bytes(Checkpoint(stranger.name, 2, bytes(32)).signed(stranger))
    assert isinstance(await refusal(house), SecondStoreLost)


async def test_m27_a_second_store_behind_the_database_is_completed(house: House) -> None:
    await grow(house, 3)
    old = house.second().latest()
    await grow(house, 3)
    newest = house.second().latest()
    shutil.rmtree(house.store_folder)
    note = Checkpoint(house.signer.origin, old.size if old else 0, old.root if old else b"").signed(house.signer.note)
    house.second().advance(None, note)
    async with house.sequencing():

        async def completed() -> bool:
            return house.second().latest() == newest

        await until(completed)
    await house.check_log()


async def test_m27_a_flipped_bit_in_a_stored_tile_stops_the_log(house: House) -> None:
    await grow(house, 3)
    await house.as_owner("UPDATE log_tile SET data = set_byte(data, 5, get_byte(data, 5) # 1)")
    assert isinstance(await refusal(house), LogDamaged)


async def test_m27_a_lost_entry_stops_the_log(house: House) -> None:
    await grow(house, 3)
    await house.as_owner("ALTER TABLE log_entry DISABLE TRIGGER USER")
    await house.as_owner("DELETE FROM log_entry WHERE idx = 3")
    assert isinstance(await refusal(house), LogDamaged)


async def test_m27_a_halted_log_shows_in_readiness_and_covers_nothing_new(house: House) -> None:
    await grow(house, 3)
    shutil.rmtree(house.store_folder)
    async with house.sequencing():
        ids = await house.record(house.event(0))

        async def halted() -> bool:
            return house.health.parts["sequencer"].why == "SecondStoreLost"

        await until(halted)
        assert not house.health.all_ready
        assert await house.covered(ids) == frozenset()


def test_the_second_store_changes_by_compare_and_swap_only(house: House) -> None:
    store = house.second()
    first, second = (Checkpoint(house.signer.origin, size, bytes(32)) for size in (1, 2))
    store.advance(None, first.signed(house.signer.note))
    with pytest.raises(SecondStoreMoved):
        store.advance(None, second.signed(house.signer.note))
    with pytest.raises(SecondStoreMoved):
        store.advance(second, second.signed(house.signer.note))
    assert store.latest() == first
    store.advance(first, second.signed(house.signer.note))
    assert store.latest() == second
