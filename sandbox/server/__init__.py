"""A PostgreSQL with an incident: its recipe, its roles, and what is seen of it."""
