"""What people are told where Ride is installed, or is not: an answer in Slack, and pages in a browser."""

from dataclasses import dataclass
from html import escape


def not_installed() -> str:
    """Bolt's answer to a request from a workspace that Ride isn't in, for the one who asked alone."""
    return (
        "Ride is not installed in this workspace, or no longer is. Please ask whoever runs Ride for "
        "you to install it here."
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of few words, with one thing to click at most."""

    title: str
    lines: tuple[str, ...]
    link: str | None = None
    """An address; where there is none, there is nothing to click."""
    link_text: str = ""

    def html(self) -> str:
        """The page. Everything in it is escaped, so that no name becomes a tag."""
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.lines)
        if self.link is not None:
            lines += f'<p><a href="{escape(self.link)}">{escape(self.link_text)}</a></p>'
        title = escape(self.title)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{_STYLE}</style></head>"
            f"<body><main><h1>{title}</h1>{lines}</main></body></html>"
        )


_STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;margin:0;color:#1d2733;background:#f4f6f8}"
    "main{max-width:34rem;margin:12vh auto;padding:1.5rem 2rem;background:#fff;border-radius:.75rem}"
    "h1{font-size:1.5rem;margin-top:0}"
    "a{display:inline-block;padding:.6rem 1.1rem;border-radius:.5rem;background:#1d2733;color:#fff;"
    "text-decoration:none}"
    "@media(prefers-color-scheme:dark){body{background:#10161d;color:#dfe6ee}main{background:#1d2733}"
    "a{background:#dfe6ee;color:#1d2733}}"
)


def offer(app: str, link: str) -> Page:
    """Before: where installing begins."""
    return Page(
        title=f"Install {app} in your workspace",
        lines=(
            f"{app} lets your team practise incidents on a real PostgreSQL, in Slack.",
            "Slack asks you next which workspace it is for, and whether to allow it. Please finish "
            "within ten minutes, in this browser.",
        ),
        link=link,
        link_text="Add to Slack",
    )


def installed(app: str, workspace: str, command: str, link: str) -> Page:
    """After: it is there."""
    return Page(
        title=f"{app} is now in {workspace}",
        lines=(f"In Slack, type {command} list to see the incidents, and {command} help for all the rest.",),
        link=link,
        link_text="Open Slack",
    )


def declined(app: str, link: str) -> Page:
    """They clicked Cancel."""
    return _again(app, f"{app} was not installed", "You cancelled it, and nothing has changed.", link)


def not_begun_here(app: str, link: str) -> Page:
    """The state is not that of this browser, was used, or is too old."""
    return _again(
        app,
        "That did not work",
        "The installation was begun in another browser or more than ten minutes ago, or it is already done.",
        link,
    )


def whole_organisation(app: str, link: str) -> Page:
    """An org-wide installation."""
    return _again(
        app,
        "One workspace, please",
        f"{app} is installed in workspaces, not in a whole organisation. Choose one on Slack's page.",
        link,
    )


def refused(app: str, code: str, link: str) -> Page:
    """Slack said no to us."""
    return _again(
        app,
        "Slack did not agree",
        f"It answered {code}. If it happens again, please tell whoever runs {app} for you.",
        link,
    )


def standing_by(app: str) -> Page:
    """Another program has the lead, or this one begins or ends."""
    return Page(title=f"{app} is busy for a moment", lines=("Please come back in a minute.",))


def _again(app: str, title: str, line: str, link: str) -> Page:
    return Page(title=title, lines=(line,), link=link, link_text=f"Install {app}")
