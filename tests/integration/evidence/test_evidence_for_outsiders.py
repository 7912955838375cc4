"""What leaves the house: bundles that anyone verifies offline, tiles and proofs of the published log."""

from uuid import UUID, uuid4

import pytest

from proof.checkpoints import opened
from proof.errors import Tampered
from proof.inclusion import TlogProof
from proof.tree import leaf_hash
from proof.verify import verify
from services.notifications.evidence import log_door
from services.notifications.evidence.errors import NoSuchNotice, NotYetCovered, OutsideLog
from services.notifications.evidence.vocabulary import EventName
from tests.integration.evidence.house import LETTER, House
from vault.values import DataClass


async def logged_notice(house: House) -> tuple[UUID, bytes]:
    notice = uuid4()
    intent = house.event(0, notice, EventName.DISPATCH_INTENDED, files={"content": LETTER})
    ids = await house.record(house.event(0, notice), *(house.event(number) for number in range(1, 40)), intent)
    ids += await house.record(house.event(0, notice, EventName.RELAY_TO_NON_ERDS, answers=intent.event_id, fields={}))
    async with house.sequencing():
        await house.until_covered(ids)
    return notice, await house.bundle(notice)


async def test_a_notice_leaves_as_a_bundle_that_verifies_offline(house: House) -> None:
    _, bundle = await logged_notice(house)
    report = verify(bundle, house.policy)
    assert [event.name for event in report.events] == ["SubmissionAcceptance", "DispatchIntended", "RelayToNonERDS"]
    assert report.events[0].disclosed == {"recipient": "een inwoner"}
    assert report.events[1].files == ("content",)
    assert LETTER.data in bundle
    for at in range(0, len(bundle), 7):
        with pytest.raises(Tampered):
            verify(bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1 :], house.policy)


async def test_after_erasure_the_bundle_still_proves_inclusion_and_opens_nothing(house: House) -> None:
    notice, _ = await logged_notice(house)
    await house.registration.erase(house.people[0], [DataClass.EVIDENCE], "test")
    house.vault = type(house.vault)(
        house.vault._database, __import__("vault.keyfolder", fromlist=["x"]).load_keys(house.keys, sandbox=True)
    )
    bundle = await house.bundle(notice)
    report = verify(bundle, house.policy)
    assert [event.disclosed for event in report.events] == [{}, {}, {}]
    assert report.events[1].undisclosed == ("content", "recipient")
    assert LETTER.data not in bundle


async def test_a_bundle_waits_until_its_last_event_is_covered(house: House) -> None:
    notice, _ = await logged_notice(house)
    await house.record(house.event(0, notice))
    with pytest.raises(NotYetCovered):
        await house.bundle(notice)
    with pytest.raises(NoSuchNotice):
        await house.bundle(uuid4())


async def test_the_log_shows_its_checkpoint_tiles_and_proofs(house: House) -> None:
    await logged_notice(house)
    async with house.database.transaction() as connection:
        note = await log_door.checkpoint(connection)
        tree = opened(note, house.signer.known)
        assert tree.size == 43
        rows = await house.rows("SELECT event_id, leaf, idx FROM log_entry JOIN evidence_event USING (event_id) ORDER BY idx")
        tile = await log_door.tile(connection, 0, 0, 43)
        assert tile == b"".join(leaf_hash(bytes(leaf)) for _, leaf, _ in rows)
        assert await log_door.tile(connection, 0, 0, 7) == tile[: 7 * 32]
        for event_id, leaf, index in rows:
            assert await log_door.index_of(connection, event_id) == index
            proof = TlogProof.parse(await log_door.inclusion(connection, index))
            proof.check(bytes(leaf), tree)


async def test_what_the_published_log_does_not_have_is_not_shown(house: House) -> None:
    async with house.database.transaction() as connection:
        with pytest.raises(NotYetCovered):
            await log_door.checkpoint(connection)
    await logged_notice(house)
    (waiting,) = await house.record(house.event(0))
    async with house.database.transaction() as connection:
        for level, n, width in [
            (0, 0, 256),
            (0, 0, 44),
            (0, 1, 1),
            (1, 0, 1),
            (-1, 0, 1),
            (0, -1, 1),
            (64, 0, 1),
            (0, 0, 0),
            (0, 2**80, 1),
        ]:
            with pytest.raises(OutsideLog):
                await log_door.tile(connection, level, n, width)
        for index in (-1, 43, 2**80):
            with pytest.raises(OutsideLog):
                await log_door.inclusion(connection, index)
        with pytest.raises(NotYetCovered):
            await log_door.index_of(connection, waiting)
