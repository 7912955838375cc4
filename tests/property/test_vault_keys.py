"""Keys above the data keys, over all keys and contexts: what is wrapped comes back, under its own context only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.box import NONCE_BYTES, DataKey, generation_of, unseal
from vault.errors import SealBroken, UnknownKek
from vault.keys import LocalKeyEncryption, Pepper

SECRETS = st.binary(min_size=32, max_size=32)
CONTEXTS = st.from_regex(r"[0-9a-f]{8}:[a-z]{1,8}", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{11}", fullmatch=True)
OLD, NEW = b"o" * 32, b"n" * 32
RING = LocalKeyEncryption({"kek-1": OLD, "kek-2": NEW}, "kek-2")


@given(SECRETS, CONTEXTS)
def test_a_data_key_comes_back_under_its_own_context(key: bytes, context: str) -> None:
    wrapped = RING.wrap(key, context)

    assert RING.unwrap(RING.current, wrapped, context) == key
    assert key not in wrapped


@given(SECRETS, CONTEXTS, CONTEXTS)
def test_a_wrapped_key_of_one_person_is_no_key_of_another(key: bytes, context: str, other: str) -> None:
    wrapped = RING.wrap(key, context)

    if context == other:
        assert RING.unwrap("kek-2", wrapped, other) == key
    else:
        with pytest.raises(SealBroken):
            RING.unwrap("kek-2", wrapped, other)


@given(SECRETS, CONTEXTS, st.integers(0, 200), st.integers(1, 255))
def test_a_wrapped_key_with_one_changed_byte_is_broken(key: bytes, context: str, place: int, change: int) -> None:
    wrapped = bytearray(RING.wrap(key, context))
    wrapped[place % len(wrapped)] ^= change

    with pytest.raises(SealBroken):
        RING.unwrap("kek-2", bytes(wrapped), context)


@given(SECRETS, CONTEXTS, st.integers(0, 59))
def test_a_wrapped_key_that_breaks_off_is_broken(key: bytes, context: str, length: int) -> None:
    with pytest.raises(SealBroken):
        RING.unwrap("kek-2", RING.wrap(key, context)[:length], context)


@given(SECRETS, CONTEXTS)
def test_a_key_wrapped_before_a_rotation_opens_after_it_and_not_under_the_new_key(key: bytes, context: str) -> None:
    before = LocalKeyEncryption({"kek-1": OLD}, "kek-1").wrap(key, context)

    assert RING.unwrap("kek-1", before, context) == key
    with pytest.raises(SealBroken):
        RING.unwrap("kek-2", before, context)
    with pytest.raises(UnknownKek):
        LocalKeyEncryption({"kek-2": NEW}, "kek-2").unwrap("kek-1", before, context)


@given(SECRETS, CONTEXTS)
def test_one_key_wrapped_twice_is_two_texts(key: bytes, context: str) -> None:
    first, second = RING.wrap(key, context), RING.wrap(key, context)

    assert first[:NONCE_BYTES] != second[:NONCE_BYTES]
    assert first != second


@given(SECRETS, SECRETS, NUMBERS, NUMBERS)
def test_a_hidden_number_is_found_again_by_the_same_pepper_and_number_only(key: bytes, other: bytes, number: str, another: str) -> None:
    one = Pepper(1, key)

    assert one.hide(number) == Pepper(2, key).hide(number)  # the version is where it stands, not what it says
    assert (one.hide(number) == Pepper(1, other).hide(another)) is ((key, number) == (other, another))
    assert len(one.hide(number)) == 32


@given(SECRETS, SECRETS)
def test_fingerprints_tell_peppers_apart_and_nothing_of_them(key: bytes, other: bytes) -> None:
    assert (Pepper(1, key).fingerprint == Pepper(1, other).fingerprint) is (key == other)
    assert Pepper(1, key).fingerprint not in key


@given(SECRETS)
def test_no_pepper_shows_its_key(key: bytes) -> None:
    shown = f"{Pepper(3, key)!r} {Pepper(3, key)} {[Pepper(3, key)]}"

    assert repr(key) not in shown
    assert key.hex() not in shown
    assert shown.startswith("Pepper(version=3)")


@given(st.binary(max_size=100), st.integers(1, 32767), st.integers(0, 27))
def test_a_box_that_breaks_off_does_not_open(content: bytes, generation: int, kept: int) -> None:
    key = DataKey.of(NEW, "a:dossier", generation)
    box = key.seal(b"n" * NONCE_BYTES, content)

    with pytest.raises(SealBroken):
        generation_of(box[:kept], "a:dossier")
    with pytest.raises(SealBroken):
        unseal(box[:-1], key, "a:dossier")
    with pytest.raises(SealBroken):
        unseal(box + b"\x00", key, "a:dossier")


@given(st.binary(max_size=100), st.integers(1, 32767), st.integers(1, 32767))
def test_a_box_of_one_generation_opens_under_no_other(content: bytes, generation: int, other: int) -> None:
    box = DataKey.of(NEW, "a:dossier", generation).seal(b"n" * NONCE_BYTES, content)

    if generation == other:
        assert unseal(box, DataKey.of(NEW, "a:dossier", other), "a:dossier") == content
    else:
        with pytest.raises(SealBroken):
            unseal(box, DataKey.of(NEW, "a:dossier", other), "a:dossier")
