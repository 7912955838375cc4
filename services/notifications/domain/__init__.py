"""The rules of notices: terms, legal fields, channel, effect; no I/O."""
