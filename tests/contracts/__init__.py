"""The published contracts: files that match the code, examples that decode, changes that break nobody."""
