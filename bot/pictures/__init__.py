"""The picture of a ride: what the sandbox did second by second, and what people did meanwhile."""
