"""Bulk that is too much, too long or cut off: what was committed stands, the batch says so, and a resend is harmless."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.doors.stand import FAMILY_NAME, GIVEN_NAME, NDJSON, Stand, contract, reference

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOOR = "/integrationFeed/v1/factBatches"


def lines(stand: Stand, count: int) -> list[bytes]:
    return [json.dumps(head(reference()) | contract(stand.person())).encode() for _ in range(count)]


def head(name: str) -> dict[str, Any]:
    return {"operation": "put", "kind": "contract", "reference": name}


async def batches(stand: Stand) -> list[dict[str, Any]]:
    """The newest first."""
    found: list[dict[str, Any]] = (await stand.ask("agii", "GET", DOOR)).json()["items"]
    return found


async def finished(stand: Stand) -> dict[str, Any]:
    async def is_finished() -> bool:
        return bool((await batches(stand))[0]["status"]["state"] != "processing")

    await stand.until(is_finished)
    return (await batches(stand))[0]


async def accepted(stand: Stand) -> int:
    await stand.settled()
    return len(await stand.current_outcomes("agii", "integrationFeed"))


async def cut_off(stand: Stand, sent: bytes, *, chunked: bool) -> None:
    """A request over a bare connection that is closed in the middle of its body, once the hub is reading it."""
    before = len(await batches(stand))

    async def begun() -> bool:
        return len(await batches(stand)) > before

    url = urlsplit(stand.url(DOOR))
    _, writer = await asyncio.open_connection(url.hostname, url.port)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(sent) + 5000}"
    headers = f"Host: {url.netloc}\r\nAuthorization: {stand.tokens.bearer('agii')['Authorization']}\r\n{length}\r\n"
    writer.write(f"POST {url.path} HTTP/1.1\r\n{headers}Content-Type: application/x-ndjson\r\n\r\n".encode())
    writer.write(f"{len(sent):x}\r\n".encode() + sent + b"\r\n" if chunked else sent)
    await writer.drain()
    await stand.until(begun)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("chunked", [True, False])
async def test_m17_an_upload_cut_off_in_the_middle_keeps_its_whole_lines_and_a_resend_is_harmless(stand: Stand, chunked: bool) -> None:
    before, sent = await accepted(stand), lines(stand, 30)
    await cut_off(stand, b"\n".join(sent[:20]) + b"\n" + sent[20][:70], chunked=chunked)
    batch = await finished(stand)
    assert (batch["status"]["state"], batch["truncated"], batch["lineCount"]) == ("failed", True, 20)
    assert await accepted(stand) == before + 20

    again = await stand.line_results("agii", await stand.bulk("agii", "integrationFeed", *sent))
    assert [one["result"] for one in again] == ["duplicate"] * 20 + ["waiting"] * 10
    assert await accepted(stand) == before + 30
    await stand.leaks_nothing(FAMILY_NAME, GIVEN_NAME)
    await stand.unharmed()


async def test_m17_a_body_beyond_the_limit_is_told_so_and_what_was_taken_stands(stand: Stand) -> None:
    before, sent = await accepted(stand), lines(stand, 1500)
    assert sum(map(len, sent)) > 200_000

    async def pieces() -> AsyncIterator[bytes]:
        for line in sent:
            yield line + b"\n"

    refused = await stand.ask("agii", "POST", DOOR, content=pieces(), headers=NDJSON)
    assert (refused.status_code, refused.json()["type"]) == (413, "urn:problem-type:belgif:payloadTooLarge")
    assert refused.json()["limit"] == 200_000
    batch = await finished(stand)
    assert batch["truncated"]
    assert await accepted(stand) == before + batch["lineCount"]
    assert 0 < batch["lineCount"] < len(sent)
    await stand.leaks_nothing(FAMILY_NAME, GIVEN_NAME, answers=[refused])
    await stand.unharmed()


async def test_m17_a_body_that_declares_itself_too_large_is_refused_unread(stand: Stand) -> None:
    before = await accepted(stand)
    refused = await stand.ask("agii", "POST", DOOR, content=b"\n".join(lines(stand, 1500)), headers=NDJSON)
    assert refused.status_code == 413
    assert (await accepted(stand), (await finished(stand))["lineCount"]) == (before, 0)
    await stand.unharmed()


@pytest.mark.parametrize("length", [2_001, 50_000, 150_000])
async def test_m17_a_line_that_is_too_long_is_parked_and_the_rest_goes_on(stand: Stand, length: int) -> None:
    first, last = lines(stand, 2)
    long = json.dumps(head(reference()) | contract(stand.person(), programmeStatus="p" * length)).encode()
    results = await stand.line_results("agii", await stand.bulk("agii", "integrationFeed", first, long, last))
    assert [(one["line"], one["result"], one.get("reason")) for one in results] == [
        (1, "waiting", "waitingForSource"),
        (2, "parked", "tooLong"),
        (3, "waiting", "waitingForSource"),
    ]
    await stand.leaks_nothing(FAMILY_NAME, answers=[httpx.Response(200, content=json.dumps(results).encode())])
    await stand.unharmed()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kind": "spaceship"}, "unknownKind"),
        ({"kind": None}, "unknownKind"),
        ({"kind": ["contract"]}, "unknownKind"),
        ({"operation": "explode"}, "unknownOperation"),
        ({"operation": 1}, "unknownOperation"),
        ({"reference": "06641000507"}, "invalidReference"),
        ({"reference": ""}, "invalidReference"),
        ({"reference": {"a": 1}}, "invalidReference"),
        ({"sourceVersion": 0}, "invalidValue"),
        ({"sourceVersion": 10**30}, "invalidValue"),
        ({"signedOn": "2026-02-30"}, "invalidValue"),
        ({"signedOn": 86400}, "invalidValue"),
        ({"signedOn": "9999-12-31"}, "invalidValue"),
        ({"familyName": None}, "missingField"),
        ({"familyName": "a\nb"}, "invalidValue"),
        ({"religion": FAMILY_NAME}, "unknownField"),
        ({FAMILY_NAME: "x"}, "unknownField"),
        ({"06641000507": "x"}, "unknownField"),
        ({"operation": "termination"}, "missingField"),
        ({"operation": "delete"}, "unknownField"),
    ],
)
async def test_a_line_that_cannot_be_taken_is_parked_with_its_reason_and_tells_nothing(
    stand: Stand, changed: dict[str, Any], reason: str
) -> None:
    before, ssin = await accepted(stand), stand.person()
    bad = {name: value for name, value in (head(reference()) | contract(ssin) | changed).items() if value is not None}
    [good] = lines(stand, 1)
    parked, taken = await stand.line_results("agii", await stand.bulk("agii", "integrationFeed", json.dumps(bad).encode(), good))
    assert (parked["result"], parked["reason"], taken["result"]) == ("parked", reason, "waiting"), parked
    assert await accepted(stand) == before + 1
    shown = {name: value for name, value in parked.items() if name != "reference"}
    answer = httpx.Response(200, content=json.dumps(shown).encode())
    await stand.leaks_nothing(ssin, "06641000507", FAMILY_NAME, GIVEN_NAME, answers=[answer])
    await stand.unharmed()


async def test_a_batch_of_nothing_but_line_feeds_is_a_batch_of_nothing(stand: Stand) -> None:
    received = await stand.bulk("agii", "integrationFeed", *[b""] * 1000)
    assert await stand.line_results("agii", received) == []
    await stand.unharmed()


async def test_m14_a_client_that_hangs_up_on_a_single_fact_harms_nobody(stand: Stand) -> None:
    names = [reference() for _ in range(20)]
    sending = [
        asyncio.create_task(stand.ask("agii", "PUT", f"/integrationFeed/v1/contracts/{name}", json=contract(stand.person())))
        for name in names
    ]
    await asyncio.sleep(0)
    for task in sending[::2]:
        task.cancel()
    answers = await asyncio.gather(*sending, return_exceptions=True)
    stayed = [answer for answer in answers[1::2] if isinstance(answer, httpx.Response)]
    assert [answer.status_code for answer in stayed] == [201] * 10
    await stand.settled()
    current = await stand.current_outcomes("agii", "integrationFeed")
    assert all(("contract", name) in current for name in names[1::2])
    await stand.unharmed()
