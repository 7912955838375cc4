"""Notifications: say it lawfully, prove that it was said."""
