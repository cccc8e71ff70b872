"""What `make` runs before anything is installed."""
