"""Doing all checks, beside each other, whatever becomes of one of them."""

import asyncio
import logging
from collections.abc import Sequence

from bot.base.errors import ProgramError
from bot.doctor.finding import Check, Finding, wrong
from sandbox.errors import SandboxError
from scenarios.errors import ScenarioError
from storage.errors import StorageError

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds for each check."""


async def examine(checks: Sequence[Check]) -> list[Finding]:
    """What all of them found, in their order."""
    found = await asyncio.gather(*(_look(check) for check in checks))
    return [finding for findings in found for finding in findings]


async def _look(check: Check) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check.look()
    except (ProgramError, SandboxError, ScenarioError, StorageError) as error:
        # Their texts are for people, and say what to do.
        return [wrong(check.about, *_halves(str(error)))]
    except TimeoutError:
        todo = "Check that it can be reached and isn't just very busy."
        return [wrong(check.about, f"No answer within {PATIENCE:g} s.", todo)]
    except Exception as error:
        log.debug("%s can't be looked at", check.about, exc_info=True)
        return [
            wrong(
                check.about,
                f"The check itself failed: {type(error).__name__}: {error}",
                "Set RIDE_LOG_LEVEL=DEBUG to see where this came from.",
            )
        ]


def _halves(text: str) -> tuple[str, str]:
    """The first sentence, and the rest."""
    said, stop, todo = " ".join(text.split()).partition(". ")
    return (f"{said}.", todo.strip()) if stop else (text, "")
