"""How somebody stands in the registers: the same whoever spoke first, as often as they like, and the dead stay dead."""

import random
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.people import ENDS, Change, Standing, standing

START = date(2026, 1, 1)
DAYS = st.integers(0, 30).map(lambda days: START + timedelta(days=days))
REGIONS = st.sampled_from(["flanders", "brussels", "wallonia"])
KINDS = st.sampled_from(["residence", "residence", "identity", "numberUnknown", *ENDS])


WORDS = st.lists(st.tuples(KINDS, DAYS, REGIONS), max_size=7)


def numbered(words: list[tuple[str, date, str]], first: int) -> list[Change]:
    """What a register said, one after the other."""
    return [Change(kind, on, first + n, region if kind == "residence" else None) for n, (kind, on, region) in enumerate(words)]


SAID, OTHERS = WORDS.map(lambda words: numbered(words, 1)), WORDS.map(lambda words: numbered(words, 100))
LATER = START + timedelta(days=31)


@given(SAID, st.randoms(use_true_random=False))
def test_whoever_spoke_first_means_nothing(said: list[Change], chance: random.Random) -> None:
    assert standing(chance.sample(said, len(said))) == standing(said)


@given(SAID, OTHERS)
def test_the_records_of_two_who_are_one_give_one_standing_whichever_half_came_first(one: list[Change], other: list[Change]) -> None:
    assert standing([*one, *other]) == standing([*other, *one])


@given(SAID, st.integers(0, 7))
def test_what_is_said_twice_is_as_said_once(said: list[Change], which: int) -> None:
    assert standing([*said, *said[which : which + 1]]) == standing(said)


@given(SAID)
def test_who_has_a_region_lives_there_and_who_is_followed_no_longer_has_none(said: list[Change]) -> None:
    now = standing(said)
    assert now.region is None or now.ended is None
    assert (now.ended is None) is (now.ended_on is None)
    assert (now.region is None) is (now.region_since is None)
    assert (now.residence is None) is (not any(one.kind == "residence" for one in said))
    assert now.region_before is None or now.region_before != now.region


@given(SAID, DAYS, OTHERS)
def test_the_dead_stay_dead_and_of_two_days_of_death_the_first_counts(said: list[Change], died_on: date, since: list[Change]) -> None:
    after = standing([*said, Change("death", died_on, 0), *since])
    deaths = [died_on, *(one.on for one in (*said, *since) if one.kind == "death")]
    assert (after.ended, after.ended_on, after.region) == ("deceased", min(deaths), None)


@given(SAID, REGIONS, REGIONS)
def test_a_later_residence_in_the_same_region_moves_no_date_and_one_in_another_does(said: list[Change], home: str, region: str) -> None:
    said = [*(one for one in said if one.kind != "death"), Change("residence", START + timedelta(days=30), 10**6, home)]
    before = standing(said)
    after = standing([*said, Change("residence", LATER, 0, region)])
    assert (after.region, after.residence) == (region, 0)
    if region == before.region:
        assert (after.region_since, after.region_before) == (before.region_since, before.region_before)
    else:
        assert (after.region_since, after.region_before) == (LATER, before.region)


@given(SAID, st.sampled_from([kind for kind in ENDS if kind != "death"]), REGIONS)
def test_who_left_comes_back_with_the_next_residence_and_not_before(said: list[Change], kind: str, region: str) -> None:
    gone = [*(one for one in said if one.kind != "death"), Change(kind, LATER, 0)]
    assert (standing(gone).ended, standing(gone).ended_on, standing(gone).region) == (ENDS[kind], LATER, None)
    on_that_day, the_day_after = (Change("residence", LATER + timedelta(days=days), -1, region) for days in (0, 1))
    for back in (on_that_day, the_day_after):
        assert (standing([*gone, back]).ended, standing([*gone, back]).region) == (None, region)
    assert standing([*gone, replace(on_that_day, on=START - timedelta(days=1))]).ended == ENDS[kind]


@given(SAID, st.sampled_from(["identity", "residence"]), st.integers(-1, 1))
def test_a_number_is_unknown_until_the_register_speaks_on_that_day_or_later(said: list[Change], kind: str, days: int) -> None:
    missing = [*said, Change("numberUnknown", LATER, 0)]
    assert standing(missing).unknown
    spoken = Change(kind, LATER + timedelta(days=days), 10**7, "flanders" if kind == "residence" else None)
    assert standing([*missing, spoken]).unknown is (days < 0)


@given(SAID)
def test_what_somebody_is_called_is_what_was_said_last_and_moves_nothing_else(said: list[Change]) -> None:
    before, after = standing(said), standing([*said, Change("identity", LATER, 0)])
    assert after.identity == 0
    assert replace(after, identity=before.identity, unknown=before.unknown) == before


def test_of_whom_nothing_was_said_nothing_is_known() -> None:
    assert standing([]) == Standing()
