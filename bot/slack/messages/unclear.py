"""Private words for a line that is not wholly understood: what was, what was not, and a line to copy."""

from collections.abc import Callable, Mapping, Sequence

from bot.rides.errors import RideError
from bot.slack.lines.unclear import LineKind, Part, Problem, UnclearLineError
from bot.slack.messages.asked import Asked
from bot.slack.messages.mrkdwn import code

_EXAMPLES: Mapping[LineKind, tuple[str, ...]] = {
    LineKind.BARE: ("help",),
    LineKind.START: ("start alter-table-locks", "start alter-table-locks for payments"),
    LineKind.TEAM: ("team create payments @dana @sam", "team show payments", "team list"),
    LineKind.FACILITATOR: ("facilitator add @dana", "facilitator list"),
    LineKind.ONCALL: ("oncall payments", "oncall me", "oncall payments off"),
    LineKind.ROTA: ("oncall {team} @dana @sam every week from Monday at 10:00",),
    LineKind.SWAP: ("oncall {team} swap @dana @sam from Friday 09:00 until Monday 09:00",),
    LineKind.COVER: ("oncall {team} cover @dana by @sam from Friday 09:00 until Monday 09:00",),
    LineKind.BACK: ("oncall {team} cancel 7k3mxq", "oncall {team}"),
    LineKind.DRILL: (
        "drill {team} between 09:00 and 17:00 this week",
        "drill {team} between 9am and 5pm tomorrow L3",
    ),
    LineKind.QUIET: (
        "quiet {team} from Friday 14:00 to Monday 09:00 because we move",
        "quiet {team} on Friday from 14:00 to 16:00",
        "quiet {team} from tomorrow for 3 days",
    ),
    LineKind.LIST: ("drill list", "quiet list"),
    LineKind.CANCEL: ("drill cancel 7k3mxq", "quiet remove 7k3mxq"),
    LineKind.GAMEDAY: ("gameday list", "gameday create", "gameday cancel 7k3mxq"),
    LineKind.LEADERBOARD: ("leaderboard", "leaderboard team alter-table-locks since 2026-11-01"),
}
_SHORT = 60


def _unclear(error: UnclearLineError, asked: Asked) -> str:
    told = f"🤔 {_PROBLEMS[error.problem](error)} Nothing was done."
    if error.understood:
        parts = ", ".join(f"{part} {_shown(typed)}" for part, typed in error.understood)
        told += f"\nUnderstood so far: {parts}."
    if error.unread:
        told += f"\nNot looked at: {_shown(' '.join(error.unread))}."
    team = next((typed for part, typed in error.understood if part is Part.TEAM), "payments")
    examples = [asked.ride(example.format(team="-".join(team.split()))) for example in _EXAMPLES[error.kind]]
    return f"{told}\nFor example: {' or '.join(examples)}"


def _shown(typed: str) -> str:
    """What somebody typed: people as Slack shows them, the rest as code."""
    return " ".join(word for word in typed.split()[:10]) if "<@" in typed else code(typed, _SHORT)


def _words(error: UnclearLineError) -> str:
    words = ", ".join(_shown(word) for word in error.words if word)
    return words or "nothing"


def _word(error: UnclearLineError) -> str:
    told = f"I don't know what {_words(error)} means here."
    if error.kind is LineKind.QUIET:
        told += " A reason goes after `because` or a colon."
    if error.kind is LineKind.BARE:
        told = f"Nothing belongs after this command: I don't know what {_words(error)} means there."
    return told


def _twice(error: UnclearLineError) -> str:
    return f"{_words(error)} is one too many: I can't do both."


def _name(error: UnclearLineError) -> str:
    return (
        f"{_words(error)} is a channel, or everybody in it, but a name belongs there: a team's, such as "
        "`payments`, or people's, such as `@dana @sam`. Pick people from the list that Slack shows "
        "after @."
    )


def _person(error: UnclearLineError) -> str:
    return f"{_words(error)} is a person, and no person belongs there."


