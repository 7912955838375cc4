"""Versions of shared resources over HTTP: ETag and If-Match (RFC 9110, sections 8.8 and 13)."""

import re
from typing import Annotated

from fastapi import Header

from chassis.http.problems import PreconditionFailed, PreconditionRequired

# As the argument of an endpoint: absent is for `required_version` to refuse, with 428 instead of 400.
IfMatch = Annotated[str | None, Header(alias="If-Match", description='ETag of the version that was read, such as `"v7"`')]

_ETAG = re.compile(r'"v(0|[1-9][0-9]{0,17})"')


def etag(version: int) -> str:
    """The strong entity tag of a version: `"v7"`."""
    return f'"v{version}"'


def required_version(if_match: str | None) -> int | None:
    """The version the client read; nothing for `*`, any present version.

    Raises:
        PreconditionRequired: no If-Match (RFC 6585).
        PreconditionFailed: it is no tag of ours, so it cannot be the present version; weak tags never match (RFC 9110, 13.1.1).
    """
    if if_match is None:
        raise PreconditionRequired
    if if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise PreconditionFailed
    return int(found.group(1))


def check_version(if_match: str | None, present: int) -> None:
    """Refuse a change by someone who did not read the present version.

    Raises:
        PreconditionRequired: no If-Match.
        PreconditionFailed: it names another version.
    """
    if required_version(if_match) not in (None, present):
        raise PreconditionFailed
