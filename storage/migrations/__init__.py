"""Alembic migrations, the same for SQLite and PostgreSQL. `storage.schema` runs them."""
