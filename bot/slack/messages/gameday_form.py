"""The form that plans a game day: its fields, how they are read, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.gamedays.plan import MAX_NAME, MAX_ROUNDS, MAX_TEAMS, Fault, Field, Plan, Problem
from bot.people.oncall.local_time import moment, wall_clock
from bot.slack.forms.fields import FormValues
from bot.slack.messages.mrkdwn import shortened
from scenarios.model.scenario import Scenario

FORM = "gameday_create"
NAME = "name"
DAY = "day"
TIME = "time"
PICK = "pick"
SCENARIOS = "scenarios"
LEVEL = "level"
COUNT = "count"
TEAMS = "teams"
FACILITATORS = "facilitators"
START = "start"
WAVE_SIZE = "wave_size"
WAVE_MINUTES = "wave_minutes"

CHOSEN = "chosen"
RANDOM = "random"
TOGETHER = "together"
WAVES = "waves"
LEVELS = ("L1", "L2", "L3", "L4", "L5")
OPTIONS = 100
GAPS = (5, 10, 15, 20, 30, 45, 60)

_BLOCK_OF = {
    Field.NAME: NAME,
    Field.MOMENT: TIME,
    Field.SCENARIOS: SCENARIOS,
    Field.LEVEL: LEVEL,
    Field.TEAMS: TEAMS,
    Field.FACILITATORS: FACILITATORS,
}


class Carried(BaseModel):
    """What goes with the form, unseen: in whose zone its time is."""

    model_config = ConfigDict(frozen=True)

    zone: str


def gameday_form(
    *, person: str, zone: str, now: datetime, teams: Mapping[str, str], scenarios: Sequence[Scenario]
) -> View:
    """The form, with what most people want filled in. `teams` is id to name; there must be some."""
    blocks = [*_when(zone, now), *_incidents(scenarios), *_who(person, teams), *_waves()]
    return View(
        type="modal",
        callback_id=FORM,
        private_metadata=Carried(zone=zone).model_dump_json(),
        title=PlainTextObject(text="Plan a game day"),
        submit=PlainTextObject(text="Plan it"),
        close=PlainTextObject(text="Cancel"),
        blocks=blocks,
    )


def _when(zone: str, now: datetime) -> list[Block]:
    local = wall_clock(now, zone)
    return [
        _input(
            NAME,
            "Name",
            PlainTextInputElement(
                action_id=NAME, max_length=MAX_NAME, placeholder=PlainTextObject(text="Winter game day")
            ),
            hint="Its channel is named after it.",
        ),
        _input(DAY, "Date", DatePickerElement(action_id=DAY, initial_date=f"{local:%Y-%m-%d}")),
        _input(
            TIME, f"Time ({zone})", TimePickerElement(action_id=TIME), hint="Rides go live at this minute."
        ),
    ]


def _incidents(scenarios: Sequence[Scenario]) -> list[Block]:
    return [
        _input(
            PICK,
            "Incidents",
            _radio(
                PICK,
                ("The ones I choose, in that order", CHOSEN),
                ("At random, by level: the same for all teams", RANDOM),
            ),
        ),
        _input(
            SCENARIOS,
            "Which, in order",
            StaticMultiSelectElement(
                action_id=SCENARIOS,
                options=[_scenario(scenario) for scenario in scenarios[:OPTIONS]],
                max_selected_items=MAX_ROUNDS,
            ),
            optional=True,
        ),
        _input(
            LEVEL, "Level, if at random", _select(LEVEL, [(level, level) for level in LEVELS]), optional=True
        ),
        _input(
            COUNT,
            "How many, if at random",
            _select(COUNT, [(str(number), str(number)) for number in range(1, MAX_ROUNDS + 1)]),
            optional=True,
        ),
    ]


def _who(person: str, teams: Mapping[str, str]) -> list[Block]:
    return [
        _input(
            TEAMS,
            "Teams",
            StaticMultiSelectElement(
                action_id=TEAMS,
                options=[_option(name, team) for team, name in list(teams.items())[:OPTIONS]],
                max_selected_items=MAX_TEAMS,
            ),
            hint="In waves, they start in the order you choose them.",
        ),
        _input(
            FACILITATORS,
            "Facilitators",
            UserMultiSelectElement(action_id=FACILITATORS, initial_users=[person]),
            hint="They see the console, and can't ride.",
        ),
    ]


def _waves() -> list[Block]:
    return [
        _input(
            START,
            "Start",
            _radio(START, ("All together, at the same second", TOGETHER), ("In waves", WAVES)),
        ),
        _input(
            WAVE_SIZE,
            "Teams in a wave",
            _select(WAVE_SIZE, [(str(number), str(number)) for number in range(1, MAX_TEAMS)]),
            optional=True,
        ),
        _input(
            WAVE_MINUTES,
            "Minutes between waves",
            _select(WAVE_MINUTES, [(str(number), str(number)) for number in GAPS]),
            optional=True,
        ),
    ]


def zone_of(metadata: str) -> str:
    """In whose zone the form's time is."""
    return Carried.model_validate_json(metadata).zone


