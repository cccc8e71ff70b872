"""All tables at once: `Base.metadata` has them, for migrations and comparisons, once this is imported."""

from storage import (
    drills,
    facilitators,
    game_days,
    installations,
    messages,
    models,
    results,
    samples,
    seen,
    teams,
)
from storage.models import Base

MODULES = (
    models,
    teams,
    game_days,
    drills,
    samples,
    facilitators,
    seen,
    results,
    installations,
    messages,
)
"""Where the tables are declared. A new module belongs in here."""

__all__ = ["MODULES", "Base"]
