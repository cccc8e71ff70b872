"""More people than the small company has: for days with many teams. The same ones each time."""

from bot.workspace.company.identifiers import Identifiers
from bot.workspace.company.state import User

_FIRST = (
    "Ada", "Bram", "Chiara", "Dmitri", "Elena", "Femi", "Greta", "Hugo", "Ilse", "Jonas", "Keiko", "Lars",
    "Marta", "Nikhil", "Olga", "Pablo", "Quinn", "Rosa", "Stefan", "Thandi", "Ulrich", "Vera", "Wanjiru",
)  # fmt: skip
_LAST = (
    "Adeyemi", "Bauer", "Castro", "Dubois", "Eriksen", "Fischer", "Gupta", "Hansen", "Ito", "Jansen", "Kaya",
    "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov", "Rossi", "Silva", "Tanaka",
)  # fmt: skip
_TITLES = ("Backend engineer", "SRE", "Data engineer", "Platform engineer", "DBA", "Support engineer")
_COLORS = ("9f5f3f", "4b7f52", "5b4b8a", "2f6f8f", "a8554e", "3f7d6e", "7a5c99", "8a6d1f", "3c6e9e", "566f3a")
_ZONES = (
    "Europe/London", "Europe/Amsterdam", "Africa/Accra", "Asia/Singapore", "America/Sao_Paulo",
    "America/New_York", "Asia/Kolkata",
)  # fmt: skip


def crowd(seed: str, size: int) -> list[User]:
    """So many people: `p01`, `p02`, … Their ids are a series of their own: all others stay.

    The lists of names have lengths without a common divisor: 437 people have different names.
    """
    ids = Identifiers(f"{seed}/crowd")
    return [
        User(
            id=ids.seeded("U"),
            name=f"p{number + 1:02d}",
            real_name=f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}",
            title=_TITLES[number % len(_TITLES)],
            color=_COLORS[number % len(_COLORS)],
            zone=_ZONES[number % len(_ZONES)],
        )
        for number in range(size)
    ]
