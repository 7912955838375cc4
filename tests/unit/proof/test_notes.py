"""Signed notes, checkpoints and proofs of inclusion as text."""

from datetime import UTC, datetime

import pytest

from proof.checkpoints import Checkpoint, opened
from proof.errors import BadSignature, Malformed, UnknownTrustRoot
from proof.inclusion import TlogProof
from proof.notes import Note, VerifierKey
from tests.support.sample_log import ORIGIN, SampleLog, cosign, signer, witness_key

# The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note, made by another implementation.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_another_implementation_verifies() -> None:
    key = VerifierKey.parse(PETER)
    assert str(key) == PETER
    note = Note.parse(PETERS_NOTE.encode())
    assert note.trusted([key]) == key
    assert bytes(note) == PETERS_NOTE.encode()


def test_a_changed_text_or_signature_is_refused() -> None:
    key = VerifierKey.parse(PETER)
    for changed in (PETERS_NOTE.replace("answer", "Answer"), PETERS_NOTE.replace("ZJkuBS", "ZJkuBT")):
        with pytest.raises(BadSignature):
            Note.parse(changed.encode()).trusted([key])


def test_lines_of_unknown_keys_are_ignored_also_under_a_known_name() -> None:
    ours, impostor = signer(1), signer(2)
    note = bytes(ours.sign("text\n")) + str(impostor.sign("text\n").signatures[0]).encode() + b"\n"
    assert Note.parse(note).trusted([ours.verifier]) == ours.verifier
    with pytest.raises(UnknownTrustRoot):
        Note.parse(note).trusted([signer(3).verifier])


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name QUJDREVG",
        b"text\n\n- name QUJDREVG\n",
        b"text\n\n\xe2\x80\x94 name QUJDREVH=\n",
        b"text\n\n\xe2\x80\x94 na+me QUJDREVG\n",
        b"text\n\n\xe2\x80\x94 name QUJD\n",
        b"te\txt\n\n\xe2\x80\x94 name QUJDREVG\n",
        b"te\rxt\n\n\xe2\x80\x94 name QUJDREVG\n",
        b"te\xffxt\n\n\xe2\x80\x94 name QUJDREVG\n",
        b"text\n\n" + b"\xe2\x80\x94 name QUJDREVG\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    with pytest.raises(Malformed):
        Note.parse(note)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AQ==",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("+AR", "+/R"),
        f" {PETER}",
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.parse(vkey)


def test_a_checkpoint_is_opened_by_the_log_it_names_only() -> None:
    log = signer(1)
    signed = Checkpoint(ORIGIN, 7, bytes(32)).signed(log)
    assert opened(signed, [log.verifier]) == Checkpoint(ORIGIN, 7, bytes(32))
    stranger = signer(1, "other.example/log")
    with pytest.raises(UnknownTrustRoot):
        opened(signed, [stranger.verifier])
    with pytest.raises(UnknownTrustRoot):
        opened(Checkpoint(ORIGIN, 7, bytes(32)).signed(stranger), [stranger.verifier])


@pytest.mark.parametrize(
    "text", ["a\n1\n", "a\n01\nAAAA\n", "\n1\n" + "A" * 43 + "=\n", "a\n1\n" + "A" * 43 + "=\nmore\n", "a\n1\nAAAA\n", "a\n-1\nAAAA\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


def test_a_proof_of_inclusion_is_read_back_and_checks() -> None:
    log = SampleLog()
    for number in range(11):
        log.add(str(number).encode())
    note = log.checkpoint()
    written = log.proof(6, note)
    read = TlogProof.parse(written)
    assert bytes(read) == written
    read.check(b"6", opened(read.checkpoint, [log.log.verifier]))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\n\ntext",
        b"c2sp.org/tlog-proof@v2\nindex 1\n\ntext",
        b"c2sp.org/tlog-proof@v1\nextra QUJD\nindex 1\n\ntext",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\ntext",
        b"c2sp.org/tlog-proof@v1\nindex 1\nQUJD\n\ntext",
        b"c2sp.org/tlog-proof@v1\nindex 1\n\xff\n\ntext",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\ntext",
    ],
)
def test_what_is_no_proof_of_inclusion_is_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        TlogProof.parse(text)


def test_a_cosigned_checkpoint_still_opens_for_those_who_only_know_the_log() -> None:
    log = signer(1)
    witness = signer(9, "witness.example")
    signed = cosign(Checkpoint(ORIGIN, 7, bytes(32)).signed(log), witness, datetime(2026, 3, 2, tzinfo=UTC))
    assert opened(signed, [log.verifier]).size == 7
    assert VerifierKey.parse(str(witness_key(witness))) == witness_key(witness)
