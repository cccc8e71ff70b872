"""What a person filled into a modal, by block: one input a block, as Ride's modals have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ConfigDict


class _Option(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    value: str = ""


class FormValue(BaseModel):
    """One input's state: https://docs.slack.dev/reference/views/modal-views. Only its own field is set."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] = ()
    selected_date: date | None = None
    selected_time: time | None = None
    selected_date_time: int | None = None
    selected_user: str | None = None
    selected_users: tuple[str, ...] = ()
    selected_conversation: str | None = None


@dataclass(frozen=True, slots=True)
class FormValues:
    """All inputs of a form. A block that is not there, or was left empty, reads as nothing."""

    by_block: Mapping[str, FormValue]

    @classmethod
    def read(cls, state: Mapping[str, Mapping[str, Any]]) -> "FormValues":
        """From a view's `state.values`. Raises pydantic.ValidationError for what Slack never sends."""
        return cls(
            {
                block: FormValue.model_validate(value)
                for block, actions in state.items()
                for value in actions.values()
            }
        )

    def text(self, block: str) -> str:
        """What was typed, without spaces around it."""
        found = self.by_block.get(block)
        return (found.value or "").strip() if found is not None else ""

    def choice(self, block: str) -> str | None:
        """The value of the one option that was chosen (a menu, radio buttons)."""
        found = self.by_block.get(block)
        return found.selected_option.value if found is not None and found.selected_option else None

    def choices(self, block: str) -> tuple[str, ...]:
        """The values of the options that were chosen, in the order of choosing."""
        found = self.by_block.get(block)
        return tuple(option.value for option in found.selected_options) if found is not None else ()

    def people(self, block: str) -> tuple[str, ...]:
        """The people who were chosen."""
        found = self.by_block.get(block)
        if found is None:
            return ()
        return found.selected_users or ((found.selected_user,) if found.selected_user else ())

    def day(self, block: str) -> date | None:
        """A date picker's date."""
        found = self.by_block.get(block)
        return found.selected_date if found is not None else None

    def clock(self, block: str) -> time | None:
        """A time picker's time of day."""
        found = self.by_block.get(block)
        return found.selected_time if found is not None else None
