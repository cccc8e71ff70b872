"""The `ride` command's first moment, and `python -m bot`."""

import os
import tempfile
from pathlib import Path

from bot.base.stopping import Stopping


def main() -> None:
    """Listen for signals, then load the rest: that takes a second, in which Ctrl-C is noticed too."""
    stopping = Stopping()
    stopping.listen()
    _have_a_home()
    from bot.cli import command  # noqa: PLC0415

    command.main(stopping)


def _have_a_home() -> None:
    """A user without HOME and unknown to passwd, as in some containers: slack_sdk can't be loaded then."""
    try:
        Path.home()
    except RuntimeError:
        home = Path(tempfile.gettempdir()) / f"ride-home-{os.geteuid()}"
        home.mkdir(mode=0o700, exist_ok=True)
        if home.stat().st_uid != os.geteuid():
            home = Path(tempfile.mkdtemp(prefix="ride-home-"))
        os.environ["HOME"] = str(home)


if __name__ == "__main__":
    main()
