import pytest

from bot.slack.lines.command_line import (
    CommandLine,
    StartArguments,
    SubCommand,
    UnknownCommand,
    after_mention,
    parse,
    parse_start,
)


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("", SubCommand.HELP, ""),
        ("   ", SubCommand.HELP, ""),
        ("status", SubCommand.STATUS, ""),
        ("  STATUS  ", SubCommand.STATUS, ""),
        ("Help!", SubCommand.HELP, ""),
        ("/ride", None, ""),
        ("start alter-table-locks", SubCommand.START, " alter-table-locks"),
        ("sql select 1", SubCommand.SQL, " select 1"),
        ("sql\n```select\n1```", SubCommand.SQL, "\n```select\n1```"),
        ("sql```select 1```", SubCommand.SQL, "```select 1```"),
        ("sql \\d orders", SubCommand.SQL, " \\d orders"),
        ("```select 1```", SubCommand.SQL, "```select 1```"),
        ("\\d orders", SubCommand.SQL, "\\d orders"),
        ("“hint”", SubCommand.HINT, ""),
        ("psql", SubCommand.CONNECT, ""),
        ("?", SubCommand.HELP, ""),
        (";", SubCommand.HELP, ""),
        (", status", SubCommand.STATUS, ""),
        (": sql select 1", SubCommand.SQL, " select 1"),
        (",", SubCommand.HELP, ""),
        (", \\d orders", SubCommand.SQL, "\\d orders"),
    ],
)
def test_reads_a_command_line(text: str, command: SubCommand | None, rest: str) -> None:
    line = parse(text)
    if command is None:
        assert isinstance(line, UnknownCommand)
    else:
        assert line == CommandLine(command=command, rest=rest)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("strat alter-table-locks", "start"), ("stauts", "status"), ("hnt", "hint"), ("conect", "connect")],
)
def test_names_the_nearest_commands(text: str, nearest: str) -> None:
    line = parse(text)
    assert isinstance(line, UnknownCommand)
    assert nearest in line.nearest


def test_a_word_that_resembles_nothing_has_no_nearest() -> None:
    assert parse("xyzzy") == UnknownCommand(word="xyzzy", nearest=())


@pytest.mark.parametrize(
    ("rest", "slug", "learners", "unreadable"),
    [
        (" alter-table-locks", "alter-table-locks", (), ()),
        (" ALTER-Table-Locks ", "alter-table-locks", (), ()),
        (" alter–table—locks", "alter-table-locks", (), ()),
        (' "alter-table-locks"', "alter-table-locks", (), ()),
        (" `alter-table-locks`", "alter-table-locks", (), ()),
        (" alter table locks", "alter-table-locks", (), ()),
        (" alter-table-locks <@U123|dana> <@W9A8>", "alter-table-locks", ("U123", "W9A8"), ()),
        (" <@U123> alter-table-locks <@U123|dana>", "alter-table-locks", ("U123",), ()),
        (" alter-table-locks for <@U1> and <@U2>", "alter-table-locks", ("U1", "U2"), ()),
        (" alter-table-locks\u00a0@dana", "alter-table-locks", (), ("@dana",)),
        ("", "", (), ()),
        (" <@U1>", "", ("U1",), ()),
    ],
)
def test_reads_start(rest: str, slug: str, learners: tuple[str, ...], unreadable: tuple[str, ...]) -> None:
    assert parse_start(rest) == StartArguments(slug=slug, learners=learners, unreadable=unreadable)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("<@U0BOT> sql select 1", " sql select 1"),
        ("<@U0BOT|ride> status", " status"),
        ("hey <@U0BOT> sql ```select\n 1```", " sql ```select\n 1```"),
        ("<@U0BOT> start x <@U1>", " start x <@U1>"),
        ("<@U0BOT>", ""),
        ("<@U0BOT> <@U0BOT> status", " status"),
        ("status", "status"),
    ],
)
def test_takes_what_follows_the_mention(text: str, after: str) -> None:
    assert after_mention(text, "U0BOT") == after


@pytest.mark.parametrize(
    ("rest", "slug", "team", "learners"),
    [
        ("alter-table-locks for payments", "alter-table-locks", "payments", ()),
        ("alter table locks for Blue Team", "alter-table-locks", "Blue-Team", ()),
        ("for payments alter-table-locks", "alter-table-locks", "payments", ()),
        ("alter-table-locks for team payments with <@U1>", "alter-table-locks", "payments", ("U1",)),
        ("alter-table-locks for “payments”", "alter-table-locks", "payments", ()),
        ("alter-table-locks for <@U1>", "alter-table-locks", None, ("U1",)),
        ("alter-table-locks for <@U1> and <@U2>", "alter-table-locks", None, ("U1", "U2")),
        ("alter-table-locks for R&amp;D", "alter-table-locks", "R&D", ()),
        ("alter-table-locks for me", "alter-table-locks", None, ()),
        ("alter-table-locks for", "alter-table-locks", None, ()),
    ],
)
def test_reads_whom_it_is_for(rest: str, slug: str, team: str | None, learners: tuple[str, ...]) -> None:
    assert parse_start(rest) == StartArguments(slug=slug, learners=learners, unreadable=(), team=team)


def test_a_user_group_is_no_name() -> None:
    wanted = parse_start("alter-table-locks for <!subteam^S05TGXK8ORU|@oncall>")
    assert (wanted.groups, wanted.team, wanted.slug) == (("S05TGXK8ORU",), None, "alter-table-locks")
