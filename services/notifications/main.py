"""The notifications service, whole on one screen."""

from chassis.service import Furniture, Parts, Service
from chassis.settings import Settings
from chassis.wake import Wake
from services.notifications.channels.paper import PaperCarrier, PaperChannel
from services.notifications.channels.port import Carrier
from services.notifications.consumers import on
from services.notifications.evidence import log_store
from services.notifications.evidence.record import Recorder, sealed_by
from services.notifications.evidence.second_store import SecondStore
from services.notifications.evidence.sequencer import Sequencer
from services.notifications.evidence.signer import LogSigner, load_log_signer
from services.notifications.http import log, notices, receipts
from services.notifications.http.api import api
from services.notifications.settings import NotificationSettings
from services.notifications.store import deliveries
from services.notifications.store.journeys import journey
from services.notifications.timers import timers
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.calendar import Calendar
from services.notifications.usecases.dispatch import Desk, Dispatcher, DispatchWake
from services.notifications.usecases.letters import Letters
from vault.client import Vault
from vault.connect import connect
from vault.custody import VaultCustody

DOORS = (notices, receipts, log)  # each module hangs its doors on `api`


def notifications(settings: Settings) -> Service:
    """Doors, handlers and loops of notifications."""
    return Service(
        "notifications",
        settings,
        apis=[api],
        consumer=on,
        furnish=furnish,
        timers=timers,
        loops={"sequencer": lambda parts: sequencer(parts).run, "dispatcher": lambda parts: dispatcher(parts).run},
        busy=busy,
        journey=journey,
    )


async def furnish(parts: Parts) -> Furniture:
    """What notifications needs beside the chassis: the vault, the evidence log's key, and what letters say."""
    settings, vault = parts.settings, connect(parts.settings, "notifications")
    custody = VaultCustody(vault, settings.mode, parts.clock)
    book = NoticeBook.read(NotificationSettings().notice_book)
    resources: dict[type, object] = {
        Vault: vault,
        VaultCustody: custody,
        Settings: settings,
        LogSigner: load_log_signer(settings.keys, sandbox=settings.sandbox),
        Recorder: Recorder(sealed_by(vault), Wake()),
        DispatchWake: DispatchWake(),
        NoticeBook: book,
        Letters: Letters(book),
        Calendar: Calendar(book.extra_holidays),
    }
    return Furniture(resources, custody.survivors, (vault.close,))


def sequencer(parts: Parts) -> Sequencer:
    """The loop that puts evidence under signed checkpoints."""
    signer, published = parts.get(LogSigner), parts.get(DispatchWake)
    second = SecondStore(parts.settings.checkpoints, signer.known)
    return Sequencer(parts.database, signer, second, parts.get(Recorder).wake, published, parts.health, parts.metrics)


def dispatcher(parts: Parts, carrier: Carrier | None = None) -> Dispatcher:
    """The loop that hands over what is under one, to the print house unless another carrier is named."""
    desk = Desk(parts.database, parts.units, parts.get(Vault), parts.health, parts.metrics)
    return Dispatcher(desk, carrier or paper(parts), parts.get(DispatchWake).one_more())


def paper(parts: Parts) -> PaperCarrier:
    """The print house."""
    return PaperCarrier(PaperChannel(parts.settings.print_folder), parts.get(NoticeBook).copy_note)


async def busy(parts: Parts) -> list[str]:
    """What is still on its way: evidence not yet signed, letters not yet handed over."""
    async with parts.database.statement() as connection:
        # In this order: a letter that was handed over between the two looks leaves evidence, which the second one sees.
        found = ["dispatcher"] if await deliveries.pending(connection, parts.clock.now()) else []
        return found if await log_store.at_rest(connection) else [*found, "sequencer"]
