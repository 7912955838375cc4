"""The SMS gateway: one message per delivery id, whatever the sender thinks happened."""

import httpx

from devkit.simulators.sms import SmsGateway

MESSAGE = {"deliveryId": "01a201cb-084d", "to": "+32470000000", "text": "Er is een brief voor u onderweg."}


def _client(gateway: SmsGateway) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(gateway.app()), base_url="http://sms.test")


async def test_a_message_sent_twice_is_one_message() -> None:
    gateway = SmsGateway()
    async with _client(gateway) as sender:
        answers = [await sender.post("/messages", json=MESSAGE) for _ in range(2)]
        seen = await sender.get(f"/messages/{MESSAGE['deliveryId']}")
    assert [answer.status_code for answer in answers] == [202, 200]
    assert seen.json() == {"deliveryId": MESSAGE["deliveryId"], "state": "delivered"}
    assert len(gateway.messages) == 1


async def test_an_id_used_for_another_message_is_a_conflict() -> None:
    gateway = SmsGateway()
    async with _client(gateway) as sender:
        await sender.post("/messages", json=MESSAGE)
        assert (await sender.post("/messages", json=MESSAGE | {"text": "Iets anders"})).status_code == 409


async def test_it_fails_before_or_after_taking_a_message() -> None:
    gateway = SmsGateway()
    gateway.fail_next(503)
    gateway.fail_next(504, after_taking=True)
    async with _client(gateway) as sender:
        assert (await sender.post("/messages", json=MESSAGE)).status_code == 503
        assert gateway.messages == {}
        assert (await sender.post("/messages", json=MESSAGE)).status_code == 504
        assert (await sender.get(f"/messages/{MESSAGE['deliveryId']}")).json()["state"] == "delivered"  # the sender can ask
        assert (await sender.get("/messages/unknown-one")).status_code == 404


async def test_a_message_ends_in_the_state_it_was_told() -> None:
    gateway = SmsGateway()
    gateway.end_next("undeliverable")
    async with _client(gateway) as sender:
        assert (await sender.post("/messages", json=MESSAGE)).json()["state"] == "undeliverable"
