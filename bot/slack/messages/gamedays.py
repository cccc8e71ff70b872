"""What is said about a game day: its announcement, private notices, the list, and the summary."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, DividerBlock

from bot.gamedays.announcements import (
    CouldNotStart,
    DayCard,
    Ended,
    FacilitatesInstead,
    InvitesRefused,
    Reminder,
    StartsLate,
    Summary,
    TooBusy,
)
from bot.gamedays.results import Hard, Lost, Median, Standing
from bot.slack.messages import slack_refusals
from bot.slack.messages.local_times import zoned
from bot.slack.messages.message import Message, context, fields, header, packed, section, sections
from bot.slack.messages.mrkdwn import clock_time, code, counted, mention, minutes, people, plain, room
from bot.slack.messages.scoreboard import failure, medal
from bot.slack.settings import SlackSettings
from storage.game_days import GameDay

_STATES = {
    "planned": "🗓️ planned",
    "running": "🏁 on now",
    "over": "🏆 over",
    "cancelled": "🚫 cancelled",
    "missed": "⚠️ did not take place",
}

DAYS_SHOWN = 10
TEAMS_SHOWN = 6
REFUSED_SHOWN = 20
"""Of the people who could not be invited: a section ends at 3,000 characters."""


def day_time(moment: datetime) -> str:
    """A day and a time, in the reader's own zone."""
    fallback = f"{moment:%a %d %b %H:%M} UTC"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def day_card(said: DayCard) -> Message:
    """The announcement. Nothing of what the incidents are about."""
    day = said.day
    levels = ", ".join(dict.fromkeys(said.levels))
    waves = "all at the same second"
    if day.wave_size is not None:
        waves = f"in waves of {day.wave_size}, {day.wave_minutes} min apart"
    teams = ", ".join(plain(entrant.name) for entrant in day.entrants)
    return Message(
        text=f"🗓️ Game day {plain(day.name)}: {day_time(day.starts_at)}. Teams: {teams}.",
        blocks=(
            header(f"🗓️ Game day: {day.name}"),
            fields(
                f"*When*\n{day_time(day.starts_at)}",
                f"*State*\n{_STATES[day.state]}",
                f"*Incidents*\n{len(day.scenarios)}, level {levels}",
                f"*Start*\n{waves}",
                f"*Teams*\n{teams}",
                f"*Facilitators*\n{people(day.facilitators)}",
            ),
            section(
                "At that time each team gets its own incident channel and private PostgreSQL, and is "
                "paged there. Everybody in the team may work on it. The scoreboard comes here."
            ),
            context(
                f"Game day {code(day.id)}"
                + (" · until then there is nothing to prepare" if day.state == "planned" else "")
            ),
        ),
    )


def invites_refused(said: InvitesRefused) -> Message:
    """To the one who planned it."""
    shown = said.refused[:REFUSED_SHOWN]
    listed = slack_refusals.lines((mention(person), refused) for person, refused in shown)
    if more := len(said.refused) - len(shown):
        listed += f"\n• and {more} more"
    words = f"⚠️ *{plain(said.day)}*: I couldn't invite everybody to {room(said.channel)}:\n{listed}"
    after = "The game day goes on. You can invite them there yourself with `/invite`."
    return Message(text=f"{words}\n{after}", blocks=(*sections(words), section(after)))


def too_busy(said: TooBusy) -> Message:
    """To somebody who is in another ride."""
    there = f" in {room(said.channel)}" if said.channel else ""
    return _words(
        f"🏁 *{plain(said.day)}* begins, and your team {plain(said.team)} rides without you: you are in "
        f"another ride{there}. When that is over, ask your team to invite you to their channel."
    )


def facilitates_instead(said: FacilitatesInstead) -> Message:
    """To a facilitator who joined a team."""
    return _words(
        f"🎛️ You facilitate *{plain(said.day)}*, so your team {plain(said.team)} rides without you: you "
        "would know what is coming. You have the console."
    )


def could_not_start(said: CouldNotStart) -> Message:
    """To the facilitators."""
    again = " Press *Start again* in the console to retry." if said.can_start_again else ""
    there = f" Console: {room(said.console)}" if said.console else ""
    return _words(
        f"⚠️ *{plain(said.day)}*: {plain(said.team)} could not start: {failure(said.failure)}. "
        f"The other teams go on.{again}{there}"
    )


