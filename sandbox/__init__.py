"""A private PostgreSQL with an incident in it, and what can be seen of it."""
