"""The page's own routes: the document, and the plain modules and styles beside this file.

The page reads and acts through the control API alone; these routes hold no state of the workspace.
"""

import mimetypes
from importlib.resources import files
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PAGE = web.AppKey("page", Environment)

# Nothing but this server's own files, and no inline script or style: what a message holds can't run.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# The files change with the program, and the server is on the same machine: always ask.
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}


def mount(app: web.Application) -> None:
    """Add `GET /`, `GET /page/{uid}/{cid}` and `GET /static/…` to the workspace's application.

    `/` and a page without a channel choose a person and a channel in the browser, from the control API.
    """
    folder = Path(str(files(__package__)))
    app[PAGE] = Environment(
        loader=FileSystemLoader(folder / "templates"), autoescape=True, undefined=StrictUndefined
    )
    app.router.add_get("/", _document)
    app.router.add_get("/page/{uid}", _document)
    app.router.add_get("/page/{uid}/{cid}", _document)
    app.router.add_get(r"/static/{name:[a-z_]+\.(?:js|css|svg)}", _static)


async def _document(request: web.Request) -> web.Response:
    text = request.app[PAGE].get_template("page.html").render()
    headers = {
        **_HEADERS,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(text=text, content_type="text/html", headers=headers)


async def _static(request: web.Request) -> web.StreamResponse:
    path = Path(str(files(__package__))) / "static" / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound(text=f"The page has no file {request.match_info['name']}.")
    # Given here rather than guessed: a machine's own mime table may call .js text/plain.
    content_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": content_type})
