"""What is decided here, as pure functions over frozen values."""
