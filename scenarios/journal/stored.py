"""What is stored of rides, read: the scenario as it was ridden, the journal's events, the scorecard.

Whoever reads them reads them here, so that a model that changes has one place where what an older Ride wrote
becomes what it means today. What a newer one wrote beside is left out: the rest means what it says.
"""

from pydantic import TypeAdapter

from scenarios.journal.events import Event
from scenarios.judging.scorecard import Scorecard
from scenarios.model.scenario import Scenario

_events: TypeAdapter[Event] = TypeAdapter(Event)
_cards: TypeAdapter[Scorecard] = TypeAdapter(Scorecard)


def dump_event(event: Event) -> str:
    """One event as a line of JSON."""
    return event.model_dump_json(exclude_none=True)


def load_event(line: str | bytes) -> Event:
    """The event that `dump_event` wrote. Raises pydantic.ValidationError for anything else."""
    return _events.validate_json(line, extra="ignore")


def dump_scenario(scenario: Scenario) -> str:
    """A scenario as it is ridden, for its ride's record: the files may change, or go."""
    return scenario.model_dump_json()


def stored_scenario(document: str | bytes) -> Scenario:
    """The scenario that `dump_scenario` wrote. Raises pydantic.ValidationError for anything else."""
    return Scenario.model_validate_json(document, extra="ignore")


def dump_card(card: Scorecard) -> str:
    """A scorecard as JSON."""
    return _cards.dump_json(card).decode()


def stored_card(document: str | bytes) -> Scorecard:
    """The card that `dump_card` wrote. Raises pydantic.ValidationError for anything else."""
    return _cards.validate_json(document, extra="ignore")
