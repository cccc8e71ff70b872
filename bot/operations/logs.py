"""Where the log goes and what is in it."""

import logging
import sys
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.logging import RichHandler

from bot.base.config import Settings
from bot.operations.log_lines import BRIEF, JsonLines, PlainLines
from bot.operations.redaction import Redactor, secrets_of

_AT_LEAST = {
    "aiosqlite": logging.INFO,  # at DEBUG it logs every statement with its values: what learners typed
    "apscheduler": logging.WARNING,  # each timer that is set or has rung
    "alembic": logging.WARNING,  # its steps are no news at each start
    "matplotlib": logging.WARNING,
    "PIL": logging.WARNING,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,  # as bot.slack.transport.web_api.sdk_logger says
    "urllib3": logging.INFO,  # at DEBUG it logs every request
}
"""Levels of loggers that say too much."""


def set_up_logs(settings: Settings, *, to: Path | None = None) -> None:
    """Logs go to a file in the demo, where the terminal is for people, and else to stderr.

    Whatever is logged, by whomever: secrets and learners' rows are taken out of it.
    """
    redact = Redactor(secrets_of(settings))
    handler: logging.Handler
    if to is not None:
        handler = logging.FileHandler(to, encoding="utf-8")
        handler.setFormatter(PlainLines(redact))
    elif settings.log_format == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines(redact))
        logging.captureWarnings(capture=True)
    elif sys.stderr.isatty():
        handler = RichHandler(console=Console(stderr=True), show_path=False)
        handler.setFormatter(PlainLines(redact, BRIEF))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(PlainLines(redact))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name, level in _AT_LEAST.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = _log_what_ends_it


def _log_what_ends_it(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error that nobody caught goes the way of the others."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("ride").critical("Ride has failed.", exc_info=(kind, error, trace))
