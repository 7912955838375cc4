"""Reads an issuer's key set from its address."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx

from chassis.http.jwks import KeysUnavailable, Source, file_source

_TIMEOUT_S = 5.0
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def key_source(location: str) -> Source:
    """Reads the set from an https address (http on this machine only) or else from a file."""
    address = urlsplit(location)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in _THIS_MACHINE):
        return _address_source(location)
    if address.scheme:
        raise KeysUnavailable("the issuer's keys come over https or from a file")
    return file_source(Path(location))


def _address_source(address: str) -> Source:
    async def read() -> bytes:
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S) as http:
                response = await http.get(address)
                response.raise_for_status()
        except httpx.HTTPError as error:
            raise KeysUnavailable(f"the issuer's key set: {type(error).__name__}") from error
        return response.content

    return read
