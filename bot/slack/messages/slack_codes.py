"""Slack's error codes: for each what it means in plain words, and what the person who reads it can do.

One table for every place that tells of a refusal; slack_refusals.py makes the sentences. The codes are those
of the method pages of https://docs.slack.dev/reference/methods and the ones that Slack gives to any method;
`connection_error`, `expired` and `not_installed` are our own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.slack.messages.mrkdwn import code

_RUNNER = "Whoever runs Ride"
_REINSTALL = f"{_RUNNER} can install it again with the current manifest (`ride manifest`)."
_TELL = "Please try again; if it happens again, give this code to whoever runs Ride."
_INVITE_BY_HAND = "Somebody who is in the channel can invite them with `/invite`; or ask an admin."


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What a code means."""

    why: str
    """For the middle of a sentence: mrkdwn without a full stop."""
    then: str = ""
    """What to do next, as sentences of mrkdwn; empty where there is nothing to do."""


_OWN: Mapping[str, Meaning] = {
    # Channels
    "already_in_channel": Meaning(
        why="they are already in the channel", then="There is nothing to do: it is in their list of channels."
    ),
    "not_in_channel": Meaning(
        why="Ride isn't in this channel", then="Invite it there with `/invite`, then try again."
    ),
    "channel_not_found": Meaning(
        why="Ride can't see this channel: it was deleted, or Ride isn't in it",
        then="If it is still there, invite Ride with `/invite`.",
    ),
    "is_archived": Meaning(
        why="this channel is archived",
        then="Somebody who was in it can unarchive it in its settings; or use another channel.",
    ),
    "is_inactive": Meaning(why="this channel is archived", then="Unarchive it in its settings, or leave it."),
    "already_archived": Meaning(why="this channel is already archived"),
    "name_taken": Meaning(
        why="every name that Ride tried is taken by another channel, perhaps an archived one",
        then="Rename that channel, or choose another name.",
    ),
    "cannot_create_channel": Meaning(
        why="Ride isn't allowed to create channels here",
        then="Ask an admin to let apps create private channels.",
    ),
    "too_many_members": Meaning(
        why="the channel has as many people as Slack allows",
        then="Somebody who isn't needed there can leave it; then invite them with `/invite`.",
    ),
    "method_not_supported_for_channel_type": Meaning(
        why="Slack doesn't do that in this kind of conversation", then="Do it in an ordinary channel."
    ),
    "channels_limit_exceeded": Meaning(
        why="Slack doesn't take a file for so many channels at once", then=_TELL
    ),
    # Invites and people
    "user_is_restricted": Meaning(why="they are a guest", then="Ask an admin to add them to the channel."),
    "user_is_ultra_restricted": Meaning(
        why="they are a guest with one channel only",
        then="Ask an admin to make them a guest of several channels, or a member.",
    ),
    "ura_max_channels": Meaning(
        why="they are a guest, and in as many channels as they are allowed",
        then="Ask an admin to make them a guest of several channels, or a member.",
    ),
    "cant_invite": Meaning(why="Slack doesn't let Ride invite them", then=_INVITE_BY_HAND),
    "invitee_cant_see_channel": Meaning(
        why="they aren't allowed to see this channel", then="Ask an admin which channels they may be in."
    ),
    "no_external_invite_permission": Meaning(
        why="they belong to another organisation", then="Ask an admin to invite them over Slack Connect."
    ),
    "org_user_not_in_team": Meaning(
        why="they are in your organisation, but not in this workspace",
        then="Ask an admin to add them to the workspace, then invite them with `/invite`.",
    ),
    "user_not_found": Meaning(
        why="there is no such person in this workspace", then="Pick somebody who is in it."
    ),
    "user_not_visible": Meaning(
        why="Ride isn't allowed to see this person", then="Pick somebody of this workspace, or ask an admin."
    ),
    "user_disabled": Meaning(
        why="their account is deactivated", then="Go on without them, or ask an admin to reactivate it."
    ),
    "user_not_in_channel": Meaning(why="they aren't in this channel", then="Join it, then try again."),
    "cannot_dm_bot": Meaning(why="they are a bot, and bots get no direct messages"),
    "too_many_users": Meaning(
        why="those are more people than Slack takes at once", then="Try it with fewer people."
    ),
    "no_such_subteam": Meaning(why="there is no such user group any more", then="Pick another."),
    "plan_upgrade_required": Meaning(
        why="this workspace's plan has no user groups", then="Name the people one by one."
    ),
    # Settings of the workspace
    "restricted_action": Meaning(
        why="this workspace's settings don't allow it", then="Ask an admin to allow it for apps."
    ),
    "restricted_action_read_only_channel": Meaning(
        why="only some people may post in this channel",
        then="Ask an admin to let Ride post there, or use another channel.",
    ),
    "restricted_action_thread_only_channel": Meaning(
        why="in this channel only answers in threads are allowed", then="Use another channel."
    ),
    "restricted_action_non_threadable_channel": Meaning(
        why="this channel has no threads", then="Ask in the channel itself, not in a thread."
    ),
    "restricted_action_thread_locked": Meaning(
        why="this thread is locked", then="Ask in the channel itself, not in this thread."
    ),
    "posting_to_general_channel_denied": Meaning(
        why="only some people may post in this workspace's general channel", then="Use another channel."
    ),
    "posting_to_channel_denied": Meaning(
        why="Ride isn't allowed to post in this channel",
        then="Ask an admin to allow it, or use another channel.",
    ),
    "message_limit_exceeded": Meaning(
        why="this workspace has sent as many messages as it is allowed for now",
        then="Please try again in a few minutes; if it still fails, ask an admin.",
    ),
    "messages_tab_disabled": Meaning(
        why="Ride's direct messages are switched off in this workspace",
        then=f"{_RUNNER} can switch the Messages tab on in the app's settings, under App Home.",
    ),
    "not_enabled": Meaning(
        why="Ride's App Home is switched off",
        then=f"{_RUNNER} can switch the Home tab on in the app's settings, under App Home.",
    ),
    "ekm_access_denied": Meaning(
        why="this workspace's admins have suspended access to messages for now", then="Ask an admin."
    ),
    "org_login_required": Meaning(
        why="this workspace is being moved into an organisation",
        then="Please try again when that is over; an admin knows when.",
    ),
    "too_many_pins": Meaning(
        why="the channel has as many pinned messages as Slack allows", then="Unpin one that isn't needed."
    ),
    # Files
    "file_uploads_disabled": Meaning(
        why="this workspace doesn't allow files", then="Ask an admin to allow files from apps."
    ),
    "file_uploads_except_images_disabled": Meaning(
        why="this workspace allows no files but pictures", then="Ask an admin to allow files from apps."
    ),
    "file_upload_size_restricted": Meaning(
        why="the file is larger than this workspace allows", then="Ask for less at once."
    ),
    "snippet_too_large": Meaning(why="the file is larger than Slack takes", then="Ask for less at once."),
    "storage_limit_reached": Meaning(
        why="this workspace's room for files is used up", then="Ask an admin to make room."
    ),
    # Messages
    "msg_too_long": Meaning(
        why="the text is longer than Slack takes", then="Ask for less at once, such as with a `LIMIT`."
    ),
    "msg_blocks_too_long": Meaning(
        why="the message is longer than Slack takes",
        then="Ask for less at once: fewer rows with a `LIMIT`, or fewer columns.",
    ),
    "view_too_large": Meaning(why="the form is larger than Slack takes", then=_TELL),
    "message_not_found": Meaning(why="the message is gone: somebody deleted it"),
    "edit_window_closed": Meaning(why="the message is too old to be edited"),
    "cant_update_message": Meaning(why="that message isn't Ride's to edit"),
    # Ride in the workspace
    "account_inactive": Meaning(
        why="Ride's account in this workspace was switched off",
        then=f"An admin can switch it on again, or {_RUNNER.lower()} can install it again.",
    ),
    "token_revoked": Meaning(
        why="Ride was removed from this workspace, or its token was withdrawn",
        then=f"An admin or {_RUNNER.lower()} can install it again.",
    ),
    "token_expired": Meaning(why="Ride's token has expired", then=f"{_RUNNER} can install it again."),
    "invalid_auth": Meaning(
        why="Slack doesn't know Ride's token", then=f"{_RUNNER} can set this workspace's token."
    ),
    "not_authed": Meaning(
        why="Ride sent no token", then=f"{_RUNNER} can set it: `ride doctor` says which one."
    ),
    "not_installed": Meaning(
        why="Ride isn't installed in this workspace", then=f"An admin or {_RUNNER.lower()} can install it."
    ),
    "missing_scope": Meaning(why="Ride lacks a permission for it", then=_REINSTALL),
    "no_permission": Meaning(why="Ride's token doesn't allow it", then=_REINSTALL),
    "not_allowed_token_type": Meaning(
        why="Slack doesn't take this kind of token for it",
        then=f"{_RUNNER} can check whether the bot token (`xoxb-…`) is set, with `ride doctor`.",
    ),
    "team_access_not_granted": Meaning(
        why="Ride was not given access to this workspace",
        then="An admin of the organisation can add the app to this workspace.",
    ),
    "team_not_found": Meaning(
        why="Slack can't find this workspace for Ride",
        then="An admin can check whether Ride is installed in it.",
    ),
    "forbidden_team": Meaning(
        why="Slack doesn't let Ride connect from this workspace",
        then=f"{_RUNNER} can check which workspace the app-level token belongs to.",
    ),
    # Ways that fail
    "connection_error": Meaning(
        why="Slack could not be reached, or its answer did not come through",
        then="Please try again in a moment; if it still fails, tell whoever runs Ride.",
    ),
    "expired": Meaning(
        why="Slack takes no more of these this minute, and later would be too late",
        then="Please try again in a minute.",
    ),
}

