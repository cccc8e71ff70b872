"""Exports: what a page says, what the JSON has, and that both are documented."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.base.errors import GameDayNotOverError, RideNotOverError
from bot.exporting import document
from bot.exporting.asked import Exports
from bot.exporting.day_export import DayExport, day_page, gather_day
from bot.exporting.document import RideExport
from bot.exporting.gathering import gather
from bot.exporting.page import page
from bot.exporting.stored_rides import StoredDay, StoredRide
from bot.rides.errors import DidNotRideError, NoRideError
from scenarios.journal.events import Outcome
from storage.game_days import Entrant, GameDay, GameDayEvent, Slot
from storage.records import RideRecord
from tests.unit.course import card_of, crowded, samples_of, scenario
from tests.unit.ride_journal import START, WRITERS, RideJournal, reference

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
SECRET = "https://hooks.example.com/response/secret"


def stored(journal: RideJournal) -> StoredRide:
    record = RideRecord(
        id="r1",
        workspace="T1",
        scenario="alter-table-locks",
        version="v1",
        document=scenario().model_dump_json(),
        state="live",
        started_by="U1",
        learners=("U1", "U2"),
        response_url=SECRET,
        created_at=START,
        live_at=START + timedelta(seconds=3),
    )
    return StoredRide(
        record=record,
        scenario=scenario(),
        events=journal.events,
        card=card_of(journal),
        samples=samples_of(journal.events),
    )


def test_json_comes_back_whole_and_without_secrets() -> None:
    export = gather(stored(crowded()))
    text = export.model_dump_json()
    assert RideExport.model_validate_json(text) == export
    assert SECRET not in text
    assert len(export.events) == len(crowded().events)
    assert export.score is not None
    assert export.score.total == sum(part.points for part in export.score.dimensions)
    assert export.ride.counts


def test_a_page_has_it_all() -> None:
    text = page(stored(crowded()), picture="img/a <b>.png")
    for words in (
        "| Riders | Dana, Sam |",
        "](<img/a %3Cb%3E.png>)",
        "```sql\nCREATE INDEX ON orders (total) -- $1 🎉 日本\n```",
        "**Sam**: Paused the ride, as facilitator.",
        "| Lowest during the incident | 0 |",
        "### Trap: ",
        "- **Every migration sets limits for itself:** `SET lock_timeout = '2s'`",
    ):
        assert words in text
    assert "<@" not in text
    assert not re.search(r"(?m)^•", text)


def test_nothing_of_what_happened_is_cut() -> None:
    typed = "TRUNCATE orders;\n" + "-- and that was the whole of it\n" * 40
    said = "*Nobody* can `pay` any more, " * 20 + "and that is what I have to tell them."
    journal = RideJournal().symptom("support", said).ran(typed)
    for _ in range(60):
        journal.kills(WRITERS[0])
    ride = stored(journal.over(Outcome.EXPIRED))
    text = page(ride)
    assert f"```sql\n{typed}\n```" in text
    assert "*Robin (support):* " + "**Nobody** can `pay` any more, " * 20 + "and that is what I have" in text
    assert text.count("Terminate sent to an app") == 60
    assert "…" not in text[text.index("## What happened when") : text.index("## Root cause")]
    # Version 1 of the JSON has it in short in the story, and whole among the events.
    told = gather(ride).postmortem
    assert told is not None
    assert len(told.story) == 40
    assert all(len(moment.statement or "") <= 160 for moment in told.story)


def test_names_and_statements_break_nothing() -> None:
    journal = reference()
    journal.events[1] = journal.events[1].model_copy(update={"name": "Da|na *x* <b>"})
    text = page(stored(journal))
    assert r"| Riders | Da\|na \*x\* \<b\>, Sam |" in text


def test_a_stopped_ride_has_no_score_that_counts() -> None:
    stopped = stored(RideJournal().wait(9).over(Outcome.STOPPED, by="U1"))
    export, text = gather(stopped), page(stopped)
    assert not export.ride.counts
    assert "/100" not in text
    assert "## Root cause" in text


def test_a_void_ride_does_not_give_the_cause_away() -> None:
    text = page(stored(RideJournal().wait(9).over(Outcome.VOID)))
    assert "void" in text
    assert "ACCESS EXCLUSIVE" not in text
    assert "## Score" not in text


def test_a_ride_that_never_stood_has_little_to_tell() -> None:
    journal = RideJournal(live=False).over(Outcome.VOID)
    never = replace(stored(reference()), events=journal.events, card=None, samples=())
    export = gather(never)
    assert (export.score, export.postmortem, export.figures) == (None, None, None)
    assert "So it is." in page(never)


def test_a_ride_under_way_is_refused() -> None:
    with pytest.raises(RideNotOverError, match="still live"):
        gather(stored(RideJournal().acknowledged()))


@dataclass
class Shelf:
    """One ride."""

    stored: StoredRide

    async def ride(self, ride_id: str) -> StoredRide | None:
        return self.stored if ride_id == self.stored.record.id else None


def over(journal: RideJournal) -> StoredRide:
    ride = stored(journal)
    return replace(ride, record=replace(ride.record, state="resolved"))


async def test_the_page_is_for_those_who_rode() -> None:
    ride = over(reference())
    exports = Exports(Shelf(ride))
    for rider in ("U1", "U2"):
        sent = await exports.page("T1", rider, "r1")
        assert (sent.name, sent.text) == ("ride-r1.md", page(ride))
    with pytest.raises(DidNotRideError):
        await exports.page("T1", "U9", "r1")


@pytest.mark.parametrize(("workspace", "ride"), [("T2", "r1"), ("T1", "r2")])
async def test_no_page_of_a_ride_that_is_elsewhere_or_nowhere(workspace: str, ride: str) -> None:
    with pytest.raises(NoRideError):
        await Exports(Shelf(over(reference()))).page(workspace, "U1", ride)


async def test_no_page_of_a_ride_that_is_on() -> None:
    with pytest.raises(NoRideError):
        await Exports(Shelf(stored(RideJournal().acknowledged()))).page("T1", "U1", "r1")


MODELS = [
    kind
    for kind in vars(document).values()
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == document.__name__
]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: str(kind.__name__))
def test_each_field_is_documented(kind: type[BaseModel]) -> None:
    title = {"RideExport": "The document"}.get(kind.__name__, kind.__name__.removesuffix("Part"))
    found = re.search(rf"(?ms)^### {title}\n(.*?)(?=^##|\Z)", DOCUMENTED)
    assert found is not None, f"docs/export.md has no section {title!r}"
    rows = [line.split("|")[1] for line in found[1].splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(kind.model_fields)
    assert f"version {document.VERSION}" in DOCUMENTED


def test_a_game_day_is_one_document() -> None:
    ride = stored(reference())
    ended = next(event.at for event in ride.events if event.kind == "ride_ended")
    ride = replace(ride, record=replace(ride.record, state="resolved", ended_at=ended))
    day = GameDay(
        id="day1",
        workspace="T1",
        name="Winter | cup",
        state="over",
        starts_at=START,
        scenarios=("alter-table-locks",),
        entrants=(Entrant(team="t1", name="apes"), Entrant(team="t2", name="bees")),
        facilitators=("U9",),
        created_by="U9",
        created_at=START,
    )
    slots = [
        Slot(game_day="day1", team="t1", round=0, scenario="x", state="done", due_at=START, ride="r1"),
        Slot(
            game_day="day1", team="t2", round=0, scenario="x", state="failed", due_at=START, failure="nobody"
        ),
    ]
    acts = [GameDayEvent(at=START, kind="paused", by="U9", team="t1")]
    whole = StoredDay(day=day, slots=slots, events=acts, rides=[ride])
    export = gather_day(whole)
    assert DayExport.model_validate_json(export.model_dump_json()) == export
    assert [(one.name, one.place, one.total) for one in export.standings] == [
        ("apes", 1, ride.card.total if ride.card else None),
        ("bees", None, None),
    ]
    assert [act.kind for act in export.acts] == ["paused"]
    text = day_page(whole)
    assert text.startswith("# Game day: Winter")
    assert "## Postmortem: " in text
    assert "\n### Score" in text
    assert "- bees, round 1: nobody" in text
    with pytest.raises(GameDayNotOverError, match="still running"):
        gather_day(replace(whole, day=replace(day, state="running")))
