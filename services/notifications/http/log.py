"""The doors of the evidence log: checkpoint, tiles and proofs of inclusion; nothing in them is about a person."""

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from chassis.http.api import Uow
from chassis.http.problems import ResourceNotFound
from proof import tiles
from services.notifications.evidence import log_door
from services.notifications.evidence.errors import NotYetCovered, OutsideLog
from services.notifications.http.api import EvidenceNotYetSigned, api

_TEXT = "text/plain; charset=utf-8"
Level = Annotated[int, Path(ge=0, le=63)]
Place = Annotated[int, Path(ge=0, le=2**62)]
Width = Annotated[int, Query(ge=1, le=tiles.WIDTH, description="How many of the tile's hashes, from the first")]


@api.get("/log/checkpoint", scope="notification.read", summary="Read the newest signed checkpoint")
async def get_checkpoint(uow: Uow) -> Response:
    """Give the note that vouches for the log (c2sp.org/tlog-checkpoint)."""
    try:
        note = await log_door.checkpoint(uow.connection)
    except NotYetCovered:
        raise EvidenceNotYetSigned from None
    return Response(note, media_type=_TEXT, headers={"Cache-Control": "no-cache"})


@api.get("/log/tile/{level}/{n}", scope="notification.read", summary="Read a tile of the log's tree")
async def get_tile(level: Level, n: Place, uow: Uow, width: Width = tiles.WIDTH) -> Response:
    """Give the hashes of a tile (c2sp.org/tlog-tiles); a tile at the right edge is read with its width."""
    try:
        hashes = await log_door.tile(uow.connection, level, n, width)
    except NotYetCovered:
        raise EvidenceNotYetSigned from None
    except OutsideLog:
        raise ResourceNotFound("n") from None
    return Response(hashes, media_type="application/octet-stream", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@api.get("/log/inclusionProofs/{leafIndex}", scope="notification.read", summary="Read the proof that an entry is in the log")
async def get_inclusion_proof(leaf_index: Place, uow: Uow) -> Response:
    """Give the proof under the newest checkpoint, as text (c2sp.org/tlog-proof)."""
    try:
        proof = await log_door.inclusion(uow.connection, leaf_index)
    except NotYetCovered:
        raise EvidenceNotYetSigned from None
    except OutsideLog:
        raise ResourceNotFound("leafIndex") from None
    return Response(proof, media_type=_TEXT)
