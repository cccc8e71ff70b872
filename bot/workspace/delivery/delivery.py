"""How what happens reaches the app: over Socket Mode, or as requests to the addresses in its manifest."""

from typing import Literal, Protocol

from bot.workspace.company.installation import Installation
from bot.workspace.json_values import JsonObject

EnvelopeType = Literal["slash_commands", "interactive", "events_api"]

ACKNOWLEDGE_WITHIN = 3.0
"""Seconds that an app has for anything."""


class Delivery(Protocol):
    """A way to the app."""

    async def deliver(
        self,
        app: Installation,
        kind: EnvelopeType,
        payload: JsonObject,
        *,
        accepts_response: bool = False,
        retry: tuple[int, str] | None = None,
    ) -> JsonObject:
        """Send a payload; gives what the app acknowledged it with, empty when there is none.

        `retry` is the number of this further attempt and why there is one. Raises UndeliveredError:
        NotConnectedError, NotAcknowledgedError after 3 s, or RefusedRequestError.
        """


class EitherWay:
    """The way that the app's manifest asks for."""

    def __init__(self, socket_mode: Delivery, request_urls: Delivery) -> None:
        self._socket_mode = socket_mode
        self._request_urls = request_urls

    async def deliver(
        self,
        app: Installation,
        kind: EnvelopeType,
        payload: JsonObject,
        *,
        accepts_response: bool = False,
        retry: tuple[int, str] | None = None,
    ) -> JsonObject:
        """As Delivery says."""
        by_socket = app.manifest.settings.socket_mode_enabled
        way = self._socket_mode if by_socket else self._request_urls
        return await way.deliver(app, kind, payload, accepts_response=accepts_response, retry=retry)
