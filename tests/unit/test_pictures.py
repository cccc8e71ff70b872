"""The picture of a ride: what it marks, what it says in words, and that it can be read."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from matplotlib.image import imread

from bot.pictures import chart
from bot.pictures.axis import axis_of
from bot.pictures.figures import figures_of
from bot.pictures.lettering import SMALLEST, fitted, font, width, writable
from bot.pictures.marks import MOST, marks_of
from bot.pictures.painter import ChartPainter
from bot.pictures.spreading import spread
from scenarios.journal.events import Outcome, PersonJoined
from scenarios.journal.view import view
from tests.unit.course import card_of, crowded, samples_of, scenario
from tests.unit.ride_journal import LOOK, RideJournal, reference

PHONE = 390
SMALLEST_ON_A_PHONE = 9
GROUND = (0xF7, 0xF7, 0xF4)


def expired() -> RideJournal:
    journal = RideJournal().ran(LOOK)
    for step in ("queue_grows", "support"):
        journal.wait(60).symptom(step, "Still down.")
    return journal.wait(700).over(Outcome.EXPIRED)


def stopped() -> RideJournal:
    return RideJournal().wait(20).over(Outcome.STOPPED, by="U1")


RIDES = [reference, crowded, expired, stopped]


def pixels(content: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.asarray(np.rint(imread(io.BytesIO(content), format="png")[:, :, :3] * 255), dtype=np.uint8)


@pytest.mark.parametrize("ride", RIDES)
def test_a_picture_fits_a_phone_and_has_a_ground_of_its_own(ride: Callable[[], RideJournal]) -> None:
    journal = ride()
    card = card_of(journal)
    picture = ChartPainter().paint(scenario(), journal.events, card, samples_of(journal.events))
    seen = pixels(picture.content)
    high, wide, _ = seen.shape
    assert wide == 1080
    assert 800 < high <= 1460
    assert SMALLEST * PHONE / wide >= SMALLEST_ON_A_PHONE
    for corner in (seen[0, 0], seen[-1, 0], seen[0, -1], seen[-1, -1]):
        assert tuple(corner) == GROUND
    assert picture.name == f"ride-{card.ride}.png"
    assert len(picture.content) < 400_000


def test_the_same_ride_is_the_same_picture_on_any_thread() -> None:
    journal = crowded()
    found: list[bytes] = []

    def paint() -> None:
        samples = samples_of(journal.events)
        found.append(ChartPainter().paint(scenario(), journal.events, card_of(journal), samples).content)

    threads = [threading.Thread(target=paint) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]


def test_writes_are_drawn_where_they_were() -> None:
    """Blue below the line before the page and after the fix, nothing but white during the standstill."""
    journal = reference()
    seen = pixels(
        ChartPainter().paint(scenario(), journal.events, card_of(journal), samples_of(journal.events)).content
    )
    axis = axis_of(view(journal.events), samples_of(journal.events))
    fixed = figures_of(view(journal.events), samples_of(journal.events)).fixed_at
    live = view(journal.events).live
    assert live is not None
    assert fixed is not None
    row = seen[226 + 290]

    def filled(share: float) -> bool:
        return bool(row[round(96 + 950 * share)][0] < 240)

    assert filled(axis.place(live.at - timedelta(seconds=3)))
    assert not filled(axis.place(live.at + (fixed - live.at) / 2 + timedelta(seconds=0.4)))
    assert filled(axis.place(fixed + timedelta(seconds=3)))


def test_what_is_marked() -> None:
    journal = reference()
    marks = marks_of(scenario(), view(journal.events), card_of(journal))
    assert [(mark.kind, mark.text) for mark in marks.shown] == [
        ("news", "The page to Dana: writes have stopped"),
        ("act", "Dana acknowledges"),
        ("act", f"Useful look, Dana: {LOOK}"),
        ("act", marks.shown[3].text),
        ("turn", "Dana ends the migration: the fix"),
        ("turn", "Writes flow again: resolved"),
    ]
    assert marks.left_out == 0


def named(name: str) -> RideJournal:
    """A ride of people with this name."""
    journal = reference()
    journal.events[:] = [
        event.model_copy(update={"name": name}) if isinstance(event, PersonJoined) else event
        for event in journal.events
    ]
    return journal


LONG = "Wolfeschlegelsteinhausenbergerdorff the Second 🚲"


def test_long_names_are_cut_before_the_score_and_the_rides_id(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(headline: chart.Headline, *_: object) -> bytes:
        drawn.append(headline.subtitle)
        return b""

    monkeypatch.setattr(chart, "draw", draw)
    journal = named(LONG * 2)
    card = card_of(journal)
    ChartPainter().paint(scenario(), journal.events, card, samples_of(journal.events))
    before, _, after = drawn[0].partition("Wolfe")
    assert f"{card.total}/100" in before
    assert f"ride {card.ride}" in before
    assert after


def test_a_long_name_leaves_room_for_what_was_done() -> None:
    journal = named(LONG * 2)
    texts = [mark.text for mark in marks_of(scenario(), view(journal.events), card_of(journal)).shown]
    for words in ("writes have stopped", "acknowledges", "pg_stat_activity", "ends the migration: the fix"):
        assert any(words in text for text in texts)


def test_of_too_many_the_important_ones_are_marked() -> None:
    journal = crowded()
    marks = marks_of(scenario(), view(journal.events), card_of(journal))
    said = " / ".join(mark.text for mark in marks.shown)
    assert len(marks.shown) == MOST
    assert marks.left_out > 0
    for words in (
        "The page",
        "acknowledges",
        "Trap",
        "terminates an app_writer",
        "the fix",
        "Writes flow again",
    ):
        assert words in said
    assert [mark.at for mark in marks.shown] == sorted(mark.at for mark in marks.shown)


def test_alt_text_has_the_figures() -> None:
    journal = reference()
    picture = ChartPainter().paint(
        scenario(), journal.events, card_of(journal), samples_of(journal.events, tail=6)
    )
    for words in (
        "Writes fell from 78 a second to 0 at 0:00.",
        "Up to 4 sessions waited, the longest for",
        "0:00 The page to Dana",
        "Writes were back at 80 a second at 0:0",
        "The ride ended resolved at 0:0",
    ):
        assert words in picture.alt_text


@pytest.mark.parametrize("ride", RIDES)
def test_alt_text_is_as_long_as_slack_takes(ride: Callable[[], RideJournal]) -> None:
    journal = ride()
    picture = ChartPainter().paint(scenario(), journal.events, card_of(journal), samples_of(journal.events))
    assert 100 < len(picture.alt_text) <= 1000
    assert picture.alt_text.endswith(".")


def test_ticks_stand_still_in_a_pause() -> None:
    journal = crowded()
    axis = axis_of(view(journal.events), samples_of(journal.events))
    [pause] = axis.clock.pauses
    assert pause.until is not None
    ticks = list(axis.ticks())
    assert [tick.label for tick in ticks][:2] == ["0:00", "2:00"]
    assert not [tick for tick in ticks if pause.since < tick.at < pause.until]
    assert all(axis.holds(tick.at) for tick in ticks)


def test_a_long_wait_before_the_page_is_not_the_picture() -> None:
    journal = reference()
    axis = axis_of(view(journal.events), samples_of(journal.events, lead=600))
    assert axis.clock.live_at - axis.begins == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        ([], []),
        ([5], [10]),
        ([20, 50], [20, 50]),
        ([50, 50, 50], [40, 50, 60]),
        ([11, 12, 13], [10, 20, 30]),
        ([99, 99], [90, 100]),
        ([20, 50, 50, 52, 90], [20, 40.666, 50.666, 60.666, 90]),
        ([50] * 21, [10 + 4.5 * number for number in range(21)]),
    ],
)
def test_labels_stand_beside_each_other(wanted: list[float], placed: list[float]) -> None:
    assert spread(wanted, apart=10, low=10, high=100) == pytest.approx(placed, abs=0.01)


def test_letters_that_the_font_lacks_leave_a_box_and_nothing_is_too_wide() -> None:
    assert writable("🎉 a\u202eb日 é") == "▯ ab▯ é"
    letters = font(SMALLEST)
    short = fitted("A title that is by far too long for this", letters, 200)
    assert short.endswith("…")
    assert width(short, letters) <= 200 < width(short + "xx", letters)
    assert fitted("short", letters, 200) == "short"
