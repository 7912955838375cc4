"""Takes in mail that came back: what is a report about a delivery is applied, everything else is kept sealed for a person to look at."""

from enum import StrEnum
from hashlib import sha256

from chassis.uow import UnitOfWork
from contracts.sealed import Sealed
from proof.disclosures import Attachment
from services.notifications.channels.mail_reports import Report, read
from services.notifications.store import inbound
from services.notifications.usecases.leaves import Said
from services.notifications.usecases.record_receipts import Receipt, record_receipt
from vault.client import Vault


class Verdict(StrEnum):
    """What was made of a mail."""

    APPLIED = "applied"  # it moved its delivery on
    KEPT = "kept"  # about a delivery that it does not move
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"  # no report, or about nothing of ours


async def take_in(uow: UnitOfWork, raw: bytes, organisation: str | None, partner: str) -> Verdict:
    """Take in one mail, each once, by its bytes."""
    digest = sha256(raw).digest()
    if not await inbound.begin(uow, digest):
        return Verdict.DUPLICATE
    report = read(raw)
    verdict = await _apply(uow, report, raw, organisation) if report is not None else Verdict.QUARANTINED
    box: Sealed[bytes] | None = None
    if verdict is Verdict.QUARANTINED:
        (box,) = await uow.resource(Vault).quarantine.seal(partner, [raw])
    known = report.delivery_id if report is not None and verdict is not Verdict.QUARANTINED else None
    await inbound.conclude(uow, digest, verdict, known, box)
    return verdict


async def _apply(uow: UnitOfWork, report: Report, raw: bytes, organisation: str | None) -> Verdict:
    """Record what it says as of now, by the business clock: its own date is its writer's claim."""
    said = Said(report.answer, uow.now, report.reason, f"sha256:{sha256(raw).hexdigest()}", Attachment(raw, "message/rfc822"))
    taken = await record_receipt(uow, Receipt(said, delivery_id=report.delivery_id), organisation)
    if not taken.named:
        return Verdict.QUARANTINED
    return Verdict.APPLIED if taken.moved else Verdict.KEPT
