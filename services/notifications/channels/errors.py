"""What can go wrong when a notice leaves the house.

ChannelError
└── Unprintable     the font lacks a character of the letter
"""


class ChannelError(Exception):
    """Root of the errors of channels; `reason` is the code that the outcome carries."""

    reason = "channelError"


class Unprintable(ChannelError):
    """The font lacks a character of the letter."""

    reason = "unprintable"
