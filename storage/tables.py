"""All tables at once: `Base.metadata` has them, for migrations and comparisons, once this is imported."""

from storage import (
    drill_models,
    facilitator_models,
    game_day_models,
    installation_models,
    message_models,
    models,
    result_models,
    sample_models,
    seen_models,
    team_models,
)
from storage.models import Base

MODULES = (
    models,
    team_models,
    game_day_models,
    drill_models,
    sample_models,
    facilitator_models,
    seen_models,
    result_models,
    installation_models,
    message_models,
)
"""Where the tables are declared. A new module belongs in here."""

__all__ = ["MODULES", "Base"]
