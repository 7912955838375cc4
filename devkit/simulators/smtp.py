"""A mail server that keeps what it gets and answers what it was told to, over real SMTP (aiosmtpd)."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 2.0.0 Ok: queued"


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted message: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

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
    _replies: deque[str] = field(default_factory=deque)
    _refused: dict[str, str] = field(default_factory=dict)

    def answer_next(self, *replies: str) -> None:
        """Answer the end of the next messages with these, such as `451 4.3.0 try later`; only a 250 keeps the message."""
        self._replies.extend(replies)

    def refuse(self, mailbox: str, reply: str = "550 5.1.1 mailbox unknown") -> None:
        """Answer every RCPT for this mailbox with this, from now on."""
        self._refused[mailbox] = reply

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, mailbox: str, _options: list[str]
    ) -> str:
        """Accept a recipient, unless told otherwise."""
        if mailbox in self._refused:
            return self._refused[mailbox]
        envelope.rcpt_tos.append(mailbox)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message, unless told otherwise."""
        reply = self._replies.popleft() if self._replies else ACCEPTED
        if reply.startswith("250"):
            content = envelope.original_content or b""
            self.mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return reply


@asynccontextmanager
async def mail_server(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[MailServer]:
    """A server in this event loop for as long as the block lasts; port 0 takes a free one."""
    box = MailServer(host)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.sandbox.invalid", enable_SMTPUTF8=True, loop=loop), host, port)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
