"""People who can be reached digitally, and the dispatchers of the carriers under test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.health import Health
from chassis.ids import uuid7
from chassis.timers import TimerLoop
from contracts.codes import ContactKind, Means
from contracts.notification import EffectEstablished, EffectRevoked, NoticeFellBack
from contracts.registry import Event
from proof.leaves import EventLeaf
from services.notifications.carriers import MAIL
from services.notifications.channels.email import MailCarrier
from services.notifications.channels.mail_message import Sender
from services.notifications.channels.port import Carrier
from services.notifications.channels.routes import Hop, SmartHost
from services.notifications.domain.reach import AddressOrigin, Authentication, ChangedBy, Consent, ContactPoint
from services.notifications.main import dispatcher
from services.notifications.timers import timers
from services.notifications.usecases import keep_consents, keep_contact_points
from services.notifications.usecases.book import NoticeBook
from tests.integration.notifications.office import Office, until
from vault.custody import VaultCustody

PROCEDURE = "automaticRegistration"
MAILBOX = "zofia@inwoner.invalid"
MOBILE = "+32470000001"


async def gives_address(office: Office, value: str, kind: ContactKind, person: int = 0) -> UUID:
    """A confirmed address that the person put in after a strong login."""
    point = ContactPoint(
        contact_point_id=uuid7(),
        kind=kind,
        origin=AddressOrigin.PERSON,
        changed_by=ChangedBy.AUTHENTICATED,
        confirmed_at=office.clock.now() - timedelta(days=30),
    )
    async with office.units.open() as uow:
        await uow.take([office.people[person]])
        said = keep_contact_points.Said(office.people[person], point, value)
        assert await keep_contact_points.create(uow, said) is keep_contact_points.Made.KEPT
    return point.contact_point_id


async def consents(office: Office, means: Means, point: UUID | None = None, person: int = 0) -> None:
    """A consent with every formality."""
    consent = Consent(
        consent_id=uuid7(),
        means=means,
        contact_point_id=point,
        procedures=frozenset({PROCEDURE}),
        given_at=office.clock.now() - timedelta(days=20),
        effective=True,
        text_version="2026-1",
        authentication=Authentication.ITSME,
        proof="sha256:00",
    )
    async with office.units.open() as uow:
        await uow.take([office.people[person]])
        await keep_consents.give(uow, keep_consents.Given(office.people[person], consent, "portal"))


async def consents_to_mail(office: Office, person: int = 0, mailbox: str = MAILBOX) -> UUID:
    """Someone whose notices may go to this mailbox."""
    point = await gives_address(office, mailbox, ContactKind.EMAIL, person)
    await consents(office, Means.EMAIL, point, person)
    return point


def mail_carrier(office: Office, port: int, *, own: bool = True, timeout_s: float = 5.0) -> MailCarrier:
    """Mail to a server of this machine, which our own look-up found, or which is a smart host."""
    announcements = office.parts.get(NoticeBook).announcements
    return MailCarrier(SmartHost(Hop("127.0.0.1", port, own=own)), Sender("berichten@hub.test"), announcements, timeout_s)


@asynccontextmanager
async def carrying(office: Office, *carriers: tuple[str, Carrier]) -> AsyncIterator[None]:
    """Sequencer, print house, and these carriers by the name of their dispatcher."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(office.at_work())
        for name, carrier in carriers:
            await stack.enter_async_context(office._loop(name, dispatcher(office.parts, name, carrier).run))
        yield


@asynccontextmanager
async def mailing(office: Office, port: int, *, own: bool = True) -> AsyncIterator[None]:
    """The same with mail alone."""
    async with carrying(office, (MAIL, mail_carrier(office, port, own=own))):
        yield


async def passes(office: Office, time: timedelta) -> None:
    """Let business time pass, and everything due in it happen."""
    office.clock.move(office.clock.now() + time, office.clock.generation + 1)
    survivors = office.parts.get(VaultCustody).survivors
    loop = TimerLoop(timers, office.units, office.clock, office.units.timer_wake, Health(), office.parts.metrics, survivors)
    while await loop.fire():
        pass


async def state_of(office: Office, channel: str) -> str:
    """Where the newest delivery on this channel stands."""
    rows = await office.rows("SELECT state FROM delivery WHERE channel = :channel ORDER BY delivery_id", {"channel": channel})
    return str(rows[-1][0]) if rows else "none"


async def becomes(office: Office, channel: str, state: str) -> None:
    """Wait until the newest delivery on this channel stands there."""

    async def there() -> bool:
        return await state_of(office, channel) == state

    await until(there)


async def leaves_of(office: Office) -> list[tuple[str, str | None, dict[str, str]]]:
    """The evidence so far: event, channel, and what stands in clear."""
    rows = await office.rows("SELECT leaf FROM evidence_event WHERE notice_ref IS NOT NULL ORDER BY notice_ref, seq")
    found = [EventLeaf.parse(bytes(row[0])) for row in rows]
    return [(leaf.event.rpartition("/")[2], leaf.channel, dict(leaf.outcome)) for leaf in found]


async def shown(office: Office) -> dict[str, Any]:
    """The only notice, as its sender reads it."""
    (notice_id,) = await office.notice_ids()
    async with office.calling() as vdab:
        found: dict[str, Any] = (await vdab.get(f"/notification/v1/notices/{notice_id}")).raise_for_status().json()
        return found


async def effects(office: Office) -> list[Event]:
    """What was announced of legal effect and of the way to paper, in order."""
    return [event for event in await office.announced() if isinstance(event, EffectEstablished | EffectRevoked | NoticeFellBack)]


async def has_portal(office: Office, person: int = 0) -> None:
    """Someone with an active account who accepts notices in its mailbox."""
    said = {"portalAccount": {"activated": True, "lastLoginAt": (office.clock.now() - timedelta(days=3)).isoformat()}}
    async with office.calling() as vdab:
        body = {"sourceVersion": 1, "ssin": office.numbers[person].value, **said}
        (await vdab.put(f"/notification/v1/recipients/rec-{person}", json=body)).raise_for_status()
    await consents(office, Means.PORTAL, None, person)


async def tells(office: Office, **said: Any) -> dict[str, int]:
    """A carrier answers at its door."""
    async with office.calling("printhouse") as carrier:
        key = {"Idempotency-Key": f"carrier-{uuid7()}"}
        answer = await carrier.post("/notification/v1/deliveryReceipts", json={"at": office.clock.now().isoformat()} | said, headers=key)
        found: dict[str, int] = answer.raise_for_status().json()
        return found
