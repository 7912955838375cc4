"""What is decided here about school leavers, as pure functions over frozen values."""