_GROUPS: Sequence[tuple[Meaning, frozenset[str]]] = (
    (
        Meaning(why="Slack asks Ride to slow down", then="Please try again in a minute."),
        frozenset({"ratelimited", "rate_limited", "accesslimited"}),
    ),
    (
        Meaning(why="something went wrong at Slack", then="Please try again in a moment."),
        frozenset({
            "external_channel_migrating", "fatal_error", "fetch_members_failed", "file_update_failed",
            "internal_error", "request_timeout", "service_unavailable", "streaming_state_conflict",
            "team_added_to_org", "update_failed",
        }),
    ),
    (
        Meaning(
            why="the form came too late: Slack allows 3 seconds, and one form for each click",
            then="Click or type it again.",
        ),
        frozenset({
            "exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "trigger_exchanged",
            "trigger_expired",
        }),
    ),
    (
        Meaning(why="another change to the same view came first", then="Open it again."),
        frozenset({"hash_conflict", "not_found"}),
    ),
    (
        Meaning(
            why="that isn't allowed in a channel shared with another organisation",
            then="Use a channel of your own workspace.",
        ),
        frozenset({
            "slack_connect_blocked_file_type", "slack_connect_canvas_sharing_blocked",
            "slack_connect_clip_sharing_blocked", "slack_connect_file_link_sharing_blocked",
            "slack_connect_file_upload_sharing_blocked", "slack_connect_lists_sharing_blocked",
        }),
    ),
    (
        Meaning(
            why="this workspace doesn't allow this kind of file", then="Ask an admin to allow text files."
        ),
        frozenset({"blocked_file_type", "file_type_not_allowed", "unknown_snippet_type", "unknown_subtype"}),
    ),
    (
        Meaning(why="the file could not be shared in this channel", then="Ask for it again."),
        frozenset({
            "file_deleted", "file_is_deleted", "file_not_found", "file_not_shared",
            "file_share_limit_reached", "max_file_sharing_exceeded", "unable_to_share_files",
        }),
    ),
    (
        Meaning(why="everybody in the workspace is in this channel, so it can't be archived"),
        frozenset({"cant_archive_general", "cant_archive_required"}),
    ),
    (
        Meaning(
            why="Slack doesn't show this channel's messages to Ride",
            then="Ask an admin, or use another channel.",
        ),
        frozenset({"channel_is_limited_access"}),
    ),
    (Meaning(why="that is already done"), frozenset({"already_pinned"})),
    (
        Meaning(
            why="the installation was begun too long ago, or is already finished",
            then="Begin again from Ride's own page.",
        ),
        frozenset({"invalid_code", "invalid_code_verifier", "invalid_refresh_token"}),
    ),
    (
        Meaning(
            why="the app's id, secret or address at Slack is not the one that Ride has",
            then=f"{_RUNNER} can compare them with the app's page at Slack: `ride doctor` helps.",
        ),
        frozenset({
            "bad_client_secret", "bad_redirect_uri", "invalid_client_id", "invalid_grant_type", "no_scopes",
            "oauth_authorization_url_mismatch", "pkce_not_allowed", "preview_feature_not_available",
        }),
    ),
    (
        Meaning(
            why="Ride is installed for the whole organisation",
            then="An admin of the organisation can add it to this workspace.",
        ),
        frozenset({"cannot_install_an_org_installed_app"}),
    ),
    (
        Meaning(
            why="your e-mail address isn't confirmed at Slack", then="Confirm it, then install Ride again."
        ),
        frozenset({"user_email_unverified"}),
    ),
    (
        # What only a mistake of ours can bring about: nobody but us can do anything.
        Meaning(
            why="Ride asked in a way that Slack doesn't accept, which is a mistake in Ride",
            then="Give this code to whoever runs Ride; the log has the rest.",
        ),
        frozenset({
            "alt_txt_too_large", "as_user_not_supported", "attachment_payload_limit_exceeded",
            "bad_timestamp", "block_mismatch", "cannot_reply_to_message", "cant_broadcast_message",
            "cant_invite_self", "canvas_disabled_user_team", "draft_already_deleted", "draft_already_sent",
            "draft_has_conflict", "draft_not_found", "duplicate_channel_not_found", "duplicate_external_id",
            "duplicate_message_not_found", "insecure_request", "invalid_arg_name", "invalid_arguments",
            "invalid_array_arg", "invalid_attachments", "invalid_blocks", "invalid_blocks_format",
            "invalid_channel", "invalid_charset", "invalid_cursor", "invalid_form_data", "invalid_json",
            "invalid_limit", "invalid_metadata_filter_keys", "invalid_metadata_format",
            "invalid_metadata_schema", "invalid_name", "invalid_name_maxlength", "invalid_name_punctuation",
            "invalid_name_required", "invalid_name_specials", "invalid_post_type", "invalid_ts_latest",
            "invalid_team", "invalid_ts_oldest", "invalid_types", "invalid_user_combination",
            "json_not_object", "limit_required",
            "markdown_text_conflict", "metadata_must_be_sent_from_app", "metadata_too_large",
            "method_deprecated", "missing_args", "missing_argument", "missing_file_data",
            "missing_post_type", "missing_profile_id", "no_channel", "no_dual_broadcast_content_update",
            "no_item_specified", "no_text", "no_user", "not_enough_users", "not_implemented",
            "not_pinnable", "list_record_comment_fetch_failed", "thread_not_found", "too_long",
            "too_many_attachments", "too_many_contact_cards", "unknown_method",
            "users_list_not_supplied", "users_not_found",
        }),
    ),
)  # fmt: skip

_KNOWN: Mapping[str, Meaning] = {
    **{one: meaning for meaning, codes in _GROUPS for one in codes},
    **_OWN,
}

_ELSEWHERE: Mapping[tuple[str, str], Meaning] = {
    (method, "user_is_restricted"): Meaning(
        why="Slack treats Ride as a guest here", then="Ask an admin to make Ride a full member."
    )
    for method in ("conversations.setTopic", "conversations.setPurpose")
}
"""Where a code means something else to a method than to the others."""


def known_codes() -> frozenset[str]:
    """The codes that have words, of their own or of a group."""
    return frozenset(_KNOWN)


def meaning(refused: str, *, step: str = "", needed: str | None = None) -> Meaning:
    """What a code means: to the method `step`, where that matters; `needed` is the scope that is missing."""
    if refused == "missing_scope" and needed:
        return Meaning(why=f"Ride lacks the permission {code(needed)}", then=_REINSTALL)
    found = _ELSEWHERE.get((step, refused)) or _KNOWN.get(refused)
    return found or Meaning(why="Slack gave a reason that Ride doesn't know", then=_TELL)
