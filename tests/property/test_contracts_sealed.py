"""A sealed field over every key and box: one wire form, read back byte for byte, and never a look inside."""

import base64
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.people import PersonFacts
from contracts.sealed import Sealed

ADAPTER = TypeAdapter(Sealed[PersonFacts])
KEYS = st.builds("{}:{}".format, st.uuids(), st.from_regex(r"[A-Za-z0-9.]{1,40}", fullmatch=True))
RAW = st.binary(min_size=29, max_size=200)  # a byte more than nonce and tag around nothing
OUTSIDE = st.characters(exclude_characters="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", exclude_categories=["Cs"])


@given(KEYS, RAW)
def test_every_box_goes_over_the_wire_and_comes_back_byte_for_byte(key: str, raw: bytes) -> None:
    wire = json.loads(ADAPTER.dump_json(Sealed[PersonFacts].of(key, raw)))

    assert wire == {"key": key, "box": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}
    assert (ADAPTER.validate_python(wire).raw, ADAPTER.validate_python(wire).key_ref) == (raw, key)


@given(KEYS, RAW)
def test_a_box_made_of_bytes_and_one_made_of_text_are_one(key: str, raw: bytes) -> None:
    of_bytes = Sealed[PersonFacts].of(key, raw)
    of_text = Sealed[PersonFacts].from_wire(Sealed.of(key, raw).wire)

    assert of_bytes == of_text
    assert hash(of_bytes) == hash(of_text)
    assert copy.deepcopy(of_text) == of_bytes
    assert (of_text.raw, of_bytes.box) == (raw, of_text.box)


@given(KEYS, RAW, KEYS, RAW)
def test_boxes_are_the_same_only_when_key_and_bytes_are(key: str, raw: bytes, other_key: str, other_raw: bytes) -> None:
    same = Sealed.of(key, raw) == Sealed.of(other_key, other_raw)

    assert same == ((key, raw) == (other_key, other_raw))
    assert Sealed.of(key, raw) != Sealed.of(key, raw + b"1")
    assert Sealed.of(key, raw) != {"key": key, "box": Sealed.of(key, raw).box}


@given(KEYS, RAW)
def test_no_way_of_showing_it_shows_the_box(key: str, raw: bytes) -> None:
    sealed = Sealed[PersonFacts].of(key, raw)
    shown = f"{sealed} {sealed!r} {[sealed]} { ({'a': sealed}) }"

    assert sealed.box not in shown
    assert repr(raw) not in shown


@given(KEYS, RAW, OUTSIDE, st.integers(0, 300))
def test_one_character_outside_base64url_spoils_a_box(key: str, raw: bytes, character: str, at: int) -> None:
    box = Sealed.of(key, raw).box
    at %= len(box)
    spoiled = box[:at] + character + box[at + 1 :]

    with pytest.raises(ValidationError) as refused:
        ADAPTER.validate_python({"key": key, "box": spoiled})
    assert spoiled not in str(refused.value.errors(include_input=False))


@given(KEYS, RAW, st.integers(0, 37))
def test_a_box_too_short_for_its_nonce_and_tag_is_refused(key: str, raw: bytes, length: int) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python({"key": key, "box": Sealed.of(key, raw).box[:length]})


@given(KEYS, RAW, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4), st.booleans())
def test_what_stands_around_a_key_reference_spoils_it(key: str, raw: bytes, more: str, before: bool) -> None:
    changed = more + key if before else f"{key}:{more}"

    with pytest.raises(ValidationError):
        ADAPTER.validate_python({"key": changed, "box": Sealed.of(key, raw).box})
