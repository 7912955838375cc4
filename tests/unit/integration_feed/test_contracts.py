"""Which contracts make one obligation: a double push does, a contract after a stop does not."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.integration_feed.domain.contracts import Contract, episodes
from services.integration_feed.domain.newcomers import Ended

AGII = Contract(UUID(int=1), "0543307391", "a", 1, "agii", date(2026, 10, 1))
ATLAS = Contract(UUID(int=2), "0999990222", "b", 1, "atlas", date(2026, 10, 5))
STOPPED = replace(AGII, ended=Ended.CONTRACT_STOPPED, ended_on=date(2026, 11, 2))
WITHDRAWN = replace(AGII, ended=Ended.CONTRACT_WITHDRAWN, ended_on=date(2026, 11, 2))


def test_two_contracts_that_run_make_one_obligation_from_the_earliest_date() -> None:
    (both,) = episodes([ATLAS, AGII])
    assert (both.lead, both.signed_on, both.dates_differ, both.ended) == (AGII, date(2026, 10, 1), True, None)


def test_two_contracts_of_one_day_do_not_differ() -> None:
    assert not episodes([AGII, replace(ATLAS, signed_on=AGII.signed_on)])[0].dates_differ


def test_a_transfer_keeps_the_first_date_and_follows_the_agency_that_goes_on() -> None:
    (both,) = episodes([STOPPED, ATLAS])
    assert (both.lead, both.signed_on, both.dates_differ) == (ATLAS, date(2026, 10, 1), False)


def test_a_contract_after_a_stop_begins_anew() -> None:
    after = replace(ATLAS, signed_on=date(2026, 11, 2))
    first, second = episodes([after, STOPPED])
    assert (first.ended, second.lead, second.signed_on) == (Ended.CONTRACT_STOPPED, after, date(2026, 11, 2))


def test_a_contract_that_never_was_gives_no_date_while_another_runs() -> None:
    (both,) = episodes([WITHDRAWN, ATLAS])
    assert (both.lead, both.signed_on) == (ATLAS, date(2026, 10, 5))
    assert episodes([WITHDRAWN])[0].ended is Ended.CONTRACT_WITHDRAWN


def test_without_a_signature_there_is_someone_to_follow_and_no_date() -> None:
    unsigned = replace(ATLAS, signed_on=None)
    assert episodes([unsigned])[0].signed_on is None
    assert [some.ended for some in episodes([STOPPED, unsigned])] == [Ended.CONTRACT_STOPPED, None]
    assert episodes([AGII, unsigned])[0].lead == AGII
