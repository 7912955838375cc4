"""The evidence log: every event of a notice as a leaf of a signed, append-only tree."""
