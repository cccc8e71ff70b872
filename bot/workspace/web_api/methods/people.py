"""users.*, usergroups.*, bots.info."""

from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.shapes import group_object, user_object


def info(call: Call) -> JsonObject:
    user = call.state.users.get(call.arguments.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    found = user_object(call.state, user)
    return {"user": {**found, "locale": "en-GB"} if call.arguments.flag("include_locale") else found}


def listed(call: Call) -> JsonObject:
    users, metadata = call.page(list(call.state.users.values()), 1000)
    return {
        "members": [user_object(call.state, user) for user in users],
        "cache_ts": call.state.now(),
        "response_metadata": metadata,
    }


def bot_info(call: Call) -> JsonObject:
    app = call.app
    if call.arguments.text("bot") not in ("", app.bot_id):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": app.bot_id,
            "app_id": app.app_id,
            "user_id": app.bot_user,
            "name": app.manifest.display_information.name,
            "deleted": False,
            "updated": 0,
            "icons": {},
        }
    }


def groups(call: Call) -> JsonObject:
    users, count = call.arguments.flag("include_users"), call.arguments.flag("include_count")
    found = [
        group_object(call.state, group, users=users, count=count) for group in call.state.groups.values()
    ]
    return {"usergroups": found}


def group_users(call: Call) -> JsonObject:
    group = call.state.groups.get(call.arguments.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}
