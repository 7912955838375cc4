"""Handing over: only under a signed checkpoint, at most once, whatever crashes; what cannot be printed is not sent."""

import json
from collections.abc import Sequence

import pytest

from contracts.notification import NoticeDispatched, NoticeFailed
from services.notifications.carriers import PAPER
from services.notifications.channels.paper import HandedOver, PaperCarrier, PaperChannel, PaperLetter
from services.notifications.main import dispatcher
from services.notifications.usecases.dispatch import Dispatcher
from tests.integration.notifications.office import Office, until
from vault.client import Vault
from vault.values import DataClass


class DiesAfterwards(PaperChannel):
    """Hands the letters over, and then the process dies before anyone hears of it."""

    def hand_over(self, letters: Sequence[PaperLetter]) -> list[HandedOver]:
        super().hand_over(letters)
        raise InterruptedError


def _dying(office: Office) -> Dispatcher:
    return dispatcher(office.parts, PAPER, PaperCarrier(DiesAfterwards(office.print_folder), "Kopie."))


async def _events(office: Office, kind: type) -> int:
    return sum(isinstance(event, kind) for event in await office.announced())


async def test_m25_nothing_is_sent_before_a_published_checkpoint_covers_the_intent(office: Office) -> None:
    blocked = office.settings.checkpoints / "latest.new"
    async with office.sequencing():
        await until(lambda: _checkpoints(office, published=1))  # the log has begun
        blocked.mkdir()  # where the second store writes first
        await office.hears(await office.registered())
        assert await dispatcher(office.parts).round() == 0  # committed, not signed
        await until(lambda: _checkpoints(office, published=1, signed=2))
        assert await dispatcher(office.parts).round() == 0  # signed, not published
        assert office.letters() == []
        blocked.rmdir()
        await until(lambda: _checkpoints(office, published=2))
        assert await dispatcher(office.parts).round() == 1
    assert len(office.letters()) == 1


async def _checkpoints(office: Office, published: int, signed: int | None = None) -> bool:
    found = await office.rows("SELECT count(published_at), count(*) FROM log_checkpoint")
    return found == [(published, signed or published)]


async def test_m26_a_crash_between_act_and_outcome_gives_one_letter(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.sequencing():
        await office.signed()
    with pytest.raises(InterruptedError):
        await _dying(office).round()
    (before,) = office.letters()
    printed = before.read_bytes()
    assert await office.rows("SELECT state FROM delivery") == [("sending",)]
    async with office.at_work():
        await office.settled()
    assert office.letters() == [before]
    assert before.read_bytes() == printed  # byte for byte the same, under the same delivery
    assert await _events(office, NoticeDispatched) == 1
    assert [event for (event,) in await _outcomes(office)] == ["http://uri.etsi.org/19522/Event/RelayToNonERDS"]


async def test_an_outcome_that_is_told_twice_is_kept_once(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.sequencing():
        await office.signed()
    with pytest.raises(InterruptedError):
        await _dying(office).round()
    assert await dispatcher(office.parts).round() == 1
    assert await dispatcher(office.parts).round() == 0
    assert await _events(office, NoticeDispatched) == 1


async def test_a_manifest_tells_the_print_house_what_it_needs_and_comes_after_its_letter(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.at_work():
        await office.settled()
    (letter,) = office.letters()
    manifest = json.loads(letter.with_suffix(".json").read_bytes())
    assert (manifest["deliveryId"], manifest["file"], manifest["size"]) == (letter.stem, letter.name, letter.stat().st_size)
    assert list(office.print_folder.glob("*.tmp")) == []


async def test_a_name_the_font_cannot_print_fails_with_its_reason_and_a_task(office: Office) -> None:
    await office.hears(await office.registered(0, office.facts(0, given="\u4f1f")), await office.registered(1))
    async with office.at_work():
        await office.settled()
    assert len(office.letters()) == 1  # the other person's went out
    assert await _events(office, NoticeFailed) == 1
    assert await office.rows("SELECT reasons FROM delivery WHERE state = 'failed'") == [(["unprintable"],)]
    assert await office.rows("SELECT kind FROM notice_task WHERE closed_at IS NULL") == [("deliveryFailed",)]


async def test_a_person_erased_before_the_act_gets_nothing(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.sequencing():
        await office.signed()
    await office.registration.erase(office.people[0], [DataClass.NOTICE], "test")
    office.parts.get(Vault)._data_keys.forget(office.people, [DataClass.NOTICE])  # as a minute later
    assert await dispatcher(office.parts).round() == 1
    assert office.letters() == []
    assert await office.rows("SELECT state, reasons FROM delivery") == [("failed", ["erased"])]


async def test_a_full_disk_is_waited_for(office: Office) -> None:
    await office.hears(await office.registered())
    office.print_folder.write_text("a file where the folder should be")
    async with office.at_work():

        async def failing() -> bool:
            return not office.parts.health.parts["dispatcher"].ready

        await until(failing)
        office.print_folder.unlink()
        await office.settled()
    assert len(office.letters()) == 1


async def _outcomes(office: Office) -> list[tuple[str]]:
    leaves = [json.loads(bytes(leaf)) for (leaf,) in await office.rows("SELECT leaf FROM evidence_event WHERE seq > 2")]
    return [(leaf["ev"],) for leaf in leaves]
