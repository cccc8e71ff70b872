"""Installing the app in a workspace, and what becomes of it when it goes."""

import secrets
from collections.abc import Iterable

from bot.workspace.company.installation import Installation
from bot.workspace.company.people import deactivate
from bot.workspace.company.seed import APP_HOME
from bot.workspace.company.state import User
from bot.workspace.errors import NotInstalledError
from bot.workspace.parts import Parts


def install(parts: Parts, *, scopes: Iterable[str], invite: bool = False) -> Installation:
    """Give the registered app a bot user and a token here; while it is installed, the token stays.

    An app that comes back has the bot user that it had. `invite` brings a new bot into the channel where
    people expect it. Raises NotInstalledError when no app is registered.
    """
    registration, before = parts.registration, parts.installed
    if registration is None:
        raise NotInstalledError("No app is known in this workspace: call Workspace.register first.")
    state, manifest = parts.state, registration.manifest
    known = next((user for user in state.users.values() if user.app_id == registration.app_id), None)
    bot = User(
        id=known.id if known is not None else state.ids.seeded("U"),
        name=manifest.features.bot_user.display_name.lower().replace(" ", "_"),
        real_name=manifest.display_information.name,
        color="e0563b",
        bot_id=known.bot_id if known is not None else state.ids.seeded("B"),
        app_id=registration.app_id,
    )
    installed = Installation(
        registration=registration,
        bot_id=bot.bot_id or "",
        bot_user=bot.id,
        bot_token=before.bot_token if before is not None else f"xoxb-{secrets.token_hex(24)}",
        scopes=tuple(dict.fromkeys(scopes)),
    )
    state.users[bot.id] = bot
    parts.installed = parts.events.installation = installed
    parts.socket_mode.app_id = registration.app_id
    home = state.channel_named(APP_HOME)
    if invite and home is not None and before is None:
        parts.channels.add(home, bot.id)
    return installed


def uninstall(parts: Parts) -> None:
    """Remove the app: it hears app_uninstalled and tokens_revoked, of which either may come first.

    Raises NotInstalledError.
    """
    app = parts.app
    revoke(parts)
    parts.events.uninstalled(app)


def revoke(parts: Parts) -> None:
    """Make the app's token good no more: its bot user is deactivated, and the app hears tokens_revoked.

    Source: https://docs.slack.dev/reference/methods/auth.revoke. Raises NotInstalledError.
    """
    app = parts.app
    parts.revoked.add(app.bot_token)
    parts.installed = parts.events.installation = None
    for user in parts.state.users:
        parts.views.forget(user)
    deactivate(parts, parts.state.users[app.bot_user])
    parts.events.tokens_revoked(app)
