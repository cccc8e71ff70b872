"""Sandboxes: with what they are made, whether the scenarios are prepared, and how many there is room for."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil

from bot.base.config import Settings
from bot.doctor.finding import Check, Finding, fine, warning, wrong
from bot.program.providers import make_provider
from sandbox.provider import Provider
from sandbox.server.survey import Survey
from scenarios.loading.catalogue import Catalogue

GIB = 1 << 30
FULL = GIB // 2
"""Bytes left on a disk below which no sandbox should be started: it may grow by 250 MB before it is ended."""
NEARLY_FULL = 2 * GIB
EACH = 300 << 20
"""Bytes of memory to reckon with for a sandbox that has no limit of its own."""


def sandbox_checks(settings: Settings) -> list[Check]:
    """What the provider of the settings needs."""

    async def look() -> Sequence[Finding]:
        provider = make_provider(settings)
        try:
            survey = await provider.survey()
            return [
                fine("Sandboxes", f"{settings.provider}: {survey.found}."),
                *(warning("Sandboxes", note, "See docs/operations.md.") for note in survey.notes),
                *await _prepared(settings, provider),
                look_at_memory(survey),
                *await asyncio.to_thread(disks, survey.folders),
            ]
        finally:
            await provider.close()

    return [Check(about="Sandboxes", look=look)]


async def _prepared(settings: Settings, provider: Provider) -> list[Finding]:
    scenarios = Catalogue().all()
    missing = [scenario.slug for scenario in scenarios if not await provider.is_prepared(scenario)]
    if not missing:
        return [fine("Scenarios", f"{_number(len(scenarios), 'scenario')}, ready to start.")]
    todo = "`ride serve` builds them when it starts."
    if settings.provider != "embedded":
        todo = f"Build them now with `ride images build`; otherwise {todo}"
    return [warning("Scenarios", f"Not built yet: {', '.join(missing)}.", todo)]


def look_at_memory(survey: Survey) -> Finding:
    """For how many sandboxes there is memory."""
    memory = survey.memory if survey.memory is not None else psutil.virtual_memory().available
    each = survey.each or EACH
    room = memory // each
    said = f"{memory / GIB:.1f} GiB, room for about {_number(room, 'ride')} at a time."
    if room < 1:
        return wrong("Memory", said, "Add memory, or give each sandbox less with RIDE_SANDBOX_MEMORY.")
    return fine("Memory", said)


def disks(folders: Sequence[Path]) -> list[Finding]:
    """Of each file system with one of the folders in it, how much is free."""
    findings = []
    seen: set[int] = set()
    for folder in folders:
        place = next((one for one in (folder, *folder.parents) if one.is_dir()), None)
        if place is None or place.stat().st_dev in seen:
            continue
        seen.add(place.stat().st_dev)
        free = shutil.disk_usage(place).free
        said = f"{free / GIB:.1f} GiB free on the disk of {folder}."
        todo = "Free some space there, or choose a folder elsewhere (docs/settings.md)."
        if free < FULL:
            findings.append(wrong("Disk", said, todo))
        elif free < NEARLY_FULL:
            findings.append(warning("Disk", said, todo))
        else:
            findings.append(fine("Disk", said))
    return findings


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
