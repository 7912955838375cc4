"""Which channel a notice may lawfully take: ordered rows, the first that applies decides (`domain.md` 7.7, `decisions.md` 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from contracts.codes import Channel, ContactKind, Means, Reason

OUTDATED: Final = "contactDataOutdated"  # the task of whoever must find out how a person can be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the choice depends on, at one instant, for one procedure."""

    registered_by_law: bool = False
    high_impact: bool = False
    consented: frozenset[Means] = frozenset()  # means with a consent that holds; all of them where the law asks for none
    insufficient_skills: bool = False
    represented: bool = False
    prefers_post: bool = False
    portal_active: bool = False
    ebox_active: bool = False
    ebox_configured: bool = False  # no provider of eBox is connected yet
    email_fit: bool = False  # a consented address that is confirmed, healthy, and was put in by someone who showed who they are
    all_suspended: bool = False  # there are addresses to tell the person that something waits, and every one is suspended

    @property
    def needs_paper(self) -> bool:
        """Whether the person is one for paper, whatever they consented to."""
        return self.insufficient_skills or self.represented or self.prefers_post

    @property
    def portal(self) -> bool:
        """Whether the portal is a road."""
        return Means.PORTAL in self.consented and self.portal_active and not self.all_suspended

    @property
    def ebox(self) -> bool:
        """Whether eBox is a road."""
        return Means.EBOX in self.consented and self.ebox_active and self.ebox_configured

    @property
    def email(self) -> bool:
        """Whether an e-mail address is one, where impact allows it."""
        return Means.EMAIL in self.consented and self.email_fit


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """One row; `source` is its legal basis, `task` what someone must see to when it decides."""

    id: str
    applies: Callable[[Situation], bool]
    channel: Channel
    source: str
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The channel, and the row that chose it."""

    channel: Channel
    rule_id: str


_REGISTERED = "act of 21 July 2016, code of economic law, book XII"
_CONSENT = "VDAB decree of 7 May 2004, chapter VI section 4; administrative decree of 7 December 2018, article II.22"
_PER_ADDRESS = "civil code, article 1.5: a means counts once its address was accepted beforehand"
_TWO_TRACKS = "policy: two tracks, nobody loses a right for lack of digital skills"

RULES: Final[tuple[ChannelRule, ...]] = (
    # Skills or a representative first choose paper or digital; the law then adds "registered" (`decisions.md` 5).
    ChannelRule(
        "channel.registeredEBox", lambda s: s.registered_by_law and s.ebox and not s.needs_paper, Channel.EBOX_REGISTERED, _REGISTERED
    ),
    ChannelRule("channel.registeredByLaw", lambda s: s.registered_by_law, Channel.REGISTERED_POST, _REGISTERED),
    ChannelRule("channel.noConsent", lambda s: not s.consented, Channel.PAPER, _CONSENT),
    ChannelRule("channel.insufficientSkills", lambda s: s.insufficient_skills, Channel.PAPER, _TWO_TRACKS),
    ChannelRule("channel.represented", lambda s: s.represented, Channel.PAPER, _TWO_TRACKS),
    ChannelRule("channel.prefersPost", lambda s: s.prefers_post, Channel.PAPER, _TWO_TRACKS),
    ChannelRule("channel.portal", lambda s: s.portal, Channel.PORTAL, _CONSENT),
    ChannelRule("channel.eBox", lambda s: s.ebox, Channel.EBOX, "act of 27 February 2019; administrative decree, article II.23/1"),
    ChannelRule("channel.email", lambda s: s.email and not s.high_impact, Channel.EMAIL, _PER_ADDRESS),
    ChannelRule(
        "channel.emailHighImpact",
        lambda s: s.email,
        Channel.PAPER,
        "policy: what weighs heavily never goes by e-mail alone (domain.md 7.7)",
    ),
    ChannelRule("channel.addressSuspended", lambda s: s.all_suspended, Channel.PAPER, "policy: health of addresses", OUTDATED),
    ChannelRule(
        "channel.accountInactive", lambda s: bool(s.consented & {Means.PORTAL, Means.EBOX}), Channel.PAPER, "policy: who no longer logs in"
    ),
    ChannelRule("channel.addressUnfit", lambda s: Means.EMAIL in s.consented, Channel.PAPER, _PER_ADDRESS),
    ChannelRule("channel.otherwise", lambda _: True, Channel.PAPER, "paper is always lawful"),
)
ROWS: Final[Mapping[str, ChannelRule]] = {rule.id: rule for rule in RULES}

# What goes on paper, what stands in a mailbox behind a strong login, and by which channel an address hears that something waits.
ON_PAPER: Final = frozenset({Channel.PAPER, Channel.REGISTERED_POST})
MAILBOXES: Final = frozenset({Channel.PORTAL, Channel.EBOX, Channel.EBOX_REGISTERED})
ANNOUNCED_BY: Final[Mapping[ContactKind, Channel]] = {ContactKind.EMAIL: Channel.EMAIL, ContactKind.MOBILE: Channel.SMS}
# By which means each digital channel goes, and so whose consent it hangs on.
MEANS: Final[Mapping[Channel, Means]] = {
    Channel.PORTAL: Means.PORTAL,
    Channel.EBOX: Means.EBOX,
    Channel.EBOX_REGISTERED: Means.EBOX,
    Channel.EMAIL: Means.EMAIL,
}
# Why a notice left its digital road, in one word.
_REASONS: Final[Mapping[str, Reason]] = {
    "channel.noConsent": Reason.CONSENT_WITHDRAWN,
    "channel.registeredByLaw": Reason.CONSENT_WITHDRAWN,
    "channel.insufficientSkills": Reason.NEEDS_PAPER,
    "channel.represented": Reason.NEEDS_PAPER,
    "channel.prefersPost": Reason.NEEDS_PAPER,
    "channel.addressSuspended": Reason.ADDRESS_SUSPENDED,
    "channel.accountInactive": Reason.ACCOUNT_INACTIVE,
}


def choose(situation: Situation) -> Choice:
    """The lawful channel."""
    rule = next(rule for rule in RULES if rule.applies(situation))
    return Choice(rule.channel, rule.id)


def choose_again(chosen: Choice, situation: Situation) -> Choice:
    """The channel just before dispatch: the one chosen at submission while it is still lawful, else paper.

    Nothing moves from paper to digital, and nothing from one digital channel to another (`decisions.md` 5).
    """
    means = MEANS.get(chosen.channel)
    if means is None:
        return chosen
    fresh = choose(replace(situation, consented=situation.consented & {means}))
    return chosen if fresh.channel is chosen.channel else fresh


def reason_of(rule_id: str) -> Reason:
    """Why a row that chose paper took a notice off its digital road."""
    return _REASONS.get(rule_id, Reason.ADDRESS_UNFIT)
