"""Installing an app as a person does, with a browser: the app's page, the page to allow it on, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from bot.workspace.errors import WorkspaceError
from bot.workspace.people.authorization import PATH

ANSWER_WITHIN = 30.0
"""Seconds for any page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a browser shows in the end."""

    url: str
    status: int
    text: str


class NotOfferedError(WorkspaceError):
    """A page has not what a person would look for on it."""


class Browser:
    """Keeps cookies and follows links; to be used in an `async with` block."""

    def __init__(self, site: str) -> None:
        """`site` is an address of the app. Cookies marked Secure go there over http, as to localhost."""
        origin = urlsplit(site)
        self._jar = (URL(f"{origin.scheme}://{origin.netloc}"),)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # unsafe: the sites have addresses for names.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=list(self._jar))
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        self._session = aiohttp.ClientSession(cookie_jar=jar, timeout=timeout)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def open(self, url: str) -> Page:
        """A page, wherever it leads."""
        async with self._open.get(url) as response:
            return await _page(response)

    async def asked(self, install_url: str) -> Page:
        """The page to allow the app on, from the app's own, which leads there or has a link.

        Raises NotOfferedError.
        """
        page = await self.open(install_url)
        if urlsplit(page.url).path == PATH:
            return page
        for link in _Document.of(page).links:
            if urlsplit(link).path == PATH:
                return await self.open(urljoin(page.url, link))
        raise NotOfferedError(
            f"{page.url} ({page.status}) leads to no page to allow the app on:\n{page.text}"
        )

    async def answer(self, asked: Page, *, person: str, allow: bool = True) -> Page:
        """Click Allow, or Cancel, as `TEAM/PERSON` by ids; gives what the app shows then.

        Raises NotOfferedError.
        """
        document = _Document.of(asked)
        if person not in document.options:
            raise NotOfferedError(f"{asked.url} ({asked.status}) has no {person} to choose:\n{asked.text}")
        form = {**document.fields, "person": person, "answer": "allow" if allow else "cancel"}
        async with self._open.post(urljoin(asked.url, document.action), data=form) as response:
            return await _page(response)

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use the browser in an `async with` block")
        return self._session


async def _page(response: aiohttp.ClientResponse) -> Page:
    return Page(url=str(response.url), status=response.status, text=await response.text())


@dataclass
class _Document(HTMLParser):
    """What there is to click and to choose in a page."""

    action: str = ""
    links: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, page: Page) -> Self:
        document = cls()
        document.feed(page.text)
        document.close()
        return document

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Mapping[str, str] = {name: value or "" for name, value in attrs}
        match tag:
            case "a":
                self.links.append(given.get("href", ""))
            case "form":
                self.action = given.get("action", "")
            case "option":
                self.options.append(given.get("value", ""))
            case "input" if given.get("type") == "hidden":
                self.fields[given.get("name", "")] = given.get("value", "")
