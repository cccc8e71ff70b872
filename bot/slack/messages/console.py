"""The facilitators' console: the day, each team with its controls, and who did what."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    DividerBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.gamedays.announcements import STEERED, ConsoleHead, ConsoleTeams, TeamLine
from bot.rides.views import RideGlance
from bot.slack.messages.gamedays import day_time
from bot.slack.messages.message import Message, header, section
from bot.slack.messages.mrkdwn import clock_time, code, counted, mention, minutes, plain, shortened
from bot.slack.messages.scoreboard import failure, standing, where, whole_minutes
from scenarios.model.scenario import Scenario
from storage.game_days import GameDayEvent

PAUSE = "gameday_pause"
RESUME = "gameday_resume"
EXTEND = "gameday_extend"
SYMPTOM = "gameday_symptom"
HINT = "gameday_hint"
SPEAK = "gameday_speak"
END = "gameday_end"
AGAIN = "gameday_again"
PAUSE_ALL = "gameday_pause_all"
RESUME_ALL = "gameday_resume_all"
END_DAY = "gameday_end_day"

SYMPTOM_FORM = "gameday_symptom_form"
SPEAK_FORM = "gameday_speak_form"
STEP_BLOCK = "step"
STORY_BLOCK = "story"
"""A speaker of the story."""
SPEAKER_BLOCK = "speaker"
"""Somebody else."""
TEXT_BLOCK = "text"
MAX_SPEAKER = 60
MAX_SPOKEN = 1_000
OPTIONS = 100
"""Options of a select: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""


class Target(BaseModel):
    """What a control is about: a day, or one team of it."""

    model_config = ConfigDict(frozen=True)

    day: str
    team: str = ""


def read_target(value: str) -> Target | None:
    """What a control carries; None for anything else, such as a control of an older version."""
    try:
        return Target.model_validate_json(value)
    except ValidationError:
        return None


def console_head(said: ConsoleHead) -> Message:
    """The day as a whole."""
    day = said.day
    blocks: list[Block] = [header(f"🎛️ Console: {day.name}"), section(_state(said))]
    if day.state == "running" and day.ended_by is None:
        blocks.append(
            ActionsBlock(
                elements=[
                    _button(PAUSE_ALL, "⏸️ Pause all", Target(day=day.id)),
                    _button(RESUME_ALL, "▶️ Resume all", Target(day=day.id)),
                    _button(
                        END_DAY,
                        "End the day",
                        Target(day=day.id),
                        style="danger",
                        confirm=_confirm(
                            "End the game day?",
                            "All rides end now. Those under way get no score. The summary follows.",
                            "End the day",
                        ),
                    ),
                ]
            )
        )
    names = dict(said.names)
    if said.acts:
        lines = "\n".join(_act(event, names) for event in said.acts)
        blocks += [DividerBlock(), section(f"*What happened last*\n{lines}")]
    return Message(text=f"🎛️ Console of {plain(day.name)}: {_state(said)}", blocks=tuple(blocks))


def _state(said: ConsoleHead) -> str:
    day = said.day
    if day.state == "planned":
        return f"It begins {day_time(day.starts_at)}. The teams' controls appear here shortly before."
    if day.state == "running":
        paused = f", {said.paused} paused" if said.paused else ""
        return f"It is on: {counted(said.live, 'ride')} live{paused}."
    if day.state == "over":
        return "It is over."
    return "It is not taking place."


def console_teams(said: ConsoleTeams) -> Message:
    """Some teams, each with what can be done."""
    blocks: list[Block] = []
    for line in said.lines:
        blocks += _team(line, said)
    names = ", ".join(plain(line.name) for line in said.lines)
    return Message(text=f"🎛️ Controls of {names}", blocks=tuple(blocks))


