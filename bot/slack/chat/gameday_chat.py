"""Slack as the place where game days are seen. Fulfils bot.gamedays.ports.Stage."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from bot.gamedays.announcements import (
    Board,
    ConsoleHead,
    ConsoleTeams,
    CouldNotStart,
    DayCard,
    Ended,
    FacilitatesInstead,
    InvitesRefused,
    Reminder,
    Said,
    StartsLate,
    Summary,
    TooBusy,
)
from bot.rides.ports import Channel, Person
from bot.slack.chat import fitting
from bot.slack.chat.chat import SlackChat
from bot.slack.chat.importance import of_game_day
from bot.slack.messages import console, gamedays
from bot.slack.messages.message import Message
from bot.slack.messages.scoreboard import scoreboard
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class GameDayChat:
    """Channels and people are the engine's chat's business; the words are ours."""

    def __init__(self, chat: SlackChat, outbox: Outbox, settings: SlackSettings) -> None:
        self._chat = chat
        self._outbox = outbox
        self._settings = settings

    async def open_channel(self, workspace: str, name: str) -> Channel:
        """A new private channel, named as near to `name` as Slack allows."""
        return await self._chat.open_channel(workspace, name)

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        """Invite people; gives the error code of each who could not be invited."""
        return await self._chat.invite(workspace, channel, people)

    async def members(self, workspace: str, channel: str) -> tuple[str, ...]:
        """Everybody in a channel."""
        return await self._chat.members(workspace, channel)

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None:
        """Set the topic."""
        await self._chat.set_topic(workspace, channel, topic)

    async def pin(self, workspace: str, channel: str, ts: str) -> None:
        """Pin a message."""
        await self._chat.pin(workspace, channel, ts)

    async def person(self, workspace: str, person: str) -> Person:
        """Somebody by id."""
        return await self._chat.person(workspace, person)

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]:
        """The keys of our messages in a channel since then, with their ts."""
        return await self._chat.posted(workspace, channel, since)

    async def post(self, workspace: str, channel: str, said: Said, *, key: str) -> str:
        """Post; what is too long for a message goes on in its thread."""
        message, importance = worded(said, self._settings), of_game_day(said)
        return await fitting.post(self._outbox, workspace, channel, message, key=key, importance=importance)

    async def update(self, workspace: str, channel: str, ts: str, said: Said) -> None:
        """Replace a message."""
        message, importance = worded(said, self._settings), of_game_day(said)
        await self._outbox.update(workspace, channel, ts, message, importance=importance)

    async def direct(self, workspace: str, person: str, said: Said, *, key: str) -> None:
        """Post to a person's direct messages."""
        message, importance = worded(said, self._settings), of_game_day(said)
        await fitting.direct(self._outbox, workspace, person, message, key=key, importance=importance)


def worded(said: Said, settings: SlackSettings) -> Message:  # noqa: PLR0911, PLR0912
    """The message for what a game day says; mypy checks that none is forgotten."""
    match said:
        case DayCard():
            return gamedays.day_card(said)
        case Board():
            return scoreboard(said)
        case ConsoleHead():
            return console.console_head(said)
        case ConsoleTeams():
            return console.console_teams(said)
        case Summary():
            return gamedays.summary(said)
        case InvitesRefused():
            return gamedays.invites_refused(said)
        case TooBusy():
            return gamedays.too_busy(said)
        case FacilitatesInstead():
            return gamedays.facilitates_instead(said)
        case CouldNotStart():
            return gamedays.could_not_start(said)
        case Reminder():
            return gamedays.reminder(said)
        case StartsLate():
            return gamedays.starts_late(said)
        case Ended():
            return gamedays.ended(said, settings)
        case _:
            assert_never(said)
