"""The document and its files, as a browser gets them."""

import re

import aiohttp
import pytest

from bot.workspace.page.routes import CONTENT_SECURITY_POLICY
from tests.acceptance.page_stage import Stage, open_stage


async def test_document_forbids_everything_but_its_own_files() -> None:
    async with (
        open_stage(Stage()) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/page/U1/C1") as response,
    ):
        text = await response.text()
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "default-src 'self'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert not re.search(r"\son\w+=|\sstyle=|<style|https?://", text)


async def test_every_file_of_the_document_is_served_with_its_type() -> None:
    async with open_stage(Stage()) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            names = set(re.findall(r'"(/static/[^"]+)"', await response.text()))
        assert len(names) >= 7
        kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
        for name in names:
            async with session.get(url + name) as response:
                assert response.status == 200, name
                assert response.content_type == kinds[name.rpartition(".")[2]]
                assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["nothing.js", "../routes.py", "..%2froutes.py", "page.html"])
async def test_other_files_stay_where_they_are(name: str) -> None:
    async with (
        open_stage(Stage()) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}/static/{name}") as response,
    ):
        assert response.status == 404
