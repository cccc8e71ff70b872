"""Standard output that takes no more: a full disk, or a reader that has gone."""

import errno
import io
import os
import sys

from bot.base.errors import OutputLostError

READER_GONE = 141
"""What a shell gives for a program that SIGPIPE ended: 128 + 13."""


class StandardOutput(io.TextIOWrapper):
    """Raises OutputLostError where the system takes no more of it; SystemExit where nobody reads it any more,
    such as `head`, which is no error.

    An OSError of its own kind would look like one about any file. A terminal without UTF-8 shows ? for what
    it has not.
    """

    def __init__(self, plain: io.TextIOWrapper) -> None:
        super().__init__(
            plain.buffer,
            encoding=plain.encoding,
            errors="replace",
            line_buffering=plain.line_buffering,
            write_through=plain.write_through,
        )

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise self._lost(error) from error

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise self._lost(error) from error

    def _lost(self, error: OSError) -> OutputLostError | SystemExit:
        """What is left in the buffer goes nowhere, or the interpreter's own end would fail over it.

        As in https://docs.python.org/3/library/signal.html#note-on-sigpipe.
        """
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if error.errno == errno.EPIPE:
            return SystemExit(READER_GONE)
        return OutputLostError(error.strerror or str(error))


class Nowhere(io.StringIO):
    """Takes everything and keeps nothing."""

    def write(self, text: str, /) -> int:
        return len(text)


def take_over() -> None:
    """Make `sys.stdout` one, for the rest of the program. One that was closed on purpose leads nowhere."""
    if sys.stdout is None:
        sys.stdout = Nowhere()
    elif isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = StandardOutput(sys.stdout)
