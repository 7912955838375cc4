"""Headers come back as they were stored."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.bus.postgres.headers import packed, unpacked


@given(st.lists(st.tuples(st.text(), st.binary())).map(tuple))
def test_headers_come_back_as_they_were_stored(headers: tuple[tuple[str, bytes], ...]) -> None:
    assert unpacked(packed(headers)) == headers


def test_no_headers_take_no_room() -> None:
    assert packed(()) is None