def read_plan(values: FormValues, metadata: str) -> Plan:
    """What was filled in."""
    zone = zone_of(metadata)
    day, clock = values.day(DAY), values.clock(TIME)
    random, waves = values.choice(PICK) == RANDOM, values.choice(START) == WAVES
    return Plan(
        name=values.text(NAME),
        starts_at=moment(datetime.combine(day, clock), zone) if day and clock else None,
        scenarios=() if random else values.choices(SCENARIOS),
        level=(values.choice(LEVEL) or "") if random else None,
        count=int(values.choice(COUNT) or 1),
        teams=values.choices(TEAMS),
        facilitators=values.people(FACILITATORS),
        wave_size=int(values.choice(WAVE_SIZE) or 1) if waves else None,
        wave_minutes=int(values.choice(WAVE_MINUTES) or GAPS[0]) if waves else 0,
    )


def errors(problems: Sequence[Problem]) -> dict[str, str]:
    """What is wrong, by block: the first thing of each field."""
    found: dict[str, str] = {}
    for problem in problems:
        found.setdefault(_BLOCK_OF[problem.field], _said(problem))
    return found


def _said(problem: Problem) -> str:
    """Plain text: a form shows no mentions."""
    names = _names(problem.names)
    one = len(problem.names) == 1
    words = {
        Fault.NAME_MISSING: "Give it a name: the channel is named after it.",
        Fault.NAME_TOO_LONG: f"At most {MAX_NAME} characters, please.",
        Fault.MOMENT_MISSING: "Choose a date and a time.",
        Fault.MOMENT_PAST: "That moment has passed. Choose one in the future.",
        Fault.MOMENT_TOO_FAR: "That's more than a year away. Choose an earlier date.",
        Fault.SCENARIOS_MISSING: "Choose at least one incident, or let them be drawn at random.",
        Fault.SCENARIOS_TOO_MANY: f"At most {MAX_ROUNDS} incidents fit in a day.",
        Fault.LEVEL_WITHOUT_SCENARIO: (
            f"There is no incident of level {names}. Choose another level, or the incidents yourself."
            if any(problem.names)
            else "Choose the level from which they are drawn."
        ),
        Fault.TEAMS_MISSING: "Choose at least one team.",
        Fault.TEAMS_TOO_MANY: f"At most {MAX_TEAMS} teams can take part.",
        Fault.TEAM_GONE: "One of these teams was deleted. Open the form again.",
        Fault.TEAM_EMPTY: f"Nobody in {names} can ride. Let people join first, or leave it out.",
        Fault.TEAM_TAKEN: f"{names} {'is' if one else 'are'} in the game day {problem.day} at that time.",
        Fault.PEOPLE_TAKEN: (
            f"{names} {'rides' if one else 'ride'} in the game day {problem.day} at that time."
        ),
        Fault.PEOPLE_SHARED: f"{names} {'is' if one else 'are'} in more than one of these teams.",
        Fault.FACILITATORS_MISSING: "Choose at least one facilitator.",
        Fault.FACILITATORS_RIDE: (
            f"{names} {'is' if one else 'are'} in one of the teams: facilitators can't ride."
        ),
        Fault.FACILITATORS_UNABLE: (
            f"{names} can't facilitate: bots and people who left the workspace don't see the console."
        ),
        Fault.CHAT_SILENT: f"Slack didn't say who is in the teams ({names}). Try again in a moment.",
    }
    return words[problem.fault]


def _names(names: Sequence[str]) -> str:
    if len(names) <= 1:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def _input(
    block: str,
    label: str,
    element: InputInteractiveElement | PlainTextInputElement,
    *,
    hint: str | None = None,
    optional: bool = False,
) -> InputBlock:
    return InputBlock(
        block_id=block,
        label=PlainTextObject(text=label),
        element=element,
        hint=PlainTextObject(text=hint) if hint is not None else None,
        optional=optional,
    )


def _scenario(scenario: Scenario) -> Option:
    return _option(f"{scenario.level} {scenario.title}", scenario.slug)


def _option(text: str, value: str) -> Option:
    return Option(text=PlainTextObject(text=shortened(text, 75)), value=value)


def _select(action: str, options: Sequence[tuple[str, str]]) -> StaticSelectElement:
    return StaticSelectElement(action_id=action, options=[_option(text, value) for text, value in options])


def _radio(action: str, *options: tuple[str, str]) -> RadioButtonsElement:
    made = [_option(text, value) for text, value in options]
    return RadioButtonsElement(action_id=action, options=made, initial_option=made[0])
