"""Keyset pages (Belgif `col-paging`): items, an absolute link to the next page, and an opaque cursor."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from starlette.requests import Request

from chassis.http.models import View
from chassis.http.problems import InvalidCursor

Item = TypeVar("Item")

LARGEST_PAGE = 500
PageSize = Annotated[int, Query(alias="pageSize", ge=1, le=LARGEST_PAGE, description="Items a page; the last page may hold fewer")]
After = Annotated[str | None, Query(alias="after", max_length=512, description="Cursor of the last item seen; opaque, follow `next`")]

# What an order is made of; an instant or a UUID goes in as its text.
Key = tuple[str | int, ...]


class Page(View, Generic[Item]):
    """One page; without `next` it is the last."""

    items: list[Item]
    next: str | None = None


def encode_cursor(key: Key) -> str:
    """The cursor that continues after the item with this key."""
    document = json.dumps(key, separators=(",", ":"), ensure_ascii=True)
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, shape: tuple[type[str] | type[int], ...], name: str = "after") -> Key:
    """The key in a cursor of ours, one part for each type in `shape`.

    Raises:
        InvalidCursor: it was not made by `encode_cursor` for such a key; other spellings of the same key are refused too.
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidCursor(name) from None
    if not isinstance(found, list) or [type(part) for part in found] != list(shape):
        raise InvalidCursor(name)
    key: Key = tuple(found)
    if encode_cursor(key) != cursor:
        raise InvalidCursor(name)
    return key


def page(request: Request, items: Sequence[Item], page_size: int, key_of: Callable[[Item], Key], name: str = "after") -> Page[Item]:
    """The page of up to `page_size` items; read one more than that, so that it is known whether a next page exists."""
    shown = list(items[:page_size])
    if len(items) <= page_size:
        return Page[Item](items=shown)
    following = request.url.include_query_params(**{name: encode_cursor(key_of(shown[-1]))})
    return Page[Item](items=shown, next=str(following))
