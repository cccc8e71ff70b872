"""The control API's part for modals, the app's Home, and apps that leave.

    GET  /control/users/{uid}/views               {"views": [{id, hash, callback_id, view, values}, …]}
    POST /control/users/{uid}/views/{vid}/submit  {values?} → {ok, closed, errors}
    POST /control/users/{uid}/views/{vid}/close   → {ok}; the app hears of it if it asked to
    GET  /control/users/{uid}/home                {"view": the Home that the app published, or null}
    POST /control/users/{uid}/home/open           → {ok}; the app hears app_home_opened
    POST /control/app/uninstall                   → {ok}; the app is gone, and hears of it

The views are a person's modals, the lowest first; only the last can be used. `view` is as the Web API shows
it, with every block_id and action_id, and `values` is its state.values. In a submission `values` has for a
block_id and action_id what the state has, `{"value": "x"}` or `{"selected_option": {"value": "a"}}`; what is
not given stays as it is. `errors` has what is wrong by block_id: what Slack's own client says, or the app.
"""

from collections.abc import Mapping

from aiohttp import web

from bot.workspace.company.installing import uninstall
from bot.workspace.company.state import User
from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.people.control_requests import Body, person, read_body, refusing
from bot.workspace.people.view_interactions import ViewInteractions
from bot.workspace.people.views import View
from bot.workspace.web_api.shapes import view_object


class Submit(Body):
    values: Mapping[str, Mapping[str, JsonObject]] = {}


class ControlViews:
    """Serves that part."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._interactions = ViewInteractions(parts)

    def add_routes(self, app: web.Application) -> None:
        one = "/control/users/{uid}"
        for method, path, handler in (
            ("GET", f"{one}/views", self._listed),
            ("POST", f"{one}/views/{{vid}}/submit", self._submit),
            ("POST", f"{one}/views/{{vid}}/close", self._close),
            ("GET", f"{one}/home", self._home),
            ("POST", f"{one}/home/open", self._open_home),
            ("POST", "/control/app/uninstall", self._uninstall),
        ):
            app.router.add_route(method, path, refusing(handler))

    async def _listed(self, request: web.Request) -> web.Response:
        user = self._user(request)
        return web.json_response({"views": [self._shown(view) for view in self._parts.views.of(user.id)]})

    def _shown(self, view: View) -> JsonObject:
        return {
            "id": view.id,
            "hash": view.hash,
            "callback_id": view.content.get("callback_id", ""),
            "view": view_object(self._parts.state, self._parts.app, view),
            "values": view.values,
        }

    async def _submit(self, request: web.Request) -> web.Response:
        user, body = self._user(request), await read_body(request, Submit)
        done = await self._interactions.submit(user, request.match_info["vid"], body.values)
        return web.json_response({"ok": True, "closed": done.closed, "errors": dict(done.errors)})

    async def _close(self, request: web.Request) -> web.Response:
        self._interactions.close(self._user(request), request.match_info["vid"])
        return web.json_response({"ok": True})

    async def _home(self, request: web.Request) -> web.Response:
        view = self._parts.views.home(self._user(request).id)
        shown = None if view is None else view_object(self._parts.state, self._parts.app, view)
        return web.json_response({"view": shown})

    async def _open_home(self, request: web.Request) -> web.Response:
        user, app = self._user(request), self._parts.app
        if not app.has_home_tab:
            raise ControlError("not_enabled", "This app has no Home.")
        channel = self._parts.channels.im(user.id, app.bot_user)
        self._parts.events.home_opened(user.id, channel.id, "home", self._parts.views.home(user.id))
        return web.json_response({"ok": True})

    async def _uninstall(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        uninstall(self._parts)
        return web.json_response({"ok": True})

    def _user(self, request: web.Request) -> User:
        return person(self._parts.state, request.match_info["uid"])
