"""How much of a result stands in the message, and the file with the whole of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.slack.messages.first_look import ROOM, first_look
from bot.slack.messages.mrkdwn import counted
from sandbox.answer import Failed, Finished, ResultSet
from sandbox.sql_session.answer_text import ROWS_SHOWN
from sandbox.sql_session.table_text import expanded, harmless

MAX_OUTPUT = 2_900
"""Characters of output in the message itself; more goes into a file."""
PREVIEW = 2_400
PREVIEW_LINE = 240
TABLES = 4
"""So many results of one text are narrowed; of more the beginning is shown."""
ERRORS = 1_200
"""Characters of errors that are kept from a long answer."""
VALUES = 4_000
"""So many are laid out anew for a file: it takes the event loop's time."""
WIDE_FILE = 200
"""Characters: tables of longer lines stand in the file with one value a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What the message shows, and in words what it doesn't."""

    text: str
    missing: str | None = None
    """`92 more rows`; None: nothing is missing."""
    whole: bool = True
    """The file will have all of it, not only more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultFile:
    """The whole output, of which the message shows only the beginning."""

    content: str
    missing: str
    """In words, how much of it the message doesn't show: `92 more rows`."""
    whole: bool = True

    @property
    def title(self) -> str:
        """What the file says of itself."""
        what = "The whole result" if self.whole else "More of the result"
        return f"{what} (the message does not show: {self.missing})"


def preview(answer: Finished | Failed) -> Preview:
    """The output if it fits; else a narrowed table, or whole lines of its beginning, and every error."""
    output = answer.text.strip("\n")
    if len(output) <= MAX_OUTPUT:
        return Preview(text=output)
    if isinstance(answer, Failed):
        shown = _with_errors(output, answer.errors)
    else:
        shown = _narrowed(answer) or _beginning(output, answer.results, PREVIEW)
    whole = not any(result.truncated or _total(result) > ROWS_SHOWN for result in answer.results)
    return replace(shown, whole=whole)


def _narrowed(answer: Finished) -> Preview | None:
    """All of the tables narrowed; None where one can't be."""
    if _is_expanded(answer) or not 1 <= len(answer.results) <= TABLES:
        return None
    tables = sum(bool(result.columns) for result in answer.results)
    texts = [f"{notice[:PREVIEW_LINE]}" for notice in answer.notices[:3]]
    missing: dict[str, None] = {}
    for result in answer.results:
        if not result.columns:
            texts.append(result.status)
            continue
        look = first_look(result, _total(result), ROOM // tables)
        if look is None:
            return None
        texts.append(look.text)
        missing.update(dict.fromkeys(look.left_out))
    words = "; ".join(missing)
    return Preview(text="\n".join([*texts, f"… not shown here: {words}"]), missing=words) if words else None


def _total(result: ResultSet) -> int:
    """All its rows: the command tag counts also those that weren't kept."""
    count = result.status.rpartition(" ")[2]
    return max(int(count) if count.isdecimal() else 0, len(result.cells))


def _with_errors(output: str, errors: Sequence[str]) -> Preview:
    """The beginning, and all that went wrong: it is what was looked for."""
    said = "\n".join(errors)[:ERRORS]
    begun = _beginning(output, (), PREVIEW - len(said))
    if said in begun.text:
        return begun
    return Preview(text=f"{begun.text}\n{said}", missing=begun.missing)


def _beginning(output: str, results: Sequence[ResultSet], room: int) -> Preview:
    lines = output.split("\n")
    wide = max(map(len, lines)) > room // 4
    used, kept = 0, []
    for line in lines:
        cut = _shortened_line(line) if wide else line
        if used + len(cut) + 1 > room:
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
    return Preview(text="\n".join([*kept, f"… not shown here: {words}"]), missing=words)


def _shortened_line(line: str) -> str:
    return line if len(line) <= PREVIEW_LINE else line[: PREVIEW_LINE - 1] + "…"


def result_file(statement: str, answer: Finished | Failed, shown: Preview) -> ResultFile | None:
    r"""The file, if the message doesn't show everything.

    A chat shows its first lines, and breaks long ones: it begins with what it is, and rows that are wider
    than a screen stand with one value a line, as `\x` shows them.
    """
    if shown.missing is None:
        return None
    output = answer.text.strip("\n")
    tables = [result for result in answer.results if result.columns]
    sizes = [
        f"{counted(_total(result), 'row')} of {counted(len(result.columns), 'column')}" for result in tables
    ]
    first = f"-- {'; '.join(sizes[:5]) or answer.database}: {' '.join(statement.split())[:PREVIEW_LINE]}"
    if (
        len(answer.results) == 1
        and max(map(len, output.split("\n"))) > WIDE_FILE
        and not _is_expanded(answer)
    ):
        output = _expanded(answer) or output
    return ResultFile(content=f"{first}\n{output}", missing=shown.missing, whole=shown.whole)


def _is_expanded(answer: Finished | Failed) -> bool:
    return answer.text.lstrip("\n").startswith("-[ RECORD")


def _expanded(answer: Finished | Failed) -> str | None:
    (result,) = answer.results
    rows = min(len(result.cells), ROWS_SHOWN)
    if len(result.columns) < 2 or not 0 < rows * len(result.columns) <= VALUES:
        return None
    total = _total(result)
    footer = f"({counted(total, 'row')})" if rows == total else f"({total} rows; the first {rows} are shown)"
    notices = answer.notices if isinstance(answer, Finished) else ()
    return "\n".join([*notices, harmless(expanded(result.columns, result.cells[:rows], footer))])
