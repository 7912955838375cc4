"""The hub with a process for each service: a killed one comes back and goes on where it was."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devkit.fleet import Fleet, fleet_at_work
from devkit.ground import Ground, make_keys
from devkit.home import Addresses, Home
from devkit.partners import Partners
from devkit.sandbox_client import SandboxClient
from tests.support.hub import PARTITIONS, WHOLE
from tests.support.postgres import Postgres

SSIN = "91641290131"


Processes = tuple[Fleet, Addresses]


@pytest.fixture
async def fleet(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Processes]:
    home = Home(tmp_path / "hub")
    home.make()
    make_keys(home.keys)
    async with postgres.fresh(WHOLE) as urls, fleet_at_work(Ground(home, urls, None, PARTITIONS)) as processes:
        yield processes


async def test_a_killed_service_comes_back_and_works_on_what_came_meanwhile(fleet: Processes) -> None:
    services, addresses = fleet
    async with Partners(addresses, services.ground.home.keys) as partners, SandboxClient(addresses.sandbox) as clock:
        await clock.advance_to("2026-03-02T08:00")
        services.kill("registration")
        contract = {
            "sourceVersion": 1,
            "ssin": SSIN,
            "familyName": "Zorianyk",
            "givenName": "Oles",
            "birthDate": "1991-04-12",
            "agency": "agii",
            "signedOn": "2026-03-02",
        }
        said = await partners["agii"].put("/integrationFeed/v1/contracts/killed-one", contract)
        assert said["result"] in ("accepted", "waiting", "held")

        services.start("registration")
        await services.ready("registration")
        moved_in = {"sourceVersion": 1, "ssin": SSIN, "kind": "residence", "on": "2025-01-05", "nis": "34022"}
        await partners["vdab"].put("/registration/v1/personChanges/killed-one", moved_in)
        await clock.settled()

        [obligation] = (await partners["agii"].post("/integrationFeed/v1/obligations/query", {"ssin": SSIN}))["items"]
        assert (obligation["outcome"], obligation["state"]) == ("review", "none")
