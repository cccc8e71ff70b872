"""How a line of the log looks: for people, or as a JSON object for programs."""

import json
import logging
from datetime import UTC, datetime

from bot.base import log_context
from bot.operations.redaction import Redactor

PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
BRIEF = "%(name)s: %(message)s"
"""For a terminal that shows time and level itself."""


class PlainLines(logging.Formatter):
    """Text, without secrets."""

    def __init__(self, redact: Redactor, form: str = PLAIN) -> None:
        super().__init__(form)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record), *errors_of(record))


class JsonLines(logging.Formatter):
    """An object a line, without secrets: time, level, logger, message; where known workspace and ride.

    `time` is UTC with milliseconds, as in 2026-11-25T22:31:33.123Z. `exception` is the traceback.
    """

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        errors = errors_of(record)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._redact(record.getMessage(), *errors),
        }
        subject = log_context.subject()
        if subject.workspace is not None:
            line["workspace"] = subject.workspace
        if subject.ride is not None:
            line["ride"] = subject.ride
        if record.exc_info:
            line["exception"] = self._redact(self.formatException(record.exc_info), *errors)
        if record.stack_info:
            line["stack"] = self._redact(record.stack_info)
        return json.dumps(line)


def errors_of(record: logging.LogRecord) -> list[BaseException]:
    """The errors that a record is about: its own, and those in its words."""
    arguments = record.args.values() if isinstance(record.args, dict) else record.args or ()
    errors = [argument for argument in arguments if isinstance(argument, BaseException)]
    if record.exc_info and record.exc_info[1] is not None:
        errors.append(record.exc_info[1])
    return errors
