"""The carriers of an installation, as its settings name them; each gets a dispatcher of its own."""

from typing import Final

from chassis.settings import Settings
from contracts.codes import Channel
from services.notifications.channels.email import MailCarrier
from services.notifications.channels.mail_message import Sender
from services.notifications.channels.paper import PaperCarrier, PaperChannel
from services.notifications.channels.port import Carrier, Nowhere
from services.notifications.channels.portal import PortalCarrier
from services.notifications.channels.providers import connections
from services.notifications.channels.routes import routes
from services.notifications.channels.sms import SmsCarrier
from services.notifications.settings import NotificationSettings
from services.notifications.usecases.book import NoticeBook

PAPER: Final = "dispatcher"
MAIL: Final = "mailDispatcher"
SMS: Final = "smsDispatcher"
PORTAL: Final = "portalDispatcher"
# No provider of these is connected: no row chooses them until one is (`Situation.ebox_configured`).
UNCARRIED: Final = frozenset({Channel.EBOX, Channel.EBOX_REGISTERED})
LOOPS: Final = (PAPER, MAIL, SMS, PORTAL)


class Carriers:
    """Every carrier by the name of its dispatcher, and the connections they share."""

    def __init__(self, settings: Settings, own: NotificationSettings, book: NoticeBook) -> None:
        self._http = connections(own.carrier_timeout_s)
        self._settings = settings
        self._own = own
        self._book = book
        self._known: dict[str, Carrier] = {
            PAPER: PaperCarrier(PaperChannel(settings.print_folder), book.copy_note),
            MAIL: self._mail(),
            SMS: self._sms(),
            PORTAL: self._portal(),
        }

    def of(self, loop: str) -> Carrier:
        """The carrier of this dispatcher."""
        return self._known[loop]

    @property
    def all(self) -> tuple[Carrier, ...]:
        """Every carrier."""
        return tuple(self._known.values())

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    def _mail(self) -> Carrier:
        if not self._settings.mail:
            return Nowhere(frozenset({Channel.EMAIL}))
        found = routes(self._settings.mail, self._http if self._settings.sandbox else None)
        return MailCarrier(found, Sender(self._own.mail_from), self._book.announcements, self._own.carrier_timeout_s)

    def _sms(self) -> Carrier:
        if not self._settings.sms:
            return Nowhere(frozenset({Channel.SMS}))
        return SmsCarrier(self._settings.sms, self._own.sms_token.get_secret_value(), self._book.announcements, self._http)

    def _portal(self) -> Carrier:
        if not self._settings.portal:
            return Nowhere(frozenset({Channel.PORTAL}))
        return PortalCarrier(self._settings.portal, self._own.portal_token.get_secret_value(), self._book.announcements, self._http)
