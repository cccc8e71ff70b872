"""What becomes of a call of Slack's client: an answer, a fault that may pass, or a refusal with its code."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.rides.errors import ChatRefusedError

CONNECTION_ERROR = "connection_error"
"""Our own code beside Slack's: the call did not come through, or its answer could not be read."""
UNKNOWN_ERROR = "unknown_error"
"""Our own code beside Slack's: it refused, and did not say why."""

_MAY_BE_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Slack's codes for troubles of its own. "It's possible some aspect of the operation succeeded before the
error was raised": the errors of https://docs.slack.dev/reference/methods/chat.postMessage.
"""
_NOT_NOW = frozenset({"rate_limited", "ratelimited", "team_added_to_org", "accesslimited"})
"""Slack's codes for "not now"."""
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

_FINAL = """
    access_denied account_inactive already_archived already_in_channel already_pinned alt_txt_too_large
    as_user_not_supported attachment_payload_limit_exceeded bad_client_secret bad_redirect_uri bad_timestamp
    block_mismatch blocked_file_type cannot_create_channel cannot_dm_bot cannot_install_an_org_installed_app
    cannot_reply_to_message cant_archive_general cant_archive_required cant_broadcast_message cant_invite
    cant_invite_self cant_update_message canvas_disabled_user_team channel_is_limited_access channel_not_found
    channels_limit_exceeded deprecated_endpoint draft_already_deleted draft_already_sent draft_has_conflict
    draft_not_found duplicate_channel_not_found duplicate_external_id duplicate_message_not_found
    edit_window_closed ekm_access_denied enterprise_is_restricted exchanged_trigger_id expired_trigger_id
    external_channel_migrating fetch_members_failed file_deleted file_is_deleted file_not_found
    file_not_shared file_share_limit_reached file_type_not_allowed file_update_failed
    file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled forbidden_team
    hash_conflict insecure_request invalid_arg_name invalid_arguments invalid_array_arg invalid_attachments
    invalid_auth invalid_blocks invalid_blocks_format invalid_channel invalid_charset invalid_client_id
    invalid_code invalid_code_verifier invalid_cursor invalid_form_data invalid_grant_type invalid_json
    invalid_limit invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema invalid_name
    invalid_name_maxlength invalid_name_punctuation invalid_name_required invalid_name_specials
    invalid_post_type invalid_refresh_token invalid_trigger_id invalid_ts_latest invalid_ts_oldest
    invalid_types invalid_user_combination invitee_cant_see_channel is_archived is_bot is_inactive
    json_not_object limit_required list_record_comment_fetch_failed markdown_text_conflict
    max_file_sharing_exceeded message_not_found messages_tab_disabled metadata_must_be_sent_from_app
    metadata_too_large method_deprecated method_not_supported_for_channel_type missing_args missing_argument
    missing_charset missing_file_data missing_post_type missing_profile_id missing_scope msg_blocks_too_long
    msg_too_long name_taken no_channel no_dual_broadcast_content_update no_external_invite_permission no_image
    no_item_specified no_permission no_scopes no_such_subteam no_text no_user not_allowed_token_type
    not_authed not_enabled not_enough_users not_found not_implemented not_in_channel not_pinnable
    oauth_authorization_url_mismatch org_login_required org_user_not_in_team pin_limit_exceeded
    pkce_not_allowed plan_upgrade_required post_too_large posting_to_channel_denied
    posting_to_general_channel_denied preview_feature_not_available restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel slack_connect_blocked_file_type
    slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
    slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
    slack_connect_lists_sharing_blocked snippet_too_large storage_limit_reached streaming_state_conflict
    team_access_not_granted team_not_found thread_not_found token_expired token_revoked
    token_rotation_required too_long too_many_attachments too_many_contact_cards too_many_convos_for_team
    too_many_pins too_many_users two_factor_setup_required unable_to_share_files unknown_method
    unknown_snippet_type unknown_subtype update_failed upgrade_required ura_max_channels user_disabled
    user_email_unverified user_is_restricted user_is_ultra_restricted user_not_found user_not_in_channel
    user_not_visible users_list_not_supplied view_too_large
"""
FINAL = frozenset(_FINAL.split())
"""Slack's codes for what will not be otherwise a moment later: asking again only takes from the budget.

From the method pages of https://docs.slack.dev/reference/methods. A code that is not among them is new, and
asked about a few times more.
"""


