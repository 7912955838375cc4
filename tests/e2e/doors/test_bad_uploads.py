"""Bulk that is too much, too long or cut off: what was committed stands, the batch says so, and a resend is harmless."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.doors.stand import FAMILY_NAME, GIVEN_NAME, NDJSON, Stand, contract, leave, reference

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who sends files: at which API, of which kind of records, and what is told of a good one."""

    client: str
    api: str
    kind: str
    body: Callable[..., dict[str, Any]]
    told: tuple[str, str]
    a_day: str  # a field of the record that holds a day
    a_code: str  # one that holds a code of an open list
    amendment: str

    @property
    def door(self) -> str:
        return f"/{self.api}/v1/factBatches"

    def head(self, name: str) -> dict[str, Any]:
        return {"operation": "put", "kind": self.kind, "reference": name}

    def lines(self, stand: Stand, count: int, **said: object) -> list[bytes]:
        return [json.dumps(self.head(reference()) | self.body(stand.person(), **said)).encode() for _ in range(count)]

    async def sends(self, stand: Stand, *lines: bytes) -> list[dict[str, Any]]:
        """What became of each line."""
        return await stand.line_results(self.client, await stand.bulk(self.client, self.api, *lines))

    async def batches(self, stand: Stand) -> list[dict[str, Any]]:
        """The newest first."""
        found: list[dict[str, Any]] = (await stand.ask(self.client, "GET", self.door)).json()["items"]
        return found

    async def finished(self, stand: Stand) -> dict[str, Any]:
        async def is_finished() -> bool:
            return bool((await self.batches(stand))[0]["status"]["state"] != "processing")

        await stand.until(is_finished)
        return (await self.batches(stand))[0]

    async def accepted(self, stand: Stand) -> int:
        await stand.settled()
        return len(await stand.current_outcomes(self.client, self.api))


# Stand in a table for the field and the operation of whoever sends.
_A_DAY, _AN_AMENDMENT = "aDay", "anAmendment"

AGENCY = Sender(
    "agii", "integrationFeed", "contract", contract, ("waiting", "waitingForSource"), "signedOn", "programmeStatus", "termination"
)
SCHOOLS = Sender(
    "education", "educationFeed", "enrolment", leave, ("waiting", "waitingWindow"), "startsOn", "specialEducationForm", "retraction"
)


@pytest.fixture(params=[AGENCY, SCHOOLS], ids=lambda sender: sender.client)
def sender(request: pytest.FixtureRequest) -> Sender:
    found: Sender = request.param
    return found


async def cut_off(stand: Stand, sender: Sender, sent: bytes, *, chunked: bool) -> None:
    """A request over a bare connection that is closed in the middle of its body, once the hub is reading it."""
    before = len(await sender.batches(stand))

    async def begun() -> bool:
        return len(await sender.batches(stand)) > before

    url = urlsplit(stand.url(sender.door))
    _, writer = await asyncio.open_connection(url.hostname, url.port)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(sent) + 5000}"
    headers = f"Host: {url.netloc}\r\nAuthorization: {stand.tokens.bearer(sender.client)['Authorization']}\r\n{length}\r\n"
    writer.write(f"POST {url.path} HTTP/1.1\r\n{headers}Content-Type: application/x-ndjson\r\n\r\n".encode())
    writer.write(f"{len(sent):x}\r\n".encode() + sent + b"\r\n" if chunked else sent)
    await writer.drain()
    await stand.until(begun)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("chunked", [True, False])
async def test_m17_an_upload_cut_off_in_the_middle_keeps_its_whole_lines_and_a_resend_is_harmless(
    stand: Stand, sender: Sender, chunked: bool
) -> None:
    before, sent = await sender.accepted(stand), sender.lines(stand, 30)
    await cut_off(stand, sender, b"\n".join(sent[:20]) + b"\n" + sent[20][:70], chunked=chunked)
    batch = await sender.finished(stand)
    assert (batch["status"]["state"], batch["truncated"], batch["lineCount"]) == ("failed", True, 20)
    assert await sender.accepted(stand) == before + 20

    again = await sender.sends(stand, *sent)
    assert [one["result"] for one in again] == ["duplicate"] * 20 + ["waiting"] * 10
    assert await sender.accepted(stand) == before + 30
    await stand.leaks_nothing(FAMILY_NAME, GIVEN_NAME)
    await stand.unharmed()


