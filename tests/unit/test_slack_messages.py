"""Every message: within Slack's limits, harmless whatever is in it, and saying what it should."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from bot.rides import errors
from bot.rides.announcements import (
    Announcement,
    ChannelGone,
    ClockStarted,
    ClockStopped,
    HintGiven,
    IncidentCard,
    MoreTime,
    NotArchived,
    NotInvited,
    Page,
    PictureMissing,
    PostmortemPosted,
    Recovered,
    Recovering,
    ResultLine,
    RideOver,
    RoleBoard,
    StartFailed,
    StartStopped,
    StatusAsked,
    StatusPosted,
    StatusText,
    StepsSkipped,
    StillBlocked,
    Symptom,
    Waiting,
    WorkloadFails,
    WritesAgain,
    WritesWait,
)
from bot.rides.inviting import Invited
from bot.rides.views import Connection, LeftOut, Listing, RideStatus, Started
from bot.slack.lines.command_line import SubCommand, UnknownCommand
from bot.slack.messages import admission, answers, exports, refusals, views
from bot.slack.messages.announcements import announced
from bot.slack.messages.buttons import ACKNOWLEDGE, RunningStatement, read_cancel
from bot.slack.messages.help import Right, help_page
from bot.slack.messages.message import Message, parted, section
from bot.slack.messages.mrkdwn import code, escape, minutes, people, plain, shortened, without_fences
from sandbox.answer import Busy, Failed, Lost, Reason, Refused, ResultSet, Second, StillRunning
from sandbox.provider import Login
from scenarios.journal.events import Backend, Outcome
from scenarios.judging.scorecard import Dimension, Line, Quote, Times
from scenarios.telling.contributions import Contribution, UpdateAsked
from scenarios.telling.postmortem import DimensionScore, Postmortem
from scenarios.telling.story import Moment
from tests.slack_doubles import DANA, NOW, RIDE, ROOM, SAM, SCENARIO, SETTINGS, finished, words
from tests.slack_limits import check

NASTY = "``` <!channel> <@U1> *bold* &lt; `x` \x00\x1b[31m 🧨 " + "y" * 5_000
HOSTILE_BACKEND = Backend(pid=7, role="a`b", application=NASTY, database="<!here>")


def _postmortem(**changes: object) -> Postmortem:
    quote = Quote(at=NOW, ride_seconds=125, person=DANA, text="select pid\nfrom pg_stat_activity")
    dimensions = (
        DimensionScore(
            dimension=Dimension.DETECT,
            points=25,
            of=40,
            lines=(
                Line(
                    id="looked",
                    dimension=Dimension.DETECT,
                    points=10,
                    of=10,
                    why="You looked at the sessions.",
                    quote=quote,
                ),
                Line(id="tied", dimension=Dimension.DETECT, points=0, of=15, why="Nothing tied them."),
                Line(id="first", dimension=Dimension.DETECT, points=15, of=15, why="Straight.", quote=quote),
            ),
        ),
        DimensionScore(
            dimension=Dimension.FIX,
            points=40,
            of=40,
            lines=(Line(id="ended", dimension=Dimension.FIX, points=40, of=40, why="Ended.", quote=quote),),
        ),
        DimensionScore(
            dimension=Dimension.TRAP,
            points=10,
            of=20,
            lines=(
                Line(id="kept", dimension=Dimension.TRAP, points=20, of=20, why="Kept."),
                Line(
                    id="killed",
                    dimension=Dimension.TRAP,
                    points=-10,
                    of=0,
                    why="Killed one.",
                    quote=quote,
                ),
            ),
        ),
    )
    made = Postmortem(
        ride=RIDE,
        scenario=SCENARIO.slug,
        title=SCENARIO.title,
        outcome=Outcome.RESOLVED,
        headline="Resolved after 5:25.",
        total=75,
        dimensions=dimensions,
        times=Times(to_live=2.0, to_acknowledge=40.0, to_detect=80.0, to_fix=325.0),
        story=(
            Moment(ride_seconds=0, at="0:00", text="Production stood still."),
            Moment(ride_seconds=125, at="2:05", text="Looked.", person="Dana", statement="select 1"),
        ),
        root_cause="A lock *held* by an open transaction.",
        found="• `pg_stat_activity`",
        fix="`pg_terminate_backend`",
        lesson="• `lock_timeout`",
        notes=("*Why the cancel did nothing:* it was idle.",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


CARD = IncidentCard(
    ride=RIDE,
    scenario=SCENARIO,
    state="live",
    learners=(DANA,),
    started_by=SAM,
    live_at=NOW,
    deadline=NOW + timedelta(minutes=15),
)
PAGE = Page(
    ride=RIDE, number=1, learners=(DANA,), title=SCENARIO.title, text="Checkout is down.", channel=ROOM
)

ASKING = Symptom(speaker="Kim", emoji=":briefcase:", text="When?", elapsed=timedelta(seconds=540))

ANNOUNCEMENTS: tuple[Announcement, ...] = (
    CARD,
    PAGE,
    Symptom(speaker="Robin", emoji=":wave:", text="No orders for 2 minutes.", elapsed=timedelta(seconds=125)),
    Symptom(speaker=NASTY, emoji=":wave:", text=NASTY, elapsed=timedelta(seconds=125), typed=True),
    HintGiven(number=1, total=3, title="Where to look", text="The sessions.", person=DANA),
    HintGiven(number=1, total=3, title="Where to look", text="The lot.", person=DANA, revealed=True),
    replace(CARD, paused_at=NOW, team=NASTY, paged=(DANA, SAM)),
    replace(PAGE, after=timedelta(minutes=3)),
    RoleBoard(
        ride=RIDE,
        holders=(
            ("commander", (DANA,)),
            ("investigator", (DANA, SAM)),
            ("scribe", ()),
            ("communications", ()),
        ),
    ),
    replace(ASKING, asks=StatusAsked(ride=RIDE, step="manager")),
    replace(
        ASKING,
        asks=StatusAsked(ride=RIDE, step="manager", answered_by=SAM, after=timedelta(seconds=80)),
    ),
    StatusPosted(
        person=DANA,
        update=StatusText(known=NASTY, impact=NASTY, eta_minutes=10, next_minutes=5),
        elapsed=timedelta(seconds=80),
        asked_by="Kim",
        after=timedelta(seconds=20),
    ),
    ClockStopped(by=SAM, elapsed=timedelta(seconds=60), longest=timedelta(hours=2)),
    ClockStarted(by=SAM, elapsed=timedelta(seconds=60), remaining=timedelta(minutes=14)),
    ClockStarted(by=None, elapsed=timedelta(seconds=60), remaining=timedelta(minutes=14)),
    MoreTime(by=SAM, span=timedelta(minutes=5), remaining=timedelta(minutes=9)),
    NotInvited(ride=RIDE, channel=ROOM, people=((DANA, "user_is_restricted"),)),
    replace(PAGE, to=DANA, shut_out="cant_invite"),
    replace(CARD, state="preparing", waits=Waiting(day=NASTY, begins_at=NOW), team=NASTY),
    replace(CARD, state="void", waits=Waiting(day=None, begins_at=None)),
    ChannelGone(ride=RIDE, channel=ROOM, refused="is_archived"),
    StillBlocked(waiting=3, blockers=(HOSTILE_BACKEND, Backend(pid=8)), owners=(DANA, None)),
    StillBlocked(waiting=99, blockers=(HOSTILE_BACKEND,) * 30, owners=(None,) * 30),
    WorkloadFails(detail=NASTY),
    Recovering(person=DANA),
    Recovered(elapsed=timedelta(seconds=325), detail=NASTY),
    StepsSkipped(steps=(("pin", "too_many_pins"),)),
    StepsSkipped(steps=tuple((f"invite <@U{number:08}>", "ura_max_channels") for number in range(100))),
    PictureMissing(ride=RIDE, refused="file_uploads_disabled"),
    PictureMissing(ride=RIDE, refused=None),
    WritesWait(full=True),
    WritesWait(full=False),
    WritesAgain(),
    NotArchived(ride=RIDE, channel=ROOM, refused="restricted_action"),
    *(
        RideOver(ride=RIDE, scenario=SCENARIO.slug, outcome=outcome, reason=NASTY, by=SAM)
        for outcome in Outcome
    ),
    RideOver(ride=RIDE, scenario=SCENARIO.slug, outcome=Outcome.VOID, reason=NASTY, by=None, again=True),
    PostmortemPosted(postmortem=_postmortem(), learners=(DANA, SAM)),
    ResultLine(
        ride=RIDE,
        title=SCENARIO.title,
        outcome=Outcome.EXPIRED,
        learners=(DANA,),
        channel=ROOM,
        total=10,
        to_fix=None,
    ),
    StartFailed(ride=RIDE, scenario=SCENARIO.slug, reason=NASTY),
    StartStopped(ride=RIDE, scenario=SCENARIO.slug, by=SAM, again=True),
    StartStopped(ride=RIDE, scenario=None, by=None),
    StartFailed(ride=RIDE, scenario=None, reason=NASTY),
    StartFailed(
        ride=RIDE, scenario=SCENARIO.slug, reason="x", refused=("conversations.create", "restricted_action")
    ),
)


@pytest.mark.parametrize("shown", ["Drills: 7k3 (payments, called_off)", "*not_prepared* it is"])
def test_a_name_out_of_the_code_is_no_word_for_people(shown: str) -> None:
    with pytest.raises(AssertionError, match="no word for people"):
        check(Message(text=shown))
    check(Message(text=f"`{shown}` and pg_stat_activity"))


def test_every_kind_of_announcement_is_tried_here() -> None:
    assert {type(said) for said in ANNOUNCEMENTS} == set(get_args(Announcement))


@pytest.mark.parametrize("said", ANNOUNCEMENTS, ids=lambda said: type(said).__name__)
def test_announcements_fit_slack(said: Announcement) -> None:
    check(announced(said, SETTINGS))


def _errors() -> Iterator[errors.RideError]:
    yield errors.UnknownScenarioError("alter-tabel" + NASTY, ("alter-table-locks",), ("alter-table-locks",))
    yield errors.UnknownScenarioError("x", (), ("alter-table-locks",) * 50)
    yield errors.LearnerBusyError(DANA, RIDE, SCENARIO.slug, ROOM)
    yield errors.LearnerBusyError(SAM, RIDE, SCENARIO.slug, None)
    yield errors.NotALearnerError(RIDE, (SAM,))
    yield errors.DidNotRideError(RIDE)
    yield errors.StrangerError(RIDE, (SAM,))
    yield errors.WhichRideError(((RIDE, ROOM), ("4x9c", ROOM)))
    yield errors.NoRideError()
    yield errors.NoRideError(ROOM)
    yield errors.FacilitatesError(RIDE)
    yield errors.HintJustGivenError()
    yield errors.TakingUpError(RIDE)
    yield errors.RideOverError(RIDE, preparing=True)
    yield errors.RideOverError(RIDE, preparing=False)
    yield errors.NoMoreHintsError(3)
    yield errors.NotAllowedError(RIDE)
    yield errors.FacilitatorsStopError(RIDE, (SAM,))
    yield errors.ClockStandsError(RIDE, SAM)
    yield errors.ClockStandsError(RIDE, None)
    yield errors.PausedError(RIDE, paused=True)
    yield errors.PausedError(RIDE, paused=False)
    yield errors.SymptomGoneError(RIDE, "support")
    yield errors.ConnectUnavailableError()
    yield errors.CannotRideError((SAM,))
    yield errors.UnknownTeamError("paymets", ("payments",), ("payments", "search"))
    yield errors.EmptyTeamError("payments")
    yield errors.FacilitatorsOnlyError("plan a drill")
    yield errors.AdminsOnlyError("choose facilitators")
    yield errors.ChatRefusedError("conversations.create", "restricted_action")


def test_every_error_of_the_engine_has_words() -> None:
    known = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert {type(error) for error in _errors()} == known - {errors.RideError}


@pytest.mark.parametrize("error", list(_errors()), ids=lambda error: type(error).__name__)
def test_refusals_fit_slack_and_are_not_the_fallback(error: errors.RideError) -> None:
    message = refusals.refusal(error, DANA, SETTINGS)
    check(message)
    assert "can't do that" not in message.text


STATUS = RideStatus(
    ride=RIDE,
    scenario=SCENARIO,
    state="live",
    learners=(DANA,),
    channel=ROOM,
    elapsed=timedelta(seconds=125),
    remaining=timedelta(seconds=775),
    acknowledged_by=DANA,
    hints_taken=1,
    hints_total=3,
    recovering=False,
)
LOGIN = Login(role="dana", password="s3cr3t", host="db.example", port=5433, database="app_db")


@pytest.mark.parametrize(
    "message",
    [
        views.started(Started(ride=RIDE, scenario=SCENARIO, learners=(DANA, SAM))),
        views.status(STATUS, SETTINGS, here=ROOM),
        views.status(
            replace(
                STATUS, state="preparing", elapsed=None, remaining=None, acknowledged_by=None, channel=None
            ),
            SETTINGS,
            here=None,
        ),
        views.status(replace(STATUS, recovering=True), SETTINGS, here="C0OTHER"),
        views.connection(Connection(ride=RIDE, login=LOGIN, dsn=LOGIN.dsn())),
        views.listing(Listing(scenarios=(SCENARIO,) * 30), SETTINGS),
        views.listing(Listing(scenarios=()), SETTINGS),
        views.which_scenario(Listing(scenarios=(SCENARIO,)), SETTINGS),
        views.which_scenario(Listing(scenarios=()), SETTINGS),
        views.hint_given(ROOM),
        views.stopped(RIDE),
        exports.sent(f"ride-{RIDE}.md"),
        exports.not_sent(
            RIDE, errors.ChatRefusedError("files.completeUploadExternal", "file_uploads_disabled")
        ),
        views.acknowledged(),
        *(help_page(SETTINGS, right) for right in Right),
        refusals.sandbox_gone(),
        refusals.unknown_command(UnknownCommand(word=NASTY, nearest=(SubCommand.START,)), SETTINGS),
        refusals.unknown_command(UnknownCommand(word="x", nearest=()), SETTINGS),
        refusals.unreadable_people(("@" + NASTY,), SETTINGS),
        answers.refused(Refused(text=NASTY), "/sql"),
        answers.refused(Refused(text=""), "/sql"),
        answers.cancelled(True),
        answers.cancelled(False),
        answers.not_yours(DANA),
        answers.our_fault("abc123"),
    ],
)
def test_private_messages_fit_slack(message: Message) -> None:
    check(message)


# -- the incident


def test_the_card_says_who_when_and_what_next() -> None:
    text = words(announced(CARD, SETTINGS))
    assert "🚨 Checkout: orders are not being saved" in text
    assert "ALTER TABLE" not in text
    for part in (f"<@{DANA}>", f"<@{SAM}>", "/sql select …", "/ride hint", "/ride connect", "/ride status"):
        assert part in text
    assert f"<!date^{int(NOW.timestamp())}^{{time}}|14:03 UTC>" in text


def test_the_card_leaves_connect_out_where_there_is_none() -> None:
    assert "connect" not in words(announced(replace(CARD, offers_connect=False), SETTINGS))
    assert "connect" not in words(announced(CARD, replace(SETTINGS, offers_connect=False)))
    assert "connect" not in words(help_page(replace(SETTINGS, offers_connect=False), Right.RIDE))


def test_the_card_of_a_ride_that_is_over_shows_the_score_and_no_commands() -> None:
    text = words(announced(replace(CARD, state="resolved", total=85), SETTINGS))
    assert "✅ Resolved" in text
    assert "85/100" in text
    assert "/ride hint" not in text


def test_configured_command_names_are_used_everywhere() -> None:
    settings = replace(SETTINGS, ride_command="/drill", sql_command="/query")
    shown = [announced(said, settings) for said in ANNOUNCEMENTS]
    shown += [refusals.refusal(error, DANA, settings) for error in _errors()]
    shown += [help_page(settings, Right.ADMINISTER), views.status(STATUS, settings, here=ROOM)]
    for message in shown:
        assert "/ride " not in words(message)
        assert "/sql" not in words(message)


def test_a_refused_invitation_names_the_person() -> None:
    said = StepsSkipped(steps=((f"invite <@{SAM}>", "cant_invite"), ("pin <x>", "no_pins")))
    text = words(announced(said, SETTINGS))
    assert (
        f"• invite <@{SAM}>: Slack doesn't let Ride invite them (`cant_invite`). Somebody who is in" in text
    )
    assert "• pin &lt;x&gt;: " in text


def test_what_to_do_is_said_once_in_a_list() -> None:
    said = NotInvited(ride=RIDE, channel=ROOM, people=((DANA, "cant_invite"), (SAM, "cant_invite")))
    text = announced(said, SETTINGS).text
    assert text.count("(`cant_invite`)") == 2
    assert text.count("ask an admin") == 1


@pytest.mark.parametrize("person", [DANA, SAM])
def test_who_is_busy_is_told_where_and_not_with_what(person: str) -> None:
    busy = errors.LearnerBusyError(person, RIDE, SCENARIO.slug, ROOM)
    text = words(refusals.refusal(busy, DANA, SETTINGS))
    assert f"already has a live ride in <#{ROOM}>" in text.replace("You already have", "already has")
    assert SCENARIO.slug not in text, "it names the cause to one who was paged for it"


def test_the_status_of_a_live_ride_does_not_name_the_cause() -> None:
    for state in ("preparing", "live"):
        text = words(views.status(replace(STATUS, state=state), SETTINGS, here=ROOM))
        assert SCENARIO.alert in text
        assert SCENARIO.title not in text


def test_the_status_offers_a_hint_while_there_is_one() -> None:
    assert "/ride hint" in words(views.status(STATUS, SETTINGS, here=ROOM))
    assert "/ride hint" not in words(views.status(replace(STATUS, hints_taken=3), SETTINGS, here=ROOM))


def test_the_page_has_a_button_until_somebody_acknowledged() -> None:
    text = words(announced(PAGE, SETTINGS))
    assert f"<@{DANA}>" in text
    assert f"<#{ROOM}>" in text
    assert f'"action_id": "{ACKNOWLEDGE}"' in text
    assert '"style": "primary"' in text
    done = words(announced(replace(PAGE, acknowledged_by=DANA), SETTINGS))
    assert f"Acknowledged by <@{DANA}>" in done
    assert ACKNOWLEDGE + '"' not in done


def test_a_repeated_page_says_so() -> None:
    assert "page 3" in words(announced(replace(PAGE, number=3), SETTINGS))


@pytest.mark.parametrize("emoji", [":wave:", "wave", "👋"])
def test_a_symptom_is_said_by_its_speaker(emoji: str) -> None:
    said = Symptom(speaker="Robin (support)", emoji=emoji, text="Hello?", elapsed=timedelta(seconds=45))
    expected = "👋" if emoji == "👋" else ":wave:"
    assert f"{expected} *Robin (support)*  `0:45`\\nHello?" in words(announced(said, SETTINGS))


# -- results


def test_psqls_caret_stays_aligned() -> None:
    text = 'ERROR:  syntax error at or near "form"\nLINE 1: select * form orders\n                 ^'
    failed = Failed(sqlstate="42601", text=text, seconds=0.003, transaction="!", database="app_db")
    shown = answers.result(DANA, "select * form orders", failed)
    check(shown.message)
    block = next(one for one in shown.message.as_blocks() if one["type"] == "rich_text")
    assert block["elements"][0]["elements"][0]["text"] == text  # type: ignore[index]
    assert "`ROLLBACK` to go on" in words(shown.message)
    assert "`42601`" in words(shown.message)


def test_a_result_says_how_long_where_and_in_which_transaction() -> None:
    shown = answers.result(
        DANA, "begin", finished("NOTICE:  hello\nBEGIN", transaction="*", notices=("NOTICE:  hello",))
    )
    check(shown.message)
    text = words(shown.message)
    for part in ("12 ms", "`app_db`", "in an open transaction", "NOTICE:  hello\\nBEGIN"):
        assert part in text
    assert text.count("NOTICE") == 2, "once in the blocks, once in the plain text"


def test_a_truncated_result_says_so() -> None:
    rows = ResultSet(
        columns=("id",), numeric=(True,), cells=(("1",),) * 200, status="SELECT 200", truncated=True
    )
    shown = answers.result(DANA, "select * from orders", finished(" id\n", results=(rows,)))
    assert "there was more than is shown" in words(shown.message)


def test_a_long_value_that_was_cut_is_no_matter_of_rows() -> None:
    rows = ResultSet(columns=("v",), numeric=(False,), cells=(("x…",),), status="SELECT 1", truncated=True)
    shown = words(answers.result(DANA, "select repeat('x', 9999)", finished("v\n", results=(rows,))).message)
    assert "a long value was cut" in shown
    assert "LIMIT" not in shown


def _preview(shown: answers.SqlMessage) -> str:
    block = next(one for one in shown.message.as_blocks() if one["type"] == "rich_text")
    text: str = block["elements"][0]["elements"][0]["text"]  # type: ignore[index]
    return text


def test_a_preview_ends_between_lines_and_says_what_is_missing() -> None:
    text = "\n".join(f"line {number} of an explained plan" for number in range(200))
    shown = answers.result(DANA, "select 1", finished(text))
    check(shown.message)
    assert shown.file is not None
    assert shown.file.content == f"-- app_db: select 1\n{text}"
    preview = _preview(shown).split("\n")
    kept = len(preview) - 1
    assert preview[:kept] == text.split("\n")[:kept]
    assert preview[-1] == f"… not shown here: {200 - kept} more lines"


def test_rows_that_do_not_fit_are_counted() -> None:
    cells = tuple((str(number), "ü" * 40) for number in range(200))
    text = "\n".join(f"{number} | {text}" for number, text in cells)
    rows = ResultSet(columns=("id", "note"), numeric=(True, False), cells=cells, status="SELECT 200")
    shown = answers.result(DANA, "select 1", finished(text, results=(rows,)))
    check(shown.message)
    assert shown.file is not None
    assert shown.file.content == f"-- 200 rows of 2 columns: select 1\n{text}"
    *lines, _ = _preview(shown).split("\n")
    drawn = len(lines) - 2
    assert 50 < drawn < 100
    assert lines[-1].split("|")[0].strip() == str(drawn - 1)
    assert f"not shown here: {200 - drawn} more rows" in words(shown.message)
    assert "the whole result is in this message's thread" in words(shown.message)


def test_wide_rows_are_narrowed_until_all_fit() -> None:
    """As in `select * from pg_stat_activity`: one long value must not push the other rows out of sight."""
    names = ("pid", "started", "client", *(f"column_{number}" for number in range(17)), "state", "query")
    cells = tuple(
        (
            str(4200 + row),
            f"2026-11-29 15:01:{row:02}.12+00",
            None,
            *(f"value {number} of row {row}" for number in range(17)),
            "idle in transaction",
            f"UPDATE orders\n   SET note = '{'x' * 900}'",
        )
        for row in range(12)
    )
    rows = ResultSet(columns=names, numeric=(True, *(False,) * 21), cells=cells, status="SELECT 12")
    shown = answers.result(DANA, "select * from pg_stat_activity", finished("x" * 9_000, results=(rows,)))
    check(shown.message)
    *lines, last = _preview(shown).split("\n")
    assert [line.split("|")[0].strip() for line in lines[2:]] == [str(4200 + row) for row in range(12)]
    assert "15:01:07" in lines[2 + 7]
    assert all("idle" in line and "UPDATE" in line for line in lines[2:])
    assert "…" in lines[2]
    assert last == (
        "… not shown here: the date of times (2026-11-29); 1 empty column (client); the ends of long values"
    )
    assert shown.file is not None
    begun = shown.file.content.split("\n")
    assert begun[0] == "-- 12 rows of 22 columns: select * from pg_stat_activity"
    assert begun[2] == "pid       | 4200"
    assert "(12 rows)" in begun[-1]


def test_of_several_tables_each_is_narrowed() -> None:
    cells = tuple((str(row), f"{'y' * 300}") for row in range(12))
    table = ResultSet(columns=("id", "note"), numeric=(True, False), cells=cells, status="SELECT 12")
    done = ResultSet(columns=(), numeric=(), cells=(), status="SET")
    shown = answers.result(DANA, "x", finished("x" * 9_000, results=(table, done, table)))
    check(shown.message)
    text = _preview(shown)
    assert text.count(" 11 | yyy") == 2
    assert "\nSET\n" in text


def test_what_has_no_end_is_not_called_whole() -> None:
    cells = tuple((str(row), f"{'y' * 300}") for row in range(500))
    table = ResultSet(
        columns=("id", "note"), numeric=(True, False), cells=cells, status="SELECT 50000", truncated=True
    )
    shown = answers.result(DANA, "x", finished("x" * 9_000, results=(table,)))
    assert "more of the result is in this message's thread" in words(shown.message)
    assert "49,940 more rows" in words(shown.message)
    assert shown.file is not None
    assert shown.file.title.startswith("More of the result")
    assert "(50000 rows; the first 200 are shown)" in shown.file.content


@pytest.mark.parametrize(("columns", "rows"), [(60, 60), (1_600, 160), (2, 500), (59, 500)])
def test_an_odd_table_takes_no_time(columns: int, rows: int) -> None:
    cells = tuple(("日本" * (4_000 // columns),) * columns for _ in range(rows))
    names = tuple(f"column_{number}" for number in range(columns))
    table = ResultSet(columns=names, numeric=(False,) * columns, cells=cells, status=f"SELECT {rows}")
    start = time.perf_counter()
    shown = answers.result(DANA, "x", finished("x" * 9_000, results=(table,)))
    assert time.perf_counter() - start < 2
    check(shown.message)


def test_moments_of_several_days_keep_their_dates() -> None:
    cells = tuple((f"2026-11-{day} 15:01:00+00", "x" * 300) for day in range(10, 30))
    rows = ResultSet(columns=("at", "note"), numeric=(False, False), cells=cells, status="SELECT 20")
    shown = answers.result(DANA, "select 1", finished("x" * 9_000, results=(rows,)))
    assert "2026-11-17 15:01:00+00" in _preview(shown)


def test_what_was_asked_for_expanded_stays_expanded() -> None:
    cells = tuple((str(number), "x" * 300) for number in range(20))
    rows = ResultSet(columns=("id", "note"), numeric=(True, False), cells=cells, status="SELECT 20")
    text = "\n".join(f"-[ RECORD {one} ]\nid   | {one}\nnote | {note}" for one, note in cells)
    assert _preview(answers.result(DANA, "x", finished(text, results=(rows,)))).startswith("-[ RECORD 0 ]")


def test_the_errors_of_several_statements_are_in_sight() -> None:
    text = "\n".join(["row"] * 2_000 + ["ERROR:  division by zero"] + ["row"] * 100)
    failed = Failed(
        sqlstate="22012", text=text, seconds=0.1, transaction="", database="app_db",
        errors=("ERROR:  division by zero",), failed=1, statements=3,
    )  # fmt: skip
    shown = answers.result(DANA, "select …", failed)
    check(shown.message)
    assert _preview(shown).endswith("\nERROR:  division by zero")
    assert "1 of 3 statements failed" in words(shown.message)
    assert shown.file is not None
    assert text in shown.file.content


def test_the_second_session_is_named_and_what_differs() -> None:
    second = Second(pid=77, unlike=("set lock_timeout = '1h'",))
    shown = words(answers.result(DANA, "select 1", replace(finished(), second=second)).message)
    assert "in your *second session* (pid 77): the first was busy" in shown
    assert "what you set there doesn't apply here: `set lock_timeout = '1h'`" in shown
    lost = Lost(sqlstate=None, text="gone", second=Second(pid=None))
    assert "*second session*: the first" in words(answers.result(DANA, "select 1", lost).message)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "\n".join(["y" * 2_000] * 30),
        "z\n" * 50_000,
        NASTY * 10,
        "🧨" * 3_000,
        "&" * 2_900,
        "<" * 2_900,
    ],
    ids=["one line", "wide", "many lines", "nasty", "emoji", "ampersands", "angles"],
)
def test_any_output_fits(text: str) -> None:
    for answer in (
        finished(text),
        Failed(sqlstate=None, text=text, seconds=1, transaction="", database="app_db"),
        Lost(sqlstate="57P01", text=text),
    ):
        shown = answers.result(DANA, text, answer)
        check(shown.message)


async def _never() -> Lost:
    return Lost(sqlstate=None, text="")


def test_waiting_names_the_blockers_and_offers_to_cancel() -> None:
    running = RunningStatement(ride=RIDE, person=DANA)
    pending = _never()
    waiting = StillRunning(
        seconds=2.5,
        waiting_for="Lock/relation",
        blocked_by=(Backend(pid=42, role="migration_runner", application="mig"), HOSTILE_BACKEND) * 4,
        finished=pending,
    )
    message = answers.still_running(DANA, NASTY, waiting, running)
    pending.close()
    check(message)
    text = words(message)
    assert (
        "Still running after *2.5 s*, waiting for `Lock/relation`, "
        "blocked by *pid 42* (`mig`, role `migration_runner`)" in text
    )
    assert "and 5 more" in text
    button = next(block for block in message.as_blocks() if block["type"] == "actions")["elements"][0]  # type: ignore[index]
    assert read_cancel(button["value"]) == running


def test_busy_shows_what_runs() -> None:
    busy = Busy(running="select 1 from orders", seconds=12, waiting_for=None, blocked_by=())
    message = answers.busy(busy, None)
    check(message)
    assert "select 1 from orders" in words(message)
    assert "two of your statements are still running" in words(message)
    message = answers.busy(replace(busy, reason=Reason.TRANSACTION), None)
    check(message)
    assert "still running in an open transaction" in words(message)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("select 1 &lt; 2", "select 1 < 2"),
        ("\n```select\n  1```", "select\n  1"),
        ("```sql\nselect 1\n```", "select 1"),
        ("`select 1`", "select 1"),
        ("select '<mailto:a@b.io|a@b.io>', '<http://x.io|x.io>'", "select 'a@b.io', 'x.io'"),
        ("look: ```select 1``` please", "select 1"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_the_statement_is_shown_as_its_author_sees_it(typed: str, shown: str) -> None:
    message = answers.result(DANA, typed, finished()).message
    (first, *_) = message.as_blocks()
    assert first["text"]["text"] == f"▶️ <@{DANA}> ran\n```{escape(shown)}```"  # type: ignore[index]


# -- the postmortem


def test_the_postmortem_shows_score_lines_quotes_and_lesson() -> None:
    message = announced(PostmortemPosted(postmortem=_postmortem(), learners=(DANA,)), SETTINGS)
    text = words(message)
    for part in (
        "🏁 Postmortem: ALTER TABLE locks production · 75/100",
        "*Detect 25/40*",
        "✅ *+10*  You looked at the sessions.",
        "2:05  `select pid from pg_stat_activity`",
        "▫️ *0 of 15*  Nothing tied them.",
        "• *20*  Kept.",
        "⚠️ *−10*  Killed one.",
        "fixed 5:25",
        "*🔍 Root cause*\\nA lock *held* by an open transaction.",
        "*Why the cancel did nothing:*",
    ):
        assert part in text
    assert message.text == (
        "🏁 Postmortem: ALTER TABLE locks production, 75/100 · Detect 25/40 · Fix 40/40 · Trap 10/20"
    )
    (story,) = message.thread
    assert "` 2:05`  *Dana*: Looked.\\n      `select 1`" in words(story)


def test_a_long_section_is_shown_whole_and_not_behind_see_more() -> None:
    said = announced(PostmortemPosted(postmortem=_postmortem(), learners=(DANA,)), SETTINGS)
    sections = [block for block in said.as_blocks() if block["type"] == "section"]
    long = [block for block in sections if len(str(block["text"])) > 200]
    assert long
    assert all(block["expand"] is True for block in long)
    parts = Message(text="x", blocks=(section("a long line " * 200),)).shorter()
    assert parts is not None
    assert all(block["expand"] is True for block in parts.as_blocks())
    assert "expand" not in section("A word.").to_dict()


def test_a_stopped_ride_shows_no_score() -> None:
    said = PostmortemPosted(postmortem=_postmortem(outcome=Outcome.STOPPED), learners=(DANA,))
    assert "75/100" not in words(announced(said, SETTINGS))


def test_a_status_of_a_teams_ride_says_who_is_on_call() -> None:
    text = words(views.status(replace(STATUS, team="payments"), SETTINGS, here=ROOM))
    assert f"*On call*\\n<@{DANA}>" in text
    assert "*Team*\\npayments" in text


def test_the_story_in_the_channel_cuts_no_word_in_two() -> None:
    speech = "Customers write that *nothing* happens and the first one who told us has " + "given up " * 9
    story = (Moment(ride_seconds=0, at="0:00", text="_Robin:_", speech=speech),)
    said = announced(PostmortemPosted(postmortem=_postmortem(story=story), learners=(DANA,)), SETTINGS)
    (told,) = said.thread
    assert (
        "_Robin:_ Customers write that nothing happens and the first one who told us has given up given up…"
        in words(told)
    )


def test_with_several_learners_each_act_names_its_person() -> None:
    said = PostmortemPosted(postmortem=_postmortem(), learners=(DANA, SAM))
    assert f"<@{DANA}> 2:05" in words(announced(said, SETTINGS))


def test_a_long_postmortem_goes_on_in_its_thread_and_loses_nothing() -> None:
    texts = {
        name: "\n".join(f"• `{name}` {number} " + "x" * 90 for number in range(60))
        for name in ("root_cause", "found", "fix", "lesson")
    }
    story = tuple(
        Moment(ride_seconds=n, at=f"{n}:00", text=f"moment {n}", statement="s" * 500) for n in range(90)
    )
    said = PostmortemPosted(postmortem=_postmortem(story=story, **texts), learners=(DANA,))
    message = announced(said, SETTINGS)
    check(message)
    everything = words(message) + "".join(words(reply) for reply in message.thread)
    for name in texts:
        for number in range(60):
            assert f"• `{name}` {number} " in everything
    for number in range(90):
        assert f"moment {number}" in everything


# -- mrkdwn


def test_plain_text_has_no_formatting_left() -> None:
    shown = plain("*a* <!channel>\n`b` & c")
    assert "<" not in shown
    assert "&lt;!channel&gt;" in shown
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("app_writer's writes commit again", "app_writer's writes commit again"),
        ("2*3*4", "2*3*4"),
        ("_no_", "\u2060_\u2060no\u2060_\u2060"),
        ("*no*", "\u2060*\u2060no\u2060*\u2060"),
        ("__init__", "\u2060__\u2060init\u2060__\u2060"),
        ("a`b`c", "a\u2060`\u2060b\u2060`\u2060c"),
    ],
)
def test_only_marks_that_would_format_are_taken_apart(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_no_entity_is_cut() -> None:
    for length in range(4, 12):
        cut = shortened("a" + "&lt;" * 5, length)
        assert len(cut) <= length
        assert cut.removesuffix("…").removeprefix("a").replace("&lt;", "") == ""


def test_code_holds_no_back_tick() -> None:
    assert code("a`b``c").count("`") == 2


def test_fences_and_control_characters_go() -> None:
    assert "```" not in without_fences("a```````b")
    assert without_fences("a\x00\x1b\tb\n") == "a\tb\n"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (45.9, "0:45"), (605, "10:05"), (3723, "1:02:03"), (-3, "0:00")]
)
def test_minutes(seconds: float, shown: str) -> None:
    assert minutes(seconds) == shown


def test_people() -> None:
    assert people(("A", "B", "C")) == "<@A>, <@B> and <@C>"


def test_parted_keeps_lines_whole() -> None:
    assert parted("aa\nbb\ncc", 5) == ["aa\nbb", "cc"]
    assert parted("aa\ncccccc\ndd", 5) == ["aa", "ccccc", "c\ndd"]


def test_what_a_facilitator_types_is_plain_text() -> None:
    said = Symptom(
        speaker="Kim", emoji=":briefcase:", text="<!channel> *now*\nplease", elapsed=timedelta(0), typed=True
    )
    message = announced(said, SETTINGS)
    assert "<!channel>" not in words(message)
    assert "&lt;!channel&gt;" in words(message)
    assert "\nplease" in words(message)


def test_a_team_s_card_and_its_start_say_who_is_paged_and_who_is_left_out() -> None:
    card = words(announced(replace(CARD, team="payments", paged=(DANA, SAM)), SETTINGS))
    assert "payments" in card
    assert people((DANA, SAM)) in card
    told = words(
        views.started(
            Started(
                ride=RIDE,
                scenario=SCENARIO,
                learners=(DANA,),
                left_out=(LeftOut(person=SAM, busy=True),),
                team="payments",
            )
        )
    )
    assert "payments" in told
    assert f"Left out: <@{SAM}>, who is in another ride" in told


def test_a_start_without_a_scenario_keeps_the_team() -> None:
    told = words(views.which_scenario(Listing(scenarios=(SCENARIO,)), SETTINGS, "payments"))
    assert f"start {SCENARIO.slug} for payments`" in told


def test_a_symptom_that_asks_has_a_button_until_it_is_answered() -> None:
    asked = replace(ASKING, asks=StatusAsked(ride=RIDE, step="manager"))
    answered = replace(
        ASKING, asks=StatusAsked(ride=RIDE, step="manager", answered_by=SAM, after=timedelta(seconds=80))
    )
    assert "Write the update" in words(announced(asked, SETTINGS))
    told = words(announced(answered, SETTINGS))
    assert "Write the update" not in told
    assert f"Answered by <@{SAM}> after 1:20" in told


def test_a_status_update_without_a_time_says_so() -> None:
    posted = StatusPosted(
        person=DANA,
        update=StatusText(known="Orders hang."),
        elapsed=timedelta(seconds=80),
        asked_by=None,
        after=None,
    )
    told = words(announced(posted, SETTINGS))
    assert "don't know yet" in told
    assert "Impact" not in told


def test_a_long_status_update_still_says_when_it_is_over() -> None:
    update = StatusText(known="&" * 1000, impact="<" * 1000, eta_minutes=10, next_minutes=5)
    posted = StatusPosted(
        person=DANA, update=update, elapsed=timedelta(seconds=80), asked_by=None, after=None
    )
    told = words(announced(posted, SETTINGS))
    assert "in about 10 min" in told
    assert "in 5 min" in told
    assert "*Impact:*" in told


def test_the_postmortem_names_who_did_what_where_several_rode() -> None:
    def one(person: str, **changes: Any) -> Contribution:
        values: dict[str, Any] = {
            "name": person,
            "roles": (),
            "statements": 3,
            "earned": 0,
            "cost": 0,
            "hints": 0,
            "updates": 0,
            **changes,
        }
        return Contribution(person=person, **values)

    told = replace(
        _postmortem(),
        people=(one(DANA, roles=("commander",), earned=40), one(SAM, cost=10, hints=1, updates=1)),
        updates=(UpdateAsked(speaker="Kim", asked=540, answered_after=None, by=None),),
    )
    shown = words(announced(PostmortemPosted(postmortem=told, learners=(DANA, SAM)), SETTINGS))
    assert f"<@{DANA}>: incident commander, 3 statements, earned 40" in shown
    assert f"<@{SAM}>: 3 statements, cost 10, 1 hint, 1 status update" in shown
    assert "Kim asked at 9:00: not answered" in shown
    alone = replace(_postmortem(), people=(one(DANA),))
    assert "Who did what" not in words(
        announced(PostmortemPosted(postmortem=alone, learners=(DANA,)), SETTINGS)
    )


def test_who_must_wait_for_slack_is_told_how_long() -> None:
    view = Started(ride=RIDE, scenario=SCENARIO, learners=(DANA,))
    assert "in a few seconds" in words(views.started(view, wait=0.0))
    assert "in about 42 seconds" in words(views.started(view, wait=42.4))


INVITED = Invited(ride=RIDE, channel=ROOM, now=(DANA,), already=(SAM,), refused=(("U3", "cant_invite"),))


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (
            INVITED,
            (f"✅ You are now in <#{ROOM}>.", f"<@{SAM}> is already in <#{ROOM}>", "<@U3>: Slack doesn't"),
        ),
        (replace(INVITED, now=(), already=(DANA,), refused=()), (f"👍 You are already in <#{ROOM}>.",)),
        (replace(INVITED, now=(SAM, "U3"), refused=()), (f"<@{SAM}> and <@U3> are now in",)),
        (
            Invited(ride=RIDE, channel=ROOM, refused=((DANA, "is_archived"),), channel_is_lost=True),
            ("this channel is archived", "in a new channel", "Open a new channel"),
        ),
    ],
)
def test_what_came_of_inviting(view: Invited, told: tuple[str, ...]) -> None:
    message = admission.invited(view, DANA)
    check(message)
    check(admission.reopened(view, DANA))
    assert [words for words in told if words not in as_shown(message)] == []


def as_shown(message: Message) -> str:
    return words(message) + json.dumps(message.as_blocks(), ensure_ascii=False)


def test_before_the_hour_nothing_of_the_incident_is_said() -> None:
    waits = Waiting(day="Winter", begins_at=NOW)
    shown = (
        announced(replace(CARD, state="preparing", waits=waits), SETTINGS),
        announced(replace(CARD, state="void", waits=waits), SETTINGS),
        announced(StartFailed(ride=RIDE, scenario=None, reason="No room."), SETTINGS),
        views.status(replace(STATUS, state="preparing", waits=waits), SETTINGS, here=ROOM),
    )
    for message in shown:
        text = as_shown(message)
        assert not any(
            one in text for one in (SCENARIO.alert, SCENARIO.title, SCENARIO.slug, SCENARIO.summary)
        )
