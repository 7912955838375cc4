"""Evidence with any one field changed is no evidence: every field of leaf, proof, checkpoint, note and bundle is tried."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof import canonical
from proof.bundle import Bundle, BundledEvent
from proof.canonical import Json
from proof.checkpoints import Checkpoint, opened
from proof.disclosures import Attachment, Disclosure
from proof.encoding import undecimal
from proof.errors import BadSignature, Malformed, ProofError, Tampered, UnknownTrustRoot
from proof.inclusion import TlogProof
from proof.leaves import EventLeaf
from proof.notes import Note, NoteSigner, VerifierKey
from proof.verify import verify
from tests.support.sample_log import LETTER, SampleLog, policy_for, sample_bundle, signer

LOG = SampleLog()
BUNDLE = sample_bundle(LOG, others=3)
POLICY = policy_for(LOG.log)
ELSE = bytes(range(32))
CHANGES: dict[str, Any] = {
    "event_id": UUID(int=9),
    "notice": UUID(int=9),
    "seq": 7,
    "previous": ELSE,
    "event": "http://uri.etsi.org/19522/Event/Other",
    "at": EventLeaf.parse(BUNDLE.events[1].leaf).at + timedelta(seconds=1),
    "source": "be.vdab.somebodyElse",
    "channel": "email",
    "answers": UUID(int=9),
    "commitments": {},
    "outcome": {"code": "550"},
    "policy": ELSE,
}


def with_second(**changes: Any) -> bytes:
    """The bundle with fields of its second event changed."""
    first, second, *rest = BUNDLE.events
    return bytes(replace(BUNDLE, events=(first, replace(second, **changes), *rest)))


def test_every_field_of_a_leaf_has_a_change_to_be_tried() -> None:
    assert set(CHANGES) == {field.name for field in fields(EventLeaf)}


@pytest.mark.parametrize("name", CHANGES)
def test_a_leaf_with_one_field_changed_is_not_in_the_log(name: str) -> None:
    leaf = EventLeaf.parse(BUNDLE.events[1].leaf)
    changed = replace(leaf, **{name: CHANGES[name]})
    assert changed != leaf

    with pytest.raises(Tampered):
        verify(with_second(leaf=bytes(changed)), POLICY)


@pytest.mark.parametrize("index", [0, 3, 10**6])
def test_a_proof_for_another_place_is_refused(index: int) -> None:
    proof = TlogProof.parse(BUNDLE.events[1].proof)
    assert proof.index != index

    with pytest.raises(Tampered):
        verify(with_second(proof=bytes(replace(proof, index=index))), POLICY)


@given(st.integers(0, 20), st.booleans())
def test_a_path_with_one_hash_changed_or_missing_is_refused(place: int, drop: bool) -> None:
    proof = TlogProof.parse(BUNDLE.events[1].proof)
    at = place % len(proof.path)
    path = (*proof.path[:at], *(() if drop else (ELSE,)), *proof.path[at + 1 :])

    with pytest.raises(Tampered):
        verify(with_second(proof=bytes(replace(proof, path=path))), POLICY)


@given(st.sampled_from(["origin", "size", "root"]), st.booleans())
def test_a_checkpoint_with_one_field_changed_carries_no_signature_of_the_log(field: str, same_key: bool) -> None:
    note = Note.parse(BUNDLE.checkpoint)
    tree = Checkpoint.parse(note.text)
    changes: dict[str, Any] = {"origin": "log.other.example", "size": tree.size + 1, "root": ELSE}
    changed = replace(tree, **{field: changes[field]})
    key = LOG.log if same_key else signer(9)
    forged = bytes(Note(str(changed), note.signatures)) if same_key else changed.signed(key)

    with pytest.raises((BadSignature, UnknownTrustRoot)):
        opened(forged, [LOG.log.verifier])


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_disclosure_opens_its_own_commitment_only(value: str, other: str) -> None:
    made, forged = Disclosure.make("recipient", value), Disclosure.make("recipient", other)

    assert Disclosure.parse(made.text) == made
    assert made.commitment != forged.commitment  # the salt is fresh, also for the same value
    with pytest.raises(Tampered):
        verify(with_second(disclosures=(forged, *BUNDLE.events[1].disclosures[:1])), POLICY)


@given(st.binary(max_size=60))
def test_any_other_letter_than_the_one_committed_to_is_refused(data: bytes) -> None:
    if data == LETTER.data:
        return
    with pytest.raises(Tampered):
        verify(with_second(files={"content": Attachment(data, LETTER.media_type)}), POLICY)


@pytest.mark.parametrize("field", [field.name for field in fields(BundledEvent)])
def test_an_event_with_a_part_of_another_event_is_refused(field: str) -> None:
    other = getattr(BUNDLE.events[0], field)
    assert other != getattr(BUNDLE.events[1], field)
    if field == "files":
        shut = verify(with_second(files=other), POLICY)  # a file may be withheld; what is withheld is not claimed
        assert shut.events[1].files == ()
        return
    with pytest.raises(ProofError):
        verify(with_second(**{field: other}), POLICY)


@settings(max_examples=60)
@given(st.binary(max_size=40), st.integers(0, 20_000))
def test_bytes_put_into_a_bundle_anywhere_are_noticed(more: bytes, at: int) -> None:
    data = bytes(BUNDLE)
    at %= len(data) + 1
    if more:
        with pytest.raises(Tampered):
            verify(data[:at] + more + data[at:], POLICY)
    assert bytes(Bundle.parse(data)) == data


def naive(value: Json) -> str:
    """RFC 8785 written down, for values without floating-point numbers."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(map(_escaped, value)) + '"'
    if isinstance(value, Mapping):
        # Sorted by UTF-16 code units (3.2.3).
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{naive(name)}:{naive(value[name])}" for name in names) + "}"
    assert isinstance(value, Sequence)
    return "[" + ",".join(map(naive, value)) + "]"


