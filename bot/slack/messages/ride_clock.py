"""What is said when a facilitator stops, starts or moves the ride's clock."""

from bot.rides.announcements import ClockStarted, ClockStopped, MoreTime
from bot.slack.messages.message import Message, context, section
from bot.slack.messages.mrkdwn import mention, minutes


def clock_stopped(said: ClockStopped) -> Message:
    """The ride is paused."""
    words = f"⏸️ {mention(said.by)} paused the ride at {minutes(said.elapsed)}."
    return Message(
        text=words,
        blocks=(
            section(f"{words} The clock and the symptoms stand still; the database does not."),
            context(f"After {minutes(said.longest)} it goes on by itself."),
        ),
    )


def clock_started(said: ClockStarted) -> Message:
    """The ride goes on."""
    who = (
        f"{mention(said.by)} resumed the ride"
        if said.by is not None
        else "The pause reached its limit, and the ride goes on"
    )
    words = f"▶️ {who}. The clock shows {minutes(said.elapsed)}, {minutes(said.remaining)} left."
    return Message(text=words, blocks=(section(words),))


def more_time(said: MoreTime) -> Message:
    """The deadline has moved."""
    words = f"⏱️ {mention(said.by)} gave you {minutes(said.span)} more: {minutes(said.remaining)} left."
    return Message(text=words, blocks=(section(words),))
