"""Which channel a notice may lawfully take: ordered rows, the first that applies decides."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.codes import Channel


@dataclass(frozen=True, slots=True)
class Situation:
    """What the choice depends on."""

    registered_by_law: bool = False
    consented: frozenset[Channel] = frozenset()  # means with a consent that is valid now, for this procedure and address
    needs_paper: bool = False  # insufficient digital skills, a wish for post, or a guardian


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """One row; `source` says where it comes from."""

    id: str
    applies: Callable[[Situation], bool]
    channel: Channel
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The channel, and the row that chose it."""

    channel: Channel
    rule_id: str


RULES: tuple[ChannelRule, ...] = (
    ChannelRule("channel.registeredByLaw", lambda s: s.registered_by_law, Channel.REGISTERED_POST, "act of 21 July 2016, WER book XII"),
    ChannelRule("channel.noConsent", lambda s: not s.consented, Channel.PAPER, "VDAB decree, chapter VI section 4; decree II.22"),
    ChannelRule("channel.needsPaper", lambda s: s.needs_paper, Channel.PAPER, "policy: two tracks"),
    # Paper is always lawful; the digital rows stand above this one once their channels exist.
    ChannelRule("channel.otherwise", lambda _: True, Channel.PAPER, "policy"),
)


def choose(situation: Situation) -> Choice:
    """The lawful channel."""
    rule = next(rule for rule in RULES if rule.applies(situation))
    return Choice(rule.channel, rule.id)
