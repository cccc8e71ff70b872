"""The engine: a ride's life, from the start command to the archived channel."""
