"""A consent given and taken back changes the channel; what went by mail is read back from a real SMTP server."""

from hashlib import sha256

from tests.support.hub import Hub
from tests.support.reach import accepts_mail, accepts_portal, is_told, takes_back, tried


async def test_a_consent_given_and_taken_back_changes_the_channel_and_the_mail_is_read_back(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    await hub.vdab.knows_residence(person)
    await hub.settled()
    before = await is_told(hub, person, "before")
    _, consent = await accepts_mail(hub, person)
    between = await is_told(hub, person, "between")
    await takes_back(hub, consent)
    after = await is_told(hub, person, "after")

    assert [(notice["channel"], notice["channelRule"]) for notice in (before, between, after)] == [
        ("paper", "channel.noConsent"),
        ("email", "channel.email"),
        ("paper", "channel.noConsent"),
    ]
    assert tried(between) == [("email", "content", "delivered")]
    [mail] = hub.work.providers.mail.mails
    assert mail.recipients == (f"{person.reference}@inwoner.test",)
    assert str(mail.message["X-Hub-Notice"]) == between["id"]
    _, html = mail.message.iter_parts()
    letter = html.get_payload(decode=True)
    assert isinstance(letter, bytes)
    assert sha256(letter).hexdigest() == between["contentDigest"]
    assert b"Een zin." in letter
    for name in (person.ssin, person.family_name, person.given_name):
        assert name not in str(mail.message.items())
    for notice in (before, between, after):
        assert (await hub.evidence_of(notice["id"])).report is not None


async def test_the_row_on_consent_is_switched_at_the_sandbox_and_changes_the_next_notice(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    await hub.vdab.knows_residence(person)
    await takes_back(hub, await accepts_portal(hub, person))
    await hub.settled()

    await hub.clock.switch_rule_row("consentRequired", active=False)
    without = await is_told(hub, person, "without")
    await hub.clock.switch_rule_row("consentRequired", active=True)
    needed = await is_told(hub, person, "needed")

    assert (without["channel"], without["state"]) == ("portal", "available")
    assert (needed["channel"], needed["channelRule"]) == ("paper", "channel.noConsent")
    assert [one["taken"] for one in await hub.clock.received("portal")] == [True]
