"""Whatever the batch, waves keep each person's order and hold each person once."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.bus.port import Record
from chassis.ids import uuid7
from chassis.received import Received, by_type, lane, waves
from contracts.identifiers import PersonId
from contracts.registry import Event
from tests.support.shop import Closed, Ordered, Stopped

AT = datetime(2026, 2, 2, tzinfo=UTC)
PEOPLE = [PersonId(UUID(int=number)) for number in range(6)]
# Who was absorbed by whom; a survivor is nobody's absorbed id.
MERGES = st.dictionaries(st.sampled_from(PEOPLE[:3]), st.sampled_from(PEOPLE[3:]))
ABOUT = st.sampled_from([Ordered, Stopped])


@st.composite
def batches(draw: st.DrawFn) -> list[Received[Event]]:
    """Events in the order in which they were read."""
    found: list[Received[Event]] = []
    for number, person in enumerate(draw(st.lists(st.sampled_from([*PEOPLE, None]), max_size=40))):
        event: Event = Closed(number=number) if person is None else draw(ABOUT)(person_id=person, number=number)
        record = Record("t", 0, number, event.partition_key.encode(), b"", (), AT)
        found.append(Received(uuid7(), event, AT, AT, None, None, record))
    return found


@given(batches(), MERGES)
def test_each_wave_holds_a_survivor_once(batch: list[Received[Event]], survivors: dict[PersonId, PersonId]) -> None:
    for wave in waves(batch, survivors):
        lanes = [lane(event, survivors) for event in wave]
        assert len(set(lanes)) == len(lanes)


@given(batches(), MERGES)
def test_the_order_of_each_survivor_holds_and_nothing_is_lost(batch: list[Received[Event]], survivors: dict[PersonId, PersonId]) -> None:
    handled = [event for wave in waves(batch, survivors) for group in by_type(wave).values() for event in group]

    assert sorted(event.record.position for event in handled) == list(range(len(batch)))
    for one in {lane(event, survivors) for event in batch}:
        positions = [event.record.position for event in handled if lane(event, survivors) == one]
        assert positions == sorted(positions)


@given(batches(), MERGES)
def test_there_are_no_more_waves_than_the_longest_lane(batch: list[Received[Event]], survivors: dict[PersonId, PersonId]) -> None:
    lanes = [lane(event, survivors) for event in batch]

    assert len(waves(batch, survivors)) == max((lanes.count(one) for one in lanes), default=0)
