"""One box: opens under its own key and name only, and gives back every byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.box import DataKey, generation_of, unseal
from vault.errors import SealBroken

REF = "00000000-0000-4000-8000-000000000001:dossier"
KEY, NONCE = b"k" * 32, b"n" * 12


@given(
    content=st.binary(max_size=500),
    key=st.binary(min_size=32, max_size=32),
    nonce=st.binary(min_size=12, max_size=12),
    generation=st.integers(1, 32767),
)
def test_a_box_gives_back_every_byte(content: bytes, key: bytes, nonce: bytes, generation: int) -> None:
    data_key = DataKey.of(key, REF, generation)

    box = data_key.seal(nonce, content)

    assert unseal(box, data_key, REF) == content
    assert generation_of(box, REF) == generation


def generation_unless_broken(box: bytes) -> int | None:
    try:
        return generation_of(box, REF)
    except SealBroken:
        return None


def opens(box: bytes, key: DataKey) -> bool:
    try:
        unseal(box, key, REF)
    except SealBroken:
        return False
    return True


@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_box_with_one_changed_byte_does_not_open(place: int, change: int) -> None:
    key = DataKey.of(KEY, REF)
    box = bytearray(key.seal(NONCE, b"content"))
    box[place % len(box)] ^= change

    # the client compares generations before it opens
    assert generation_unless_broken(bytes(box)) != key.generation or not opens(bytes(box), key)


@pytest.mark.parametrize(
    "other",
    [DataKey.of(b"o" * 32, REF), DataKey.of(KEY, REF.replace("dossier", "notice")), DataKey.of(KEY, REF, 2)],
    ids=["another key", "another name", "another generation"],
)
def test_a_box_does_not_open_under(other: DataKey) -> None:
    box = DataKey.of(KEY, REF).seal(NONCE, b"content")

    with pytest.raises(SealBroken):
        unseal(box, other, REF)


@pytest.mark.parametrize("box", [b"", b"\x01", b"\x01\x00\x01" + b"x" * 27, b"\x02" + b"x" * 60])
def test_what_is_no_box_is_refused(box: bytes) -> None:
    with pytest.raises(SealBroken):
        generation_of(box, REF)


def test_keys_do_not_show_themselves() -> None:
    assert "cipher" not in repr(DataKey.of(KEY, REF))
