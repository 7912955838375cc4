"""What only a sandbox has: its own token issuer, demo keys, and controls over time and sources."""
