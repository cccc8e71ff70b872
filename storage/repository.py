"""What repositories share: a database, and methods that are carried through."""

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    # It knows all tables, and so all repositories.
    from storage.database import Database


class Repository:
    """Rows of a database as values."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    @property
    def database(self) -> "Database":
        return self._database


_R = TypeVar("_R", bound=Repository)
_P = ParamSpec("_P")
_T = TypeVar("_T")
_Method = Callable[Concatenate[_R, _P], Coroutine[Any, Any, _T]]


def carried_through(method: _Method[_R, _P, _T]) -> _Method[_R, _P, _T]:
    """A method that, once called, is done to its end even if its caller is cancelled (`Database.finish`).

    It is one transaction: where the database can't do it for now, it is done again (`Database.patiently`).
    """

    @functools.wraps(method)
    async def call(self: _R, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        again = functools.partial(method, self, *args, **kwargs)
        return await self.database.finish(self.database.patiently(again))

    return call
