"""The proxy itself: HTTP in, HTTP out, and what is checked in between."""

import asyncio
import json
import logging
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.engine_proxy import calls, commits, creation, documents
from bot.engine_proxy.calls import About, Call
from bot.engine_proxy.documents import Json
from bot.engine_proxy.engine import Engine
from bot.engine_proxy.errors import EngineUnreachableError, RefusedError
from bot.engine_proxy.policy import Policy, SocketFolder, labelled

log = logging.getLogger(__name__)

LONGEST = 8 * 1024 * 1024
"""Bytes of a body."""
_PASSED_BACK = ("Api-Version", "Content-Type", "Ostype", "Server", "Docker-Experimental")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Checked:
    """A call that may be made, under the name that the engine itself has for what it is about."""

    call: Call
    body: bytes | None = None
    content_type: str = "application/json"


class EngineProxy:
    """Answers as the engine does, for the calls that Ride makes."""

    def __init__(self, policy: Policy, engine: Engine, sockets: Path) -> None:
        """`sockets`: where the sockets' volume is mounted here, to look at the folders that are bound."""
        self._policy = policy
        self._engine = engine
        self._sockets = sockets

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Pass a request on, or say why not."""
        try:
            call = calls.read(request.method, request.raw_path)
            body = await _body(request)
            checked = await self._check(call, body)
            return await self._pass_on(request, checked)
        except RefusedError as refusal:
            log.warning("refused %s %s: %s", request.method, request.raw_path[:300], refusal)
            return _message(403, f"Ride's engine proxy refuses this: {refusal}.")
        except EngineUnreachableError as error:
            log.warning("%s", error)
            return _message(502, str(error))

    # -- what is checked

    async def _check(self, call: Call, body: bytes) -> _Checked:
        checked = _Checked(call=call)
        match call.about:
            case About.IMAGE:
                await self._image(call.name)
            case About.PULL:
                self._pull(call)
            case About.VOLUME:
                if call.name != self._policy.socket_volume:
                    raise RefusedError("this volume is not Ride's")
            case About.CREATE:
                checked = await self._create(call, body)
            case About.CONTAINER | About.START:
                checked = await self._container(call)
            case About.FILES:
                files = commits.check_files(body, call.query.get("path", ""))
                checked = await self._container(call)
                checked = replace(checked, body=files, content_type="application/x-tar")
            case About.COMMIT:
                checked = await self._commit(call, body)
        return checked

    async def _image(self, name: str) -> None:
        if not self._policy.is_ours(name):
            described = await self._engine.describe(f"images/{name}/json")
            if described is None or not self._policy.has_our_name(described):
                raise RefusedError("this image is not Ride's")

    def _pull(self, call: Call) -> None:
        name, tag = call.query.get("fromImage", ""), call.query.get("tag", "")
        between = "@" if tag.startswith("sha256:") else ":"
        if self._policy.sandbox_image != (f"{name}{between}{tag}" if tag else name):
            raise RefusedError(f"only {self._policy.sandbox_image} may be pulled")

    async def _create(self, call: Call, body: bytes) -> _Checked:
        sockets = await self._mounted()
        made = creation.check(documents.read(body), self._policy, sockets)
        await self._image(made.image)
        for pieces in made.folders:
            await self._look(pieces)
        return _Checked(call=call, body=documents.write(made.body))

    async def _container(self, call: Call) -> _Checked:
        described = await self._ours(call.name)
        if described is None:  # the engine says so best
            return _Checked(call=call)
        if call.about is About.START:
            sockets = await self._mounted()
            for source in _bound(described):
                await self._look(sockets.below(source))
        return _Checked(call=replace(call, name=str(described["Id"])))

    async def _commit(self, call: Call, body: bytes) -> _Checked:
        image = f"{call.query.get('repo', '')}:{call.query.get('tag', '')}"
        if not self._policy.is_made(image):
            raise RefusedError(f"images can only be made below {self._policy.repository}/, with a tag")
        described = await self._ours(call.query.get("container", ""))
        if described is None:
            raise RefusedError("there is no such container")
        query = {**call.query, "container": str(described["Id"])}
        commits.check_changes(call.changes)
        config = commits.check_config(documents.read(body)) if body.strip() not in (b"", b"null") else {}
        return _Checked(call=replace(call, query=query), body=documents.write(config))

    async def _ours(self, container: str) -> Mapping[str, Json] | None:
        """What the engine says of a container of ours; None if it has none. Raises RefusedError."""
        described = await self._engine.describe(f"containers/{container}/json") if container else None
        if described is None:
            return None
        config = described.get("Config")
        if not isinstance(config, dict) or not labelled(config.get("Labels")):
            raise RefusedError("this container is not Ride's")
        return described

    async def _mounted(self) -> SocketFolder:
        found = await self._engine.sockets(self._policy.socket_volume)
        if found is None:
            raise RefusedError(f"the engine has no volume {self._policy.socket_volume}")
        return found

    async def _look(self, pieces: tuple[str, ...]) -> None:
        """A folder that is bound has to be one: behind a link could be anything on the engine's machine."""

        def plain() -> bool:
            folder = self._sockets
            for piece in pieces:
                folder /= piece
                if not stat.S_ISDIR(folder.lstat().st_mode):
                    return False
            return True

        try:
            found = await asyncio.to_thread(plain)
        except OSError as error:
            raise RefusedError(f"the folder {'/'.join(pieces)} can't be looked at") from error
        if not found:
            raise RefusedError(f"{'/'.join(pieces)} is not a folder")

    # -- what goes on, and comes back

    async def _pass_on(self, request: web.BaseRequest, checked: _Checked) -> web.StreamResponse:
        call = checked.call
        query = [*call.query.items(), *(("changes", change) for change in call.changes)]
        path = f"{call.version}/{call.path}".removeprefix("/").format(call.name)
        async with self._engine.call(call.method, path, query, checked.body, checked.content_type) as answer:
            if call.about in (About.CONTAINERS, About.IMAGES) and answer.status == 200:
                return _document(200, self._only_ours(call.about, json.loads(await answer.read())))
            headers = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
            response = web.StreamResponse(status=answer.status, headers=headers)
            if answer.content_length is not None:
                response.content_length = answer.content_length
            await response.prepare(request)
            try:
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
            except aiohttp.ClientPayloadError as error:
                log.warning("the engine ended its answer to %s %s early: %s", call.method, path, error)
                response.force_close()
                return response
            await response.write_eof()
            return response

    def _only_ours(self, about: About, listed: list[dict[str, Json]]) -> Json:
        if about is About.CONTAINERS:
            return [one for one in listed if labelled(one.get("Labels"))]
        return [one for one in listed if self._policy.has_our_name(one)]


