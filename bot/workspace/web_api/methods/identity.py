"""api.test, auth.test, apps.connections.open, team.info."""

from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call


def api_test(call: Call) -> JsonObject:
    error = call.arguments.optional("error")
    if error is not None:
        raise SlackError(error, details={"args": {"error": error}})
    return {}


def auth_test(call: Call) -> JsonObject:
    if call.app_level:
        return {"app_name": call.app.manifest.display_information.name, "app_id": call.app.app_id}
    return {
        "url": f"{call.parts.url}/",
        "team": call.state.team.name,
        "user": call.state.users[call.bot].name,
        "team_id": call.state.team.id,
        "user_id": call.bot,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> JsonObject:
    address = call.parts.url.replace("http://", "ws://", 1)
    ticket = call.parts.socket_mode.ticket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.app.app_id}"}


def team_info(call: Call) -> JsonObject:
    team = call.state.team
    if call.arguments.text("team") not in ("", team.id):
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": "",
            "url": f"{call.parts.url}/",
            "icon": {"image_default": True},
        }
    }
