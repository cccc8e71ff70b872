"""What people type, and what Slack makes of it."""

import pytest

from bot.workspace.company.seed import seeded
from bot.workspace.company.state import Kind, State
from bot.workspace.people.typed_text import command_text, message_text


@pytest.fixture
def state() -> State:
    return seeded("harbor", lambda: 0.0)


def _ids(state: State, text: str) -> str:
    """The text with `{dana}` and `{general}` as ids."""
    users = {user.name: user.id for user in state.users.values()}
    channels = {channel.name.replace("-", "_"): channel.id for channel in state.channels()}
    groups = {group.handle: group.id for group in state.groups.values()}
    return text.format(**users, **channels, **groups)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hello @dana, @Sam!", "hello <@{dana}>, <@{sam}>!"),
        ("@dana.", "<@{dana}>."),
        ("@nobody a@dana.org", "@nobody a@dana.org"),
        ("see #ride-club", "see <#{ride_club}|ride-club>"),
        ("@here @channel", "<!here> <!channel>"),
        ("@oncall", "<!subteam^{oncall}>"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("https://example.org/a?b=1&c=2", "<https://example.org/a?b=1&amp;c=2>"),
        ("@dana ```\nselect '@sam' < 1\n```", "<@{dana}> ```\nselect '@sam' &lt; 1\n```"),
        ("`@sam` @sam", "`@sam` <@{sam}>"),
    ],
)
def test_messages(state: State, typed: str, expected: str) -> None:
    assert message_text(state, typed) == _ids(state, expected)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("start x @dana", "start x <@{dana}|dana>"),
        ("in #general", "in <#{general}|general>"),
        ("https://example.org", "<https://example.org>"),
        ("a < b & `@sam`", "a &lt; b &amp; `<@{sam}|sam>`"),
        ("@nobody", "@nobody"),
    ],
)
def test_commands_with_should_escape(state: State, typed: str, expected: str) -> None:
    assert command_text(state, typed, should_escape=True) == _ids(state, expected)


def test_commands_without_should_escape(state: State) -> None:
    typed = "select '@dana', '#general' from t where a < b & c > 'https://example.org'"
    expected = "select '@dana', '#general' from t where a &lt; b &amp; c &gt; 'https://example.org'"
    assert command_text(state, typed, should_escape=False) == expected


def test_a_private_channels_name_stays_private(state: State) -> None:
    channel = state.channel_named("incidents")
    assert channel is not None
    channel.kind = Kind.PRIVATE
    assert message_text(state, "#incidents") == f"<#{channel.id}|>"
