"""A whole ride through the local workspace, and what stands there afterwards."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.base.config import Settings
from bot.cli.demo import running_demo
from bot.program import slack_mode
from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.slack.messages.crew import KNOWN, ROLE, UPDATE_FORM
from bot.slack.settings import SlackSettings
from bot.slack.transport.postings import EVENT_TYPE
from bot.workspace.company.state import Conversation, Kind, Message, State
from bot.workspace.people.client import View, WorkspaceClient
from bot.workspace.server import Workspace
from scenarios.journal.events import ChatStepSkipped, Event, SymptomShown
from storage.records import RideRecord
from tests.acceptance.mishap_cells import ANSWERS_WITHIN
from tests.acceptance.ride_fixtures import PATIENCE, Incident, Stage, ask, private, result_of
from tests.acceptance.test_ride import END_IT
from tests.slack_proxy import SlackProxy

SPEED = 8.0
"""The first symptom after 6 s; a second page after 15, which no two mishaps of the first take."""
LONG_RESULT = "select repeat('x', 40) as x from generate_series(1, 500)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What came of a ride."""

    points: Mapping[str, int | None]
    messages: Counter[str]
    """How often each stands in its place, ride and figures taken out of it. Symptoms aside."""
    symptoms: Mapping[str, tuple[int, int]]
    """How often each was told by the journal, and how often it stands in the channel."""
    whispers: frozenset[str]
    channel: tuple[str, str, int, tuple[str, ...]]
    """Topic, purpose, number of pins, people."""
    skipped: tuple[str, ...]
    """What the ride did without."""

    def differences(self, clean: "Account") -> list[str]:
        """From a ride whose answers all came."""
        found = [f"missing: {what}" for what in (clean.messages - self.messages).elements()]
        found += [f"too much: {what}" for what in (self.messages - clean.messages).elements()]
        found += [
            f"symptom {name} told {told} times stands there {there} times"
            for name, (told, there) in self.symptoms.items()
            if told != there
        ]
        found += [f"not whispered: {what}" for what in clean.whispers - self.whispers]
        if self.channel != clean.channel:
            found.append(f"the channel is {self.channel}, not {clean.channel}")
        if self.points != clean.points:
            found.append(f"the card is {self.points}, not {clean.points}")
        return found + [f"skipped: {what}" for what in self.skipped]


@asynccontextmanager
async def stage_of(
    folder: Path, cache_folder: Path, proxy: SlackProxy, workspace: Workspace | None = None
) -> AsyncIterator[Stage]:
    """A demo of its own in a folder of its own, behind the proxy."""
    async with (
        running_demo(
            Settings(data_folder=folder, cache_folder=cache_folder),
            folder,
            speed=SPEED,
            prepare=(),
            workspace=workspace,
            api_url=proxy.leads_to,
            progress=lambda _: None,
        ) as demo,
        WorkspaceClient(demo.workspace.url) as client,
    ):
        people = {name: await client.as_user(name) for name in ("dana", "sam")}
        yield Stage(demo=demo, people=people)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the bot wait for an answer for ANSWERS_WITHIN only."""
    usual = slack_mode.slack_settings

    def settings(given: Settings) -> SlackSettings:
        return replace(usual(given), answers_within=ANSWERS_WITHIN)

    monkeypatch.setattr(slack_mode, "slack_settings", settings)


async def ride_to_the_end(stage: Stage) -> RideRecord:
    """From the start to the result line; gives the ride."""
    dana = stage.dana
    incident = await stage.start(dana, "start alter-table-locks @dana @sam")
    channel, page = incident.channel, incident.page
    await dana.click(channel, page.ts, ACKNOWLEDGE)
    await dana.wait_for(channel, lambda m: m.ts == page.ts and "Acknowledged by" in m.words, PATIENCE)
    for person in (dana, stage.sam):
        direct = await person.wait_for_conversation(lambda one: one.kind == "im", PATIENCE)
        await person.wait_for(direct.id, lambda m: "Acknowledged by" in m.words, PATIENCE)
    await ask(dana, channel, "/sql", "select count(*) from pg_stat_activity", result_of(dana))
    await _use_the_channel(stage, incident)
    await dana.wait_for(channel, lambda m: "before:" in m.words, PATIENCE)
    await ask(dana, channel, "/sql", END_IT, result_of(dana))
    await dana.wait_for(channel, lambda m: "Postmortem" in m.text, PATIENCE)
    await dana.wait_for(channel, lambda m: bool(m.files), PATIENCE)
    await dana.wait_for(incident.home, lambda m: channel in m.text and "/100" in m.text, PATIENCE)
    card = (await dana.pinned(channel) or [m.ts for m in await dana.messages(channel) if not m.subtype])[0]
    await dana.wait_for(channel, lambda m: m.ts == card and "/100" in m.words, PATIENCE)
    (record,) = [one for one in await stage.demo.program.store.unfinished() if one.channel == channel]
    return record


async def _use_the_channel(stage: Stage, incident: Incident) -> None:
    """What people do beside: a result with a file, a hint, a role, a question, two forms, an update."""
    dana, channel = stage.dana, incident.channel
    long = await ask(dana, channel, "/sql", LONG_RESULT, result_of(dana))
    await dana.wait_for(channel, lambda m: bool(m.files), PATIENCE, thread_ts=long.ts)
    await ask(dana, channel, "/ride", "hint", lambda m: "Hint 1 of" in m.text)
    board = await dana.wait_for(channel, lambda m: f"{ROLE}:commander" in m.buttons, PATIENCE)
    await dana.click(channel, board.ts, f"{ROLE}:commander")
    await dana.wait_for(channel, lambda m: m.ts == board.ts and f"<@{dana.id}>" in m.words, PATIENCE)
    await dana.say(channel, "@ride status")
    await dana.wait_for(channel, lambda m: private(m) and "left" in m.words, PATIENCE)
    forms: set[str] = set()
    for known in ("Orders hang.", None):

        def is_new(view: View) -> bool:
            return view.callback_id == UPDATE_FORM and view.id not in forms

        await dana.command(channel, "/ride", "update")
        form = await dana.wait_for_view(is_new, PATIENCE)
        forms.add(form.id)
        if known is not None:
            assert (await dana.submit(form.id, {KNOWN: {"typed": {"value": known}}})).closed
            await dana.wait_for(channel, lambda m: "Status update" in m.words, PATIENCE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a program has stored of a ride that is over."""

    record: RideRecord
    points: Mapping[str, int | None]
    journal: tuple[Event, ...]


