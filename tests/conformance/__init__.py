"""One behaviour, every bus."""