def _escaped(character: str) -> str:
    """Section 3.2.2.2: two-character escapes where there are, other controls by number, everything else as it is."""
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return short.get(character) or (f"\\u{ord(character):04x}" if ord(character) < 0x20 else character)


JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=4), one, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_canonical_json_is_what_the_standard_says_character_by_character(value: Json) -> None:
    assert canonical.dump(value) == naive(value).encode()


@given(JSON, st.sampled_from([b" ", b"\n", b"\t", b"\r"]), st.data())
def test_canonical_json_has_no_room_for_a_space(value: Json, space: bytes, data: st.DataObject) -> None:
    written = canonical.dump(value)
    at = data.draw(st.integers(0, len(written)))

    spaced = written[:at] + space + written[at:]
    try:
        found = canonical.load(spaced)
    except Malformed:
        return
    assert (space, canonical.dump(found)) == (b" ", spaced)  # inside a text a space is a letter like others


@given(st.text(alphabet="0123456789+-. _e", max_size=22))
def test_a_number_in_a_note_has_one_spelling(text: str) -> None:
    fits = re.fullmatch(r"0|[1-9][0-9]*", text) is not None and int(text) < 2**63
    try:
        assert str(undecimal(text)) == text
        assert fits
    except Malformed:
        assert not fits


SEEDS = st.integers(1, 250)


@given(SEEDS, SEEDS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_a_note_is_believed_by_who_knows_its_key_and_nobody_else(mine: int, other: int, text: str) -> None:
    known, stranger = signer(mine), signer(other)
    note = Note.parse(bytes(NoteSigner(known.name, known.private).sign(f"{text}\n")))

    assert note.text == f"{text}\n"
    assert note.trusted([known.verifier]) == known.verifier
    if mine != other:
        with pytest.raises(UnknownTrustRoot):
            note.trusted([stranger.verifier])
        forged = replace(note, signatures=(replace(note.signatures[0], key_id=stranger.verifier.key_id),))
        with pytest.raises(BadSignature):
            forged.trusted([stranger.verifier])
    with pytest.raises(BadSignature):
        replace(note, text=f"{text}.\n").trusted([known.verifier])


@given(SEEDS)
def test_a_verifier_key_is_read_as_it_is_written(seed: int) -> None:
    key = signer(seed).verifier

    assert VerifierKey.parse(str(key)) == key
    with pytest.raises(Malformed):
        VerifierKey.parse(str(key).replace(key.name, "other.example"))
