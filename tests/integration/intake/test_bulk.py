"""Bulk: every line stands by itself, what is committed stands, and each has its result."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from chassis.health import Health
from chassis.http.auth import Caller
from chassis.intake.bulk import BulkUpload
from chassis.intake.pruning import IntakePruning
from tests.integration.intake.conftest import AGII, ANNE, BART, CHLOE, House

NDJSON = {"Content-Type": "application/x-ndjson"}
FORM = frozenset({"integrationFeed.write", "integrationFeed.read"})


def line(reference: str = "r1", version: int = 1, operation: str = "put", kind: str = "contract", **said: object) -> bytes:
    body = said if operation != "put" else {"ssin": ANNE} | said
    return json.dumps({"operation": operation, "kind": kind, "reference": reference, "sourceVersion": version} | body).encode()


async def send(client: httpx.AsyncClient, *lines: bytes) -> httpx.Response:
    return await client.post("/factBatches", content=b"\n".join(lines), headers=NDJSON)


def located(received: httpx.Response) -> str:
    return f"http://hub.test{received.headers['Location']}"


async def results(client: httpx.AsyncClient, received: httpx.Response) -> list[dict[str, Any]]:
    answer = await client.get(f"{located(received)}/results")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(one) for one in answer.text.splitlines()]


async def test_a_batch_is_taken_in_and_each_line_has_its_result(house: House, agii: httpx.AsyncClient) -> None:
    received = await send(
        agii,
        line("r1"), line("r2", ssin=BART, city="Brussel"), line("r1", 2, "termination", on="2026-03-01"), line("r3", 1, "delete"),
        line("r1"), line("r4", ssin=CHLOE), line("r4", 2, "delete"), line("r4", 1, ssin=CHLOE, city="Late"),
    )  # fmt: skip
    assert received.status_code == 202
    assert [(one["line"], one["result"], one.get("reason")) for one in await results(agii, received)] == [
        (1, "accepted", None),
        (2, "held", "otherRegion"),
        (3, "accepted", None),
        (4, "waiting", "unknownReference"),
        (5, "duplicate", None),
        (6, "accepted", None),
        (7, "withdrawn", None),
        (8, "parked", "sourceVersionConflict"),
    ]
    status = (await agii.get(located(received))).json()
    assert status["status"]["state"] == "done"
    assert (status["lineCount"], status["truncated"]) == (8, False)
    assert status["results"] == {"accepted": 3, "duplicate": 1, "held": 1, "parked": 1, "waiting": 1, "withdrawn": 1}
    assert await house.state("r4") is None


@pytest.mark.parametrize(
    ("bad", "reason", "detail"),
    [
        (b"{", "malformedJson", None),
        (b"[1]", "malformedJson", "a line is one JSON object without NUL characters"),
        (b'{"operation":"put","kind":"contract","reference":"r9","sourceVersion":NaN}', "malformedJson", None),
        (b'{"a":"\\u0000"}', "malformedJson", "a line is one JSON object without NUL characters"),
        (b"\xff\xfe", "malformedJson", None),
        (b"x" * 1001, "tooLong", "a line holds at most 1000 bytes"),
        (line(kind="spaceship"), "unknownKind", "kind is one of contract"),
        (line(operation="explode"), "unknownOperation", "operation is one of delete, put, termination"),
        (line(ANNE), "invalidReference", None),
        (line(colour="red"), "unknownField", "colour: this member is not known here"),
        (line("r9", 1, "delete", ssin=ANNE), "unknownField", None),
        (line("r9", 1, "termination"), "missingField", "on: Field required"),
        (line(version=0), "invalidValue", None),
        (line(ssin="06641000508"), "invalidSsin", "checkDigits"),
        (line(ssin="6641000507"), "invalidSsin", "notElevenDigits"),
        (line(city="Atlantis"), "failed", None),
    ],
)
async def test_a_bad_line_is_parked_with_its_reason_and_the_rest_goes_on(
    house: House, agii: httpx.AsyncClient, bad: bytes, reason: str, detail: str | None
) -> None:
    received = await send(agii, line("before"), bad, line("after", ssin=BART))
    first, parked, last = await results(agii, received)
    assert (first["result"], last["result"]) == ("accepted", "accepted")
    assert (parked["line"], parked["result"], parked["reason"]) == (2, "parked", reason)
    assert detail is None or parked["detail"] == detail
    assert not any(number in str(parked) for number in (ANNE, "06641000508", "6641000507"))
    assert (await house.rows("SELECT count(*) FROM toy")) == [(2,)]


async def test_chunks_commit_in_order_and_a_culprit_parks_alone(house: House, agii: httpx.AsyncClient) -> None:
    lines = [line(f"r{number}", city="Atlantis" if number == 7 else "Gent") for number in range(23)]
    lines += [line("r0", version, city=f"City {version}") for version in range(2, 9)]
    received = await send(agii, *lines)
    parked = [one for one in await results(agii, received) if one["result"] != "accepted"]
    assert [(one["line"], one["reason"]) for one in parked] == [(8, "failed")]
    assert await house.state("r0") == ("City 8", None)


async def test_sending_a_batch_again_is_harmless(house: House, agii: httpx.AsyncClient) -> None:
    body = [line(f"r{number}") for number in range(12)]
    await send(agii, *body)
    again = await send(agii, *body)
    assert {one["result"] for one in await results(agii, again)} == {"duplicate"}
    assert (await house.rows("SELECT count(*), max(applied) FROM toy")) == [(12, 1)]


async def broken_off(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    raise ConnectionResetError


async def test_m17_a_truncated_body_keeps_its_whole_lines_and_says_so(house: House, agii: httpx.AsyncClient) -> None:
    upload = BulkUpload(house.intake, Caller("agii", AGII, FORM))
    body = b"\n".join([*(line(f"r{number}") for number in range(7)), line("half")[:40]])
    with pytest.raises(ConnectionResetError):
        await upload.receive(broken_off(body[:100], body[100:]))

    status = (await agii.get(f"/factBatches/{upload.batch_id}")).json()
    assert (status["status"]["state"], status["truncated"], status["lineCount"]) == ("failed", True, 7)
    assert [batch["id"] for batch in (await agii.get("/factBatches")).json()["items"]] == [str(upload.batch_id)]


async def test_m17_a_client_that_hangs_up_leaves_a_truncated_batch(house: House, agii: httpx.AsyncClient) -> None:
    begun = {"type": "http.request", "body": line("r1") + b"\n" + line("r2"), "more_body": True}
    messages: Iterator[dict[str, Any]] = iter([begun, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send_nothing(_message: object) -> None:
        return

    headers = house.tokens.bearer("agii") | NDJSON
    scope = {
        "type": "http", "method": "POST", "path": "/integrationFeed/v1/factBatches", "raw_path": b"", "query_string": b"",
        "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()], "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    await house.app(scope, receive, send_nothing)

    [batch] = (await agii.get("/factBatches")).json()["items"]
    assert (batch["truncated"], batch["lineCount"]) == (True, 1)


async def test_m17_a_body_over_the_limit_is_refused_and_what_was_taken_stands(house: House, agii: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for number in range(400):
            yield line(f"r{number}") + b"\n"

    refused = await agii.post("/factBatches", content=endless(), headers=NDJSON)
    assert refused.status_code == 413
    [batch] = (await agii.get("/factBatches")).json()["items"]
    assert batch["truncated"]
    assert batch["lineCount"] == (await house.rows("SELECT count(*) FROM fact"))[0][0] > 100


async def fill_outbox(house: House, rows: int) -> None:
    await house.rows("INSERT INTO outbox (topic, key, value) SELECT 't', '', '' FROM generate_series(1, :rows) RETURNING id", rows=rows)


async def test_m17_beyond_the_depth_of_the_outbox_bulk_is_told_to_come_back(house: House, agii: httpx.AsyncClient) -> None:
    await fill_outbox(house, 51)
    refused = await send(agii, line("r1"))
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert (await agii.get("/factBatches")).json()["items"] == []
    assert (await agii.put("/contracts/single", json={"sourceVersion": 1, "ssin": ANNE})).status_code == 201


async def test_m17_an_outbox_that_fills_meanwhile_stops_the_batch_where_it_is(house: House, agii: httpx.AsyncClient) -> None:
    async def body() -> AsyncIterator[bytes]:
        for number in range(30):
            if number == 12:
                await fill_outbox(house, 60)
            yield line(f"r{number}") + b"\n"

    refused = await agii.post("/factBatches", content=body(), headers=NDJSON)
    assert refused.status_code == 503
    [batch] = (await agii.get("/factBatches")).json()["items"]
    assert batch["truncated"]
    assert batch["lineCount"] == (await house.rows("SELECT count(*) FROM fact"))[0][0] <= 15


async def test_m19_another_organisation_finds_no_batch(agii: httpx.AsyncClient, atlas: httpx.AsyncClient) -> None:
    received = await send(agii, line("r1"))
    assert (await atlas.get(located(received))).status_code == 404
    assert (await atlas.get(f"{located(received)}/results")).status_code == 404
    assert (await atlas.get("/factBatches")).json() == {"items": []}


async def test_another_media_type_is_not_read(agii: httpx.AsyncClient) -> None:
    assert (await agii.post("/factBatches", content=line(), headers={"Content-Type": "text/csv"})).status_code == 415


async def test_an_empty_body_is_a_batch_of_nothing(agii: httpx.AsyncClient) -> None:
    received = await send(agii, b"")
    assert (await agii.get(located(received))).json()["lineCount"] == 0
    assert await results(agii, received) == []


async def test_a_line_of_a_kind_the_client_may_not_send_is_parked(house: House) -> None:
    upload = BulkUpload(house.intake, Caller("agii", AGII, frozenset({"integrationFeed.read"})))

    async def body() -> AsyncIterator[bytes]:
        yield line("r1")

    await upload.receive(body())
    assert await house.rows("SELECT result, reason FROM fact_batch_line") == [("parked", "missingScope")]


async def test_a_batch_whose_process_died_is_shown_as_failed(house: House, agii: httpx.AsyncClient) -> None:
    received = await send(agii, line("r1"))
    await house.rows(
        "UPDATE fact_batch SET state = 'processing', completed_at = NULL, touched_at = touched_at - interval '1 hour' RETURNING id"
    )
    batch = (await agii.get(located(received))).json()
    assert (batch["status"], batch["truncated"], batch["lineCount"]) == ({"state": "failed"}, True, 1)


async def test_m30_old_batches_go_with_their_lines_and_the_facts_stay(house: House, agii: httpx.AsyncClient) -> None:
    await send(agii, line("r1"))
    await house.rows("UPDATE fact_batch SET received_at = received_at - interval '101 days' RETURNING id")
    await send(agii, line("r2"))
    pruning = IntakePruning(house.intake, Health())
    assert [await pruning.prune(), await pruning.prune()] == [1, 0]
    assert await house.rows("SELECT reference FROM fact_batch_line") == [("r2",)]
    assert await house.rows("SELECT count(*) FROM fact") == [(2,)]
