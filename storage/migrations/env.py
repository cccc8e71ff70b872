"""Alembic's environment: it is handed a connection that is in a transaction, and leaves the commit to it."""

from alembic import context
from sqlalchemy import Connection

from storage.schema import VERSION_TABLE
from storage.tables import Base


def run_migrations() -> None:
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise TypeError("run the migrations through storage.schema.upgrade(), which holds the lock")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        # SQLite changes most things about a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run_migrations()
