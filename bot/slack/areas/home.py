"""The App Home: published when it is opened, and again when a ride of those who have opened it changes."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

from bot.rides.errors import ChatRefusedError
from bot.rides.front import Front
from bot.rides.views import Origin
from bot.slack.areas.area import Area, Click
from bot.slack.areas.asker import Asker, tell
from bot.slack.messages import views
from bot.slack.messages.home import START, home
from bot.slack.settings import SlackSettings
from bot.slack.transport.background import Background
from bot.slack.transport.outbox import Outbox
from bot.standings.profiles import Profiles
from storage.records import RideRecord

log = logging.getLogger(__name__)


class Records(Protocol):
    """Rides as they are stored."""

    async def get(self, ride_id: str) -> RideRecord | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """What of a ride a Home shows: another such value, and the Homes are published again."""

    state: str
    channel: str | None
    learners: tuple[str, ...]
    told: bool


class HomeArea:
    """Publishes Homes, and starts what is suggested there."""

    def __init__(
        self,
        profiles: Profiles,
        front: Front,
        records: Records,
        *,
        outbox: Outbox,
        settings: SlackSettings,
        background: Background,
    ) -> None:
        self._profiles = profiles
        self._front = front
        self._records = records
        self._outbox = outbox
        self._settings = settings
        self._background = background
        self._opened: dict[tuple[str, str], asyncio.Lock] = {}
        """Who has opened their Home in this life of the program. An old one must not replace a new one."""
        self._shown: dict[str, _Shown] = {}
        self._changed: set[str] = set()
        self._refreshing = False

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(actions={START: self.start}, home=self.open)

    async def open(self, asker: Asker) -> None:
        """Somebody looks at their Home."""
        self._opened.setdefault((asker.workspace, asker.person), asyncio.Lock())
        await self._publish(asker.workspace, asker.person)

    async def start(self, click: Click) -> None:
        """The Start button: a ride for the one who clicked, who hears of it in their direct messages."""
        asker = click.asker
        started = await self._front.start(
            asker.workspace, asker.person, click.value, (), Origin(channel=None)
        )
        await tell(self._outbox, asker, views.started(started, unspoilt=True))
        await self.open(asker)

    def ride_changed(self, ride: str) -> None:
        """A ride's record or journal has changed; for `Rides.watch`, so it only takes a note."""
        if not self._opened:
            return
        self._changed.add(ride)
        if not self._refreshing:
            self._refreshing = True
            self._background.start(self._refresh(), name="refreshing Homes")

    async def _refresh(self) -> None:
        try:
            while self._changed:
                await self._refresh_for(self._changed.pop())
        finally:
            self._refreshing = False

    async def _refresh_for(self, ride: str) -> None:
        record = await self._records.get(ride)
        if record is None:
            return
        shown = _Shown(
            state=record.state,
            channel=record.channel,
            learners=record.learners,
            told=record.postmortem_sent,
        )
        if self._shown.get(ride) == shown:
            return
        self._shown[ride] = shown
        for learner in record.learners:
            if (record.workspace, learner) in self._opened:
                try:
                    await self._publish(record.workspace, learner)
                except ChatRefusedError as refusal:
                    log.warning("the Home of %s could not be refreshed: %s", learner, refusal.code)
        if record.archived:
            del self._shown[ride]

    async def _publish(self, workspace: str, person: str) -> None:
        async with self._opened[(workspace, person)]:
            profile = await self._profiles.of(workspace, person)
            await self._outbox.publish_home(workspace, person, home(profile, self._settings))
