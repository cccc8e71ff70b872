"""Makes `.venv` from `requirements.lock` and installs Ride into it; does nothing when that is done already.

Only a finished installation leaves a stamp; without one the next starts from an empty `.venv`. Two at once
take turns. Whoever waits sees that it goes on, on a terminal and in a log. The standard library alone is
used: this runs before anything is installed.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIGN_EVERY = 15.0
"""Seconds between two lines where there is no terminal."""
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".installed"
LOCK_FILE = ROOT / "requirements.lock"


def wanted() -> str:
    """Stamp of a finished installation of this tree; the scripts in `.venv` name its folder."""
    digest = hashlib.sha256(os.fsencode(ROOT))
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def installed() -> bool:
    """Whether `.venv` is complete, up to date, and its Python still there."""
    return STAMP.is_file() and STAMP.read_text() == wanted() and PYTHON.exists()


def say(text: str, *, end: str = "\n") -> None:
    """A line for the person who waits, apart from what the command itself prints."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


@contextmanager
def turn() -> Iterator[None]:
    """Waits until no other installation runs in this folder. The kernel frees the lock when we end."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another installation is running in this folder; waiting for it …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class Progress:
    """What is being done, for the one who waits: on a terminal a line that says how long it has taken,
    renewed each second; elsewhere a line every now and then, for pip is silent for minutes.
    """

    def __init__(self, *, terminal: bool, every: float = SIGN_EVERY) -> None:
        self.began = time.monotonic()
        self.terminal = terminal
        self.every = 1.0 if terminal else every
        self.step = ""
        self.over = threading.Event()
        self.sign = threading.Thread(target=self.show_signs, daemon=True)

    def __enter__(self) -> "Progress":
        self.sign.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.sign.join()
        if self.terminal:
            say("\r\x1b[K", end="")

    def at(self, step: str) -> None:
        """Another step has begun."""
        self.step = step
        if self.terminal:
            self.show()

    def show_signs(self) -> None:
        """Show it again and again, until the end."""
        while not self.over.wait(self.every):
            self.show()

    def show(self) -> None:
        """One line: in place of the line before on a terminal."""
        line = f"  {self.step} ({time.monotonic() - self.began:.0f} s so far)"
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            say(f"\r\x1b[K{line[:width]}", end="")
        else:
            say(line)


def make_environment() -> None:
    """A `.venv` with a working pip: the one that is there if it is sound, else a new one."""
    if not (STAMP.is_file() and not moved() and runs()):
        if ENVIRONMENT.is_symlink() or ENVIRONMENT.is_file():
            sys.exit(f"{ENVIRONMENT} is not a folder; move it away and try again.")
        if ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
        venv.create(ENVIRONMENT, with_pip=True)
    STAMP.unlink(missing_ok=True)


def moved() -> bool:
    """Whether the folder has another name now than when `.venv` was made: its scripts would not start."""
    return str(ENVIRONMENT) not in (ENVIRONMENT / "bin" / "activate").read_text(errors="replace")


def runs() -> bool:
    """Whether the Python that `.venv` was made from is still installed."""
    pip = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    return pip.returncode == 0


def pip_install(*arguments: str, packages: int, progress: Progress) -> None:
    """Runs pip, and shows what it said only if it failed.

    Without resolving dependencies: the lock file names all of them.
    """
    lines: list[str] = []
    seen = 0
    command = [str(PYTHON), "-m", "pip", "install", "--progress-bar", "off", "--no-deps", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        try:
            for line in pip.stdout or ():
                lines.append(line)
                if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                    seen += 1
                    progress.at(f"package {min(seen, packages)} of {packages}: {line.split()[1]}")
                elif line.startswith("Installing collected packages"):
                    progress.at("putting the packages in place")
        except BaseException:
            pip.terminate()
            raise
    if pip.returncode != 0:
        raise PipError("".join(lines[-40:]))


class PipError(Exception):
    """pip could not install something; the last of what it said."""


def environment() -> dict[str, str]:
    """The environment without what would lead pip astray from `.venv`."""
    astray = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in astray}
    return kept | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def locked_packages() -> int:
    """How many packages the lock file pins."""
    return sum(line[:1].isalnum() and "==" in line for line in LOCK_FILE.read_text().splitlines())


def install() -> None:
    """Makes `.venv` what this tree wants."""
    began = time.monotonic()
    packages = locked_packages()
    say(f"Installing Ride and {packages} packages into .venv (one to four minutes) …")
    with Progress(terminal=sys.stderr.isatty()) as progress:
        progress.at("making .venv")
        make_environment()
        progress.at("asking for the packages")
        pip_install("--require-hashes", "-r", LOCK_FILE.name, packages=packages, progress=progress)
        progress.at("installing Ride itself")
        pip_install("--no-build-isolation", "--editable", ".", packages=1, progress=progress)
    STAMP.write_text(wanted())
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def main() -> None:
    """Installs if needed, one process at a time."""
    if installed():
        return
    with turn():
        if not installed():
            install()


def stop(_signal: int, _frame: object) -> None:
    """A polite end (make passes SIGTERM on) is one like Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next time starts over.")
    except PipError as failure:
        say(str(failure), end="")
        sys.exit(
            "\nThe packages could not be installed (pip's own words are above). The same command tries again."
        )
    except OSError as error:
        what = f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
        sys.exit(f"Cannot install into {ENVIRONMENT}. {what}")
