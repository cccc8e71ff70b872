"""files.*: the three steps of an upload, and what there is of a file."""

import mimetypes
import secrets
from pathlib import PurePath

from bot.workspace.company.state import Conversation, File, Message
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.methods.chat import thread_of
from bot.workspace.web_api.shapes import file_object

MAX_FILE = 50 * 1024 * 1024
"""Bytes. Slack takes up to 1 GB; this workspace keeps files in memory."""
MAX_ALT_TEXT = 1000


def upload_url(call: Call) -> JsonObject:
    """Step one: an id, and the address to which the bytes go."""
    name, length = call.arguments.text("filename"), call.arguments.number("length", 0)
    if not name or length <= 0:
        raise SlackError("missing_argument")
    if length > MAX_FILE:
        raise SlackError("file_upload_size_restricted")
    if len(call.arguments.text("alt_txt")) > MAX_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    mimetype = mimetypes.guess_type(name)[0] or (
        "text/plain" if _is_text(name) else "application/octet-stream"
    )
    suffix = PurePath(name).suffix.removeprefix(".").lower()
    file = File(
        id=call.state.ids.new("F"),
        # A name is no path, whatever the sender thinks.
        name=name.replace("/", "_"),
        title=name,
        mimetype=mimetype,
        filetype="text" if suffix in ("", "txt") else suffix,
        user=call.bot,
        created=call.state.now(),
        length=length,
        alt_text=call.arguments.text("alt_txt"),
    )
    call.state.files[file.id] = file
    secret = secrets.token_urlsafe(24)
    call.parts.uploads[secret] = file.id
    return {"upload_url": f"{call.parts.url}/upload/v1/{secret}", "file_id": file.id}


def _is_text(name: str) -> bool:
    return PurePath(name).suffix.lower() in ("", ".sql", ".log", ".txt", ".md", ".psql")


def complete_upload(call: Call) -> JsonObject:
    """Step three: the files appear where they are shared, as one message."""
    entries = [entry for entry in call.arguments.items("files") if isinstance(entry, dict)]
    if not entries:
        raise SlackError(
            "invalid_arguments", messages=["[ERROR] must provide an array [json-pointer:/files]"]
        )
    files = [_uploaded(call, entry) for entry in entries]
    targets = _targets(call)
    for entry, file in zip(entries, files, strict=True):
        file.title = str(entry.get("title") or file.name)
    for conversation in targets:
        _share(call, conversation, files)
    return {"files": [file_object(call.state, file, call.parts.url) for file in files]}


def _uploaded(call: Call, entry: JsonObject) -> File:
    file = call.state.files.get(str(entry.get("id")))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    return file


def _targets(call: Call) -> list[Conversation]:
    given = call.arguments.text("channel_id") or call.arguments.text("channels")
    names = [name.strip() for name in given.split(",") if name.strip()]
    if len(names) > 100:
        raise SlackError("channels_limit_exceeded")
    targets = [call.visible(name) for name in names]
    for conversation in targets:
        if conversation.is_archived:
            raise SlackError("invalid_channel")
        call.member_of(conversation)
    return targets


def _share(call: Call, conversation: Conversation, files: list[File]) -> None:
    for file in files:
        file.shared_in.append(conversation.id)
    message = Message(
        ts=call.state.timestamps.new(),
        user=call.bot,
        bot_id=call.app.bot_id,
        app_id=call.app.app_id,
        text=call.arguments.text("initial_comment"),
        files=files,
        thread_ts=thread_of(call, conversation),
    )
    call.parts.messages.post(conversation, message)


def info(call: Call) -> JsonObject:
    file = call.state.files.get(call.arguments.text("file"))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    seen = file.user == call.bot or any(
        call.state.conversations[where].visible_to(call.bot) for where in file.shared_in
    )
    if not seen:
        raise SlackError("file_not_found")
    return {"file": file_object(call.state, file, call.parts.url), "comments": []}
