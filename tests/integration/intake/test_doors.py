"""The doors of single facts, over HTTP with real tokens."""

import asyncio

import httpx
import pytest

from tests.integration.intake.conftest import ANNE, BART, House

R1 = "/contracts/r1"


def contract(version: int = 1, **said: object) -> dict[str, object]:
    return {"sourceVersion": version, "ssin": ANNE} | said


async def test_a_first_version_is_created_and_a_later_one_is_not(agii: httpx.AsyncClient) -> None:
    first = await agii.put(R1, json=contract(1))
    later = await agii.put(R1, json=contract(2, city="Aalst"))
    assert (first.status_code, later.status_code) == (201, 200)
    assert first.json() == {"reference": "r1", "sourceVersion": 1, "result": "accepted"}


async def test_m16_repeats_conflicts_and_late_versions_at_the_door(agii: httpx.AsyncClient) -> None:
    await agii.put(R1, json=contract(2))
    assert (await agii.put(R1, json=contract(2))).json()["result"] == "duplicate"
    conflict = await agii.put(R1, json=contract(2, city="Aalst"))
    assert conflict.status_code == 409
    assert conflict.json()["type"] == "urn:problem-type:vdab:sourceVersionConflict"
    late = (await agii.put(R1, json=contract(1))).json()
    assert (late["result"], late["reason"]) == ("duplicate", "superseded")


async def test_m16_a_delete_names_its_version_in_the_query(agii: httpx.AsyncClient) -> None:
    await agii.put(R1, json=contract())
    assert (await agii.delete(R1)).status_code == 400
    gone = await agii.delete(R1, params={"sourceVersion": 2})
    assert (gone.status_code, gone.json()["result"]) == (200, "withdrawn")


async def test_an_amendment_may_come_before_its_record(house: House, agii: httpx.AsyncClient) -> None:
    early = await agii.post(f"{R1}/terminations", json={"sourceVersion": 2, "on": "2026-03-01"})
    assert (early.status_code, early.json()["result"], early.json()["reason"]) == (201, "waiting", "unknownReference")
    await agii.put(R1, json=contract())
    assert (await house.outcomes("r1")) == [(2, "accepted", None)]


@pytest.mark.parametrize("reference", [ANNE, "06.64.10-005.07", f"case-{ANNE}", "0543307391", "1234567890123", "a b", "x" * 65])
async def test_a_reference_that_looks_like_a_number_of_someone_is_refused_without_repeating_it(
    agii: httpx.AsyncClient, reference: str
) -> None:
    refused = await agii.put(f"/contracts/{reference}", json=contract())
    assert refused.status_code == 400
    assert refused.json()["issues"][0]["name"] == "reference"
    assert reference not in refused.text


@pytest.mark.parametrize("reference", ["r1", "2026-000123", "7c0e8f8e-1111-7222-8333-012345678901", "A_b.c-9", "123456789"])
async def test_an_opaque_reference_is_taken(agii: httpx.AsyncClient, reference: str) -> None:
    assert (await agii.put(f"/contracts/{reference}", json=contract())).status_code == 201


async def test_a_bad_number_is_refused_with_its_reason_and_not_repeated(agii: httpx.AsyncClient) -> None:
    refused = await agii.put(R1, json=contract(ssin="06641000508"))
    assert refused.status_code == 400
    assert "checkDigits" in refused.text
    assert "06641000508" not in refused.text


async def test_an_unknown_field_is_refused(agii: httpx.AsyncClient) -> None:
    refused = await agii.put(R1, json=contract(colour="red"))
    assert refused.status_code == 400
    assert refused.json()["issues"][0]["name"] == "colour"


async def test_m14_facts_that_wait_together_answer_their_own_senders(house: House, agii: httpx.AsyncClient) -> None:
    await agii.put(R1, json=contract())
    answers = await asyncio.gather(
        *(agii.put(f"/contracts/n{number}", json=contract(ssin=BART)) for number in range(20)),
        agii.put(R1, json=contract(city="Other")),
        agii.put("/contracts/broken", json=contract(city="Atlantis")),
        agii.put("/contracts/bad", json=contract(ssin="06641000508")),
    )
    assert [answer.status_code for answer in answers] == [*[201] * 20, 409, 500, 400]
    assert (await house.rows("SELECT count(*) FROM toy")) == [(21,)]


async def test_m14_facts_that_wait_together_share_a_commit(house: House, agii: httpx.AsyncClient) -> None:
    await asyncio.gather(*(agii.put(f"/contracts/n{number}", json=contract(ssin=BART)) for number in range(40)))
    [(facts, units)] = await house.rows("SELECT count(*), count(DISTINCT recorded_at) FROM fact")
    assert facts == 40
    assert units < 20


async def test_m14_a_client_that_hangs_up_cancels_nobody(house: House, agii: httpx.AsyncClient) -> None:
    leaving = asyncio.create_task(agii.put(R1, json=contract()))
    staying = asyncio.create_task(agii.put("/contracts/r2", json=contract(ssin=BART)))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).status_code == 201
    assert await house.state("r2") is not None


async def test_m19_another_organisation_sees_none_of_it(house: House, agii: httpx.AsyncClient, atlas: httpx.AsyncClient) -> None:
    await agii.put(R1, json=contract(3))
    assert (await atlas.delete(R1, params={"sourceVersion": 9})).json()["result"] == "waiting"
    assert await house.state("r1") is not None
    assert [row[0] for row in await house.rows("SELECT organisation FROM fact ORDER BY 1")] == ["0543307391", "0999990222"]


async def test_a_token_without_the_scope_changes_nothing(house: House, agii: httpx.AsyncClient) -> None:
    refused = await agii.put(R1, json=contract(), headers=house.tokens.bearer("agii", scope="integrationFeed.read"))
    assert refused.status_code == 403
    assert await house.state("r1") is None


async def test_the_doors_describe_themselves(agii: httpx.AsyncClient) -> None:
    document = (await agii.get("http://hub.test/doc/openapi.json")).json()
    base = "/integrationFeed/v1"
    doors = {
        (method, path.removeprefix(base)): door["operationId"]
        for path, methods in document["paths"].items()
        for method, door in methods.items()
    }
    assert {key: name for key, name in doors.items() if key[1].startswith("/contracts")} == {
        ("put", "/contracts/{reference}"): "putContract",
        ("delete", "/contracts/{reference}"): "deleteContract",
        ("post", "/contracts/{reference}/terminations"): "postContractTermination",
    }
    put = document["paths"][f"{base}/contracts/{{reference}}"]["put"]
    assert put["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Toy"}
    assert document["components"]["schemas"]["Toy"]["required"] == ["sourceVersion", "ssin"]
