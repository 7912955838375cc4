"""What the contracts promise, module by module."""
