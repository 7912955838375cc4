"""Keyset pages: every item once, in order, over opaque cursors that only this hub can have made."""

import base64
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.http.paging import Key, decode_cursor, encode_cursor
from chassis.http.problems import InvalidCursor

parts = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.integers(-(2**63), 2**63 - 1))
keys = st.lists(parts, max_size=4).map(tuple)


def shape_of(key: Key) -> tuple[type[str] | type[int], ...]:
    return tuple(int if isinstance(part, int) else str for part in key)


@given(keys)
def test_a_cursor_gives_its_key_back_and_fits_in_a_url(key: Key) -> None:
    cursor = encode_cursor(key)

    assert decode_cursor(cursor, shape_of(key)) == key
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(keys, st.text(max_size=60))
def test_no_other_text_is_the_same_cursor(key: Key, text: str) -> None:
    cursor = encode_cursor(key)
    try:
        found = decode_cursor(text, shape_of(key))
    except InvalidCursor:
        return
    assert encode_cursor(found) == text
    assert found != key or text == cursor


@given(keys, st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_cursor_is_refused_or_another_key(key: Key, at: int, character: str) -> None:
    cursor = encode_cursor(key)
    changed = cursor[: at % len(cursor)] + character + cursor[at % len(cursor) + 1 :]
    if changed == cursor:
        return
    with suppress(InvalidCursor):
        assert decode_cursor(changed, shape_of(key)) != key


@given(keys)
def test_a_cursor_of_another_shape_is_refused(key: Key) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(encode_cursor((*key, 1)), shape_of(key))


def spelled(document: str) -> str:
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("document", ["[ 1]", "[1.0]", "[true]", "[01]", '["1"]', "1", "{}", "null", "[1]\n", "[" * 5000, "[1, NaN]"])
def test_other_spellings_of_a_key_are_refused(document: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(spelled(document), (int,))


@pytest.mark.parametrize("cursor", ["WzFd=", "WzFe", "WzF d", " WzFd", "WzFd\n", "", "é", "a"])
def test_other_spellings_of_the_encoding_are_refused(cursor: str) -> None:
    assert decode_cursor("WzFd", (int,)) == (1,)
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor, (int,))


async def test_following_next_gives_every_item_once(client: httpx.AsyncClient) -> None:
    seen = []
    address: str | None = "/registration/v1/outcomes"
    while address:
        document = (await client.get(address)).json()
        seen += [item["id"] for item in document["items"]]
        address = document.get("next")

    assert seen == ["1", "2", "3", "4", "5"]


async def test_next_is_absolute_and_keeps_the_page_size(client: httpx.AsyncClient) -> None:
    first = (await client.get("/registration/v1/outcomes?pageSize=3")).json()
    last = (await client.get(first["next"])).json()

    assert first["next"].startswith("http://hub.test/registration/v1/outcomes?pageSize=3&after=")
    assert last == {"items": [{"id": "4"}, {"id": "5"}]}


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=501", "pageSize=many", "after=WzFe", "after=WzEsMl0", "after=" + "W" * 600])
async def test_a_bad_page_is_refused_by_name(client: httpx.AsyncClient, query: str) -> None:
    response = await client.get(f"/registration/v1/outcomes?{query}")

    assert response.status_code == 400
    assert [(issue["in"], issue["name"]) for issue in response.json()["issues"]] == [("query", query.partition("=")[0])]