def reminder(said: Reminder) -> Message:
    """It begins soon: for everybody in the day's channel."""
    day = said.day
    soon = said.before <= timedelta(minutes=5)
    what = (
        "Please be at your keyboard: each team is paged in an incident channel of its own."
        if soon
        else "There is nothing to prepare. If you can't come, please tell a facilitator: "
        f"{people(day.facilitators)}."
    )
    words = f"🔔 *{plain(day.name)}* begins {day_time(day.starts_at)}. {what}"
    if not said.players:
        return _words(words)
    whom = people(said.players)
    return Message(text=f"{words} {whom}", blocks=(section(words), *sections(whom)))


def starts_late(said: StartsLate) -> Message:
    """Ride wasn't there at the hour."""
    return _words(
        f"⏱️ Ride was not running at {clock_time(said.due_at)}. We start now, and every team gets its "
        "full time."
    )


def ended(said: Ended, settings: SlackSettings) -> Message:
    """The last word: for everybody when it does not take place, for the facilitators when it is over."""
    day, again = said.day, code(f"{settings.ride_command} gameday create")
    name = plain(day.name)
    if day.state == "cancelled":
        by = f" by {mention(day.ended_by)}" if day.ended_by else ""
        return _words(f"🚫 *{name}* was cancelled{by}. Nobody will be paged.")
    if day.state == "missed":
        return _words(
            f"⚠️ *{name}* did not take place: Ride was not running at {clock_time(day.starts_at)}, and now "
            f"it is too late. Plan it again: {again}"
        )
    by = f" {mention(day.ended_by)} ended it early." if day.ended_by else ""
    there = f" The summary is in {room(day.channel)}." if day.channel else ""
    return _words(f"🏆 *{name}* is over.{by}{there} Each team's postmortem is in its own channel.")


# -- private answers


def being_planned() -> str:
    """In the form's place, while the teams' people are looked up and the channels opened."""
    return "⏳ Looking up who can ride, then opening the day's channels…"


def created(day: GameDay, *, wanted: datetime | None = None, zone: str | None = None) -> Message:
    """To the one who planned it, in the form's zone. A day that starts later than `wanted` says why."""
    channel = room(day.channel) if day.channel else "its channel"
    if day.starts_at <= day.created_at:
        return _words(f"🏁 *{plain(day.name)}* starts now: see {channel}. Its id is {code(day.id)}.")
    console = f" The console is {room(day.console)}." if day.console else ""
    later = ""
    if wanted is not None and day.starts_at > wanted:
        first = min(day.wave_size or len(day.entrants), len(day.entrants))
        then = "; they start together then" if first > 1 else ", and starts then"
        later = (
            f" Getting everything ready takes a while: {counted(first, 'team')} will be ready at about "
            f"{clock_time(day.starts_at)}{then}."
        )
    when = day_time(day.starts_at) if zone is None else zoned(day.starts_at, zone)
    return _words(
        f"🗓️ *{plain(day.name)}* is planned for {when}: see {channel}.{console}{later} "
        f"Its id is {code(day.id)}."
    )


def cancelled(day: GameDay) -> Message:
    """To the one who cancelled it."""
    return _words(f"🚫 *{plain(day.name)}* is cancelled. Its channel has been told.")


def listing(days: Sequence[GameDay], settings: SlackSettings) -> Message:
    """What is on and what is to come."""
    ride = settings.ride_command
    if not days:
        return _words(
            f"🗓️ No game day is planned. Facilitators plan one with {code(f'{ride} gameday create')}."
        )
    blocks: list[Block] = [header("🗓️ Game days")]
    for day in days[:DAYS_SHOWN]:
        teams = ", ".join(plain(entrant.name) for entrant in day.entrants[:TEAMS_SHOWN])
        if len(day.entrants) > TEAMS_SHOWN:
            teams += f" and {len(day.entrants) - TEAMS_SHOWN} more"
        where = f" · {room(day.channel)}" if day.channel else ""
        blocks.append(
            section(
                f"*{plain(day.name)}* · {_STATES[day.state]} · {day_time(day.starts_at)}{where}\n"
                f"{counted(len(day.scenarios), 'incident')} · {teams} · {code(day.id)}"
            )
        )
    blocks.append(context(f"To call off one that has not begun: {code(f'{ride} gameday cancel ID')}"))
    if len(days) > DAYS_SHOWN:
        blocks.insert(-1, section(f"And {len(days) - DAYS_SHOWN} more after these."))
    names = ", ".join(plain(day.name) for day in days)
    return Message(text=f"🗓️ Game days: {names}.", blocks=tuple(blocks))


