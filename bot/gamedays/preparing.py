"""How long before the hour rides are prepared, by how many teams start: Slack makes few channels a minute.

Pure functions of what is to be prepared in one workspace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.gamedays.parts import Tempo

CHANNELS_A_MINUTE = 18
"""Rides that can be prepared in a minute of real time. Each needs one conversations.create, setTopic,
setPurpose and pins.add, which are of Slack's tier 2: 20 and more a minute for each method and workspace
(https://docs.slack.dev/apis/web-api/rate-limits). Two of the 20 are left for what people start by hand.
conversations.invite is of tier 3, 50 a minute, and so is not what one waits for."""
OF_THE_DAY = 2
"""Channels that a day needs besides, when it is planned: its own and the console."""
LONGEST = timedelta(minutes=20)
"""Nothing is prepared earlier: a sandbox costs memory as it waits. Enough for 300 teams."""
SHOWN_TO = timedelta(minutes=1)
"""A moment is said to the minute, and so must be a full one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Rides of one game day that go live together."""

    day: str
    due_at: datetime
    teams: int


def channels_take(rides: int) -> timedelta:
    """How long Slack takes to make the channels of so many rides."""
    return timedelta(minutes=rides / CHANNELS_A_MINUTE)


def ahead_for(rides: int, tempo: Tempo) -> timedelta:
    """Real time before the hour at which so many rides are begun with."""
    return min(tempo.ahead + channels_take(rides), LONGEST)


def begin_at(groups: Iterable[Group], tempo: Tempo) -> Mapping[Group, datetime]:
    """When each group of a workspace is begun with, so that all are ready: the latest such moment.

    They share Slack's budget: a group's channels are made before those of the one that follows it, and in
    time for its own sandboxes.
    """
    found: dict[Group, datetime] = {}
    next_begins: datetime | None = None
    for group in sorted(groups, key=lambda one: (one.due_at, one.day), reverse=True):
        made_by = group.due_at - tempo.ahead
        if next_begins is not None:
            made_by = min(made_by, next_begins)
        begins = max(made_by - channels_take(group.teams), group.due_at - LONGEST)
        found[group] = next_begins = begins
    return found


def earliest(
    wanted: datetime, waves: Mapping[timedelta, int], now: datetime, others: Iterable[Group], tempo: Tempo
) -> datetime:
    """When a day that is planned now can start: as wanted, or at the first full minute at which its teams are
    ready, and no other day's are kept waiting by them.

    `waves` are the numbers of teams by how long after the start they ride; `others` are the groups of other
    days of the workspace that are not live yet.
    """
    others = [group for group in others if group.due_at > now]
    alone = begin_at(others, tempo)
    can_begin = now + channels_take(OF_THE_DAY)
    starts = wanted
    while True:
        mine = [Group(day="", due_at=starts + after, teams=teams) for after, teams in waves.items()]
        together = begin_at([*others, *mine], tempo)
        late = [can_begin - together[group] for group in mine]
        late += [min(can_begin, alone[group]) - together[group] for group in others]
        if max(late) <= timedelta(0):
            return starts
        starts = _full_minute(starts + max(late))


def _full_minute(moment: datetime) -> datetime:
    """This moment, or the next full minute."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + SHOWN_TO
