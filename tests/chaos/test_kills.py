"""Services and servers die at random under load: nothing is lost and nothing happens twice, counted from outside."""

from collections import Counter

import pytest

from tests.chaos.servers import Server
from tests.chaos.stage import Opener
from tests.chaos.storm import Weather, storm
from tests.support.figures import Figure, Guarantee
from tests.support.kafka import Kafka
from tests.support.told import Tell

pytestmark = pytest.mark.slow

_KILLS = 10
# At this pace the load outlasts every disturbance: a broker that crashed takes some ten seconds.
_PEOPLE, _PEOPLE_PER_S = 320, 6.0


async def test_ten_kills_of_services_and_a_restart_of_each_server_under_load_lose_nothing_and_double_nothing(
    stage: Opener, broker: Kafka | None, tell: Tell, sent_again: Counter[str], figure: Figure
) -> None:
    servers = (Server.POSTGRESQL,) if broker is None else (Server.BROKER, Server.POSTGRESQL)
    async with stage() as hub:
        found = await storm(hub, Weather(_PEOPLE, _KILLS, servers, _PEOPLE_PER_S), tell, sent_again)
    after = f"after {_KILLS} kills and the restart of {len(servers)} server{'s' * (len(servers) > 1)} under load"
    figure(Guarantee.FACTS, f"{found.facts} facts accepted, as many current outcomes {after}: 0 lost, 0 parked")
    figure(Guarantee.NOTICES, f"every delivery arrived at most once {after}; {found.mailed} by e-mail, of which `unknown` {found.unknown}")
