"""The print house: takes letters from the print folder, checks them against their manifests, tells when they are posted."""

import asyncio
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from chassis.http.clients.doors import DoorClient
from devkit.errors import DoorRefused

CLIENT: Final = "printhouse"
_RECEIPTS = "/notification/v1/deliveryReceipts"
_DONE = ".posted"
_AT_ONCE = 4


class PrintHouse:
    """One run takes every letter that no run took before; a run that died is finished by the next, and told answers are told once more."""

    def __init__(self, folder: Path, notifications: str, doors: DoorClient) -> None:
        self._folder = folder
        self._url = notifications + _RECEIPTS
        self._doors = doors

    async def run(self, at: datetime) -> dict[str, int]:
        """Print and post what waits; how many letters were posted, and how many refused because they are not what their manifest says."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(path: Path) -> bool:
            async with gate:
                return await self._take(path, at)

        waiting = [path for path in sorted(self._folder.glob("*.json")) if not path.with_suffix(_DONE).exists()]
        taken = await asyncio.gather(*(one(path) for path in waiting))
        return {"posted": sum(taken), "refused": len(taken) - sum(taken)}

    async def _take(self, path: Path, at: datetime) -> bool:
        """One letter; whether it was posted."""
        manifest = await asyncio.to_thread(_read, path)
        whole = await asyncio.to_thread(_digest, self._folder / manifest["file"]) == manifest["sha256"]
        for event in ("printed", "posted") if whole else ("failed",):
            await self._tell(manifest["deliveryId"], event, at, manifest["sha256"])
        path.with_suffix(_DONE).touch()
        return whole

    async def _tell(self, delivery_id: str, event: str, at: datetime, proof: str) -> None:
        body: dict[str, Any] = {"deliveryId": delivery_id, "event": event, "at": at.isoformat()}
        # The number under which the post took it over; ours is the digest of what was handed over.
        answer = await self._doors.post(self._url, body | ({"proof": f"post:{proof[:32]}"} if event == "posted" else {}))
        if answer.is_error:
            raise DoorRefused("POST", _RECEIPTS, answer.status_code, httpx.codes.get_reason_phrase(answer.status_code))


def _read(path: Path) -> dict[str, str]:
    return dict(json.loads(path.read_bytes()))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
