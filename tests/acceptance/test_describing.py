r"""`\d` and its kin through /sql as the page shows them, beside psql in a terminal with one's own DSN."""

import re
from pathlib import Path

import psycopg

from sandbox.server.binaries import find_binaries
from sandbox.sql_session.table_text import harmless
from tests.acceptance.ride_fixtures import OpenStage, ask, private, result_of
from tests.integration.described import COMMANDS, script
from tests.integration.terminal import in_terminal

DATABASE = "analytics_db"
"""Nothing is blocked there."""
GROWING = (r"\d+", r"\dt+", r"\dti")
"""They show the sizes of what others write to just now."""
SHOWN = 2_000
"""Characters that a message surely shows whole; of more it shows the beginning, and the rest is in a file."""
WIDE = 200


def renamed(text: str) -> str:
    """Without the names that the scenario has taken."""
    return text.replace("customer", "buyer").replace("orders", "purchases")


def objects(role: str) -> bytes:
    """What somebody who rides may make in that database: no schemas."""
    lines = renamed(script("described").decode()).replace("lena", role).splitlines()
    return "\n".join(line for line in lines if "SCHEMA" not in line and "Odd Schema" not in line).encode()


async def test_it_says_what_psql_says(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        told = await ask(dana, incident.channel, "/ride", "connect", private)
        found = re.search(r"postgresql://[^\s`\"]+", told.words)
        assert found is not None
        dsn = re.sub(r"/\w+(?=\?|$)", f"/{DATABASE}", found[0])
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            await connection.execute(objects(dana.user.name))
        program = (await find_binaries(None)).folder / "psql"
        await ask(dana, incident.channel, "/sql", rf"\c {DATABASE}", result_of(dana))
        different = {}
        for command in (renamed(one) for one in COMMANDS if one not in GROWING):
            answer = await ask(dana, incident.channel, "/sql", command, result_of(dana))
            its = harmless(in_terminal(Path(program), dsn, command.strip()))
            beginning = its if len(its) < SHOWN else its[: SHOWN // 2].rpartition("\n")[0]
            # A preview cuts very wide lines; the file in the thread has them whole.
            wide = max(map(len, its.split("\n"))) > WIDE
            parts = [line[:WIDE].rstrip() for line in beginning.split("\n")] if wide else [beginning]
            if not all(part in answer.words for part in parts):
                different[command] = (answer.words, its)
        assert different == {}
