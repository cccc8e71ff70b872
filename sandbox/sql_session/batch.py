"""Several statements in one text: taken apart, and their answers put together again."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.answer import Failed, Finished, Lost
from sandbox.sql_session.meta_commands import Statement, Typed
from sandbox.sql_session.statement_texts import statement_texts


def one_by_one(typed: Sequence[Typed]) -> tuple[Typed, ...]:
    r"""The same with each statement alone; a `\gx` at the end is for the last one, as in psql."""
    apart: list[Typed] = []
    for one in typed:
        if isinstance(one, Statement):
            *before, last = statement_texts(one.sql)
            apart += [*(Statement(sql=text) for text in before), replace(one, sql=last)]
        else:
            apart.append(one)
    return tuple(apart)


def together(
    answers: Sequence[Finished | Failed], seconds: float, *, statements: int, unsent: int = 0
) -> Finished | Failed:
    """One answer of at least one: the texts one after the other, as psql shows them."""
    last, failed = answers[-1], [answer for answer in answers if isinstance(answer, Failed)]
    text = "\n".join([*(answer.text for answer in answers), *_left(unsent)]).rstrip("\n")
    if len(answers) == 1 and not unsent:
        return replace(last, text=text)
    results = tuple(result for answer in answers for result in answer.results)
    if not failed:
        notices = tuple(
            notice for answer in answers if isinstance(answer, Finished) for notice in answer.notices
        )
        return Finished(
            results=results,
            text=text,
            seconds=seconds,
            transaction=last.transaction,
            database=last.database,
            notices=notices,
        )
    return Failed(
        sqlstate=failed[0].sqlstate,
        text=text,
        seconds=seconds,
        transaction=last.transaction,
        database=last.database,
        errors=tuple(error for answer in failed for error in answer.errors),
        failed=len(failed),
        statements=statements,
        results=results,
    )


def lost_after(answers: Sequence[Finished | Failed], lost: Lost, *, unsent: int) -> Lost:
    """The session ended with one of the statements: what came of those before it is told too."""
    return replace(lost, text="\n".join([*(answer.text for answer in answers), lost.text, *_left(unsent)]))


def _left(unsent: int) -> list[str]:
    match unsent:
        case 0:
            return []
        case 1:
            return ["(The statement after it was not sent.)"]
        case _:
            return [f"(The {unsent} statements after it were not sent.)"]