def how_to(settings: SlackSettings) -> Message:
    """A word after `gameday` that we don't know."""
    ride = settings.ride_command
    return _words(
        f"🤔 That's not something a game day can do. {code(f'{ride} gameday create')} plans one, "
        f"{code(f'{ride} gameday list')} shows what is coming up, {code(f'{ride} gameday cancel ID')} "
        "calls one off."
    )


def needs_slash(settings: SlackSettings) -> Message:
    """A modal can't be opened from a mention."""
    command = code(f"{settings.ride_command} gameday create")
    return _words(f"🗓️ Slack opens forms only for slash commands: please type {command} outside a thread.")


def no_teams(settings: SlackSettings) -> Message:
    """Nobody to ride."""
    command = code(f"{settings.ride_command} team create NAME @people")
    return _words(f"👥 A game day needs teams, and there are none yet. Create some first: {command}")


# -- the summary


def summary(said: Summary) -> Message:
    """Podium, what was hard, medians; what does not fit a message goes into its thread."""
    day = said.day
    ranked = [standing for standing in said.standings if standing.place is not None]
    groups: list[Sequence[Block]] = [[header(f"🏆 {day.name}: the result"), section(_podium(said.standings))]]
    if said.medians.rides:
        groups.append([section(_medians(said))])
    if said.hard:
        groups.append([DividerBlock(), section("*What each team found hard*")])
        groups += [list(sections(_hard(one))) for one in said.hard]
    groups.append(
        [context("Each team's postmortem is in its own channel, with the statement behind each line.")]
    )
    first, *rest = packed(groups)
    winners = [plain(standing.name) for standing in ranked if standing.place == 1]
    told = f"{' and '.join(winners)} won with {ranked[0].total} points." if ranked else "No team has a score."
    return Message(
        text=f"🏆 {plain(day.name)} is over. {told}",
        blocks=first,
        thread=tuple(Message(text="The summary continues.", blocks=blocks) for blocks in rest),
    )


def _podium(standings: Sequence[Standing]) -> str:
    ranked = [standing for standing in standings if standing.place is not None]
    if not ranked:
        return "No team has a score: no ride was fixed, and none ran until its time was up."
    lines = [_place(standing) for standing in ranked]
    without = [f"*{plain(standing.name)}*" for standing in standings if standing.place is None]
    if without:
        lines.append(f"▫️ {', '.join(without)}: no score")
    return "\n".join(lines)


def _place(standing: Standing) -> str:
    fixed = "did not fix it"
    if standing.rides == 1 and standing.fixed == 1:
        fixed = f"fixed in `{minutes(standing.to_fix)}`"
    elif standing.fixed:
        fixed = f"fixed {standing.fixed} of {standing.rides}, in `{minutes(standing.to_fix)}` in total"
    elif standing.rides > 1:
        fixed = f"fixed none of {standing.rides}"
    decided = {
        "fixes": " · same points, fewer fixed",
        "time": " · same points, more time to fix",
        "first": " · same points and time, later",
    }
    why = decided.get(standing.decided_by or "", "")
    return f"{medal(standing.place)} *{plain(standing.name)}* · *{standing.total}* points · {fixed}{why}"


def _medians(said: Summary) -> str:
    found = said.medians
    parts = [
        ("acknowledged after", found.acknowledge),
        ("first useful step after", found.detect),
        ("fixed after", found.fix),
    ]
    shown = " · ".join(_median(what, value, found.rides) for what, value in parts)
    return f"⏱ *Medians of {counted(found.rides, 'ride')}*\n{shown}"


def _median(what: str, value: Median, rides: int) -> str:
    if value.seconds is None:
        return f"{what}: never"
    some = "" if value.of == rides else f" ({value.of} of {rides})"
    return f"{what} `{minutes(value.seconds)}`{some}"


def _hard(one: Hard) -> str:
    if not one.missed and not one.traps:
        return f"*{plain(one.name)}*\n✨ Nothing: every line earned, and no trap sprung."
    lines = [f"▫️ 0 of {lost.points}  {lost.why}" for lost in one.missed]
    lines += [f"⚠️ {_points(lost)}{lost.why}" for lost in one.traps]
    return "\n".join([f"*{plain(one.name)}*", *lines])


def _points(lost: Lost) -> str:
    return f"−{lost.points}  " if lost.points else ""


def _words(words: str) -> Message:
    return Message(text=words, blocks=(section(words),))
