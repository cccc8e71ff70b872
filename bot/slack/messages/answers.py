"""What came of a `/sql`: the result in the channel, or a private word about why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import Block

from bot.rides.errors import ChatRefusedError
from bot.slack.messages import slack_refusals
from bot.slack.messages.buttons import RunningStatement, cancel_sql
from bot.slack.messages.message import MAX_TEXT, Message, context, said, section, verbatim
from bot.slack.messages.mrkdwn import (
    code,
    counted,
    escape,
    mention,
    plain,
    seconds_taken,
    shortened,
    without_fences,
)
from bot.slack.messages.preview import MAX_OUTPUT, Preview, ResultFile, preview, result_file
from bot.slack.settings import SlackSettings
from sandbox.answer import Busy, Failed, Finished, Lost, Reason, Refused, Second, StillRunning
from sandbox.sql_session.typed_text import as_seen
from sandbox.sql_session.watching import Watch
from scenarios.journal.events import Backend

MAX_STATEMENT = 300
BLOCKERS_SHOWN = 3
SETTINGS_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class SqlMessage:
    """A result for the channel. The message promises no file: Slack may not take it."""

    message: Message
    file: ResultFile | None = None


def slack_makes_us_wait() -> Message:
    """It ran, and what came of it can't be shown yet."""
    return said(
        "⏳ It ran. Slack isn't taking more messages right now; the result comes here as soon as it does."
    )


def result(person: str, statement: str, answer: Finished | Failed | Lost) -> SqlMessage:
    """The final answer to a statement."""
    if isinstance(answer, Finished):
        return _finished(person, statement, answer)
    if isinstance(answer, Failed):
        return _failed(person, statement, answer)
    text = answer.text.strip("\n")
    line = " · ".join(["⚠️ No result", *_second(answer.second)])
    return SqlMessage(
        message=_message(
            person, statement, text, [_who(person, statement), verbatim(_fitted(text)), context(line)]
        )
    )


def watched(shown: SqlMessage, number: int, watch: Watch, over: str | None) -> SqlMessage:
    r"""The answer to one run of `\\watch`; the next takes its place, unless it is over, and why."""
    if over is None:
        line = f"🔁 Run {number}, repeated every {watch.seconds:g} s. Whatever you send to /sql next ends it."
    else:
        line = f"🔁 {counted(number, 'run')}. {over}"
    message = replace(shown.message, blocks=(*shown.message.blocks, context(line)))
    return SqlMessage(message=message, file=shown.file if over is not None else None)


def still_running(
    person: str, statement: str, answer: StillRunning, running: RunningStatement | None
) -> Message:
    """No result yet: what it waits for, and the button to give up. Becomes the result in its place later."""
    state = _waiting(answer.seconds, answer.waiting_for, answer.blocked_by)
    blocks: list[Block] = [_who(person, statement), section(f"⏳ Still running after {state}")]
    if running is not None:
        blocks.append(cancel_sql(running))
    line = ["The result appears here as soon as there is one.", *_second(answer.second)]
    blocks.append(context(" · ".join(line)))
    return Message(
        text=f"{mention(person)}: still running after {state}\n{_quoted(statement)}", blocks=tuple(blocks)
    )


def busy(answer: Busy, running: RunningStatement | None) -> Message:
    """An earlier statement of the same person runs: nothing was sent."""
    state = _waiting(answer.seconds, answer.waiting_for, answer.blocked_by)
    match answer.reason:
        case Reason.TRANSACTION:
            what = "one of your statements is still running in an open transaction."
            why = (
                "A second session would not see what your transaction has done, so Ride doesn't open "
                "one for this. "
            )
        case Reason.TWO:
            what = "two of your statements are still running, and two sessions are the limit."
            why = ""
    words = f"⏳ *Not sent: {what}* It has run for {state}"
    if answer.reason is Reason.TWO:
        words = f"⏳ *Not sent: {what}* The older one has run for {state}"
    blocks: list[Block] = [section(words), verbatim(_shown(answer.running))]
    if running is not None:
        blocks.append(cancel_sql(running))
    blocks.append(context(f"{why}Cancel it, or wait for it; then send the new one again."))
    return Message(text=f"Not sent: {what} It has run for {state}", blocks=tuple(blocks))


def refused(answer: Refused, sql_command: str) -> Message:
    """Nothing was sent to PostgreSQL, and why."""
    text = (
        escape(without_fences(answer.text))
        or f"There is nothing to run. Try {code(sql_command + ' select 1')}"
    )
    return Message(text=text, blocks=(section(f"⛔ {text}"),))


def _finished(person: str, statement: str, answer: Finished) -> SqlMessage:
    shown = preview(answer)
    line = [f"⏱ {seconds_taken(answer.seconds)}", code(answer.database)]
    cut = [result for result in answer.results if result.truncated]
    if any(len(result.cells) > 1 for result in cut):
        line.append("there was more than is shown: add a `WHERE` or a `LIMIT`")
    elif cut:
        line.append("a long value was cut: `substr` shows a part of your choice")
    line += [*_rest(shown), *_transaction(answer.transaction), *_second(answer.second)]
    blocks = [_who(person, statement), verbatim(shown.text or "(nothing to show)"), context(" · ".join(line))]
    file = result_file(as_seen(statement), answer, shown)
    return SqlMessage(message=_message(person, statement, shown.text, blocks), file=file)


