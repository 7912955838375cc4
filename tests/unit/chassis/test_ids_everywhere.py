"""Identifiers in threads, in forked children, and against clocks that stand still or run back."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import _STEPS, _Stamps, uuid7

_MILLISECOND = 1_000_000
BITS_OF_CHANCE = (1 << 62) - 1


def test_threads_at_once_never_get_the_same_identifier_and_each_sees_its_own_rise() -> None:
    ready = threading.Barrier(4)

    def make(_: int) -> list[UUID]:
        ready.wait(10)
        return [uuid7() for _ in range(2000)]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(4)))

    assert all(one == sorted(one) for one in made)
    assert len({one for each in made for one in each}) == 8000


def test_a_forked_child_does_not_go_on_with_the_chance_of_its_parent() -> None:
    uuid7()  # so that there is chance in store
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, b"".join(uuid7().bytes for _ in range(64)))
        os._exit(0)
    os.close(writing)
    mine = [uuid7() for _ in range(64)]
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)

    its = [UUID(bytes=said[at : at + 16]) for at in range(0, len(said), 16)]
    assert len(its) == 64
    assert {one.int & BITS_OF_CHANCE for one in its}.isdisjoint(one.int & BITS_OF_CHANCE for one in mine)


def test_no_chance_is_given_out_twice() -> None:
    made = [uuid7() for _ in range(2000)]

    assert len({one.int & BITS_OF_CHANCE for one in made}) == 2000
    # Each of the 62 bits is now one, now zero: 2,000 throws that all fall alike do not happen.
    assert all(len({one.int >> bit & 1 for one in made}) == 2 for bit in range(62))


@given(st.lists(st.integers(0, 2**44 * _MILLISECOND), min_size=1, max_size=30))
def test_whatever_the_clock_says_stamps_only_rise(moments: list[int]) -> None:
    stamps = _Stamps()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", iter(moments).__next__)
        made = [stamps.next() for _ in moments]

    assert all(earlier < later for earlier, later in pairwise(made))
    assert made[-1] >= max(moments) // _MILLISECOND * _STEPS


@given(st.lists(st.integers(0, 2**44 * _MILLISECOND), min_size=1, max_size=30, unique=True).map(sorted))
def test_a_clock_that_goes_forward_is_told_to_the_millisecond(moments: list[int]) -> None:
    apart = [moment * 300 for moment in moments]  # further apart than one step, so that nothing is pushed on
    stamps = _Stamps()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", iter(apart).__next__)
        made = [stamps.next() for _ in apart]

    assert [stamp // _STEPS for stamp in made] == [moment // _MILLISECOND for moment in apart]


def test_an_identifier_says_when_it_was_made() -> None:
    before = time.time_ns() // _MILLISECOND
    made = uuid7()
    after = time.time_ns() // _MILLISECOND

    assert before <= made.int >> 80 <= after + 1
    assert (made.version, made.variant) == (7, RFC_4122)


def test_identifiers_sort_as_texts_and_as_bytes_as_they_sort_as_numbers() -> None:
    made = [uuid7() for _ in range(500)]

    assert sorted(map(str, made)) == [str(one) for one in made]
    assert sorted(one.bytes for one in made) == [one.bytes for one in made]