def _team(line: TeamLine, page: ConsoleTeams) -> list[Block]:
    round_ = f" · round {line.round} of {page.rounds}" if page.rounds > 1 else ""
    left = (
        f" · {whole_minutes(line.remaining)} left"
        if line.remaining is not None and line.state in STEERED
        else ""
    )
    score = f" · *{line.total}* points" if line.total is not None else ""
    blocks: list[Block] = [
        section(f"*{plain(line.name)}*{where(line)}{round_}{score}\n{standing(line)}{left}")
    ]
    if page.over:
        return blocks
    target = Target(day=page.day, team=line.team)
    if line.state in STEERED:
        blocks.append(ActionsBlock(elements=_controls(line, target)))
    elif line.can_start_again:
        blocks.append(ActionsBlock(elements=[_button(AGAIN, "Start again", target, style="primary")]))
    return blocks


def _controls(line: TeamLine, target: Target) -> list[ButtonElement]:
    pause = (
        _button(RESUME, "▶️ Resume", target, style="primary")
        if line.state == "paused"
        else _button(PAUSE, "⏸️ Pause", target)
    )
    return [
        pause,
        _button(EXTEND, "+5 min", target),
        _button(SYMPTOM, "Symptom…", target),
        _button(HINT, "Hint", target),
        _button(SPEAK, "Speak…", target),
        _button(
            END,
            "End",
            target,
            style="danger",
            confirm=_confirm("End this ride?", f"{line.name} gets no score for it.", "End it"),
        ),
    ]


def _button(
    action: str,
    text: str,
    target: Target,
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=text, emoji=True),
        action_id=f"{action}:{target.team}" if target.team else action,
        value=target.model_dump_json(),
        style=style,
        confirm=confirm,
    )


def _confirm(title: str, text: str, button: str) -> ConfirmObject:
    return ConfirmObject(
        title=PlainTextObject(text=title),
        text=PlainTextObject(text=shortened(text, 300)),
        confirm=PlainTextObject(text=button),
        deny=PlainTextObject(text="Not now"),
        style="danger",
    )


def _act(event: GameDayEvent, names: Mapping[str, str]) -> str:
    who = f"{mention(event.by)} " if event.by else ""
    team = f"*{plain(names.get(event.team, event.team))}*" if event.team else ""
    return f"{clock_time(event.at)}  {who}{_done(event, team)}"


def _done(event: GameDayEvent, team: str) -> str:
    words = ACTS.get(event.kind)
    return words(team, event.detail) if words is not None else plain(event.kind)


def _outcome(detail: str) -> str:
    outcome, _, points = detail.partition(" ")
    words = {
        "resolved": "fixed it",
        "expired": "ran out of time",
        "stopped": "was ended early",
        "void": "had a void ride",
    }.get(outcome, plain(outcome))
    return f"{words}: {points} points" if points else words


def _words_or_id(detail: str) -> str:
    """Who says what; the days of an older Ride have the symptom's id."""
    return f"“{plain(detail)}”" if ": " in detail else code(detail)


ACTS: Mapping[str, Callable[[str, str], str]] = {
    "planned": lambda _team, _detail: "planned the day",
    "reminded": lambda _team, _detail: "everybody was reminded of the day",
    "began": lambda _team, _detail: "the rides are being prepared",
    "live": lambda _team, detail: f"the rides went live{f' ({plain(detail)} teams)' if detail else ''}",
    "not_started": lambda team, detail: f"{team} could not start: {failure(detail)}",
    "ride_over": lambda team, detail: f"{team} {_outcome(detail)}",
    "break": lambda team, _detail: f"a break before the next round{f' of {team}' if team else ''}",
    "paused": lambda team, _detail: f"paused {team}",
    "resumed": lambda team, _detail: f"resumed {team}",
    "extended": lambda team, detail: f"gave {team} {minutes(float(detail))} more",
    "symptom": lambda team, detail: f"sent {team} a symptom: {_words_or_id(detail)}",
    "hint": lambda team, _detail: f"revealed a hint to {team}",
    "spoke": lambda team, detail: f"spoke to {team} as {plain(detail)}",
    "ended": lambda team, _detail: f"ended the ride of {team}",
    "again": lambda team, _detail: f"started {team} again",
    "paused_all": lambda _team, detail: f"paused {counted(int(detail), 'ride')}",
    "resumed_all": lambda _team, detail: f"resumed {counted(int(detail), 'ride')}",
    "day_ended": lambda _team, _detail: "ended the day",
    "over": lambda _team, _detail: "the day is over",
    "cancelled": lambda _team, _detail: "cancelled the day",
    "missed": lambda _team, _detail: "Ride was not running, so the day did not begin",
}
"""What happened, by its kind in the day's journal: from the team and the detail."""


