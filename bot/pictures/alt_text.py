"""What the picture shows, in words: for those who can't see it, and for search."""

from bot.pictures.figures import Figures, end_of
from bot.pictures.marks import Marks
from scenarios.journal.view import JournalView
from scenarios.judging.scorecard import Scorecard
from scenarios.model.durations import clock, in_words
from scenarios.telling.story import shorten

LONGEST = 1000
"""Characters of a file's alt text: https://docs.slack.dev/reference/methods/files.getUploadURLExternal."""
_ENDS = frozenset(".!?…")


def alt_text(title: str, journal: JournalView, card: Scorecard, figures: Figures, marks: Marks) -> str:
    """The course of the ride in sentences with figures, at most `LONGEST` characters."""
    said = [f"Chart of ride {card.ride}, {title}, over ride time."]
    if figures.before is not None and figures.lowest is not None:
        said.append(f"Writes fell from {figures.before:.0f} a second to {figures.lowest:.0f} at 0:00.")
    if figures.most_waiting:
        sessions = "1 session" if figures.most_waiting == 1 else f"{figures.most_waiting} sessions"
        said.append(f"Up to {sessions} waited, the longest for {in_words(figures.longest_wait)}.")
    tail = []
    if figures.back_at is not None and figures.after is not None:
        at = clock(journal.ride_seconds(figures.back_at))
        tail.append(f"Writes were back at {figures.after:.0f} a second at {at}.")
    ended = end_of(journal)
    if ended is not None:
        tail.append(f"The ride ended {ended.outcome.value} at {clock(journal.ride_seconds(ended.at))}.")
    moments = [f"{mark.clock} {mark.text}" for mark in marks.shown]
    if marks.left_out:
        moments.append(f"and {marks.left_out} more")
    room = LONGEST - len(" ".join([*said, *tail])) - len(" Marked: ") - 2
    listed = shorten("; ".join(moments), max(room, 1))
    stop = "" if listed[-1:] in _ENDS else "."
    return " ".join([*said, f"Marked: {listed}{stop}", *tail])
