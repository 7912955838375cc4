"""From what registration announces to a letter in the print folder and evidence anyone can check."""

from hashlib import sha256

import pytest

from contracts.notification import NoticeDispatched, NoticeSubmitted
from proof.bundle import Bundle
from proof.errors import Tampered
from proof.verify import verify
from tests.integration.notifications.office import Office


async def test_a_registration_becomes_a_letter_with_provable_evidence(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.at_work():
        await office.settled()
    (letter,) = office.letters()
    assert letter.read_bytes().startswith(b"%PDF")
    assert [type(event) for event in await office.announced()] == [NoticeSubmitted, NoticeDispatched]
    (notice,) = await office.notice_ids()
    async with office.calling() as vdab:
        seen = (await vdab.get(f"/notification/v1/notices/{notice}")).raise_for_status().json()
        bundle = (await vdab.get(f"/notification/v1/notices/{notice}/evidence")).raise_for_status()
    assert (seen["state"], seen["channel"], seen["printedLastDay"]) == ("relayed", "paper", "2026-09-28")
    assert bundle.headers["content-type"] == "application/zip"
    report = verify(bundle.content, office.policy)
    assert [event.name for event in report.events] == ["SubmissionAcceptance", "DispatchIntended", "RelayToNonERDS"]
    changed = bytearray(bundle.content)
    changed[len(changed) // 2] ^= 1
    with pytest.raises(Tampered):
        verify(bytes(changed), office.policy)


async def test_the_digest_of_the_frozen_letter_is_what_the_leaf_commits_to(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.at_work():
        await office.settled()
    (notice,) = await office.notice_ids()
    async with office.calling() as vdab:
        seen = (await vdab.get(f"/notification/v1/notices/{notice}")).json()
        bundle = (await vdab.get(f"/notification/v1/notices/{notice}/evidence")).content
    report = verify(bundle, office.policy)  # it checks the bytes of every file against the commitment of its leaf
    letter = Bundle.parse(bundle).events[0].files["content"].data
    assert report.events[0].files == ("content",)
    assert sha256(letter).hexdigest() == seen["contentDigest"]
    for said in ("Żofia Đorđević", "N13 van de regels newcomers.1", "22 juni 2026", seen["dossierNumber"], "28 september 2026"):
        assert said.encode() in letter
    [(printed,)] = await office.rows("SELECT artefact_digest FROM delivery")
    assert sha256(office.letters()[0].read_bytes()).digest() == bytes(printed)


async def test_nothing_of_a_person_stands_in_leaves_manifests_or_events(office: Office) -> None:
    await office.hears(await office.registered())
    async with office.at_work():
        await office.settled()
    leaves = b"".join(bytes(leaf) for (leaf,) in await office.rows("SELECT leaf FROM evidence_event"))
    events = b"".join(bytes(value) for (value,) in await office.rows("SELECT value FROM outbox"))
    manifests = b"".join(path.read_bytes() for path in office.print_folder.glob("*.json"))
    for personal in ("ofia", "or\u0111evi", "Grote Markt", "Kortrijk", office.numbers[0].value):
        assert personal.encode() not in leaves + events + manifests
    assert str(office.people[0]).encode() not in leaves


async def test_a_replayed_event_gives_one_notice_and_one_letter(office: Office) -> None:
    event = await office.registered()
    records = await office.hears(event)
    await office.runner.run(records)  # the same record: the inbox knows it
    await office.hears(event)  # the same fact in another record: the notice stands already
    async with office.at_work():
        await office.settled()
        await office.hears(event)
        await office.settled()
    assert len(office.letters()) == len(await office.notice_ids()) == 1
    assert [type(event) for event in await office.announced()] == [NoticeSubmitted, NoticeDispatched]
