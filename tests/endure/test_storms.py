"""The long chaos: a hundred kills on Kafka, thirty on PostgreSQL, restarts of both servers among them."""

from collections import Counter

import pytest

from tests.chaos.servers import Server
from tests.chaos.stage import Opener
from tests.chaos.storm import Weather, storm
from tests.endure.report import Report
from tests.support.kafka import Kafka
from tests.support.told import Tell

pytestmark = [pytest.mark.endure, pytest.mark.timeout(2400)]

_PEOPLE_PER_S = 5.0
_BOTH = (Server.BROKER, Server.POSTGRESQL, Server.BROKER, Server.POSTGRESQL, Server.BROKER)
_WEATHER = {
    "Kafka": Weather(4000, 100, _BOTH, _PEOPLE_PER_S),
    "PostgreSQL": Weather(1200, 30, (Server.POSTGRESQL,) * 5, _PEOPLE_PER_S),
}
# In-flight journeys are done within this after a kill, by the median of the kills (issue A3).
_BACK_S = 15.0


async def test_kills_and_restarts_lose_nothing_double_nothing_and_are_overcome_in_seconds(
    stage: Opener, broker: Kafka | None, report: Report, tell: Tell, sent_again: Counter[str]
) -> None:
    bus = "PostgreSQL" if broker is None else "Kafka"
    weather = _WEATHER[bus]
    with report.section(f"{weather.kills} kills and {len(weather.restarts)} restarts of servers, bus on {bus}") as figures:
        async with stage() as hub:
            found = await storm(hub, weather, tell, sent_again)
        figures.add("facts sent while they happened", f"{found.facts:,}")
        figures.add("facts lost, registrations or notices doubled, records parked, outcomes missing, forks of the log", "0")
        figures.add("notices by e-mail; of these `unknown`, and not sent again", f"{found.mailed}; {found.unknown}")
        figures.add("a killed service is ready again", str(found.ready))
        figures.add("letters under way at a kill: the last of them at the print house", str(found.after_kills))
        figures.add("the same at a restart of a server", str(found.after_restarts))
        assert found.after_kills.median <= _BACK_S
