"""What a bundle proves, and every way in which it can be wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from proof.bundle import Bundle, BundledEvent
from proof.checkpoints import Checkpoint
from proof.disclosures import Attachment, Disclosure
from proof.errors import BadSignature, Incomplete, Malformed, ProofError, Tampered, UnknownTrustRoot
from proof.inclusion import TlogProof
from proof.leaves import EventLeaf
from proof.policy import Policy
from proof.verify import verify
from tests.support.sample_log import (
    LETTER,
    NOTICE,
    ORIGIN,
    SampleLog,
    cosign,
    notice_leaves,
    policy_for,
    sample_bundle,
    signer,
    witness_key,
)

LOG = SampleLog()
BUNDLE = sample_bundle(LOG)
POLICY = policy_for(LOG.log)
SEEN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def with_event(number: int, change: Callable[[BundledEvent], BundledEvent], bundle: Bundle = BUNDLE) -> Bundle:
    """The bundle with one event changed."""
    events = list(bundle.events)
    events[number] = change(events[number])
    return replace(bundle, events=tuple(events))


def logged(leaves: list[EventLeaf], log: SampleLog | None = None) -> Bundle:
    """A bundle of these leaves, truly logged in this order."""
    log = log or SampleLog()
    places = [log.add(bytes(leaf)) for leaf in leaves]
    note = log.checkpoint()
    return Bundle(note, tuple(BundledEvent(bytes(leaf), log.proof(place, note)) for leaf, place in zip(leaves, places, strict=True)))


def cosigned(bundle: Bundle, *times: datetime) -> Bundle:
    """The bundle under a checkpoint that witnesses w0, w1... signed at these times."""
    note = bundle.checkpoint
    for number, at in enumerate(times):
        note = cosign(note, signer(20 + number, f"w{number}.example"), at)
    return Bundle(
        note, tuple(replace(event, proof=bytes(replace(TlogProof.parse(event.proof), checkpoint=note))) for event in bundle.events)
    )


def witnessed_policy(*lines: str) -> Policy:
    names = [f"witness w{number} {witness_key(signer(20 + number, f'w{number}.example'))}" for number in range(3)]
    return policy_for(LOG.log, lines=[*names, *lines])


def test_a_sound_bundle_proves_its_events_in_order() -> None:
    report = verify(bytes(BUNDLE), POLICY)
    assert [event.name for event in report.events] == ["SubmissionAcceptance", "DispatchIntended", "RelayToNonERDS"]
    assert [event.leaf.seq for event in report.events] == [1, 2, 3]
    assert (report.origin, report.notice, report.tree_size) == (ORIGIN, NOTICE, 123)
    assert report.events[0].disclosed == {"recipient": "een inwoner", "subject": "Uw inschrijving"}
    assert report.events[1].files == ("content",)


def test_without_witnesses_the_time_is_not_vouched_for() -> None:
    report = verify(bytes(BUNDLE), POLICY)
    assert (report.not_before, report.not_after) == (None, None)
    assert any("not vouched for" in limit for limit in report.not_proven)
    assert any("no witness" in limit for limit in report.not_proven)


def test_flipping_any_byte_of_a_bundle_is_refused() -> None:
    data = bytes(BUNDLE)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        with pytest.raises(Tampered):
            verify(bytes(changed), POLICY)


def test_flipping_any_byte_of_a_member_is_refused_even_with_a_mended_zip_file() -> None:
    original = BUNDLE.events[1]
    for name in ("leaf", "proof"):
        data: bytes = getattr(original, name)
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            with pytest.raises(ProofError):
                verify(bytes(with_event(1, lambda event, name=name, changed=changed: replace(event, **{name: changed}))), POLICY)  # type: ignore[misc]
    for at in range(len(BUNDLE.checkpoint)):
        note = BUNDLE.checkpoint[:at] + bytes([BUNDLE.checkpoint[at] ^ 1]) + BUNDLE.checkpoint[at + 1 :]
        events = tuple(replace(event, proof=event.proof.replace(BUNDLE.checkpoint, note)) for event in BUNDLE.events)
        with pytest.raises(ProofError):
            verify(bytes(Bundle(note, events)), POLICY)


def test_other_bytes_than_those_sent_are_refused() -> None:
    forged = Attachment(LETTER.data + b"PS", LETTER.media_type)
    with pytest.raises(Tampered, match="content"):
        verify(bytes(with_event(1, lambda event: replace(event, files={"content": forged}))), POLICY)


def test_a_disclosure_the_leaf_does_not_commit_to_is_refused() -> None:
    forged = Disclosure.make("recipient", "iemand anders")
    with pytest.raises(Tampered, match="recipient"):
        verify(bytes(with_event(0, lambda event: replace(event, disclosures=(forged,)))), POLICY)


def test_a_disclosure_of_another_name_is_refused() -> None:
    forged = Disclosure.make("sender", "iemand")
    with pytest.raises(Tampered, match="sender"):
        verify(bytes(with_event(0, lambda event: replace(event, disclosures=(forged,)))), POLICY)


def test_fields_may_stay_shut_and_are_named() -> None:
    shut = with_event(1, lambda event: replace(event, disclosures=(), files={}))
    report = verify(bytes(shut), POLICY)
    assert report.events[1].undisclosed == ("content", "recipient")
    assert "content, recipient of event 2: committed to, but not disclosed here" in report.not_proven


def test_a_file_that_nothing_commits_to_is_refused() -> None:
    with pytest.raises(Malformed):
        verify(bytes(with_event(0, lambda event: replace(event, files={"artefact": LETTER}))), POLICY)


def test_a_left_out_event_is_noticed() -> None:
    for number in (0, 1):
        left = tuple(event for at, event in enumerate(BUNDLE.events) if at != number)
        with pytest.raises(Tampered, match="event"):
            verify(bytes(replace(BUNDLE, events=left)), POLICY)


def test_events_in_another_order_are_refused() -> None:
    first, second, third = BUNDLE.events
    with pytest.raises(Tampered):
        verify(bytes(replace(BUNDLE, events=(second, first, third))), POLICY)


def test_an_event_of_another_notice_is_refused() -> None:
    mine, other = notice_leaves([(), ()]), notice_leaves([(), ()], UUID(int=5))
    with pytest.raises(Tampered, match="another notice"):
        verify(bytes(logged([mine[0], replace(other[1], previous=mine[1].previous)])), POLICY)


def test_a_predecessor_that_is_not_the_one_before_is_refused() -> None:
    leaves = notice_leaves([(), ()])
    with pytest.raises(Tampered, match="does not follow"):
        verify(bytes(logged([leaves[0], replace(leaves[1], previous=bytes(32))])), POLICY)


def test_an_outcome_of_an_event_that_is_not_there_is_refused() -> None:
    leaves = notice_leaves([(), ()])
    with pytest.raises(Tampered, match="outcome"):
        verify(bytes(logged([leaves[0], replace(leaves[1], answers=UUID(int=5))])), POLICY)


def test_events_logged_in_another_order_than_they_claim_are_refused() -> None:
    leaves = notice_leaves([(), ()])
    log = SampleLog()
    places = [log.add(bytes(leaves[1])), log.add(bytes(leaves[0]))][::-1]
    note = log.checkpoint()
    events = tuple(BundledEvent(bytes(leaf), log.proof(place, note)) for leaf, place in zip(leaves, places, strict=True))
    with pytest.raises(Tampered, match="does not follow"):
        verify(bytes(Bundle(note, events)), POLICY)


def test_a_leaf_that_was_never_logged_is_refused() -> None:
    leaf = notice_leaves([()])[0]
    other = logged([leaf])
    with pytest.raises(Tampered):
        verify(bytes(Bundle(other.checkpoint, (replace(other.events[0], leaf=bytes(replace(leaf, channel="email"))),))), POLICY)


def test_events_under_two_checkpoints_are_refused() -> None:
    log = SampleLog()
    older = logged([notice_leaves([()])[0]], log)
    with pytest.raises(Tampered, match="one checkpoint"):
        verify(bytes(Bundle(LOG.checkpoint(), older.events)), POLICY)


def test_m28_trust_root_never_comes_from_the_bundle() -> None:
    """A forger with a key of his own makes a flawless bundle; it is worth nothing to whoever did not choose to trust that key."""
    forged = bytes(sample_bundle(SampleLog(log=signer(66))))
    with pytest.raises(UnknownTrustRoot):
        verify(forged, POLICY)
    assert verify(forged, policy_for(signer(66))).events
    names = [name.encode() for name in ("trust", "policy", "vkey", ".pem")]
    assert not any(name in forged for name in names)  # there is not even a place for it


def test_m28_a_log_of_the_right_name_under_another_key_is_unknown() -> None:
    with pytest.raises(UnknownTrustRoot):
        verify(bytes(BUNDLE), policy_for(signer(2)))


def test_m28_a_log_of_another_name_under_the_right_key_is_unknown() -> None:
    with pytest.raises(UnknownTrustRoot):
        verify(bytes(BUNDLE), policy_for(signer(1, "other.example/log")))


def test_a_checkpoint_with_a_wrong_signature_of_the_trusted_key_is_tampered() -> None:
    tree = Checkpoint.parse("\n".join([*BUNDLE.checkpoint.decode().split("\n")[:3], ""]))
    text, blank, line = BUNDLE.checkpoint.partition(b"\n\n")
    note = text.replace(str(tree.size).encode(), b"124") + blank + line
    events = tuple(replace(event, proof=event.proof.replace(BUNDLE.checkpoint, note)) for event in BUNDLE.events)
    with pytest.raises(BadSignature):
        verify(bytes(Bundle(note, events)), POLICY)


def test_too_few_witnesses_are_incomplete_not_tampered() -> None:
    policy = witnessed_policy("group g 2 w0 w1 w2", "quorum g")
    with pytest.raises(Incomplete):
        verify(bytes(cosigned(BUNDLE, SEEN_AT)), policy)


def test_a_quorum_of_witnesses_bounds_the_time_from_above() -> None:
    policy = witnessed_policy("group g 2 w0 w1 w2", "quorum g")
    report = verify(bytes(cosigned(BUNDLE, SEEN_AT, SEEN_AT + timedelta(hours=1), SEEN_AT + timedelta(days=1))), policy)
    assert report.not_after == SEEN_AT + timedelta(hours=1)
    assert report.witnesses == ("w0", "w1", "w2")
    assert not any("not vouched for" in limit for limit in report.not_proven)


def test_a_witness_nobody_asked_for_vouches_for_no_time() -> None:
    assert verify(bytes(cosigned(BUNDLE, SEEN_AT)), witnessed_policy("quorum none")).not_after is None


def test_a_forged_cosignature_of_a_trusted_witness_is_tampered() -> None:
    of_another = cosign(SampleLog(leaves=[b"x"]).checkpoint(), signer(20, "w0.example"), SEEN_AT)
    forged = BUNDLE.checkpoint + of_another.splitlines(keepends=True)[-1]
    events = tuple(replace(event, proof=event.proof.replace(BUNDLE.checkpoint, forged)) for event in BUNDLE.events)
    with pytest.raises(BadSignature):
        verify(bytes(Bundle(forged, events)), witnessed_policy("quorum w0"))


def test_a_bundle_without_events_is_refused() -> None:
    with pytest.raises(Malformed):
        verify(bytes(replace(BUNDLE, events=())), POLICY)
