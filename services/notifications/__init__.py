"""The notifications service: says what has to be said over the lawful channel, and proves it."""