def _bound(described: Mapping[str, Json]) -> list[str]:
    """The folders of the engine's machine that a container has."""
    mounts = described.get("Mounts")
    listed = mounts if isinstance(mounts, list) else []
    return [str(one.get("Source")) for one in listed if isinstance(one, dict) and one.get("Type") == "bind"]


async def _body(request: web.BaseRequest) -> bytes:
    found = bytearray()
    async for chunk in request.content.iter_any():
        found += chunk
        if len(found) > LONGEST:
            raise RefusedError("the body is too long")
    return bytes(found)


def _message(status: int, text: str) -> web.Response:
    """An error as the engine writes it."""
    return _document(status, {"message": text})


def _document(status: int, document: Json) -> web.Response:
    """The engine names no character set, and its client compares the whole of the type."""
    headers = {"Content-Type": "application/json"}
    return web.Response(status=status, body=documents.write(document), headers=headers)


@asynccontextmanager
async def serving(proxy: EngineProxy, socket: Path) -> AsyncIterator[None]:
    """The proxy at a Unix socket, which anybody may use who can get at it, until the block is left."""
    server = web.Server(proxy.handle, handler_cancellation=True, access_log=None)
    runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.UnixSite(runner, socket).start()
        await asyncio.to_thread(socket.chmod, 0o666)
        yield
    finally:
        await runner.cleanup()
