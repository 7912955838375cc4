"""Services and servers die at random under load: nothing is lost and nothing happens twice, counted from outside."""

from collections import Counter

import pytest

from tests.chaos.servers import Server
from tests.chaos.stage import Opener
from tests.chaos.storm import Weather, storm
from tests.support.kafka import Kafka
from tests.support.told import Tell

pytestmark = pytest.mark.slow

_KILLS = 10
# At this pace the load outlasts every disturbance: a broker that crashed takes some ten seconds.
_PEOPLE, _PEOPLE_PER_S = 320, 6.0


async def test_ten_kills_of_services_and_a_restart_of_each_server_under_load_lose_nothing_and_double_nothing(
    stage: Opener, broker: Kafka | None, tell: Tell, sent_again: Counter[str]
) -> None:
    servers = (Server.POSTGRESQL,) if broker is None else (Server.BROKER, Server.POSTGRESQL)
    async with stage() as hub:
        await storm(hub, Weather(_PEOPLE, _KILLS, servers, _PEOPLE_PER_S), tell, sent_again)
