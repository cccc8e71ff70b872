"""The page on which people allow an app to be installed: /oauth/v2/authorize.

Source: https://docs.slack.dev/authentication/installing-with-oauth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.workspace.company.installation import Registration
from bot.workspace.company.state import SLACKBOT, User
from bot.workspace.errors import ControlError
from bot.workspace.parts import Parts

PATH = "/oauth/v2/authorize"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What the app asks for."""

    app: Registration
    scopes: tuple[str, ...]
    redirect_uri: str
    asked_uri: str | None
    """The address that the app asked for; None: it left it to its manifest."""
    state: str | None
    team: str | None
    """The only workspace that may be chosen."""

    def fields(self) -> Mapping[str, str]:
        """The same again, as fields of a form."""
        found = {"client_id": self.app.client_id, "scope": ",".join(self.scopes)}
        more = {"redirect_uri": self.asked_uri, "state": self.state, "team": self.team}
        return found | {name: value for name, value in more.items() if value is not None}

    def back(self, answer: Mapping[str, str]) -> str:
        """Where the person goes with the answer."""
        query = urlencode({**answer, **({"state": self.state} if self.state is not None else {})})
        return f"{self.redirect_uri}{'&' if urlsplit(self.redirect_uri).query else '?'}{query}"


class Authorization:
    """Serves the page for workspaces that know the same app."""

    def __init__(self, workspaces: Sequence[Parts]) -> None:
        self._workspaces = tuple(workspaces)
        folder = Path(str(files("bot.workspace.page"))) / "templates"
        self._templates = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
        )

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.show)
        app.router.add_post(PATH, self.answer)
        app.router.add_get(f"{PATH}.css", _style)

    async def show(self, request: web.Request) -> web.Response:
        """Who wants what, and the choice of who allows it where."""
        try:
            asked = self._asked(request.query)
        except ControlError as error:
            return self._refused(error)
        text = self._templates.get_template("authorize.html").render(
            app=asked.app.manifest.display_information.name,
            scopes=asked.scopes,
            fields=asked.fields(),
            choices=[_choices(parts) for parts in self._offered(asked)],
        )
        # The form's answer leads to the app.
        target = urlsplit(asked.redirect_uri)
        return _page(text, form_action=f"'self' {target.scheme}://{target.netloc}")

    async def answer(self, request: web.Request) -> web.Response:
        """Allow or Cancel: back to the app, with a code or with `access_denied`."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        try:
            asked = self._asked(form)
            if form.get("answer") != "allow":
                return _redirect(asked.back({"error": "access_denied"}))
            parts, user = self._who(asked, form.get("person", ""))
        except ControlError as error:
            return self._refused(error)
        code = parts.grants.new(user=user.id, scopes=asked.scopes, redirect_uri=asked.asked_uri)
        return _redirect(asked.back({"code": code}))

    def _asked(self, given: Mapping[str, str]) -> _Asked:
        """Raises ControlError, with the code that Slack's page shows."""
        app = self._workspaces[0].registration
        if app is None or given.get("client_id") != app.client_id:
            raise ControlError("invalid_client_id", "No app has this client_id.")
        config = app.manifest.oauth_config
        scopes = tuple(one.strip() for one in given.get("scope", "").split(",") if one.strip())
        wrong = [scope for scope in scopes if scope not in config.scopes.bot]
        if wrong or not scopes:
            raise ControlError(
                "invalid_scope", f"Not in the app's manifest: {', '.join(wrong) or 'no scope'}."
            )
        asked_uri = given.get("redirect_uri") or None
        if not config.redirect_urls:
            raise ControlError("bad_redirect_uri", "The app's manifest has no redirect_urls.")
        if asked_uri is not None and not any(_beneath(asked_uri, one) for one in config.redirect_urls):
            raise ControlError(
                "bad_redirect_uri", f"redirect_uri did not match any configured URIs. Passed URI: {asked_uri}"
            )
        return _Asked(
            app=app,
            scopes=scopes,
            redirect_uri=asked_uri or config.redirect_urls[0],
            asked_uri=asked_uri,
            state=given.get("state"),
            team=given.get("team") or None,
        )

    def _offered(self, asked: _Asked) -> list[Parts]:
        return [one for one in self._workspaces if asked.team in (None, one.state.team.id)]

    def _who(self, asked: _Asked, choice: str) -> tuple[Parts, User]:
        """Raises ControlError `invalid_user`."""
        team, _, person = choice.partition("/")
        for parts in self._offered(asked):
            for user in _people(parts):
                if (parts.state.team.id, user.id) == (team, person):
                    return parts, user
        raise ControlError("invalid_user", "Choose who you are, and in which workspace.")

    def _refused(self, error: ControlError) -> web.Response:
        text = self._templates.get_template("authorize_refused.html").render(
            code=error.code, words=str(error)
        )
        return _page(text, form_action="'none'", status=error.status)


def _people(parts: Parts) -> list[User]:
    """Who can allow an app, admins first."""
    people = [
        one for one in parts.state.users.values() if not (one.is_app or one.deleted or one.id == SLACKBOT)
    ]
    return sorted(people, key=lambda one: not one.is_admin)


def _choices(parts: Parts) -> tuple[str, list[tuple[str, str]]]:
    """A workspace's name, and who can allow the app there: the value for the form, and the name."""
    team = parts.state.team
    return team.name, [(f"{team.id}/{one.id}", one.real_name) for one in _people(parts)]


def _beneath(url: str, configured: str) -> bool:
    """Whether an address is a configured one, or in a folder beneath it, as Slack allows."""
    here, there = urlsplit(url), urlsplit(configured)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc) or here.fragment:
        return False
    # Browsers walk up where a path says so.
    if ".." in unquote(here.path).split("/"):
        return False
    return here.path == there.path or here.path.startswith(there.path.rstrip("/") + "/")


def _redirect(url: str) -> web.Response:
    return web.Response(status=302, headers={"Location": url, "Referrer-Policy": "no-referrer"})


def _page(text: str, *, form_action: str, status: int = 200) -> web.Response:
    policy = (
        f"default-src 'none'; style-src 'self'; form-action {form_action}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        # Without a referrer at all, a browser would not say either that the form is this page's own.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return web.Response(text=text, content_type="text/html", headers=headers, status=status)


async def _style(request: web.Request) -> web.StreamResponse:  # noqa: ARG001 - a handler's signature
    path = Path(str(files("bot.workspace.page"))) / "static" / "authorize.css"
    return web.FileResponse(path, headers={"Content-Type": "text/css"})
