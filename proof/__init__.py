"""Checks evidence offline, on the standard library and `cryptography` alone; the writing side uses the same code."""
