"""The services; each owns a database and they meet only in `contracts`."""
