"""Drawing the picture, with matplotlib's objects alone: no pyplot, no state that threads would share.

It has its own light ground, so that it reads the same in a dark client, and colours that colour-blind people
can tell apart (Okabe and Ito); what a colour says, a shape or a word says too.

Imports matplotlib, which takes a moment: only from within the thread that paints.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.pictures.axis import TimeAxis
from bot.pictures.figures import Figures
from bot.pictures.lettering import DPI, POINTS, SMALLEST, fitted, font, width, writable
from bot.pictures.marks import Kind, Mark, Marks
from bot.pictures.spreading import spread
from scenarios.model.durations import in_words
from storage.samples import SampleRecord

WIDTH = 1080
GROUND = "#f7f7f4"
INK = "#1c2128"
QUIET = "#57606a"
GRID = "#d8dad6"
WRITES = "#0072b2"
WAITING = "#a34700"
COLOURS: dict[Kind, str] = {"news": "#a34700", "act": "#0072b2", "turn": "#00664f"}
SHAPES: dict[Kind, str] = {"news": "s", "act": "o", "turn": "p"}
MEANINGS: dict[Kind, str] = {
    "news": "what reached the team",
    "act": "what people did",
    "turn": "turning point",
}

_MARGIN = 36.0
_LEFT, _RIGHT = 96.0, 1046.0
_MARK_TOP = 142.0
_BAND = 84.0
"""From the middle of the marks down to the panels: room for the lines to where they belong."""
_WRITES_HIGH, _GAP, _WAITING_HIGH = 300.0, 22.0, 160.0
_TIMES = 104.0
_ROW = 38.0
_MARK = 36.0
_LISTED_MARK = 32.0
_ROUND = tuple(number * 10**power for power in range(7) for number in (1, 2, 5))
_LONGEST_GAP = timedelta(seconds=5)
"""Between two samples; a longer one is a gap in the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    title: str
    subtitle: str


def draw(
    headline: Headline, axis: TimeAxis, samples: Sequence[SampleRecord], figures: Figures, marks: Marks
) -> bytes:
    """A PNG, `WIDTH` wide and as high as its list of marks needs; the same bytes for the same ride."""
    rows = len(marks.shown) + (1 if marks.left_out else 0)
    top = _MARK_TOP + _BAND
    list_top = top + _WRITES_HIGH + _GAP + _WAITING_HIGH + _TIMES
    height = list_top + rows * _ROW + _ROW + _MARGIN
    sheet = _Sheet(height)
    sheet.write(_MARGIN, 50, headline.title, 36, bold=True)
    sheet.write(_MARGIN, 98, headline.subtitle, SMALLEST, colour=QUIET)
    writes = sheet.panel(top, _WRITES_HIGH)
    waiting = sheet.panel(top + _WRITES_HIGH + _GAP, _WAITING_HIGH)
    _fill(writes, waiting, axis, samples, figures)
    bottom = list_top - _TIMES
    for panel, panel_top, words in (
        (writes, top, _writes_words(figures)),
        (waiting, top + _WRITES_HIGH + _GAP, _waiting_words(figures)),
    ):
        _pauses(panel, axis)
        sheet.write(_LEFT + 10, panel_top + 22, words, SMALLEST, bold=True, backed=True)
    for tick in axis.ticks():
        sheet.write(_x(axis, tick.at), bottom + 22, tick.label, SMALLEST, centred=True)
    sheet.write(
        (_LEFT + _RIGHT) / 2,
        bottom + 58,
        "ride time from the page at 0:00",
        SMALLEST,
        colour=QUIET,
        centred=True,
    )
    _mark(sheet, axis, marks.shown, top=top, bottom=bottom)
    _list(sheet, marks, top=list_top)
    return sheet.png()


class _Sheet:
    """A figure with pixels from its upper left corner as coordinates."""

    def __init__(self, height: float) -> None:
        self.height = round(height)
        self.figure = Figure(figsize=(WIDTH / DPI, self.height / DPI), dpi=DPI, facecolor=GROUND)
        FigureCanvasAgg(self.figure)
        self.over = self.figure.add_axes((0, 0, 1, 1), zorder=10)
        self.over.set_xlim(0, WIDTH)
        self.over.set_ylim(self.height, 0)
        self.over.set_axis_off()

    def panel(self, top: float, high: float) -> Axes:
        """An empty chart over the width of the time axis."""
        bottom = 1 - (top + high) / self.height
        axes = self.figure.add_axes(
            (_LEFT / WIDTH, bottom, (_RIGHT - _LEFT) / WIDTH, high / self.height), facecolor="#ffffff"
        )
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        for side in axes.spines.values():
            side.set_color(GRID)
        axes.grid(axis="y", color=GRID, linewidth=1)
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0, pad=8, colors=QUIET)
        return axes

    def write(
        self,
        x: float,
        y: float,
        text: str,
        pixels: float,
        *,
        bold: bool = False,
        colour: str = INK,
        centred: bool = False,
        backed: bool = False,
    ) -> None:
        """A line of text, centred at `y`; cut where the sheet ends."""
        letters = font(pixels, bold=bold)
        shown = fitted(writable(text, bold=bold), letters, WIDTH - (x if not centred else 0) - _MARGIN / 2)
        self.over.text(
            x,
            y,
            shown,
            fontproperties=letters,
            color=colour,
            ha="center" if centred else "left",
            va="center_baseline",
            parse_math=False,
            bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85, "pad": 2} if backed else None,
        )

    def png(self) -> bytes:
        out = io.BytesIO()
        # Without the name and version of the program that made it: the same ride gives the same bytes.
        self.figure.savefig(out, format="png", dpi=DPI, facecolor=GROUND, metadata={"Software": None})
        return out.getvalue()


