"""A mail server that keeps what it gets and answers what it was told to, over real SMTP (aiosmtpd)."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from devkit.simulators.mail_reports import delivery_report, read_report
from devkit.simulators.orders import Held, MailOrder, OrderBook

ACCEPTED = "250 2.0.0 Ok: queued"


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted message: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    envelope_id: str | None = None

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass(slots=True)
class MailServer:
    """What arrived, oldest first, and how the next messages are answered; without a programmed reply a message is accepted."""

    host: str = "127.0.0.1"
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    orders: OrderBook[MailOrder] = field(default_factory=lambda: OrderBook(MailOrder()))
    reports: list[Held[bytes]] = field(default_factory=list)
    attempts: "Counter[str]" = field(default_factory=Counter)  # by Message-ID, accepted or not
    hanging: asyncio.Event = field(default_factory=asyncio.Event)  # cleared by `hang`: no message is answered until it is set again
    _replies: deque[str] = field(default_factory=deque)
    _refused: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hanging.set()

    def answer_next(self, *replies: str) -> None:
        """Answer the end of the next messages with these, such as `451 4.3.0 try later`; only a 250 keeps the message."""
        self._replies.extend(replies)

    def refuse(self, mailbox: str, reply: str = "550 5.1.1 mailbox unknown") -> None:
        """Answer every RCPT for this mailbox with this, from now on."""
        self._refused[mailbox] = reply

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: Sequence[str]
    ) -> list[str]:
        """Say that this host sends reports (RFC 3461)."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, mailbox: str, _options: list[str]
    ) -> str:
        """Accept a recipient, unless told otherwise."""
        if mailbox in self._refused:
            return self._refused[mailbox]
        envelope.rcpt_tos.append(mailbox)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, unless told otherwise."""
        await self.hanging.wait()
        envelope_id = server.dsn.get("ENVID") if isinstance(server, _ReportingSMTP) else None
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b"", envelope_id)
        message = mail.message
        self.attempts[str(message["Message-ID"])] += 1
        order = self.orders.of(message["X-Hub-Contact-Point"], message["X-Hub-Notice"])
        reply = self._replies.popleft() if self._replies else self._reply(order, str(message["Message-ID"]))
        if reply.startswith("250"):
            self._keep(mail, message, order)
        await asyncio.sleep(order.answers_after_s)
        if order.drops and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return reply

    def _reply(self, order: MailOrder, message_id: str) -> str:
        again = order.times is None or self.attempts[message_id] <= order.times
        return order.reply if again else ACCEPTED

    def _keep(self, mail: Mail, message: EmailMessage, order: MailOrder) -> None:
        self.mails.append(mail)
        for recipient in mail.recipients:
            if order.dsn is not None:
                raw = delivery_report(mail.sender, recipient, message, order.dsn, order.dsn_status, mail.envelope_id)
                self.reports.append(Held(raw, order.held_until))
            if order.mdn:
                self.reports.append(Held(read_report(mail.sender, recipient, message), order.held_until))


class _ReportingSMTP(SMTP):
    """Takes the parameters of RFC 3461, which aiosmtpd does not know."""

    def __init__(self, *args: object, **how: object) -> None:
        super().__init__(*args, **how)  # type: ignore[arg-type]
        self.dsn: dict[str, str] = {}

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        found = super()._getparams(params)
        for name in ("RET", "ENVID", "NOTIFY", "ORCPT"):
            if found is not None and name in found:
                self.dsn[name] = str(found.pop(name)).lower()
        return found


@asynccontextmanager
async def mail_server(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[MailServer]:
    """A server in this event loop for as long as the block lasts; port 0 takes a free one."""
    box = MailServer(host)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _ReportingSMTP(box, hostname="mail.sandbox.invalid", enable_SMTPUTF8=True, loop=loop), host, port
    )
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
