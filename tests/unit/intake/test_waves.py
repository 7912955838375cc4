"""No wave holds a person or a record twice, and each keeps its order."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.waves import waves

people = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=2, unique=True), max_size=12)


@given(people)
def test_each_lane_is_in_a_wave_once_and_keeps_its_order(items: list[list[int]]) -> None:
    numbered = list(enumerate(items))
    cut = waves(numbered, lambda item: item[1])

    for wave in cut:
        lanes = [lane for _, own in wave for lane in own]
        assert len(lanes) == len(set(lanes))
    for lane in range(1, 5):
        order = [number for wave in cut for number, own in wave if lane in own]
        assert order == sorted(order)
    assert sorted(number for wave in cut for number, _ in wave) == list(range(len(items)))


def test_what_shares_nothing_shares_one_wave() -> None:
    assert waves(["a", "b"], lambda item: [item]) == [["a", "b"]]