def _x(axis: TimeAxis, moment: datetime) -> float:
    """Pixels from the left."""
    return _LEFT + (_RIGHT - _LEFT) * min(max(axis.place(moment), 0.0), 1.0)


def _writes_words(figures: Figures) -> str:
    before = f" (before: {figures.before:.0f})" if figures.before else ""
    return f"Writes a second{before}"


def _waiting_words(figures: Figures) -> str:
    longest = f", the longest {in_words(figures.longest_wait)}" if figures.most_waiting else ""
    return f"Sessions waiting{longest}"


def _fill(
    writes: Axes, waiting: Axes, axis: TimeAxis, samples: Sequence[SampleRecord], figures: Figures
) -> None:
    places: list[float] = []
    rates: list[float] = []
    queues: list[float] = []
    last: SampleRecord | None = None
    for sample in samples:
        if last is not None and sample.at - last.at > _LONGEST_GAP:
            places.append(axis.place(last.at))
            rates.append(math.nan)
            queues.append(math.nan)
        places.append(axis.place(sample.at))
        rates.append(sample.writes_per_second)
        queues.append(float(sample.waiting))
        last = sample
    writes.fill_between(places, rates, color=WRITES, alpha=0.22, linewidth=0)
    writes.plot(places, rates, color=WRITES, linewidth=3, solid_joinstyle="round")
    waiting.fill_between(places, queues, color=WAITING, alpha=0.22, linewidth=0, step="post")
    waiting.plot(places, queues, color=WAITING, linewidth=3, drawstyle="steps-post")
    highest = max([sample.writes_per_second for sample in samples] + [figures.before or 0.0, 1.0])
    if figures.before:
        writes.axhline(figures.before, color=QUIET, linewidth=2, linestyle=(0, (4, 4)))
    _scale(writes, highest)
    _scale(waiting, max(figures.most_waiting, 1))


def _scale(panel: Axes, highest: float) -> None:
    """From zero, with room for the panel's name above the highest; two or three round numbers beside it."""
    panel.set_ylim(0, highest * 1.45)
    step = next(step for step in _ROUND if highest / step <= 3.2)
    panel.set_yticks([number * step for number in range(int(highest // step) + 1)])
    for label in panel.get_yticklabels():
        label.set_fontproperties(font(SMALLEST))
        label.set_color(QUIET)


def _pauses(panel: Axes, axis: TimeAxis) -> None:
    for pause in axis.clock.pauses:
        since, until = axis.place(pause.since), axis.place(pause.until or axis.ends)
        panel.axvspan(
            since, until, facecolor="#e4e6ea", edgecolor="#9aa0a8", hatch="//", linewidth=0, zorder=0.5
        )


def _mark(sheet: _Sheet, axis: TimeAxis, marks: Sequence[Mark], *, top: float, bottom: float) -> None:
    """The marks in a row above the panels, each with a line to its moment and through the panels."""
    wanted = [_x(axis, mark.at) for mark in marks]
    half = _MARK / 2
    places = spread(wanted, apart=_MARK + 6, low=_LEFT + half, high=_RIGHT - half)
    for number, (mark, x, place) in enumerate(zip(marks, wanted, places, strict=True), start=1):
        colour = COLOURS[mark.kind]
        sheet.over.plot(
            [place, x, x],
            [_MARK_TOP + half, top - 8, top],
            color=colour,
            linewidth=2,
            solid_joinstyle="round",
        )
        dashes = "solid" if mark.kind == "turn" else (0, (2, 3))
        sheet.over.plot([x, x], [top, bottom], color=colour, linewidth=2, linestyle=dashes, alpha=0.75)
        _glyph(sheet, place, _MARK_TOP, mark.kind, str(number))


def _glyph(sheet: _Sheet, x: float, y: float, kind: Kind, text: str, *, size: float = _MARK) -> None:
    points = size * POINTS / DPI * (1.1 if kind == "turn" else 1.0)
    sheet.over.plot([x], [y], marker=SHAPES[kind], markersize=points, color=COLOURS[kind], markeredgewidth=0)
    if text:
        sheet.over.text(
            x,
            y,
            text,
            fontproperties=font(22 if len(text) > 1 else SMALLEST, bold=True),
            color="#ffffff",
            ha="center",
            va="center_baseline",
        )


def _list(sheet: _Sheet, marks: Marks, *, top: float) -> None:
    """What the numbers mean, and at the end what the shapes do."""
    y = top
    for number, mark in enumerate(marks.shown, start=1):
        _glyph(sheet, _MARGIN + _MARK / 2, y, mark.kind, str(number), size=_LISTED_MARK)
        sheet.write(_MARGIN + _MARK + 14, y, mark.clock, SMALLEST, bold=True)
        sheet.write(_MARGIN + _MARK + 114, y, mark.text, SMALLEST)
        y += _ROW
    if marks.left_out:
        more = "1 smaller moment" if marks.left_out == 1 else f"{marks.left_out} smaller moments"
        sheet.write(_MARGIN + _MARK + 114, y, f"and {more}", SMALLEST, colour=QUIET)
        y += _ROW
    x = _MARGIN + _MARK / 2
    for kind in SHAPES:
        _glyph(sheet, x, y + 12, kind, "", size=_LISTED_MARK)
        sheet.write(x + _MARK / 2 + 12, y + 12, MEANINGS[kind], SMALLEST, colour=QUIET)
        x += _MARK + 24 + width(MEANINGS[kind], font(SMALLEST)) + 30
