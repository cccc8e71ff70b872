"""A person's modals and the app's Home, from Python: the part of UserClient that is about them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager

from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.client_connection import Connection
from bot.workspace.people.client_shapes import Change, Submitted, User, View

Values = Mapping[str, Mapping[str, JsonObject]]
"""What to fill in, by block_id and action_id, such as `{"name": {"name": {"value": "x"}}}`."""


class PersonsViews:
    """Every call raises ControlError, with a code, when the workspace says no."""

    def __init__(self, client: Connection, user: User) -> None:
        self._client = client
        self.user = user
        self._path = f"/control/users/{user.id}"

    async def views(self) -> list[View]:
        """The person's modals, the lowest first."""
        return [View.model_validate(one) for one in (await self._client.get(f"{self._path}/views"))["views"]]

    async def submit(self, view: str, values: Values | None = None) -> Submitted:
        """Send a modal off, by id; what is not given stays as it is."""
        answer = await self._client.post(f"{self._path}/views/{view}/submit", {"values": values or {}})
        return Submitted.model_validate(answer)

    async def close_view(self, view: str) -> None:
        """Dismiss a modal, by id."""
        await self._client.post(f"{self._path}/views/{view}/close", {})

    async def open_home(self) -> None:
        """Look at the app's Home; the app hears of it."""
        await self._client.post(f"{self._path}/home/open", {})

    async def home(self) -> View | None:
        """What the app has published for this person."""
        view: JsonObject | None = (await self._client.get(f"{self._path}/home"))["view"]
        if view is None:
            return None
        more = {"view": view, "values": view["state"]["values"]}
        return View.model_validate({**view, **more})

    async def wait_for_view(
        self,
        predicate: Callable[[View], bool],
        timeout: float,  # noqa: ASYNC109 - the caller's own words for how long it may take
    ) -> View:
        """The first modal that fits, at once or as soon as there is one.

        Raises TimeoutError, with what was seen.
        """
        return await self._wait("modal", self.views, predicate, timeout)

    async def wait_for_home(
        self,
        predicate: Callable[[View], bool],
        timeout: float,  # noqa: ASYNC109
    ) -> View:
        """The Home as soon as it fits. Raises TimeoutError, with what was seen."""

        async def homes() -> list[View]:
            home = await self.home()
            return [] if home is None else [home]

        return await self._wait("Home", homes, predicate, timeout)

    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[Change]]:
        """What happens from now on; inside the block, nothing is missed."""
        return self._client.changes(self.user.id)

    async def _wait(
        self,
        what: str,
        look: Callable[[], Awaitable[list[View]]],
        predicate: Callable[[View], bool],
        timeout: float,  # noqa: ASYNC109
    ) -> View:
        seen: list[View] = []
        try:
            async with asyncio.timeout(timeout), self.changes() as changes:
                while True:
                    seen = await look()
                    for view in seen:
                        if predicate(view):
                            return view
                    async for change in changes:
                        if change.channel is None:
                            break
                    else:
                        raise ControlError("closed", "the workspace closed")
        except TimeoutError:
            shown = "\n".join(f"  {view.id} {view.callback_id}: {view.words[:200]}" for view in seen)
            raise TimeoutError(
                f"no such {what} for {self.user.name} within {timeout:g} s:\n{shown}"
            ) from None
