"""The picture's letters: matplotlib's own DejaVu Sans, so that it looks the same on every machine.

Imports matplotlib, which takes a moment: only from within the thread that paints.
"""

from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import text_to_path

DPI = 100
POINTS = 72
SMALLEST = 25.0
"""Pixels: 9 on a phone that shows the picture 390 pixels wide."""
_MISSING = "\u25af"
"""Stands for a character that the font has no picture of."""


def font(pixels: float, *, bold: bool = False) -> FontProperties:
    """Letters of a height in pixels."""
    return FontProperties(fname=_file(bold=bold), size=pixels * POINTS / DPI)


def _file(*, bold: bool) -> str:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name)


@cache
def _known(*, bold: bool) -> frozenset[int]:
    return frozenset(FT2Font(_file(bold=bold)).get_charmap())


def writable(text: str, *, bold: bool = False) -> str:
    """The text with a box for each character that the font doesn't have, such as an emoji."""
    known = _known(bold=bold)
    return "".join(
        char if ord(char) in known else "" if char in "\ufe0f\u200d" else _MISSING
        for char in text
        if char.isprintable()
    )


def width(text: str, letters: FontProperties) -> float:
    """Pixels."""
    wide, _, _ = text_to_path.get_text_width_height_descent(text, letters, ismath=False)
    return float(wide) * DPI / POINTS


def fitted(text: str, letters: FontProperties, room: float) -> str:
    """As much of the text as has room, with an ellipsis for the rest."""
    if width(text, letters) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + "…", letters) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"
