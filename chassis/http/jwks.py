"""The public keys of a token issuer: read from a file or an address, and read again when a token names a key that is not among them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.errors import HubError, Unavailable

# A JWK with this member was made by a sandbox at first start (`mechanics.md` 29).
DEMO_MEMBER = "demo"
# The same mark in the key's id, so that it survives a copy that keeps only the members of RFC 7517.
DEMO_PREFIX = "demo-"
# A stranger who sends unknown key ids must not make us read the set each time.
_REREAD_AFTER_S = 10.0

Source = Callable[[], Awaitable[bytes]]


class DemoKeyRefused(HubError):
    """Production was pointed at the keys of a sandbox."""

    def __init__(self) -> None:
        super().__init__(
            "production refuses the demo keys and the issuer of a sandbox; set HUB_ISSUER and HUB_ISSUER_JWKS to the real issuer"
        )


class KeysUnavailable(Unavailable):
    """The issuer's keys could not be read; no token can be judged until they can."""


def file_source(path: Path) -> Source:
    """Reads the set from a file; one that is not there or not readable is `KeysUnavailable`."""

    async def read() -> bytes:
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise KeysUnavailable(f"{path.name}: {type(error).__name__}") from error

    return read


class IssuerKeys:
    """The issuer's present keys."""

    def __init__(self, source: Source, *, production: bool, reread_after_s: float = _REREAD_AFTER_S) -> None:
        self._source = source
        self._production = production
        self._reread_after_s = reread_after_s
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def present(self) -> KeySet:
        """The keys as last read.

        Raises:
            KeysUnavailable: they were never read and cannot be read now.
            DemoKeyRefused: they are a sandbox's, and this is production.
        """
        if self._keys is None:
            async with self._reading:
                if self._keys is None:
                    await self._read()
        assert self._keys is not None
        return self._keys

    async def newer_than(self, seen: KeySet) -> KeySet | None:
        """The keys after a fresh look, or nothing when the last look is too recent or failed, so that `seen` is all there is."""
        async with self._reading:
            if self._keys is not seen:
                return self._keys
            if time.monotonic() - self._read_at < self._reread_after_s:
                return None
            try:
                await self._read()
            except KeysUnavailable:
                self._read_at = time.monotonic()
                return None
            return self._keys

    async def _read(self) -> None:
        document = await self._source()
        try:
            found = json.loads(document)
            if self._production and any(_is_demo(key) for key in found["keys"]):
                raise DemoKeyRefused
            self._keys = KeySet.import_key_set(found)
        except (ValueError, TypeError, KeyError, AttributeError, JoseError) as error:
            raise KeysUnavailable("the issuer's key set is not a JWK set (RFC 7517)") from error
        self._read_at = time.monotonic()


def _is_demo(key: dict[str, object]) -> bool:
    return bool(key.get(DEMO_MEMBER)) or str(key.get("kid", "")).startswith(DEMO_PREFIX)
