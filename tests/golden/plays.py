"""What the people of the golden rides do: one of 100 points, one through the traps, one that is lost."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.slack.messages.crew import ETA, IMPACT, KNOWN, NEXT, ROLE, UPDATE_FORM, WRITE_UPDATE
from bot.workspace.people.client import Message, UserClient
from scenarios.journal.events import IncidentRole
from tests.acceptance.ride_fixtures import PATIENCE, Incident, Stage, ask, private, result_of
from tests.acceptance.ride_program import Place

LOOK = """SELECT pid, usename, application_name, state, wait_event_type, now() - xact_start AS age
FROM pg_stat_activity -- wer läuft, wer wartet? 🚨
WHERE datname = 'app_db' ORDER BY xact_start"""
TIE = "SELECT pid, pg_blocking_pids(pid) AS blocked_by FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
MIGRATION = "application_name LIKE 'migration_runner%'"
END_IT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {MIGRATION}"
CANCEL_IT = f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {MIGRATION}"
A_WRITER = "(SELECT pid FROM pg_stat_activity WHERE application_name = 'app_writer' ORDER BY pid LIMIT 1)"
END_A_WRITER = f"SELECT pg_terminate_backend({A_WRITER})"
END_THE_EXPORT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nightly_export'"
)

Act: TypeAlias = Callable[[Stage, Place], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Play:
    """A ride to record."""

    speed: float
    act: Act
    """All that people do, until nothing more of the ride is to come."""


async def solved(stage: Stage, _place: Place) -> None:
    """A team of two: roles, the manager's question answered, nothing done wrong."""
    dana, sam = stage.dana, stage.sam
    home = (await dana.channel("incidents")).id
    await ask(dana, home, "/ride", "team create payments @dana @sam", private)
    incident = await stage.start(dana, "start alter-table-locks for payments")
    channel = incident.channel
    await _acknowledge(dana, incident)
    board = await dana.wait_for(channel, lambda m: f"{ROLE}:commander" in m.buttons, PATIENCE)
    await _take(dana, channel, board, "commander")
    await _take(sam, channel, board, "investigator")
    await _sql(sam, channel, LOOK)
    await _sql(sam, channel, TIE)
    asked = await dana.wait_for(channel, lambda m: WRITE_UPDATE in m.buttons, PATIENCE)
    await dana.click(channel, asked.ts, WRITE_UPDATE)
    form = await dana.wait_for_view(lambda view: view.callback_id == UPDATE_FORM, PATIENCE)
    said = {
        KNOWN: "A migration holds `orders`; we end its session now. <!channel> & 5 € – naïve?",
        IMPACT: "No orders are saved.",
        ETA: "5",
        NEXT: "10",
    }
    await dana.submit(form.id, {block: {"typed": {"value": words}} for block, words in said.items()})
    await dana.wait_for(channel, lambda m: "Status update" in m.words, PATIENCE)
    await _sql(dana, channel, END_IT)
    await _picture(dana, channel)


async def trapped(stage: Stage, _place: Place) -> None:
    """Two people who try nearly everything that doesn't help, with hints, before they end the migration."""
    dana, sam = stage.dana, stage.sam
    channel = (await stage.start(dana, "start alter-table-locks @dana @sam")).channel
    await _sql(dana, channel, LOOK)
    await _sql(dana, channel, "SLECT 1")
    await ask(dana, channel, "/ride", "hint", lambda m: "Hint 1 of 3" in m.text)
    await ask(dana, channel, "/sql", r"\! id", private)
    await _sql(sam, channel, r"\c analytics_db")
    await _sql(sam, channel, END_THE_EXPORT)
    await sam.wait_for(channel, lambda m: "Our sessions" in m.words, PATIENCE)
    await _sql(dana, channel, "SET lock_timeout = '500ms'")
    await _sql(dana, channel, "CREATE INDEX orders_updated_at_idx ON orders (updated_at)")
    await dana.wait_for(channel, lambda m: "Somebody is at the indexes" in m.words, PATIENCE)
    await _sql(dana, channel, END_A_WRITER)
    await dana.wait_for(channel, lambda m: "They came back" in m.words, PATIENCE)
    await ask(sam, channel, "/ride", "hint", lambda m: "Hint 2 of 3" in m.text)
    await _sql(dana, channel, CANCEL_IT)
    await dana.wait_for(channel, lambda m: "A cancel was sent" in m.words, PATIENCE)
    await _sql(dana, channel, END_IT)
    await _picture(dana, channel)


async def lost(stage: Stage, place: Place) -> None:
    """One person works at it; then the server dies, killed from outside."""
    dana = stage.dana
    incident = await stage.start(dana)
    channel = incident.channel
    await _acknowledge(dana, incident)
    await _sql(dana, channel, LOOK)
    await ask(dana, channel, "/ride", "hint", lambda m: "Hint 1 of 3" in m.text)
    await dana.wait_for(channel, lambda m: "application sessions waiting" in m.words, PATIENCE)
    await _sql(dana, channel, TIE)
    _kill_the_server(place)
    await dana.wait_for(incident.home, lambda m: m.is_bot and "void" in m.words.lower(), PATIENCE)


PLAYS: Mapping[str, Play] = {
    "solved": Play(speed=20, act=solved),
    "trapped": Play(speed=10, act=trapped),
    "lost": Play(speed=10, act=lost),
}
"""By the name of the ride's folder."""


async def _acknowledge(person: UserClient, incident: Incident) -> None:
    await person.click(incident.channel, incident.page.ts, ACKNOWLEDGE)
    await person.wait_for(
        incident.channel, lambda m: m.ts == incident.page.ts and "Acknowledged by" in m.words, PATIENCE
    )


async def _take(person: UserClient, channel: str, board: Message, role: IncidentRole) -> None:
    """Take a role, and see it on the board."""
    await person.click(channel, board.ts, f"{ROLE}:{role}")
    await person.wait_for(channel, lambda m: m.ts == board.ts and f"<@{person.id}>" in m.words, PATIENCE)


async def _sql(person: UserClient, channel: str, statement: str) -> Message:
    """Its answer, or the private word about it."""
    answered = result_of(person)
    return await ask(person, channel, "/sql", statement, lambda m: answered(m) or private(m))


async def _picture(person: UserClient, channel: str) -> None:
    """Wait for the picture: with it a ride has told everything."""
    await person.wait_for(channel, lambda m: any(file.is_image for file in m.files), PATIENCE)


def _kill_the_server(place: Place) -> None:
    """As `kill -9` of the postmaster; its backends bear other titles."""
    [server] = [one for one in place.processes() if one.name() == "postgres" and "-D" in one.cmdline()]
    server.kill()
