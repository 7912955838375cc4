"""Hands letters to the print house: a PDF and its manifest in a folder, under the delivery's id, whole or not at all."""

import asyncio
import json
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from chassis.clock import local_date, technical_now
from contracts.codes import Channel, DeliveryKind
from contracts.people import Address
from proof.disclosures import Attachment
from services.notifications.channels.errors import ChannelError
from services.notifications.channels.letter_pdf import LetterPrinter
from services.notifications.channels.letter_text import address_lines
from services.notifications.channels.port import Fate, Outcome, Parcel

_DRAFT = ".tmp"
_DEAD_S = 3600  # nobody writes one letter for this long


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """What goes into the envelope; the delivery's id is the idempotency key of the hand-over."""

    delivery_id: UUID
    batch_id: UUID
    channel: str  # paper or registeredPost
    intended_at: datetime
    content: bytes
    address: Sequence[str]
    note: str | None = None  # printed above the text


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of one letter; without a PDF it was refused, and `reason` says why."""

    delivery_id: UUID
    pdf: bytes | None = None
    reason: str | None = None


class PaperChannel:
    """The print folder; a repeat after a crash writes the same two files again and never a second letter (`mechanics.md` 26)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._printer = LetterPrinter()
        self._tidied = False

    def hand_over(self, letters: Sequence[PaperLetter]) -> list[HandedOver]:
        """Put each letter in the folder, durably when this returns. Blocks for printing and for the disk.

        Raises:
            OSError: the folder cannot be written; what is there may be written again.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._tidied:
            _drop_drafts(self._folder)
            self._tidied = True
        handed = [self._print(letter) for letter in letters]
        _flush(self._folder)
        return handed

    def _print(self, letter: PaperLetter) -> HandedOver:
        try:
            pdf = self._printer.print(letter.content, letter.address, letter.note)
        except ChannelError as refusal:
            return HandedOver(letter.delivery_id, reason=refusal.reason)
        # The manifest comes last: the print house takes a letter when it sees one.
        _write(self._folder / f"{letter.delivery_id}.pdf", pdf)
        _write(self._folder / f"{letter.delivery_id}.json", _manifest(letter, pdf))
        return HandedOver(letter.delivery_id, pdf)


class PaperCarrier:
    """The print house as the dispatcher sees it; printing blocks, so it runs beside the loop."""

    channels = frozenset({Channel.PAPER, Channel.REGISTERED_POST})
    repeatable = True
    at_most = 50  # printing one takes some 15 ms, and an outcome should not wait for hundreds

    def __init__(self, channel: PaperChannel, copy_note: str) -> None:
        self._channel = channel
        self._copy_note = copy_note

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Put these in the print folder."""
        return [_outcome(handed) for handed in await asyncio.to_thread(self._channel.hand_over, [self._letter(one) for one in parcels])]

    def _letter(self, one: Parcel) -> PaperLetter:
        assert isinstance(one.target, Address)
        note = self._copy_note if one.kind is DeliveryKind.COPY else None
        return PaperLetter(one.delivery_id, one.batch_id, one.channel, one.intended_at, one.content, address_lines(one.target), note)


def _outcome(handed: HandedOver) -> Outcome:
    if handed.pdf is None:
        return Outcome(delivery_id=handed.delivery_id, fate=Fate.FAILED, reason=handed.reason)
    return Outcome(delivery_id=handed.delivery_id, fate=Fate.RELAYED, sent=Attachment(handed.pdf, "application/pdf"))


def _manifest(letter: PaperLetter, pdf: bytes) -> bytes:
    """No name and no address: those stand in the PDF."""
    said = {
        "deliveryId": str(letter.delivery_id),
        "batchId": str(letter.batch_id),
        "channel": letter.channel,
        "file": f"{letter.delivery_id}.pdf",
        "sha256": sha256(pdf).hexdigest(),
        "size": len(pdf),
        "orderedOn": local_date(letter.intended_at).isoformat(),
        "orderedAt": letter.intended_at.isoformat(),
    }
    return json.dumps(said, indent=1).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    """A draft of its own, so that two who both think they lead never write into one file."""
    draft = path.with_suffix(f"{path.suffix}.{secrets.token_hex(4)}{_DRAFT}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _drop_drafts(folder: Path) -> None:
    """What a process that died left half-written; a letter of that day is printed again under a draft of its own."""
    before = technical_now().timestamp() - _DEAD_S
    for draft in folder.glob(f"*{_DRAFT}"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < before:
                draft.unlink()


def _flush(folder: Path) -> None:
    """A rename is durable once its folder is flushed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
