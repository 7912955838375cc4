"""The notifications service, whole on one screen."""

from collections.abc import Callable

from chassis.service import Furniture, Parts, Service
from chassis.settings import Settings
from chassis.supervisor import Loop
from chassis.switching import RuleRows
from chassis.wake import Wake
from services.notifications.carriers import LOOPS, PAPER, Carriers
from services.notifications.channels.port import Carrier
from services.notifications.consumers import on
from services.notifications.evidence import log_store
from services.notifications.evidence.record import Recorder, sealed_by
from services.notifications.evidence.second_store import SecondStore
from services.notifications.evidence.sequencer import Sequencer
from services.notifications.evidence.signer import LogSigner, load_log_signer
from services.notifications.http import consents, contact_points, inbound_mails, log, notices, receipts, recipients
from services.notifications.http.api import api
from services.notifications.settings import NotificationSettings
from services.notifications.store import deliveries, rule_rows
from services.notifications.store.journeys import journey
from services.notifications.timers import timers
from services.notifications.usecases.address_values import AddressMarks
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.calendar import Calendar
from services.notifications.usecases.dispatch import Backoff, Desk, Dispatcher
from services.notifications.usecases.dispatch_wake import DispatchWake
from services.notifications.usecases.letters import Letters
from services.notifications.usecases.merge_people import merge_people
from vault.client import Vault
from vault.connect import connect
from vault.custody import VaultCustody

DOORS = (notices, receipts, inbound_mails, log, consents, contact_points, recipients)  # each module hangs its doors on `api`


def notifications(settings: Settings) -> Service:
    """Doors, handlers and loops of notifications."""
    return Service(
        "notifications",
        settings,
        apis=[api],
        consumer=on,
        furnish=furnish,
        timers=timers,
        loops={"sequencer": lambda parts: sequencer(parts).run} | {name: dispatching(name) for name in LOOPS},
        busy=busy,
        journey=journey,
        merge=merge_people,
        rule_rows=RuleRows(rule_rows.SHIPPED),
    )


async def furnish(parts: Parts) -> Furniture:
    """What notifications needs beside the chassis: the vault, the evidence log's key, and what letters say."""
    settings, vault = parts.settings, connect(parts.settings, "notifications")
    custody = VaultCustody(vault, settings.mode, parts.clock)
    own = NotificationSettings()
    book = NoticeBook.read(own.notice_book)
    carriers = Carriers(settings, own, book)
    resources: dict[type, object] = {
        Vault: vault,
        VaultCustody: custody,
        Settings: settings,
        LogSigner: load_log_signer(settings.keys, sandbox=settings.sandbox),
        Recorder: Recorder(sealed_by(vault), Wake()),
        DispatchWake: DispatchWake(),
        Carriers: carriers,
        NoticeBook: book,
        AddressMarks: AddressMarks.of(settings.keys),
        Letters: Letters(book),
        Calendar: Calendar(book.extra_holidays),
    }
    return Furniture(resources, custody.survivors, (carriers.close, vault.close))


def sequencer(parts: Parts) -> Sequencer:
    """The loop that puts evidence under signed checkpoints."""
    signer, published = parts.get(LogSigner), parts.get(DispatchWake)
    second = SecondStore(parts.settings.checkpoints, signer.known)
    return Sequencer(parts.database, signer, second, parts.get(Recorder).wake, published, parts.health, parts.metrics)


def dispatcher(parts: Parts, name: str = PAPER, carrier: Carrier | None = None) -> Dispatcher:
    """The loop that hands over what is under one; each carrier has its own, so that a slow one holds up no other."""
    own = NotificationSettings()
    desk = Desk(
        parts.database,
        parts.units,
        parts.get(Vault),
        parts.get(VaultCustody).survivors,
        parts.health,
        parts.metrics,
        parts.get(DispatchWake),
        Backoff(own.retry_first_s, own.retry_last_s),
    )
    return Dispatcher(name, desk, carrier or parts.get(Carriers).of(name))


def dispatching(name: str) -> Callable[[Parts], Loop]:
    """The recipe of one of them."""
    return lambda parts: dispatcher(parts, name).run


async def busy(parts: Parts) -> list[str]:
    """What is still on its way: evidence not yet signed, letters not yet handed over."""
    async with parts.database.statement() as connection:
        # In this order: a letter that was handed over between the two looks leaves evidence, which the second one sees.
        waiting = await deliveries.pending(connection, parts.clock.now())
        found = [name for name in LOOPS if parts.get(Carriers).of(name).channels & waiting]
        return found if await log_store.at_rest(connection) else [*found, "sequencer"]
