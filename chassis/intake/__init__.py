"""Intake: the doors by which partners report facts, in single records and in bulk, and the feed of what became of them."""
