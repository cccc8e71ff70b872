"""All checks, in the order in which they are told."""

from collections.abc import Sequence

from bot.base.config import Settings
from bot.doctor.database_checks import database_checks
from bot.doctor.finding import Check, Finding, fine
from bot.doctor.network_checks import network_checks
from bot.doctor.sandbox_checks import disks, sandbox_checks
from bot.doctor.slack_checks import slack_checks


def all_checks(settings: Settings) -> list[Check]:
    """A part that is added to Ride adds its own here."""

    async def read() -> Sequence[Finding]:
        return [fine("Settings", f"loaded; the provider is {settings.provider}.")]

    async def data() -> Sequence[Finding]:
        return disks([settings.data_folder])

    return [
        Check(about="Settings", look=read),
        *slack_checks(settings),
        *database_checks(settings),
        *sandbox_checks(settings),
        Check(about="Disk", look=data),
        *network_checks(settings),
    ]
