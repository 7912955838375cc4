"""HTTP: the doors conventions shared by every service."""
