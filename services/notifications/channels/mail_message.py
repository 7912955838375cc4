"""Builds the message of one delivery: the same delivery gives the same bytes, and only the content's own parts hold personal data."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from contracts.codes import DeliveryKind
from services.notifications.channels.letter_text import plain_text
from services.notifications.channels.port import Parcel


@dataclass(frozen=True, slots=True)
class Announcements:
    """What a message says that is not the notice itself: no name, no reason, no link."""

    subject: str
    notification: str
    reminder: str
    courtesy: str

    def text(self, kind: DeliveryKind) -> str:
        """The text of a message of this kind."""
        return {
            DeliveryKind.NOTIFICATION: self.notification,
            DeliveryKind.REMINDER: self.reminder,
            DeliveryKind.COURTESY: self.courtesy,
        }[kind]


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose mail it is: the address readers see, and the domain that bounces come back to."""

    address: str

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.address.rpartition("@")[2]

    def returns(self, delivery_id: UUID) -> str:
        """The envelope's sender, a mailbox of this delivery's own, so that a bounce without an ENVID still says what it is about."""
        return f"bounces+{delivery_id.hex}@{self.domain}"


def build(parcel: Parcel, sender: Sender, announcements: Announcements) -> bytes:
    """The message as it goes over the wire; the HTML part of a notice is the frozen letter, byte for byte."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender.address
    mail["To"] = str(parcel.target)
    mail["Subject"] = announcements.subject
    mail["Date"] = format_datetime(parcel.intended_at)
    mail["Message-ID"] = f"<{parcel.delivery_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail["X-Hub-Notice"] = str(parcel.notice_id)
    if parcel.contact_point_id is not None:
        mail["X-Hub-Contact-Point"] = str(parcel.contact_point_id)
    if parcel.kind in (DeliveryKind.CONTENT, DeliveryKind.COPY):
        mail.set_content(plain_text(parcel.content), cte="quoted-printable")
        mail.make_alternative(boundary=f"={parcel.delivery_id.hex}=")
        letter = EmailMessage(policy=SMTP)
        letter.set_content(parcel.content, maintype="text", subtype="html", cte="base64", params={"charset": "utf-8"})
        del letter["MIME-Version"]
        mail.attach(letter)
    else:
        mail.set_content(announcements.text(parcel.kind), cte="quoted-printable")
    return mail.as_bytes()
