"""The console's forms, beside the engine."""

from typing import NoReturn

import pytest

from bot.gamedays.console import Console
from bot.gamedays.live_day import LiveDay
from bot.slack.areas.area import Submission
from bot.slack.areas.asker import Asker
from bot.slack.areas.console import ConsoleArea
from bot.slack.forms.fields import FormValues
from bot.slack.messages import console as words
from tests.slack_doubles import DANA, TEAM, RecordedOutbox, RecordedWeb


async def _no_day(workspace: str, day: str) -> LiveDay:
    raise AssertionError(f"nobody asked for {workspace} {day}")


async def _asleep() -> NoReturn:
    raise AssertionError("nothing to wake for")


@pytest.mark.parametrize(
    ("speaker", "text", "wrong"),
    [
        ("Kim", "When?", set()),
        ("Kim", " \n ", {words.TEXT_BLOCK}),
        (" ", "When?", {words.SPEAKER_BLOCK}),
    ],
)
async def test_who_speaks_says_something(speaker: str, text: str, wrong: set[str]) -> None:
    area = ConsoleArea(Console(_no_day, _asleep), RecordedOutbox(RecordedWeb())).area()
    typed = {words.SPEAKER_BLOCK: speaker, words.TEXT_BLOCK: text}
    submission = Submission(
        asker=Asker(workspace=TEAM, person=DANA, channel=""),
        form=words.SPEAK_FORM,
        metadata=words.Target(day="day1", team="t1").model_dump_json(),
        view="V1",
        values=FormValues.read(
            {block: {block: {"type": "plain_text_input", "value": value}} for block, value in typed.items()}
        ),
    )
    assert set(await area.forms[words.SPEAK_FORM].check(submission)) == wrong
