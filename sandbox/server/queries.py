"""SQL that lies in .sql files beside the modules."""

from functools import cache
from importlib.resources import files
from typing import LiteralString

from psycopg import sql


@cache
def script(name: str) -> LiteralString:
    """The text of one .sql file of this room."""
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


@cache
def query(name: str, query_name: str) -> sql.SQL:
    """One query of a file in which each begins with a line `-- name: NAME`. Raises KeyError without it."""
    queries = {}
    for part in script(name).split("-- name: ")[1:]:
        title, _, text = part.partition("\n")
        queries[title.strip()] = text.strip().rstrip(";")
    return sql.SQL(queries[query_name])