class CallRefusedError(SlackClientError):
    """Slack has refused a call of `method`, or it did not come through. `answer` is Slack's, whole."""

    def __init__(self, method: str, code: str, answer: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code
        self.answer = answer or {}

    @property
    def needed(self) -> str | None:
        """The scope that is missing, where Slack says so."""
        needed = self.answer.get("needed")
        return needed if isinstance(needed, str) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What went wrong with one try."""

    code: str
    lasting: bool = False
    """Whether it will not be otherwise when tried again."""
    unsure: bool = False
    """Whether Slack may have done what it was asked."""
    strange: bool = False
    """Whether Slack refused it with a code that nobody knows."""
    bare: bool = False
    """Whether the answer was an `ok` without what belongs in it."""
    limited: bool = False
    """Whether Slack answered 429."""
    retry_after: float | None = None
    """Seconds that Slack wants no such call; None where it doesn't say."""
    answer: Mapping[str, object] = field(default_factory=dict)
    """Slack's, of a refusal."""
    cause: BaseException | None = None
    """What was raised."""


class UnreadableAnswerError(SlackClientError):
    """An answer that is no JSON object, is cut off, or lacks what belongs in it; `status` is HTTP's."""

    def __init__(self, status: int, headers: Mapping[str, str], *, bare: bool = False) -> None:
        super().__init__(f"an answer with status {status} that can't be read")
        self.status = status
        self.headers = headers
        self.bare = bare


def fault_of(error: BaseException) -> Fault:
    """What a call of Slack's client raised, as a fault. Raises the error again if it is none of a call."""
    return replace(_fault_of(error), cause=error)


def _fault_of(error: BaseException) -> Fault:
    match error:
        case UnreadableAnswerError(status=status, headers=headers) if status == _TOO_MANY_REQUESTS:
            return _limited(headers)
        case UnreadableAnswerError(bare=bare):
            return Fault(code=CONNECTION_ERROR, unsure=True, bare=bare)
        case SlackApiError():
            return _refused(error)
        case aiohttp.ClientConnectorError():
            return Fault(code=CONNECTION_ERROR)
        case SlackClientError() | aiohttp.ClientError() | TimeoutError() | ConnectionError():
            return Fault(code=CONNECTION_ERROR, unsure=True)
        case _:
            raise error


def _refused(error: SlackApiError) -> Fault:
    response = error.response
    code = str(response.get("error") or UNKNOWN_ERROR)
    if response.status_code == _TOO_MANY_REQUESTS:
        return _limited(response.headers)
    if code in _NOT_NOW:
        return _limited(response.headers)
    if code in _MAY_BE_DONE or response.status_code >= _SERVER_ERROR:
        return Fault(code=code, unsure=True)
    if code in FINAL:
        return Fault(code=code, lasting=True, answer=response.data)
    # Nobody can say of a new code whether it comes before the work or after it.
    return Fault(code=code, unsure=True, strange=True, answer=response.data)


def _limited(headers: Mapping[str, str]) -> Fault:
    named = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return Fault(code="ratelimited", limited=True, retry_after=float(named) if named.isdigit() else None)


@asynccontextmanager
async def refusals(step: str) -> AsyncIterator[None]:
    """Turn what a call of Slack's client raises into a ChatRefusedError with the refused method and the code.

    `step` names what can't be told by the error.
    """
    try:
        yield
    except CallRefusedError as error:
        raise ChatRefusedError(error.method, error.code, needed=error.needed) from (error.__cause__ or error)
    except SlackApiError as error:
        raise ChatRefusedError(step, fault_of(error).code) from error
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        raise ChatRefusedError(step, CONNECTION_ERROR) from error
