"""Canonical JSON against an independent RFC 8785 library, and leaves and disclosures read back."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from proof import canonical
from proof.canonical import Json
from proof.disclosures import Attachment, Disclosure
from proof.encoding import b64, b64url, unb64, unb64url
from proof.errors import Malformed, Tampered
from proof.leaves import MAX_BYTES, EventLeaf, GenesisLeaf
from tests.support.sample_log import notice_leaves, sample_disclosures, signer

KEYS = st.text(st.characters(max_codepoint=127), max_size=6)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
LEAF = notice_leaves(sample_disclosures())[1]


@given(VALUES)
def test_canonical_json_is_that_of_rfc_8785(value: Json) -> None:
    assert canonical.dump(value) == rfc8785.dumps(value)
    assert canonical.load(canonical.dump(value)) == value


WORDS = st.from_regex(r"[A-Za-z][A-Za-z0-9.:_-]{0,8}", fullmatch=True)
NAMES = st.from_regex(r"[a-z][A-Za-z]{0,31}", fullmatch=True)
HASHES = st.binary(min_size=32, max_size=32)


@st.composite
def event_leaves(draw: st.DrawFn) -> EventLeaf:
    seq = draw(st.integers(1, 2**31))
    return EventLeaf(
        event_id=draw(st.uuids()),
        notice=draw(st.uuids()),
        seq=seq,
        previous=draw(HASHES) if seq > 1 else None,
        event=draw(st.from_regex(r"https?://[A-Za-z0-9./_-]{1,30}", fullmatch=True)),
        at=draw(st.datetimes(datetime(1000, 1, 1), timezones=st.timezones())),  # noqa: DTZ001 - the strategy adds the zone
        source=draw(WORDS),
        channel=draw(st.none() | WORDS),
        answers=draw(st.none() | st.uuids()),
        commitments=draw(st.dictionaries(NAMES, HASHES, max_size=4)),
        outcome=draw(st.dictionaries(WORDS, WORDS, max_size=4)),
        policy=draw(st.none() | HASHES),
    )


@settings(deadline=None)
@given(event_leaves())
def test_a_leaf_is_written_in_the_form_of_rfc_8785_and_read_back(leaf: EventLeaf) -> None:
    content = bytes(leaf)
    assert rfc8785.dumps(json.loads(content)) == content
    assert bytes(EventLeaf.parse(content)) == content
    assert EventLeaf.parse(content).commitments == leaf.commitments


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1, "b":2}',
        b'{"b":1,"a":2}',
        b'"\\u0041"',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"9007199254740992",
        b'"\\ud800"',
        b'{"\xc3\xa9":1}',
        b"\xff",
        b"\xef\xbb\xbf1",
        b"1\n",
        b"",
        b"[" * 100_000,
        b"9" * 10_000,
    ],
)
def test_json_in_any_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        canonical.load(data)


@given(st.binary(max_size=70))
def test_base64_has_one_spelling(data: bytes) -> None:
    assert unb64(b64(data)) == data
    assert unb64url(b64url(data)) == data


@pytest.mark.parametrize("text", ["QQ", "QR==", "Q Q=", "QQ==\n", "-_8=", "QQ===", "é"])
def test_base64_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        unb64(text)


@pytest.mark.parametrize("text", ["QQ==", "QR", "+/8", "Q", "QQ\n"])
def test_base64url_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        unb64url(text)


def test_a_leaf_is_read_back_as_it_was_written() -> None:
    for leaf in notice_leaves(sample_disclosures()):
        read = EventLeaf.parse(bytes(leaf))
        assert read == leaf
        assert bytes(read) == bytes(leaf)


def test_a_genesis_leaf_is_read_back_as_it_was_written() -> None:
    key = signer(1).verifier
    genesis = GenesisLeaf(event_id=LEAF.event_id, origin=key.name, vkey=str(key), at=LEAF.at)
    assert GenesisLeaf.parse(bytes(genesis)) == genesis
    for wrong in (bytes(LEAF), bytes(genesis)[:-1], bytes(genesis).replace(b'"v":1', b'"v":2')):
        with pytest.raises(Malformed):
            GenesisLeaf.parse(wrong)


@given(st.data())
def test_a_leaf_with_any_changed_byte_is_another_leaf_or_none(data: st.DataObject) -> None:
    written = bytearray(bytes(LEAF))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    try:
        read = EventLeaf.parse(bytes(written))
    except Malformed:
        return
    assert bytes(read) == written
    assert read != LEAF


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":1,"x":2'),
        (b'"t":"event"', b'"t":"other"'),
        (b'"seq":2', b'"seq":true'),
        (b'"seq":2', b'"seq":1'),
        (b".000Z", b"Z"),
        (b".000Z", b".000+00:00"),
        (b'"ch":"paper"', b'"ch":7'),
        (b'"src":"be.vdab.notifications"', b'"src":""'),
    ],
)
def test_a_leaf_in_another_form_is_refused(old: bytes, new: bytes) -> None:
    changed = bytes(LEAF).replace(old, new)
    assert changed != bytes(LEAF)
    with pytest.raises(Malformed):
        EventLeaf.parse(changed)


@pytest.mark.parametrize("outcome", [{"code": "06641000507"}, {"code": "free text"}, {"code": ""}, {"a b": "1"}])
def test_a_leaf_takes_neither_text_nor_numbers_of_people(outcome: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="short codes"):
        EventLeaf(
            event_id=UUID(int=1),
            notice=UUID(int=2),
            seq=1,
            previous=None,
            event="http://e/x",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            source="s",
            outcome=outcome,
        )


def test_a_leaf_longer_than_a_log_entry_is_refused() -> None:
    outcome = {f"code{'x' * 40}{number}": "x" * 60 for number in range(MAX_BYTES // 100)}
    leaf = EventLeaf(
        event_id=UUID(int=1),
        notice=UUID(int=2),
        seq=1,
        previous=None,
        event="http://e/x",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        source="s",
        outcome=outcome,
    )
    with pytest.raises(ValueError, match="the log takes"):
        bytes(leaf)


@given(st.from_regex(r"[a-z][A-Za-z]{0,20}", fullmatch=True), VALUES)
def test_a_disclosure_is_read_back_and_keeps_its_commitment(name: str, value: Json) -> None:
    made = Disclosure.make(name, value)
    read = Disclosure.parse(made.text)
    assert (read, read.commitment) == (made, made.commitment)
    assert Disclosure.make(name, value).commitment != made.commitment  # a salt of its own each time


@pytest.mark.parametrize("json", [b'["c2FsdA","name",1]', b'{"a":1}', b'["x"]', b"[1,2,3]", b'["' + b"A" * 43 + b'","Name!",1]'])
def test_what_is_no_disclosure_is_refused(json: bytes) -> None:
    with pytest.raises(Malformed):
        Disclosure.parse(b64url(json))


def test_a_commitment_to_bytes_holds_for_those_bytes_only() -> None:
    letter = Attachment(b"een brief", "application/pdf")
    committed = letter.disclosure("content")
    letter.check(committed)
    for other in (Attachment(b"een andere brief", "application/pdf"), Attachment(b"een brief", "text/plain")):
        with pytest.raises(Tampered):
            other.check(committed)
