"""The Web API methods of this workspace: arguments, scopes, rate tiers and the errors they give.

Written from Slack's reference, https://docs.slack.dev/reference/methods. Errors that every method can give
(`invalid_auth`, `missing_scope`, …) are in COMMON_ERRORS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.workspace.company.state import Kind


class Type(StrEnum):
    """How an argument is read."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    LIST = "array"
    """A JSON array, or names with commas between them."""
    JSON = "json"
    """An object or array, as JSON in a form."""


class Tier(StrEnum):
    """Slack's rate tiers, by how many calls a minute they allow: https://docs.slack.dev/apis/web-api/rate-limits."""

    ONE = "1"
    TWO = "20"
    THREE = "50"
    FOUR = "100"
    SPECIAL = "special"


class TokenKind(StrEnum):
    BOT = "bot"
    APP = "app"
    """An app-level token."""
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Argument:
    type: Type = Type.STRING
    required: bool = False


ByKind = Mapping[Kind, frozenset[str]]
"""For each kind of conversation the scopes of which one is needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    arguments: Mapping[str, Argument]
    tier: Tier
    errors: frozenset[str]
    scopes: frozenset[str] = frozenset()
    """One of these, whatever the conversation."""
    scopes_by_kind: ByKind = field(default_factory=dict)
    """One of these, by the kind of conversation that the call is about."""
    token: TokenKind = TokenKind.BOT

    def all_scopes(self) -> frozenset[str]:
        return self.scopes.union(*self.scopes_by_kind.values())


COMMON_ERRORS = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "not_allowed_token_type",
        "missing_scope",
        "invalid_arguments",
        "invalid_post_type",
        "invalid_charset",
        "invalid_form_data",
        "json_not_object",
        "invalid_json",
        "ratelimited",
        "unknown_method",
    }
)


def _by_kind(public: str, private: str, im: str = "") -> ByKind:
    kinds = {Kind.PUBLIC: public, Kind.PRIVATE: private, Kind.IM: im}
    return {kind: frozenset(scopes.split()) for kind, scopes in kinds.items() if scopes}


_READ = _by_kind("channels:read", "groups:read", "im:read")
_HISTORY = _by_kind("channels:history", "groups:history", "im:history")
_MANAGE = _by_kind("channels:manage channels:write", "groups:write")
_INVITE = _by_kind("channels:manage channels:write.invites", "groups:write groups:write.invites")
_TOPIC = _by_kind(
    "channels:manage channels:write.topic", "groups:write groups:write.topic", "im:write im:write.topic"
)


def _arguments(text: str) -> Mapping[str, Argument]:
    """`name*` is required; `name:boolean` has a type other than string."""
    found = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        found[name.rstrip("*")] = Argument(type=Type(kind or "string"), required=name.endswith("*"))
    return found


def _method(
    arguments: str,
    tier: Tier,
    errors: str,
    *,
    scope: str = "",
    by_kind: ByKind | None = None,
    token: TokenKind = TokenKind.BOT,
) -> Method:
    return Method(
        arguments=_arguments(arguments),
        tier=tier,
        errors=frozenset(errors.split()),
        scopes=frozenset(scope.split()),
        scopes_by_kind=by_kind or {},
        token=token,
    )


_NAME_ERRORS = (
    "invalid_name_required invalid_name_maxlength invalid_name_punctuation invalid_name_specials name_taken"
)
_UNSUITABLE = "method_not_supported_for_channel_type"
_TEXTS = "text blocks:json"
_TRIGGER_ERRORS = "exchanged_trigger_id expired_trigger_id invalid_trigger_id"
_VIEW_ERRORS = "duplicate_external_id view_too_large"

METHODS: Mapping[str, Method] = {
    "api.test": _method("error", Tier.FOUR, "", token=TokenKind.NONE),
    "apps.connections.open": _method("", Tier.THREE, "", token=TokenKind.APP),
    "auth.revoke": _method("test:boolean", Tier.THREE, ""),
    "auth.test": _method("", Tier.SPECIAL, "", token=TokenKind.ANY),
    "bookmarks.add": _method(
        "channel_id* title* type* link emoji",
        Tier.TWO,
        "channel_not_found invalid_bookmark_type invalid_link too_many_bookmarks",
        scope="bookmarks:write",
    ),
    "bookmarks.list": _method("channel_id*", Tier.THREE, "channel_not_found", scope="bookmarks:read"),
    "bots.info": _method("bot", Tier.THREE, "bot_not_found", scope="users:read"),
    "chat.delete": _method(
        "channel* ts*",
        Tier.THREE,
        "cant_delete_message channel_not_found message_not_found",
        scope="chat:write",
    ),
    "chat.getPermalink": _method("channel* message_ts*", Tier.SPECIAL, "channel_not_found message_not_found"),
    "chat.postEphemeral": _method(
        f"channel* user* {_TEXTS} thread_ts icon_emoji username",
        Tier.FOUR,
        "cannot_reply_to_message channel_not_found invalid_blocks invalid_blocks_format is_archived "
        "messages_tab_disabled msg_too_long no_text not_in_channel restricted_action user_not_in_channel",
        scope="chat:write",
    ),
    "chat.postMessage": _method(
        f"channel* {_TEXTS} metadata:json thread_ts reply_broadcast:boolean unfurl_links:boolean "
        "unfurl_media:boolean mrkdwn:boolean icon_emoji username",
        Tier.SPECIAL,
        "channel_not_found invalid_blocks invalid_blocks_format invalid_metadata_format is_archived "
        "messages_tab_disabled metadata_too_large msg_blocks_too_long no_text not_in_channel "
        "cannot_reply_to_message restricted_action",
        scope="chat:write",
    ),
    "chat.update": _method(
        f"channel* ts* {_TEXTS} metadata:json",
        Tier.THREE,
        "cant_update_message channel_not_found invalid_blocks invalid_blocks_format invalid_metadata_format "
        "is_inactive message_not_found metadata_too_large msg_too_long no_text",
        scope="chat:write",
    ),
    "conversations.archive": _method(
        "channel*",
        Tier.TWO,
        f"already_archived cant_archive_general channel_not_found {_UNSUITABLE} not_in_channel "
        "restricted_action",
        by_kind=_MANAGE,
    ),
    "conversations.create": _method(
        "name is_private:boolean", Tier.TWO, f"{_NAME_ERRORS} restricted_action", by_kind=_MANAGE
    ),
    "conversations.history": _method(
        "channel* cursor include_all_metadata:boolean inclusive:boolean latest oldest limit:integer",
        Tier.THREE,
        "channel_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest not_in_channel",
        by_kind=_HISTORY,
    ),
    "conversations.info": _method(
        "channel* include_num_members:boolean", Tier.THREE, "channel_not_found", by_kind=_READ
    ),
    "conversations.invite": _method(
        "channel* users*:array force:boolean",
        Tier.THREE,
        f"already_in_channel cant_invite cant_invite_self channel_not_found is_archived {_UNSUITABLE} "
        "no_user not_in_channel ura_max_channels user_is_restricted user_not_found",
        by_kind=_INVITE,
    ),
    "conversations.join": _method(
        "channel*", Tier.THREE, f"channel_not_found is_archived {_UNSUITABLE}", scope="channels:join"
    ),
    "conversations.kick": _method(
        "channel* user*",
        Tier.THREE,
        f"cant_kick_from_general cant_kick_self channel_not_found {_UNSUITABLE} not_in_channel "
        "restricted_action user_not_found",
        by_kind=_MANAGE,
    ),
    "conversations.leave": _method(
        "channel*",
        Tier.THREE,
        f"cant_leave_general channel_not_found is_archived last_member {_UNSUITABLE}",
        by_kind=_MANAGE,
    ),
    "conversations.list": _method(
        "cursor exclude_archived:boolean limit:integer types",
        Tier.TWO,
        "invalid_cursor invalid_limit invalid_types",
        by_kind=_READ,
    ),
    "conversations.members": _method(
        "channel* cursor limit:integer",
        Tier.FOUR,
        "channel_not_found invalid_cursor invalid_limit",
        by_kind=_READ,
    ),
    "conversations.open": _method(
        "channel users:array prevent_creation:boolean return_im:boolean",
        Tier.THREE,
        f"channel_not_found {_UNSUITABLE} user_disabled user_not_found users_list_not_supplied",
        by_kind={Kind.IM: frozenset({"im:write"})},
    ),
    "conversations.rename": _method(
        "channel* name",
        Tier.TWO,
        f"{_NAME_ERRORS} channel_not_found is_archived {_UNSUITABLE} not_authorized not_in_channel",
        by_kind=_MANAGE,
    ),
    "conversations.replies": _method(
        "channel* ts* cursor include_all_metadata:boolean inclusive:boolean latest oldest limit:integer",
        Tier.THREE,
        "channel_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest thread_not_found",
        by_kind=_HISTORY,
    ),
    "conversations.setPurpose": _method(
        "channel* purpose*",
        Tier.TWO,
        f"channel_not_found is_archived {_UNSUITABLE} not_in_channel too_long",
        by_kind=_TOPIC,
    ),
    "conversations.setTopic": _method(
        "channel* topic*",
        Tier.TWO,
        f"channel_not_found is_archived {_UNSUITABLE} not_in_channel too_long",
        by_kind=_TOPIC,
    ),
    "conversations.unarchive": _method(
        "channel*", Tier.TWO, f"channel_not_found {_UNSUITABLE} not_archived", by_kind=_MANAGE
    ),
    "files.completeUploadExternal": _method(
        "files*:array channel_id channels initial_comment thread_ts",
        Tier.FOUR,
        "channel_not_found channels_limit_exceeded file_not_found invalid_channel not_in_channel",
        scope="files:write",
    ),
    "files.getUploadURLExternal": _method(
        "filename* length*:integer alt_txt snippet_type",
        Tier.FOUR,
        "alt_txt_too_large file_upload_size_restricted missing_argument",
        scope="files:write",
    ),
    "files.info": _method("file*", Tier.FOUR, "file_not_found", scope="files:read"),
    "oauth.v2.access": _method(
        "client_id client_secret code grant_type redirect_uri",
        Tier.SPECIAL,
        "bad_client_secret bad_redirect_uri invalid_client_id invalid_code invalid_grant_type",
        token=TokenKind.NONE,
    ),
    "pins.add": _method(
        "channel* timestamp",
        Tier.TWO,
        "already_pinned bad_timestamp channel_not_found message_not_found no_item_specified not_in_channel "
        "not_pinnable restricted_action too_many_pins",
        scope="pins:write",
    ),
    "pins.list": _method("channel*", Tier.TWO, "channel_not_found", scope="pins:read"),
    "pins.remove": _method(
        "channel* timestamp",
        Tier.TWO,
        "bad_timestamp channel_not_found no_item_specified no_pin restricted_action",
        scope="pins:write",
    ),
    "reactions.add": _method(
        "channel* name* timestamp*",
        Tier.THREE,
        "already_reacted bad_timestamp channel_not_found invalid_name is_archived message_not_found "
        "too_many_emoji",
        scope="reactions:write",
    ),
    "team.info": _method("team", Tier.THREE, "team_not_found", scope="team:read"),
    "usergroups.list": _method(
        "include_count:boolean include_disabled:boolean include_users:boolean",
        Tier.TWO,
        "",
        scope="usergroups:read",
    ),
    "usergroups.users.list": _method(
        "usergroup* include_disabled:boolean", Tier.TWO, "no_such_subteam", scope="usergroups:read"
    ),
    "users.conversations": _method(
        "cursor exclude_archived:boolean limit:integer types user",
        Tier.THREE,
        "invalid_cursor invalid_limit invalid_types",
        by_kind=_READ,
    ),
    "users.info": _method("user* include_locale:boolean", Tier.FOUR, "user_not_found", scope="users:read"),
    "users.list": _method(
        "cursor include_locale:boolean limit:integer", Tier.TWO, "invalid_cursor", scope="users:read"
    ),
    "views.open": _method("trigger_id* view*:json", Tier.FOUR, f"{_TRIGGER_ERRORS} {_VIEW_ERRORS}"),
    "views.publish": _method(
        "user_id* view*:json hash", Tier.FOUR, f"hash_conflict not_enabled {_VIEW_ERRORS}"
    ),
    "views.push": _method(
        "trigger_id* view*:json", Tier.FOUR, f"not_found push_limit_reached {_TRIGGER_ERRORS} {_VIEW_ERRORS}"
    ),
    "views.update": _method(
        "view*:json view_id external_id hash", Tier.FOUR, f"hash_conflict not_found {_VIEW_ERRORS}"
    ),
}
"""Every method that this workspace answers; any other is an `unknown_method`."""
