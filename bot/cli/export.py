"""`ride export`: a ride that is over, as one document, and its picture; or a whole game day."""

import asyncio
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.base.config import Settings, load_settings
from bot.base.errors import FileNotWrittenError, NoPictureError, UnknownRideError
from bot.base.stopping import first
from bot.cli.exits import INTERRUPTED, stopping_of
from bot.exporting.day_export import day_page, gather_day
from bot.exporting.gathering import gather
from bot.exporting.page import page
from bot.exporting.stored_rides import StoredDay, StoredRide, find_day, find_ride
from bot.pictures.painter import ChartPainter


class Format(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is exported, as what, and where to."""

    ride: str
    """The id of a ride, or of a game day."""
    format: Format
    picture: Path | None = None
    """A file for the picture."""
    output: Path | None = None
    """A file for the document; None: it is only given back."""


async def export(settings: Settings, wish: Wish) -> str:
    """The document, after the files that were wished for are written.

    Raises UnknownRideError, RideNotOverError, GameDayNotOverError, NoPictureError, FileNotWrittenError and
    StorageError.
    """
    try:
        stored = await find_ride(settings, wish.ride)
    except UnknownRideError:
        day = await find_day(settings, wish.ride)
        if day is None:
            raise
        return await _export_day(day, wish)
    if wish.format is Format.JSON:
        document = gather(stored).model_dump_json(indent=2) + "\n"
    else:
        document = page(stored, picture=_seen_from(wish.output, wish.picture))
    if wish.picture is not None:
        await asyncio.to_thread(_write, wish.picture, await asyncio.to_thread(_paint, stored))
    return await _written(document, wish)


async def _export_day(day: StoredDay, wish: Wish) -> str:
    """A whole game day. It has no picture: each ride's is exported with the ride."""
    if wish.picture is not None:
        raise NoPictureError(day.day.id)
    as_json = wish.format is Format.JSON
    document = gather_day(day).model_dump_json(indent=2) + "\n" if as_json else day_page(day)
    return await _written(document, wish)


async def _written(document: str, wish: Wish) -> str:
    if wish.output is not None:
        await asyncio.to_thread(_write, wish.output, document.encode())
    return document


def _paint(stored: StoredRide) -> bytes:
    went_live = any(event.kind == "incident_live" for event in stored.events)
    if stored.card is None or not went_live or len(stored.samples) < 2:
        raise NoPictureError(stored.record.id)
    return ChartPainter().paint(stored.scenario, stored.events, stored.card, stored.samples).content


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FileNotWrittenError(path, error.strerror or str(error)) from error


def _seen_from(document: Path | None, picture: Path | None) -> str | None:
    """The picture's path as the document names it: from the document's own folder, if it is a file."""
    if picture is None or document is None:
        return None if picture is None else str(picture)
    return os.path.relpath(picture, document.parent)


def command(
    context: typer.Context,
    ride: Annotated[
        str, typer.Argument(help="The id of a ride (in the postmortem's last line) or of a game day.")
    ],
    *,
    form: Annotated[
        Format, typer.Option("--format", help="A page for a wiki, or everything, for programs.")
    ] = Format.MARKDOWN,
    picture: Annotated[Path | None, typer.Option(help="Write the picture to this PNG file.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
) -> None:
    """Export a finished ride or game day as Markdown or JSON; for a ride, its picture too."""
    settings = load_settings()
    wish = Wish(ride=ride, format=form, picture=picture, output=output)

    async def work(stopped: asyncio.Event) -> int:
        document = await first(stopped, export(settings, wish))
        if document is None:
            return INTERRUPTED
        if output is None:
            sys.stdout.write(document)
        return 0

    raise typer.Exit(stopping_of(context).run(work))