# -- forms


def symptom_form(glance: RideGlance, target: Target, name: str) -> View:
    """Which of the symptoms that have not come yet shall come now."""
    options = [
        Option(
            value=step.id,
            text=PlainTextObject(text=shortened(f"{step.speaker}: {step.text}", 75), emoji=True),
        )
        for step in glance.unsent[:OPTIONS]
    ]
    return View(
        type="modal",
        callback_id=SYMPTOM_FORM,
        private_metadata=target.model_dump_json(),
        title=PlainTextObject(text="Send a symptom"),
        submit=PlainTextObject(text="Send it now"),
        close=PlainTextObject(text="Not now"),
        blocks=[
            section(f"To *{plain(name)}*. It is measured and posted right away, and not repeated later."),
            InputBlock(
                block_id=STEP_BLOCK,
                label=PlainTextObject(text="Symptom"),
                element=StaticSelectElement(action_id=STEP_BLOCK, options=options),
            ),
        ],
    )


def speak_form(scenario: Scenario, target: Target, name: str) -> View:
    """Who says what: somebody of the story, of whom one is chosen already, or anybody else."""
    speakers = [_speaker(name) for name in _speakers(scenario)]
    return View(
        type="modal",
        callback_id=SPEAK_FORM,
        private_metadata=target.model_dump_json(),
        title=PlainTextObject(text="Speak as somebody"),
        submit=PlainTextObject(text="Say it"),
        close=PlainTextObject(text="Not now"),
        blocks=[
            section(f"*{plain(name)}* sees it in their incident channel, as part of the story."),
            InputBlock(
                block_id=STORY_BLOCK,
                label=PlainTextObject(text="Who speaks"),
                element=StaticSelectElement(
                    action_id=STORY_BLOCK, options=speakers, initial_option=speakers[0]
                ),
            ),
            InputBlock(
                block_id=SPEAKER_BLOCK,
                label=PlainTextObject(text="Or somebody else"),
                element=PlainTextInputElement(action_id=SPEAKER_BLOCK, max_length=MAX_SPEAKER),
                optional=True,
            ),
            InputBlock(
                block_id=TEXT_BLOCK,
                label=PlainTextObject(text="What they say"),
                element=PlainTextInputElement(action_id=TEXT_BLOCK, multiline=True, max_length=MAX_SPOKEN),
            ),
        ],
    )


def _speakers(scenario: Scenario) -> list[str]:
    """Those of the story, first who asks for status updates; at most as many as a menu takes."""
    asking = [step.speaker for step in scenario.timeline if step.asks is not None]
    others = [step.speaker for step in scenario.timeline]
    others += [reaction.speaker for reaction in scenario.reactions]
    found = dict.fromkeys(shortened(speaker, MAX_SPEAKER) for speaker in (*asking, *others))
    return list(found)[:OPTIONS] or ["Engineering manager"]


def _speaker(name: str) -> Option:
    return Option(value=name, text=PlainTextObject(text=name, emoji=True))


def words_wanted() -> str:
    """Beside an input with nothing but spaces in it."""
    return "Write at least one word."


def paused_all(count: int) -> Message:
    """To the facilitator who paused all."""
    if not count:
        return Message(text="⏸️ There is no running ride to pause.")
    return Message(text=f"⏸️ {counted(count, 'ride')} paused.")


def resumed_all(count: int) -> Message:
    """To the facilitator who resumed all."""
    if not count:
        return Message(text="▶️ No ride is paused.")
    return Message(text=f"▶️ {counted(count, 'ride')} resumed.")


def no_symptom_left(name: str) -> Message:
    """All symptoms have come."""
    return Message(text=f"ℹ️ {plain(name)} has had all symptoms of this incident. You can still *Speak…*.")


def outdated() -> Message:
    """A control of an older version."""
    return Message(text="🤔 This button is from an older version of Ride. Use the newest console message.")
