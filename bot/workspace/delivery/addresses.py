"""The addresses that the app is given in responses and payloads: uploads, files, response_url."""

import json

from aiohttp import BodyPartReader, web

from bot.workspace.company import images
from bot.workspace.company.state import File
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts

_STATUS = {"used_url": 404, "expired_url": 404, "invalid_url": 404}


class Deliveries:
    """Serves those addresses."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/upload/v1/{secret}", self.upload)
        app.router.add_get("/files-pri/{file}/{name}", self.file)
        for kind in ("commands", "actions"):
            app.router.add_post(f"/{kind}/{{team}}/{{name}}", self.response)

    async def upload(self, request: web.Request) -> web.Response:
        """Step two of an upload: the bytes, as the body or as the one file of a form."""
        file_id = self._parts.uploads.pop(request.match_info["secret"], None)
        if file_id is None:
            return web.Response(status=404, text="This upload address is unknown, or was already used.")
        file = self._parts.state.files[file_id]
        content = await _content(request)
        if len(content) != file.length:
            return web.Response(
                status=400, text=f"The upload has {len(content)} bytes; {file.length} were announced."
            )
        file.content = content
        if (pixels := images.size(content)) is not None:
            file.width, file.height = pixels
        return web.Response(text=f"OK - {len(content)}")

    async def file(self, request: web.Request) -> web.Response:
        """url_private: a file for the bot's token, if the bot sees it and has files:read."""
        app = self._parts.installed
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if app is None or token != app.bot_token or "files:read" not in app.scopes:
            return web.Response(status=403, text="A bot token with files:read is needed.")
        file = self._parts.state.files.get(request.match_info["file"].partition("-")[2])
        if file is None or file.content is None:
            return web.Response(status=404, text="No such file.")
        conversations = self._parts.state.conversations
        if file.user != app.bot_user and not any(
            conversations[where].visible_to(app.bot_user) for where in file.shared_in
        ):
            return web.Response(status=404, text="No such file.")
        return file_response(file)

    async def response(self, request: web.Request) -> web.Response:
        """An answer through a response_url."""
        try:
            body = _payload(await request.text())
            self._parts.response_urls.use(request.match_info["name"], body, self._parts.app)
        except SlackError as error:
            return web.json_response(error.body(), status=_STATUS.get(error.code, 400))
        return web.Response(text="ok")


def file_response(file: File) -> web.Response:
    """The bytes; never as something that a browser would run."""
    return web.Response(
        body=file.content,
        headers={
            "Content-Type": "text/plain; charset=utf-8"
            if file.mimetype.startswith("text/")
            else file.mimetype,
            "Content-Disposition": "attachment" if "svg" in file.mimetype else "inline",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _payload(text: str) -> JsonObject:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name in ("file", "filename"):
            return await part.read()
    return b""
