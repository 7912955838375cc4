"""A shared resource is changed only by who read its present version."""

import httpx
import pytest

from chassis.http.conditional import check_version, etag, required_version
from chassis.http.problems import PreconditionFailed, PreconditionRequired

DOOR = "/registration/v1/contactPoints/1"
BODY = {"ground": "other"}


async def test_reading_gives_the_version(client: httpx.AsyncClient) -> None:
    response = await client.get("/registration/v1/registrations/1")

    assert response.headers["etag"] == '"v7"' == etag(7)


async def test_without_if_match_the_answer_is_428(client: httpx.AsyncClient) -> None:
    response = await client.put(DOOR, json=BODY)

    assert (response.status_code, response.json()["type"]) == (428, "urn:problem-type:vdab:preconditionRequired")


@pytest.mark.parametrize("tag", ['"v6"', '"v07"', 'W/"v7"', "v7", '"7"', '"v7", "v8"', "", '"v9999999999999999999"'])
async def test_with_another_tag_the_answer_is_412(client: httpx.AsyncClient, tag: str) -> None:
    response = await client.put(DOOR, json=BODY, headers={"If-Match": tag})

    assert (response.status_code, response.json()["type"]) == (412, "urn:problem-type:vdab:preconditionFailed")


@pytest.mark.parametrize("tag", ['"v7"', "*", ' "v7" '])
async def test_with_the_present_tag_the_change_is_made(client: httpx.AsyncClient, tag: str) -> None:
    response = await client.put(DOOR, json=BODY, headers={"If-Match": tag})

    assert (response.status_code, response.headers["etag"]) == (200, '"v8"')


def test_the_same_below_a_door() -> None:
    assert (required_version("*"), required_version('"v0"')) == (None, 0)
    with pytest.raises(PreconditionRequired):
        check_version(None, 1)
    with pytest.raises(PreconditionFailed):
        check_version('"v2"', 1)
