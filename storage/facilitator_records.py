"""A facilitator as a plain value, without SQLAlchemy."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Facilitator:
    """Somebody who may do things for others: start rides, plan drills and game days, stop any ride."""

    workspace: str
    person: str
    added_by: str
    added_at: datetime
