"""The page knows the emoji that Ride's own texts use, and has a picture for each that it says it has."""

import re
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "bot" / "workspace" / "page" / "static"
# Symbols, dingbats and pictographs; not the bullets, bars and arrows that every text font has.
EMOJI = re.compile(
    "[\u203c\u2049\u2139\u231a-\u23ff\u25aa-\u25b6\u25fb-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
)
SHORT_NAME = re.compile(r"(?<![\w/:]):([a-z][a-z0-9_+-]+):(?![\w/])")


def _table(name: str) -> dict[str, str]:
    source = (STATIC / "emoji.js").read_text(encoding="utf-8")
    table = re.search(rf"const {name} = (.*?)\n}}\)*;", source, re.DOTALL)
    assert table is not None
    return dict(re.findall(r'"?([^\s",:]+)"?: "([^"]+)"', table[1]))


def test_every_emoji_of_our_own_texts_has_a_picture() -> None:
    names, drawn = _table("NAMES"), _table("DRAWN")
    files = [
        path
        for folder in ("bot/slack", "bot/rides", "scenarios/catalogue")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".yaml", ".md"}
    ]
    used = {name for path in files for name in SHORT_NAME.findall(path.read_text(encoding="utf-8"))}
    assert "rotating_light" in used
    typed = {one for path in files for one in EMOJI.findall(path.read_text(encoding="utf-8"))}
    assert "▶" in typed
    assert sorted(typed - drawn.keys()) == []
    assert [name for name in sorted(used) if names.get(name, "").rstrip("\ufe0f") not in drawn] == []


def test_every_picture_is_drawn() -> None:
    root = ElementTree.parse(STATIC / "emoji.svg").getroot()
    assert {group.get("id") for group in root if group.get("id")} == set(_table("DRAWN").values())
