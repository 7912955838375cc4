"""Writes what mail hosts and readers send back: delivery status notifications (RFC 3464) and disposition notifications (RFC 8098)."""

from email.message import EmailMessage

from devkit.simulators.orders import DsnAction

_STATUS = {"delivered": "2.0.0", "failed": "5.1.1", "delayed": "4.2.0", "relayed": "2.0.0"}
_HOST = "mail.sandbox.invalid"


def delivery_report(
    sender: str, recipient: str, message: EmailMessage, action: DsnAction, status: str | None, envelope: str | None
) -> bytes:
    """A report on one message, sent to its envelope's sender; `envelope` is the ENVID it came with."""
    original = f"Original-Envelope-Id: {envelope}\r\n" if envelope else ""
    fields = (
        f"{original}Reporting-MTA: dns; {_HOST}\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status or _STATUS[action]}\r\n"
    )
    return _report(sender, "delivery-status", fields, message)


def read_report(sender: str, recipient: str, message: EmailMessage) -> bytes:
    """What a reader's program sends once a message was shown."""
    fields = (
        f"Reporting-UA: {_HOST}\r\nFinal-Recipient: rfc822; {recipient}\r\nOriginal-Message-ID: {message['Message-ID']}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    return _report(sender, "disposition-notification", fields, message)


def _report(sender: str, kind: str, fields: str, message: EmailMessage) -> bytes:
    headers = "".join(f"{name}: {value}\r\n" for name, value in message.items() if name not in ("Subject", "To"))
    parts = (
        ("text/plain; charset=utf-8", "Dit is een automatisch bericht.\r\n"),
        (f"message/{kind}", fields),
        ("text/rfc822-headers", headers),
    )
    body = "".join(f"--report\r\nContent-Type: {media}\r\n\r\n{content}\r\n" for media, content in parts) + "--report--\r\n"
    head = (
        f"From: MAILER-DAEMON@{_HOST}\r\nTo: {sender}\r\nSubject: Automatisch bericht\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="report"\r\n\r\n'
    )
    return (head + body).encode()
