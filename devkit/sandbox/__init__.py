"""What only a sandbox has: its own token issuer, demo keys, controls over time and sources, a print house and stand-ins for providers."""
