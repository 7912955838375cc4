"""The hub's public language: what services, partners and the archive say to each other."""
