"""How a person stands in the registers, whatever order the registers spoke in."""

from datetime import date
from itertools import permutations

import pytest

from services.registration.domain.people import Change, Standing, standing

BRUSSELS = Change("residence", date(2025, 1, 1), 1, "brussels")
FLANDERS = Change("residence", date(2026, 3, 1), 2, "flanders")
NEXT_DOOR = Change("residence", date(2026, 5, 1), 3, "flanders")
LEFT = Change("struckOff", date(2026, 6, 1), 4)
BACK = Change("residence", date(2026, 8, 1), 5, "flanders")
DIED = Change("death", date(2026, 9, 1), 6)
UNKNOWN = Change("numberUnknown", date(2026, 2, 1), 7)
NAMED = Change("identity", date(2026, 2, 1), 8)


def test_the_last_residence_counts_with_the_region_before_it() -> None:
    now = standing([NEXT_DOOR, BRUSSELS, FLANDERS])
    assert (now.region, now.region_since, now.region_before, now.residence) == ("flanders", date(2026, 3, 1), "brussels", 3)


def test_who_left_has_no_region_and_who_came_back_has() -> None:
    assert (standing([FLANDERS, LEFT]).ended, standing([FLANDERS, LEFT]).region) == ("struckOff", None)
    assert (standing([FLANDERS, LEFT, BACK]).ended, standing([FLANDERS, LEFT, BACK]).region) == (None, "flanders")


def test_who_moves_is_struck_off_and_entered_on_one_day() -> None:
    assert standing([FLANDERS, Change("struckOff", FLANDERS.on, 9)]).ended is None


def test_the_dead_stay_dead() -> None:
    now = standing([DIED, FLANDERS, Change("residence", date(2026, 10, 1), 9, "flanders")])
    assert (now.ended, now.ended_on) == ("deceased", DIED.on)


@pytest.mark.parametrize(("changes", "unknown"), [([UNKNOWN], True), ([UNKNOWN, NAMED], False), ([BRUSSELS, UNKNOWN], True)])
def test_a_number_is_unknown_until_the_register_speaks_of_the_person(changes: list[Change], unknown: bool) -> None:
    assert standing(changes).unknown is unknown


def test_of_two_names_on_one_day_the_later_word_counts() -> None:
    assert standing([NAMED, Change("identity", NAMED.on, 9)]).identity == 9


def test_the_order_of_arrival_changes_nothing() -> None:
    every = {standing(order) for order in permutations([BRUSSELS, FLANDERS, LEFT, BACK, UNKNOWN])}
    assert every == {
        Standing(region="flanders", region_since=date(2026, 3, 1), region_before="brussels", residence=5),
    }
