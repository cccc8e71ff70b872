"""What is wrong in a JSON document, with pointers to where, in Slack's words."""

from typing import Any


class Problems:
    """Collects mistakes, so that one answer names them all."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(self, pointer: str, what: str) -> None:
        self.found.append(f"{what} [json-pointer:{pointer}]")

    def text(self, pointer: str, value: object, limit: int) -> None:
        """A string that is not empty and at most `limit` characters long."""
        if not isinstance(value, str):
            self.add(pointer, "must provide a string")
        elif not value:
            self.add(pointer, "must be more than 0 characters")
        elif len(value) > limit:
            self.add(pointer, f"must be less than {limit + 1} characters")

    def items(self, pointer: str, value: object, limit: int) -> list[Any]:
        """An array of 1 to `limit` items; gives them, or none when it is no array."""
        if not isinstance(value, list):
            self.add(pointer, "must provide an array")
            return []
        if not value:
            self.add(pointer, "no fewer than 1 items allowed")
        elif len(value) > limit:
            self.add(pointer, f"no more than {limit} items allowed")
        return value