async def written(stage: Stage, record: RideRecord) -> Written:
    """Read it, before the program ends."""
    store = stage.demo.program.store
    card = await store.scorecard(record.id)
    assert card is not None
    return Written(
        record=record,
        points={line.id: line.points for line in card.lines} | {"total": card.total},
        journal=tuple(event for _, event in await store.journal(record.id)),
    )


def account(ride: Written, state: State) -> Account:
    """What stands in the workspace in the end."""
    there = state.conversations[ride.record.channel or ""]
    names = {ride.record.id: "RIDE", there.id: "CHANNEL"}
    told = Counter(event.step for event in ride.journal if isinstance(event, SymptomShown))
    stands = Counter(_key(message) for message in there.messages)
    keys = {step: f"{ride.record.id}:{step}" for step in told}
    return Account(
        points=ride.points,
        messages=Counter(
            _masked(f"{place}: {_shown(message)}", names)
            for place, one in _places(state, there).items()
            for message in one.messages
            if message.bot_id is not None and _key(message) not in keys.values()
        ),
        symptoms={step: (times, stands[keys[step]]) for step, times in told.items()},
        whispers=frozenset(
            _masked(f"{message.only_for}: {message.text[:40]}", names) for message in there.ephemerals
        ),
        channel=(
            _masked(there.topic.value, names),
            _masked(there.purpose.value, names),
            len(there.pins),
            tuple(sorted(there.members)),
        ),
        skipped=tuple(
            f"{one.step} ({one.error})" for one in ride.journal if isinstance(one, ChatStepSkipped)
        ),
    )


def _places(state: State, incident: Conversation) -> Mapping[str, Conversation]:
    named = {"incident": incident}
    for one in state.conversations.values():
        if one.kind is Kind.IM:
            named["direct messages of " + " and ".join(sorted(one.members))] = one
        elif one.name != incident.name:
            named[one.name] = one
    return named


def _shown(message: Message) -> str:
    key = _key(message)
    # The postmortem tells of moments, which no two rides have alike.
    text = "" if "postmortem" in key or "recovered" in key else message.text[:120]
    return (
        f"{key} {'in a thread ' if message.is_reply else ''}{text!r} {[one.title for one in message.files]}"
    )


def _key(message: Message) -> str:
    metadata = message.metadata or {}
    key: str = metadata.get("event_payload", {}).get("key", "")
    return key if metadata.get("event_type") == EVENT_TYPE and not key.startswith("once:") else ""


def _masked(text: str, names: Mapping[str, str]) -> str:
    for value, name in names.items():
        text = text.replace(value, name)
    return re.sub(r"\d+", "#", text)
