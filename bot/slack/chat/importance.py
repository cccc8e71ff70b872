"""What a message of the engine's, or a game day's, is worth when Slack takes no more calls for a while."""

from bot.gamedays.announcements import Board, ConsoleHead, ConsoleTeams, DayCard, Ended, Said, Summary
from bot.rides.announcements import (
    Announcement,
    ChannelGone,
    IncidentCard,
    Page,
    PostmortemPosted,
    Recovered,
    Recovering,
    ResultLine,
    RideOver,
    RoleBoard,
    StartFailed,
    StartStopped,
    StepsSkipped,
    WritesAgain,
    WritesWait,
)
from bot.slack.transport.budget import Importance


def of_announcement(said: Announcement) -> Importance:
    """Of a message to be posted."""
    match said:
        case Page():
            return Importance.PAGE
        case ChannelGone():
            return Importance.ANSWER
        case (
            Recovering()
            | Recovered()
            | RideOver()
            | PostmortemPosted()
            | ResultLine()
            | StartFailed()
            | StartStopped()
        ):
            return Importance.ENDING
        case WritesWait() | WritesAgain():
            return Importance.ANSWER
        case IncidentCard() | RoleBoard() | StepsSkipped():
            return Importance.BOARD
        case _:
            return Importance.STORY


def of_edit(said: Announcement, channel: str) -> Importance:
    """Of a message to be replaced."""
    if isinstance(said, Page):
        return Importance.COLOUR if is_direct(channel) else Importance.PAGE
    return Importance.BOARD


def of_game_day(said: Said) -> Importance:
    """Of what a game day says."""
    match said:
        case Board() | ConsoleHead() | ConsoleTeams() | DayCard():
            return Importance.BOARD
        case Summary() | Ended():
            return Importance.ENDING
        case _:
            return Importance.ANSWER


def is_direct(channel: str) -> bool:
    """Whether a channel is somebody's direct messages: https://docs.slack.dev/reference/objects/conversation-object."""
    return channel.startswith("D")
