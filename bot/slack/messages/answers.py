"""What came of a `/sql`: the result in the channel, or a private word about why there is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

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
from bot.slack.settings import SlackSettings
from sandbox.answer import Busy, Failed, Finished, Lost, Refused, ResultSet, StillRunning
from scenarios.journal import Backend

MAX_OUTPUT = 2_900
"""Characters of output in the message itself; more goes into a file."""
PREVIEW = 2_400
PREVIEW_LINE = 240
MAX_STATEMENT = 300
BLOCKERS_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultFile:
    """The whole output, of which the message shows only the beginning."""

    content: str
    missing: str
    """In words, how much of it the message doesn't show: `92 more rows`."""

    @property
    def title(self) -> str:
        """What the file says of itself."""
        return f"The whole result (the message does not show: {self.missing})"


@dataclass(frozen=True, kw_only=True, slots=True)
class SqlMessage:
    """A result for the channel. The message promises no file: Slack may not take it."""

    message: Message
    file: ResultFile | None = None


def slack_makes_us_wait() -> Message:
    """It ran, and what came of it can't be shown yet."""
    return said("⏳ It ran. Slack takes no more messages just now: the result comes here as soon as it does.")


def result(person: str, statement: str, answer: Finished | Failed | Lost) -> SqlMessage:
    """The final answer to a statement."""
    if isinstance(answer, Finished):
        return _finished(person, statement, answer)
    if isinstance(answer, Failed):
        text = answer.text.strip("\n")
        blocks = [_who(person, statement), verbatim(_fitted(text)), context(_failed_line(answer))]
        return SqlMessage(message=_message(person, statement, text, blocks))
    text = answer.text.strip("\n")
    lost = "⚠️ No result"
    return SqlMessage(
        message=_message(
            person, statement, text, [_who(person, statement), verbatim(_fitted(text)), context(lost)]
        )
    )


def still_running(
    person: str, statement: str, answer: StillRunning, running: RunningStatement | None
) -> Message:
    """No result yet: what it waits for, and the button to give up. Becomes the result in its place later."""
    state = _waiting(answer.seconds, answer.waiting_for, answer.blocked_by)
    blocks: list[Block] = [_who(person, statement), section(f"⏳ Still running after {state}")]
    if running is not None:
        blocks.append(cancel_sql(running))
    blocks.append(context("The result appears here as soon as there is one."))
    return Message(
        text=f"{mention(person)}: still running after {state}\n{_quoted(statement)}", blocks=tuple(blocks)
    )


def busy(answer: Busy, running: RunningStatement | None) -> Message:
    """An earlier statement of the same person runs: nothing was sent."""
    state = _waiting(answer.seconds, answer.waiting_for, answer.blocked_by)
    words = f"⏳ *Not sent: your last statement is still running.* It has run for {state}"
    blocks: list[Block] = [section(words), verbatim(_shown(answer.running))]
    if running is not None:
        blocks.append(cancel_sql(running))
    blocks.append(context("Cancel it, or wait for it; then send the new one again."))
    return Message(text=f"Not sent: your last statement is still running, for {state}", blocks=tuple(blocks))


def refused(answer: Refused, sql_command: str) -> Message:
    """Nothing was sent to PostgreSQL, and why."""
    text = (
        escape(without_fences(answer.text))
        or f"There is nothing to run. Try {code(sql_command + ' select 1')}"
    )
    return Message(text=text, blocks=(section(f"⛔ {text}"),))


def _finished(person: str, statement: str, answer: Finished) -> SqlMessage:
    output = answer.text.strip("\n")
    shown, rest = _preview(output, answer.results)
    line = [f"⏱ {seconds_taken(answer.seconds)}", code(answer.database)]
    cut = [shown for shown in answer.results if shown.truncated]
    if any(len(shown.cells) > 1 for shown in cut):
        line.append("there was more than is shown: add a `WHERE` or a `LIMIT`")
    elif cut:
        line.append("a long value was cut: `substr` shows a part of your choice")
    if rest is not None:
        line.append(f"not shown here: {rest}")
    line += _transaction(answer.transaction)
    blocks = [_who(person, statement), verbatim(shown or "(nothing to show)"), context(" · ".join(line))]
    file = ResultFile(content=output, missing=rest) if rest is not None else None
    return SqlMessage(message=_message(person, statement, shown, blocks), file=file)


