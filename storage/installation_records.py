"""An installed workspace as a plain value, without SQLAlchemy."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledWorkspace:
    """A workspace in which Ride is installed."""

    workspace: str
    """The chat's id of it."""
    name: str
    app: str
    bot: str
    bot_user: str
    scopes: tuple[str, ...]
    sealed_token: str
    """The bot's token, encrypted by who stores it."""
    installed_by: str
    installed_at: datetime
