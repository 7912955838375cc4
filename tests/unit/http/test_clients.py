"""Our own calls: tokens shared and renewed, repeats under one key, as often and as late as the peer asks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from joserfc.jwk import OKPKey

from chassis.clock import technical_now
from chassis.errors import Unavailable
from chassis.http.clients.doors import DoorClient
from chassis.http.clients.errors import PeerUnavailable, TokenRefused
from chassis.http.clients.retry import RetryPolicy
from chassis.http.clients.tokens import Credentials, TokenSource

AT_ONCE = RetryPolicy(attempts=4, wait_first_s=0, wait_most_s=0, jitter_s=0)
TOKEN_URL = "http://peer.test/token"

Answer = httpx.Response | httpx.TransportError


@dataclass(slots=True)
class Peer:
    """A server that answers as told, then with 200; it counts its tokens."""

    answers: list[Answer] = field(default_factory=list)
    token_answers: list[Answer] = field(default_factory=list)
    life_s: int = 300
    tokens: int = 0
    received: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if str(request.url) == TOKEN_URL:
            return self._token()
        self.received.append(request)
        return self._next(self.answers) or httpx.Response(200, json={})

    def _token(self) -> httpx.Response:
        told = self._next(self.token_answers)
        if told is not None:
            return told
        self.tokens += 1
        return httpx.Response(200, json={"access_token": f"token-{self.tokens}", "expires_in": self.life_s})

    @staticmethod
    def _next(answers: list[Answer]) -> httpx.Response | None:
        if not answers:
            return None
        answer = answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
async def client(peer: Peer) -> AsyncIterator[DoorClient]:
    http = httpx.AsyncClient(transport=httpx.MockTransport(peer), base_url="http://peer.test")
    credentials = Credentials("agii", OKPKey.generate_key("Ed25519", {"kid": "k"}))
    async with DoorClient(http, TokenSource(credentials, TOKEN_URL, http, policy=AT_ONCE), AT_ONCE) as found:
        yield found


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets the technical clock of the token source stand so many seconds from now."""
    start = technical_now()
    return lambda seconds: monkeypatch.setattr("chassis.http.clients.tokens.technical_now", lambda: start + timedelta(seconds=seconds))


async def test_one_token_serves_many_requests_at_once(client: DoorClient, peer: Peer) -> None:
    await asyncio.gather(*(client.get("/things") for _ in range(20)))

    assert peer.tokens == 1
    assert {request.headers["authorization"] for request in peer.received} == {"Bearer token-1"}


async def test_a_refused_token_is_renewed_once(client: DoorClient, peer: Peer) -> None:
    peer.answers = [httpx.Response(401), httpx.Response(200), httpx.Response(401), httpx.Response(401)]

    renewed = await client.get("/things")
    refused = await client.get("/things")

    assert [renewed.status_code, refused.status_code] == [200, 401]
    assert peer.tokens == 3


@pytest.mark.parametrize("busy", [429, 502, 503, 504])
async def test_a_busy_peer_is_asked_again_with_the_same_key(client: DoorClient, peer: Peer, busy: int) -> None:
    peer.answers = [httpx.Response(busy, headers={"Retry-After": "0"}), httpx.ConnectError("refused"), httpx.Response(201)]

    response = await client.post("/things", {"a": 1})

    assert response.status_code == 201
    assert len(peer.received) == 3
    assert len({request.headers["idempotency-key"] for request in peer.received}) == 1


@pytest.mark.parametrize("final", [200, 400, 403, 404, 409, 500])
async def test_any_other_answer_is_final(client: DoorClient, peer: Peer, final: int) -> None:
    peer.answers = [httpx.Response(final)]

    assert (await client.put("/things/1", {})).status_code == final
    assert len(peer.received) == 1


async def test_two_requests_have_two_keys(client: DoorClient, peer: Peer) -> None:
    await client.post("/things", {})
    await client.post("/things", {})
    await client.post("/things", {}, key="a-key-of-mine")

    keys = [request.headers["idempotency-key"] for request in peer.received]
    assert len(set(keys)) == 3
    assert keys[2] == "a-key-of-mine"


async def test_a_peer_that_stays_busy_has_the_last_word(client: DoorClient, peer: Peer) -> None:
    peer.answers = [httpx.Response(503) for _ in range(10)]

    assert (await client.delete("/things/1")).status_code == 503
    assert len(peer.received) == AT_ONCE.attempts


async def test_silence_is_infrastructure(client: DoorClient, peer: Peer) -> None:
    peer.answers = [httpx.ReadTimeout("silence") for _ in range(10)]

    with pytest.raises(PeerUnavailable) as raised:
        await client.get("/things")
    assert isinstance(raised.value, Unavailable)


async def test_a_token_endpoint_that_refuses_us_is_not_asked_again(client: DoorClient, peer: Peer) -> None:
    peer.token_answers = [httpx.Response(401, json={"error": "invalid_client"})]

    with pytest.raises(TokenRefused) as raised:
        await client.get("/things")
    assert (raised.value.status, raised.value.code) == (401, "invalid_client")


async def test_a_token_endpoint_that_is_away_is_infrastructure(client: DoorClient, peer: Peer) -> None:
    peer.token_answers = [httpx.Response(503) for _ in range(10)]

    with pytest.raises(PeerUnavailable):
        await client.get("/things")


async def test_a_token_near_its_end_is_renewed_before_it_is_sent(client: DoorClient, peer: Peer, later: Callable[[float], None]) -> None:
    await client.get("/things")
    later(269)
    await client.get("/things")
    later(271)
    await client.get("/things")

    assert [request.headers["authorization"][-1] for request in peer.received] == ["1", "1", "2"]


async def test_a_bulk_body_is_streamed(client: DoorClient, peer: Peer) -> None:
    async def lines() -> AsyncIterator[bytes]:
        for number in range(3):
            yield f'{{"n": {number}}}\n'.encode()

    await client.stream("/batches", lines())

    assert peer.received[0].content.count(b"\n") == 3
    assert peer.received[0].headers["content-type"] == "application/x-ndjson"
