"""The service's tables and statements."""
