"""A month of invented newcomers comes to the outcomes that were invented with them."""

from datetime import date

from contracts.codes import NewcomerOutcome
from devkit.population import newcomers
from tests.integration.newcomers.house import House


async def test_every_kind_of_newcomer_comes_to_the_outcome_that_its_row_says(house: House) -> None:
    people = list(newcomers(1, 100, date(2026, 9, 1)))
    for one in people:
        for fact in one.facts:
            await house.send(fact.client, fact.method, fact.path, fact.json)
    await house.settled()

    for one in people:
        query = {"ssin": one.contract.ssin}
        kept = (await house.send("operator1", "POST", "/integrationFeed/v1/obligations/query", query))["items"]
        made = (await house.send("operator1", "POST", "/registration/v1/registrations/query", query))["items"]
        registered = [item for item in made if item["state"] == "registered"]
        wanted = (NewcomerOutcome.SATISFIED, "N13") if one.expected.registered else (one.expected.outcome, one.expected.rule)
        assert (one.kind, [(item["outcome"], item["rule"]) for item in kept]) == (one.kind, [wanted])
        assert (one.kind, len(registered)) == (one.kind, int(one.expected.registered))