def _unreadable(error: UnclearLineError) -> str:
    return (
        f"I don't know who {_words(error)} is. Pick people from the list that Slack shows after you type @."
    )


def _group(error: UnclearLineError) -> str:
    if error.kind is LineKind.ROTA:
        return "A rota needs an order, which a user group doesn't have. Name the people."
    return "A user group can't go there: name people one by one, or a team."


def _hours(error: UnclearLineError) -> str:
    return f"I can't read two times in {_words(error)}. Say `between 09:00 and 17:00`, or `9am and 5pm`."


def _either(error: UnclearLineError) -> str:
    meant = " or ".join(code(one) for one in error.meant)
    return f"{_words(error)} could be by day or by night. Write the one you mean: {meant}."


def _scenario(error: UnclearLineError) -> str:
    told = f"{_words(error)} isn't a day, a scenario or a level that I know."
    return told + (f" Did you mean {' or '.join(map(code, error.meant))}?" if error.meant else "")


def _length(error: UnclearLineError) -> str:
    told = f"I can't read {_words(error)} as a length. Say `for 3 days`, `for 2 hours` or `for a week`."
    return told + (" A reason goes after `because`." if error.kind is LineKind.QUIET else "")


def _no_id(error: UnclearLineError) -> str:
    where = "`oncall TEAM` shows" if error.kind is LineKind.BACK else "The lists show"
    return f"Which one? {where} the ids."


def _no_team(_error: UnclearLineError) -> str:
    return "Which team is it for? Its name comes first."


def _day(error: UnclearLineError) -> str:
    told = f"I can't read {_words(error)} as a day." if error.words else "Which day?"
    if error.kind is LineKind.LEADERBOARD:
        return f"{told} Say `since 2026-11-01`, `this month` or `last year`."
    return f"{told} Say `2026-11-30`, `Monday`, `next Monday`, `today` or `tomorrow`."


def _time(error: UnclearLineError) -> str:
    return f"I can't read {_words(error)} as a time. Say `10:00` or `9am`."


def _turn(error: UnclearLineError) -> str:
    return f"I can't read {_words(error)} as the length of a turn. Use days or weeks."


def _end(error: UnclearLineError) -> str:
    return f"I can't read {_words(error)} as an end. Say `until 2026-11-30`, `until Friday` or `until 18:00`."


def _always(words: str) -> Callable[[UnclearLineError], str]:
    return lambda _error: words


_PROBLEMS: Mapping[Problem, Callable[[UnclearLineError], str]] = {
    Problem.WORD: _word,
    Problem.TWICE: _twice,
    Problem.PERSON: _person,
    Problem.NAME: _name,
    Problem.UNREADABLE: _unreadable,
    Problem.GROUP: _group,
    Problem.NO_TEAM: _no_team,
    Problem.NO_PEOPLE: _always("Who takes turns? Name them in order."),
    Problem.NO_TURN: _always("How long is a turn? Say `every day`, `every week` or `every 2 weeks`."),
    Problem.TURN: _turn,
    Problem.DAY: _day,
    Problem.TIME: _time,
    Problem.LENGTH: _length,
    Problem.TWO_PEOPLE: _always("Who swaps with whom? Name two people."),
    Problem.WHO_COVERS: _always(
        "Who covers whom? Name one person, `by`, and the one who takes their shifts."
    ),
    Problem.NO_BEGINNING: _always("On which day, or from when until when?"),
    Problem.NO_TIME: _always("From which time of that day?"),
    Problem.NO_END: _always("Until when? Say `until Friday 18:00`, or how long: `for 3 days`."),
    Problem.END: _end,
    Problem.NO_HOURS: _always("Between which times may it start?"),
    Problem.HOURS: _hours,
    Problem.EITHER_HOURS: _either,
    Problem.NO_ID: _no_id,
    Problem.SCENARIO: _scenario,
}

WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = ((UnclearLineError, _unclear),)
"""The words for every line that can't be read."""
