"""What chaos plans and measures: a seed repeats its plan, and a recovery counts what was under way at its moment."""

import random
from collections import Counter
from itertools import pairwise

import pytest

from devkit.recipes import SERVICES
from tests.chaos.disturbing import Kill, Restart, plan
from tests.chaos.recovery import Recovery, Spread, recoveries
from tests.chaos.servers import Server

FACTS, KILLS = 800, 10
SERVERS = (Server.BROKER, Server.POSTGRESQL, Server.BROKER)


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_repeats_its_plan_of_which_every_service_and_server_is_part(seed: int) -> None:
    planned = plan(random.Random(seed), KILLS, SERVERS, FACTS)

    assert planned == plan(random.Random(seed), KILLS, SERVERS, FACTS)
    assert [one.after for one in planned] == sorted(one.after for one in planned)
    killed = [one.service for one in planned if isinstance(one, Kill)]
    assert len(killed) == KILLS
    assert set(killed) == set(SERVICES)
    assert Counter(one.server for one in planned if isinstance(one, Restart)) == Counter(SERVERS)
    assert FACTS // 20 <= planned[0].after <= planned[-1].after < FACTS - FACTS // 10


def test_restarts_of_servers_do_not_meet() -> None:
    for seed in range(50):
        moments = [one.after for one in plan(random.Random(seed), KILLS, SERVERS, FACTS) if isinstance(one, Restart)]
        assert all(later - sooner > FACTS // 10 for sooner, later in pairwise(moments)), seed


def test_a_recovery_waits_for_the_last_letter_that_was_under_way_and_for_no_later_one() -> None:
    told = {"before": 1.0, "first": 5.0, "last": 6.0, "later": 11.0, "no letter": 5.0}
    done = {"before": 9.0, "first": 12.0, "last": 14.5, "later": 30.0}

    assert recoveries([10.0, 40.0], told, done) == [Recovery(2, 4.5), Recovery(0, 0.0)]


def test_a_spread_says_the_median_and_the_ends() -> None:
    assert str(Spread.of([3.0, 1.0, 2.0])) == "min 1.0, median 2.0, p90 2.8, max 3.0 s (of 3)"
    assert Spread.of([7.0]) == Spread(1, 7.0, 7.0, 7.0, 7.0)
    assert Spread.of([]).count == 0
