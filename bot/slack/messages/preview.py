"""How much of a result stands in the message, and the file with the whole of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.messages.first_look import first_look
from bot.slack.messages.mrkdwn import counted
from sandbox.answer import Failed, Finished, ResultSet
from sandbox.answer_text import ROWS_SHOWN, VALUES_SHOWN
from sandbox.table_text import expanded, harmless

MAX_OUTPUT = 2_900
"""Characters of output in the message itself; more goes into a file."""
PREVIEW = 2_400
PREVIEW_LINE = 240
ERRORS = 1_200
"""Characters of errors that are kept from a long answer."""
WIDE_FILE = 200
"""Characters: tables of longer lines stand in the file with one value a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What the message shows, and in words what it doesn't."""

    text: str
    missing: str | None = None
    """`92 more rows`; None: nothing is missing."""


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


def preview(answer: Finished | Failed) -> Preview:
    """The output if it fits; else a narrowed table, or whole lines of its beginning, and every error."""
    output = answer.text.strip("\n")
    if len(output) <= MAX_OUTPUT:
        return Preview(text=output)
    if isinstance(answer, Failed):
        return _with_errors(output, answer.errors)
    return _narrowed(answer) or _beginning(output, answer.results, PREVIEW)


def _narrowed(answer: Finished) -> Preview | None:
    if len(answer.results) != 1 or _is_expanded(answer):
        return None
    (result,) = answer.results
    look = first_look(result, _total(result))
    if look is None or not look.left_out:
        return None
    missing = "; ".join(look.left_out)
    notices = "".join(f"{notice[:PREVIEW_LINE]}\n" for notice in answer.notices[:3])
    return Preview(text=f"{notices}{look.text}\n… not shown here: {missing}", missing=missing)


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
    return ResultFile(content=f"{first}\n{output}", missing=shown.missing)


def _is_expanded(answer: Finished | Failed) -> bool:
    return answer.text.lstrip("\n").startswith("-[ RECORD")


def _expanded(answer: Finished | Failed) -> str | None:
    (result,) = answer.results
    if len(result.columns) < 2 or not result.cells:
        return None
    rows = min(len(result.cells), ROWS_SHOWN, max(VALUES_SHOWN // len(result.columns), 1))
    total = _total(result)
    footer = f"({counted(total, 'row')})" if rows == total else f"({total} rows; the first {rows} are shown)"
    notices = answer.notices if isinstance(answer, Finished) else ()
    return "\n".join([*notices, harmless(expanded(result.columns, result.cells[:rows], footer))])
