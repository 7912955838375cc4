"""The walls of the house, checked."""
