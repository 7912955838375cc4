"""The mail server, spoken to by a real SMTP client."""

from email.message import EmailMessage

import aiosmtplib
import pytest

from devkit.simulators.smtp import mail_server


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "vdab@sandbox.invalid", "inwoner@sandbox.invalid", "Een brief: Żofia Đorđević"
    mail.set_content("Er is een brief voor u onderweg.\n.\nEen punt alleen op een regel.")
    return mail


async def test_a_mail_arrives_as_it_was_sent() -> None:
    async with mail_server() as server:
        await aiosmtplib.send(_mail(), hostname=server.host, port=server.port)
    (mail,) = server.mails
    assert (mail.sender, mail.recipients) == ("vdab@sandbox.invalid", ("inwoner@sandbox.invalid",))
    assert mail.message["Subject"] == "Een brief: Żofia Đorđević"
    assert "\n.\nEen punt" in mail.message.get_content().replace("\r\n", "\n")


async def test_it_answers_what_it_was_told_and_keeps_only_what_it_accepted() -> None:
    async with mail_server() as server:
        server.answer_next("451 4.3.0 try later")
        with pytest.raises(aiosmtplib.SMTPDataError) as later:
            await aiosmtplib.send(_mail(), hostname=server.host, port=server.port)
        await aiosmtplib.send(_mail(), hostname=server.host, port=server.port)
    assert later.value.code == 451
    assert len(server.mails) == 1


async def test_it_refuses_a_mailbox_it_does_not_know() -> None:
    async with mail_server() as server:
        server.refuse("inwoner@sandbox.invalid")
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await aiosmtplib.send(_mail(), hostname=server.host, port=server.port)
    assert refused.value.recipients[0].code == 550
    assert server.mails == []
