"""What a scenario is, as data."""
