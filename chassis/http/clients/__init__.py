"""HTTP from the hub to others and to its own doors: tokens, retries, and the issuer's keys."""
