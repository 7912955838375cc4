"""Assembles the evidence of a notice for whoever may see it, with the frozen letter beside the digest that was logged."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.sealed import Sealed
from proof.disclosures import Attachment
from services.notifications.evidence.bundles import Unseal, notice_bundle, opened_by
from services.notifications.evidence.openings import Opening
from services.notifications.store import notices
from services.notifications.usecases.letters import MEDIA_TYPE
from vault.client import Vault
from vault.values import Erased, Purpose

Opened = Sequence[bytes | Erased]


async def assemble_bundle(uow: UnitOfWork, notice_id: UUID, organisation: str) -> bytes:
    """The bundle file; the opening is logged with the organisation that asked.

    Raises:
        NoSuchNotice, NotYetCovered: as `notice_bundle` says.
    """
    vault, purpose = uow.resource(Vault), Purpose("evidenceBundle", organisation)
    rows = await notices.contents(uow, [notice_id])
    letters = await vault.open([Sealed[bytes].of(row.sealed_ref, row.box) for row in rows], bytes, purpose)
    frozen = [Attachment(letter, MEDIA_TYPE) for letter in letters if not isinstance(letter, Erased)]
    return await notice_bundle(uow.connection, notice_id, _with_letter(opened_by(vault, purpose), frozen))


def _with_letter(unseal: Unseal, letters: Sequence[Attachment]) -> Callable[[Sequence[Sealed[bytes]]], Awaitable[Opened]]:
    """Put the letter into the opening that committed to it: it is stored once, under the key of class `notice`."""

    async def opened(boxes: Sequence[Sealed[bytes]]) -> Opened:
        return [content if isinstance(content, Erased) else _completed(content, letters) for content in await unseal(boxes)]

    return opened


def _completed(content: bytes, letters: Sequence[Attachment]) -> bytes:
    opening = Opening.parse(content)
    said = {disclosure.name: disclosure.value for disclosure in opening.disclosures}
    for letter in letters:
        if said.get("content") == letter.described():
            return bytes(replace(opening, files={**opening.files, "content": letter}))
    return content
