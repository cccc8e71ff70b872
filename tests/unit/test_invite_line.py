"""What stands after `invite`."""

import pytest

from bot.slack.lines.invite_line import InviteLine, parse_invite


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("", InviteLine()),
        (" me, please", InviteLine()),
        (" <@U1> and <@U2|sam> <@U1>", InviteLine(people=("U1", "U2"))),
        (" <@U1> to 7k3mxq", InviteLine(people=("U1",), ride="7k3mxq")),
        (" “7K3MXQ”", InviteLine(ride="7k3mxq")),
        (" @dana", InviteLine(unreadable=("@dana",))),
        (" <!subteam^S1>", InviteLine(groups=("S1",))),
        (" everybody", InviteLine(strange="everybody")),
        (" 7k3mxq 9xyz22", InviteLine(ride="7k3mxq", strange="9xyz22")),
    ],
)
def test_who_and_where(typed: str, line: InviteLine) -> None:
    assert parse_invite(typed) == line
