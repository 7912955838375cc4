"""Long figures, kept in docs/endurance.md."""
