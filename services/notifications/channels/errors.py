"""What can go wrong when a notice leaves the house.

ChannelError
├── Unprintable       the font lacks a character of the letter
├── NoRoute           the recipient's domain takes no mail
└── RouteUnavailable  nobody can say now which host takes mail for a domain
"""


class ChannelError(Exception):
    """Root of the errors of channels; `reason` is the code that the outcome carries."""

    reason = "channelError"


class Unprintable(ChannelError):
    """The font lacks a character of the letter."""

    reason = "unprintable"


class NoRoute(ChannelError):
    """The recipient's domain does not exist or takes no mail."""

    reason = "addressUnknown"


class RouteUnavailable(ChannelError):
    """The look-up of the recipient's domain failed; it may succeed later."""

    reason = "routeUnavailable"
