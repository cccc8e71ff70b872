"""A game day with many teams, from the form to the last postmortem."""

import asyncio
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.slack.messages.buttons import ACKNOWLEDGE
from tests.acceptance.game_day_stage import DayStage
from tests.load.figures import Report
from tests.load.players import CHANNEL_PAGE, DIRECT_PAGE, Crew, Player, Rhythm
from tests.load.stage import LoadStage
from tests.load.strain import Strain

FACILITATOR = "lee"
CHANNELS = "incident channels at the hour"
WITHIN = 120.0
"""Seconds after which something that must come is given up."""
_MOMENT = re.compile(r"(\d+ \w+ \d{4}, \d\d:\d\d) (\w[\w/+-]*)")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is played."""

    title: str
    teams: int
    of: int
    """People in each team."""
    ahead: timedelta
    """How long before the hour it is planned, at least: the hour is a full minute."""
    rhythm: Rhythm = field(default_factory=Rhythm)

    @property
    def crowd(self) -> int:
        """People who ride."""
        return self.teams * self.of

    def crews(self) -> Mapping[str, tuple[str, ...]]:
        """People by team."""
        names = [f"p{number + 1:02d}" for number in range(self.crowd)]
        return {
            f"team-{number + 1:02d}": tuple(names[number * self.of : (number + 1) * self.of])
            for number in range(self.teams)
        }


async def play(stage: LoadStage, plan: Plan) -> Report:
    """Make the teams, plan the day, and ride it."""
    report = Report(title=plan.title)
    day = await DayStage.on(stage.stage)
    await _make_teams(stage, day, plan)
    async with Strain() as preparing:
        sent, hour = await _plan(stage, day, plan, report)
        crews = _crews(stage, plan, report)
        # The wall clock is Ride's; what is measured is measured on one that only goes on.
        at_the_hour = time.monotonic() + (hour - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(at_the_hour - 1.0 - time.monotonic(), 0.0))
        report.facts["strain while preparing"] = preparing.words()
    opened = _opened(stage)
    report.facts[CHANNELS] = (
        f"{len(opened)} of {plan.teams}, the last {max(opened) - sent:.0f} s after the form"
    )
    report.facts["users.info until the hour"] = str(stage.proxy.counts()["users.info"])
    async with Strain() as riding:
        done = await asyncio.gather(*(crew.ride() for crew in crews), return_exceptions=True)
        report.facts["last team through"] = f"{time.monotonic() - at_the_hour:.0f} s after the hour"
        await _result(stage, report, at_the_hour)
        report.facts["strain while riding"] = riding.words()
    _pages(stage, plan, report, at_the_hour)
    report.troubles += [
        f"{crew.name}: {found!r}" for crew, found in zip(crews, done, strict=True) if found is not None
    ]
    await stage.count_outcomes(report)
    report.calls = stage.calls(zero=at_the_hour)
    return report


async def _make_teams(stage: LoadStage, day: DayStage, plan: Plan) -> None:
    eyes = stage.eyes[FACILITATOR]
    for team, names in plan.crews().items():
        known = len(eyes.sights)
        mentions = " ".join(f"@{name}" for name in names)
        await day.lee.command(day.lobby, "/ride", f"team create {team} {mentions}")
        answer = await eyes.see(lambda one: one.ephemeral, WITHIN, after=known)
        if team not in answer.text:
            raise AssertionError(answer.text)


async def _plan(stage: LoadStage, day: DayStage, plan: Plan, report: Report) -> tuple[float, datetime]:
    """When the form was sent, and the hour that the facilitator was told."""
    began = time.monotonic()
    form = await day.open_form()
    report.waits.add("form open, after the command", time.monotonic() - began)
    now, began = datetime.now(UTC), time.monotonic()
    wanted = full_minute(now + plan.ahead)
    sent = await day.lee.submit(form.id, day.filled(form, wanted))
    report.waits.add("form acknowledged", time.monotonic() - began)
    if sent.errors:
        raise AssertionError(f"the form was not taken: {sent.errors}")
    told = await stage.eyes[FACILITATOR].see(lambda one: "is planned for" in one.text, WITHIN)
    report.waits.add("word of the plan, after the form", told.at - began)
    moment = _MOMENT.search(told.text)
    if moment is None:
        raise AssertionError(f"no moment in: {told.text}")
    local = datetime.strptime(moment[1], "%d %b %Y, %H:%M")  # noqa: DTZ007 - the zone stands beside it
    hour = local.replace(tzinfo=ZoneInfo(moment[2]))
    report.facts["planned"] = (
        f"for {(wanted - now).total_seconds():.0f} s after the form; "
        f"said to start {(hour - now).total_seconds():.0f} s after it"
    )
    return began, hour


def _crews(stage: LoadStage, plan: Plan, report: Report) -> list[Crew]:
    return [
        Crew(
            name=team,
            players=[Player(stage.people[name], stage.eyes[name], report.waits) for name in names],
            waits=report.waits,
            rhythm=plan.rhythm,
            # The same day each time.
            chance=random.Random(team),
        )
        for team, names in plan.crews().items()
    ]


def _opened(stage: LoadStage) -> list[float]:
    """When the incident channels were made."""
    return [
        stage.began + call.at + call.seconds
        for call in stage.proxy.calls
        if call.method == "conversations.create"
        and call.status == 200
        and str(call.arguments.get("name")).startswith("inc-")
    ]


def _pages(stage: LoadStage, plan: Plan, report: Report, hour: float) -> None:
    """When each of the people saw the page in their channel, and each who was paged their own."""
    for team, names in plan.crews().items():
        reached = False
        for name in names:
            eyes = stage.eyes[name]
            page = eyes.first(lambda one: not one.direct and one.has_button(ACKNOWLEDGE))
            if page is not None:
                report.waits.add(CHANNEL_PAGE, page.at - hour)
            else:
                report.troubles.append(f"{name} of {team} saw no page in a channel")
            direct = eyes.first(lambda one: one.direct and "being paged" in one.text)
            if direct is not None:
                reached = True
                report.waits.add(DIRECT_PAGE, direct.at - hour)
        if not reached:
            report.troubles.append(f"nobody of {team} was paged in direct messages")


async def _result(stage: LoadStage, report: Report, hour: float) -> None:
    """The day's result, in its channel."""
    eyes = stage.eyes[FACILITATOR]
    try:
        podium = await eyes.see(lambda one: "is over. " in one.text and not one.edited, WITHIN)
    except TimeoutError as error:
        report.troubles.append(f"no result of the day: {error}")
    else:
        report.facts["result of the day"] = f"{podium.at - hour:.0f} s after the hour"


def full_minute(moment: datetime) -> datetime:
    """This moment, or the next full minute: a form takes no other."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)