def _failed(person: str, statement: str, answer: Failed) -> SqlMessage:
    shown = preview(answer)
    line = [f"❌ {seconds_taken(answer.seconds)}", code(answer.database)]
    if answer.statements > 1:
        line.insert(0, f"*{answer.failed} of {answer.statements} statements failed*, the others ran")
    if answer.sqlstate:
        line.append(f"SQLSTATE {code(answer.sqlstate)}")
    line += [*_rest(shown), *_transaction(answer.transaction), *_second(answer.second)]
    blocks = [_who(person, statement), verbatim(shown.text), context(" · ".join(line))]
    file = result_file(as_seen(statement), answer, shown)
    return SqlMessage(message=_message(person, statement, shown.text, blocks), file=file)


def _rest(shown: Preview) -> list[str]:
    if shown.missing is None:
        return []
    what = "the whole result" if shown.whole else "more of the result"
    return [f"not shown here: {plain(shown.missing)}; {what} is in this message's thread"]


def _second(second: Second | None) -> list[str]:
    """That it ran in the second session, and how that differs from the first."""
    if second is None:
        return []
    pid = f" (pid {second.pid})" if second.pid is not None else ""
    words = f"in your *second session*{pid}: the first was busy"
    if second.unlike:
        kept = ", ".join(code(text, 80) for text in second.unlike[:SETTINGS_SHOWN])
        more = len(second.unlike) - SETTINGS_SHOWN
        words += f", and what you set there doesn't apply here: {kept}" + (
            f" and {more} more" if more > 0 else ""
        )
    return [words]


def without_file(file: ResultFile, settings: SlackSettings, refusal: ChatRefusedError | None) -> Message:
    """The whole result could not be added as a file; None: for the message itself had no place."""
    if refusal is None:
        why = "Slack has no place for the file where only you would see it."
    else:
        why = slack_refusals.told(refusal.step, refusal.code, needed=refusal.needed)
    ways = ["ask for less with `LIMIT`, `WHERE` or fewer columns"]
    if settings.offers_connect:
        ways.append(f"use your own psql: {code(f'{settings.ride_command} connect')}")
    return said(
        f"ℹ️ There is no file with the whole result; not shown above: {file.missing}. {why}\nTo see it: "
        f"{', or '.join(ways)}."
    )


def _fitted(text: str) -> str:
    """The beginning and the end: there it says what happened last."""
    half = MAX_OUTPUT // 2 - 2
    return text if len(text) <= MAX_OUTPUT else f"{text[:half]}\n…\n{text[-half:]}"


def _transaction(mark: str) -> list[str]:
    if mark == "*":
        return ["*in an open transaction*: `COMMIT` or `ROLLBACK` ends it"]
    if mark == "!":
        return ["*the transaction has failed*: `ROLLBACK` to go on"]
    return []


def _waiting(seconds: float, waiting_for: str | None, blockers: Sequence[Backend]) -> str:
    words = f"*{seconds_taken(seconds)}*"
    if waiting_for:
        words += f", waiting for {code(waiting_for)}"
    if blockers:
        shown = "; ".join(session(backend) for backend in blockers[:BLOCKERS_SHOWN])
        more = len(blockers) - BLOCKERS_SHOWN
        words += f", blocked by {shown}" + (f" and {more} more" if more > 0 else "")
    return words + "."


def session(backend: Backend) -> str:
    """A session in a sentence: *pid 4242* (`orders-api`, role `app_writer`)."""
    about = []
    if backend.application:
        about.append(code(backend.application, 80))
    if backend.role:
        about.append(f"role {code(backend.role, 80)}")
    if backend.database:
        about.append(f"in {code(backend.database, 80)}")
    return f"*pid {backend.pid}*" + (f" ({', '.join(about)})" if about else "")


def _shown(statement: str) -> str:
    """A statement as its author sees it, not as Slack sent it: no entities, no links, no fences around."""
    return shortened_statement(as_seen(statement))


def shortened_statement(text: str) -> str:
    """The beginning of a long statement."""
    return text if len(text) <= MAX_STATEMENT else text[: MAX_STATEMENT - 1].rstrip() + "…"


def _quoted(statement: str) -> str:
    return f"```{escape(without_fences(_shown(statement)))}```"


def _who(person: str, statement: str) -> Block:
    return section(f"▶️ {mention(person)} ran\n{_quoted(statement)}")


def _message(person: str, statement: str, output: str, blocks: Sequence[Block]) -> Message:
    text = f"{mention(person)} ran {code(_shown(statement))}\n"
    body = escape(without_fences(output))
    return Message(text=text + f"```{shortened(body, MAX_TEXT - len(text) - 6)}```", blocks=tuple(blocks))


def cancelled(done: bool) -> Message:
    """What the Cancel button did."""
    words = "🛑 Cancelled. PostgreSQL answers in a moment." if done else "You have nothing running any more."
    return Message(text=words)


def not_yours(person: str) -> Message:
    """Somebody clicked on another person's Cancel button."""
    words = f"Only {mention(person)} can cancel this statement: it runs in their session."
    return Message(text=words)


def our_fault(reference: str) -> Message:
    """Something failed on our side; the reference is in the log."""
    words = (
        f"⚠️ Something went wrong on our side (ref {plain(reference)}). It's not you. Please try again; "
        "if it happens again, give this reference to whoever runs Ride."
    )
    return said(words)