async def test_m17_a_body_beyond_the_limit_is_told_so_and_what_was_taken_stands(stand: Stand, sender: Sender) -> None:
    before, sent = await sender.accepted(stand), sender.lines(stand, 1500)
    assert sum(map(len, sent)) > 200_000

    async def pieces() -> AsyncIterator[bytes]:
        for line in sent:
            yield line + b"\n"

    refused = await stand.ask(sender.client, "POST", sender.door, content=pieces(), headers=NDJSON)
    assert (refused.status_code, refused.json()["type"]) == (413, "urn:problem-type:belgif:payloadTooLarge")
    assert refused.json()["limit"] == 200_000
    batch = await sender.finished(stand)
    assert batch["truncated"]
    assert await sender.accepted(stand) == before + batch["lineCount"]
    assert 0 < batch["lineCount"] < len(sent)
    await stand.leaks_nothing(FAMILY_NAME, GIVEN_NAME, answers=[refused])
    await stand.unharmed()


async def test_m17_a_body_that_declares_itself_too_large_is_refused_unread(stand: Stand, sender: Sender) -> None:
    before = await sender.accepted(stand)
    refused = await stand.ask(sender.client, "POST", sender.door, content=b"\n".join(sender.lines(stand, 1500)), headers=NDJSON)
    assert refused.status_code == 413
    assert (await sender.accepted(stand), (await sender.finished(stand))["lineCount"]) == (before, 0)
    await stand.unharmed()


@pytest.mark.parametrize("length", [2_001, 50_000, 150_000])
async def test_m17_a_line_that_is_too_long_is_parked_and_the_rest_goes_on(stand: Stand, sender: Sender, length: int) -> None:
    first, last = sender.lines(stand, 2)
    [long] = sender.lines(stand, 1, **{sender.a_code: "p" * length})
    results = await sender.sends(stand, first, long, last)
    assert [(one["line"], one["result"], one.get("reason")) for one in results] == [
        (1, *sender.told),
        (2, "parked", "tooLong"),
        (3, *sender.told),
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
        ({_A_DAY: "2026-02-30"}, "invalidValue"),
        ({_A_DAY: 86400}, "invalidValue"),
        ({_A_DAY: "9999-12-31"}, "invalidValue"),
        ({"familyName": None}, "missingField"),
        ({"familyName": "a\nb"}, "invalidValue"),
        ({"religion": FAMILY_NAME}, "unknownField"),
        ({FAMILY_NAME: "x"}, "unknownField"),
        ({"06641000507": "x"}, "unknownField"),
        ({"operation": _AN_AMENDMENT}, "missingField"),
        ({"operation": "delete"}, "unknownField"),
    ],
)
async def test_a_line_that_cannot_be_taken_is_parked_with_its_reason_and_tells_nothing(
    stand: Stand, sender: Sender, changed: dict[str, Any], reason: str
) -> None:
    before, ssin = await sender.accepted(stand), stand.person()
    said = {
        sender.a_day if name == _A_DAY else name: sender.amendment if value == _AN_AMENDMENT else value for name, value in changed.items()
    }
    bad = {name: value for name, value in (sender.head(reference()) | sender.body(ssin) | said).items() if value is not None}
    [good] = sender.lines(stand, 1)
    parked, taken = await sender.sends(stand, json.dumps(bad).encode(), good)
    assert (parked["result"], parked["reason"], taken["result"]) == ("parked", reason, "waiting"), parked
    assert await sender.accepted(stand) == before + 1
    shown = {name: value for name, value in parked.items() if name != "reference"}
    answer = httpx.Response(200, content=json.dumps(shown).encode())
    await stand.leaks_nothing(ssin, "06641000507", FAMILY_NAME, GIVEN_NAME, answers=[answer])
    await stand.unharmed()


async def test_a_batch_of_nothing_but_line_feeds_is_a_batch_of_nothing(stand: Stand, sender: Sender) -> None:
    assert await sender.sends(stand, *[b""] * 1000) == []
    await stand.unharmed()


async def test_m14_a_client_that_hangs_up_on_a_single_fact_harms_nobody(stand: Stand, sender: Sender) -> None:
    names = [reference() for _ in range(20)]
    sending = [
        asyncio.create_task(stand.ask(sender.client, "PUT", f"/{sender.api}/v1/{sender.kind}s/{name}", json=sender.body(stand.person())))
        for name in names
    ]
    await asyncio.sleep(0)
    for task in sending[::2]:
        task.cancel()
    answers = await asyncio.gather(*sending, return_exceptions=True)
    stayed = [answer for answer in answers[1::2] if isinstance(answer, httpx.Response)]
    assert [answer.status_code for answer in stayed] == [201] * 10
    await stand.settled()
    current = await stand.current_outcomes(sender.client, sender.api)
    assert all((sender.kind, name) in current for name in names[1::2])
    await stand.unharmed()
