"""However many contracts agencies report of a person and in whatever order: each counts once, and what runs is found."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from services.integration_feed.domain.contracts import VOID, Contract, Episode, episode_of, episodes
from services.integration_feed.domain.newcomers import Ended

START = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda days: START + timedelta(days=days))


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """A contract that runs, was stopped some days after its signature, or never was."""
    signed_on = draw(st.sampled_from([None, START]) | DAYS | DAYS)
    ended = draw(st.sampled_from([None, None, Ended.CONTRACT_STOPPED, Ended.CONTRACT_STOPPED, *sorted(VOID)]))
    days = draw(st.integers(0, 200))
    ended_on = (signed_on or START) + timedelta(days=days) if ended is not None else None
    number = draw(st.integers(1, 10**6))
    return Contract(UUID(int=number), draw(st.sampled_from(["a", "b"])), str(number), 1, "agii", signed_on, ended, ended_on)


SOME = st.lists(contracts(), min_size=1, max_size=5, unique_by=lambda one: one.contract_id)


def renamed(one: Contract) -> Contract:
    """The same contract under another reference."""
    return replace(one, contract_id=UUID(int=one.contract_id.int + 10**7), reference=f"other-{one.reference}")


def shown(some: list[Episode]) -> list[tuple[object, ...]]:
    """What anybody can see of episodes."""
    return [(one.lead, one.signed_on, one.ended, one.dates_differ, {each.contract_id for each in one.contracts}) for one in some]


@given(SOME)
def test_every_contract_belongs_to_one_obligation(some: list[Contract]) -> None:
    found = episodes(some)
    held = [each.contract_id for one in found for each in one.contracts]
    assert sorted(held) == sorted(each.contract_id for each in some)
    for each in some:
        home = episode_of(found, each.contract_id)
        assert home is not None
        assert each in home.contracts
    assert episode_of(found, UUID(int=0)) is None


@given(SOME, st.randoms(use_true_random=False))
def test_the_order_in_which_contracts_were_reported_means_nothing(some: list[Contract], chance: random.Random) -> None:
    assert shown(episodes(chance.sample(some, len(some)))) == shown(episodes(some))


@given(SOME, SOME.map(lambda some: [renamed(one) for one in some]))
def test_the_contracts_of_two_who_are_one_make_the_same_obligations_whichever_half_came_first(
    one: list[Contract], other: list[Contract]
) -> None:
    assert shown(episodes([*one, *other])) == shown(episodes([*other, *one]))


@given(SOME)
def test_only_the_last_obligation_runs_and_it_does_while_any_contract_does(some: list[Contract]) -> None:
    *earlier, last = episodes(some)
    assert all(one.ended is not None for one in earlier)
    assert (last.ended is None) is any(each.ended is None for each in some)
    assert all(before.signed_on is not None for before in earlier)


@given(SOME)
def test_a_contract_that_runs_leads_before_one_that_ended(some: list[Contract]) -> None:
    for one in episodes(some):
        if one.ended is None:
            assert one.lead.ended is None
            assert one.lead.order == min(each.order for each in one.running)
        else:
            assert one.lead.ended_on == max(each.ended_on or date.min for each in one.contracts)


@given(SOME)
def test_the_day_of_signature_is_the_earliest_of_a_contract_that_was(some: list[Contract]) -> None:
    for one in episodes(some):
        were = [each.signed_on for each in one.contracts if each.ended not in VOID and each.signed_on is not None]
        if were:
            assert one.signed_on == min(were)
        assert one.dates_differ is (len({each.signed_on for each in one.running} - {None}) > 1)


@given(SOME, contracts())
def test_a_contract_that_never_was_moves_no_date_and_ends_nothing_that_runs(some: list[Contract], void: Contract) -> None:
    assume(all(each.contract_id != void.contract_id for each in some))
    before = episodes(some)
    assume(before[-1].ended is None)
    taken_back = replace(void, ended=Ended.CONTRACT_WITHDRAWN, ended_on=START)
    after = episodes([*some, taken_back])
    assert [(one.signed_on, one.ended, one.dates_differ, one.lead) for one in after] == [
        (one.signed_on, one.ended, one.dates_differ, one.lead) for one in before
    ]


@given(DAYS, st.integers(0, 100), st.integers(-3, 3))
def test_a_signature_begins_anew_from_the_day_on_which_the_one_before_stopped(signed_on: date, ran: int, days: int) -> None:
    stopped_on = signed_on + timedelta(days=ran)
    first = Contract(UUID(int=1), "a", "1", 1, "agii", signed_on, Ended.CONTRACT_STOPPED, stopped_on)
    again_on = max(stopped_on + timedelta(days=days), signed_on)
    second = Contract(UUID(int=2), "b", "2", 1, "atlas", again_on)
    assert len(episodes([second, first])) == (2 if again_on >= stopped_on else 1)