def without_file(file: ResultFile, settings: SlackSettings, refusal: ChatRefusedError | None) -> Message:
    """The whole result could not be added as a file; None: for the message itself had no place."""
    if refusal is None:
        why = "The file with the whole result has no place where only you see it."
    else:
        why = slack_refusals.told(refusal.step, refusal.code, needed=refusal.needed)
    ways = ["ask for less with `LIMIT`, `WHERE` or fewer columns"]
    if settings.offers_connect:
        ways.append(f"use your own psql: {code(f'{settings.ride_command} connect')}")
    return said(
        f"ℹ️ There is no file with the whole result; what you don't see above: {file.missing}. {why}\n"
        f"To see it: {', or '.join(ways)}."
    )


def _preview(output: str, results: Sequence[ResultSet]) -> tuple[str, str | None]:
    """The output, or whole lines of its beginning, and in words how much is missing (None: nothing)."""
    if len(output) <= MAX_OUTPUT:
        return output, None
    lines = output.split("\n")
    wide = max(map(len, lines)) > PREVIEW // 4
    used, kept = 0, []
    for line in lines:
        cut = shortened_line(line) if wide else line
        if used + len(cut) + 1 > PREVIEW:
            break
        kept.append(cut)
        used += len(cut) + 1
    missing = len(lines) - len(kept)
    table = len(results) == 1 and len(results[0].columns) > 0 and len(lines) - len(results[0].cells) in {2, 3}
    if table and len(kept) > 2:
        words = counted(max(len(results[0].cells) - (len(kept) - 2), 0), "more row")
    else:
        words = counted(missing, "more line")
    if missing == 0:
        words = "the ends of long lines"
    return "\n".join([*kept, f"… not shown here: {words}"]), words


def shortened_line(line: str) -> str:
    """A very wide line for a preview: its beginning."""
    return line if len(line) <= PREVIEW_LINE else line[: PREVIEW_LINE - 1] + "…"


def _fitted(text: str) -> str:
    return text if len(text) <= MAX_OUTPUT else text[: MAX_OUTPUT - 1] + "…"


def _failed_line(answer: Failed) -> str:
    parts = [f"❌ {seconds_taken(answer.seconds)}", code(answer.database)]
    if answer.sqlstate:
        parts.append(f"SQLSTATE {code(answer.sqlstate)}")
    return " · ".join(parts + _transaction(answer.transaction))


def _transaction(mark: str) -> list[str]:
    if mark == "*":
        return ["*in an open transaction*: `COMMIT` or `ROLLBACK` ends it"]
    if mark == "!":
        return ["*the transaction has failed*: only `ROLLBACK` goes on"]
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
    """A statement as its author sees it, not as Slack sent it: without entities and the fences around it."""
    text = statement.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
    fenced = re.fullmatch(r"```(?:sql\b)?\s*(.*?)\s*```\s*", text, re.DOTALL)
    if fenced:
        text = fenced[1]
    elif len(text) > 2 and text[0] == text[-1] == "`" and "`" not in text[1:-1]:
        text = text[1:-1]
    return shortened_statement(text)


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
    words = (
        "🛑 Cancelled. PostgreSQL answers in a moment." if done else "Nothing of yours was running any more."
    )
    return Message(text=words)


def not_yours(person: str) -> Message:
    """Somebody clicked on another person's Cancel button."""
    words = f"Only {mention(person)} can cancel this statement: it runs in their session."
    return Message(text=words)


def our_fault(reference: str) -> Message:
    """Something failed on our side; the reference is in the log."""
    words = (
        f"⚠️ Something went wrong on our side (ref {plain(reference)}). It's not you. "
        "Please try again; if it stays, give this reference to whoever runs Ride."
    )
    return said(words)
