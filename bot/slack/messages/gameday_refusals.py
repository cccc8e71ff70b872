"""Private words for what can't be done with game days."""

from collections.abc import Callable, Sequence

from bot.gamedays.errors import (
    GameDayNotBegunError,
    GameDayOverError,
    GameDayRunsError,
    NoRideNowError,
    NotToStartAgainError,
    NotYourGameDayError,
    PlanRefusedError,
    UnknownGameDayError,
)
from bot.rides.errors import RideError
from bot.slack.messages.asked import Asked
from bot.slack.messages.gamedays import day_time
from bot.slack.messages.mrkdwn import code, people, plain, room

KNOWN_SHOWN = 10


def _unknown(error: UnknownGameDayError, asked: Asked) -> str:
    what = f"no game day {code(error.day, 60)}" if error.day.strip() else "no game day without a name"
    if not error.known:
        return f"🤔 There is {what}: none is planned. {asked.ride('gameday create')} plans one."
    known = ", ".join(f"{code(day)} ({plain(name)})" for day, name in error.known[:KNOWN_SHOWN])
    return f"🤔 There is {what}. On or coming up: {known}."


def _over(error: GameDayOverError, asked: Asked) -> str:
    return f"🏁 *{plain(error.name)}* is over. {asked.ride('gameday list')} shows what is coming up."


def _runs(error: GameDayRunsError, _asked: Asked) -> str:
    where = room(error.console) if error.console else "the console"
    return f"⛔ *{plain(error.name)}* has begun, so it can't be cancelled. You can end it in {where}."


def _not_begun(error: GameDayNotBegunError, _asked: Asked) -> str:
    return f"⏳ *{plain(error.name)}* begins {day_time(error.starts_at)}. There is nothing to control yet."


def _not_yours(error: NotYourGameDayError, _asked: Asked) -> str:
    return (
        f"⛔ *{plain(error.name)}* is facilitated by {people(error.facilitators)}: only they and admins can "
        "do that. Ask one of them."
    )


def _no_ride_now(error: NoRideNowError, _asked: Asked) -> str:
    if error.preparing:
        return f"⏳ The next ride of {plain(error.team)} has not begun. Try again when it is live."
    return f"🏁 {plain(error.team)} has no ride under way any more."


def _not_again(error: NotToStartAgainError, _asked: Asked) -> str:
    return (
        f"⛔ {plain(error.team)} can't be started again: its ride didn't fail, or was already started again."
    )


def _plan_refused(_error: PlanRefusedError, asked: Asked) -> str:
    return (
        "⛔ Something is in the way of this game day: a team, a person, or another game day at that "
        f"time. Please try again: {asked.ride('gameday create')} says what it is."
    )


WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = (
    (UnknownGameDayError, _unknown),
    (GameDayOverError, _over),
    (GameDayRunsError, _runs),
    (GameDayNotBegunError, _not_begun),
    (NotYourGameDayError, _not_yours),
    (NoRideNowError, _no_ride_now),
    (NotToStartAgainError, _not_again),
    (PlanRefusedError, _plan_refused),
)
