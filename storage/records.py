"""What the storage gives and takes, as plain values without SQLAlchemy. All times are aware."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RideState = Literal["preparing", "live", "resolved", "stopped", "expired", "void"]

UNDER_WAY: tuple[RideState, ...] = ("preparing", "live")
"""The states in which a ride has not ended; a learner can be in one such ride of a workspace."""

RESUME = "resume"
"""The kind of step that ends a pause: the only one that falls due in a ride that is paused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RideRecord:
    """A ride, without its journal."""

    id: str
    workspace: str
    """The chat's workspace, such as a Slack team_id."""
    scenario: str
    """The scenario's slug."""
    version: str
    """Digest of the scenario's files."""
    document: str
    """The whole scenario as JSON, so that a replay works after the catalogue changed."""
    state: RideState
    started_by: str
    learners: tuple[str, ...]
    channel: str | None = None
    """The incident channel's id."""
    channel_name: str | None = None
    card_ts: str | None = None
    """Which message of the channel is the incident card."""
    origin_channel: str | None = None
    """Where the ride was started."""
    response_url: str | None = None
    """Where to answer the command that started it; Slack takes answers there for 30 minutes."""
    sandbox: str | None = None
    """The provider's id of the sandbox."""
    log_offset: int = 0
    """Bytes of the sandbox's log that are in the journal. Only `RideStore.append` moves it."""
    speed: float = 1.0
    """Ride seconds in a real second."""
    created_at: datetime
    live_at: datetime | None = None
    ended_at: datetime | None = None
    postmortem_sent: bool = False
    archive_at: datetime | None = None
    archived: bool = False
    team: str | None = None
    """The id of the team that rides, if it was started for one."""
    game_day: str | None = None
    """The id of the game day that it is part of."""
    paused_at: datetime | None = None
    """Since when the ride's clock stands still; None while it runs."""
    revision: int = 0
    """Counts the changes; `RideStore.update` refuses a record that is not of the newest revision."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRecord:
    """Something that falls due in a ride."""

    ride: str
    step: str
    """Unique in the ride."""
    kind: str
    due_at: datetime
    message_key: str | None = None
    """The id that its message carries in the chat, to recognise it after a crash."""
    sent_at: datetime | None = None
    cancelled: bool = False
